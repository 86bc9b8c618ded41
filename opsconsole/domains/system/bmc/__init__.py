"""Servers by their management controller: power, fans, temperatures, drives, its log (Redfish).

Both generations of the thermal and power documents are read: those of before 2020 (`Thermal`,
`Power`), and the later subsystems with a document for each fan and supply. The newer one goes first
where a controller has both, so that no sensor stands there twice.
"""

from opsconsole.domains.system.bmc.action import ACTIONS
from opsconsole.domains.system.bmc.probe import PROBES
from opsconsole.domains.system.bmc.rule import RULES
from opsconsole.question import HttpCrawl
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml; the account needs the role ReadOnly, for actions Operator
[target.server-7-bmc]
kind = "bmc"
url = "https://server-7-bmc.example.net"
user = "ops"
password = { file = "~/.secrets/bmc" }
# insecure = true   takes the certificate that the controller made for itself; better: ca = "PATH"
"""

_ROOT = "/redfish/v1/"
_CHASSIS = ("Chassis", "Members")
_THERMAL, _POWER = "ThermalSubsystem|Thermal", "PowerSubsystem|Power"
_SYSTEM = ("Systems", "Members")

INTEGRATION = Integration(
    kind="bmc",
    title="Server hardware",
    exchanges=(
        Exchange("health", every=60, timeout=50, compared=False),
        Exchange("sensors", every=60, timeout=50, compared=False),
        Exchange("drives", every=300, timeout=50, compared=False),
        Exchange("log", every=120, timeout=50, on_demand=True, compared=False),
    ),
    probes=PROBES,
    setup=_SETUP,
    rules=RULES,
    actions=ACTIONS,
    questions={
        "health": (HttpCrawl(_ROOT, follow=(_SYSTEM, _CHASSIS, ("Managers", "Members"))),),
        "sensors": (
            HttpCrawl(
                _ROOT,
                follow=(
                    (*_CHASSIS, _THERMAL, "Fans", "Members"),
                    (*_CHASSIS, _THERMAL, "ThermalMetrics"),
                    (*_CHASSIS, _POWER, "PowerSupplies", "Members", "Metrics"),
                    (*_CHASSIS, "EnvironmentMetrics"),
                    (*_CHASSIS, "Sensors", "Members"),
                ),
            ),
        ),
        "drives": (HttpCrawl(_ROOT, follow=((*_SYSTEM, "Storage", "Members", "Drives"),)),),
        "log": (
            HttpCrawl(
                _ROOT,
                follow=(
                    (*_SYSTEM, "LogServices", "Members", "Entries", "Members"),
                    ("Managers", "Members", "LogServices", "Members", "Entries", "Members"),
                ),
                most=120,
            ),
        ),
    },
    transports=("redfish",),
)
