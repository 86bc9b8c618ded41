-- The extension may stand in any schema; only while it is asked is that schema looked into.
SELECT set_config('search_path', concat_ws(', ', 'pg_catalog', (
         SELECT quote_ident(n.nspname) FROM pg_extension e
           JOIN pg_namespace n ON n.oid = e.extnamespace
          WHERE e.extname = 'pg_stat_statements')), false),
       EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements')
