"""What `opsconsole kubernetes edit` does: fetches, edits, shows what changes, asks, applies."""

import asyncio
import json
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any  # documents are JSON

from opsconsole.clean import clean
from opsconsole.cli.acting import CODES, FAILED, REFUSED, approved, hear
from opsconsole.cli.asking import load_estate, select
from opsconsole.cli.entry import tell
from opsconsole.cli.planned import spelled
from opsconsole.domains.cloud.kubernetes.action.edit import EDIT, difference
from opsconsole.domains.cloud.kubernetes.place import encoded, is_object, text, within
from opsconsole.engine import acting
from opsconsole.errors import OpsError, TargetError, UsageError
from opsconsole.estate import Estate
from opsconsole.executor.calls import Ask
from opsconsole.model import Target
from opsconsole.plan import Plan, Request, Thing, digest

LINE = 4 * 8192
"""Characters of a line of a page at most: one as long as that may have been cut."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the operator typed."""

    estate: Path | None
    target: str
    object: str
    """`KIND/NAMESPACE/NAME`."""
    reason: str


def run_edit(draft: Draft) -> int:
    """Fetch, edit, show, ask, apply; the exit code of `opsconsole act`."""
    estate = load_estate(draft.estate)
    found = select(estate, (draft.target,))
    if len(found) != 1 or found[0].kind != "kubernetes":
        raise UsageError(f"{draft.target!r} is not one target of kind kubernetes")
    pins = EDIT.named(draft.object) if EDIT.named else ()
    thing = Thing(found[0].id, pins, clean(draft.object, 300))
    if not {"kind", "namespace"} <= dict(pins).keys():
        raise UsageError(f"{draft.object!r} is no KIND/NAMESPACE/NAME, such as deployment/shop/web")
    if dict(pins)["kind"] == "Secret":
        raise UsageError("what a secret holds would stand in the audit log: use kubectl")
    try:
        lines = asyncio.run(_fetched(estate, found[0], thing))
        before = _read("\n".join(lines))
        edited = _edited("\n".join(lines) + "\n", draft.object)
        after = _read(edited)
        patch = difference(before, after)
        if not patch:
            return tell("nothing was changed", 0)
        version = text(within(before, "metadata"), "resourceVersion")
        request = Request(EDIT.id, (thing,), {"patch": encoded(patch), "version": version})
        return asyncio.run(_applied(estate, found[0], request, draft.reason))
    except OpsError as error:
        if isinstance(error, UsageError):
            raise
        failed = isinstance(error, TargetError)
        return tell(f"nothing was done: {error}", FAILED if failed else REFUSED)


async def _fetched(estate: Estate, target: Target, thing: Thing) -> list[str]:
    async with acting(estate, target, hear) as door:
        lines = await door.text(Ask("kubernetes.yaml", (thing,), {}, ""))
    if any(len(line) >= LINE for line in lines):
        raise UsageError(f"{thing.name} has lines that are too long to be edited here")
    return list(lines)


def _read(said: str) -> dict[str, Any]:
    import yaml

    try:
        found = yaml.safe_load(said)
        json.dumps(found)
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        why = clean(" ".join(str(error).split()), 300)
        raise UsageError(f"that is no YAML of an object: {why}; quote dates") from None
    if not is_object(found):
        raise UsageError("that is no YAML of an object")
    return found


def _edited(said: str, name: str) -> str:
    """The text as the editor leaves it; the file is only ours, and gone afterwards."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    safe = "".join(one if one.isalnum() else "-" for one in name)[:60]
    with tempfile.TemporaryDirectory(prefix="opsconsole-") as folder:
        path = Path(folder) / f"{safe}.yaml"
        path.write_text(said)
        try:
            status = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
        except (OSError, ValueError) as error:
            raise UsageError(f"{editor!r} cannot be started: {error}; set EDITOR") from None
        if status:
            raise UsageError(f"{editor!r} ended with status {status}: nothing was done")
        return path.read_text()


async def _applied(estate: Estate, target: Target, request: Request, reason: str) -> int:
    import msgspec

    async with acting(estate, target, hear) as door:
        body = await door.propose(request)
        plan = msgspec.msgpack.decode(body, type=Plan)
        sys.stdout.write(spelled(plan))
        said = await _asked(f"type {plan.confirm} to apply it: ")
        if said != plan.confirm:
            return tell("nothing was done", REFUSED)
        why = reason or (await _asked("why: ") if plan.note else "")
        outcome = await approved(door, digest(body), said, why)
    for result in outcome.results:
        sys.stdout.write(f"{result.thing.name}: {result.ended}: {result.message}\n")
    return CODES[outcome.ended]


async def _asked(words: str) -> str:
    sys.stderr.write(words)
    sys.stderr.flush()
    said: str = await asyncio.to_thread(sys.stdin.readline)
    return said.strip()
