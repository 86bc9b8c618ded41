"""A real node of a Galera cluster, alone in it."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.domains.database.mysql.scene import shown
from tests.servers.mariadb import MariaDb, server
from tests.servers.port import PORT

pytestmark = pytest.mark.server

PROVIDER = Path("/usr/lib/galera/libgalera_smm.so")


@pytest.fixture
def node() -> Generator[MariaDb, None, None]:
    if not PROVIDER.exists():
        pytest.skip(f"{PROVIDER} is not installed")
    with server("node", **options(MariaDb.next_address())) as one:
        yield one


async def test_it_is_primary_and_synced(node: MariaDb) -> None:
    assert "Primary" in node.sql("SHOW STATUS LIKE 'wsrep_cluster_status'")
    (row,) = (await shown(node.target(), "mysql.galera"))["mysql.galera"]
    assert (row["cluster"], row["state"], row["ready"]) == ("primary", "synced", "on")
    assert (row["size"], row["flow_paused_percent"], row["conflicts"]) == (1.0, 0.0, 0.0)


def options(address: str) -> dict[str, str]:
    listens = f"gmcast.listen_addr=tcp://{address}:{PORT}"
    own = f"base_host={address};base_port={PORT};ist.recv_addr={address}:{PORT};gcache.size=8M"
    return {
        "binlog_format": "ROW",
        "innodb_autoinc_lock_mode": "2",
        "wsrep_on": "ON",
        "wsrep_provider": str(PROVIDER),
        "wsrep_cluster_address": "gcomm://",
        "wsrep_node_address": address,
        "wsrep_provider_options": f"{listens};{own}",
    }
