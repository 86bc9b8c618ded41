"""A real BACnet/IP device of bacpypes3, on an address of its own, in the loop of the test."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from bacpypes3.apdu import AbortPDU, RejectPDU
from bacpypes3.app import Application
from bacpypes3.basetypes import Segmentation
from bacpypes3.local.analog import AnalogInputObject, AnalogOutputObject, AnalogValueObjectCmd
from bacpypes3.local.binary import BinaryInputObject, BinaryOutputObject
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.networkport import NetworkPortObject
from bacpypes3.object import MultiStateInputObject
from bacpypes3.pdu import IPv4Address
from bacpypes3.primitivedata import TagClass
from bacpypes3.vlan import VirtualNetwork

from tests.servers.port import PORT

_ADDRESSES = (f"127.93.{a}.{b}" for a, b in itertools.product(range(1, 200), range(1, 250)))

_TRUNKS = itertools.count(1)

FLAGS = [0, 0, 0, 0]


class Site:
    """The device, and every request that it got."""

    def __init__(self, address: str, has: Sequence[Any]) -> None:  # Any: objects of the library
        self.address = address
        self.port = PORT
        self.writes: list[tuple[str, float | None, int]] = []
        """Object, value, priority."""
        self.multiple = 0
        """Requests for several properties at once."""
        self.knows_multiple = True
        self.longest = 10_000
        """Properties it answers at once."""
        self.mute = False
        """Whether what is done is never answered."""
        self.deaf = False
        """The same from the first write on."""
        self.app = cast("Any", Application).from_object_list(list(has))
        self.objects: dict[str, Any] = {
            str(one.objectIdentifier).replace(":", ","): one for one in has
        }
        self._response = self.app.response
        self._read = self.app.do_ReadPropertyMultipleRequest
        self._write = self.app.do_WritePropertyRequest
        self.app.response = self._answered
        self.app.do_ReadPropertyMultipleRequest = self._reading
        self.app.do_WritePropertyRequest = self._writing

    async def _answered(self, apdu: Any) -> None:  # Any: of the library
        if not self.mute:
            await self._response(apdu)

    async def _reading(self, apdu: Any) -> None:  # Any: as above
        self.multiple += 1
        asked = sum(len(one.listOfPropertyReferences) for one in apdu.listOfReadAccessSpecs)
        if not self.knows_multiple:
            await self._answered(RejectPDU(reason=9, context=apdu))
        elif asked > self.longest:
            await self._answered(AbortPDU(reason=4, context=apdu))
        else:
            await self._read(apdu)

    async def _writing(self, apdu: Any) -> None:  # Any: as above
        tags = apdu.propertyValue.tagList.tagList
        (raw,) = (one.app_to_object() for one in tags if one.tag_class == TagClass.application)
        kind, number = apdu.objectIdentifier
        told = None if raw == () else float(raw)
        self.mute = self.mute or self.deaf
        self.writes.append((f"{kind},{number}", told, int(apdu.priority)))
        await self._write(apdu)


def objects() -> list[Any]:
    """A small air handler."""
    return [
        AnalogInputObject(
            objectIdentifier=("analog-input", 1), objectName="Supply air", presentValue=23.5,
            units="degrees-celsius", statusFlags=FLAGS, eventState="normal", outOfService=False,
            reliability="no-fault-detected", highLimit=30.0, lowLimit=10.0, limitEnable=[1, 1],
        ),
        AnalogInputObject(
            objectIdentifier=("analog-input", 2), objectName="Outside air", presentValue=50.0,
            units="degrees-fahrenheit", statusFlags=FLAGS, eventState="normal", outOfService=False,
        ),
        AnalogValueObjectCmd(
            objectIdentifier=("analog-value", 3), objectName="Setpoint", units="degrees-celsius",
            statusFlags=FLAGS, eventState="normal", outOfService=False, presentValue=21.0,
            relinquishDefault=21.0,
        ),
        AnalogOutputObject(
            objectIdentifier=("analog-output", 4), objectName="Valve", units="percent",
            statusFlags=FLAGS, eventState="normal", outOfService=False, presentValue=0.0,
            relinquishDefault=0.0,
        ),
        BinaryInputObject(
            objectIdentifier=("binary-input", 5), objectName="Filter", presentValue="active",
            statusFlags=FLAGS, eventState="normal", outOfService=False, polarity="normal",
            activeText="dirty", inactiveText="clean",
        ),
        BinaryOutputObject(
            objectIdentifier=("binary-output", 6), objectName="Fan", presentValue="inactive",
            statusFlags=FLAGS, eventState="normal", outOfService=False, polarity="normal",
            relinquishDefault="inactive", activeText="running", inactiveText="off",
        ),
        MultiStateInputObject(
            objectIdentifier=("multi-state-input", 7), objectName="Mode", presentValue=2,
            numberOfStates=3, stateText=["off", "cooling", "heating"], statusFlags=FLAGS,
            eventState="normal", outOfService=False,
        ),
    ]  # fmt: skip


@asynccontextmanager
async def routed(network: int, mac: int) -> AsyncGenerator[tuple[Site, Site], None]:
    """A router, and a device behind it in a network of its own."""
    name = f"trunk-{next(_TRUNKS)}"
    trunk = VirtualNetwork(name)
    behind = _port("virtual", 1, name, network, mac)
    site = Site("", [_device(4712, "VAV 7"), behind, *objects()])
    trunk_port = _port("virtual", 2, name, network, 1)
    async with bacnet([trunk_port], net=network + 1) as router:
        yield router, site
    site.app.close()
    assert trunk.name == name


def _port(kind: str, number: int, name: str, network: int, mac: int) -> Any:  # Any: as above
    return NetworkPortObject(
        objectIdentifier=("network-port", number), objectName=f"port {number}", networkType=kind,
        networkInterfaceName=name, macAddress=bytes([mac]), networkNumber=network,
        networkNumberQuality="configured", protocolLevel="bacnet-application",
        statusFlags=FLAGS, reliability="no-fault-detected", outOfService=False,
        changesPending=False, linkSpeed=0.0,
    )  # fmt: skip


def _device(number: int, name: str) -> Any:  # Any: as above
    return DeviceObject(
        objectIdentifier=("device", number), objectName=name, vendorName="Any", modelName="X",
        vendorIdentifier=999, segmentationSupported=Segmentation.noSegmentation,
        maxApduLengthAccepted=1476,
    )  # fmt: skip


@asynccontextmanager
async def bacnet(has: Sequence[Any] | None = None, net: int = 0) -> AsyncGenerator[Site, None]:
    """A device that listens within the context."""
    address = next(_ADDRESSES)
    more: dict[str, Any] = {"networkNumber": net, "networkNumberQuality": "configured"}
    port = NetworkPortObject(
        IPv4Address(f"{address}/8:{PORT}"), objectIdentifier=("network-port", 1), objectName="IP",
        **(more if net else {}),
    )  # fmt: skip
    site = Site(address, [_device(4711, "AHU 1"), port, *(objects() if has is None else has)])
    link = site.app.link_layers[port.objectIdentifier]
    await asyncio.gather(*link.server._transport_tasks)
    try:
        yield site
    finally:
        site.app.close()
