-- Since 17 a view of its own; what backends write stands in pg_stat_io, since 18 beside their WAL.
SELECT extract(epoch FROM clock_timestamp())::float8,
       c.num_timed, c.num_requested, c.write_time, c.sync_time,
       c.buffers_written, b.buffers_clean, b.maxwritten_clean,
       (SELECT sum(writes)::int8 FROM pg_stat_io
         WHERE backend_type = 'client backend' AND object = 'relation'),
       b.buffers_alloc, extract(epoch FROM c.stats_reset)::float8
  FROM pg_stat_checkpointer c, pg_stat_bgwriter b
