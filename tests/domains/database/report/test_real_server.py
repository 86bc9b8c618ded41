"""`opsconsole report database` of a real PostgreSQL server: what it says stands in the document."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.servers.port import PORT
from tests.servers.postgres import primary

pytestmark = pytest.mark.server


def _blocks(section: dict[str, Any], type_: str) -> list[dict[str, Any]]:
    return [one for one in section["blocks"] if one["type"] == type_]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command prints of a server with something to say."""
    with primary("archive_mode=on", "archive_command=/bin/false") as server:
        server.sql(
            "CREATE TABLE parent (id int PRIMARY KEY)",
            "CREATE TABLE child (parent_id int REFERENCES parent)",
            'SELECT pg_sleep(0.3) AS "</td><script>|`x`"',
            "ALTER SYSTEM SET max_connections = 50",
            "ALTER ROLE bare PASSWORD 'sesame'",
            "SELECT pg_reload_conf()",
        )
        estate = tmp_path_factory.mktemp("report") / "estate.toml"
        estate.write_text(
            f'[target.db-1]\nkind = "postgres"\naddress = "{server.address}"\nport = {PORT}\n'
            'user = "watch"\n[target.db-1.intervals]\nhealth = 0.5\n'
        )
        command = [sys.executable, "-m", "opsconsole", "report", "database", "--since", "7d"]
        done = subprocess.run(
            [*command, "--estate", str(estate), "-o", "json"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _section(report: dict[str, Any], title: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in report["blocks"] if one["title"] == title)
    return found


def test_checks_of_a_real_server(report: dict[str, Any]) -> None:
    assert (report["report"], report["schema"]) == ("database.health", "opsconsole-report/1")
    [checks] = _blocks(_section(report, "Server db-1"), "checks")
    levels = {one["check"]: one["level"] for one in checks["findings"]}
    assert levels["postgres.connections"] == "pass"
    assert levels["postgres.restart"] == "warn"
    assert levels["postgres.transaction"] == "pass"
    assert levels["postgres.configuration"] == "unknown", "pg_monitor alone may not read the files"
    assert levels["postgres.archive"] in ("fail", "unknown"), "failing, or nothing archived yet"


def test_review_of_a_real_server(report: dict[str, Any]) -> None:
    [advice] = _blocks(_section(report, "Index advice"), "table")
    assert [(one["finding"], one["object"]) for one in advice["rows"]] == [
        ("no index", "child_parent_id_fkey")
    ]
    [top] = _blocks(_section(report, "Top statements"), "table")
    assert len(top["rows"]) == 10
    assert any("</td><script>|`x`" in one["statement"] for one in top["rows"])
    assert "sesame" not in json.dumps(report)
    totals = [one["total_ms"] for one in top["rows"]]
    assert totals == sorted(totals, reverse=True)
    [waits] = _blocks(_section(report, "Settings"), "table")
    assert [one["name"] for one in waits["rows"]] == ["max_connections"]
    [size] = _blocks(_section(report, "Growth and forecast"), "table")
    assert size["rows"][0]["now_bytes"] > 1 << 20
