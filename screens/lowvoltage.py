"""Low-voltage: machine rooms, their power and air, doors, cameras and parking, in one list."""

from opsconsole.spec import Domain
from screens.face import nut

DOMAIN = Domain(
    id="lowvoltage",
    title="Low-voltage",
    key="l",
    order=12,
    noun="Devices of the rooms",
    faces=(nut.FACE,),
    places=".reading",
)
