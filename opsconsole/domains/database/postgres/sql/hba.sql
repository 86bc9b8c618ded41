SELECT 'pg_hba.conf', line_number::int8, error FROM pg_hba_file_rules WHERE error IS NOT NULL
 ORDER BY line_number LIMIT 200
