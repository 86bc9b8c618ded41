"""Alerts to tell of, and a receiver that says what the test wants."""

import json
from typing import Any

from opsconsole.alert import Acknowledgement, Alert, Phase
from opsconsole.channel import Channel
from opsconsole.clean import Clean, clean
from opsconsole.model import Level
from tests.servers.web import Web

HOOK = Channel("hook", webhook="http://127.0.0.1:1/hook", gather_s=0.0, pause_s=0.0)


def alert(
    name: str = "a",
    level: Level = Level.WARN,
    phase: Phase = Phase.OPEN,
    *,
    target: str = "web-1",
    acknowledged: bool = False,
    silenced: str = "",
    cause: str = "",
    why: str = "97 % over 90 %",
) -> Alert:
    who = Acknowledgement(Clean("alice"), 1.0, 0.0, Clean("mine")) if acknowledged else None
    return Alert(
        id=name,
        rule="host.disk-full",
        target=target,
        object=clean(f"/{name}"),
        key=(),
        probe="host.filesystem",
        column="used_percent",
        level=level,
        phase=phase,
        since=100.0,
        changed=100.0,
        title=Clean("Disk is full"),
        why=clean(why),
        value=97.0,
        limit=90.0,
        remedies=("Delete something.",),
        source=Clean("nobody"),
        acknowledged=who,
        silenced=silenced,
        cause=cause,
    )


def posted(server: Web) -> list[Any]:
    """Documents that came."""
    return [json.loads(asked.body) for asked in server.asked]


def told(document: Any) -> list[tuple[str, str, str]]:
    """(id, status, level) of each alert in a document."""
    return [(one["id"], one["status"], one["level"]) for one in document["alerts"]]
