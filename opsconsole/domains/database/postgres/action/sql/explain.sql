SELECT json_build_object(
         'pid', a.pid, 'backend', a.backend, 'user', a.usename, 'database', a.datname,
         'statement', a.query, 'cut', a.cut, 'ours', a.ours,
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
  FROM (SELECT b.pid::text, (extract(epoch FROM b.backend_start) * 1000000)::int8::text AS backend,
               b.usename, b.usesysid, b.datname, b.datid,
               encode(substr(pg_catalog.textsend(b.query), 1, 20001), 'hex') AS query,
               CASE WHEN octet_length(pg_catalog.textsend(b.query)) > k.size - 5
                    THEN k.size::text END AS cut,
               b.application_name = 'opsconsole' AND b.usename = session_user AS ours
          FROM pg_catalog.pg_stat_activity b, pg_catalog.pg_size_bytes(
                 pg_catalog.current_setting('track_activity_query_size')) k(size)
         WHERE b.pid = nullif($1, '')::int4
        UNION ALL
        SELECT NULL, NULL, r.rolname, r.oid, d.datname, d.oid,
               (pg_catalog.xpath('//s/text()', pg_catalog.query_to_xml(format(
                 'SELECT pg_catalog.encode(pg_catalog.substr(pg_catalog.textsend(p.query), 1, 20001), ''hex'') AS s
                  FROM %I.pg_stat_statements(true) p WHERE p.queryid = %L::pg_catalog.int8
                  AND p.dbid = %L::pg_catalog.oid AND p.userid = %L::pg_catalog.oid LIMIT 1',
                 n.nspname, $2::text, d.oid, r.oid), false, false, '')))[1]::text, NULL, false
          FROM pg_catalog.pg_extension e
          JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace,
               pg_catalog.pg_database d, pg_catalog.pg_roles r
         WHERE $1 = '' AND e.extname = 'pg_stat_statements' AND d.datname = $3 AND r.rolname = $4) a
