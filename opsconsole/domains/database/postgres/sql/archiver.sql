SELECT current_setting('archive_mode'), archived_count, failed_count,
       extract(epoch FROM last_archived_time)::float8, last_archived_wal,
       extract(epoch FROM last_failed_time)::float8, last_failed_wal
  FROM pg_stat_archiver
