-- What all databases did since their counters were reset.
SELECT sum(xact_commit)::float8, sum(xact_rollback)::float8, sum(blks_hit)::float8,
       sum(blks_read)::float8, sum(temp_bytes)::float8, sum(deadlocks)::float8
  FROM pg_stat_database
