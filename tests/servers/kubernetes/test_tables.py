"""Tables of every kind, as the printers of a real server make them."""

from collections.abc import AsyncGenerator, Generator

import pytest

from tests.servers.kubernetes import Kubernetes, kubernetes
from tests.servers.kubernetes.cells import PRINTERS
from tests.servers.kubernetes.client import TABLE, Client, client
from tests.servers.kubernetes.kinds import KINDS
from tests.servers.kubernetes.moments import human
from tests.servers.kubernetes.samples.others import cluster_wide, others

EXPECTED: dict[str, list[object]] = {
    "statefulsets": ["db", "2/3", None, "app,proxy"],
    "daemonsets": ["agent", 3, 3, 3, 3, 3, "<none>"],
    "controllerrevisions": ["db-1", "<none>", 1],
    "jobs": ["migrate", "Complete", "1/1", "100s"],
    "cronjobs": ["nightly", "0 3 * * *", "Etc/UTC", "False", 0],
    "ingresses": ["web", "nginx", "a.example.com,b.example.com,c.example.com + 1 more...",
                  "192.0.2.7", "80, 443"],
    "configmaps": ["config", 2],
    "secrets": ["login", "kubernetes.io/basic-auth", 1],
    "persistentvolumeclaims": ["data-db-0", "Bound", "pv-1", "10Gi", "RWO", "fast", "<unset>"],
    "persistentvolumes": ["pv-1", "10Gi", "RWO", "Delete", "Bound", "default/data-db-0", "fast"],
    "horizontalpodautoscalers": ["web", "Deployment/app-0000", "cpu: 55%/70%", "2", 9, 3],
    "poddisruptionbudgets": ["web", "N/A", "25%", 0],
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Generator[Kubernetes, None, None]:
    with kubernetes(controllers=False, kubelet=False) as found:
        found.populate(pods=10, nodes=1, namespaces=1, events=3)
        found.add(*others(), *cluster_wide())
        yield found


@pytest.fixture
async def asked(server: Kubernetes) -> AsyncGenerator[Client, None]:
    async with client(server.base_url) as found:
        yield found


async def test_rows_of_every_kind_fit_their_columns(asked: Client) -> None:
    empty: list[str] = []
    for kind in KINDS:
        base = f"/apis/{kind.group}" if kind.group else "/api"
        table = (await asked.get(f"{base}/{kind.version}/{kind.plural}", TABLE)).body
        width = len(table["columnDefinitions"])
        assert {len(row["cells"]) for row in table["rows"]} <= {width}, kind.plural
        if not table["rows"] and kind.plural in PRINTERS:
            empty.append(kind.plural)
        for row in table["rows"][:1]:
            wanted = EXPECTED.get(kind.plural, [])
            pairs = zip(wanted, row["cells"], strict=False)
            assert [(one, cell) for one, cell in pairs if one not in (None, cell)] == []
    assert empty == ["replicationcontrollers"]


async def test_services_say_how_they_are_reached(asked: Client) -> None:
    table = (await asked.get("/api/v1/namespaces/default/services", TABLE)).body
    rows = {row["cells"][0]: row["cells"][1:5] for row in table["rows"]}
    assert rows["edge"][0] == "LoadBalancer"
    assert rows["edge"][2:] == ["192.0.2.7", "80:30080/TCP"]
    assert rows["away"] == ["ExternalName", "<none>", "db.example.com", "<none>"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "<invalid>"), (0, "0s"), (119, "119s"), (120, "2m"), (599, "9m59s"), (610, "10m"),
     (10_800, "3h"), (10_860, "3h1m"), (172_799, "47h"), (180_000, "2d2h"), (691_200, "8d"),
     (63_072_000, "2y"), (63_158_400, "2y1d"), (400_000_000, "12y")],
)  # fmt: skip
def test_spans_are_written_as_the_server_writes_them(seconds: int, said: str) -> None:
    assert human(seconds) == said
