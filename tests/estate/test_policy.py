"""`[policy]` and `[[freeze]]`: read from every file, wrong values told with their place."""

from datetime import datetime, time
from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import load
from opsconsole.policy import Policy

HOSTS = """
[target.web-1]
labels = { env = "prod" }
[target.web-2]
[target.db-1]
"""


def policy(folder: Path, text: str) -> Policy:
    path = folder / "estate.toml"
    path.write_text(HOSTS + text)
    return load(path).policy


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(EstateError) as caught:
        policy(folder, text)
    return [str(problem) for problem in caught.value.problems]


def test_without_a_word_the_defaults_hold(tmp_path: Path) -> None:
    assert policy(tmp_path, "") == Policy()


def test_every_key_reaches_the_policy(tmp_path: Path) -> None:
    text = """
[policy]
read_only = true
read_only_acknowledges = false
free = true
longest_arm_min = 30
bulk = 5
objects = 50
share_percent = 25
per_minute = 60
window_min = 5
harmless = ["lab"]
approvers = ["bob"]
"""
    assert policy(tmp_path, text) == Policy(
        read_only=True,
        read_only_acknowledges=False,
        free=True,
        longest_arm_s=1800,
        bulk=5,
        objects=50,
        share=0.25,
        per_minute=60,
        window_s=300,
        harmless=("lab",),
        approvers=("bob",),
    )


def test_freezes_name_their_targets_as_everywhere(tmp_path: Path) -> None:
    text = """
[[freeze]]
name = "quarter end"
from = 2026-12-24T18:00:00
to = 2027-01-02T06:00:00
targets = ["web*", "label:env=prod"]
[[freeze]]
from = 22:00:00
to = 06:00:00
"""
    first, second = policy(tmp_path, text).freezes
    assert (first.name, first.start) == ("quarter end", datetime(2026, 12, 24, 18))
    assert first.targets == frozenset({"web-1", "web-2"})
    assert (second.name, second.end, second.targets) == ("freeze 2", time(6), None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[policy]\nreadonly = true", "policy.readonly: found unknown key"),
        ("[policy]\nread_only = 1", "found 1; allowed: true or false"),
        ("[policy]\nshare_percent = 0", "found 0; allowed: a whole number, 1 to 100"),
        ("[policy]\napprovers = 'bob'", "a list of texts"),
        ("freeze = 3", "[[freeze]] tables"),
        ("[[freeze]]\nfrom = 22:00:00", "two times of every day"),
        ("[[freeze]]\nfrom = 22:00:00\nto = 2026-12-24", "both alike"),
        ("[[freeze]]\nfrom = 2026-12-24T00:00:00\nto = 2026-12-23T00:00:00", "after `from`"),
        ("[[freeze]]\nfrom = 22:00:00\nto = 06:00:00\ntargets = ['wbe*']", "found 'wbe*'"),
        ("[[freeze]]\nfrom = 22:00:00\nto = 06:00:00\nname = 3", "text in quotes"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    text = f"{text}\n" if not text.startswith("freeze =") else text
    if text.startswith("freeze ="):
        path = tmp_path / "estate.toml"
        path.write_text(f"{text}\n{HOSTS}")
        with pytest.raises(EstateError) as caught:
            load(path)
        assert says in str(caught.value)
    else:
        assert says in " ".join(problems(tmp_path, text))


def test_read_only_in_any_file_is_read_only(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(HOSTS + "[policy]\nread_only = true\n")
    (tmp_path / "b.toml").write_text("[policy]\nread_only = false\n")
    assert load(tmp_path).policy.read_only
