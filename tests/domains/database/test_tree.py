"""Who blocks whom: every session once, to any depth, circles included; metadata locks."""

from hypothesis import given
from hypothesis import strategies as some

from opsconsole.domains.database.mysql.metadata import Metadata, excludes, waits
from opsconsole.domains.database.tree import WORK, below, gathered, planted

PAIRS = some.lists(some.tuples(some.integers(1, 12), some.integers(1, 12)), max_size=40)


def test_a_chain_stands_below_its_root() -> None:
    edges = gathered([(3, 2), (2, 1), (4, 1), (4, 1), (5, 5)])
    assert edges == {3: [2], 2: [1], 4: [1]}
    places = [(one.id, one.depth, one.above, one.below) for one in planted(edges)]
    assert places == [(1, 0, 0, 3), (2, 1, 1, 1), (3, 2, 2, 0), (4, 1, 1, 0)]


def test_an_absurd_chain_is_whole_and_takes_no_more_steps_than_it_may() -> None:
    edges = gathered((at + 1, at) for at in range(1, 20_000))
    places = planted(edges)
    assert [one.depth for one in places] == list(range(20_000))
    assert (places[0].below, places[-2].below) == (19_999, 1)
    assert sum(one.below for one in places) < 2 * WORK


def test_a_circle_begins_somewhere_and_ends() -> None:
    edges = gathered([(1, 2), (2, 3), (3, 1), (9, 1)])
    assert {one.id for one in planted(edges)} == {1, 2, 3, 9}
    assert below(edges) == {1: 3, 2: 3, 3: 3}


@given(PAIRS)
def test_everybody_stands_there_once_under_one_who_blocks_them(
    pairs: list[tuple[int, int]],
) -> None:
    edges = gathered(pairs)
    places = planted(edges)
    known = {one.id: one for one in places}
    assert len(known) == len(places)
    assert set(known) == {one for pair in pairs if pair[0] != pair[1] for one in pair}
    for one in places:
        assert (one.depth == 0) is (one.above == 0)
        if one.above:
            assert one.above in edges[one.id]
            assert known[one.above].depth == one.depth - 1


def lock(who: int, mode: str, status: str = "GRANTED", what: str = "s.t") -> Metadata:
    return Metadata(who, "TABLE", what, mode, status, "TRANSACTION")


def test_reads_queue_behind_a_ddl_that_waits_itself() -> None:
    locks = [
        lock(1, "SHARED_READ"),
        lock(2, "SHARED_UPGRADABLE"),
        lock(2, "EXCLUSIVE", "PENDING"),
        lock(3, "SHARED_READ", "PENDING"),
        lock(4, "SHARED_READ", "PENDING", "s.other"),
    ]
    assert [(a.id, b.id) for a, b in waits(locks)] == [(2, 1), (3, 2)]


def test_what_excludes_what() -> None:
    modes = ("SHARED_READ", "SHARED_WRITE", "SHARED_NO_WRITE", "SHARED_NO_READ_WRITE")
    for one in modes:
        assert excludes(one, "EXCLUSIVE")
        for other in modes:
            assert excludes(one, other) is excludes(other, one)
    assert not excludes("SHARED_READ", "SHARED_WRITE")
    assert excludes("SHARED_NO_WRITE", "SHARED_WRITE")
    assert not excludes("SHARED_READ", "SHARED_NO_WRITE")
    assert excludes("INTENTION_EXCLUSIVE", "SHARED")
    assert not excludes("INTENTION_EXCLUSIVE", "INTENTION_EXCLUSIVE")
    assert not excludes("SOMETHING", "NEW")
