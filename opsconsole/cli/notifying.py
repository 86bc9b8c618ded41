"""What `opsconsole notify` does."""

import asyncio
import os
import sys
import time
from pathlib import Path

from opsconsole.alert import Alert, Phase
from opsconsole.channel import Channel
from opsconsole.clean import Clean, clean
from opsconsole.cli.asking import load_estate
from opsconsole.cli.entry import tell
from opsconsole.errors import TargetError, UsageError
from opsconsole.estate.table import a_list, nearest
from opsconsole.model import Level
from opsconsole.notify import Message, send


def run_list(path: Path | None) -> int:
    """One line per channel; returns 0."""
    channels = load_estate(path).channels
    for channel in channels:
        sys.stdout.write(f"{channel.name:16} {_way(channel):40} {_what(channel)}\n")
    if not channels:
        tell("the estate tells nobody: docs/notify.md", 0)
    return 0


def run_test(name: str, path: Path | None, *, resolved: bool) -> int:
    """Send one message; returns 0 when it was received, otherwise 1."""
    channels = {channel.name: channel for channel in load_estate(path).channels}
    if name not in channels:
        near = nearest(name, channels)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {a_list(channels) or 'none'}"
        raise UsageError(f"the estate has no channel {str(clean(name))!r}: {hint}")
    message = Message((_alert(Phase.RESOLVED if resolved else Phase.OPEN),))
    try:
        said = asyncio.run(send(channels[name], message))
    except TargetError as error:
        return tell(f"{error}{f': {error.remedy}' if error.remedy else ''}", 1)
    sys.stdout.write(f"{name}: {said}\n")
    return 0


def _way(channel: Channel) -> str:
    return channel.webhook or f"apprise, its URL from {channel.url}"


def _what(channel: Channel) -> str:
    level = f"{channel.min_level.name.lower()} and worse"
    calling = "" if channel.only_calling else ", also what is taken care of"
    return f"{level}{f', {channel.match}' if channel.match else ''}{calling}"


def _alert(phase: Phase) -> Alert:
    now = time.time()
    return Alert(
        id="opsconsole.test",
        rule="opsconsole.test",
        target=clean(os.uname().nodename),
        object=Clean(""),
        key=(),
        probe="",
        column="",
        level=Level.WARN,
        phase=phase,
        since=now,
        changed=now,
        title=Clean("Test, nothing is wrong"),
        why=Clean("somebody tries whether this channel works"),
        value=None,
        limit=None,
        remedies=("None is needed.",),
        source=Clean("opsconsole notify test"),
    )
