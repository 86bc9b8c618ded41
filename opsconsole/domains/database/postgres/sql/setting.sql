-- Whatever somebody chose, and what waits for a restart.
SELECT name, substr(textsend(coalesce(setting, '')), 1, 500), coalesce(unit, ''), source, context,
       substr(textsend(coalesce(boot_val, '')), 1, 500), pending_restart,
       coalesce(sourcefile, ''), coalesce(sourceline, 0)::int8, category
  FROM pg_settings
 WHERE source NOT IN ('default', 'override', 'client', 'session') OR pending_restart
 ORDER BY name
 LIMIT 1000
