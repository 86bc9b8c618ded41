"""Patches that wait: whatever is laid over them, and however they are taken, comes to the same."""

import asyncio
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.bus import memory, pipe
from opsconsole.bus import outbox as box
from opsconsole.bus.outbox import Outbox
from opsconsole.bus.patching import LONGEST_GONE, LONGEST_TEXT
from opsconsole.clean import Clean
from opsconsole.errors import BusClosed
from opsconsole.model import Fault, Row, Sample, Value
from opsconsole.ports import Patch, Patches, Samples, Upward

FAULT = Fault("lost", Clean("gone"), Clean("look"))
PERIOD = 10.0


def patch(
    rows: Iterable[Row] = (),
    gone: Iterable[Row] = (),
    *,
    whole: bool = False,
    loading: bool = False,
    probe: str = "kube.pods",
    at: float = 1.0,
) -> Patch:
    told = list(rows), list(gone)
    return Patch(probe, "prod", at, PERIOD, (0,), *told, whole=whole, loading=loading)


def sample(rows: list[Row] | None, probe: str = "kube.pods", at: float = 1.0) -> Sample:
    return Sample(probe, "prod", at, rows, FAULT if rows is None else None, PERIOD)


class Held:
    """What a console has of each pair after all that it was told, in the order of the rows."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[Row, Row]] = {}
        self.stands: dict[str, tuple[float, bool, bool]] = {}
        """Time, whether at fault, whether loading."""

    def take(self, message: Upward) -> None:
        if isinstance(message, Samples):
            for one in message.samples:
                if one.rows is not None:
                    self.rows[one.probe] = {row[:1]: row for row in one.rows}
                self.stands[one.probe] = one.at, one.fault is not None, False
        assert isinstance(message, Samples | Patches)
        if isinstance(message, Patches):
            for each in message.patches:
                mine = {} if each.whole else self.rows.get(each.probe, {})
                for key in each.gone:
                    mine.pop(key, None)
                mine |= {row[:1]: row for row in each.rows}
                self.rows[each.probe] = mine
                self.stands[each.probe] = each.at, False, each.loading

    @property
    def said(self) -> object:
        listed = {probe: list(rows.values()) for probe, rows in self.rows.items()}
        return listed, self.stands


_NAMES = st.sampled_from([Clean(name) for name in "abcdefgh"])
_ROWS = st.lists(st.tuples(_NAMES, st.integers(0, 2)), max_size=5)
_GONE = st.lists(st.tuples(_NAMES), max_size=4)
_PROBES = st.sampled_from(["kube.pods", "kube.nodes"])


def _patches(rows: list[Row], gone: list[Row], flags: tuple[bool, bool], probe: str) -> Patches:
    whole, loading = flags
    return Patches([patch(rows, [] if whole else gone, whole=whole, loading=loading, probe=probe)])


def _fault(probe: str) -> Samples:
    return Samples([sample(None, probe)])


def _anew(rows: list[Row], more: list[Row], probe: str) -> tuple[Samples, Patches]:
    """A fault may take the place of rows that wait, so that rows come with a patch after them."""
    return Samples([sample(rows, probe)]), Patches([patch(more, probe=probe)])


_PATCH = st.builds(_patches, _ROWS, _GONE, st.tuples(st.booleans(), st.booleans()), _PROBES)
_FAULT = st.builds(_fault, _PROBES)
_ANEW = st.builds(_anew, _ROWS, _ROWS, _PROBES)
_STEPS = st.one_of(_PATCH, _PATCH, _FAULT, _ANEW, st.just(()))


def _stamped(message: Samples | Patches, at: float) -> Samples | Patches:
    """The same, said at that moment, so that what is newest can be told."""
    if isinstance(message, Samples):
        return Samples(
            [Sample(s.probe, s.target, at, s.rows, s.fault, 1.0) for s in message.samples]
        )
    one = message.patches[0]
    flags = {"whole": one.whole, "loading": one.loading}
    return Patches([patch(one.rows, one.gone, **flags, probe=one.probe, at=at)])


@given(st.lists(_STEPS, max_size=30), st.integers(1, 4))
def test_what_comes_out_comes_to_the_same_as_what_went_in(
    told: list[Samples | Patches | tuple[Samples | Patches, ...]], room: int
) -> None:
    """An empty step takes what may cross at once."""
    outbox: Outbox[Upward] = Outbox()
    put, got = Held(), Held()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(box, "ROWS", room)
        for at, step in enumerate(told):
            for message in step if isinstance(step, tuple) else (step,):
                stamped = _stamped(message, float(at))
                outbox.put(stamped)
                put.take(stamped)
            if step == ():
                _take(outbox, got, room)
        while outbox.has_data:
            _take(outbox, got, room)
    assert got.said == put.said


def _take(outbox: Outbox[Upward], got: Held, room: int) -> None:
    taken = outbox.take_data()
    assert sum(map(_size, taken)) <= room
    for each in taken:
        got.take(each)


def _size(message: Upward) -> int:
    if not isinstance(message, Patches):
        return 0
    return sum(len(each.rows) + len(each.gone) for each in message.patches)


def test_twenty_thousand_rows_cross_a_thousand_at_a_time_and_delay_no_other() -> None:
    outbox: Outbox[Upward] = Outbox()
    rows: list[Row] = [(number, Clean("x")) for number in range(20_000)]
    outbox.put(Patches([patch(rows, whole=True)]))
    outbox.put(Samples([sample(None)]))
    outbox.put(Patches([patch([(1, 2)], probe="kube.nodes")]))
    sent: list[list[tuple[str, int, bool, bool]]] = []
    while outbox.has_data:
        sent.append([])
        for message in outbox.take_data():
            if isinstance(message, Samples):
                assert len(sent) == 22, "the fault comes after all rows"
                continue
            for one in message.patches:
                sent[-1].append((one.probe, len(one.rows), one.whole, one.loading))
    assert sent[0] == [("kube.pods", 1000, True, True)]
    assert sent[1][0] == ("kube.nodes", 1, False, False)
    assert sent[2] == [("kube.pods", 1000, False, True)]
    assert [last for *_, last in (one[-1] for one in sent[:21])] == [True] * 20 + [False]
    assert outbox.dropped == 0


def test_what_gave_way_is_counted() -> None:
    outbox: Outbox[Upward] = Outbox()
    outbox.put(Patches([patch([(1, 1), (2, 1), (3, 1)])]))
    outbox.put(Patches([patch([(1, 2)], gone=[(2,)])]))
    assert outbox.dropped == 2
    outbox.put(Samples([sample(None)]))
    outbox.put(Patches([patch([(4, 1)])]))
    assert outbox.dropped == 3, "a fault that is over"
    assert outbox.take_data() == [Patches([patch([(1, 2), (3, 1), (4, 1)], [(2,)])])]


def test_a_console_that_never_takes_what_went_is_given_up() -> None:
    outbox: Outbox[Upward] = Outbox()
    gone: list[Row] = [(number,) for number in range(LONGEST_GONE)]
    outbox.put(Patches([patch(gone=gone)]))
    with pytest.raises(BusClosed, match="stopped reading"):
        outbox.put(Patches([patch(gone=[(-1,)])]))


@pytest.mark.parametrize("bus", [memory.pair, pipe.pair], ids=["memory", "pipe"])
async def test_patches_cross_in_parts_in_order_behind_control(bus: type) -> None:
    collector, console = bus()
    rows: list[Row] = [(number, Clean("x")) for number in range(2500)]
    for _ in range(2):
        collector.publish(Patches([patch(rows, whole=True)]))
    collector.publish(Samples([sample(None)]))
    held, sizes = Held(), list[int]()
    while held.stands.get("kube.pods", (0.0, False, True)) != (1.0, True, False):
        message = await console.receive()
        held.take(message)
        if isinstance(message, Patches):
            sizes.append(_size(message))
    assert sizes == [1000, 1000, 500]
    assert list(held.rows["kube.pods"].values()) == rows
    collector.close()
    console.close()


async def test_a_value_that_cannot_be_sent_spoils_no_other() -> None:
    collector, console = pipe.pair()
    absurd: list[Value] = [2**70, Clean("\ud800"), Clean("x" * (LONGEST_TEXT + 1)), -(2**64)]
    rows: list[Row] = [(number, value) for number, value in enumerate([*absurd, 7, 0.5, True])]
    collector.publish(Patches([patch(rows, [(2**70,)], whole=True), patch([(1, 2)], probe="b")]))
    held = Held()
    async with asyncio.timeout(60):
        while not ("b" in held.rows and len(held.rows.get("kube.pods", ())) == len(rows)):
            held.take(await console.receive())
    big = [row for row in held.rows["kube.pods"].values() if row[1] is not None]
    assert big[-3:] == [(4, 7), (5, 0.5), (6, True)]
    assert [row for row in big[:-3] if isinstance(row[1], int)] == []
    collector.close()
    console.close()
