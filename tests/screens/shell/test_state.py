"""Lines typed are kept between sessions, for the operator alone; a bad file is no obstacle."""

from pathlib import Path

import pytest

from screens.shell.state import KEPT, load_history, save_history


def test_lines_come_back_newest_last_and_only_so_many(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "history.json"
    save_history({":": [str(at) for at in range(KEPT + 5)], "/": ["naïve [/]", "\ud800"]}, path)
    found = load_history(path)
    assert found[":"] == [str(at) for at in range(5, KEPT + 5)]
    assert found["/"] == ["naïve [/]", "\ud800"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["history.json"]


@pytest.mark.parametrize("text", ["", "[1]", "{", '{":": 3}', '{":": [1, null]}', "\udcff"])
def test_a_bad_file_is_no_history(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert not any(load_history(path).values())


def test_where_nothing_can_be_written_nothing_is_lost_but_the_lines(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    save_history({":": ["x"]}, tmp_path / "file" / "history.json")
    assert load_history(tmp_path / "file" / "history.json") == {}
