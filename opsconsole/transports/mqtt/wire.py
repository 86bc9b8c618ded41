"""One connection to a broker, in the loop: topics are heard, commands published, once each."""

import asyncio
import contextlib
import secrets
import socket
import ssl
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt import MQTTException
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from opsconsole.clean import clean
from opsconsole.errors import Lost, Malformed, TargetError, Unreachable
from opsconsole.transports.mqtt.client import LARGEST, Client
from opsconsole.transports.mqtt.faults import SIGNING_IN, of_flood, of_refusal, of_socket

TIMEOUT_S = 10.0
"""Seconds for the connection, and for each answer of the broker."""

TOGETHER = 50
"""Topics of one request."""

SENDING = 16 << 10
"""Bytes that the kernel holds for a broker that takes no answers; of commands there are few."""

PACKETS = 200
"""Packets that are taken before others have their turn."""

FAILED = 128
"""Reasons from here on are refusals."""

OLD = 132
"""Unsupported protocol version."""

_WRONG = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    struct.error,
    MQTTException,
)
"""What the library raises over packets that cannot be."""

Hear = Callable[[str, bytes, bool], None]
"""Topic, message, and whether the broker had kept it."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to come to a broker."""

    target: str
    host: str
    port: int
    tls: ssl.SSLContext | None
    user: str
    password: str
    client_id: str


class Wire:
    """Connected or over; it is never connected a second time."""

    def __init__(self, way: Way, hear: Hear, lost: Callable[[TargetError], None]) -> None:
        """`lost` is called once, when the connection went by itself."""
        self._way = way
        self._hear = hear
        self._lost = lost
        self._client: Client | None = None
        self._before = (0, 0)
        self._waiting: dict[int, asyncio.Future[list[ReasonCode]]] = {}
        self._begun: asyncio.Future[None] | None = None
        self._care: asyncio.Task[None] | None = None
        self.over = False

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent."""
        if self._client is None:
            return self._before
        return self._before[0] + self._client.received, self._before[1] + self._client.sent

    async def connect(self) -> None:
        """Sign in, in MQTT 5, or in 3.1.1 where the broker is older; raises a `TargetError`."""
        try:
            await self._begin(MQTTProtocolVersion.MQTTv5)
        except _Older:
            await self._begin(MQTTProtocolVersion.MQTTv311)

    async def _begin(self, version: MQTTProtocolVersion) -> None:
        where = self._way.target
        self._client = client = self._made(await self._socket(), version)
        self._begun = asyncio.get_running_loop().create_future()
        with contextlib.ExitStack() as failed:
            failed.callback(self._drop)
            try:
                client.begin()
                async with asyncio.timeout(TIMEOUT_S):
                    await self._begun
            except TimeoutError:
                what = f"{where}: connected, and no word of MQTT came"
                remedy = "is `port` that of a broker, and should `tls` be true?"
                raise Unreachable(what, remedy) from None
            except _WRONG as error:
                raise of_socket(where, error) from None
            failed.pop_all()
        self._care = asyncio.get_running_loop().create_task(self._cared(client))

    def _made(self, over: socket.socket, version: MQTTProtocolVersion) -> Client:
        way = self._way
        name = f"{way.client_id or 'opsconsole'}-{secrets.token_hex(4)}"
        client = Client(over, name, version)
        if way.user or way.password:
            client.username_pw_set(way.user, way.password or None)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._message
        client.on_subscribe = self._answered
        client.on_unsubscribe = self._answered
        client.on_publish = self._taken
        client.on_socket_open = self._opened
        client.on_socket_close = self._closed
        client.on_socket_register_write = self._full
        client.on_socket_unregister_write = self._free
        return client

    async def _socket(self) -> socket.socket:
        """A connection, with TLS where there is any. The library would block the loop for it."""
        made = asyncio.get_running_loop().run_in_executor(None, _opened, self._way)
        try:
            return await asyncio.shield(made)
        except asyncio.CancelledError:
            made.add_done_callback(_forgotten)
            raise
        except (OSError, ValueError) as error:
            raise of_socket(self._way.target, error, self._way.tls is not None) from None

    def _opened(self, client: mqtt.Client, _data: object, over: Any) -> None:  # Any: of the library
        asyncio.get_running_loop().add_reader(over.fileno(), self._read, client, over)

    def _closed(self, _client: mqtt.Client, _data: object, over: Any) -> None:  # Any: as above
        if over.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(over.fileno())

    def _full(self, client: mqtt.Client, _data: object, over: Any) -> None:  # Any: as above
        asyncio.get_running_loop().add_writer(over.fileno(), self._write, client)

    def _free(self, client: mqtt.Client, _data: object, over: Any) -> None:  # Any: as above
        loop = asyncio.get_running_loop()
        if over.fileno() >= 0:
            loop.remove_writer(over.fileno())
            if client is self._client and client.socket() is not None:
                loop.add_reader(over.fileno(), self._read, client, over)

    def _read(self, client: mqtt.Client, over: Any) -> None:  # Any: as above
        """Take what came. While the broker does not take our answers, nothing more is read."""
        for _ in range(PACKETS):
            if client.want_write():
                asyncio.get_running_loop().remove_reader(over.fileno())
                return
            if not self._run(client.loop_read) or client.socket() is None:
                return
            if not isinstance(over, ssl.SSLSocket) or not over.pending():
                return
        asyncio.get_running_loop().call_soon(self._again, client, over)

    def _again(self, client: mqtt.Client, over: Any) -> None:  # Any: as above
        if client is self._client and client.socket() is not None:
            self._read(client, over)

    def _write(self, client: mqtt.Client) -> None:
        self._run(client.loop_write)

    def _run(self, part: Callable[[], MQTTErrorCode]) -> bool:
        """Have the library do a part of its work; whether it could."""
        try:
            return part() == MQTTErrorCode.MQTT_ERR_SUCCESS
        except _WRONG as error:
            said = clean(str(error) or type(error).__name__, 120)
            self._gone(Malformed(f"{self._way.target}: no proper MQTT: {said}"))
            return False

    async def _cared(self, client: Client) -> None:
        """Pings, and notices a broker that is silent."""
        while client is self._client and self._run(client.loop_misc):  # noqa: ASYNC110 - its clock
            await asyncio.sleep(2)

    def _connected(
        self, client: mqtt.Client, _data: object, _flags: object, why: ReasonCode, _more: object
    ) -> None:
        if client is not self._client or self._begun is None or self._begun.done():
            return
        if why.value == OLD and client.protocol == MQTTProtocolVersion.MQTTv5:
            self._begun.set_exception(_Older())
        elif why.is_failure:
            self._begun.set_exception(of_refusal(self._way.target, why.value, str(why)))
        else:
            self._begun.set_result(None)

    def _disconnected(
        self, client: mqtt.Client, _data: object, flags: Any, why: ReasonCode, _more: object
    ) -> None:  # Any: of the library
        if self._client is None or client is not self._client:
            return
        where = self._way.target
        flood = self._client.flood
        error: Exception = Lost(f"{where}: the connection to the broker went")
        if not flood and self._begun is not None and not self._begun.done():
            newest = client.protocol == MQTTProtocolVersion.MQTTv5
            hung_up = Lost(f"{where}: the broker hangs up on who signs in", SIGNING_IN)
            error = _Older() if newest else hung_up
        elif flood:
            error = of_flood(where, flood, LARGEST)
        elif flags.is_disconnect_packet_from_server:
            error = Lost(f"{where}: the broker ended it: {clean(str(why), 100)}")
        self._gone(error)

    def _gone(self, error: Exception) -> None:
        """It is over by itself: tell who waits for the connection, or else who listens."""
        begun = self._begun
        if self.over or begun is None:
            return
        self._drop()
        if not begun.done():
            begun.set_exception(error)
            begun.exception()  # who waits may have been cancelled
        elif begun.exception() is None and isinstance(error, TargetError):
            self.over = True
            self._lost(error)

    def _drop(self) -> None:
        """Close all, without a word to the broker."""
        client, self._client = self._client, None
        if client is None:
            return
        self._before = self._before[0] + client.received, self._before[1] + client.sent
        over = client.socket()
        if over is not None and over.fileno() >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(over.fileno())
            loop.remove_writer(over.fileno())
            over.close()
        if self._care is not None:
            self._care.cancel()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(
                    Lost(f"{self._way.target}: the connection to the broker went")
                )
                waiting.exception()  # who waits may have been cancelled
        self._waiting.clear()

    def close(self) -> None:
        """Say goodbye, so that no last will is told; safe to call twice."""
        client = self._client
        self.over = True
        if client is not None:
            with contextlib.suppress(*_WRONG):
                client.disconnect()
                client.loop_write()
        self._drop()

    def _message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self._hear(message.topic, bytes(message.payload), bool(message.retain))

    def _answered(
        self, _client: mqtt.Client, _data: object, number: int, why: list[ReasonCode], _m: object
    ) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(why)

    def _taken(
        self, client: mqtt.Client, data: object, number: int, why: ReasonCode, more: object
    ) -> None:
        self._answered(client, data, number, [why], more)

    async def subscribe(self, topics: Iterable[str]) -> dict[str, str]:
        """Hear these topics; why there is no hearing some of them. Raises a `TargetError`."""
        refused: dict[str, str] = {}
        ordered = sorted(topics)
        for at in range(0, len(ordered), TOGETHER):
            some = ordered[at : at + TOGETHER]
            client = self._live()
            code, number = client.subscribe([(topic, 1) for topic in some])
            answers = await self._answer(code, number)
            for topic, why in zip(some, answers, strict=False):
                if why.value >= FAILED:
                    refused[topic] = f"the broker refuses it: {clean(str(why), 80)}"
        return refused

    async def unsubscribe(self, topics: Iterable[str]) -> None:
        """Hear these no longer."""
        ordered = sorted(topics)
        for at in range(0, len(ordered), TOGETHER):
            code, number = self._live().unsubscribe(ordered[at : at + TOGETHER])
            await self._answer(code, number)

    async def publish(self, topic: str, body: bytes, retain: bool) -> tuple[int, str]:
        """Publish once, and have the broker say that it took it: its reason, in words too.

        Raises `Lost` where that is not known.
        """
        info = self._live().publish(topic, body, qos=1, retain=retain)
        try:
            (why,) = await self._answer(info.rc, info.mid)
        except TargetError as error:
            raise Lost(f"{error}: whether it was published is not known") from None
        return why.value, clean(str(why), 80)

    def _live(self) -> Client:
        if self._client is None or self.over:
            raise Lost(f"{self._way.target}: the connection to the broker went")
        return self._client

    async def _answer(self, code: MQTTErrorCode, number: int | None) -> list[ReasonCode]:
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or number is None:
            raise Lost(f"{self._way.target}: the connection to the broker went")
        waiting: asyncio.Future[list[ReasonCode]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await waiting
        except TimeoutError:
            raise Lost(f"{self._way.target}: the broker does not answer") from None
        finally:
            self._waiting.pop(number, None)


class _Older(Exception):
    """The broker knows no MQTT 5."""


def _opened(way: Way) -> socket.socket:
    made = socket.create_connection((way.host, way.port), TIMEOUT_S)
    with contextlib.ExitStack() as failed:
        failed.callback(made.close)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENDING)
        if way.tls is not None:
            made = way.tls.wrap_socket(made, server_hostname=way.host)
        failed.pop_all()
    return made


def _forgotten(made: "asyncio.Future[socket.socket]") -> None:
    """Nobody waits for it any more."""
    if not made.cancelled() and made.exception() is None:
        made.result().close()
