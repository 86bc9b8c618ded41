SELECT 'wrong: ' || sourcefile || ' line ' || sourceline || ': ' || coalesce(name || ': ', '') || error
  FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL LIMIT 20
