"""Building automation that speaks BACnet/IP: controllers of air, power and water.

bacpypes3 is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.pooled import Pool, PooledTransport

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the target's name unless it is given"),
    Setting("port", Kind.WHOLE, "47808 unless it is given", low=1, high=65535),
    Setting("network", Kind.WHOLE, "its network, of a device behind a router", low=1, high=65534),
    Setting(
        "mac",
        Kind.TEXT,
        "its address in that network",
        'the number of an MS/TP device, 0 to 254, or bytes: "0x0a140015bac0"',
        r"\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-4]|0x([0-9a-fA-F]{2}){1,18}",
    ),
    Setting("instance", Kind.WHOLE, "number of the device; it is asked for it", high=4194302),
    Setting("map", Kind.PATH, "a file that says more of some objects than the device does"),
)


class BacnetTransport(PooledTransport):
    """Asks for the objects of a device; see `question.Mapped`.

    A call is `READ POINT`, which tells it as JSON, `WRITE POINT VALUE` in the unit that is shown,
    within the clamp and at the priority of the map, or `RELINQUISH POINT`, which takes away what
    stands at that priority. Its status is 0, or 1 when the device refuses.
    """

    name = "bacnet"
    refusal = "BACnet is none"
    library = "bacpypes3"
    remedy = "pip install 'opsconsole[bacnet]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.bacnet.pool import Pool as Targets

        return Targets()


TRANSPORT = BacnetTransport
