SELECT p.pid::int8, (extract(epoch FROM a.backend_start) * 1000000)::int8::text,
       lower(p.command), p.datname::text,
       CASE WHEN p.datname = current_database() AND p.relid > 0
            THEN p.relid::regclass::text ELSE p.relid::text END,
       lower(p.type), p.bytes_processed::float8, p.bytes_total::float8,
       extract(epoch FROM clock_timestamp() - a.query_start)::float8
  FROM pg_stat_progress_copy p LEFT JOIN pg_stat_activity a USING (pid)
