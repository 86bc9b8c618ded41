"""Field devices that speak Modbus TCP: meters, cooling units, leak detectors, gateways to them.

pymodbus is imported when the first target is opened: the console itself never pays for it.
"""

from opsconsole.spec import Kind, Setting
from opsconsole.transports.pooled import Pool, PooledTransport

SETTINGS = (
    Setting("address", Kind.TEXT, "host name or address; the target's name unless it is given"),
    Setting("port", Kind.WHOLE, "502 unless it is given", low=1, high=65535),
    Setting("map", Kind.PATH, "a file that says which register is what", required=True),
)


class ModbusTransport(PooledTransport):
    """Asks for the points of a map; see `question.Mapped`.

    A call is `READ POINT`, which tells it as JSON, or `WRITE POINT VALUE` in the unit that is
    shown, within the clamp of the map. Its status is 0, or Modbus' exception code.
    """

    name = "modbus"
    refusal = "Modbus is none"
    library = "pymodbus"
    remedy = "pip install 'opsconsole[modbus]'"

    def made(self) -> Pool:
        """The pool; raises `ImportError` where the library is missing."""
        from opsconsole.transports.modbus.pool import Pool as Targets

        return Targets()


TRANSPORT = ModbusTransport
