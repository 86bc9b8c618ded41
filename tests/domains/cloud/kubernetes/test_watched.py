"""Lists are read object by object: what is bad is left out, and the last word on each counts."""

from typing import Any  # of any kind of object

import pytest

from opsconsole.domains.cloud.kubernetes import printed
from opsconsole.domains.cloud.kubernetes.watched import Object, Reader
from opsconsole.errors import Malformed
from opsconsole.turn import Phase, Turn, framed

READ = Reader(Object)


def named(name: str) -> bytes:
    return b'{"metadata":{"name":"%s","namespace":"n"}}' % name.encode()


def events(*lines: tuple[str, bytes]) -> bytes:
    body = b"\n".join(b'{"type":"%s","object":%s}' % (kind.encode(), it) for kind, it in lines)
    return framed(Phase.EVENTS, body)


def names(turn: Turn[Any]) -> tuple[list[str], list[str]]:
    put = [one.metadata.name for one in turn.put]
    return put, [one.metadata.name for one in turn.gone]


def test_the_last_word_on_an_object_counts() -> None:
    turn = READ(
        events(
            ("ADDED", named("a")),
            ("DELETED", named("a")),
            ("DELETED", named("b")),
            ("ADDED", named("b")),
            ("MODIFIED", named("c")),
        )
    )
    assert names(turn) == (["b", "c"], ["a"])


def test_a_bad_object_spoils_no_other() -> None:
    bad = b'{"metadata":{"name":7}}'
    page = b'{"items":[%s,%s]}' % (bad, named("a"))
    assert names(READ(framed(Phase.FIRST, page))) == (["a"], [])
    assert names(READ(events(("ADDED", bad), ("ADDED", named("b"))))) == (["b"], [])


@pytest.mark.parametrize("read", [READ, printed.read])
@pytest.mark.parametrize(
    "payload",
    [
        framed(Phase.FIRST, b"{"),
        framed(Phase.EVENTS, b"what is this"),
        framed(Phase.PAGE, b"[" * 100_000),
        framed(Phase.PAGE, b'{"items":"\xff","rows":7}'),
        b"nothing",
    ],
)
def test_what_is_no_list_is_told(read: Reader[Object], payload: bytes) -> None:
    with pytest.raises(Malformed):
        read(payload)


@pytest.mark.parametrize("phase", [Phase.LISTED, Phase.BEAT])
def test_a_turn_without_a_body_puts_nothing(phase: Phase) -> None:
    assert READ(framed(phase)) == Turn(phase)
    assert printed.read(framed(phase)) == Turn(phase)


ROW = (
    b'{"cells":["s","Opaque",2,"3d"],"object":{"metadata":{"name":"%s","namespace":"n","uid":"u"}}}'
)


def test_a_printed_list_shows_counts_and_never_values() -> None:
    page = framed(Phase.FIRST, b'{"kind":"Table","rows":[%s]}' % (ROW % b"s"))
    (row,) = printed.secret_rows(printed.read(page), None)
    assert row[:4] == ("n", "s", "Opaque", 2)
    table = b'{"kind":"Table","columnDefinitions":null,"rows":[%s]}'
    turn = printed.read(events(("ADDED", table % (ROW % b"t")), ("DELETED", table % (ROW % b"t"))))
    assert names(turn) == ([], ["t"])


def test_a_short_row_has_no_cells_to_offer() -> None:
    line = printed.Line(cells=[None, "many"])
    assert (line.text(0), line.text(9), line.count(1)) == ("", "", None)
