SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
 WHERE pid = $1::int4 AND (extract(epoch FROM backend_start) * 1000000)::int8::text = $2
