"""Real feeds of car parks, served as their cities do, through the transport into rows."""

from pathlib import Path
from typing import Any

import pytest

from opsconsole.domains.lowvoltage.parking import INTEGRATION
from opsconsole.domains.lowvoltage.parking.probe import LOT, PAGE, SUMMARY
from opsconsole.transports.feed import FeedTransport
from tests.domains.database.redis.scene import Table, table
from tests.domains.lowvoltage.parking.scene import MAPS, recorded, target
from tests.servers.sampler import Heard


async def payload(recordings: Path, folder: Path, name: str) -> bytes:
    async with recorded(recordings) as served:
        transport, heard = FeedTransport(), Heard()
        to = target(served.url, folder, name)
        session = await transport.open(to, INTEGRATION.questions, 60.0, heard)
        session.ask("pages")
        await heard.until(lambda all_: bool(all_.answers), 30)
        await session.close()
        await transport.close()
        (answer,) = heard.answers
        assert answer.error is None
        assert session.traffic[0] > 0
        return answer.payload


async def lots(recordings: Path, folder: Path, name: str) -> Table:
    return table(LOT, await payload(recordings, folder, name))


def one(rows: Table, name: str) -> dict[str, Any]:
    (found,) = [row for row in rows if row["name"] == name]
    return found


async def test_aachen_in_two_documents_of_datex(recordings: Path, tmp_path: Path) -> None:
    rows = await lots(recordings, tmp_path, "aachen")
    first = one(rows, "P01-Eurogress")
    assert (first["capacity"], first["free"], first["occupied"]) == (560, 412, 148)
    assert first["trend"] == "stable"
    assert round(first["occupied_percent"], 2) == 26.43
    assert first["updated"] == 1738955134.176
    assert first["age_s"] > 86400


async def test_heilbronn_with_and_without_counters(recordings: Path, tmp_path: Path) -> None:
    rows = await lots(recordings, tmp_path, "heilbronn")
    counted = [row for row in rows if row["capacity"] is not None]
    assert counted
    assert len(counted) < len(rows)
    row = next(row for row in rows if row["lot"] == "2068")
    assert (row["capacity"], row["free"], row["occupied"]) == (692, 250, 442)
    assert all(row["free"] is None for row in rows if row["capacity"] is None)


async def test_freiburg_as_geojson(recordings: Path, tmp_path: Path) -> None:
    data = await payload(recordings, tmp_path, "freiburg")
    row = one(table(LOT, data), "Zur Unterf\u00fchrung")
    assert (row["capacity"], row["free"], row["occupied"], row["state"]) == (105, 56, 49, "open")
    assert row["updated"] == 1718007600.0  # 10:20 in Freiburg's summer
    (short,) = table(SUMMARY, data)
    assert short["lots"] == 19
    assert 0 < short["occupied_percent"] < 100


async def test_bietigheim_in_another_alphabet(recordings: Path, tmp_path: Path) -> None:
    rows = await lots(recordings, tmp_path, "bietigheim")
    row = one(rows, "Parkplatz M\u00fchlwiesenstr.")
    assert (row["state"], row["free"], row["updated"]) == ("open", 25, 1740651467.085)
    assert one(rows, "Parkplatz Am Japangarten")["state"] == "closed"
    assert one(rows, "Parkplatz L\u00f6chgauer Str.")["occupied_percent"] == 100


async def test_boxes_of_kienzler(recordings: Path, tmp_path: Path) -> None:
    data = await payload(recordings, tmp_path, "kienzler")
    first = table(LOT, data)[0]
    assert (first["capacity"], first["free"], first["occupied"]) == (11, 10, 1)
    (page,) = table(PAGE, data)
    assert (page["read"], page["rows"]) == ("ok", len(table(LOT, data)))


@pytest.mark.parametrize("name", [name for name in MAPS if name != "garage"])
async def test_every_row_has_a_name_and_makes_sense(
    name: str, recordings: Path, tmp_path: Path
) -> None:
    for row in await lots(recordings, tmp_path, name):
        assert row["name"]
        if row["capacity"] is not None:
            assert 0 <= row["free"] <= row["capacity"]
            assert row["occupied"] >= 0
