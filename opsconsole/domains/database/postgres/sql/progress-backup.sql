SELECT p.pid::int8, (extract(epoch FROM a.backend_start) * 1000000)::int8::text,
       'base backup', '', coalesce(a.application_name, ''), p.phase,
       p.backup_streamed::float8, p.backup_total::float8,
       extract(epoch FROM clock_timestamp() - a.backend_start)::float8
  FROM pg_stat_progress_basebackup p LEFT JOIN pg_stat_activity a USING (pid)
