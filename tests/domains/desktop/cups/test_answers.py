"""Queues and their supplies from what servers and printers may say, also what is absurd."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from opsconsole import ipp
from opsconsole.clean import clean
from opsconsole.domains.desktop.cups import INTEGRATION, JOB, QUEUE, SERVER, SUPPLY, queue_action
from opsconsole.domains.desktop.cups.doing import says
from opsconsole.domains.desktop.cups.queue import judged
from opsconsole.errors import Malformed
from opsconsole.ipp import attribute
from opsconsole.model import Level
from opsconsole.question import Part, joined
from tests.domains.database.trial import rules, tried
from tests.domains.desktop.recording import table

Attributes = Mapping[str, Sequence[int | str | bytes | bool]]

NOT_HERE = Part(404, b"<html>not found</html>")


def answer(*groups: tuple[int, Attributes], status: int = 0) -> bytes:
    body = b"".join(
        bytes([tag])
        + b"".join(
            _one("" if at else name, value)
            for name, values in attributes.items()
            for at, value in enumerate(values)
        )
        for tag, attributes in groups
    )
    return b"\x01\x01" + struct.pack(">Hi", status, 1) + body + b"\x03"


def _one(name: str, value: int | str | bytes | bool) -> bytes:
    if isinstance(value, bool):
        return attribute(ipp.BOOLEAN, name, b"\1" if value else b"\0")
    if isinstance(value, int):
        return attribute(ipp.INTEGER, name, struct.pack(">i", value))
    if isinstance(value, bytes):
        return attribute(ipp.OCTETS, name, value)
    return attribute(ipp.KEYWORD, name, value.encode())


def queue(name: str, **said: Sequence[int | str | bytes | bool]) -> tuple[int, Attributes]:
    spelled = {key.replace("_", "-"): values for key, values in said.items()}
    uri = f"ipp://localhost/printers/{name}"
    return ipp.PRINTER, {"printer-name": [name], "printer-uri-supported": [uri], **spelled}


def server(*groups: tuple[int, Attributes]) -> bytes:
    return joined([Part(200, answer(*groups)), NOT_HERE])


MARKERS = queue(
    "lab",
    marker_names=["Black, PN 106R01630", "Cyan", "Waste Toner", "Drum", "Odd"],
    marker_types=["toner", "toner", "waste-toner", "opc"],
    marker_colors=["#000000", "#00FFFF", "none", "none"],
    marker_levels=[7, 40, 95, -1, -3],
    marker_low_levels=[10, 50],
)


def test_markers_of_a_queue_and_the_printers_own_limits() -> None:
    rows = {str(row["supply"]): row for row in table(SUPPLY, server(MARKERS))}
    black, cyan, waste, drum, odd = rows.values()
    assert (black["left_percent"], black["judged"], black["color"]) == (7, "critical", "black")
    assert (black["part"], black["type"]) == ("106R01630", "toner")
    # 40 % is enough for us; the printer calls it low by its own limit of 50.
    assert (cyan["left_percent"], cyan["judged"], cyan["color"]) == (40, "warning", "cyan")
    assert (waste["full_percent"], waste["left_percent"]) == (95, None)
    assert (waste["judged"], waste["type"]) == ("critical", "waste toner")
    assert (drum["left_percent"], drum["word"], drum["judged"]) == (None, "without limit", "ok")
    assert (odd["left_percent"], odd["word"], odd["type"]) == (None, "some left", "")


def test_supplies_of_several_queues_bear_the_names_of_their_queues() -> None:
    two = (
        queue("x", marker_names=["Black"], marker_levels=[-2]),
        queue("y", marker_names=["Black"], marker_levels=[150]),
    )
    rows = table(SUPPLY, server(*two))
    assert [row["supply"] for row in rows] == ["x: Black", "y: Black"]
    assert [row["word"] for row in rows] == ["not known", ""]
    assert [row["left_percent"] for row in rows] == [None, 100]


def test_a_class_of_a_supply_goes_before_its_type() -> None:
    said = queue(
        "one",
        printer_supply=[
            b"index=1;class=supplyThatIsConsumed;type=tonerCartridge;maxcapacity=-2;level=-3;",
            b"index=2;class=receptacleThatIsFilled;type=other;unit=percent;maxcapacity=100;level=85",
            b"garbage;level=x;=;class",
        ],
        printer_supply_description=["Toner", "Box"],
    )
    toner, box, odd = table(SUPPLY, server(said))
    assert (toner["left_percent"], toner["word"], toner["judged"]) == (None, "some left", "ok")
    assert (box["full_percent"], box["judged"]) == (85, "warning")
    assert (odd["supply"], odd["word"], odd["judged"]) == ("3", "not known", "unknown")


@pytest.mark.parametrize(
    ("reason", "level"),
    [
        ("none", Level.OK),
        ("media-empty-error", Level.CRIT),
        ("media-empty-warning", Level.WARN),
        ("media-empty-report", Level.WARN),
        ("media-empty", Level.CRIT),
        ("toner-low", Level.WARN),
        ("connecting-to-device", Level.OK),
        ("paused", Level.WARN),
        ("cups-waiting-for-job-completed", Level.OK),
        ("com.acme-odd-error", Level.CRIT),
        ("", Level.WARN),
    ],
)
def test_reasons_by_their_suffix_else_by_themselves(reason: str, level: Level) -> None:
    assert judged(reason) is level


def test_one_answer_of_two_is_enough_and_none_is_a_fault() -> None:
    assert [row["queue"] for row in table(QUEUE, server(MARKERS))] == ["lab"]
    (one,) = table(SERVER, server(MARKERS, queue("b", printer_state=[5])))
    assert (one["queues"], one["stopped"], one["model"]) == (2, 1, "print server")
    refused = Part(200, answer((ipp.OPERATION, {"status-message": ["go away"]}), status=0x0401))
    with pytest.raises(Malformed, match=r"neither a server .* go away"):
        table(QUEUE, joined([refused, NOT_HERE]))
    with pytest.raises(Malformed, match="status 404"):
        table(QUEUE, joined([NOT_HERE, NOT_HERE]))


def test_a_server_without_a_queue_is_no_fault() -> None:
    (one,) = table(SERVER, server())
    assert (one["queues"], one["jobs"], one["activity"]) == (0, 0, "")
    assert table(SUPPLY, server()) == []


def test_times_and_sizes_that_cannot_be_are_none() -> None:
    jobs: list[tuple[int, Attributes]] = [
        (ipp.JOB, {"job-id": [1], "job-k-octets": [-1], "time-at-creation": [9],
                   "job-printer-up-time": [3], "job-state": [99]}),
        (ipp.JOB, {"job-id": [2], "job-k-octets": [3], "time-at-creation": [3],
                   "job-printer-up-time": [9], "job-state-reasons": ["none"]}),
        (ipp.JOB, {"job-name": ["without a number"]}),
    ]  # fmt: skip
    odd, one = table(JOB, server(*jobs))
    assert (odd["size_bytes"], odd["age_s"], odd["status"]) == (None, None, "unknown")
    assert (one["size_bytes"], one["age_s"], one["reasons"]) == (3072, 6.0, "")


_VALUES = some.one_of(
    some.integers(-(2**31), 2**31 - 1), some.text(max_size=12), some.binary(max_size=40),
    some.booleans(),
)  # fmt: skip
_KEYS = some.sampled_from(
    ["printer-name", "printer-uri-supported", "printer-state", "printer-state-reasons",
     "queued-job-count", "marker-names", "marker-types", "marker-levels", "marker-low-levels",
     "marker-colors", "printer-supply", "job-id", "job-state", "job-printer-uri", "job-name"]
)  # fmt: skip


@given(
    some.lists(some.dictionaries(_KEYS, some.lists(_VALUES, min_size=1, max_size=4)), max_size=4)
)
def test_whatever_is_said_there_are_rows(said: list[Attributes]) -> None:
    both = [(tag, one) for tag in (ipp.PRINTER, ipp.JOB) for one in said]
    payload = joined([Part(200, answer(*both)), NOT_HERE])
    for probe in INTEGRATION.probes:
        rows = probe.rows(probe.read(payload), None)
        assert all(len(row) == len(probe.columns) for row in rows)
        at = [probe.index(key) for key in probe.key]
        assert len({tuple(row[place] for place in at) for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("status", "out", "told"),
    [
        (0, b"200 x\n" + answer(), "done"),
        (0, b"200 x\n" + answer(status=0x0404), "refused: not possible"),
        (401, b"", "refused: it wants an account of its SystemGroup"),
        (426, b"", "refused: it wants that encrypted"),
        (500, b"500 x\n<html>", "status 500"),
    ],
)
def test_what_an_answer_to_a_step_means(status: int, out: bytes, told: str) -> None:
    assert says(status, out).startswith(told)
    assert says(0, b"200 x\n" + answer((ipp.OPERATION, {"status-message": ["ok"]}))) == "done: ok"


CASES = [
    ("cups.queue-complains", {"queue": "q", "judged": "ok"}, {"judged": "critical"}, "crit"),
    ("cups.queue-complains", {"queue": "q", "judged": "ok"}, {"judged": "warning"}, "warn"),
    ("cups.queue-rejects", {"queue": "q", "accepts": "yes"}, {"accepts": "no"}, "warn"),
    ("cups.jobs-many", {"queue": "q", "jobs": 1}, {"jobs": 20}, "warn"),
    ("cups.jobs-many", {"queue": "q", "jobs": 1}, {"jobs": 100}, "crit"),
    ("cups.job-stuck", {"id": "1", "status": "processing", "printing_s": 9.0},
     {"printing_s": 1800.0}, "warn"),
    ("cups.job-stuck", {"id": "1", "status": "held", "printing_s": 9.0}, {"printing_s": 9e9}, ""),
    ("cups.supply-low", {"supply": "Toner", "left_percent": 60.0}, {"left_percent": 9.0}, "crit"),
    ("cups.supply-low", {"supply": "Toner", "left_percent": 60.0}, {"left_percent": None}, ""),
    ("cups.waste-full", {"supply": "Box", "full_percent": 10.0}, {"full_percent": 80.0}, "warn"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{one[0]}-{one[3]}" for one in CASES])
def test_rules(tmp_path: Path, case: tuple[str, dict[str, object], dict[str, object], str]) -> None:
    rule, good, bad, level = case
    assert tried(tmp_path, rules("cups")[rule], good, bad, level) == 0


def test_a_menu_offers_what_can_make_sense_for_a_row() -> None:
    def offered(**row: str | int) -> set[str]:
        cells = {key: clean(one) if isinstance(one, str) else one for key, one in row.items()}
        return {one.id.partition(".")[2] for one in queue_action.ACTIONS if one.fits(cells)}

    idle = offered(status="idle", accepts="yes", jobs=0)
    assert idle == {"pause-queue", "reject-jobs"}
    held = offered(status="stopped", accepts="no", jobs=4)
    assert held == {"resume-queue", "accept-jobs", "purge-queue"}
    assert len(offered()) == 5, "where nothing is known all are offered"
