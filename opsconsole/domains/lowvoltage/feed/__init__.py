"""Sensors that a page tells of, in JSON, XML or CSV, by a map of ways into it."""

from opsconsole.fieldmap.feed import readings, unpacked
from opsconsole.question import Mapped, parted
from opsconsole.reading import Reading, probe, rules, summary
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.weather]
kind = "feed"
url = "https://weather.example.net"
map = "maps/weather.toml"

# maps/weather.toml
[document.now]
path = "/api/now.json"

[sensor.outside]
document = "now"
way = "stations[id=roof]/temperature"
physical = "temperature"
"""

SOURCE = "the page and the way that the map names"


def read(payload: bytes) -> list[Reading]:
    """Sensors of all pages; raises `Malformed`."""
    (part,) = parted(payload, 1)
    return readings(unpacked(part.body))


INTEGRATION = Integration(
    kind="feed",
    title="Feed",
    exchanges=(Exchange("pages", every=60, timeout=60.0, compared=False),),
    probes=(summary("feed", "pages", SOURCE, read), probe("feed", "pages", SOURCE, read)),
    setup=_SETUP,
    rules=rules("feed", ("Look at what the page tells of it.",)),
    questions={"pages": (Mapped("pages"),)},
    transports=("feed",),
)
