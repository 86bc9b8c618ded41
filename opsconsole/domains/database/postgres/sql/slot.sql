SELECT s.slot_name::text, s.slot_type, coalesce(s.plugin::text, ''), coalesce(s.database::text, ''),
       s.active, s.active_pid::int8, s.temporary,
       pg_wal_lsn_diff(w.lsn, s.restart_lsn)::float8,
       pg_wal_lsn_diff(w.lsn, s.confirmed_flush_lsn)::float8,
       s.wal_status, s.safe_wal_size, age(s.xmin)::int8, age(s.catalog_xmin)::int8,
       extract(epoch FROM clock_timestamp() - s.inactive_since)::float8
  FROM pg_replication_slots s,
       (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                    ELSE pg_current_wal_lsn() END AS lsn) w
 ORDER BY s.slot_name
 LIMIT 1000
