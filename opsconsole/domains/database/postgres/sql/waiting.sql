-- What each one waits for. A relation of another database is known by its number only.
SELECT l.pid::int8, l.locktype, l.mode,
       CASE WHEN l.relation IS NULL THEN coalesce(l.transactionid::text, l.virtualxid, '')
            WHEN l.database IN (0, d.oid) THEN l.relation::regclass::text
            ELSE l.relation::text END,
       extract(epoch FROM clock_timestamp() - l.waitstart)::float8
  FROM pg_locks l, pg_database d
 WHERE NOT l.granted AND d.datname = current_database()
 LIMIT 5000
