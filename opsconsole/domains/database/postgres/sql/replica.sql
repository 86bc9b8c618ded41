SELECT pid::int8, (extract(epoch FROM backend_start) * 1000000)::int8::text,
       application_name, usename::text, coalesce(host(client_addr), client_hostname, ''),
       state, sync_state,
       pg_wal_lsn_diff(w.lsn, sent_lsn)::float8, pg_wal_lsn_diff(w.lsn, write_lsn)::float8,
       pg_wal_lsn_diff(w.lsn, flush_lsn)::float8, pg_wal_lsn_diff(w.lsn, replay_lsn)::float8,
       extract(epoch FROM write_lag)::float8, extract(epoch FROM flush_lag)::float8,
       extract(epoch FROM replay_lag)::float8,
       extract(epoch FROM clock_timestamp() - reply_time)::float8
  FROM pg_stat_replication,
       (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                    ELSE pg_current_wal_lsn() END AS lsn) w
 ORDER BY application_name, pid
 LIMIT 1000
