SELECT json_build_object(
         'name', s.name, 'value', s.setting, 'unit', s.unit, 'context', s.context,
         'type', s.vartype, 'low', s.min_val, 'high', s.max_val,
         'one of', pg_catalog.array_to_string(s.enumvals, ', '),
         'pending', s.pending_restart,
         'ours', s.sourcefile LIKE '%postgresql.auto.conf',
         'loaded', (extract(epoch FROM pg_catalog.pg_conf_load_time()) * 1000000)::int8::text)::text
  FROM pg_catalog.pg_settings s
 WHERE s.name = $1
