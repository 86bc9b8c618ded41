"""Access controllers: doors, readers, tampering and the end of their log (ISAPI of Hikvision)."""

from opsconsole.domains.lowvoltage.door.action import ACTIONS
from opsconsole.domains.lowvoltage.door.health import EVENT, HEALTH
from opsconsole.domains.lowvoltage.door.news import NEWS
from opsconsole.domains.lowvoltage.door.probe import DOOR
from opsconsole.domains.lowvoltage.door.rule import RULES
from opsconsole.domains.lowvoltage.door.shape import QUESTIONS
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml; needs the extra `isapi`; the account needs remote status, for actions remote control
[target.hq-doors]
kind = "door"
url = "https://doors.example.net"
user = "ops"
password = { file = "~/.secrets/doors" }
# insecure = true   takes the certificate that the controller made for itself; better: ca = "PATH"
"""

INTEGRATION = Integration(
    kind="door",
    title="Access controller",
    exchanges=(Exchange("doors", every=5, timeout=30, compared=False),),
    probes=(HEALTH, DOOR, EVENT),
    setup=_SETUP,
    rules=RULES,
    questions={"doors": QUESTIONS},
    transports=("isapi",),
    actions=ACTIONS,
    news=NEWS,
)
