"""Maps of topics: everything wrong in them is told, with what is allowed."""

from pathlib import Path

import pytest

from opsconsole.errors import Unsupported
from opsconsole.fieldmap.topic import Map, load_topics

SWITCH = 'topic = "t"\nenum = { a = "on", b = "off" }\nwrite = '


def loaded(folder: Path, text: str) -> Map:
    path = folder / "m.toml"
    path.write_text(text)
    return load_topics(str(path), "room-1")


def test_a_map_has_points_and_presences(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        '[presence.d]\ntopic = "w"\n[point.a]\ntopic = "t"\npresence = "d"\n'
        f'[point.b]\n{SWITCH} {{ topic = "s", words = {{ on = "1" }} }}\n'
        '[point.c]\ntopic = "t"\nphysical = "temperature"\nwrite = { topic = "s" }',
    )
    assert found.topics == {"w", "t"}
    assert [one.takes for one in found.points.values()] == ["", "switch", "setpoint"]
    assert found.points["c"].clamp == (18, 27)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("topic = 'a/+'", "topic 'a/\\+'; allowed: one topic without"),
        ("topic = ''", "topic ''; allowed"),
        ("topic = 't'\npath = 'a['", "no path; allowed: temperature.supply"),
        ("topic = 't'\nat = ']'", "no path"),
        ("topic = 't'\nstale_s = -1", "stale_s; allowed: 0"),
        ("topic = 't'\npresence = 'd'", r"point x, presence: there is no \[presence.d\]"),
        ("topic = 't'\nwrite = { topic = 's' }", "nothing is written without a clamp"),
        ("topic = 't'\nwrite = { topic = 's/#', low = 1, high = 2 }", "write.topic 's/#'"),
        ("topic = 't'\nwrite = { topic = 's', low = 1, high = 2, payload = 'x' }", "{value} in it"),
        ("topic = 't'\nphysical = 'state'\nwrite = { topic = 's' }", "needs words"),
        (f"{SWITCH} {{ topic = 's', words = {{ onn = '1' }} }}", "'onn' is no word of enum"),
        ("topic = 't'\nwrite = { topic = 's', lo = 1 }", "did you mean 'low'"),
        ("topic = 't'\nunit = 'K'\nphysical = 'humidity'", "unit 'K' of humidity"),
        ("topic = 't'\nwrite = { topic = 's', low = 1, high = 2, tolerance = -1 }", "tolerance"),
        ("topic = 't'\n[presence.d]\ntopic = 'w'\nonline = []", "online and offline must have"),
        ("topic = 't'\n[presence.d]\ntopic = 'w'\nonline = ['offline']", "none in common"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match=why) as caught:
        loaded(tmp_path, f"[point.x]\n{text}")
    assert str(caught.value).startswith("room-1: map m.toml: ")
