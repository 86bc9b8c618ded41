"""What `opsconsole kubernetes edit` does: fetches, edits, shows what changes, asks, applies."""

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from opsconsole.clean import clean
from opsconsole.cli.acting import CODES, FAILED, REFUSED, approved, hear
from opsconsole.cli.asking import load_estate, select
from opsconsole.cli.entry import tell
from opsconsole.cli.planned import spelled
from opsconsole.domains.cloud.kubernetes.action.edit import (
    EDIT,
    MOVING,
    TO_KUBECTL,
    definition,
    difference,
    named_any,
)
from opsconsole.domains.cloud.kubernetes.place import (
    Json,
    encoded,
    is_object,
    kind_of,
    text,
    within,
)
from opsconsole.domains.cloud.kubernetes.text.resources import RESOURCES, called
from opsconsole.engine import acting
from opsconsole.errors import OpsError, TargetError, UsageError
from opsconsole.estate import Estate
from opsconsole.executor.calls import Ask
from opsconsole.model import Target
from opsconsole.plan import Plan, Request, Thing, digest

LINE = 4 * 8192
"""Characters of a line of a page at most: one as long as that may have been cut."""

_VERSION = re.compile(r"v[0-9]")
"""Of `gadgets.v1.example.com`; in `gadgets.example.com` there is none."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the operator typed."""

    estate: Path | None
    target: str
    object: str
    """`KIND/NAMESPACE/NAME`, or `KIND/NAME` of what is in no namespace."""
    reason: str
    source: Path | None = None
    """What was edited before, to go on with."""


def run_edit(draft: Draft) -> int:
    """Fetch, edit, show, ask, apply; the exit code of `opsconsole act`."""
    estate = load_estate(draft.estate)
    found = select(estate, (draft.target,))
    if len(found) != 1 or found[0].kind != "kubernetes":
        raise UsageError(f"{draft.target!r} is not one target of kind kubernetes")
    begun = _begun(draft.source)
    pins = dict(named_any(draft.object))
    if "kind" not in pins:
        how = "KIND/NAMESPACE/NAME, such as deployment/shop/web, or KIND/NAME: node/worker-1"
        raise UsageError(f"{draft.object!r} is no {how}")
    try:
        thing, lines = asyncio.run(_fetched(estate, found[0], draft.object, pins))
    except OpsError as error:
        return _turned_down(error)
    return _kept(_Work(estate, found[0], thing, "\n".join(lines) + "\n", draft.reason), begun)


def _begun(source: Path | None) -> str | None:
    try:
        return None if source is None else source.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{source} cannot be read: {error}") from None


@dataclass(frozen=True, slots=True)
class _Work:
    """One object, and its text as it was."""

    estate: Estate
    target: Target
    thing: Thing
    said: str
    reason: str


def _kept(work: _Work, begun: str | None) -> int:
    """Have it edited in a file that is only ours, and is left there unless it was stored."""
    safe = "".join(one if one.isalnum() else "-" for one in work.thing.name)[:60]
    path = Path(tempfile.mkdtemp(prefix="opsconsole-")) / f"{safe}.yaml"
    path.write_text(begun or work.said)
    stored = False
    try:
        code = _changed(work, path, again=begun is not None)
        stored = code == 0
    except OpsError as error:
        code = _turned_down(error)
    finally:
        if stored or _left(path) in ("", work.said):
            shutil.rmtree(path.parent)
        else:
            tell(f"what was edited is kept in {path}: --from takes it up again")
    return code


def _left(path: Path) -> str:
    """What the editor left; empty where that is no text."""
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def _turned_down(error: OpsError) -> int:
    if isinstance(error, UsageError):
        raise error
    failed = isinstance(error, TargetError)
    return tell(f"nothing was done: {error}", FAILED if failed else REFUSED)


def _changed(work: _Work, path: Path, *, again: bool) -> int:
    """Have the file edited, and store what differs."""
    before = _read(work.said)
    _edit(path)
    after = _read(_left(path))
    patch = difference(before, _laid(after, before) if again else after)
    if not patch:
        return tell("nothing was changed", 0)
    version = text(within(before, "metadata"), "resourceVersion")
    told = {"patch": encoded(patch), "version": version, "definition": definition(before)}
    request = Request(EDIT.id, (work.thing,), told)
    return asyncio.run(_applied(work.estate, work.target, request, work.reason))


def _laid(after: Json, before: Json) -> Json:
    """What was edited some time ago, of the object as it is now: how it stands is not edited."""

    def newer(old: Json, new: Json, keys: Sequence[str]) -> Json:
        kept = {key: value for key, value in old.items() if key not in keys}
        return kept | {key: new[key] for key in keys if key in new}

    meta = newer(within(after, "metadata"), within(before, "metadata"), MOVING)
    return {**newer(after, before, ("status",)), "metadata": meta}


async def _fetched(
    estate: Estate, target: Target, name: str, pins: dict[str, str]
) -> tuple[Thing, list[str]]:
    """The object and its definition; raises `UsageError` for a kind that the cluster has not."""
    async with acting(estate, target, hear) as door:
        known = kind_of(pins["kind"], spaced="namespace" in pins)
        if known is None or not (known.kind or _VERSION.match(known.version)):
            lines = await door.text(Ask(RESOURCES.id, (Thing(target.id, (), clean(target.id)),)))
            pins["kind"], spaced = _served(lines, pins["kind"])
            known = kind_of(pins["kind"], spaced=spaced)
        if known is not None and known.kind == "Secret":
            raise UsageError(TO_KUBECTL)
        if known is not None and known.spaced != ("namespace" in pins):
            how = "KIND/NAMESPACE/NAME" if known.spaced else "KIND/NAME"
            raise UsageError(f"{name!r}: a {known.kind or known.plural} is named as {how}")
        thing = Thing(target.id, tuple(pins.items()), clean(name, 300))
        lines = await door.text(Ask("kubernetes.yaml", (thing,)))
    if any(len(line) >= LINE for line in lines):
        raise UsageError(f"{thing.name} has lines that are too long to be edited here")
    return thing, list(lines)


def _served(lines: Sequence[str], word: str) -> tuple[str, bool]:
    found = called(lines, word)
    if not found:
        raise UsageError(f"the cluster knows no kind {word!r}: `opsconsole get cloud.kinds`")
    if len(found) > 1:
        names = " or ".join(full for full, _ in found[:5])
        raise UsageError(f"{word!r} means several kinds: name one in full, {names}")
    return found[0]


def _read(said: str) -> Json:
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


def _edit(path: Path) -> None:
    """Return when the editor has ended well; raises `UsageError`."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        status = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
    except (OSError, ValueError) as error:
        raise UsageError(f"{editor!r} cannot be started: {error}; set EDITOR") from None
    if status:
        raise UsageError(f"{editor!r} ended with status {status}: nothing was done")


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
