WITH RECURSIVE asked AS (SELECT $1::text::json AS j),
wanted AS (SELECT ARRAY(SELECT pg_catalog.json_array_elements_text(j->'columns')) AS names FROM asked),
named AS (
  SELECT e.value->>0 AS name, (
           SELECT c.oid FROM pg_catalog.pg_class c
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = e.value->>2
              AND CASE WHEN e.value->>1 = '' THEN pg_catalog.pg_table_is_visible(c.oid)
                       ELSE n.nspname = e.value->>1 END
            LIMIT 1) AS oid
    FROM asked, pg_catalog.json_array_elements(asked.j->'relations') e(value)),
roots AS (
  SELECT n.oid FROM named n WHERE n.oid IS NOT NULL
   UNION SELECT x.indrelid FROM named n JOIN pg_catalog.pg_index x ON x.indexrelid = n.oid),
tree(oid) AS (
  SELECT oid FROM roots
   UNION SELECT h.inhrelid FROM tree t JOIN pg_catalog.pg_inherits h ON h.inhparent = t.oid),
keys AS (
  SELECT c.conrelid, c.confrelid, c.conname FROM pg_catalog.pg_constraint c
   WHERE c.contype = 'f' AND (c.conrelid IN (SELECT oid FROM tree)
                              OR c.confrelid IN (SELECT oid FROM tree))),
spread(oid) AS (
  SELECT k.conrelid FROM keys k JOIN tree t ON t.oid = k.confrelid
   UNION SELECT c.conrelid FROM spread s JOIN pg_catalog.pg_constraint c
             ON c.confrelid = s.oid AND c.contype = 'f'),
views(of_, number, oid) AS (
  SELECT d.refobjid, d.refobjsubid, r.ev_class
    FROM tree t JOIN pg_catalog.pg_depend d ON d.refobjid = t.oid
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> t.oid
   WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
     AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
   UNION SELECT d.refobjid, d.refobjsubid, r.ev_class
    FROM views v JOIN pg_catalog.pg_depend d ON d.refobjid = v.oid
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> v.oid
   WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
     AND d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass),
around AS (
  SELECT oid FROM tree UNION SELECT oid FROM views
   UNION SELECT x.indexrelid FROM pg_catalog.pg_index x WHERE x.indrelid IN (SELECT oid FROM tree)
   UNION SELECT confrelid FROM keys UNION SELECT conrelid FROM keys
   UNION SELECT oid FROM spread
   UNION SELECT p.partdefid FROM pg_catalog.pg_partitioned_table p
          WHERE p.partrelid IN (SELECT oid FROM tree) AND p.partdefid <> 0),
relations AS (
  SELECT c.oid, c.relkind, c.relpersistence, c.reltuples, c.relpages, c.reltoastrelid,
         c.reltablespace,
         pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS label,
         x.indrelid, h.inhparent, p.partdefid, s.n_live_tup
    FROM pg_catalog.pg_class c
    JOIN around a ON a.oid = c.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
    LEFT JOIN LATERAL (SELECT min(inhparent) AS inhparent FROM pg_catalog.pg_inherits
                        WHERE inhrelid = c.oid) h ON true
    LEFT JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid
    LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
   ORDER BY c.oid IN (SELECT oid FROM roots) DESC, c.relpages DESC LIMIT 400),
block AS (SELECT pg_catalog.current_setting('block_size')::int8 AS size)
SELECT pg_catalog.json_build_object(
  'version', pg_catalog.current_setting('server_version_num')::int4,
  'server', pg_catalog.current_setting('server_version'),
  'database', pg_catalog.current_database(),
  'standby', pg_catalog.pg_is_in_recovery(),
  'path', pg_catalog.array_to_string(pg_catalog.current_schemas(false), ', '),
  'utc', pg_catalog.current_setting('TimeZone') IN ('UTC', 'Etc/UTC', 'GMT'),
  'wal_level', pg_catalog.current_setting('wal_level'),
  'cut', (SELECT count(*) FROM around) > 400,
  'named', (SELECT pg_catalog.json_object_agg(name, coalesce(oid::int8, 0)) FROM named),
  'relations', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'oid', r.oid::int8, 'label', r.label, 'kind', r.relkind, 'persistence', r.relpersistence,
      'index_of', coalesce(r.indrelid, 0)::int8, 'parent', coalesce(r.inhparent, 0)::int8,
      'default_partition', coalesce(r.partdefid, 0)::int8,
      'rows', CASE WHEN r.reltuples >= 0 AND r.relpages > 0 THEN r.reltuples
                   ELSE coalesce(nullif(r.n_live_tup, 0), -1) END::float8,
      'bytes', (r.relpages + coalesce((SELECT t.relpages FROM pg_catalog.pg_class t
                                        WHERE t.oid = r.reltoastrelid), 0)) * block.size,
      'indexes', (SELECT count(*) FROM pg_catalog.pg_index i WHERE i.indrelid = r.oid),
      'nullable', (SELECT count(*) FROM pg_catalog.pg_index i
                     JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid
                      AND a.attnum = ANY (i.indkey) AND NOT a.attnotnull
                    WHERE i.indexrelid = r.oid),
      'index_bytes', coalesce((SELECT sum(t.relpages) FROM pg_catalog.pg_index i
                                 JOIN pg_catalog.pg_class t ON t.oid = i.indexrelid
                                WHERE i.indrelid = r.oid), 0) * block.size)), '[]')
      FROM relations r, block),
  'keys', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', k.conname, 'of', k.conrelid::int8, 'to', k.confrelid::int8)), '[]')
      FROM (SELECT * FROM keys LIMIT 400) k),
  'spread', (SELECT coalesce(pg_catalog.json_agg(oid::int8), '[]') FROM spread),
  'views', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'of', v.of_::int8, 'view', v.oid::int8, 'column', coalesce(a.attname, ''))), '[]')
      FROM (SELECT * FROM views LIMIT 400) v
      LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = v.of_ AND a.attnum = v.number
                                         AND v.number > 0),
  'columns', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'table', a.attrelid::int8, 'name', a.attname,
      'base', pg_catalog.format_type(a.atttypid, NULL),
      'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
      'indexes', (SELECT count(*) FROM pg_catalog.pg_index i
                   WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)),
      'checks', (SELECT count(*) FROM pg_catalog.pg_constraint c
                  WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND a.attnum = ANY (c.conkey)),
      'proved', EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c
                  WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND c.convalidated
                    AND pg_catalog.pg_get_expr(c.conbin, c.conrelid)
                        = '(' || pg_catalog.quote_ident(a.attname) || ' IS NOT NULL)'),
      'keys', (SELECT coalesce(pg_catalog.json_agg(c.conname), '[]') FROM pg_catalog.pg_constraint c
                WHERE c.conrelid = a.attrelid AND c.contype = 'f' AND a.attnum = ANY (c.conkey)),
      'casts', (SELECT coalesce(pg_catalog.json_object_agg(t.value,
                 CASE WHEN pg_catalog.to_regtype(t.value) = a.atttypid THEN 'same'
                      ELSE coalesce((SELECT c.castmethod::text FROM pg_catalog.pg_cast c
                                      WHERE c.castsource = a.atttypid
                                        AND c.casttarget = pg_catalog.to_regtype(t.value)), '')
                 END), '{}')
                 FROM asked, pg_catalog.json_array_elements_text(asked.j->'types') t))), '[]')
      FROM pg_catalog.pg_attribute a
     WHERE a.attrelid IN (SELECT oid FROM tree) AND a.attnum > 0 AND NOT a.attisdropped
       AND a.attname = ANY ((SELECT names FROM wanted)::name[])),
  'types', (SELECT coalesce(pg_catalog.json_object_agg(e.value, pg_catalog.json_build_object(
      'base', pg_catalog.format_type(y.oid, NULL), 'domain', y.typtype = 'd',
      'under', CASE WHEN y.typbasetype <> 0 THEN pg_catalog.format_type(y.typbasetype, NULL)
                    ELSE '' END,
      'held', y.typnotnull OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c
                                       WHERE c.contypid = y.oid)
              OR EXISTS (SELECT 1 FROM pg_catalog.pg_type u
                          WHERE u.oid = y.typbasetype AND u.typtype = 'd'))), '{}')
      FROM asked, pg_catalog.json_array_elements_text(asked.j->'types') e
      JOIN pg_catalog.pg_type y ON y.oid = pg_catalog.to_regtype(e.value)),
  'constraints', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'table', c.conrelid::int8, 'name', c.conname, 'type', c.contype,
      'valid', c.convalidated, 'to', c.confrelid::int8)), '[]')
      FROM pg_catalog.pg_constraint c
     WHERE c.conrelid IN (SELECT oid FROM tree)
       AND c.conname = ANY ((SELECT names FROM wanted)::name[])),
  'volatile', (SELECT coalesce(pg_catalog.json_agg(DISTINCT e.value->>0), '[]')
      FROM asked, pg_catalog.json_array_elements(asked.j->'functions') e(value)
      JOIN pg_catalog.pg_proc p ON p.proname = (e.value->>2)::name AND p.provolatile = 'v'
      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE CASE WHEN e.value->>1 = '' THEN pg_catalog.pg_function_is_visible(p.oid)
                ELSE n.nspname = e.value->>1 END),
  'locks', (SELECT coalesce(pg_catalog.json_agg(l), '[]') FROM (
      SELECT l.relation::int8 AS relation, coalesce(l.pid, 0)::int8 AS pid, l.mode, l.granted,
             coalesce(a.backend_type, '') AS type, coalesce(a.usename, '') AS "user",
             coalesce(a.application_name, '') AS application, coalesce(a.state, '') AS state,
             round(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)) AS seconds,
             pg_catalog.left(coalesce(a.query, ''), 200) AS query
        FROM pg_catalog.pg_locks l
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'relation' AND l.relation IN (SELECT oid FROM relations)
         AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
                            WHERE d.datname = pg_catalog.current_database())
         AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
       ORDER BY a.xact_start LIMIT 200) l),
  'oldest', (SELECT coalesce(pg_catalog.json_agg(o), '[]') FROM (
      SELECT a.pid::int8 AS pid, coalesce(a.usename, '') AS "user",
             coalesce(a.application_name, '') AS application, coalesce(a.state, '') AS state,
             round(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)) AS seconds,
             pg_catalog.left(coalesce(a.query, ''), 200) AS query
        FROM pg_catalog.pg_stat_activity a
       WHERE a.xact_start IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
         AND a.backend_type IN ('client backend', 'walsender')
         AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
       ORDER BY a.xact_start LIMIT 1) o),
  'prepared', (SELECT count(*) FROM pg_catalog.pg_prepared_xacts p
                WHERE p.database = pg_catalog.current_database()),
  'replicas', (SELECT coalesce(pg_catalog.json_agg(r), '[]') FROM (
      SELECT coalesce(s.application_name, '') AS application, coalesce(s.state, '') AS state,
             CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_wal_lsn_diff(
               pg_catalog.pg_current_wal_lsn(), s.replay_lsn)::float8 END AS behind
        FROM pg_catalog.pg_stat_replication s LIMIT 20) r)
)::text
