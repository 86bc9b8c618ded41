"""What a server has on disk: snapshots, the append-only file, how old and how well."""

from opsconsole.clean import Clean
from opsconsole.domains.database.redis import wire
from opsconsole.domains.database.redis.wire import Info, column
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe


def rows(found: Info, _before: Info | None) -> list[Row]:
    """The only row."""
    saved = wire.whole(found, b"rdb_last_save_time")
    now = wire.whole(found, b"server_time_usec")
    fork = wire.whole(found, b"latest_fork_usec")
    aof = wire.flag(found, b"aof_enabled")
    return [
        (
            wire.text(found, b"rdb_last_bgsave_status"),
            float(saved) if saved else None,
            max(0.0, now / 1e6 - saved) if now and saved else None,
            wire.whole(found, b"rdb_saves"),
            wire.whole(found, b"rdb_changes_since_last_save"),
            wire.flag(found, b"rdb_bgsave_in_progress"),
            wire.whole(found, b"rdb_current_bgsave_time_sec"),
            wire.whole(found, b"rdb_last_bgsave_time_sec"),
            wire.whole(found, b"rdb_last_cow_size"),
            Clean("on" if aof else "off"),
            wire.text(found, b"aof_last_write_status"),
            wire.text(found, b"aof_last_bgrewrite_status"),
            wire.flag(found, b"aof_rewrite_in_progress"),
            wire.whole(found, b"aof_current_size"),
            fork / 1000 if fork is not None else None,
            wire.real(found, b"loading_loaded_perc"),
            wire.whole(found, b"loading_eta_seconds"),
        )
    ]


PERSISTENCE = Probe(
    "redis.persistence",
    "On disk",
    "info",
    (
        column("snapshot", "SNAPSHOT", Quantity.STATE, "rdb_last_bgsave_status"),
        column("saved", "SAVED", Quantity.TIME, "rdb_last_save_time; at first when it started"),
        column("saved_ago_s", "AGO", Quantity.SECONDS, "server_time_usec less rdb_last_save_time"),
        column("saves", "SAVES", Quantity.COUNT, "rdb_saves, since it started"),
        column("changes", "CHANGES", Quantity.COUNT, "rdb_changes_since_last_save", history=True),
        column("saving", "SAVING", Quantity.FLAG, "rdb_bgsave_in_progress"),
        column("saving_s", "SINCE", Quantity.SECONDS, "rdb_current_bgsave_time_sec"),
        column("took_s", "TOOK", Quantity.SECONDS, "rdb_last_bgsave_time_sec"),
        column("copied_bytes", "COPIED", Quantity.BYTES, "rdb_last_cow_size"),
        column("aof", "AOF", Quantity.STATE, "aof_enabled"),
        column("aof_write", "WRITE", Quantity.STATE, "aof_last_write_status"),
        column("aof_rewrite", "REWRITE", Quantity.STATE, "aof_last_bgrewrite_status"),
        column("rewriting", "REWRITING", Quantity.FLAG, "aof_rewrite_in_progress"),
        column("aof_bytes", "AOF SIZE", Quantity.BYTES, "aof_current_size", history=True),
        column("fork_ms", "FORK", Quantity.MILLISECONDS, "latest_fork_usec", history=True),
        column("loaded_percent", "LOADED%", Quantity.PERCENT, "loading_loaded_perc"),
        column("loaded_in_s", "ETA", Quantity.SECONDS, "loading_eta_seconds"),
    ),
    (),
    wire.info,
    rows,
    on_demand=False,
    quiet=True,
)
