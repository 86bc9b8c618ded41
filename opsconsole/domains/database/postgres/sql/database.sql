SELECT extract(epoch FROM clock_timestamp())::float8,
       s.datid::int8, coalesce(s.datname::text, ''), s.numbackends::int8,
       s.xact_commit, s.xact_rollback, s.blks_hit, s.blks_read,
       s.tup_returned, s.tup_fetched, s.tup_inserted + s.tup_updated + s.tup_deleted,
       s.temp_bytes, s.deadlocks, s.conflicts, s.blk_read_time,
       extract(epoch FROM s.stats_reset)::float8,
       age(d.datfrozenxid)::int8, d.datconnlimit::int8, pg_encoding_to_char(d.encoding)::text,
       CASE WHEN d.oid IS NULL THEN NULL
            WHEN pg_has_role('pg_read_all_stats', 'USAGE') OR has_database_privilege(d.oid, 'CONNECT')
            THEN pg_database_size(d.oid) END
  FROM pg_stat_database s LEFT JOIN pg_database d ON d.oid = s.datid
 ORDER BY s.xact_commit DESC
 LIMIT 1000
