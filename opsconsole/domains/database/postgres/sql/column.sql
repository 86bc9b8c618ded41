-- Of what people made: tables, views and what stands outside of the server.
SELECT current_database()::text, c.oid::int8::text, a.attnum::int8::text,
       n.nspname::text, c.relname::text, c.relkind::text, a.attname::text,
       format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       substr(pg_get_expr(d.adbin, d.adrelid), 1, 300),
       a.attidentity::text, a.attgenerated::text,
       coalesce((SELECT string_agg(DISTINCT k.contype::text, '')
                   FROM pg_constraint k WHERE k.conrelid = c.oid AND a.attnum = ANY (k.conkey)), ''),
       (SELECT min(k.confrelid::regclass::text)
          FROM pg_constraint k
         WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)),
       EXISTS (SELECT 1 FROM pg_index x
                WHERE x.indrelid = c.oid AND x.indisvalid AND x.indkey[0] = a.attnum)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%'
 ORDER BY n.nspname, c.relname, a.attnum
 LIMIT 5000
