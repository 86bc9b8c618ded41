SELECT a.pid, a.usename, l.mode, pg_catalog.array_to_string(pg_catalog.pg_blocking_pids(a.pid), ' '),
       pg_catalog.left(a.query, 100)
  FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_locks l ON l.pid = a.pid AND NOT l.granted
 WHERE a.wait_event_type = 'Lock' ORDER BY a.query_start LIMIT 30
