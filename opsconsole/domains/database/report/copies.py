"""Copies: replicas, slots, channels and clusters as they stand."""

from opsconsole.document import Block, Paragraph, Section
from opsconsole.domains.database.mysql import engine
from opsconsole.domains.database.mysql import replication as channel
from opsconsole.domains.database.postgres import replication
from opsconsole.domains.database.redis.replication import REPLICATION
from opsconsole.domains.database.report.reading import listed, unsaid
from opsconsole.evidence import Evidence

_TABLES = (
    (replication.REPLICA, "Replicas of PostgreSQL",
     ("application", "client", "state", "sync", "unreplayed_bytes", "replay_lag_s")),
    (replication.RECEIVER, "Standbys of PostgreSQL",
     ("state", "host", "slot", "unreplayed_bytes", "lag_s", "replay")),
    (replication.SLOT, "Slots of PostgreSQL",
     ("slot", "state", "type", "retained_bytes", "wal_status", "safe_bytes", "inactive_s")),
    (channel.REPLICATION, "Channels of MySQL",
     ("channel", "source", "io", "sql", "lag_s", "sql_error", "io_error")),
    (engine.GALERA, "Galera", ("cluster", "state", "size", "flow_paused_percent")),
    (REPLICATION, "Peers of Redis", ("peer", "role", "state", "lag_s", "lag_bytes")),
)  # fmt: skip


def section(evidence: Evidence) -> Section:
    """A table of each kind that there is."""
    blocks: list[Block] = []
    for probe, title, keys in _TABLES:
        blocks += listed(evidence, probe, *keys, title=title)
    blocks = blocks or [Paragraph("No server that answered is copied, or is a copy.")]
    silent = unsaid(evidence, *(probe for probe, _, _ in _TABLES))
    return Section("Replication and slots", (*blocks, *silent))
