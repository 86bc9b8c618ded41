SELECT json_build_object(
         'pid', a.pid::text,
         'backend', (extract(epoch FROM a.backend_start) * 1000000)::int8::text,
         'user', a.usename, 'database', a.datname,
         'type', a.backend_type, 'state', a.state,
         'query started', (extract(epoch FROM a.query_start) * 1000000)::int8::text,
         'transaction age', round(extract(epoch FROM clock_timestamp() - a.xact_start)) || ' s',
         'writes', CASE WHEN a.backend_xid IS NOT NULL THEN 'yes, they are rolled back'
                        ELSE 'none' END,
         'locks held', (SELECT count(*) FROM pg_catalog.pg_locks l
                         WHERE l.pid = a.pid AND l.granted)::text,
         'row and table locks', (SELECT string_agg(DISTINCT mode, ', ') FROM pg_catalog.pg_locks l
                         WHERE l.pid = a.pid AND l.granted AND l.locktype IN ('relation', 'tuple')),
         'sessions blocked', (SELECT count(*) FROM pg_catalog.pg_stat_activity w
                         WHERE w.wait_event_type = 'Lock'
                           AND a.pid = ANY (pg_catalog.pg_blocking_pids(w.pid)))::text,
         'ours', a.application_name = 'opsconsole' AND a.usename = current_user,
         'may', CASE WHEN (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
                     THEN true
                     WHEN (SELECT rolsuper FROM pg_catalog.pg_roles WHERE oid = a.usesysid)
                     THEN false
                     ELSE pg_catalog.pg_has_role(a.usesysid, 'MEMBER')
                       OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') END)::text
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid = $1::int4
