SELECT current_database()::text, s.indexrelid::int8::text, s.schemaname::text, s.relname::text,
       s.indexrelname::text, c.relpages::int8 * current_setting('block_size')::int8,
       s.idx_scan, x.indisvalid AND x.indisready, x.indisunique, x.indisprimary,
       EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = s.indexrelid),
       coalesce((SELECT min(o.indexrelid::regclass::text)
          FROM pg_index o JOIN pg_class oc ON oc.oid = o.indexrelid
         WHERE o.indrelid = x.indrelid AND o.indexrelid <> x.indexrelid AND o.indisvalid
           AND oc.relam = c.relam AND o.indkey::text = x.indkey::text
           AND o.indclass::text = x.indclass::text AND o.indcollation::text = x.indcollation::text
           AND o.indoption::text = x.indoption::text
           AND o.indexprs::text IS NOT DISTINCT FROM x.indexprs::text
           AND o.indpred::text IS NOT DISTINCT FROM x.indpred::text
           AND (o.indisunique OR NOT x.indisunique)
           AND (o.indisunique > x.indisunique OR o.indexrelid < x.indexrelid)), ''),
       d.reset, t.seq_scan + coalesce(t.idx_scan, 0)
  FROM pg_stat_user_indexes s
  JOIN pg_index x USING (indexrelid)
  JOIN pg_class c ON c.oid = s.indexrelid
  JOIN pg_stat_user_tables t ON t.relid = s.relid,
       (SELECT extract(epoch FROM clock_timestamp()
               - coalesce(stats_reset, pg_postmaster_start_time()))::float8 AS reset
          FROM pg_stat_database WHERE datname = current_database()) d
 ORDER BY c.relpages DESC
 LIMIT 2000
