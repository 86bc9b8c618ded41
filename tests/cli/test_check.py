"""Each target is reached once, or there is a reason and a remedy."""

from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.cli import check
from opsconsole.cli.check import Reach, Reaching
from opsconsole.estate import Estate
from opsconsole.gear import Library
from opsconsole.model import Fault, Sample
from tests.cli.conftest import disk, sample, targets
from tests.servers.port import PORT


def _fault(kind: str, target: str) -> Sample:
    return Sample("box.disk", target, 1000.0, None, Fault(kind, Clean("no"), Clean("mend")), 2)


def test_the_first_answer_counts_and_its_latency_is_measured_from_the_start() -> None:
    reaching = Reaching(Estate(targets("a", "b")), start=100)
    reaching.take([sample("a", disk("sda", 1.0))], now=100.25)
    reaching.take([sample("a", disk("sda", 1.0)), _fault("denied", "b")], now=102)
    assert reaching.deadline(15) is None
    assert reaching.found() == [
        Reach("a", "box", "reached", 250.0, "", ""),
        Reach("b", "box", "denied", None, "no", "mend"),
    ]


def test_a_lost_connection_gets_another_chance_until_patience_ends() -> None:
    reaching = Reaching(Estate(targets("a", "b")), start=100)
    reaching.take([_fault("lost", "a")], now=101)
    reaching.take([_fault("lost", "b")], now=103)
    assert reaching.deadline(15) == 118
    reaching.take([sample("a")], now=105)
    assert reaching.deadline(15) == 118, "b is still lost, and nobody new has answered"
    assert [one.state for one in reaching.found()] == ["reached", "lost"]


def test_who_never_answers_is_silent() -> None:
    reaching = Reaching(Estate(targets("a")), start=100)
    assert reaching.deadline(15) == 115
    (silent,) = reaching.found()
    assert (silent.state, silent.latency_ms, silent.reason) == ("silent", None, "no answer in time")
    assert "--timeout" in silent.remedy


def test_a_profile_that_is_left_out_is_told_with_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.toml").write_text('class = "pud"\n')
    monkeypatch.setattr(check, "LIBRARY", Library([folder]))
    said: list[str] = []
    monkeypatch.setattr(check, "tell", said.append)
    estate = tmp_path / "estate.toml"
    estate.write_text(
        '[target.pdu]\nkind = "device"\naddress = "127.0.0.1"\n'
        f'port = {PORT}\ncommunity = {{ env = "NOT_SET_ANYWHERE" }}\n'
    )
    check.run_check(estate, (), 5.0, "json")
    (told,) = [line for line in said if line.startswith("profile left out: ")]
    assert "own.toml.class: found pud; allowed: ups, pdu" in told
    assert "did you mean 'pdu'?" in told
