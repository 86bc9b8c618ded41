SELECT queryid::text, dbid::int8, userid::int8, substr(textsend(query), 1, 2000)
  FROM pg_stat_statements WHERE queryid IS NOT NULL
 ORDER BY total_exec_time DESC
 LIMIT 500
