"""Exec: a few programs that are known, and a shell that knows only these."""

import asyncio
import contextlib
import shlex
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.servers.kubernetes import reads
from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.refusal import Json, bad_request, inside
from tests.servers.kubernetes.streams.channel import STDERR, STDOUT, V4, V5, Channels, opened
from tests.servers.kubernetes.streams.reading import container

SHELLS = {"sh", "bash", "ash", "/bin/sh", "/bin/bash"}


class NotFound(Exception):
    """There is no such program."""


class Run:
    """One program in one container."""

    def __init__(self, channels: Channels, pod: str, container: str, tty: bool) -> None:
        self.channels, self.pod, self.container, self.tty = channels, pod, container, tty

    async def out(self, text: str, channel: int = STDOUT) -> None:
        """Write as a program; a terminal has no stderr, and its lines end with CR LF."""
        data = text.replace("\n", "\r\n") if self.tty else text
        await self.channels.out(data.encode(), STDOUT if self.tty else channel)


async def _echo(run: Run, args: list[str]) -> int:
    channel = STDERR if args[-1:] == [">&2"] else STDOUT
    await run.out(" ".join(args[:-1] if channel == STDERR else args) + "\n", channel)
    return 0


async def _cat(run: Run, args: list[str]) -> int:
    if args:
        await run.out(f"cat: can't open '{args[0]}': No such file or directory\n", STDERR)
        return 1
    while data := await run.channels.stdin.get():
        if run.tty and b"\x04" in data:
            break
        await run.channels.out(data)
    return 0


async def _stty(run: Run, args: list[str]) -> int:
    if not run.tty:
        await run.out("stty: standard input: Not a tty\n", STDERR)
        return 1
    with contextlib.suppress(TimeoutError):  # the size comes as a message of its own
        await asyncio.wait_for(run.channels.resized.wait(), 5)
    rows, columns = run.channels.size or (0, 0)
    await run.out(f"{rows} {columns}\n")
    return 0


async def _seq(run: Run, args: list[str]) -> int:
    await run.out("".join(f"{at}\n" for at in range(1, int(args[0]) + 1)))
    return 0


async def _sleep(run: Run, args: list[str]) -> int:
    await asyncio.sleep(float(args[0]))
    return 0


async def _hostname(run: Run, args: list[str]) -> int:
    await run.out(run.pod + "\n")
    return 0


async def _env(run: Run, args: list[str]) -> int:
    await run.out(f"HOSTNAME={run.pod}\nKUBERNETES_SERVICE_HOST=10.96.0.1\n")
    return 0


async def _true(run: Run, args: list[str]) -> int:
    return 0


async def _false(run: Run, args: list[str]) -> int:
    return 1


PROGRAMS: dict[str, Callable[[Run, list[str]], Awaitable[int]]] = {
    "echo": _echo, "cat": _cat, "stty": _stty, "seq": _seq, "sleep": _sleep,
    "hostname": _hostname, "env": _env, "true": _true, "false": _false,
}  # fmt: skip


async def _line(run: Run, line: str) -> tuple[int, bool]:
    """One line of a shell: its exit status, and whether the shell ends."""
    code = 0
    for part in line.split(";"):
        words = shlex.split(part.replace(">&2", " '>&2'"))
        if not words:
            continue
        if words[0] == "exit":
            return int(words[1]) if len(words) > 1 else code, True
        if words[0] not in PROGRAMS:
            await run.out(f"sh: {words[0]}: not found\n", STDERR)
            code = 127
        else:
            code = await PROGRAMS[words[0]](run, words[1:])
    return code, False


async def _interactive(run: Run) -> int:
    """A shell that reads its lines from stdin; in a terminal with a prompt and an echo."""
    code, held = 0, ""
    if run.tty:
        await run.out("$ ")
    while data := await run.channels.stdin.get():
        text = data.decode("utf-8", "replace").replace("\r", "\n")
        for char in text:
            if char == "\x04" and run.tty:
                return code
            if char == "\x03":
                held = ""
                await run.out("^C\n$ " if run.tty else "")
                continue
            if run.tty:
                await run.out(char)
            if char != "\n":
                held += char
                continue
            code, over = await _line(run, held)
            held = ""
            if over:
                return code
            if run.tty:
                await run.out("$ ")
    return code


async def _started(run: Run, command: list[str]) -> int:
    name, args = command[0], command[1:]
    if name in SHELLS:
        if args[:1] == ["-c"]:
            return (await _line(run, args[1]))[0]
        return await _interactive(run)
    if name not in PROGRAMS:
        raise NotFound(name)
    return await PROGRAMS[name](run, args)


def _ended(code: int) -> Json:
    """What stands on the error channel when a program has ended."""
    if code == 0:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: exit status {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def _missing(name: str) -> Json:
    text = (
        "error executing command in container: failed to exec in container: failed to start exec:"
        f' exec: "{name}": executable file not found in $PATH'
    )
    return {"metadata": {}, "status": "Failure", "message": text, "reason": "InternalError",
            "details": {"causes": [{"message": text}]}, "code": 500}  # fmt: skip


async def run(cluster: Cluster, ask: Ask) -> web.StreamResponse:
    """Run a command of the query in a container."""
    pod = reads.find(cluster, ask).obj
    name = container(ask, pod)
    if inside(pod, "status").get("phase") in {"Succeeded", "Failed"}:
        phase = pod["status"]["phase"]
        raise bad_request(
            f"cannot exec into a container in a completed pod; current phase is {phase}"
        )
    command = ask.request.query.getall("command", [])
    if not command:
        raise bad_request("you must specify at least 1 command for the container")
    socket = await opened(ask, V5, V4)
    channels = Channels(socket)
    listening = asyncio.ensure_future(channels.listen())
    running = asyncio.ensure_future(
        _started(Run(channels, ask.name, name, ask.flag("tty")), command)
    )
    try:
        await asyncio.wait({listening, running}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done() and not socket.closed:
            await running
        if running.done():
            await channels.status(_outcome(running, command[0]))
    finally:
        for task in (listening, running):
            task.cancel()
        await asyncio.gather(listening, running, return_exceptions=True)
    await socket.close()
    return socket


def _outcome(running: "asyncio.Future[int]", name: str) -> Json:
    if isinstance(running.exception(), NotFound):
        return _missing(name)
    return _ended(running.result())
