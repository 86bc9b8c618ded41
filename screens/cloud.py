"""Cloud: accounts of every provider in one list, each with its instances and what they need."""

from opsconsole.spec import Domain
from screens.face import aws, cloud

DOMAIN = Domain(
    id="cloud",
    title="Cloud",
    key="c",
    order=11,
    noun="Accounts",
    faces=(aws.FACE, cloud.FACE),
)
