SELECT json_build_object(
         'slot', s.slot_name, 'active', s.active, 'reader', s.active_pid::text,
         'type', s.slot_type, 'database', s.database, 'wal status', s.wal_status,
         'retained', pg_catalog.pg_size_pretty(pg_catalog.pg_wal_lsn_diff(
            CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn()
                 ELSE pg_catalog.pg_current_wal_lsn() END, s.restart_lsn)),
         'may', (SELECT rolsuper OR rolreplication FROM pg_catalog.pg_roles
                  WHERE rolname = current_user))::text
  FROM pg_catalog.pg_replication_slots s
 WHERE s.slot_name = $1
