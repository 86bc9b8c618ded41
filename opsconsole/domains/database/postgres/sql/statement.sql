-- Without texts: one in no encoding, of another database, spoils the whole answer.
SELECT extract(epoch FROM clock_timestamp())::float8,
       s.queryid::text, coalesce(d.datname::text, ''), coalesce(pg_get_userbyid(s.userid)::text, ''),
       s.dbid::int8, s.userid::int8,
       sum(s.calls)::int8, sum(s.total_exec_time)::float8, sum(s.rows)::int8,
       sum(s.shared_blks_hit)::int8, sum(s.shared_blks_read)::int8, sum(s.temp_blks_written)::int8,
       sum(s.wal_bytes)::float8, max(s.max_exec_time)::float8
  FROM pg_stat_statements(false) s LEFT JOIN pg_database d ON d.oid = s.dbid
 WHERE s.queryid IS NOT NULL
 GROUP BY s.queryid, d.datname, s.userid, s.dbid
 ORDER BY sum(s.total_exec_time) DESC
 LIMIT 300
