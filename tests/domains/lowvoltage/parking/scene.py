"""Maps of the recorded feeds, as an estate would have them; and a garage with a barrier."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path

from opsconsole.model import Target
from tests.servers.web import Asked, Route, Web, page, web

MAPS = {
    "aachen": """
[document.static]
path = "/aachen-static.xml"
format = "xml"
rows = "**/parkingRecord"
key = "@id"
keep_s = 3600
[document.static.fields]
name = "parkingName/values/value"
capacity = "parkingNumberOfSpaces"
[document.live]
path = "/aachen-realtime.xml"
format = "xml"
rows = "**/parkingRecordStatus"
key = "parkingRecordReference/@id"
[document.live.fields]
free = "parkingOccupancy/parkingNumberOfVacantSpaces"
occupied = "parkingOccupancy/parkingNumberOfOccupiedSpaces"
trend = "parkingOccupancy/parkingOccupancyTrend"
state = "parkingSiteStatus/parkingSiteOpeningStatus"
updated = "parkingStatusOriginTime"
""",
    "heilbronn": """
[document.facilities]
path = "/heilbronn_goldbeck_facilities.json"
key = "id"
[document.facilities.fields]
name = "name"
place = "postalAddress/name"
[document.live]
path = "/heilbronn_goldbeck_occupancies.json"
key = "facilityId"
zone = "Europe/Berlin"
[document.live.fields]
capacity = "counters[type/type=SHORT_TERM_PARKER]/maxPlaces"
free = "counters[type/type=SHORT_TERM_PARKER]/freePlaces"
occupied = "counters[type/type=SHORT_TERM_PARKER]/occupiedPlaces"
updated = "valuesFrom"
""",
    "freiburg": """
[document.lots]
path = "/freiburg.json"
rows = "features/properties"
key = "park_id"
zone = "Europe/Berlin"
[document.lots.fields]
name = "park_name"
capacity = "obs_max"
free = "obs_free"
state = "obs_state"
updated = "obs_ts"
[document.lots.words.state]
1 = "open"
0 = "no data"
""",
    "bietigheim": """
[document.lots]
path = "/bietigheim-bissingen.csv"
format = "csv"
encoding = "iso-8859-1"
separator = ";"
key = "Name"
time = "ms"
[document.lots.fields]
name = "Name"
capacity = "Capacity"
occupied = "OccupiedSites"
state = "OpeningState"
updated = "Timestamp"
[document.lots.words.state]
"Ge\u00f6ffnet" = "open"
"Geschlossen" = "closed"
""",
    "kienzler": """
[document.boxes]
path = "/kienzler.json"
key = "id"
[document.boxes.fields]
name = "name"
capacity = "sum_boxes"
free = "bookable"
""",
    "garage": """
[document.lanes]
path = "/lanes"
about = "lane"
rows = "lanes"
key = "id"
[document.lanes.fields]
name = "name"
state = "online"
barrier = "gate"
camera = "lpr"
recognised_percent = "lpr_rate"
unsynced = "cached"
[document.lanes.words.state]
true = "online"
false = "offline"
[document.lanes.words.barrier]
1 = "open"
2 = "closed"
[call.open]
path = "/lanes/{key}/gates/control"
method = "PUT"
body = '{"open_model": 1}'
""",
}


def target(url: str, folder: Path, name: str, opens: bool = True) -> Target:
    path = folder / f"{name}.toml"
    path.write_text(MAPS[name] if opens else MAPS[name].partition("[call.open]")[0])
    return Target(name, "parking", "feed", name, settings={"url": url, "map": str(path)})


@contextlib.asynccontextmanager
async def recorded(recordings: Path) -> AsyncGenerator[Web, None]:
    """The recorded feeds, each at its own name."""
    files = sorted((recordings / "parking").glob("*.*"))
    async with web({f"/{file.name}": page(file.read_bytes()) for file in files}) as served:
        yield served


class Garage:
    """A simulated garage: an open barrier closes when it was told of as often as `stays` says."""

    def __init__(self) -> None:
        self.lanes = {
            "in/1": {"name": "Entry 1", "online": True, "gate": 2, "lpr": "online",
                     "lpr_rate": 93.5, "cached": 0},
            "out/1": {"name": "Exit", "online": False, "gate": 2, "lpr": "fault", "cached": 4},
        }  # fmt: skip
        self.stays = 3
        self.asked: list[Asked] = []

    @property
    def routes(self) -> dict[str, Route]:
        return {"/lanes": self._tell, "/lanes/in%2F1/gates/control": self._open}

    async def _tell(self, _asked: Asked, writer: asyncio.StreamWriter) -> None:
        rows = [{"id": key, **lane} for key, lane in self.lanes.items()]
        writer.write(page(json.dumps({"lanes": rows}).encode()))
        await writer.drain()
        lane = self.lanes["in/1"]
        if lane["gate"] == 1:
            self.stays -= 1
            lane["gate"] = 1 if self.stays else 2

    async def _open(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        if json.loads(asked.body) == {"open_model": 1} and asked.method == "PUT":
            self.lanes["in/1"]["gate"] = 1
        writer.write(page(b'{"success":true}'))
        await writer.drain()
