"""Plans and calls in words: nothing unseen, nothing ambiguous, the same in every terminal."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import FOREIGN, Clean
from opsconsole.plan import Ended, Standing, Tier
from screens.shell.act.wording import (
    SIGNS,
    clock,
    policy_words,
    quoted,
    standing_words,
    typeable,
)
from screens.shell.verb.acting import seconds
from tests.screens.shell.hostile import corpus


def test_every_ending_has_a_sign_beside_its_word() -> None:
    assert set(SIGNS) == set(Ended)
    assert all(sign.strip() for sign, _ in SIGNS.values())


@given(st.lists(st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126))))
def test_a_plain_call_reads_back_as_it_is(words: list[str]) -> None:
    assert shlex.split(quoted(words)) == words


def test_nothing_of_a_call_is_unseen_and_none_looks_like_another() -> None:
    texts = list(dict.fromkeys(corpus(3000)))
    shown = [quoted((text,)) for text in texts]
    assert not [text for text in shown if not text.isprintable() or FOREIGN.search(text)]
    assert len(set(shown)) == len(texts)


def test_a_name_is_typed_in_ascii() -> None:
    assert typeable("nginx.service") == "nginx.service"
    assert typeable("caf\u00e9\u202e") == "caf\\xe9\\u202e"
    assert all(typeable(text).isascii() for text in corpus(500))


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (None, ("", "")),
        (Standing(True, False), ("READ-ONLY", "warn")),
        (Standing(False, False), ("", "")),
        (Standing(False, False, 1581.0, "web*"), ("ARMED 09:41 web*", "crit")),
        (Standing(False, False, 999.0), ("", "")),
        (Standing(False, True, running=("a", "b")), ("2 running", "")),
        (Standing(False, False, unsettled=(Clean("x"),)), ("? 1 unknown", "warn")),
        (Standing(True, False, 1581.0), ("READ-ONLY", "warn")),
    ],
)
def test_the_header(standing: Standing | None, words: tuple[str, str]) -> None:
    assert standing_words(standing, 1000.0) == words


@pytest.mark.parametrize(
    ("standing", "tier", "word"),
    [
        (None, Tier.YES, "has not said"),
        (Standing(True, True), Tier.YES, "READ-ONLY"),
        (Standing(False, True), Tier.YES, "runs at once"),
        (Standing(False, True), Tier.NAME, ":arm 10m"),
        (Standing(False, False), Tier.YES, ":arm 10m"),
        (Standing(False, False, 4e9, "w*"), Tier.NAME, "for w*"),
    ],
)
def test_what_a_dialog_says_of_the_policy(standing: Standing, tier: Tier, word: str) -> None:
    assert word in policy_words(standing, tier, ["web-1"])[0]


def test_a_countdown() -> None:
    assert [clock(at) for at in (0, 0.2, 59.5, 600, 3600)] == [
        "00:00",
        "00:01",
        "01:00",
        "10:00",
        "60:00",
    ]


@pytest.mark.parametrize(
    ("text", "found"), [("90s", 90.0), ("10m", 600.0), ("10", 600.0), ("1h", 3600.0)]
)
def test_durations(text: str, found: float) -> None:
    assert seconds(text) == found
