"""All clouds that libcloud reaches: credentials, drivers by region, and the threads they share."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from opsconsole import cloud
from opsconsole.clean import clean
from opsconsole.cloud import Region, refused
from opsconsole.errors import Gone, Refused, TargetError, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import CloudCall, Part, Questions, of_kind
from opsconsole.transports.libcloud import driver
from opsconsole.transports.libcloud.chain import Credentials, credentials
from opsconsole.transports.libcloud.faults import FAILURES, lost, of_failure
from opsconsole.transports.libcloud.wire import Meter, Way, within
from opsconsole.transports.threads import CallSession, Crew

THREADS, LANE = 16, 1
"""Calls at once: of all targets, and of one target in one region: a driver is one conversation."""

DEADLINE = 35.0
"""Seconds that a region has for one call: some providers are asked for each node by itself."""

DOING = 600.0
"""Seconds for a call that changes something; its step ends it before."""

SPARE = 300.0
"""Seconds for which credentials are believed without a session that would notice."""

ITEMS = 20_000
ROOM = 6 << 20
"""Items and bytes of one answer in one region."""

COUNTER = "opsconsole"
"""A service that is asked nothing: what all calls took."""

VERBS = frozenset(
    {
        *("start_node", "stop_node", "reboot_node", "destroy_node", "create_volume_snapshot"),
        *("close_rule", "open_rule"),
    }
)


class Account:
    """Drivers of one target, made when they are needed: one set to ask, one to act."""

    def __init__(self, target: Target, given: Credentials) -> None:
        self.target = target.id
        self.given = given
        self.meter = Meter()
        said = target.settings
        ways = (str(said.get(key) or "") for key in ("endpoint", "ca", "proxy"))
        self.way = Way(self.meter, *ways)
        self._drivers: dict[tuple[str, str], Any] = {}

    def driver(self, purpose: str, region: str) -> Any:
        """In a thread: there is one lane for each purpose and region."""
        key = purpose, region
        if key not in self._drivers:
            self._drivers[key] = driver.made(self.given, region)
        return self._drivers[key]

    def forget(self, purpose: str, region: str) -> None:
        """After a failure: sign in anew."""
        self._drivers.pop((purpose, region), None)


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
        """Gather credentials; raises a `TargetError`."""
        mine = of_kind(questions, CloudCall, target.id)
        account = Account(target, await credentials(target))
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

    def _forget(self, session: CallSession) -> None:
        kept = self._sessions.get(session.target)
        if kept is not None and kept[0] is session:
            del self._sessions[session.target]

    async def _parts(self, account: Account, calls: Sequence[CloudCall]) -> list[Part]:
        """Raises the error of the first call when no region answers it."""
        parts = [await self._part(account, call, account.given.regions, "asks") for call in calls]
        first = parts[0]
        if first.regions and len(first.errors) == len(first.regions):
            raise first.regions[0].fault
        return [Part(0, msgspec.json.encode(part)) for part in parts]

    async def _part(
        self, account: Account, call: CloudCall, regions: Sequence[str], purpose: str
    ) -> cloud.Reading:
        began = time.time()
        if call.service == COUNTER:
            return cloud.Reading(began, [Region("", _counted(account.meter))])
        asks = (self._region(account, call, region, purpose) for region in regions)
        return cloud.Reading(began, list(await asyncio.gather(*asks)))

    async def _region(self, account: Account, call: CloudCall, region: str, purpose: str) -> Region:
        try:
            work = partial(_fetched, account, call, region, purpose)
            found = await self._crew.run(f"{account.target} {purpose} {region}", work, DEADLINE)
        except (TargetError, TimeoutError) as error:
            account.forget(purpose, region)
            where = f"{account.target}: {region or account.given.provider}: {call.operation}"
            found = refused(region, of_failure(where, error))
        with account.meter.lock:
            # What libcloud has no way to ask for is no refusal: nobody could mend it.
            able = found.kind != Unsupported.kind
            account.meter.errors[call.operation, region] = found.error if able else ""
        return found

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `LibcloudTransport.execute`."""
        account = await self._ready(target)
        if argv[:1] == ("ask",) and len(argv) == 3:
            calls = cloud.understood(argv[2])
            whole = argv[1] == "all" or account.given.regions == [""]
            regions = account.given.regions if whole else [argv[1]]
            parts = [await self._part(account, call, regions, "acts") for call in calls]
            heard(b"\n".join(map(msgspec.json.encode, parts)))
            return 0
        verb, region, given = written(target, argv)
        region = region if account.given.regions != [""] else ""
        work = partial(_done, account, verb, region, given)
        status, said = await self._crew.run(f"{target.id} acts {region}", work, DOING)
        heard(said)
        return status

    async def _ready(self, target: Target) -> Account:
        """The account of its session, or one of its own."""
        if (kept := self._sessions.get(target.id)) is not None:
            return kept[1]
        spare, now = self._spare.get(target.id), time.monotonic()
        if spare is None or spare[0] != target or now - spare[1] > SPARE:
            account = Account(target, await credentials(target))
            spare = self._spare[target.id] = target, now, account
        return spare[2]

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session, _ in list(self._sessions.values())))


def written(target: Target, argv: tuple[str, ...]) -> tuple[str, str, dict[str, Any]]:
    """The call that words stand for; raises `Refused` for words that stand for none."""
    if len(argv) == 4 and argv[0] == "compute" and argv[1] in VERBS:
        try:
            return argv[1], argv[2], msgspec.json.decode(argv[3], type=dict[str, Any])
        except msgspec.DecodeError:
            pass
    said = clean(" ".join(argv[:3]), 80)
    raise Refused(f"{target.id}: {said!r} is no call: compute VERB REGION JSON", "argument")


def _fetched(account: Account, call: CloudCall, region: str, purpose: str) -> Region:
    """In a thread: all that a verb finds. Raises a `TargetError`."""
    try:
        return _listed(account, call, region, purpose)
    except FAILURES as error:
        where = f"{account.target}: {region or account.given.provider}: {call.operation}"
        raise of_failure(where, error) from None


def _listed(account: Account, call: CloudCall, region: str, purpose: str) -> Region:
    provider, answer, room = account.given.provider, Region(region), ROOM
    items: list[msgspec.Raw] = []
    with within(account.way, call.operation, region):
        way = account.driver(purpose, region)
        for item in driver.listed(way, provider, call.operation, call.parameters):
            raw = msgspec.json.encode(item)
            room -= len(raw)
            if room < 0 or len(items) >= ITEMS:
                answer.more = True
                break
            items.append(msgspec.Raw(raw))
    answer.items = items
    return answer


def _done(account: Account, verb: str, region: str, given: dict[str, Any]) -> tuple[int, bytes]:
    """In a thread: make it once."""
    where = f"{account.target}: {region or account.given.provider}: {verb}"
    try:
        with within(account.way, verb, region):
            said = driver.did(account.driver("acts", region), account.given.provider, verb, given)
    except Gone as error:
        return 1, str(error).encode()
    except FAILURES as error:
        account.forget("acts", region)
        raise lost(where, error) from None
    return (1, b"the provider says no") if said is False else (0, msgspec.json.encode(said))


def _counted(meter: Meter) -> list[msgspec.Raw]:
    with meter.lock:
        rows = [
            {
                "service": "compute",
                "operation": verb,
                "region": region,
                "requests": meter.requests[verb, region],
                "throttled": meter.throttled[verb, region],
                "failed": meter.failed[verb, region],
                "error": meter.errors.get((verb, region), ""),
            }
            for verb, region in sorted({*meter.requests, *meter.errors})
        ]
    return [msgspec.Raw(msgspec.json.encode(row)) for row in rows]
