"""What the operator's ssh configuration says of one host, as asyncssh reads it."""

import getpass
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

import asyncssh

from opsconsole.errors import Unsupported
from opsconsole.transports.ssh.excerpt import Excerpts
from opsconsole.transports.ssh.keys import Identities, agent_path, default_files
from opsconsole.transports.ssh.trust import stamp

Shared = TypeVar("Shared")

SYSTEM = "/etc/ssh/ssh_config"
KNOWN_HOSTS = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")

AGE = 300.0
"""Seconds a reading is good for while its files look the same; included files are not watched."""

KEEPALIVE = 15.0
"""Seconds between questions to a silent host; two unanswered ones end the connection."""

HOP_SETTINGS = ("identity", "certificate", "known_hosts", "ssh_config")
"""Settings of a target that its jump hosts share."""

CIPHERS = "^aes128-gcm@openssh.com,aes256-gcm@openssh.com"
"""Cheapest first; what else the library offers stays allowed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the estate says of a log-in; all but the name may stand in ssh configuration instead."""

    name: str
    user: str | None = None
    port: int | None = None
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    hop: bool = False
    """A jump host: the target's identity is offered after those configured for it."""

    def text(self, key: str) -> str:
        """Return a setting that is text, empty when it is not set."""
        return str(self.settings.get(key) or "")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One sshd to log in to, and how; a thousand of them share what is the same for all."""

    asked: Asked
    files: tuple[str, ...]
    host: str
    """Name or address to connect to."""
    port: int
    user: str
    alias: str
    """Name its key is known by, empty for its own."""
    options: asyncssh.SSHClientConnectionOptions
    """All else; of any endpoint whose configuration says the same."""
    identities: Identities
    known_hosts: tuple[str, ...]
    """Files, the operator's own first."""
    jump: tuple[str, ...]
    """`[user@]host[:port]` of each hop, nearest first."""
    timeout: float
    """Seconds for the network to connect."""

    @property
    def canonicalized(self) -> bool:
        """The configuration has more to say once the host's full name is known."""
        return bool(self.options.canonicalize_hostname)

    @property
    def roundabout(self) -> bool:
        """The way there is not a plain connection to `host`."""
        return self.canonicalized or bool(self.options.proxy_command)

    @property
    def trust_name(self) -> str:
        """Name its key is known by."""
        return self.alias or self.host

    @property
    def where(self) -> str:
        """`user@host:port`, as messages say it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.user}@{host}:{self.port}"


class Configuration:
    """Reads ssh configuration for names; remembers what it read."""

    def __init__(self, connect_timeout: float) -> None:
        self._timeout = connect_timeout
        self._read: dict[tuple[object, ...], tuple[float, object, Endpoint]] = {}
        self._options: dict[str, asyncssh.SSHClientConnectionOptions] = {}
        self._shared: dict[object, object] = {}
        self._excerpts = Excerpts()

    def close(self) -> None:
        """Remove what was written."""
        self._excerpts.close()

    def endpoint(self, asked: Asked) -> Endpoint:
        """Return how to log in; raises `Unsupported` when the configuration cannot be read."""
        files = self._one(_files(asked.text("ssh_config")))
        stamps = self._one(tuple(map(stamp, files)))
        settings = tuple((key, str(value)) for key, value in asked.settings.items())
        question = (asked.name, asked.user, asked.port, asked.hop, self._one(settings))
        if (found := self._read.get(question)) is not None:
            at, seen, endpoint = found
            if seen == stamps and time.monotonic() - at < AGE:
                return endpoint
        endpoint = self._resolve(asked, files)
        self._read[question] = (time.monotonic(), stamps, endpoint)
        return endpoint

    def _resolve(self, asked: Asked, files: tuple[str, ...]) -> Endpoint:
        try:
            try:
                options = _options(asked, self._excerpts.of(files, asked.name))
            except (OSError, ValueError):
                # The whole files, so that the complaint names the operator's file and line.
                options = _options(asked, list(files))
        except (OSError, ValueError) as error:
            raise Unsupported(f"ssh configuration: {error}", "mend it, or try ssh -G") from error
        config = options.config
        said = repr(sorted(config.get_options(reload=False).items(), key=lambda item: item[0]))
        return Endpoint(
            asked=asked,
            files=files,
            host=options.host,
            port=options.port,
            user=self._one(options.username),
            alias=options.host_key_alias or "",
            options=self._options.setdefault(said, options),
            identities=self._one(_identities(asked, options)),
            known_hosts=self._one(_known_hosts(asked, options)),
            jump=self._one(_jump(asked, options)),
            timeout=float(cast("int | None", config.get("ConnectTimeout")) or self._timeout),
        )

    def _one(self, value: Shared) -> Shared:
        """Return the first of all equal values: a thousand hosts differ in little."""
        return cast(Shared, self._shared.setdefault(value, value))


def _files(own: str) -> tuple[str, ...]:
    candidates = [own] if own else [str(Path.home() / ".ssh" / "config"), SYSTEM]
    return tuple(path for path in candidates if os.access(path, os.R_OK))


def _options(asked: Asked, files: list[str]) -> asyncssh.SSHClientConnectionOptions:
    first = _parsed(asked, files, final=False)
    if first.config.has_match_final():
        first = _parsed(asked, files, final=True)
    if first.config.get("Ciphers"):
        return first
    return asyncssh.SSHClientConnectionOptions(first, config=None, encryption_algs=CIPHERS)


def _parsed(asked: Asked, files: list[str], *, final: bool) -> asyncssh.SSHClientConnectionOptions:
    return asyncssh.SSHClientConnectionOptions(
        config=files,
        host=asked.name,
        port=asked.port or (),
        username=asked.user or (),
        final=final,
        client_keys=None,
        known_hosts=b"",  # trusts nobody; each connection brings its own judge
        x509_trusted_certs=None,
        agent_forwarding=False,
        login_timeout=0,  # we keep the time ourselves, phase by phase
        keepalive_interval=KEEPALIVE,
        keepalive_count_max=2,
    )


def _identities(asked: Asked, options: asyncssh.SSHClientConnectionOptions) -> Identities:
    get = options.config.get
    agent = cast("str | None", get("IdentityAgent", agent_path())) or ""
    if agent == "SSH_AUTH_SOCK":
        agent = agent_path()
    certificates = [asked.text("certificate")] if asked.text("certificate") else []
    certificates += cast("list[str]", get("CertificateFile", []))
    own = _homes([asked.text("identity")] if asked.text("identity") else [])
    if own and not asked.hop:
        return Identities(own, _homes(certificates), only=True, required=True, agent=_home(agent))
    configured = cast("list[str] | None", get("IdentityFile"))
    files = default_files() if configured is None else _homes(configured)
    return Identities(
        files=(*files, *own),
        certificates=_homes(certificates),
        only=bool(get("IdentitiesOnly")),
        agent=_home(agent),
    )


def _known_hosts(asked: Asked, options: asyncssh.SSHClientConnectionOptions) -> tuple[str, ...]:
    if own := asked.text("known_hosts"):
        return (_home(own),)
    folder = Path.home() / ".ssh"
    defaults = [str(folder / "known_hosts"), str(folder / "known_hosts2")]
    config = options.config
    user = cast("list[str]", config.get("UserKnownHostsFile", defaults))
    system = cast("list[str]", config.get("GlobalKnownHostsFile", KNOWN_HOSTS))
    tokens = {
        "%": "%",
        "d": str(Path.home()),
        "h": options.host,
        "k": options.host_key_alias or asked.name,
        "n": asked.name,
        "p": str(options.port),
        "r": options.username,
        "u": getpass.getuser(),
    }
    return _homes(
        re.sub("%(.)", lambda found: tokens.get(found[1], found[0]), path)
        for path in (*user, *system)
    )


def _jump(asked: Asked, options: asyncssh.SSHClientConnectionOptions) -> tuple[str, ...]:
    text = asked.text("jump") or cast("str | None", options.tunnel) or ""
    return () if text.lower() in {"", "none"} else tuple(hop.strip() for hop in text.split(","))


def parse_hop(text: str, target: Asked) -> Asked:
    """Read `[user@]host[:port]`, IPv6 in brackets; raises `Unsupported` for anything else.

    A hop has the target's files, but neither its user nor its password.
    """
    user, _, place = text.removeprefix("ssh://").rpartition("@")
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        port = port.removeprefix(":")
    elif place.count(":") == 1:
        host, _, port = place.partition(":")
    else:
        host, port = place, ""
    if not host or host.startswith("-") or (port and not port.isdecimal()):
        raise Unsupported(f"jump host {text!r} is not [user@]host[:port]", "mend the jump setting")
    files = {key: target.settings[key] for key in HOP_SETTINGS if key in target.settings}
    return Asked(host, user or None, int(port) if port else None, files, hop=True)


def _homes(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_home, paths))


def _home(path: str) -> str:
    return str(Path(path).expanduser()) if path.startswith("~") else path
