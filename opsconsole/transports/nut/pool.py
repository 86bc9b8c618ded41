"""All targets that are servers of NUT: a connection for each, made from its settings."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Denied, Lost, Refused, TargetError
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import NutQuery, Questions, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.http.trust import context
from opsconsole.transports.nut.line import written
from opsconsole.transports.nut.link import Link, No, Way, told
from opsconsole.transports.nut.session import NutSession, Seen

PORT = 3493

READING = frozenset({"LIST", "GET"})
ACTING = frozenset({"INSTCMD", "SET"})

TRACKED_S, AGAIN_S = 10.0, 0.25
"""Seconds for which a driver is asked what it made of a command, and between two questions."""


class Pool:
    """Opens sessions; remembers what outlives them."""

    def __init__(self) -> None:
        self._sessions: dict[str, NutSession] = {}
        self._seen: dict[str, Seen] = {}

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> NutSession:
        """Connect; raises a `TargetError`."""
        mine = of_kind(questions, NutQuery, target.id)
        link = Link(await _way(target))
        await link.connect()
        session = NutSession(
            target.id, mine, link, deliver, self._forget,
            only=str(target.settings.get("ups") or ""),
            seen=self._seen.setdefault(target.id, {}),
        )  # fmt: skip
        self._sessions[target.id] = session
        return session

    def _forget(self, session: NutSession) -> None:
        if self._sessions.get(session.target) is session:
            del self._sessions[session.target]

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `NutTransport`."""
        acts = _checked(target, argv)
        link = Link(await _way(target))
        await link.connect()
        try:
            if not acts:
                heard(msgspec.json.encode(await link.ask(argv)))
                return 0
            await _introduce(target, link)
            return await _acted(link, argv, heard)
        except No as error:
            heard(str(error).encode())
            return 1
        finally:
            await link.close()

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions.values())))


def _checked(target: Target, argv: tuple[str, ...]) -> bool:
    """Whether a line changes something; raises `Refused` for one that is none of ours.

    `LOGIN` is not among them: upsd counts who logs in, and holds a shutdown back for them.
    """
    first = argv[0] if argv else ""
    if first not in READING | ACTING or (first == "SET" and argv[1:2] != ("VAR",)):
        said = clean(" ".join(argv[:2]), 80)
        raise Refused(f"{target.id}: {said!r} is no line that is sent from here", "argument")
    try:
        written(argv)
    except Refused as error:
        raise Refused(f"{target.id}: {error}", "argument") from None
    return first in ACTING


async def _introduce(target: Target, link: Link) -> None:
    """Say who we are; upsd judges that with the command itself."""
    secret = target.settings.get("password")
    if not isinstance(secret, Secret) or not target.user:
        what = f"{target.id}: upsd takes commands only of users it knows"
        raise Denied(what, "give the target `user` and `password`, as in upsd.users there")
    password = await secret.reveal()
    try:
        await link.ask(("USERNAME", target.user))
        await link.ask(("PASSWORD", password))
    except No as error:
        raise told(target.id, error) from None
    except Refused:
        raise Denied(f"{target.id}: no such password can be sent", "mend `password`") from None


async def _acted(link: Link, argv: tuple[str, ...], heard: Callable[[bytes], None]) -> int:
    with contextlib.suppress(No):  # before NUT 2.8 nobody hears what the driver made of it
        await link.ask(("SET", "TRACKING", "ON"))
    try:
        answer = _first(await link.ask(argv))
        if answer[:2] == ["OK", "TRACKING"] and len(answer) == 3:
            answer = await _tracked(link, answer[2])
    except TargetError as error:
        raise Lost(f"{error}: whether it was done is not known") from None
    heard(" ".join(answer).encode("utf-8", "replace"))
    return 0


def _first(lines: list[list[str]]) -> list[str]:
    return lines[0] if lines else []


async def _tracked(link: Link, number: str) -> list[str]:
    """What became of a command; raises `No` when the driver failed."""
    answer = ["PENDING"]
    for _ in range(int(TRACKED_S / AGAIN_S)):
        answer = _first(await link.ask(("GET", "TRACKING", number)))
        if answer[:1] != ["PENDING"]:
            return answer
        await asyncio.sleep(AGAIN_S)
    return [*answer, "(the driver has not said yet)"]


async def _way(target: Target) -> Way:
    settings = target.settings
    insist = any(settings.get(key) for key in ("tls", "ca", "cert", "insecure"))
    tls: ssl.SSLContext | None = None
    if insist:
        tls = await asyncio.to_thread(context, target)
    elif settings.get("tls") is not False:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    return Way(target.id, target.address or target.id, target.port or PORT, tls, insist)
