-- Foreign keys whose columns lead no index: each delete of a row they point at reads the whole table.
SELECT current_database()::text, k.oid::int8::text, n.nspname::text, c.relname::text, k.conname::text,
       c.relpages::int8 * current_setting('block_size')::int8, k.confrelid::regclass::text
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'f' AND k.conparentid = 0
   AND NOT EXISTS (
     SELECT 1 FROM pg_index x
      WHERE x.indrelid = k.conrelid AND x.indisvalid AND x.indpred IS NULL
        AND (SELECT array_agg(col ORDER BY col)
               FROM unnest((x.indkey::int2[])[0:cardinality(k.conkey) - 1]) col)
          = (SELECT array_agg(col ORDER BY col) FROM unnest(k.conkey) col))
 ORDER BY c.relpages DESC
 LIMIT 500
