"""A target that keeps us up to date about its pods and nodes, as the test says."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, Row
from opsconsole.ports import Patch
from opsconsole.spec import Exchange, Integration, Probe, Program
from opsconsole.turn import BEAT, Phase, Turn, framed, settled, unframed
from tests.collector.scene import FakeSession, Scene, probe

COUNTS = {"read": 0}


@dataclass(frozen=True)
class Pod:
    """As one line says it: `name state part part`."""

    name: str
    state: str
    parts: tuple[str, ...]


def read(payload: bytes) -> Turn[Pod]:
    COUNTS["read"] += 1
    phase, body = unframed(payload)
    events: list[tuple[str, Pod, bool]] = []
    for line in body.decode().splitlines():
        name, state, *parts = line.removeprefix("-").split()
        events.append((name, Pod(name, state, tuple(parts)), not line.startswith("-")))
    return Turn(phase, *settled(events))


def pods(turn: Turn[Pod], before: object) -> list[Row]:
    assert before is None
    if any(pod.state == "absurd" for pod in turn.put):
        raise ZeroDivisionError("what a pod")
    return [(Clean(pod.name), Clean(pod.state)) for pod in turn.put]


def parts(turn: Turn[Pod], before: object) -> list[Row]:
    del before
    return [(Clean(p.name), Clean(part), Clean(p.state)) for p in turn.put for part in p.parts]


def _columns(*keys: str) -> tuple[Column, ...]:
    return tuple(Column(key, key.upper(), Quantity.TEXT, "it") for key in keys)


POD = Probe("box.pod", "Pods", "pods", _columns("name", "state"), ("name",), read, pods)
PART = Probe(
    "box.part", "Parts", "pods", _columns("name", "part", "state"), ("name", "part"), read, parts,
    parts=1,
)  # fmt: skip
NODE = Probe(
    "box.node", "Nodes", "nodes", _columns("name", "state"), ("name",), read, pods,
    on_demand=False, quiet=True,
)  # fmt: skip


def states(rows: Sequence[Row], before: object) -> list[Row]:
    """How many pods are in each state."""
    assert before is None
    counts = Counter(row[1] for row in rows)
    return [(state, count) for state, count in sorted(counts.items(), key=str)]


def _nothing(_payload: bytes) -> Sequence[Row]:
    raise AssertionError("a sum reads no answer")


STATES = Probe(
    "box.states", "States", "pods", _columns("state", "count"), ("state",), _nothing, states,
    over="box.pod",
)  # fmt: skip


def beside(row: Row, used: Row | None) -> Row:
    """A node with what it uses, in its second column."""
    return (row[0], Clean(f"{str(row[1]).split()[0]} {used[1] if used else ''}".strip()))


def _use(payload: bytes) -> list[Row]:
    return [tuple(map(Clean, line.split())) for line in payload.decode().splitlines()]


USE = Probe(
    "box.use", "Use", "use", _columns("name", "used"), ("name",), _use, lambda now, _: now,
    quiet=True,
)  # fmt: skip
USED = Probe(
    "box.used", "Used", "nodes", _columns("name", "state"), ("name",), read, pods,
    beside=("box.use", beside),
)  # fmt: skip
CLUSTER = Integration(
    "box",
    "Box",
    (
        Exchange("tick", 2.0),
        Exchange("pods", 30.0, watched=True, on_demand=True),
        Exchange("nodes", 30.0, watched=True),
        Exchange("use", 10.0, on_demand=True),
    ),
    (probe("box.pulse", "tick", on_demand=False), POD, PART, NODE, STATES, USE, USED),
    Program("the script"),
)


class Watcher(FakeSession):
    """A session that can watch; it says what the test has it say."""

    def __init__(self, session: FakeSession) -> None:
        self.__dict__ = session.__dict__
        self.left: list[str] = []

    def leave(self, exchange: str) -> None:
        self.left.append(exchange)

    def say(self, phase: Phase, body: str = "", exchange: str = "pods") -> None:
        self.push(framed(phase, body.encode()), exchange)

    def list(self, *pages: str, exchange: str = "pods") -> None:
        for at, page in enumerate(pages):
            self.say(Phase.PAGE if at else Phase.FIRST, page, exchange)
        self.say(Phase.LISTED, exchange=exchange)


class Cluster(Scene):
    """A scene whose sessions can watch; nodes are listed and heard by themselves."""

    def __init__(
        self,
        paces: dict[str, float] | None = None,
        *,
        beats: bool = True,
        integration: Integration = CLUSTER,
    ) -> None:
        super().__init__(paces=paces, integration=integration)
        self.transport.pushes = False
        self.transport.wrap = Watcher
        self.transport.prepare = self._prepare
        self.beats = beats

    def _prepare(self, session: FakeSession) -> None:
        session.on_ask = lambda exchange: 0.0 if exchange == "tick" else None
        asyncio.get_running_loop().call_later(0.5, self._begin, session)

    def _begin(self, session: FakeSession) -> None:
        self.watcher.list("n1 up", exchange="nodes")
        self._beat(session)

    def _beat(self, session: FakeSession) -> None:
        if self.beats and not session.closed:
            for exchange in ("nodes", *(["pods"] if self.watching else [])):
                session.push(framed(Phase.BEAT), exchange)
            asyncio.get_running_loop().call_later(BEAT, self._beat, session)

    @property
    def watcher(self) -> Watcher:
        session = self.session()
        assert isinstance(session, Watcher)
        return session

    @property
    def watching(self) -> bool:
        asked = [name for name, _ in self.watcher.asked if name == "pods"]
        return len(asked) > self.watcher.left.count("pods")

    def patches_of(self, probe: str = "box.pod") -> list[Patch]:
        return [patch for patch in self.patches if patch.probe == probe]

    def rows(self, probe: str = "box.pod") -> list[Row]:
        """What a console has after all that it was sent."""
        rows: dict[Row, Row] = {}
        for patch in self.patches_of(probe):
            rows = {} if patch.whole else rows
            for key in patch.gone:
                del rows[key]
            rows |= {tuple(row[at] for at in patch.key): row for row in patch.rows}
        return list(rows.values())

    def whole(self, probe: str = "box.pod") -> list[list[Row]]:
        """What rules and recorders heard of it."""
        return [s.rows for s in self.heard if s.probe == probe and s.rows is not None]
