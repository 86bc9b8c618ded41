-- Sizes are those of the last vacuum or analyze: asking for the files would wait for locks on them.
-- Row widths are seen of tables that we may read: GRANT pg_read_all_data shows all.
SELECT extract(epoch FROM clock_timestamp())::float8,
       current_database()::text, s.relid::int8::text, s.schemaname::text, s.relname::text,
       c.relpages::int8 * b.size
         + coalesce((SELECT sum(i.relpages)::int8 * b.size FROM pg_index x
                       JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = s.relid), 0)
         + coalesce(t.relpages::int8 * b.size, 0),
       c.relpages::int8 * b.size,
       s.n_live_tup, s.n_dead_tup, s.n_mod_since_analyze,
       extract(epoch FROM clock_timestamp() - greatest(s.last_vacuum, s.last_autovacuum))::float8,
       extract(epoch FROM clock_timestamp() - greatest(s.last_analyze, s.last_autoanalyze))::float8,
       greatest(age(c.relfrozenxid), age(nullif(t.relfrozenxid, '0'::xid)))::int8,
       s.seq_scan, s.seq_tup_read, coalesce(s.idx_scan, 0),
       s.n_tup_ins + s.n_tup_upd + s.n_tup_del, s.n_tup_hot_upd, s.n_tup_upd,
       CASE WHEN c.relpages > 128 AND c.reltuples > 0 AND w.known = w.all_ THEN
         greatest(0, 1 - c.reltuples * (28 + w.width) * 100
           / coalesce((SELECT option_value::float8 FROM pg_options_to_table(c.reloptions)
                        WHERE option_name = 'fillfactor'), 100)
           / (c.relpages::float8 * (b.size - 24))) END::float8 * 100
  FROM (SELECT * FROM pg_class WHERE relkind IN ('r', 'm') AND relpersistence <> 't'
         ORDER BY relpages DESC LIMIT 1000) c
  JOIN pg_stat_user_tables s ON s.relid = c.oid
  LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
  CROSS JOIN (SELECT current_setting('block_size')::int8 AS size) b
  CROSS JOIN LATERAL (
    SELECT sum((1 - p.null_frac) * p.avg_width) AS width, count(p.attname) AS known,
           count(*) AS all_
      FROM pg_attribute a
      LEFT JOIN pg_stats p ON p.schemaname = s.schemaname AND p.tablename = s.relname
                          AND p.attname = a.attname AND NOT p.inherited
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) w
