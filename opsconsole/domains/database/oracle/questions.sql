-- What Oracle databases are asked. `-- exchange.name [since=N] [until=N]` begins a statement; of
-- several with one name, a database is asked the one that fits it. Each reads as few views as it
-- can: a refusal does not say which one of them it is about.

-- health.instance until=180000
SELECT instance_name, version, status, (SYSDATE - startup_time) * 86400,
  ROUND((startup_time - SYSDATE + CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS DATE)
    - DATE '1970-01-01') * 86400)
FROM v$instance

-- health.instance since=180000
SELECT instance_name, version_full, status, (SYSDATE - startup_time) * 86400,
  ROUND((startup_time - SYSDATE + CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS DATE)
    - DATE '1970-01-01') * 86400)
FROM v$instance

-- health.database
SELECT database_role, open_mode, log_mode FROM v$database

-- health.metrics
SELECT metric_name, value FROM v$sysmetric
WHERE intsize_csec = (SELECT MAX(intsize_csec) FROM v$sysmetric)
  AND metric_name IN ('Average Active Sessions', 'Buffer Cache Hit Ratio',
  'Library Cache Hit Ratio', 'SQL Service Response Time', 'Database Wait Time Ratio',
  'Shared Pool Free %', 'User Transaction Per Sec', 'Executions Per Sec', 'Session Limit %')

-- health.sessions
SELECT COUNT(CASE WHEN status = 'ACTIVE' THEN 1 END),
  COUNT(CASE WHEN status <> 'ACTIVE' THEN 1 END),
  COUNT(CASE WHEN blocking_session_status = 'VALID' THEN 1 END),
  COUNT(CASE WHEN blocking_session_status = 'VALID' AND wait_time_micro > 600000000 THEN 1 END)
FROM v$session WHERE type = 'USER' AND sid <> SYS_CONTEXT('USERENV', 'SID')

-- health.transactions
SELECT COUNT(*), MAX((SYSDATE - start_date) * 86400) FROM v$transaction

-- health.limits
SELECT resource_name, current_utilization, max_utilization, TRIM(limit_value)
FROM v$resource_limit

-- health.redo
SELECT MIN(COUNT(*)) FROM v$log GROUP BY thread#

-- health.lag
SELECT name, value FROM v$dataguard_stats WHERE name = 'apply lag'

-- sessions.sessions
SELECT sid, serial#, TO_CHAR(logon_time, 'YYYY-MM-DD HH24:MI:SS'), username, osuser, machine,
  program, status, CASE WHEN state = 'WAITING' THEN event END,
  CASE WHEN state = 'WAITING' THEN wait_class END,
  CASE WHEN state = 'WAITING' THEN wait_time_micro / 1000000 END, last_call_et, sql_id,
  CASE WHEN blocking_session_status = 'VALID' THEN blocking_session END,
  CASE WHEN blocking_instance <> SYS_CONTEXT('USERENV', 'INSTANCE') THEN blocking_instance END,
  RAWTOHEX(saddr)
FROM v$session WHERE type = 'USER' AND sid <> SYS_CONTEXT('USERENV', 'SID')

-- sessions.transactions
SELECT RAWTOHEX(ses_addr), (SYSDATE - start_date) * 86400, used_urec FROM v$transaction

-- sessions.texts
SELECT sql_id, SUBSTR(sql_text, 1, 1000) FROM v$sqlstats
WHERE sql_id IN (SELECT sql_id FROM v$session WHERE sql_id IS NOT NULL)

-- waits.events
SELECT n.name, n.wait_class, e.num_sess_waiting, e.time_waited / NULLIF(e.intsize_csec, 0),
  e.wait_count * 100 / NULLIF(e.intsize_csec, 0), e.time_waited * 10 / NULLIF(e.wait_count, 0)
FROM v$eventmetric e JOIN v$event_name n ON n.event_id = e.event_id
WHERE n.wait_class <> 'Idle' AND e.wait_count > 0
ORDER BY e.time_waited DESC FETCH FIRST 50 ROWS ONLY

-- waits.classes
SELECT n.wait_class, w.time_waited / NULLIF(w.intsize_csec, 0), w.dbtime_in_wait
FROM v$waitclassmetric w
JOIN (SELECT DISTINCT wait_class_id, wait_class FROM v$event_name) n
  ON n.wait_class_id = w.wait_class_id
WHERE n.wait_class <> 'Idle'

-- storage.tablespaces
SELECT tablespace_name, contents, status FROM dba_tablespaces

-- storage.files
SELECT tablespace_name, COUNT(*), SUM(bytes),
  SUM(CASE WHEN autoextensible = 'YES' AND maxbytes > bytes THEN maxbytes ELSE bytes END),
  MAX(CASE WHEN autoextensible = 'YES' AND maxbytes > bytes THEN 1 ELSE 0 END)
FROM dba_data_files GROUP BY tablespace_name

-- storage.free
SELECT tablespace_name, SUM(bytes) FROM dba_free_space GROUP BY tablespace_name

-- storage.undo
SELECT tablespace_name, SUM(bytes) FROM dba_undo_extents WHERE status = 'ACTIVE'
GROUP BY tablespace_name

-- storage.temp_files
SELECT tablespace_name, COUNT(*), SUM(bytes),
  SUM(CASE WHEN autoextensible = 'YES' AND maxbytes > bytes THEN maxbytes ELSE bytes END),
  MAX(CASE WHEN autoextensible = 'YES' AND maxbytes > bytes THEN 1 ELSE 0 END)
FROM dba_temp_files GROUP BY tablespace_name

-- storage.temp
SELECT tablespace_name, tablespace_size - free_space FROM dba_temp_free_space

-- storage.groups
SELECT name, state, type, total_mb, free_mb, usable_file_mb, offline_disks
FROM v$asm_diskgroup_stat

-- storage.recovery
SELECT name, space_limit, space_used, space_reclaimable, number_of_files
FROM v$recovery_file_dest

-- standby.stats
SELECT name, value, time_computed FROM v$dataguard_stats

-- standby.destinations
SELECT dest_id, dest_name, status, type, database_mode, recovery_mode, gap_status, destination,
  error
FROM v$archive_dest_status WHERE status <> 'INACTIVE'

-- upkeep.jobs
SELECT session_key, input_type, status, (SYSDATE - start_time) * 86400, elapsed_seconds,
  input_bytes, output_bytes
FROM v$rman_backup_job_details ORDER BY start_time DESC FETCH FIRST 50 ROWS ONLY

-- upkeep.accounts
SELECT username, account_status, profile, (expiry_date - SYSDATE) * 86400
FROM dba_users
WHERE expiry_date IS NOT NULL AND account_status NOT LIKE '%LOCKED%'
ORDER BY expiry_date FETCH FIRST 200 ROWS ONLY
