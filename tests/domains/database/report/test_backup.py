"""Evidence of backups: what stands in the weekly report of a repository, and of none."""

from dataclasses import replace

import pytest

from opsconsole.document import Checks, Document, Section, Table
from opsconsole.domains.database.report.health import REPORT
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Sample, Target
from tests.domains.database.pgbackrest import scene as kept
from tests.domains.database.report import scene
from tests.domains.system.report.scene import NOW

DAY = 86400


def evidence(later: int = 0) -> Evidence:
    """The databases, and a repository that answers so long after its last backup."""
    base = scene.evidence(scene.past())
    said = kept.payload(now=kept.NOW + later)
    samples = {
        (probe.id, "kept"): Sample(probe.id, "kept", NOW - 1, probe.rows(probe.read(said), None),
                                   None, 300.0)
        for probe in kept.PROBES.values()
    }  # fmt: skip
    target = Target("kept", "pgbackrest", "ssh")
    return replace(base, targets=(*base.targets, target), samples={**base.samples, **samples})


def section(document: Document, title: str) -> Section:
    (found,) = [one for one in document.blocks if isinstance(one, Section) and one.title == title]
    return found


def test_backups_are_evidence() -> None:
    found = section(REPORT.build(evidence()), "Backup and recovery")
    tables = {one.title: one for one in found.blocks if isinstance(one, Table)}
    (stanza,) = tables["Stanzas of pgBackRest"].rows
    assert stanza[:5] == ("kept", "main", "ok", 3600.0, 3605.0)
    assert [row[3] for row in tables["Backups of pgBackRest"].rows] == ["incr", "diff", "full"]
    assert "no backup evidence" not in str(found)


@pytest.mark.parametrize(
    ("later", "levels"),
    [
        (0, {"pgbackrest.age": Level.OK, "pgbackrest.full": Level.OK}),
        (2 * DAY, {"pgbackrest.age": Level.WARN, "pgbackrest.full": Level.OK}),
        (8 * DAY, {"pgbackrest.age": Level.CRIT, "pgbackrest.full": Level.WARN}),
    ],
)
def test_old_backups_do_not_pass(later: int, levels: dict[str, Level]) -> None:
    document = REPORT.build(evidence(later))
    (checks,) = [one for one in section(document, "Server kept").blocks if isinstance(one, Checks)]
    found = {one.check: one.level for one in checks.findings}
    assert found == {"pgbackrest.valid": Level.OK, "pgbackrest.damaged": Level.OK, **levels}
