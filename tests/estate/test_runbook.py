"""`[runbook.NAME]`: steps in order, and every mistake with its place."""

from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import load
from opsconsole.runbook import Runbook

TEXT = """
[target.db-1]
[target.db-2]
[runbook.failover]
title = "Fail over"
about = "When db-1 is lost."
[[runbook.failover.step]]
title = "Stop the writers"
action = "host.stop-service"
target = "db-1"
object = "api.service"
arguments = { mode = "soft" }
guard = "host.vitals.cpu_percent < 80"
guard_target = "db-2"
[[runbook.failover.step]]
title = "Tell the duty manager"
"""


def runbook(folder: Path, text: str = TEXT) -> Runbook:
    path = folder / "estate.toml"
    path.write_text(text)
    [found] = load(path).runbooks
    return found


def test_steps_come_in_order(tmp_path: Path) -> None:
    book = runbook(tmp_path)
    first, second = book.steps
    assert (book.id, book.title, book.about) == ("failover", "Fail over", "When db-1 is lost.")
    assert (first.action, first.target) == ("host.stop-service", "db-1")
    assert (first.object, first.arguments) == ("api.service", {"mode": "soft"})
    assert first.guard is not None
    assert (first.guard.probe, first.guard_target) == ("host.vitals", "db-2")
    assert (second.title, second.action) == ("Tell the duty manager", "")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('target = "db-1"', 'target = "db-11"', "step[1].target: found 'db-11'"),
        ('guard = "host', 'guard = "if host', "step[1].guard"),
        ('title = "Tell the duty manager"', "", "step[2].title: found nothing"),
        ('action = "host.stop-service"\n', "", "without an action"),
        ("about", "abuot", "did you mean 'about'?"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    with pytest.raises(EstateError) as caught:
        runbook(tmp_path, TEXT.replace(before, after, 1))
    assert says in str(caught.value)


def test_a_runbook_without_a_step_is_none(tmp_path: Path) -> None:
    with pytest.raises(EstateError, match="at least one"):
        runbook(tmp_path, TEXT.split("[[runbook")[0])
