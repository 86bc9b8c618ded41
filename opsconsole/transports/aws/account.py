"""One account: its credentials, a client per service and region, and how many calls it took."""

import threading
from dataclasses import dataclass, field
from typing import Any, cast

import boto3
import botocore
from botocore import loaders, session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from opsconsole.cloud import Reading
from opsconsole.errors import Unsupported
from opsconsole.model import Target
from opsconsole.secret import Secret
from opsconsole.transports.aws.faults import THROTTLED, of_failure

CONNECTING, READING = 4.0, 12.0
"""Seconds to connect, and to wait for the next bytes of an answer."""

ATTEMPTS = 3
"""Of a call that only reads: AWS refuses some of them when it is busy."""

FAILURES = (
    BotoCoreError,
    ClientError,
    ResponseParserError,
    OSError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)
"""What boto3 raises, also by tripping over an answer that is none."""

_boto3 = cast("Any", boto3)  # it comes without types
_loader = cast("Any", loaders).create_loader()
"""Descriptions of services, some of megabytes: read once for all accounts."""

_xform = cast("Any", botocore).xform_name


@dataclass(slots=True)
class Count:
    """What one operation took in one region since the target was opened."""

    requests: int = 0
    """Sent, each page and each further attempt by itself: what AWS counts, and bills."""
    throttled: int = 0
    failed: int = 0
    error: str = ""
    """How the last one went wrong, as an operator reads it; empty when it did not."""


@dataclass(slots=True)
class Meter:
    """Counts by service, operation and region; bytes of all."""

    counts: dict[tuple[str, str, str], Count] = field(
        default_factory=dict[tuple[str, str, str], Count]
    )
    received: int = 0
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, service: str, operation: str, region: str) -> Count:
        """The count of one operation in one region."""
        return self.counts.setdefault((service, operation, region), Count())


class Account:
    """Clients of one target. They are made once, may be used by all threads, and renew
    credentials of roles by themselves.
    """

    def __init__(self, target: Target, secrets: dict[str, str]) -> None:
        """`secrets` are the texts of `password` and `token`. Raises a `TargetError`."""
        settings = target.settings
        self.target = target.id
        self.meter = Meter()
        self.kept: dict[str, Reading] = {}
        """Answers that are good for a while, by call."""
        self._endpoint = str(settings.get("endpoint") or "") or None
        self._ca = str(settings.get("ca") or "") or None
        self._proxy = str(settings.get("proxy") or "")
        self._clients: dict[tuple[str, str, bool], Any] = {}
        self._lock = threading.Lock()
        try:
            core = cast("Any", session).get_session()
            core.register_component("data_loader", _loader)
            self._session = _boto3.session.Session(
                botocore_session=core,
                profile_name=str(settings.get("profile") or "") or None,
                **({"aws_access_key_id": target.user} if "password" in secrets else {}),
                **({"aws_secret_access_key": secrets.get("password")} if secrets else {}),
                **({"aws_session_token": secrets["token"]} if "token" in secrets else {}),
            )
        except FAILURES as error:
            raise of_failure(target.id, error) from None
        self.regions = str(settings.get("regions") or "").replace(",", " ").split()
        """As the estate says; `all` stands for those of the account."""
        if not self.regions and self._session.region_name:
            self.regions = [str(self._session.region_name)]
        if not self.regions:
            what = f"{target.id}: no region is named"
            raise Unsupported(what, 'write regions = "eu-west-1", or a region into the profile')

    @property
    def home(self) -> str:
        """Where services of the account as a whole answer: by the partition of its regions."""
        first = self.regions[0] if self.regions[0] != "all" else self._session.region_name or ""
        if first.startswith("cn-"):
            return "cn-north-1"
        return "us-gov-west-1" if first.startswith("us-gov-") else "us-east-1"

    def client(self, service: str, region: str, *, once: bool = False) -> Any:
        """A client, whose calls are tried `once` where they change something."""
        key = service, region, once
        with self._lock:  # making one is not safe beside another
            if key not in self._clients:
                self._clients[key] = self._made(service, region, once=once)
            return self._clients[key]

    def _made(self, service: str, region: str, *, once: bool) -> Any:
        config = Config(
            connect_timeout=CONNECTING,
            read_timeout=READING,
            retries={"mode": "standard", "total_max_attempts": 1 if once else ATTEMPTS},
            max_pool_connections=4,
            tcp_keepalive=True,
            user_agent_extra="opsconsole",
            proxies={"http": self._proxy, "https": self._proxy} if self._proxy else None,
        )
        client = self._session.client(
            *(service, region),
            endpoint_url=self._endpoint,
            verify=self._ca,
            config=config,
        )
        client.meta.events.register("before-send", self._sends(service, region))
        client.meta.events.register("after-call", self._heard(service, region))
        return client

    def _sends(self, service: str, region: str) -> Any:
        def sends(request: Any, event_name: str, **_rest: object) -> None:
            operation = _xform(event_name.rpartition(".")[2])
            with self.meter.lock:
                self.meter.count(service, operation, region).requests += 1
                self.meter.sent += len(request.url) + len(request.body or b"")

        return sends

    def _heard(self, service: str, region: str) -> Any:
        def heard(http_response: Any, parsed: Any, model: Any, **_rest: object) -> None:
            with self.meter.lock:
                count = self.meter.count(service, _xform(model.name), region)
                self.meter.received += len(http_response.content or b"")
                if http_response.status_code >= 300:
                    count.failed += 1
                    count.throttled += parsed.get("Error", {}).get("Code", "") in THROTTLED

        return heard


async def secrets_of(target: Target) -> dict[str, str]:
    """The texts of its secrets; raises `Unsupported` when one cannot be had."""
    found: dict[str, str] = {}
    for key in ("password", "token"):
        secret = target.settings.get(key)
        if isinstance(secret, Secret):
            found[key] = await secret.reveal()
    return found
