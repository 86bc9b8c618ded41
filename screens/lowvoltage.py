"""Low-voltage: machine rooms, their power and air, doors, cameras and parking, in one list."""

from opsconsole.spec import Domain
from screens.face import bacnet, device, door, feed, modbus, mqtt, nut, onvif, parking

DOMAIN = Domain(
    id="lowvoltage",
    title="Low-voltage",
    key="l",
    order=12,
    noun="Devices of the rooms",
    faces=(
        device.FACE,
        nut.FACE,
        modbus.FACE,
        bacnet.FACE,
        mqtt.FACE,
        door.FACE,
        parking.FACE,
        feed.FACE,
        onvif.FACE,
    ),
    places=".reading",
)
