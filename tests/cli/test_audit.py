"""`opsconsole audit`: readable, harmless, and with the exit codes that a cron job can use."""

import csv
import json
import time
from pathlib import Path

import click
import pytest

from opsconsole.audit import AuditLog, verify
from opsconsole.cli.audit import audit
from opsconsole.cli.command import parse_and_run
from opsconsole.errors import UsageError
from opsconsole.moment import moment

HOSTILE = "\x1b[31m=cmd\u202e"
PLAN: dict[str, object] = {
    "plan": "ab",
    "action": "host.restart-unit",
    "tier": 2,
    "objects": [{"target": "web-1", "identity": "nginx.service@1f", "name": "nginx.service"}],
    "steps": [{"target": "web-1", "argv": ["systemctl", "restart", "nginx.service"]}],
    "note": "does not answer",
}
STORY: list[tuple[str, dict[str, object]]] = [
    ("plan", PLAN),
    ("intent", {"plan": "ab", "steps": PLAN["steps"]}),
    ("outcome", {"plan": "ab", "state": "verified", "seconds": 1.25}),
    (
        "refusal",
        {
            "action": "host.kill",
            "objects": [{"target": f"db-{n}", "identity": HOSTILE} for n in range(4)],
            "rule": "read-only",
            "reason": "not armed",
        },
    ),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of a restart and a refusal, where the commands look for it."""
    folder = tmp_path / "audit"
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(folder))
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 50022 192.0.2.1 22")
    log = AuditLog(folder, clock=lambda: 1_000_000_000.5)
    for kind, body in STORY:
        log.append(kind, body)
    return folder


@pytest.mark.usefixtures("folder")
def test_show_tells_who_did_what_and_how_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_and_run(["audit", "show"]) == 0
    head, plan, intent, outcome, refusal = capsys.readouterr().out.splitlines()
    assert head.split() == ["TIME", "WHO", "KIND", "ACTION", "TARGET", "OBJECT", "WHAT"]
    assert plan.startswith("2001-09-09 01:46:40  ")
    for line in (plan, intent, outcome):
        assert "  host.restart-unit  web-1" in line
        assert "nginx.service" in line
        assert "from 192.0.2.7" in line
    assert plan.endswith("does not answer")
    assert outcome.endswith("verified in 1.2 s")
    assert "db-0, db-1 and 2 more" in refusal
    assert refusal.endswith("read-only: not armed")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("arguments", [["show"], ["export", "-o", "csv"], ["export"],
                                       ["show", "-o", "json"]])  # fmt: skip
def test_nothing_hostile_reaches_the_terminal(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse_and_run(["audit", *arguments]) == 0
    text = capsys.readouterr().out
    assert "[31m" in text or "u001b" in text
    assert not {"\x1b", "\u202e", "\x7f"} & set(text)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "kinds"),
    [
        (["-n", "1"], ["refusal"]),
        (["--kind", "plan", "--kind", "outcome"], ["plan", "outcome"]),
        (["--target", "web*"], ["plan", "intent", "outcome"]),
        (["-t", "db-3"], ["refusal"]),
        (["--since", "2001-09-09T01:46:40Z"], ["plan", "intent", "outcome", "refusal"]),
        (["--since", "2001-09-09T01:46:41Z"], []),
        (["--since", "2h"], []),
    ],
)
def test_show_only_what_is_wanted(
    arguments: list[str], kinds: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse_and_run(["audit", "show", "-o", "json", *arguments]) == 0
    assert [record["kind"] for record in json.loads(capsys.readouterr().out)] == kinds


@pytest.mark.parametrize(
    ("text", "age"), [("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604_800), ("1w", 604_800)]
)
def test_an_age_counts_back_from_now(text: str, age: int) -> None:
    assert moment(text, 1_000_000) == 1_000_000 - age


def test_a_time_without_zone_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC-2")
    time.tzset()
    try:
        assert moment("1970-01-02T02:00", 0) == 86_400
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()


@pytest.mark.parametrize("text", ["tomorrow", "2x", "-1y", "99999999999h", "0001-01-01"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="is no time: write"):
        moment(text, 0)


def test_verify_prints_the_head_to_keep(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = verify(folder).head.hash
    assert parse_and_run(["audit", "verify"]) == 0
    assert capsys.readouterr().out == f"4 records in 1 file, chain intact, head {head}\n"
    assert parse_and_run(["audit", "verify", "--head", head]) == 0
    assert parse_and_run(["audit", "verify", "--head", "0" * 64]) == 1
    assert "unknown head" in capsys.readouterr().out


def test_verify_names_the_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "audit.jsonl"
    path.write_bytes(path.read_bytes().replace(b"verified", b"failed"))
    assert parse_and_run(["audit", "verify"]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first == "audit.jsonl:3: edited: record 3 is not what was written"
    assert last.startswith("3 records in 1 file, the chain is broken, head ")
    assert parse_and_run(["audit", "verify", "-o", "json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["findings"] == [
        {
            "kind": "edited",
            "file": "audit.jsonl",
            "line": 3,
            "index": 3,
            "message": "record 3 is not what was written",
        }
    ]
    assert (said["intact"], said["head"]["index"]) == (False, 4)


def test_what_a_crash_cut_off_is_no_fault(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "audit.jsonl").open("ab") as file:
        file.write(b'{"index":5')
    assert parse_and_run(["audit", "verify"]) == 0
    assert "audit.jsonl:5: torn: " in capsys.readouterr().out
    assert parse_and_run(["audit", "show"]) == 1
    assert "opsconsole audit verify" in capsys.readouterr().err


def test_export_gives_the_lines_as_they_stand(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parse_and_run(["audit", "export"]) == 0
    assert capsys.readouterr().out == (folder / "audit.jsonl").read_text()


@pytest.mark.usefixtures("folder")
def test_a_spreadsheet_takes_no_cell_for_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    log = AuditLog()
    log.append("note", {"note": "=HYPERLINK(1)", "objects": [{"name": "+1", "target": "a,b"}]})
    assert parse_and_run(["audit", "export", "-o", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["kind"] for row in rows] == ["plan", "intent", "outcome", "refusal", "note"]
    assert (rows[-1]["note"], rows[-1]["objects"]) == ("'=HYPERLINK(1)", "'+1")
    assert (rows[-1]["targets"], rows[2]["state"]) == ("a,b", "verified")
    assert rows[2]["action"] == "host.restart-unit"


@pytest.mark.parametrize("command", ["show", "verify", "export"])
def test_where_no_log_is_it_says_so(command: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no audit log in .*nowhere"):
        parse_and_run(["audit", command, "--log", str(tmp_path / "nowhere")])


def test_a_log_that_is_gone_but_for_its_anchor_is_a_finding(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "audit.jsonl").unlink()
    assert parse_and_run(["audit", "verify"]) == 1
    assert "records 1 to 4 are missing" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["shwo"], ["verify", "--head", "abc"]])
@pytest.mark.usefixtures("folder")
def test_a_mistake_is_a_usage_error(arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_and_run(["audit", *arguments])


@pytest.mark.parametrize("name", sorted(audit.commands))
def test_help_of_each_has_examples_and_fits(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parse_and_run(["audit", name, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"opsconsole audit {name}" in text.partition("Examples:")[2]
    assert "Exit codes:" in text
    assert max(map(len, text.splitlines())) <= 80
    options = [p for p in audit.commands[name].params if isinstance(p, click.Option)]
    assert all(option.help for option in options)
