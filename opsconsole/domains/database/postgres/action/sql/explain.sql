SELECT json_build_object(
         'pid', a.pid::text,
         'backend', (extract(epoch FROM a.backend_start) * 1000000)::int8::text,
         'user', a.usename, 'database', a.datname,
         'statement', encode(substr(pg_catalog.textsend(a.query), 1, 20001), 'hex'),
         'cut', CASE WHEN octet_length(pg_catalog.textsend(a.query)) > pg_catalog.pg_size_bytes(
                       pg_catalog.current_setting('track_activity_query_size')) - 5
                THEN pg_catalog.pg_size_bytes(
                       pg_catalog.current_setting('track_activity_query_size'))::text END,
         'ours', a.application_name = 'opsconsole' AND a.usename = session_user,
         'role', CASE WHEN a.usename <> session_user
                       AND pg_catalog.pg_has_role(session_user, a.usesysid, 'MEMBER')
                      THEN a.usename END,
         'path', (SELECT substr(c.entry, 13)
                    FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) c(entry)
                   WHERE s.setdatabase IN (0, a.datid) AND s.setrole IN (0, a.usesysid)
                     AND c.entry LIKE 'search\_path=%'
                   ORDER BY s.setrole = a.usesysid DESC, s.setdatabase DESC LIMIT 1),
         'more', (SELECT string_agg(p.name, ', ') FROM (
                    SELECT p.name FROM pg_catalog.pg_roles o, pg_catalog.pg_roles t, LATERAL (VALUES
                           ('superuser', o.rolsuper AND NOT t.rolsuper),
                           ('REPLICATION', o.rolreplication AND NOT t.rolreplication)) p(name, has)
                     WHERE o.rolname = session_user AND t.oid = a.usesysid AND NOT t.rolsuper AND p.has
                    UNION ALL
                    SELECT r.rolname FROM pg_catalog.pg_roles r, pg_catalog.pg_roles o, pg_catalog.pg_roles t
                     WHERE o.rolname = session_user AND t.oid = a.usesysid
                       AND NOT o.rolsuper AND NOT t.rolsuper
                       AND r.rolname IN ('pg_execute_server_program', 'pg_write_server_files',
                                         'pg_read_server_files', 'pg_signal_backend', 'pg_checkpoint',
                                         'pg_signal_autovacuum_worker')
                       AND pg_catalog.pg_has_role(o.oid, r.oid, 'MEMBER')
                       AND NOT pg_catalog.pg_has_role(t.oid, r.oid, 'MEMBER')) p))::text
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid = $1::int4
