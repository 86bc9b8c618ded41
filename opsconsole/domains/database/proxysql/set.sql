UPDATE mysql_servers SET status = '{status}'
WHERE hostgroup_id = {hostgroup} AND hostname = '{host}' AND port = {port}
