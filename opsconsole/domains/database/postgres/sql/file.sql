SELECT sourcefile, sourceline::int8, coalesce(name || ': ', '') || error FROM pg_file_settings
 WHERE error IS NOT NULL AND error <> 'setting could not be applied' ORDER BY seqno LIMIT 200
