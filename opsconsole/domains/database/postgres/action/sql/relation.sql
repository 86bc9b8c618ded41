SELECT json_build_object(
         'database', pg_catalog.current_database(), 'oid', c.oid::text,
         'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
         'table', t.relname,
         'bytes', (c.relpages::int8 * pg_catalog.current_setting('block_size')::int8)::text,
         'rows', s.n_live_tup::text, 'dead rows', s.n_dead_tup::text,
         'analyzed', (extract(epoch FROM s.last_analyze) * 1000000)::int8::text,
         'vacuumed', (extract(epoch FROM s.last_vacuum) * 1000000)::int8::text,
         'valid', x.indisvalid,
         'constraint', x.indisexclusion,
         'oldest transaction', (SELECT round(extract(epoch FROM max(clock_timestamp() - xact_start)))
                                  FROM pg_catalog.pg_stat_activity
                                 WHERE backend_type = 'client backend'
                                   AND pid <> pg_catalog.pg_backend_pid())::text,
         'under way', EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_vacuum p
                               WHERE p.relid = t.oid AND p.datname = pg_catalog.current_database()),
         'standby', pg_catalog.pg_is_in_recovery(),
         'owner', pg_catalog.pg_get_userbyid(c.relowner),
         'may', pg_catalog.pg_has_role(c.relowner, 'USAGE')
                OR (SELECT pg_catalog.pg_has_role(d.datdba, 'USAGE') FROM pg_catalog.pg_database d
                     WHERE d.datname = pg_catalog.current_database()))::text
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
  JOIN pg_catalog.pg_class t ON t.oid = coalesce(x.indrelid, c.oid)
  LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = t.oid
 WHERE c.oid = $2::oid AND $1::text IN ('', pg_catalog.current_database())
