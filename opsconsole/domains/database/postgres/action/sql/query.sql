SELECT substr(pg_catalog.textsend(query), 1, 6000) FROM pg_catalog.pg_stat_activity
 WHERE pid = $1::int4
