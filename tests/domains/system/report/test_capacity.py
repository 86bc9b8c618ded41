"""The capacity plan: days by a straight line, and silence where the history is too short."""

import pytest

from opsconsole.document import Chart, Table
from opsconsole.domains.system.report import capacity
from opsconsole.model import Level
from tests.domains.system.report import scene


def _stocks(days: float) -> dict[tuple[str, str], capacity.Stock]:
    found = capacity.stocks(scene.evidence(scene.past(days), capacity.PAST))
    return {(one.target, one.name): one for one in found}


def test_days_to_full() -> None:
    found = _stocks(30)
    full = found["db-1", "file system /var/lib/db"]
    assert full.line is not None
    assert full.line.per_day == pytest.approx(2.0, abs=0.02)
    assert full.to_full == pytest.approx(3.4, abs=0.3)
    assert full.to_soon == 0.0
    assert (full.level, full.line.sureness) == (Level.CRIT, "good")
    still = found["db-1", "file system /"]
    assert still.line is not None
    assert (still.to_full, still.level) == (None, Level.OK)
    assert next(iter(found)) == ("db-1", "file system /var/lib/db")


@pytest.mark.parametrize("days", [0.0, 0.5, 1.9])
def test_not_enough_history_is_said_and_not_guessed(days: float) -> None:
    found = capacity.stocks(scene.evidence(scene.past(days), capacity.PAST))
    assert all(one.line is None and one.to_full is None for one in found)
    section = capacity.section(scene.evidence(scene.past(days), capacity.PAST))
    table = next(one for one in section.blocks if isinstance(one, Table))
    assert all(str(row[9]).startswith("not enough history") for row in table.rows)
    assert not [one for one in section.blocks if isinstance(one, Chart)]


def test_a_line_says_what_it_rests_on() -> None:
    section = capacity.section(scene.evidence(scene.past(10), capacity.PAST))
    table = next(one for one in section.blocks if isinstance(one, Table))
    row = dict(zip((field.key for field in table.fields), table.rows[0], strict=True))
    assert (row["target"], row["what"]) == ("db-1", "file system /var/lib/db")
    assert row["rests_on_days"] == pytest.approx(10, abs=0.3)
    assert row["growth_percent_per_week"] == pytest.approx(14, abs=0.3)
    assert row["growth_per_week"] in {"+70 GiB", "+69.9 GiB", "+70.1 GiB", "+69.8 GiB"}
    assert (row["days_to_80"], row["days_to_full"]) == (0, 3)


def test_the_fullest_goes_by_the_course_that_is_always_recorded() -> None:
    web = _stocks(30)["web-1", "file system /"]
    assert web.line is not None
    assert web.line.points > 100


def test_a_link_is_planned_by_its_busiest_hours() -> None:
    link = _stocks(30)["db-1", "link eth0"]
    assert link.now == pytest.approx(66.8, abs=9)
    assert link.to_full is None


def test_the_chart_leads_on() -> None:
    section = capacity.section(scene.evidence(scene.past(), capacity.PAST))
    [chart] = [one for one in section.blocks if isinstance(one, Chart)]
    assert [line.name for line in chart.lines] == ["measured", "if it goes on"]
    assert chart.until == pytest.approx(scene.NOW + 3.2 * 86400, abs=86400)
    assert chart.marks[0].value == 80
