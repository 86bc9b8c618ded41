SELECT h.processlist_id AS id, LEFT(h.processlist_user, 64) AS user, m.lock_type AS mode,
  TIMESTAMPDIFF(SECOND, x.trx_started, NOW()) AS open_s
FROM performance_schema.metadata_locks m
JOIN performance_schema.threads h ON h.thread_id = m.owner_thread_id
LEFT JOIN information_schema.innodb_trx x ON x.trx_mysql_thread_id = h.processlist_id
WHERE m.object_type = 'TABLE' AND m.object_schema = %s AND m.object_name = %s
  AND m.lock_status = 'GRANTED' AND m.lock_duration <> 'STATEMENT'
  AND h.processlist_id <> CONNECTION_ID()
ORDER BY x.trx_started LIMIT 20
