"""How far one is in a runbook survives the console, and nothing false is claimed of it."""

from pathlib import Path

from opsconsole.clean import Clean
from opsconsole.runbook import Runbook, RunbookStep
from screens.shell.book.progress import Progress, StepState


def book(*titles: str) -> Runbook:
    steps = tuple(RunbookStep(Clean(title)) for title in titles)
    return Runbook("failover", Clean("Fail over"), Clean(""), steps)


def test_it_goes_on_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    first = Progress(book("a", "b", "c"), "db-1", path)
    assert (first.current, first.begun) == (0, False)
    first.mark(0, StepState.DONE, "verified")
    first.mark(1, StepState.SKIPPED, "no need")
    again = Progress(book("a", "b", "c"), "db-1", path)
    assert again.current == 2
    assert [step.words for step in again.steps] == ["verified", "no need", ""]
    again.mark(2, StepState.DONE)
    assert again.current is None


def test_what_was_under_way_is_open_again_and_says_where_to_look(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    Progress(book("a"), "db-1", path).mark(0, StepState.UNDER_WAY)
    [step] = Progress(book("a"), "db-1", path).steps
    assert step.state is StepState.OPEN
    assert "opsconsole audit show" in step.words


def test_a_rewritten_runbook_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    Progress(book("a", "b"), "db-1", path).mark(0, StepState.DONE)
    assert Progress(book("a", "x"), "db-1", path).current == 0


def test_a_broken_file_is_no_progress(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_text("{")
    assert Progress(book("a"), "db-1", path).current == 0


def test_targets_have_progress_of_their_own_and_no_name_leaves_the_folder() -> None:
    Progress(book("a"), "../../x", None).mark(0, StepState.DONE)
    assert Progress(book("a"), "../../x", None).current is None
    assert Progress(book("a"), "db-2", None).current == 0


def test_beginning_anew_forgets(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    progress = Progress(book("a"), "db-1", path)
    progress.mark(0, StepState.DONE)
    progress.restart()
    assert not progress.begun
    assert not path.exists()
