-- One row on a standby, also when nothing streams.
SELECT r.status, r.sender_host, r.sender_port::int8, r.slot_name::text,
       pg_wal_lsn_diff(r.latest_end_lsn, pg_last_wal_receive_lsn())::float8,
       pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float8,
       CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float8,
       extract(epoch FROM clock_timestamp() - r.last_msg_receipt_time)::float8,
       pg_is_wal_replay_paused()
  FROM (SELECT 1) one LEFT JOIN pg_stat_wal_receiver r ON true
 WHERE pg_is_in_recovery()
