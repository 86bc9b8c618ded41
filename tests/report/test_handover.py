"""The handover: open alerts, deeds by person, what still holds, notes, and the operator's words."""

from opsconsole.alert import Silence
from opsconsole.clean import Clean
from opsconsole.document import Document, Paragraph, Section
from opsconsole.model import Level
from opsconsole.report import FORMS, handover
from tests.domains.system.report.scene import ALERT
from tests.report.test_incident import START, evidence, rows, section

SILENCES = (
    Silence("1", "target:db*", Clean("ann"), START, START + 3600, Clean("move")),
    Silence("2", "rule:host.cpu", Clean("estate"), START, 0.0, Clean("always busy")),
    Silence("3", "target:old", Clean("bob"), START - 9000, START - 10, Clean("over")),
)


def _built(**more: object) -> Document:
    said: dict[str, object] = {"alerts": (ALERT,), "silences": SILENCES, **more}
    return handover.build(evidence(**said))


def _summary(document: Document) -> list[tuple[str, Level | None]]:
    blocks = section(document, "Summary").blocks
    return [(one.text, one.level) for one in blocks if isinstance(one, Paragraph)]


def test_summary_says_what_waits() -> None:
    lines = _summary(_built(runbooks=(("failover", "db-1", "ann", START),)))
    assert lines == [
        (
            "1 alert open: 1 critical, 1 taken on, 0 of which nothing is known any more.",
            Level.CRIT,
        ),
        ("2 actions done: ann 2.", None),
        ("1 action without a proven end: look there first.", Level.WARN),
        ("1 runbook not finished.", Level.WARN),
    ]


def test_alerts_with_who_took_them_on() -> None:
    [row] = rows(section(_built(), "Open alerts"))
    assert row[7].startswith("ann at ")
    assert row[7].endswith("vendor is on it")


def test_only_what_still_holds_is_told() -> None:
    armed = (("ann", "web*", START + 900),)
    found = rows(section(_built(armed=armed), "What still holds"))
    assert [(row[0], row[1], row[2], row[4]) for row in found] == [
        ("silence", "target:db*", "ann", "move"),
        ("silence", "rule:host.cpu", "estate", "always busy"),
        ("armed", "web*", "ann", ""),
    ]
    assert found[1][3] == "for good"


def test_notes_and_runbooks() -> None:
    document = _built(runbooks=(("failover", "db-1", "ann", START),))
    assert [row[2] for row in rows(section(document, "Notes"))] == ["ann: shift begins"]
    assert rows(section(document, "Unfinished runbooks"))[0][:3] == ("failover", "db-1", "ann")
    titles = [one.title for one in _built().blocks if isinstance(one, Section)]
    assert "Unfinished runbooks" not in titles


def test_the_operators_words_come_first() -> None:
    document = handover.build(evidence(), "The SAN is being moved.")
    first = document.blocks[0]
    assert isinstance(first, Section)
    assert first.blocks == (Paragraph("The SAN is being moved."),)
    for form in FORMS.values():
        assert "The SAN is being moved." in form(document)


def test_not_knowing_the_alerts_is_no_quiet_shift() -> None:
    assert _summary(_built(alerts=None))[0] == (
        "It is not known which alerts are open.",
        Level.UNKNOWN,
    )


def test_the_probable_cause_is_said_with_its_reason() -> None:
    lines = _summary(_built(first="IO wait on db-1, 40 s before lag on db-2"))
    said = "What probably began the worst of it: IO wait on db-1, 40 s before lag on db-2."
    assert lines[1] == (said, None)
