SELECT current_database()::text, k.oid::int8::text, n.nspname::text, c.relname::text, k.conname::text,
       k.contype::text, substr(pg_get_constraintdef(k.oid, true), 1, 1000), k.convalidated,
       k.condeferrable, k.condeferred,
       CASE WHEN k.confrelid <> 0 THEN k.confrelid::regclass::text END
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype <> 'n' AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
 ORDER BY n.nspname, c.relname, k.conname
 LIMIT 5000
