-- Walks the folders of all databases: not asked often. Needs CONNECT to each, or pg_monitor.
SELECT count(*),
       sum(CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') OR has_database_privilege(oid, 'CONNECT')
                THEN pg_database_size(oid) END)::int8,
       max(CASE WHEN NOT (pg_has_role('pg_read_all_stats', 'USAGE')
                          OR has_database_privilege(oid, 'CONNECT')) THEN datname END)::text
  FROM pg_database
