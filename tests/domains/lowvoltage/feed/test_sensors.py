"""Sensors of a page as readings, with the limits of its map."""

from pathlib import Path

from opsconsole.domains.lowvoltage.feed import INTEGRATION
from opsconsole.model import Target
from opsconsole.transports.feed import FeedTransport
from tests.domains.database.redis.scene import table
from tests.servers.sampler import Heard
from tests.servers.web import page, web

MAP = """
[document.now]
path = "/now.json"

[sensor.outside]
document = "now"
way = "stations[id=roof]/temperature"
unit = "°F"
physical = "temperature"
high_warn = 30

[sensor.door]
document = "now"
way = "door"
enum = { true = "open", false = "closed" }
warning = ["open"]

[sensor.wind]
document = "now"
way = "wind"
"""
BODY = b'{"stations":[{"id":"yard"},{"id":"roof","temperature":"95"}],"door":true}'


async def test_values_words_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "weather.toml").write_text(MAP)
    async with web({"/now.json": page(BODY)}) as served:
        settings = {"url": served.url, "map": str(tmp_path / "weather.toml")}
        to = Target("weather", "feed", "feed", "weather", settings=settings)
        transport, heard = FeedTransport(), Heard()
        session = await transport.open(to, INTEGRATION.questions, 60.0, heard)
        session.ask("pages")
        await heard.until(lambda all_: bool(all_.answers), 30)
        await session.close()
        await transport.close()
    summary, readings = INTEGRATION.probes
    rows = {row["key"]: row for row in table(readings, heard.answers[0].payload)}
    assert (rows["outside"]["value"], rows["outside"]["judged"]) == (35.0, "warning")
    assert rows["outside"]["whose"] == "map weather.toml"
    assert (rows["door"]["word"], rows["door"]["judged"]) == ("open", "warning")
    assert (rows["wind"]["value"], rows["wind"]["word"]) == (None, "unknown")
    (short,) = table(summary, heard.answers[0].payload)
    assert short["warning"] == 2
