"""The reference for operators tells every key of the transport, and its examples work."""

import re
from pathlib import Path

from opsconsole.estate import load
from opsconsole.registry import integrations, settings, transport_names
from opsconsole.transports.postgres.pool import conninfo
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "databases.md").read_text()


def test_every_key_is_told() -> None:
    section = TEXT.partition("## PostgreSQL")[2].partition("\n### ")[0]
    cells = "".join(re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", cells)) == {one.key for one in settings()["postgres"]}


async def test_the_examples_are_an_estate(tmp_path: Path) -> None:
    path = tmp_path / "estate.toml"
    sections = re.findall(r"## (?:PostgreSQL|PgBouncer)\n\n```toml\n(.*?)```", TEXT, re.DOTALL)
    plain = '[target.near]\nkind = "postgres"\nsocket = "/run"\n'
    path.write_text("".join(sections) + plain)
    path.chmod(0o600)
    estate = load(
        path,
        {},
        kinds=integrations().keys(),
        integrations=integrations(),
        transports=transport_names(),
        settings=settings(),
    )
    assert [one.transport for one in estate.by_id.values()] == ["postgres"] * len(estate.by_id)
    pool, near = estate.by_id["orders-pool"], estate.by_id["near"]
    said = await conninfo(pool)
    assert (said["host"], said["port"], said["dbname"]) == ("pool-1.example", 6432, "pgbouncer")
    said = await conninfo(near)
    assert (said["host"], said["dbname"]) == ("/run", "postgres")
    assert said["tcp_user_timeout"] > 0
    assert estate.by_id["orders"].settings["database"] == "orders"
