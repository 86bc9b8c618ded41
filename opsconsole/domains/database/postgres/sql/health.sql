-- The one line of a server. Sessions of others show no state to a role without pg_monitor.
SELECT extract(epoch FROM clock_timestamp())::float8,
       current_setting('server_version'),
       pg_is_in_recovery(),
       extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8,
       pg_has_role('pg_monitor', 'USAGE'),
       current_user::text,
       (current_setting('max_connections')::int8
         - current_setting('superuser_reserved_connections')::int8),
       s.clients, s.active, s.idle, s.in_transaction, s.waiting, s.hidden, s.transaction_s, s.query_s,
       (SELECT count(*) FROM pg_locks),
       current_setting('max_locks_per_transaction')::int8
         * (current_setting('max_connections')::int8
            + current_setting('max_prepared_transactions')::int8),
       (SELECT max(age(datfrozenxid))::int8 FROM pg_database),
       CASE WHEN pg_is_in_recovery() THEN
              CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                   ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
            ELSE (SELECT extract(epoch FROM max(replay_lag)) FROM pg_stat_replication) END::float8,
       (SELECT count(*) FROM pg_stat_replication WHERE backend_start IS NOT NULL),
       CASE WHEN pg_is_in_recovery() THEN NULL
            ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 END,
       (SELECT count(*) FROM pg_prepared_xacts),
       (SELECT count(*) FROM pg_settings WHERE pending_restart),
       s.slow
  FROM (SELECT count(*) FILTER (WHERE client) AS clients,
               count(*) FILTER (WHERE client AND state = 'active' AND NOT own) AS active,
               count(*) FILTER (WHERE client AND state = 'idle') AS idle,
               count(*) FILTER (WHERE client AND state LIKE 'idle in transaction%') AS in_transaction,
               count(*) FILTER (WHERE client AND wait_event_type = 'Lock') AS waiting,
               count(*) FILTER (WHERE client AND state IS NULL) AS hidden,
               extract(epoch FROM clock_timestamp()
                 - min(xact_start) FILTER (WHERE client AND NOT own))::float8 AS transaction_s,
               extract(epoch FROM clock_timestamp()
                 - min(query_start) FILTER (WHERE client AND state = 'active' AND NOT own))::float8
                 AS query_s,
               count(*) FILTER (WHERE client AND state = 'active' AND NOT own
                 AND clock_timestamp() - query_start > interval '30 s') AS slow
          FROM (SELECT *, pid = pg_backend_pid() AS own,
                       backend_type = 'client backend'
                         OR backend_type IS NULL AND datid IS NOT NULL AS client
                  FROM pg_stat_activity) a) s
