SELECT r.hostgroup_id AS hostgroup, r.status AS status,
  (SELECT status FROM mysql_servers
    WHERE hostgroup_id = {hostgroup} AND hostname = '{host}' AND port = {port}) AS configured,
  (SELECT ConnUsed FROM stats_mysql_connection_pool
    WHERE hostgroup = {hostgroup} AND srv_host = '{host}' AND srv_port = {port}) AS used,
  (SELECT COUNT(*) FROM runtime_mysql_servers
    WHERE hostgroup_id = {hostgroup} AND status = 'ONLINE'
      AND NOT (hostname = '{host}' AND port = {port})) AS others,
  (SELECT COUNT(*) FROM mysql_servers m
    WHERE NOT EXISTS (SELECT 1 FROM runtime_mysql_servers o
      WHERE o.hostgroup_id = m.hostgroup_id AND o.hostname = m.hostname AND o.port = m.port
        AND o.weight = m.weight AND o.compression = m.compression
        AND o.max_connections = m.max_connections AND o.use_ssl = m.use_ssl
        AND o.max_replication_lag = m.max_replication_lag AND o.max_latency_ms = m.max_latency_ms
        AND (o.status = m.status OR (m.status = 'ONLINE' AND o.status LIKE 'SHUNNED%')
          OR (m.hostgroup_id = {hostgroup} AND m.hostname = '{host}' AND m.port = {port}))))
  + (SELECT COUNT(*) FROM runtime_mysql_servers o
    WHERE NOT EXISTS (SELECT 1 FROM mysql_servers m
      WHERE o.hostgroup_id = m.hostgroup_id AND o.hostname = m.hostname AND o.port = m.port))
  + (SELECT COUNT(*) FROM (SELECT * FROM mysql_replication_hostgroups
    EXCEPT SELECT * FROM runtime_mysql_replication_hostgroups))
  + (SELECT COUNT(*) FROM (SELECT * FROM runtime_mysql_replication_hostgroups
    EXCEPT SELECT * FROM mysql_replication_hostgroups))
  + (SELECT COUNT(*) FROM (SELECT * FROM mysql_group_replication_hostgroups
    EXCEPT SELECT * FROM runtime_mysql_group_replication_hostgroups))
  + (SELECT COUNT(*) FROM (SELECT * FROM runtime_mysql_group_replication_hostgroups
    EXCEPT SELECT * FROM mysql_group_replication_hostgroups))
  + (SELECT COUNT(*) FROM (SELECT * FROM mysql_galera_hostgroups
    EXCEPT SELECT * FROM runtime_mysql_galera_hostgroups))
  + (SELECT COUNT(*) FROM (SELECT * FROM runtime_mysql_galera_hostgroups
    EXCEPT SELECT * FROM mysql_galera_hostgroups)) AS pending
FROM runtime_mysql_servers r
WHERE r.hostgroup_id = {hostgroup} AND r.hostname = '{host}' AND r.port = {port}
