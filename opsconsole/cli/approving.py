"""What `opsconsole approve` does: shows what waits for a second person, and answers."""

import asyncio
import sys

import msgspec

from opsconsole.approval import Asked, approve, deny, pending
from opsconsole.cli.entry import tell
from opsconsole.cli.planned import moment, spelled, whole
from opsconsole.cli.result import aligned
from opsconsole.errors import Refused, UsageError

SHORT = 16
"""Characters of a plan's hash that are enough to name it."""

REFUSED = 3


def run_approve(name: str | None, reason: str | None, confirm: str | None, output: str) -> int:
    """List, show, approve or deny; returns the exit code."""
    if reason is not None and confirm is not None:
        raise UsageError("--confirm approves and --deny denies: give one of them")
    if name is None and (reason is not None or confirm is not None):
        raise UsageError("say which one: `opsconsole approve` lists what waits")
    try:
        return asyncio.run(_answer(name, reason, confirm, output))
    except Refused as error:
        return tell(str(error), REFUSED)


async def _answer(name: str | None, reason: str | None, confirm: str | None, output: str) -> int:
    asked: list[Asked] = []
    for one in await pending():
        if isinstance(one, Asked):
            asked.append(one)
        else:
            tell(f"{one.person} waits for a second person, which you cannot be: {one.reason}")
    asked.sort(key=lambda one: (one.since, one.hash))
    if name is None:
        _list(asked, output)
        return 0
    found = _find(name, asked)
    if confirm is not None:
        await approve(found, confirm)
        sys.stdout.write(f"approved: {whole(found.plan.title)}, which {found.person} runs now\n")
    elif reason is not None:
        await deny(found, reason)
        sys.stdout.write(f"denied: {whole(found.plan.title)} of {found.person}\n")
    else:
        _show(found, output)
    return 0


def _find(name: str, asked: list[Asked]) -> Asked:
    found = [one for one in asked if len(name) >= SHORT and one.hash.startswith(name)]
    if len(found) != 1:
        waits = ", ".join(one.hash[:SHORT] for one in asked) or "nothing"
        raise UsageError(f"{whole(name)!r} is none of what waits: {waits}")
    return found[0]


def _list(asked: list[Asked], output: str) -> None:
    if output == "json":
        _write([_described(one) for one in asked])
        return
    lines = [["ID", "WHO", "WHAT", "WHERE", "SINCE", "UNTIL"]]
    lines += [
        [
            one.hash[:SHORT],
            str(one.person),
            whole(one.plan.title),
            whole(", ".join(_where(one))),
            moment(one.since),
            moment(one.until),
        ]
        for one in asked
    ]
    sys.stdout.write(
        aligned(lines, [False] * 6) if asked else "nothing waits for a second person\n"
    )


def _show(one: Asked, output: str) -> None:
    if output == "json":
        _write(_described(one))
        return
    head = f"{one.hash[:SHORT]}  {one.person} asks, until {moment(one.until)}\n"
    head += f"reason: {whole(one.note)}\n\n" if one.note else "\n"
    answer = f"--confirm {whole(one.plan.confirm)!r} approves it, --deny REASON denies it"
    sys.stdout.write(f"{head}{spelled(one.plan)}\n{answer}\n")


def _where(one: Asked) -> list[str]:
    return list(dict.fromkeys(item.thing.target for item in one.plan.items))


def _described(one: Asked) -> dict[str, object]:
    return {
        "id": one.hash[:SHORT],
        "hash": one.hash,
        "who": str(one.person),
        "uid": one.person.uid,
        "login_uid": one.person.login,
        "what": one.plan.title,
        "where": _where(one),
        "since": one.since,
        "until": one.until,
        "reason": one.note,
        "plan": one.plan,
    }


def _write(answer: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode() + "\n")
