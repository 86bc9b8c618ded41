"""Answers of pgBackRest, recorded from 2.45, and a real repository with its server."""

import contextlib
import os
import shutil
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import pytest

from opsconsole.clean import clean
from opsconsole.domains.database.pgbackrest import INTEGRATION
from opsconsole.executor import Executor, Ground
from opsconsole.model import Target, Value
from opsconsole.plan import Approval, Outcome, Plan, Request, Thing, digest
from opsconsole.policy import Policy
from opsconsole.ports import Session
from opsconsole.registry import Transports
from opsconsole.spec import Probe
from opsconsole.transports.local import LocalTransport
from tests.domains.system.host.action.operator import Log, Second, read
from tests.servers import postgres
from tests.servers.port import PORT
from tests.servers.sampler import Heard

ANSWER = (Path(__file__).parent / "answers" / "info.json").read_bytes()
NOW = 1795934733 + 3600
PROBES: dict[str, Probe[Any]] = {probe.id: probe for probe in INTEGRATION.probes}
TARGET = Target("backup", "pgbackrest", "local", labels={"env": "test"})
Table = list[dict[str, Value]]

_CONFIG = """[global]
repo1-path={home}/repo
log-path={home}
lock-path={home}/lock
spool-path={home}
log-level-file=off
compress-type=none
start-fast=y
archive-timeout=40
[main]
pg1-path={data}
pg1-port={port}
pg1-socket-path={socket}
pg1-user=ops
"""


def payload(json: bytes = ANSWER, now: int = NOW, status: int = 0) -> bytes:
    """An answer of the sampler."""
    return b"now:%d\nsaid:%s\n\nstatus:%d\n" % (now, json.rstrip(), status)


def table(probe: str, said: bytes) -> Table:
    """Rows by the keys of their columns."""
    one = PROBES[f"pgbackrest.{probe}"]
    keys = [column.key for column in one.columns]
    return [dict(zip(keys, row, strict=True)) for row in one.rows(one.read(said), None)]


def program() -> str:
    found = shutil.which("pgbackrest")
    if found is None:
        pytest.skip("pgbackrest is not installed")
    return found


@contextlib.contextmanager
def repository() -> Generator[Path, None, None]:
    """A folder of programs that are run as the repository's account: `pgbackrest`, `id`."""
    tool = program()
    home = postgres.folder()
    config = home / "pgbackrest.conf"
    push = f"{tool} --config={config} --stanza=main archive-push %p"
    try:
        with postgres.primary("archive_mode=on", f"archive_command={push}") as server:
            where = {"home": home, "data": server.data, "port": PORT, "socket": server.socket}
            config.write_text(_CONFIG.format(**where))
            programs = home / "bin"
            programs.mkdir()
            account = postgres.as_account(("",))[:-1]
            calls = {"pgbackrest": (tool, f"--config={config}"), "id": ("/usr/bin/id",)}
            for name, words in calls.items():
                script = programs / name
                script.write_text(f'#!/bin/sh\nexec {" ".join((*account, *words))} "$@"\n')
                script.chmod(0o755)
            yield programs
    finally:
        shutil.rmtree(home)


@contextlib.asynccontextmanager
async def asking() -> AsyncGenerator["Asking"]:
    transport, heard = LocalTransport(), Heard()
    try:
        yield Asking(await transport.open(TARGET, INTEGRATION.script, 30.0, heard), heard)
    finally:
        await transport.close()


class Asking:
    """The sampler, as it runs beside the repository."""

    def __init__(self, session: Session, heard: Heard) -> None:
        self._session, self._heard = session, heard

    async def info(self) -> bytes:
        """What it answers now."""
        count = len(self._heard.of("info"))
        self._session.ask("info")
        await self._heard.until(lambda heard: len(heard.of("info")) > count, 60)
        return self._heard.of("info")[-1]


class Operator:
    """Somebody who acts on it."""

    def __init__(self) -> None:
        self.log, self.ways = Log(), Transports()
        ground = Ground(
            targets={TARGET.id: TARGET},
            actions={"pgbackrest": {action.id: action for action in INTEGRATION.actions}},
            policy=Policy(free=True, per_minute=1000),
            transports=self.ways,
            audit=self.log,
            publish=lambda _message: None,
            witness=Second(),
        )
        self.executor = Executor(ground)
        self.executor.arm(3600, "")

    async def propose(self, action: str, stanza: str, **given: str) -> bytes:
        thing = Thing(TARGET.id, (("stanza", stanza),), clean(stanza))
        return await self.executor.propose(Request(f"pgbackrest.{action}", (thing,), given))

    async def plan(self, action: str, stanza: str = "main", **given: str) -> Plan:
        return read(await self.propose(action, stanza, **given))

    async def act(self, action: str, stanza: str = "main", **given: str) -> Outcome:
        body = await self.propose(action, stanza, **given)
        return await self.executor.approve(Approval(digest(body), read(body).confirm, "a test"))

    async def close(self) -> None:
        await self.executor.idle()
        await self.ways.close()


def path(first: Path) -> str:
    """A search path with that folder before all others."""
    return f"{first}:{os.environ['PATH']}"
