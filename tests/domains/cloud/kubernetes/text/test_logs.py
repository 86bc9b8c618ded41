"""Logs of a container, a pod, all pods of a workload: merged, followed, of the run before."""

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.text.log import LOGS, dated
from opsconsole.errors import Refused
from opsconsole.plan import Thing
from tests.domains.cloud.kubernetes.action.test_pods import pod
from tests.domains.cloud.kubernetes.scene import Operator, eventually
from tests.servers.kubernetes.refusal import Json

AT = 1_790_000_000.0


def double(space: str, name: str) -> Json:
    """A pod of two containers that run."""
    running = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    states = [{"name": one, "ready": True, "state": running, "restartCount": 0} for one in "ab"]
    made = pod(space, name, containers=[{"name": one, "image": "x"} for one in "ab"])
    made["status"]["containerStatuses"] = states
    return made


async def test_lines_of_several_containers_are_in_the_order_of_their_times(one: Operator) -> None:
    await one.add(double(one.space, "two"))
    for at, (container, text) in enumerate((("a", "first"), ("b", "second"), ("a", "third"))):
        told = {"namespace": one.space, "pod": "two", "container": container}
        await one.control("log", lines=[text], at=AT + at, **told)
    thing = await one.thing("pods", "two")
    lines, notes = await one.read("logs", thing, lines=3)
    assert [(line.source, line.text) for line in lines] == [
        ("a", "first"), ("b", "second"), ("a", "third"),
    ]  # fmt: skip
    assert [line.at for line in lines] == [AT, AT + 1, AT + 2]
    assert not notes
    only, _ = await one.read("logs", thing, lines=1, container="b")
    assert [(line.source, line.text) for line in only] == [("", "second")]
    pins = (("namespace", one.space), ("pod", "two"), ("name", "b"))
    row, _ = await one.read("logs", Thing("prod", pins, Clean("b")), lines=1)
    assert [line.text for line in row] == ["second"]
    asked = [line for line in one.server.paths() if "/log?" in line]
    assert "container=b&timestamps=true&tailLines=1000&follow=true" in asked[-1]


async def test_all_pods_of_a_workload_are_one_text_that_goes_on(one: Operator) -> None:
    thing = await one.deployed("web", replicas=2)
    names = sorted(each["metadata"]["name"] for each in await one.pods("web"))
    for at, name in enumerate(names):
        told = {"namespace": one.space, "pod": name, "container": "c"}
        await one.control("log", lines=[f"of {at}"], at=AT + at, **told)
    lines, _ = await one.read("logs", thing, lines=2)
    assert [(line.source, line.text) for line in lines] == [
        (f"{name} c", f"of {at}") for at, name in enumerate(names)
    ]


async def test_a_job_has_the_logs_of_its_pods(one: Operator) -> None:
    made = {"containers": [{"name": "c", "image": "x"}], "restartPolicy": "Never"}
    await one.add(
        {"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": made}},
         "metadata": {"name": "once", "namespace": one.space}},
        pod(one.space, "stranger"),
    )  # fmt: skip

    async def through() -> bool:
        return bool((await one.stored("jobs", "once")).get("status", {}).get("succeeded"))

    await eventually(through)
    lines, _ = await one.read("logs", await one.thing("jobs", "once"), lines=10)
    asked = [line for line in one.server.paths() if "/log?" in line and one.space in line]
    assert len(lines) == 10
    assert len(asked) == 1
    assert "/pods/once-" in asked[0]


def test_what_names_no_pods_is_not_read_as_all_there_are() -> None:
    thing = Thing("prod", (("name", "a"), ("namespace", "b"), ("kind", "Job")), Clean("a"))
    assert LOGS.look is not None
    with pytest.raises(Refused, match="names no pods of its own"):
        LOGS.look.read(thing, 0, b'200 now\n{"spec":{"selector":{}}}')


async def test_the_run_before_and_what_never_ran(one: Operator) -> None:
    await one.deployed("web", replicas=1)
    (only,) = await one.pods("web")
    name = only["metadata"]["name"]
    told = {"namespace": one.space, "pod": name, "container": "c"}
    thing = await one.thing("pods", name)
    with pytest.raises(Refused, match="nothing to read"):
        await one.read("logs", thing, previous="yes")
    await one.control("log", lines=["dying"], at=AT, **told)
    await one.control("crash", **told)
    lines, notes = await one.read("logs", thing, previous="yes")
    assert [line.text for line in lines] == ["dying"]
    assert not notes
    waiting = pod(one.space, "waits")
    waiting["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": "ErrImagePull"}}
    await one.add(waiting)
    lines, notes = await one.read("logs", await one.thing("pods", "waits"))
    why = 'container "c" in pod "waits" is trying and failing to pull image'
    assert [line.text for line in lines] == [why]
    assert notes == f"status 400: {why}"


async def test_how_far_back_and_how_much(one: Operator) -> None:
    await one.add(pod(one.space, "old"))
    told = {"namespace": one.space, "pod": "old", "container": "c"}
    await one.control("log", lines=[f"{at}" for at in range(150)], at=AT, **told)
    await one.change("pods", "old", {"status": {"containerStatuses": [
        {"name": "c", "state": {"running": {}}, "restartCount": 0}]}})  # fmt: skip
    thing = await one.thing("pods", "old")
    lines, _ = await one.read("logs", thing, lines=100, tail="100")
    assert [line.text for line in lines] == [f"{at}" for at in range(50, 150)]
    for name, value in (
        ("tail", "7"),
        ("since", "1y"),
        ("previous", "maybe"),
        ("container", "../x"),
    ):
        with pytest.raises(Refused, match=name):
            await one.read("logs", thing, **{name: value})  # type: ignore[arg-type]
    with pytest.raises(Refused, match="nothing to read"):
        await one.read("logs", thing, container="nobody")


async def test_hostile_lines_are_harmless(one: Operator) -> None:
    await one.add(pod(one.space, "evil"))
    told = {"namespace": one.space, "pod": "evil", "container": "c"}
    await one.control("log", lines=["\x1b]52;c;eA==\x07\x1b[2J", "x" * 100_000, ""], at=AT, **told)
    lines, _ = await one.read("logs", await one.thing("pods", "evil"), lines=3)
    assert not any("\x1b" in line.text or "\x07" in line.text for line in lines)
    assert len(lines[1].text) == 8192
    assert [line.at for line in lines] == [AT] * 3


@pytest.mark.parametrize(
    ("raw", "at", "text"),
    [
        (b"2026-01-01T00:00:00.123456789Z hello", 1767225600.123456, b"hello"),
        (b"2026-01-01T00:00:00Z ", 1767225600.0, b""),
        (b"2026-01-01T01:00:00.5+01:00 x", 1767225600.5, b"x"),
        (b"2026-13-01T00:00:00Z x", None, b"2026-13-01T00:00:00Z x"),
        (b"no time", None, b"no time"),
        (b"\xff\x00", None, b"\xff\x00"),
        (b"", None, b""),
    ],
)
def test_times_of_lines(raw: bytes, at: float | None, text: bytes) -> None:
    found, rest = dated(raw)
    assert rest == text
    assert found == pytest.approx(at)
