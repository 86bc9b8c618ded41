SELECT t.engine AS engine, t.table_rows AS estimate, t.data_length AS data,
  t.index_length AS indexed, @@version AS version, @@global.read_only AS read_only,
  @@global.innodb_online_alter_log_max_size AS log_max,
  (SELECT JSON_ARRAYAGG(JSON_ARRAY(s.index_name, s.seq_in_index, s.non_unique,
      COALESCE(s.column_name, ''), s.sub_part))
    FROM information_schema.statistics s
    WHERE s.table_schema = t.table_schema AND s.table_name = t.table_name
      AND s.index_type NOT IN ('FULLTEXT', 'SPATIAL')) AS indexes,
  (SELECT COUNT(*) FROM information_schema.key_column_usage k
    WHERE k.referenced_table_name IS NOT NULL AND k.table_schema = t.table_schema
      AND k.table_name = t.table_name) AS keyed,
  (SELECT MAX(TIMESTAMPDIFF(SECOND, x.trx_started, NOW())) FROM information_schema.innodb_trx x
    WHERE x.trx_mysql_thread_id <> CONNECTION_ID()) AS oldest,
  (SELECT MAX(p.time) FROM information_schema.processlist p
    WHERE p.command = 'Query' AND p.id <> CONNECTION_ID()) AS longest
FROM information_schema.tables t
WHERE t.table_schema = %s AND t.table_name = %s AND t.table_type = 'BASE TABLE'
