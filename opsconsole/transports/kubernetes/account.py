"""Who we are at one cluster: read from its settings, kept fresh, renewed when refused."""

import asyncio
import contextlib
import json
import os
import signal
import ssl
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.secret import Secret, mask, remember
from opsconsole.transports.kubernetes.access import Access, context
from opsconsole.transports.kubernetes.loading import IN_CLUSTER, Loaded

PATIENCE = 30.0
"""Seconds to read a kubeconfig with all that its plug-in does."""

SKEW = 60.0
"""Seconds before its end at which a token is renewed."""

AGAIN = 5.0
"""Seconds between two readings at least, whatever the expiry says."""

LOOK = 10.0
"""Seconds between two looks at whether a file has changed."""

LIMIT = 4 << 20
"""Bytes of what was read."""

MODULE = "opsconsole.transports.kubernetes.loading"

Signature = tuple[tuple[int, int, int] | None, ...]


class Account:
    """Access to one cluster; one reading at a time, however many ask."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = asyncio.Lock()
        self._access: Access | None = None
        self._tls: tuple[tuple[str, str, str, bool], ssl.SSLContext] | None = None
        self._signature: Signature = ()
        self._read = self._looked = float("-inf")
        self.readings = 0
        """How often it was read."""

    async def current(self) -> Access:
        """What to ask with now; read anew near its end and when a file has changed."""
        access = self._access
        if access is None or await self._is_stale(access):
            return await self.renewed(access)
        return access

    async def renewed(self, refused: Access | None) -> Access:
        """Read it anew, unless that was done since `refused` was handed out."""
        async with self._lock:
            if self._access is None or self._access is refused:
                self._read = time.monotonic()
                self._access = await self._load()
                self._signature = await asyncio.to_thread(_signature, self._access.files)
                self._looked = time.monotonic()
                self.readings += 1
            return self._access

    async def tls(self, access: Access) -> ssl.SSLContext | bool:
        """Its TLS; the same one until a certificate changes, so that connections are kept."""
        if not access.server.startswith("https:"):
            return True
        if self._tls is None or self._tls[0] != access.trust:
            made = await asyncio.to_thread(context, self.target.id, access)
            self._tls = (access.trust, made)
        return self._tls[1]

    async def _is_stale(self, access: Access) -> bool:
        now = time.monotonic()
        if time.time() > access.expires - SKEW and now > self._read + AGAIN:
            return True
        if now < self._looked + LOOK:
            return False
        self._looked = now
        return await asyncio.to_thread(_signature, access.files) != self._signature

    async def _load(self) -> Access:
        settings = self.target.settings
        if settings.get("server"):
            access = Access(str(settings["server"]).rstrip("/"))
        else:
            access = await self._loaded()
        access = await asyncio.to_thread(_amended, self.target, access)
        if access.proxy and not access.proxy.startswith(("http://", "https://")):
            scheme = clean(access.proxy.partition(":")[0], 20)
            what = f"{self.target.id}: its kubeconfig names a proxy of the kind {scheme}"
            raise Unsupported(what, 'only HTTP proxies are known: proxy = "http://HOST:PORT"')
        token, headers = settings.get("token"), dict(access.headers[:1])
        if isinstance(token, Secret):
            headers = {"Authorization": f"Bearer {(await token.reveal()).strip()}"}
        acting = _acting(self.target) or access.headers[1:]
        said = (headers.get("Authorization", ""), *(value for _, value in acting))
        if not all(text.isascii() and text.isprintable() for text in said):
            what = f"{self.target.id}: token or names with characters that no header may have"
            raise Unsupported(what, "store them as one line of plain text")
        return replace(access, headers=(*headers.items(), *acting))

    async def _loaded(self) -> Access:
        settings = self.target.settings
        kubeconfig = IN_CLUSTER if settings.get("in_cluster") else settings.get("kubeconfig", "")
        said = await _read(self.target.id, str(kubeconfig), str(settings.get("context", "")))
        authorization = said.get("authorization", "")
        if authorization:
            remember(authorization.partition(" ")[2])
        first = (("Authorization", authorization),)
        return Access(
            server=said.get("server", "").rstrip("/"),
            headers=(*first, *((name, value) for name, value in said.get("impersonate", ()))),
            ca=said.get("ca", ""),
            cert=said.get("cert", ""),
            key=said.get("key", ""),
            insecure=said.get("insecure", False),
            server_name=said.get("server_name", ""),
            proxy=said.get("proxy", ""),
            expires=said.get("expires") or float("inf"),
            files=tuple(said.get("files", ())),
        )


def _amended(target: Target, access: Access) -> Access:
    """The same with what the estate says of certificates and ways. Reads files."""
    settings, files = target.settings, list(access.files)

    def read(setting: str, before: str) -> str:
        path = settings.get(setting)
        if not path:
            return before
        files.append(str(path))
        try:
            return Path(str(path)).read_text()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "no text"
            what = f"{target.id}: {setting} {path}: {why}"
            raise Unsupported(what, "name a file in PEM form that we may read") from None

    cert = read("cert", access.cert)
    return replace(
        access,
        ca=read("ca", access.ca),
        cert=cert,
        key=read("key", cert if settings.get("cert") else access.key),
        insecure=bool(settings.get("insecure", access.insecure)),
        server_name=str(settings.get("server_name", access.server_name)),
        proxy=str(settings.get("proxy", access.proxy)),
        files=tuple(files),
    )


def _acting(target: Target) -> tuple[tuple[str, str], ...]:
    user, groups = target.settings.get("as"), str(target.settings.get("as_groups", ""))
    if not user:
        return ()
    names = (name.strip() for name in groups.split(","))
    members = (("Impersonate-Group", name) for name in names if name)
    return ("Impersonate-User", str(user)), *members


def _signature(files: Sequence[str]) -> Signature:
    """What changes when one of them is written or replaced."""
    found: list[tuple[int, int, int] | None] = []
    for path in files:
        try:
            status = Path(path).stat()
        except OSError:
            found.append(None)
        else:
            found.append((status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(found)


async def _read(target: str, kubeconfig: str, wanted: str) -> Loaded:
    with tempfile.TemporaryDirectory(prefix="opsconsole-") as folder:
        argv = (sys.executable, "-P", "-m", MODULE, kubeconfig, wanted, folder)
        # A session of its own: on time-out the plug-in goes with it, and none can ask on our
        # terminal.
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, limit=LIMIT, start_new_session=True
        )
        output, complaint = await _bounded(target, process)
    try:
        said = json.loads(output)
    except ValueError:
        why = clean_bytes(complaint.strip().rpartition(b"\n")[2], 200)
        what = f"{target}: its kubeconfig could not be read: {mask(why) or 'no message'}"
        raise Unsupported(what, "compare with `kubectl config view`") from None
    if "error" in said:
        what = f"{target}: {mask(clean(str(said['error']), 400))}"
        raise Unsupported(what, mask(clean(str(said.get("remedy", "")), 300)))
    return cast("Loaded", said)


async def _bounded(target: str, process: Process) -> tuple[bytes, bytes]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await process.communicate()
    except TimeoutError:
        what = f"{target}: its kubeconfig was not read in {PATIENCE:g} s"
        hint = "run its plug-in by hand: does it wait for somebody to log in?"
        raise Unsupported(what, hint) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
