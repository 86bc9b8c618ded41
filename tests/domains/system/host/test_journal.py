"""Errors of the journal: counted by who wrote them, bursts told once, nothing of them believed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean
from opsconsole.domains.system.host import journal
from opsconsole.errors import Denied, Malformed, TargetError, Unsupported
from opsconsole.model import Level, Row


def entry(unit: str = "pay.service", message: object = "charge failed", **more: object) -> bytes:
    return msgspec.json.encode(
        {"_SYSTEMD_UNIT": unit, "MESSAGE": message, "PRIORITY": "3", "__CURSOR": "x", **more}
    )


def answer(*entries: bytes, span: int = 60) -> bytes:
    lines = [b"kernel:Linux x86_64", b"span:%d" % span, *(b"journal:" + each for each in entries)]
    return b"\n".join(lines) + b"\n"


def rows(*entries: bytes, span: int = 60) -> list[Row]:
    return journal.rows(journal.read(answer(*entries, span=span)), None)


def test_entries_are_counted_by_unit_the_busiest_first() -> None:
    found = rows(
        entry("ssh.service", "bad key"),
        entry(),
        entry(message="card refused", PRIORITY="2"),
        entry("init.scope", "pay.service: failed", UNIT="pay.service"),
        span=30,
    )
    assert found == [
        ("pay.service", 6.0, 3, "crit", "pay.service: failed"),
        ("ssh.service", 2.0, 1, "err", "bad key"),
    ]


def test_who_has_no_unit_is_called_by_its_identifier_and_the_kernel_by_its_way() -> None:
    plain = msgspec.json.encode({"MESSAGE": "x", "SYSLOG_IDENTIFIER": "smartd"})
    kernel = msgspec.json.encode({"MESSAGE": "I/O error", "_TRANSPORT": "kernel"})
    login = entry("session-4.scope", SYSLOG_IDENTIFIER="backup.sh")
    assert [row[0] for row in rows(plain, kernel, login)] == ["backup.sh", "kernel", "smartd"]


def test_messages_are_hostile() -> None:
    numbers = [0xFF, 0x1B, *b"[31mred", 300, -1]
    (row,) = rows(entry(message="a\x1b[2J\n b"), entry(message=numbers))
    assert "\x1b" not in str(row[4])
    assert "[31mred" in str(row[4])
    long = rows(entry(message="x" * 4000))[0][4]
    assert len(str(long)) == 200


def test_a_line_that_was_cut_costs_no_other() -> None:
    assert [row[2] for row in rows(entry(), entry()[:-9])] == [1]


def test_as_many_as_it_asks_for_may_be_more() -> None:
    assert journal.read(answer(*[entry()] * 300)).full
    assert not journal.read(answer(*[entry()] * 299)).full


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"kernel:Linux x86_64\n", Unsupported),
        (b"kernel:Darwin arm64\nuninventoried:\n", Unsupported),
        (b"kernel:Linux x86_64\nclosed:\n", Denied),
        (b"kernel:Linux x86_64\nspan:-1\n", Malformed),
        (b"", Malformed),
    ],
)
def test_a_host_without_one_says_so(payload: bytes, error: type[TargetError]) -> None:
    with pytest.raises(error):
        journal.read(payload)


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_no_line_breaks_the_rest(lines: list[bytes]) -> None:
    flat = [line.replace(b"\n", b"") for line in lines]
    assert [row for row in rows(*flat, entry("z.service")) if row[0] == "z.service"]


def _unit(name: str, rate: float, worst: str = "err") -> Row:
    return (Clean(name), rate, int(rate), Clean(worst), Clean("no route to db-1"))


def test_a_burst_is_told_when_it_begins_and_when_it_is_over() -> None:
    def tell(old: list[Row], new: list[Row]) -> list[tuple[str, str, Level, str]]:
        return [
            (one.kind, one.object, one.level, one.text)
            for one in journal.bursts("web-1", 9.0, old, new)
        ]

    calm = [_unit("a.service", 9.0)]
    burst = [_unit("a.service", 42.0), _unit("b.service", 10.0, "alert")]
    assert tell([], calm) == []
    assert tell(calm, burst) == [
        (
            *("log", "a.service", Level.WARN),
            "a.service: 42 errors at once, the last: no route to db-1",
        ),
        (
            *("log", "b.service", Level.CRIT),
            "b.service: 10 errors at once, the last: no route to db-1",
        ),
    ]
    assert tell(burst, burst) == []
    assert tell(burst, calm) == [
        ("log", "a.service", Level.OK, "a.service: no more bursts of errors"),
        ("log", "b.service", Level.OK, "b.service: no more bursts of errors"),
    ]
