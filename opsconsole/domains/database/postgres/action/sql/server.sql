SELECT json_build_object(
         'started', (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::int8::text,
         'loaded', (extract(epoch FROM pg_catalog.pg_conf_load_time()) * 1000000)::int8::text,
         'may', pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'EXECUTE'))::text
