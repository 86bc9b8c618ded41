-- Who does something. Locks are asked for those alone that wait: pg_blocking_pids stops the lock table.
SELECT a.pid::int8,
       (extract(epoch FROM a.backend_start) * 1000000)::int8::text,
       a.leader_pid::int8,
       a.datname::text,
       a.usename::text,
       a.application_name,
       coalesce(host(a.client_addr), a.client_hostname, ''),
       a.backend_type,
       a.state,
       a.wait_event_type,
       a.wait_event,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
       extract(epoch FROM clock_timestamp() - a.query_start)::float8,
       extract(epoch FROM clock_timestamp() - a.state_change)::float8,
       age(a.backend_xmin)::int8,
       a.query_id::text,
       a.application_name = 'opsconsole' AND a.usename = current_user,
       CASE WHEN a.wait_event_type = 'Lock'
            THEN array_to_string((pg_blocking_pids(a.pid))[1:50], ' ') ELSE '' END,
       substr(textsend(a.query), 1, 2000)
  FROM pg_stat_activity a
 WHERE a.pid <> pg_backend_pid()
   AND (a.backend_type IS NULL AND a.datid IS NOT NULL
        OR a.backend_type IN ('client backend', 'autovacuum worker', 'parallel worker', 'walsender',
                              'logical replication worker', 'background worker')
           AND a.state IS DISTINCT FROM 'idle')
 ORDER BY a.xact_start NULLS LAST, a.pid
 LIMIT 5000
