SELECT json_build_object(
         'database', pg_catalog.current_database(), 'oid', ($2::oid)::text, 'index oid', i.oid::text,
         'schema', n.nspname, 'name', i.relname,
         'table', format('%I.%I', tn.nspname, t.relname),
         'definition', pg_catalog.pg_get_indexdef(i.oid),
         'size', pg_catalog.pg_size_pretty(i.relpages::int8
                   * pg_catalog.current_setting('block_size')::int8),
         'scans', coalesce(s.idx_scan, 0)::text,
         'valid', x.indisvalid AND x.indisready,
         'needed', CASE WHEN x.indisprimary THEN 'a primary key'
                        WHEN x.indisunique THEN 'unique'
                        WHEN x.indisexclusion OR EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k
                               WHERE k.conindid = i.oid) THEN 'of a constraint'
                        WHEN x.indisreplident THEN 'the replica identity'
                        WHEN x.indisclustered THEN 'what its table is clustered by'
                        WHEN i.relkind <> 'i' OR i.relispartition THEN 'a part of a partitioned one'
                   END,
         'twin', (SELECT min(o.indexrelid::regclass::text)
                    FROM pg_catalog.pg_index o JOIN pg_catalog.pg_class oc ON oc.oid = o.indexrelid
                   WHERE o.indrelid = x.indrelid AND o.indexrelid <> x.indexrelid AND o.indisvalid
                     AND oc.relam = i.relam AND o.indkey::text = x.indkey::text
                     AND o.indclass::text = x.indclass::text
                     AND o.indcollation::text = x.indcollation::text
                     AND o.indoption::text = x.indoption::text
                     AND o.indexprs::text IS NOT DISTINCT FROM x.indexprs::text
                     AND o.indpred::text IS NOT DISTINCT FROM x.indpred::text),
         'oldest transaction', (SELECT round(extract(epoch FROM max(clock_timestamp() - xact_start)))
                                  FROM pg_catalog.pg_stat_activity
                                 WHERE backend_type = 'client backend'
                                   AND pid <> pg_catalog.pg_backend_pid())::text,
         'standby', pg_catalog.pg_is_in_recovery(),
         'owner', pg_catalog.pg_get_userbyid(i.relowner),
         'may', pg_catalog.pg_has_role(i.relowner, 'USAGE'))::text
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
  JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
  LEFT JOIN pg_catalog.pg_stat_all_indexes s ON s.indexrelid = i.oid
 WHERE $1::text IN ('', pg_catalog.current_database())
   AND i.oid = CASE WHEN $3::text <> 'no index' THEN $2::oid ELSE
       (SELECT y.indexrelid FROM pg_catalog.pg_constraint k
          JOIN pg_catalog.pg_index y ON y.indrelid = k.conrelid
          JOIN pg_catalog.pg_class j ON j.oid = y.indexrelid
         WHERE k.oid = $2::oid AND k.contype = 'f' AND j.relname = (left(k.conname, 59) || '_idx')::name)
       END
