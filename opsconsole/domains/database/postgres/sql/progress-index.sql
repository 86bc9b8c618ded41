SELECT p.pid::int8, (extract(epoch FROM a.backend_start) * 1000000)::int8::text,
       lower(p.command), p.datname::text,
       CASE WHEN p.datname = current_database()
            THEN coalesce(nullif(p.index_relid, 0), p.relid)::regclass::text ELSE p.relid::text END,
       p.phase,
       CASE WHEN p.tuples_total > 0 THEN p.tuples_done ELSE p.blocks_done END::float8,
       CASE WHEN p.tuples_total > 0 THEN p.tuples_total ELSE p.blocks_total END::float8,
       extract(epoch FROM clock_timestamp() - a.query_start)::float8
  FROM pg_stat_progress_create_index p LEFT JOIN pg_stat_activity a USING (pid)
