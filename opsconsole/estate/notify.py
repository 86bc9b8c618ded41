"""`[[notify]]`: whom to tell of alerts."""

import re
from collections.abc import Iterator

from opsconsole.channel import Channel, wrong
from opsconsole.estate.table import Form, Table
from opsconsole.match import FORM
from opsconsole.model import Level

KEYS = (
    "name",
    "url",
    "webhook",
    "signature",
    "token",
    "ca",
    "min_level",
    "match",
    "only_calling",
    "resolved",
    "gather_s",
    "pause_s",
)

_NAME = Form(
    re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"), "a name: letters, digits and _ . -, at most 64"
)
_WEBHOOK = Form(
    re.compile(r"https?://(?![^/]*@)[^\s/?#]+[^\s#]*"), "an address without user: `https://…`"
)
_MATCH = Form(re.compile(r"[^\n]{1,400}"), FORM)
_LEVELS = {"warn": Level.WARN, "crit": Level.CRIT}
_WEB_ONLY = ("signature", "token", "ca")


def read_channels(root: Table) -> Iterator[Channel]:
    """Read one file's channels; problems go to its list."""
    for table in root.each("notify"):
        if (channel := _channel(table)) is not None:
            yield channel


def _channel(table: Table) -> Channel | None:
    table.only(KEYS)
    before = len(table.problems)
    name, url = table.text("name", _NAME), table.secret("url")
    webhook, match = table.text("webhook", _WEBHOOK), table.text("match", _MATCH) or ""
    if "name" not in table.items:
        table.wrong("name", "none", _NAME.allowed)
    if ("url" in table.items) == ("webhook" in table.items):
        table.wrong("url", "both or none of them", "one of `url` and `webhook`")
    for key in _WEB_ONLY:
        if key in table.items and "webhook" not in table.items:
            table.wrong(key, f"a {key} without a webhook", "none: apprise's URL holds all of it")
    if said := wrong(match):
        table.wrong("match", said, FORM)
    calling, resolved = table.flag("only_calling"), table.flag("resolved")
    gather, pause = table.whole("gather_s", 0, 3600), table.whole("pause_s", 0, 86_400)
    channel = Channel(
        name=name or "",
        webhook=webhook or "",
        url=url,
        signature=table.secret("signature"),
        token=table.secret("token"),
        ca=table.path("ca") or "",
        min_level=_LEVELS[table.choice("min_level", _LEVELS) or "warn"],
        match=match,
        only_calling=calling is not False,
        resolved=resolved is not False,
        gather_s=10.0 if gather is None else float(gather),
        pause_s=60.0 if pause is None else float(pause),
    )
    return channel if len(table.problems) == before else None
