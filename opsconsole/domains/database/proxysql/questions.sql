-- What the admin interface of ProxySQL is asked; it is SQLite, by MySQL's protocol.
-- `-- exchange.name` begins a statement. No table whose name ends in `_reset`: those empty it.

-- pool.now
SELECT (julianday('now') - 2440587.5) * 86400.0

-- pool.version
SELECT @@version

-- pool.global
SELECT Variable_Name, Variable_Value FROM stats_mysql_global

-- pool.pool
SELECT hostgroup, srv_host, srv_port, status, ConnUsed, ConnFree, ConnOK, ConnERR, Queries,
  Bytes_data_sent, Bytes_data_recv, Latency_us
FROM stats_mysql_connection_pool LIMIT 5000

-- pool.servers
SELECT hostgroup_id, hostname, port, status, weight, max_connections, comment
FROM runtime_mysql_servers LIMIT 5000

-- pool.variables
SELECT variable_name, variable_value FROM runtime_global_variables
WHERE variable_name IN ('mysql-max_connections')

-- traffic.now
SELECT (julianday('now') - 2440587.5) * 86400.0

-- traffic.hits
SELECT rule_id, hits FROM stats_mysql_query_rules LIMIT 5000

-- traffic.rules
SELECT rule_id, username, schemaname, digest, match_digest, match_pattern, destination_hostgroup,
  cache_ttl, apply, comment
FROM runtime_mysql_query_rules LIMIT 5000

-- traffic.commands
SELECT Command, Total_Time_us, Total_cnt, cnt_5s + cnt_10s + cnt_INFs
FROM stats_mysql_commands_counters WHERE Total_cnt > 0

-- traffic.errors
SELECT hostgroup, hostname, port, username, client_address, schemaname, errno, count_star,
  first_seen, last_seen, substr(last_error, 1, 400)
FROM stats_mysql_errors ORDER BY last_seen DESC LIMIT 500

-- digests.now
SELECT (julianday('now') - 2440587.5) * 86400.0

-- digests.digests
SELECT hostgroup, schemaname, username, client_address, digest, substr(digest_text, 1, 1000),
  count_star, last_seen, sum_time, min_time, max_time, sum_rows_affected, sum_rows_sent
FROM stats_mysql_query_digest ORDER BY sum_time DESC LIMIT 200
