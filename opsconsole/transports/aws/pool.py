"""All accounts of AWS: an account and a session for each target, and the threads they share."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from opsconsole import cloud
from opsconsole.clean import clean
from opsconsole.cloud import Region, refused
from opsconsole.errors import (
    Lost,
    Malformed,
    Refused,
)
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import CloudCall, Part, Questions, of_kind
from opsconsole.transports.aws.account import FAILURES, Account, secrets_of
from opsconsole.transports.aws.asking import READING, fetched
from opsconsole.transports.aws.faults import code_of, message_of, of_failure
from opsconsole.transports.threads import CallSession, Crew

THREADS, LANE = 32, 3
"""Calls at once: of all targets, and of one target in one region."""

DEADLINE = 25.0
"""Seconds that a region has for one call with all its pages: the others do not wait for longer."""

DOING = 600.0
"""Seconds for a call that changes something; its step ends it before."""

EVERY = "all"
"""Stands for all regions of the target."""

SPARE = 300.0
"""Seconds for which credentials are believed without a session that would notice."""

COUNTER = "opsconsole"
"""A service that is asked nothing: its operation `calls` tells what all calls took."""

IDENTITY = CloudCall("sts", "get_caller_identity", regional=False)
REGIONS = CloudCall("ec2", "describe_regions", results="Regions[].RegionName", regional=False)


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self) -> None:
        self._crew = Crew(THREADS, LANE)
        self._sessions: dict[str, tuple[CallSession, Account]] = {}
        self._spare: dict[str, tuple[Target, float, Account]] = {}
        """Accounts of targets that are acted on and not watched."""

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> CallSession:
        """Fetch secrets, find regions and ask who we are; raises a `TargetError`."""
        mine = of_kind(questions, CloudCall, target.id)
        account = await self._account(target)
        session = CallSession(
            target.id,
            mine,
            partial(self._parts, account),
            lambda: (account.meter.received, account.meter.sent),
            deliver,
            self._forget,
        )
        self._sessions[target.id] = session, account
        return session

    async def _account(self, target: Target) -> Account:
        secrets = await secrets_of(target)
        account = await self._crew.run(target.id, partial(Account, target, secrets), DEADLINE)
        await self._parts(account, (IDENTITY,))
        if account.regions == ["all"]:
            (part,) = await self._parts(account, (REGIONS,))
            found = cloud.reading(part.body).found(str)
            account.regions = sorted(str(clean(name, 40)) for _, name in found)
        return account

    def _forget(self, session: CallSession) -> None:
        kept = self._sessions.get(session.target)
        if kept is not None and kept[0] is session:
            del self._sessions[session.target]

    async def _parts(self, account: Account, calls: Sequence[CloudCall]) -> list[Part]:
        """Raises the error of the first call when no region answers it."""
        stop = threading.Event()
        try:
            parts = await asyncio.gather(*(self._part(account, call, stop) for call in calls))
        finally:
            stop.set()  # threads that are given up follow no further page
        first, *_ = parts
        if first.regions and len(first.errors) == len(first.regions):
            raise first.regions[0].fault
        return [Part(0, msgspec.json.encode(part)) for part in parts]

    async def _part(
        self,
        account: Account,
        call: CloudCall,
        stop: threading.Event,
        wanted: Sequence[str] = (),
    ) -> cloud.Reading:
        began = time.time()
        if call.service == COUNTER:
            return cloud.Reading(began, [Region("", _counted(account))])
        name = cloud.written((call,))
        kept = account.kept.get(name)
        if kept is not None and 0 <= began - kept.at < call.keep:
            return kept
        regions = (wanted or account.regions) if call.regional else [account.home]
        found = await asyncio.gather(
            *(self._region(account, call, region, stop) for region in regions)
        )
        reading = cloud.Reading(began, list(found))
        if call.keep and not reading.errors:
            account.kept[name] = reading
        return reading

    async def _region(
        self, account: Account, call: CloudCall, region: str, stop: threading.Event
    ) -> Region:
        try:
            lane = f"{account.target} {region}"
            work = partial(fetched, account, call, region, stop)
            found = await self._crew.run(lane, work, DEADLINE)
        except TimeoutError as error:
            where = f"{account.target}: {region}: {call.service} {call.operation}"
            found = refused(region, of_failure(where, error))
        with account.meter.lock:
            account.meter.count(call.service, call.operation, region).error = found.error
        return found

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `AwsTransport.execute`."""
        account = await self._ready(target)
        if argv[:1] == ("ask",) and len(argv) == 3:
            heard(await self._asked(account, argv[1], argv[2]))
            return 0
        service, operation, region, parameters = written(target, argv)
        work = partial(_called, account, service, operation, region, parameters)
        status, said = await self._crew.run(f"{target.id} does", work, DOING)
        heard(said)
        return status

    async def _ready(self, target: Target) -> Account:
        """The account of its session, or one of its own."""
        if (kept := self._sessions.get(target.id)) is not None:
            return kept[1]
        spare = self._spare.get(target.id)
        now = time.monotonic()
        if spare is None or spare[0] != target or now - spare[1] > SPARE:
            spare = self._spare[target.id] = target, now, await self._account(target)
        return spare[2]

    async def _asked(self, account: Account, region: str, word: str) -> bytes:
        """Answers to calls that only read, a line of JSON each: in that region, or in all."""
        stop = threading.Event()
        calls = cloud.understood(word)
        for call in calls:
            if not call.operation.startswith(READING):
                raise Refused(f"{account.target}: {call.operation} does not only read", "argument")
        regions = account.regions if region == EVERY else [region]
        try:
            found = await asyncio.gather(
                *(self._part(account, call, stop, regions) for call in calls)
            )
        finally:
            stop.set()
        for one in found:
            for wrong in one.errors:
                if wrong.stale:
                    self._spare.pop(account.target, None)
                    raise wrong.fault
        return b"\n".join(map(msgspec.json.encode, found))

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session, _ in list(self._sessions.values())))


def written(target: Target, argv: tuple[str, ...]) -> tuple[str, str, str, dict[str, Any]]:
    """The call that words stand for; raises `Refused` for words that stand for none."""
    if len(argv) == 4 and all(word.replace("-", "_").isidentifier() for word in argv[:3]):
        service, operation, region, text = argv
        try:
            return service, operation, region, msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError:
            pass
    said = clean(" ".join(argv[:3]), 80)
    what = f"{target.id}: {said!r} is no call: SERVICE OPERATION REGION JSON"
    raise Refused(what, "argument")


def _called(
    account: Account, service: str, operation: str, region: str, parameters: dict[str, Any]
) -> tuple[int, bytes]:
    """In a thread: make it once, for nobody knows whether one without an answer was done."""
    where = f"{account.target}: {region}: {service} {operation}"
    reads = operation.startswith(READING)
    try:
        client = account.client(service, region, once=not reads)
        answer = getattr(client, operation)(**parameters)
    except ClientError as error:
        return 1, f"{code_of(error)} {message_of(error)}".encode()
    except FAILURES as error:
        said = of_failure(where, error)
        if reads or (not isinstance(said, Lost | Malformed) and not _may_be_done(error)):
            raise said from None
        raise Lost(f"{said}: whether it was done is not known", said.remedy) from None
    answer.pop("ResponseMetadata", None)
    return 0, msgspec.json.encode(answer, enc_hook=str)


def _may_be_done(error: Exception) -> bool:
    """Whether the call may have been made although there is no answer."""
    return isinstance(error, HTTPClientError | OSError) and not isinstance(
        error, EndpointConnectionError | ConnectTimeoutError
    )


def _counted(account: Account) -> list[msgspec.Raw]:
    with account.meter.lock:
        rows = [
            {
                "service": service,
                "operation": operation,
                "region": region,
                "requests": count.requests,
                "throttled": count.throttled,
                "failed": count.failed,
                "error": count.error,
            }
            for (service, operation, region), count in account.meter.counts.items()
        ]
    return [msgspec.Raw(msgspec.json.encode(row)) for row in rows]
