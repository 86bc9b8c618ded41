"""An access controller, simulated: digest sign-in, documents of ISAPI, doors that open and close.

No controller was to be had: paths, names and numbers are those of the vendor's documents and of
answers that others published.
"""

import asyncio
import contextlib
import datetime
import hashlib
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from tests.servers.web import Asked, Web, page

USER, PASSWORD = "ops", "s3cret-door"
REALM = "DS-K2602"
CST = datetime.timezone(datetime.timedelta(hours=8))
DOORS = ("Lobby", "Server room")
_PAIR = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_SPACE = 'version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema"'
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass
class Leaf:
    lock: int = 0
    contact: int = 0
    mode: int = 4


def _md5(*words: str) -> str:
    return hashlib.md5(":".join(words).encode(), usedforsecurity=False).hexdigest()


class Controller(Web):
    """State machine: an opening releases the lock, somebody goes through, all is locked again."""

    def __init__(self) -> None:
        super().__init__()
        self.leaves = [Leaf() for _ in DOORS]
        self.work: dict[str, Any] = {
            "cardReaderOnlineStatus": [1, 2, 3, 4], "cardReaderVerifyMode": [3, 3, 3, 3],
            "cardReaderAntiDismantleStatus": [0, 0, 0, 0], "hostAntiDismantleStatus": "close",
            "powerSupplyStatus": "ACPowerSupply", "batteryLowVoltage": False,
            "fireAlarmStatus": "normal",
        }  # fmt: skip
        self.log: list[dict[str, Any]] = []
        self.behind_s = 0.0
        self.uptime: int | None = 86400
        self.logs = True
        self.newest_first = True
        self.recloses = True
        self.refused = 0
        self.password = PASSWORD
        self._nonce = "n-1"

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        if not self._known(asked):
            self.refused += 1
            words = f'Digest qop="auth", realm="{REALM}", nonce="{self._nonce}", stale="FALSE"'
            writer.write(page(b"", 401, WWW_Authenticate=words))
        elif asked.path.startswith("/ISAPI/System/reboot"):
            writer.write(page(self._status(1)))
            await writer.drain()
            await self._reboot()
        else:
            writer.write(self._page(asked))
        await writer.drain()

    def _known(self, asked: Asked) -> bool:
        said = asked.headers.get("authorization", "")
        word = {name: quoted or plain for name, quoted, plain in _PAIR.findall(said)}
        if not said.startswith("Digest ") or word.get("nonce") != self._nonce:
            return False
        ha1 = _md5(USER, REALM, self.password)
        ha2 = _md5(asked.method, word["uri"])
        wanted = _md5(ha1, word["nonce"], word["nc"], word["cnonce"], word["qop"], ha2)
        return (word["uri"], word["response"]) == (asked.path, wanted)

    def _page(self, asked: Asked) -> bytes:
        path = asked.path.partition("?")[0].removeprefix("/ISAPI/")
        match (asked.method, path):
            case ("GET", "AccessControl/AcsWorkStatus"):
                return page(json.dumps({"AcsWorkStatus": self._work()}).encode())
            case ("POST", "AccessControl/AcsEvent") if self.logs:
                return page(json.dumps({"AcsEvent": self._search(asked.body)}).encode())
            case ("GET", "System/time"):
                return _xml("Time", timeMode="NTP", localTime=self._now(), timeZone="CST-8:00:00")
            case ("GET", "System/deviceInfo"):
                return _xml("DeviceInfo", deviceName="HQ doors", model="DS-K2602",
                            serialNumber="SN-1", firmwareVersion="V2.2.0")  # fmt: skip
            case ("GET", "System/status") if self.uptime is not None:
                return _xml("DeviceStatus", deviceUpTime=str(self.uptime))
            case ("GET", _) if path.startswith("AccessControl/Door/param/"):
                return self._named(int(path.rpartition("/")[2]))
            case ("PUT", _) if path.startswith("AccessControl/RemoteControl/door/"):
                return self._remote(int(path.rpartition("/")[2]), asked)
            case _:
                pass
        return page(self._status(4, "notSupport"), 403)

    def _status(self, code: int, sub: str = "ok") -> bytes:
        words = f"<statusCode>{code}</statusCode><subStatusCode>{sub}</subStatusCode>"
        return f"{_XML}<ResponseStatus {_SPACE}>{words}</ResponseStatus>".encode()

    def _named(self, number: int) -> bytes:
        if number > len(self.leaves):
            return page(self._status(4, "badParameters"), 400)
        return _xml("DoorParam", doorName=DOORS[number - 1], superPassword="MjMyMzIz")

    def _work(self) -> dict[str, Any]:
        return self.work | {
            "doorLockStatus": [leaf.lock for leaf in self.leaves],
            "magneticStatus": [leaf.contact for leaf in self.leaves],
            "doorStatus": [leaf.mode for leaf in self.leaves],
        }

    def _now(self) -> str:
        now = datetime.datetime.now(CST) - datetime.timedelta(seconds=self.behind_s)
        return now.isoformat(timespec="seconds")

    def _search(self, body: bytes) -> dict[str, Any]:
        asked = json.loads(body)["AcsEventCond"]
        fit = [
            one
            for one in self.log
            if asked["major"] in {0, one["major"]} and asked["minor"] in {0, one["minor"]}
        ]
        if self.newest_first and asked.get("timeReverseOrder"):
            fit.reverse()
        at = asked["searchResultPosition"]
        told = fit[at : at + asked["maxResults"]]
        listed = {"InfoList": told} if told else {}
        more = "MORE" if at + len(told) < len(fit) else "OK"
        return {"searchID": asked["searchID"], "responseStatusStrg": more,
                "numOfMatches": len(told), "totalMatches": len(fit), **listed}  # fmt: skip

    def note(self, major: int, minor: int, door: int | None = None, **more: Any) -> None:
        entry = {"major": major, "minor": minor, "time": self._now(), "serialNo": len(self.log) + 1}
        self.log.append(entry | ({"doorNo": door} if door else {}) | more)

    def _remote(self, number: int, asked: Asked) -> bytes:
        if number > len(self.leaves) or b"<cmd>open</cmd>" not in asked.body:
            return page(self._status(6, "badXmlContent"), 400)
        self.note(3, 0x400, number)
        self.pass_through(number)
        return page(self._status(1))

    def pass_through(self, number: int) -> None:
        """Lock released, door opened, after a moment closed and locked: unless it is wedged."""
        leaf = self.leaves[number - 1]
        leaf.lock = leaf.contact = 1
        self.note(5, 0x15, number)
        self.note(5, 0x19, number)
        if self.recloses:
            asyncio.get_running_loop().call_later(0.3, self.close_door, number)

    def close_door(self, number: int) -> None:
        leaf = self.leaves[number - 1]
        leaf.lock = leaf.contact = 0
        self.note(5, 0x1A, number)
        self.note(5, 0x16, number)

    def force(self, number: int) -> None:
        self.leaves[number - 1].contact = 1
        self.note(5, 0x1B, number)

    def renew(self) -> None:
        """Take no proof any more that was made before, as after some minutes."""
        self._nonce += "-again"

    async def _reboot(self) -> None:
        """Away for a moment, then the same with a young uptime and a line in its log."""
        self.uptime = None if self.uptime is None else 3
        self.note(2, 0x400)
        self.renew()


def _xml(name: str, **fields: str) -> bytes:
    inside = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    return page(f"{_XML}<{name} {_SPACE}>{inside}</{name}>".encode())


@contextlib.asynccontextmanager
async def controller() -> AsyncGenerator[Controller, None]:
    """A controller within the context."""
    one = Controller()
    await one.start()
    try:
        yield one
    finally:
        await one.stop()
