"""`[[notify]]` in the estate: channels as written, and every mistake told."""

import re
from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.estate import load
from opsconsole.estate.notify import KEYS
from opsconsole.model import Level
from opsconsole.secret import Secret
from tests.conftest import ROOT
from tests.estate.conftest import write

TEXT = (ROOT / "docs" / "notify.md").read_text()
HOOK = 'name = "a"\nwebhook = "https://x/y"\n'


def problems(here: Path, text: str) -> list[str]:
    with pytest.raises(EstateError) as caught:
        load(write(here / "e.toml", f"[target.a]\n[[notify]]\n{text}"), {})
    return [str(problem).removeprefix("e.toml: notify") for problem in caught.value.problems]


def test_a_channel_is_read_with_its_defaults(here: Path) -> None:
    text = f'[target.a]\n[[notify]]\n{HOOK}[[notify]]\nname = "b"\nurl = {{ env = "CHAT" }}\n'
    hook, chat = load(write(here / "e.toml", text), {}).channels
    assert (hook.name, hook.webhook, hook.url) == ("a", "https://x/y", None)
    assert (hook.min_level, hook.only_calling, hook.resolved) == (Level.WARN, True, True)
    assert (hook.gather_s, hook.pause_s) == (10.0, 60.0)
    assert chat.url == Secret("env", ("CHAT",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('webhook = "https://x"', "[1].name: found none"),
        ('name = "a"', "[1].url: found both or none of them; allowed: one of `url` and `webhook`"),
        (f'{HOOK}url = {{ env = "A" }}', "[1].url: found both or none of them"),
        ('name = "a"\nurl = "json://token@x"', "[1].url: found a secret in plain text"),
        (f'{HOOK}match = "web-1"', "[1].match: found 'web-1' is no word of a filter"),
        (f'{HOOK}min_level = "critical"', "[1].min_level: found 'critical'; allowed: crit, warn"),
        (f"{HOOK}pause = 1", "[1].pause: found unknown key"),
        ('name = "a"\nwebhook = "https://me:pw@x"', "[1].webhook: found"),
        (
            'name = "a"\nurl = { env = "A" }\ntoken = { env = "B" }',
            "[1].token: found a token without",
        ),
        (f"{HOOK}[[notify]]\n{HOOK}", ": found a second channel 'a'"),
    ],
)
def test_mistakes_are_told(here: Path, text: str, said: str) -> None:
    (problem,) = problems(here, text)
    assert problem.startswith(said)


def test_every_key_is_told_and_the_examples_are_an_estate(here: Path) -> None:
    found = re.findall(
        r"^\| (`\w+`(?:, `\w+`)*) \|", TEXT.partition("## A webhook")[0], re.MULTILINE
    )
    assert set(re.findall(r"\w+", " ".join(found))) == set(KEYS)
    examples = "".join(re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
    channels = load(write(here / "e.toml", f"[target.a]\n{examples}"), {}).channels
    assert [channel.name for channel in channels] == ["duty", "chat", "ticket"]
