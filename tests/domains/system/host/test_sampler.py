"""The sampler under every shell that hosts have: answers, ends, leaves nothing behind."""

from pathlib import Path

import pytest

from opsconsole.domains.system.host import INTEGRATION
from opsconsole.errors import Unsupported
from opsconsole.model import Row
from tests.domains.system.host.shells import ASKED, SHELLS, answers, gone, sampler, script, with_apt

shells = pytest.mark.parametrize("shell", SHELLS)


@shells
def test_every_probe_reads_what_the_sampler_answers(shell: str, tmp_path: Path) -> None:
    with sampler(shell, environment=with_apt(tmp_path, "")) as running:
        found = {"vitals": running.until("vitals", 2)}
        for exchange in ASKED:
            running.ask(exchange)
            running.ask(exchange)
            found[exchange] = running.until(exchange, 2)
        assert running.process.stdin is not None
        running.process.stdin.close()
        assert running.ended() == 0
    rows: dict[str, list[Row]] = {}
    for probe in INTEGRATION.probes:
        before, now = found[probe.exchange][:2]
        try:
            rows[probe.id] = probe.rows(probe.read(now), probe.read(before))
        except Unsupported:
            assert probe.id in {"host.unit", "host.service", "host.lvs", "host.journal"}
            continue
        assert all(len(row) == len(probe.columns) for row in rows[probe.id])
    (vitals,) = rows["host.vitals"]
    assert None not in vitals[:10]
    assert len(rows["host.cpu"]) == vitals[5]
    assert None not in [row[1] for row in rows["host.drive"]]
    assert any(row[0] == "/" for row in rows["host.filesystem"])
    assert running.process.pid in [row[0] for row in rows["host.process"]]


@shells
def test_it_ends_with_its_input_and_leaves_nothing(shell: str) -> None:
    with sampler(shell, interval="1000") as running:
        running.until("vitals", 2)
        assert running.process.stdin is not None
        running.process.stdin.close()
        assert running.ended() == 0
        assert gone(running.process.pid)


@shells
@pytest.mark.parametrize("ignored", [False, True], ids=["sigpipe", "sigpipe-ignored"])
def test_it_ends_with_its_output_and_leaves_nothing(shell: str, ignored: bool) -> None:
    with sampler(shell, ignore_pipe=ignored) as running:
        running.until("vitals")
        running.hang_up(running.process.stdout)
        running.ended()
        assert gone(running.process.pid)


@shells
def test_it_ends_when_an_answer_cannot_be_written(shell: str) -> None:
    with sampler(shell, interval="1000") as running:
        running.until("vitals")
        running.hang_up(running.process.stderr)
        running.ask("processes")
        running.ended()
        assert gone(running.process.pid)


@shells
def test_the_loop_ends_when_its_shell_was_killed(shell: str) -> None:
    with sampler(shell) as running:
        running.until("vitals")
        running.process.kill()
        running.process.wait()
        assert gone(running.process.pid)


@shells
def test_unknown_questions_are_not_answered(shell: str) -> None:
    with sampler(shell) as running:
        running.until("vitals")
        for question in ("", "rm -rf /tmp/nowhere", "vitals", "slow; exit", "$(exit)", "processes"):
            running.ask(question)
        running.until("processes")
        assert [name for name, _ in answers(running.asked)] == ["processes"]


def test_comments_are_not_sent() -> None:
    assert not [line for line in script().splitlines() if line.lstrip().startswith(b"#")]
