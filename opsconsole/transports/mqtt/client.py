"""paho's client, over a socket that is handed to it, and bounded whatever the broker sends.

Names that are private to the library are read here alone (`paho-mqtt>=2.1,<3`), and each is tried
by a test with a peer that lies.
"""

import logging
import socket
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

LARGEST = 1 << 20
"""Bytes of one packet: the protocol allows for 256 MiB, which would be gathered in memory."""

KEEPALIVE_S = 30

_QOS, _TWICE = 0x06, 0x04

_LOG = logging.getLogger("opsconsole.paho")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False


class Client(mqtt.Client):
    """One connection, never made again by itself."""

    def __init__(self, over: socket.socket, name: str, version: MQTTProtocolVersion) -> None:
        """`over` is connected, with TLS where there is any."""
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            clean_session=None if version == MQTTProtocolVersion.MQTTv5 else True,
            protocol=version,
            reconnect_on_failure=False,
        )
        self._over = over
        self._version = version
        self.received = 0
        self.sent = 0
        self.flood = 0
        """Bytes of a packet that was too large, which ended it."""
        self.enable_logger(_LOG)

    def begin(self) -> None:
        """Say CONNECT; its answer comes to `on_connect`."""
        if self._version == MQTTProtocolVersion.MQTTv5:
            made: Any = Properties  # Any: the library says no types here
            bound = made(PacketTypes.CONNECT)
            bound.MaximumPacketSize = LARGEST  # an honest broker drops what is larger
            self.connect("broker", keepalive=KEEPALIVE_S, clean_start=True, properties=bound)
        else:
            self.connect("broker", keepalive=KEEPALIVE_S)

    def _create_socket(self) -> Any:  # Any: the library's own idea of a socket
        return self._over

    def _sock_recv(self, bufsize: int) -> bytes:
        if bufsize > LARGEST:
            self.flood = bufsize
            raise ConnectionError("larger than any packet that is taken")
        data = super()._sock_recv(bufsize)
        self.received += len(data)
        return data

    def _sock_send(self, buf: bytes | bytearray) -> int:
        count = super()._sock_send(buf)
        self.sent += count
        return count

    def _handle_publish(self) -> MQTTErrorCode:
        """Nobody asked for QoS 2, of which each is kept until a release that need not come."""
        if self._in_packet["command"] & _QOS == _TWICE:
            return MQTTErrorCode.MQTT_ERR_PROTOCOL
        return super()._handle_publish()
