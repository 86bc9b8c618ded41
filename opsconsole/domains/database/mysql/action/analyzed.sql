SELECT t.engine AS engine, @@version AS version,
  (SELECT MAX(UNIX_TIMESTAMP(s.last_update)) FROM mysql.innodb_table_stats s
    WHERE s.database_name = t.table_schema
      AND (s.table_name = t.table_name OR LEFT(s.table_name, CHAR_LENGTH(t.table_name) + 3)
        IN (CONCAT(t.table_name, '#P#'), CONCAT(t.table_name, '#p#')))
  ) AS analyzed,
  (SELECT MAX(p.time) FROM information_schema.processlist p
    WHERE p.command = 'Query' AND p.id <> CONNECTION_ID()) AS longest
FROM information_schema.tables t
WHERE t.table_schema = %s AND t.table_name = %s AND t.table_type = 'BASE TABLE'
