"""Ten thousand names that a shell would obey pass the whole way of an action, and stay names."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from opsconsole import registry
from opsconsole.audit import AuditLog, verify
from opsconsole.clean import clean
from opsconsole.engine.remedy import executor
from opsconsole.errors import Refused
from opsconsole.estate import Estate, load
from opsconsole.executor import Executor
from opsconsole.plan import Approval, Ended, Plan, Request, Thing, digest
from opsconsole.policy import Policy
from tests.transports.hostile import COUNT, files, hostile

ARGUMENTS = 7
LABEL = "$(touch canary); `touch canary` | 'x' \"y\" {unit} ${HOME} -- > canary"
RECORDER = """#!/bin/sh
printf '%s\\0' "$@" >> "$0.words"
"""


def _text(value: object) -> str:
    """As TOML writes it."""
    return msgspec.json.encode(value).decode()


def _estate(folder: Path) -> Estate:
    """One action whose words are places alone, with text around them, and literal braces."""
    for name in ("run", "look"):
        (folder / name).write_text(RECORDER)
        (folder / name).chmod(0o755)
    names = [f"a{number}" for number in range(ARGUMENTS)]
    words = ["--", "{unit}", "--rack={label:rack}", "{{unit}}", "x{unit}y{a0}z"]
    path = folder / "estate.toml"
    path.write_text(f"""
[target.here]
transport = "local"
labels = {{ env = "dev", rack = {_text(LABEL)} }}
[action.record]
title = "Record"
about = "Writes down what it is given."
on = "host.unit"
weight = "reversible"
run = {_text([str(folder / "run"), *words, *(f"{{{name}}}" for name in names)])}
look = {_text([str(folder / "look"), "--", "{unit}"])}
verify = {{ says = "it can be looked at", status = 0 }}
arguments = {{ {", ".join(f"{name} = {{}}" for name in names)} }}
""")
    estate = load(path, probes={"host.unit": ("unit",)})
    policy = Policy(free=True, per_minute=COUNT)
    return replace(estate, policy=policy)


async def _act(door: Executor, words: list[str]) -> None:
    unit, *others = words
    arguments = {f"a{number}": word for number, word in enumerate(others)}
    thing = Thing("here", (("unit", unit),), clean(unit, 80))
    body = await door.propose(Request("estate.record", (thing,), arguments))
    plan = msgspec.msgpack.decode(body, type=Plan)
    assert plan.items[0].steps[0].argv[1:] == tuple(_expected(words))
    outcome = await door.approve(Approval(digest(body), "y"))
    assert outcome.ended is Ended.VERIFIED, outcome


def _expected(words: list[str]) -> list[str]:
    unit, first, *_ = words
    return ["--", unit, f"--rack={LABEL}", "{unit}", f"x{unit}y{first}z", *words[1:]]


def _bytes(words: Iterable[str]) -> bytes:
    return b"".join(word.encode() + b"\0" for word in words)


def _text_only(word: str) -> str:
    return "".join(letter for letter in word if not "\ud800" <= letter <= "\udfff")


def _play(folder: Path, *batches: list[str]) -> None:
    """Let each batch be the words of one action."""

    async def play() -> None:
        ways = registry.Transports()
        door = executor(_estate(folder), ways, lambda _: None)
        try:
            for batch in batches:
                await _act(door, batch)
        finally:
            await ways.close()

    asyncio.run(play())


def test_ten_thousand_names_stay_single_words(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    words = [_text_only(word) for word in hostile(5, canary)]
    size = ARGUMENTS + 1
    batches = [(words[n:] + words)[:size] for n in range(0, COUNT, size)]
    before = files(canary)
    _play(tmp_path, *batches)
    ran = (tmp_path / "run.words").read_bytes()
    assert ran == b"".join(_bytes(_expected(batch)) for batch in batches)
    looked = (tmp_path / "look.words").read_bytes()
    assert looked == b"".join(_bytes(["--", batch[0]]) * 3 for batch in batches)
    assert files(canary) == before
    made = {"estate.toml", "run", "look", "run.words", "look.words", "xdg_state_home"}
    assert {path.name for path in tmp_path.iterdir()} == made
    folder = AuditLog().folder
    verdict = verify(folder)
    assert (verdict.findings, verdict.records) == ([], 3 * len(batches))
    for path in folder.glob("*.jsonl"):
        assert set(path.read_bytes()) <= {*b"\n", *range(0x20, 0x7F)}


@pytest.mark.parametrize("letter", ["\0", "\udc81"])
@pytest.mark.parametrize("place", [0, 1])
def test_what_no_program_can_be_given_is_refused(tmp_path: Path, letter: str, place: int) -> None:
    words = ["x"] * (ARGUMENTS + 1)
    words[place] = f"a{letter}b"
    with pytest.raises(Refused, match="no program can be given") as caught:
        _play(tmp_path, words)
    assert caught.value.rule == "argument"
    assert not list(tmp_path.glob("*.words"))
    verdict = verify(AuditLog().folder)
    assert (verdict.findings, verdict.records) == ([], 1), "the refusal is written down"
