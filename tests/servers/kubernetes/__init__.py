"""A fake Kubernetes API server, in a thread or as a process of its own; CONTRIBUTING.md says what
of it is real.
"""

import asyncio
import contextlib
import http.client
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Generator
from concurrent.futures import Future
from pathlib import Path
from typing import Any  # arguments and results of commands are JSON

import msgspec

from tests.servers.authority import Authority
from tests.servers.kubernetes.access import ADMIN, ALL, READ, VIEWER
from tests.servers.kubernetes.kubeconfig import Login, written
from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.serving import Options, serve
from tests.servers.port import PORT

__all__ = ["ADMIN", "ALL", "READ", "VIEWER", "Kubernetes", "Login", "kubernetes"]

_ADDRESSES = (f"127.78.{a}.{b}" for a, b in itertools.product(range(1, 250), range(1, 250)))
_ROOT = Path(__file__).parents[3]


class Kubernetes:
    """One server; `control` commands it, wherever it runs."""

    def __init__(
        self, *, process: bool = False, ring: int = 10_000, tls: Authority | None = None,
        **settings: object,
    ) -> None:  # fmt: skip
        """`settings` are those of `cluster.Settings`; with `tls` it is https, and takes client
        certificates of the same authority.
        """
        self.address, self._commands = next(_ADDRESSES), next(_ADDRESSES)
        self.authority = tls
        self.base_url = f"http{'s' if tls else ''}://{self.address}:{PORT}"
        options = Options(self.address, self._commands, PORT, ring, dict(settings))
        if tls is not None:
            paths = tls.sign(f"apiserver-{self.address}", self.address)
            options.certificate, options.key = map(str, paths)
            options.clients = str(tls.path)
        self._options = options
        self._as_process = process
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._end: Future[None] = Future()
        self._whole = True

    def start(self) -> "Kubernetes":
        """Return when it answers."""
        if self._as_process:
            argv = (sys.executable, "-m", "tests.servers.kubernetes",
                    msgspec.json.encode(self._options).decode())  # fmt: skip
            pipe = subprocess.PIPE
            environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
            self._process = subprocess.Popen(
                argv, stdin=pipe, stdout=pipe, cwd=_ROOT, env=environment
            )
            assert self._process.stdout is not None
            if self._process.stdout.readline() != b"ready\n":
                raise AssertionError("the server did not start; what it said is above")
        else:
            started: Future[None] = Future()
            self._end = Future()
            self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
            self._thread.start()
            started.result(timeout=60)
        return self

    def _run(self, started: Future[None]) -> None:
        async def until_told() -> None:
            await asyncio.wrap_future(self._end)

        whole = False
        try:
            asyncio.run(serve(self._options, until_told, lambda: started.set_result(None)))
            whole = True
        finally:
            if not started.done():
                started.set_exception(AssertionError("the server did not start; why is above"))
            self._whole = whole

    def stop(self) -> None:
        """End it; twice does no harm."""
        if self._thread is not None:
            self._end.set_result(None)
            self._thread.join(60)
            assert not self._thread.is_alive(), "the server does not end"
            self._thread = None
            assert self._whole, "the server or one of its controllers failed; why is above"
        if self._process is not None:
            assert self._process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
            process, self._process = self._process, None
            try:
                code = process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
            assert process.stdout is not None
            process.stdout.close()
            assert code == 0, "the server or one of its controllers failed; why is above"

    @property
    def pid(self) -> int:
        """Of its process; of this one if it runs in a thread."""
        return self._process.pid if self._process is not None else os.getpid()

    def control(self, do: str, **told: object) -> Any:
        """Have it do something of `control.Control`; the result."""
        connection = http.client.HTTPConnection(self._commands, PORT, timeout=120)
        try:
            body = msgspec.json.encode({"do": do, "with": told})
            connection.request("POST", "/_control", body)
            response = connection.getresponse()
            data = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise AssertionError(f"{do}: {data.decode()}")
        return msgspec.json.decode(data)

    def add(self, *objects: Json) -> list[Json]:
        """Objects as told, with their status."""
        found: list[Json] = self.control("add", objects=objects)
        return found

    def populate(self, **wanted: object) -> Json:
        """A whole cluster: see `populate.Wanted`; what was made, by kind."""
        found: Json = self.control("populate", **wanted)
        return found

    def change(self, of: str, namespace: str, name: str, patch: Json) -> Json:
        """Merge into an object, as its controllers would."""
        found: Json = self.control("change", of=of, namespace=namespace, name=name, patch=patch)
        return found

    def paths(self, clear: bool = False) -> list[str]:
        """Method and path with query of all requests so far."""
        told: list[Json] = self.control("asked", clear=clear)
        return [f"{each['method']} {each['path']}" for each in told]

    def kubeconfig(self, path: Path, *logins: Login, current: str = "") -> Path:
        """Write a kubeconfig with a context for each login; without any, for the admin's token."""
        ca = self.authority.path if self.authority else None
        return written(path, self.base_url, ca, logins or (Login(),), current)


@contextlib.contextmanager
def kubernetes(**options: Any) -> Generator[Kubernetes, None, None]:
    """A server within the context; options are those of `Kubernetes`."""
    server = Kubernetes(**options).start()
    try:
        yield server
    finally:
        server.stop()
