-- What MySQL and MariaDB are asked. `-- exchange.name [family] [since=N] [until=N]` begins a
-- statement; of several with one name, a server is asked the one that fits it.

-- health.now mysql
SELECT UNIX_TIMESTAMP(NOW(6)) + 0e0, UNIX_TIMESTAMP() - VARIABLE_VALUE + 0e0
FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Uptime'

-- health.now mariadb
SELECT UNIX_TIMESTAMP(NOW(6)) + 0e0, UNIX_TIMESTAMP() - VARIABLE_VALUE + 0e0
FROM information_schema.global_status WHERE VARIABLE_NAME = 'UPTIME'

-- health.variables
SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'max_connections',
  'read_only', 'super_read_only', 'log_bin', 'innodb_page_size', 'performance_schema')

-- health.status
SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime', 'Threads_connected', 'Threads_running',
  'Max_used_connections', 'Questions', 'Slow_queries', 'Com_commit', 'Com_rollback', 'Com_select',
  'Com_insert', 'Com_update', 'Com_delete', 'Com_replace', 
  'Handler_read_rnd_next', 'Created_tmp_tables', 'Created_tmp_disk_tables', 'Select_full_join',
  'Select_scan', 'Sort_merge_passes', 'Aborted_clients', 'Aborted_connects', 'Bytes_received',
  'Bytes_sent', 'Opened_tables', 'Table_open_cache_misses', 'Connections',
  'Connection_errors_max_connections', 'Innodb_buffer_pool_read_requests',
  'Innodb_buffer_pool_reads', 'Innodb_buffer_pool_pages_total', 'Innodb_buffer_pool_pages_free',
  'Innodb_buffer_pool_pages_dirty', 'Innodb_buffer_pool_wait_free', 'Innodb_row_lock_waits',
  'Innodb_row_lock_current_waits', 'Innodb_row_lock_time', 'Innodb_log_waits',
  'Innodb_data_read', 'Innodb_data_written', 'Innodb_data_fsyncs', 'Innodb_os_log_written',
  'Innodb_deadlocks', 'Innodb_history_list_length', 'Innodb_checkpoint_age',
  'Innodb_checkpoint_max_age', 'Handler_write', 'Handler_update', 'Handler_delete',
  'wsrep_on', 'wsrep_cluster_size', 'wsrep_cluster_status', 'wsrep_ready',
  'wsrep_connected', 'wsrep_local_state_comment', 'wsrep_flow_control_paused_ns',
  'wsrep_local_recv_queue', 'wsrep_local_send_queue', 'wsrep_local_cert_failures',
  'wsrep_local_bf_aborts', 'wsrep_cluster_conf_id')

-- health.transactions
SELECT COUNT(*) + 0, MAX(TIMESTAMPDIFF(SECOND, trx_started, NOW())),
  COALESCE(SUM(trx_state = 'LOCK WAIT'), 0) + 0e0
FROM information_schema.innodb_trx

-- health.metrics mysql since=50700
SELECT name, count + 0e0 FROM information_schema.innodb_metrics
WHERE name IN ('trx_rseg_history_len', 'lock_deadlocks') AND status = 'enabled'

-- health.replica mysql until=80022
SHOW SLAVE STATUS

-- health.replica mysql since=80022
SHOW REPLICA STATUS

-- health.replica mariadb
SHOW ALL SLAVES STATUS

-- health.workers mysql since=80000
SELECT channel_name, MAX(IF(applying_transaction = '', 0, TIMESTAMPDIFF(MICROSECOND,
  applying_transaction_original_commit_timestamp, NOW(6)) / 1e6)) + 0e0
FROM performance_schema.replication_applier_status_by_worker GROUP BY channel_name

-- health.replicas mysql since=50700
SELECT COUNT(*) + 0 FROM performance_schema.threads WHERE processlist_command LIKE 'Binlog Dump%'

-- health.replicas mariadb
SELECT COUNT(*) + 0 FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'

-- sessions.started mysql
SELECT CAST(UNIX_TIMESTAMP() - VARIABLE_VALUE AS SIGNED) FROM performance_schema.global_status
WHERE VARIABLE_NAME = 'Uptime'

-- sessions.started mariadb
SELECT CAST(UNIX_TIMESTAMP() - VARIABLE_VALUE AS SIGNED) FROM information_schema.global_status
WHERE VARIABLE_NAME = 'UPTIME'

-- sessions.sessions mysql since=50700
SELECT processlist_id + 0, LEFT(processlist_user, 64), LEFT(processlist_host, 128),
  LEFT(processlist_db, 64), processlist_command, processlist_time + 0e0, processlist_state,
  LEFT(processlist_info, 1000), NULL
FROM performance_schema.threads
WHERE processlist_id IS NOT NULL AND processlist_id <> CONNECTION_ID()
  AND type = 'FOREGROUND' AND COALESCE(processlist_command, '') <> 'Daemon'

-- sessions.sessions mariadb
SELECT id + 0, LEFT(user, 64), LEFT(host, 128), LEFT(db, 64), command, time_ms / 1e3, state,
  LEFT(info, 1000),
  CASE WHEN max_stage > 0 THEN (GREATEST(stage, 1) - 1 + progress / 100) / max_stage * 100e0 END
FROM information_schema.processlist
WHERE id <> CONNECTION_ID() AND command <> 'Daemon'

-- sessions.stages mysql since=50700
SELECT t.processlist_id + 0, 100e0 * MAX(s.work_completed / NULLIF(s.work_estimated, 0))
FROM performance_schema.events_stages_current s
JOIN performance_schema.threads t ON t.thread_id = s.thread_id
WHERE t.processlist_id IS NOT NULL AND s.work_estimated > 0
GROUP BY t.processlist_id

-- sessions.transactions
SELECT trx_mysql_thread_id + 0, trx_state, TIMESTAMPDIFF(SECOND, trx_started, NOW()) + 0e0,
  TIMESTAMPDIFF(SECOND, trx_wait_started, NOW()) + 0e0, trx_rows_locked + 0, trx_rows_modified + 0,
  trx_isolation_level
FROM information_schema.innodb_trx
WHERE trx_mysql_thread_id > 0

-- sessions.waits mysql since=80000
SELECT r.processlist_id + 0, b.processlist_id + 0, l.lock_mode,
  LEFT(CONCAT_WS('.', l.object_schema, l.object_name), 160), l.index_name
FROM performance_schema.data_lock_waits w
JOIN performance_schema.threads r ON r.thread_id = w.requesting_thread_id
JOIN performance_schema.threads b ON b.thread_id = w.blocking_thread_id
LEFT JOIN performance_schema.data_locks l ON l.engine_lock_id = w.requesting_engine_lock_id

-- sessions.waits mysql until=80000
SELECT r.trx_mysql_thread_id + 0, b.trx_mysql_thread_id + 0, l.lock_mode, LEFT(l.lock_table, 160),
  l.lock_index
FROM information_schema.innodb_lock_waits w
JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id
LEFT JOIN information_schema.innodb_locks l ON l.lock_id = w.requested_lock_id

-- sessions.waits mariadb
SELECT r.trx_mysql_thread_id + 0, b.trx_mysql_thread_id + 0, l.lock_mode, LEFT(l.lock_table, 160),
  l.lock_index
FROM information_schema.innodb_lock_waits w
JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id
LEFT JOIN information_schema.innodb_locks l ON l.lock_id = w.requested_lock_id

-- sessions.metadata mysql since=50700
SELECT t.processlist_id + 0, m.object_type, LEFT(CONCAT_WS('.', m.object_schema, m.object_name), 160),
  m.lock_type, m.lock_status, m.lock_duration
FROM performance_schema.metadata_locks m
JOIN performance_schema.threads t ON t.thread_id = m.owner_thread_id
WHERE t.processlist_id IS NOT NULL AND t.processlist_id <> CONNECTION_ID()

-- sessions.metadata mariadb since=100502
SELECT t.processlist_id + 0, m.object_type, LEFT(CONCAT_WS('.', m.object_schema, m.object_name), 160),
  m.lock_type, m.lock_status, m.lock_duration
FROM performance_schema.metadata_locks m
JOIN performance_schema.threads t ON t.thread_id = m.owner_thread_id
WHERE t.processlist_id IS NOT NULL AND t.processlist_id <> CONNECTION_ID()

-- statements.now
SELECT UNIX_TIMESTAMP(NOW(6)) + 0e0

-- statements.digests mysql since=80000
SELECT COALESCE(schema_name, ''), COALESCE(digest, ''), LEFT(digest_text, 1000), count_star + 0,
  sum_timer_wait / 1e12, quantile_95 / 1e9, max_timer_wait / 1e9, sum_lock_time / 1e12,
  sum_errors + 0, sum_rows_examined + 0, sum_rows_sent + 0, sum_rows_affected + 0,
  sum_created_tmp_disk_tables + 0, sum_no_index_used + 0
FROM performance_schema.events_statements_summary_by_digest
ORDER BY sum_timer_wait DESC LIMIT 200

-- statements.digests mysql since=50700 until=80000
SELECT COALESCE(schema_name, ''), COALESCE(digest, ''), LEFT(digest_text, 1000), count_star + 0,
  sum_timer_wait / 1e12, NULL, max_timer_wait / 1e9, sum_lock_time / 1e12, sum_errors + 0,
  sum_rows_examined + 0, sum_rows_sent + 0, sum_rows_affected + 0,
  sum_created_tmp_disk_tables + 0, sum_no_index_used + 0
FROM performance_schema.events_statements_summary_by_digest
ORDER BY sum_timer_wait DESC LIMIT 200

-- statements.digests mariadb
SELECT COALESCE(schema_name, ''), COALESCE(digest, ''), LEFT(digest_text, 1000), count_star + 0,
  sum_timer_wait / 1e12, NULL, max_timer_wait / 1e9, sum_lock_time / 1e12, sum_errors + 0,
  sum_rows_examined + 0, sum_rows_sent + 0, sum_rows_affected + 0,
  sum_created_tmp_disk_tables + 0, sum_no_index_used + 0
FROM performance_schema.events_statements_summary_by_digest
ORDER BY sum_timer_wait DESC LIMIT 200

-- schemas.files mysql since=50700 until=80000
SELECT SUBSTRING_INDEX(name, '/', 1), COUNT(DISTINCT SUBSTRING_INDEX(name, '#', 1)) + 0,
  SUM(file_size) + 0e0
FROM information_schema.innodb_sys_tablespaces
WHERE name LIKE '%/%'
GROUP BY SUBSTRING_INDEX(name, '/', 1)

-- schemas.files mysql since=80000
SELECT SUBSTRING_INDEX(name, '/', 1), COUNT(DISTINCT SUBSTRING_INDEX(name, '#', 1)) + 0,
  SUM(file_size) + 0e0
FROM information_schema.innodb_tablespaces
WHERE name LIKE '%/%'
GROUP BY SUBSTRING_INDEX(name, '/', 1)

-- schemas.files mariadb
SELECT SUBSTRING_INDEX(name, '/', 1), COUNT(DISTINCT SUBSTRING_INDEX(name, '#', 1)) + 0,
  SUM(file_size) + 0e0
FROM information_schema.innodb_sys_tablespaces
WHERE name LIKE '%/%'
GROUP BY SUBSTRING_INDEX(name, '/', 1)

-- schemas.sizes mysql
SELECT /*+ MAX_EXECUTION_TIME(2000) */ table_schema, COUNT(*) + 0,
  COALESCE(SUM(data_length), 0) + 0e0, COALESCE(SUM(index_length), 0) + 0e0,
  COALESCE(SUM(data_free), 0) + 0e0, COALESCE(SUM(table_rows), 0) + 0e0,
  COALESCE(SUM(engine <> 'InnoDB'), 0) + 0e0,
  COALESCE(SUM(IF(engine <> 'InnoDB', data_length + index_length, 0)), 0) + 0e0
FROM information_schema.tables
WHERE table_type = 'BASE TABLE'
  AND table_schema NOT IN ('performance_schema', 'information_schema')
GROUP BY table_schema

-- schemas.sizes mariadb
SET STATEMENT max_statement_time = 2 FOR
SELECT table_schema, COUNT(*) + 0, COALESCE(SUM(data_length), 0) + 0e0,
  COALESCE(SUM(index_length), 0) + 0e0, COALESCE(SUM(data_free), 0) + 0e0,
  COALESCE(SUM(table_rows), 0) + 0e0, COALESCE(SUM(engine <> 'InnoDB'), 0) + 0e0,
  COALESCE(SUM(IF(engine <> 'InnoDB', data_length + index_length, 0)), 0) + 0e0
FROM information_schema.tables
WHERE table_type = 'BASE TABLE'
  AND table_schema NOT IN ('performance_schema', 'information_schema')
GROUP BY table_schema

-- tables.tables
SELECT table_schema, table_name, engine, row_format, table_rows + 0e0, data_length + 0e0,
  index_length + 0e0, data_free + 0e0, UNIX_TIMESTAMP(create_time) + 0e0,
  UNIX_TIMESTAMP(update_time) + 0e0
FROM information_schema.tables
WHERE table_type = 'BASE TABLE'
  AND table_schema NOT IN ('performance_schema', 'information_schema', 'mysql', 'sys')
ORDER BY COALESCE(data_length, 0) + COALESCE(index_length, 0) DESC LIMIT 500

-- settings.settings mysql since=80000
SELECT g.variable_name, LEFT(g.variable_value, 500), LOWER(i.variable_source), NULL, NULL, NULL,
  LEFT(p.variable_value, 500)
FROM performance_schema.global_variables g
LEFT JOIN performance_schema.variables_info i ON i.variable_name = g.variable_name
LEFT JOIN performance_schema.persisted_variables p ON p.variable_name = g.variable_name
ORDER BY g.variable_name LIMIT 2000

-- settings.settings mysql since=50700 until=80000
SELECT variable_name, LEFT(variable_value, 500), NULL, NULL, NULL, NULL, NULL
FROM performance_schema.global_variables ORDER BY variable_name LIMIT 2000

-- settings.settings mariadb
SELECT LOWER(variable_name), LEFT(global_value, 500), LOWER(global_value_origin),
  LEFT(default_value, 500), LOWER(variable_type), read_only = 'YES', NULL
FROM information_schema.system_variables
WHERE variable_scope <> 'SESSION ONLY' ORDER BY variable_name LIMIT 2000
