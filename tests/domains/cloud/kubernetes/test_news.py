"""What two answers of a cluster in a row say happened."""

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.cluster import CLUSTER, TROUBLE
from opsconsole.domains.cloud.kubernetes.news import MOST, nodes, restarts, version
from opsconsole.domains.cloud.kubernetes.node import NODE
from opsconsole.model import Column, Level, Row, Value


def row(columns: tuple[Column, ...], **said: Value) -> Row:
    return tuple(said.get(column.key) for column in columns)


def pod(name: str, count: int, when: float | None = 100.0, why: str = "OOMKilled") -> Row:
    said = {"namespace": Clean("n"), "name": Clean(name), "last_exit": Clean(why)}
    return row(TROUBLE.columns, **said, restarts=count, restarted=when, uid=Clean("u"))


def node(name: str, status: str) -> Row:
    return row(NODE.columns, name=Clean(name), status=Clean(status))


def test_a_restart_is_told_with_its_reason_when_it_was() -> None:
    (one,) = restarts("c", 500.0, [pod("a", 1), pod("b", 1)], [pod("a", 2, 400.0), pod("b", 1)])
    assert (one.at, one.object, one.level) == (400.0, "n/a", Level.WARN)
    assert one.text == "pod n/a was restarted: OOMKilled"


def test_a_pod_that_was_well_before_is_told_once_and_old_wounds_are_no_news() -> None:
    before = [pod("a", 1, 300.0)]
    told = restarts("c", 500.0, before, [*before, pod("b", 1, 400.0), pod("old", 7, 50.0)])
    assert [one.object for one in told] == ["n/b"]
    assert restarts("c", 500.0, [], [pod("a", 1)]) == []
    assert restarts("c", 500.0, before, [pod("a", 1, 300.0), pod("x", 1, None)]) == []


def test_many_at_once_are_counted() -> None:
    before = [pod(str(n), 1) for n in range(200)]
    told = restarts("c", 500.0, before, [pod(str(n), 2, 400.0) for n in range(200)])
    assert len(told) == MOST + 1
    assert told[-1].text == f"and {200 - MOST} more"


def test_nodes_come_go_and_change() -> None:
    before = [node("a", "Ready"), node("b", "Ready"), node("c", "NotReady")]
    now = [node("a", "NotReady"), node("c", "Ready"), node("d", "Ready")]
    told = nodes("k", 500.0, before, now)
    assert [(one.text, one.level) for one in told] == [
        ("node a Ready -> NotReady", Level.WARN),
        ("node b is gone", Level.WARN),
        ("node c NotReady -> Ready", Level.OK),
        ("node d is new: Ready", Level.OK),
    ]
    assert nodes("k", 500.0, [], now) == []


def test_another_version() -> None:
    was, is_ = (row(CLUSTER.columns, version=Clean(said)) for said in ("1.35.0", "1.36.2"))
    (one,) = version("k", 500.0, [was], [is_])
    assert one.text == "version 1.35.0 -> 1.36.2"
    assert version("k", 500.0, [is_], [is_]) == version("k", 500.0, [], [is_]) == []
