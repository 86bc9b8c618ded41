SELECT extract(epoch FROM clock_timestamp())::float8,
       checkpoints_timed, checkpoints_req, checkpoint_write_time, checkpoint_sync_time,
       buffers_checkpoint, buffers_clean, maxwritten_clean, buffers_backend, buffers_alloc,
       extract(epoch FROM stats_reset)::float8
  FROM pg_stat_bgwriter
