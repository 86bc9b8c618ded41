SELECT json_build_object(
         'database', pg_catalog.current_database(), 'oid', k.oid::text, 'constraint', k.conname,
         'table', format('%I.%I', n.nspname, c.relname),
         'kind', c.relkind,
         'index', (left(k.conname, 59) || '_idx')::name,
         'columns', w.columns,
         'statement', format('CREATE INDEX CONCURRENTLY %I ON %I.%I (%s)',
                             (left(k.conname, 59) || '_idx')::name, n.nspname, c.relname, w.columns),
         'table size', pg_catalog.pg_size_pretty(c.relpages::int8
                         * pg_catalog.current_setting('block_size')::int8),
         'rows', greatest(c.reltuples, 0)::int8::text,
         'disk needed', 'about ' || pg_catalog.pg_size_pretty(
                          (greatest(c.reltuples, 0) * (24 + w.width) * 1.2)::int8 + 16384),
         'taken', pg_catalog.to_regclass(format('%I.%I', n.nspname,
                     (left(k.conname, 59) || '_idx')::name)) IS NOT NULL,
         'valid', EXISTS (SELECT 1 FROM pg_catalog.pg_index x
                            JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
                           WHERE x.indrelid = c.oid AND x.indisvalid
                             AND i.relname = (left(k.conname, 59) || '_idx')::name),
         'oldest transaction', t.oldest::text, 'would wait for', t.who,
         'standby', pg_catalog.pg_is_in_recovery(),
         'owner', pg_catalog.pg_get_userbyid(c.relowner),
         'may', pg_catalog.pg_has_role(c.relowner, 'USAGE'))::text
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (
       SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.at) AS columns,
              sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END) AS width
         FROM unnest(k.conkey) WITH ORDINALITY u(number, at)
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number) w
 CROSS JOIN LATERAL (
       SELECT round(extract(epoch FROM max(clock_timestamp() - s.xact_start))) AS oldest,
              string_agg(s.pid || ' ' || coalesce(s.usename, '?') || ' '
                         || round(extract(epoch FROM clock_timestamp() - s.xact_start)) || ' s', ', '
                         ORDER BY s.xact_start) FILTER (
                           WHERE s.xact_start < clock_timestamp() - interval '60 s') AS who
         FROM pg_catalog.pg_stat_activity s
        WHERE s.backend_type = 'client backend' AND s.pid <> pg_catalog.pg_backend_pid()) t
 WHERE k.oid = $2::oid AND k.contype = 'f' AND $1::text IN ('', pg_catalog.current_database())
