SELECT p.pid::int8, (extract(epoch FROM a.backend_start) * 1000000)::int8::text,
       CASE a.backend_type WHEN 'autovacuum worker' THEN 'autovacuum' ELSE 'vacuum' END,
       p.datname::text,
       CASE WHEN p.datname = current_database() THEN p.relid::regclass::text ELSE p.relid::text END,
       p.phase, p.heap_blks_scanned::float8, p.heap_blks_total::float8,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8
  FROM pg_stat_progress_vacuum p LEFT JOIN pg_stat_activity a USING (pid)
