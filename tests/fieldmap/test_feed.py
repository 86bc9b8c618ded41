"""Maps of pages: what is wrong in one, what its rows tell, what is written into a call."""

from pathlib import Path

import pytest

from opsconsole.errors import Malformed, Unsupported
from opsconsole.fieldmap.feed import Call, Document, load_feed, moment, packed, read, unpacked

GOOD = """
[document.static]
path = "/static.json"
rows = "lots"
key = "id"
keep_s = 3600
[document.static.fields]
name = "name"
capacity = "max"
[document.live]
path = "/live.csv"
format = "csv"
separator = ";"
key = "Id"
time = "%d.%m.%Y %H:%M"
zone = "Europe/Berlin"
[document.live.fields]
free = "Frei"
state = "Zustand"
updated = "Stand"
[document.live.words.state]
Offen = "open"
[sensor.height]
document = "static"
way = "site/height"
physical = "level"
[call.open]
path = "/gates/{key}/control"
method = "PUT"
body = '{"gate": "{key}", "model": 1}'
"""


def made(tmp_path: Path, text: str) -> str:
    path = tmp_path / "park.toml"
    path.write_text(text)
    return str(path)


def test_pages_are_laid_over_one_another(tmp_path: Path) -> None:
    kept = load_feed(made(tmp_path, GOOD), "garage")
    bodies = {
        "static": b'{"site":{"height":42},"lots":[{"id":7,"name":"A","max":"50"},{"name":"?"}]}',
        "live": b"Id;Frei;Zustand;Stand\n7;12;Offen;29.11.2026 10:00\n8;x;zu;gestern\n",
    }
    feed = unpacked(packed(read("park.toml", kept, bodies, 1.0)))
    seven, eight = feed.records
    assert (seven.key, seven.fields) == (
        "7",
        {"name": "A", "capacity": 50.0, "free": 12.0, "state": "open", "updated": 1795942800.0},
    )
    assert (eight.key, eight.fields) == ("8", {"state": "zu"})
    assert feed.values == {"height": "42"}
    assert [(page.name, page.rows, page.error) for page in feed.pages] == [
        ("static", 1, ""),
        ("live", 2, ""),
    ]
    assert feed.opens


def test_a_page_that_failed_takes_none_of_the_others_away(tmp_path: Path) -> None:
    kept = load_feed(made(tmp_path, GOOD), "garage")
    feed = read("park.toml", kept, {"static": b"<html>", "live": b"Id;Frei\n7;1\n"}, 1.0)
    assert [bool(page.error) for page in feed.pages] == [True, False]
    assert [one.key for one in feed.records] == ["7"]
    assert feed.values == {"height": None}
    feed = read("park.toml", kept, {"static": "status 503"}, 1.0)
    assert [page.error for page in feed.pages] == ["status 503", "was not asked"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('path = "static.json"', "path begins with /"),
        ('key = ""', "key is needed"),
        ('rows = "a//b"', "no way"),
        ('zone = "Mars/Crater"', "not known here"),
        ('time = "yesterday"', "a form with %"),
        ('separator = ";;"', "one character"),
        ('format = "yaml"', "json, xml or csv"),
        ("keep_s = -1", "0 to 86400"),
        ('colour = "x"', "unknown key 'colour'"),
    ],
)
def test_what_is_wrong_in_a_page(tmp_path: Path, wrong: str, said: str) -> None:
    key = wrong.partition(" ")[0]
    lines = ['path = "/a"', 'key = "id"', wrong]
    lines = [line for line in lines if line is wrong or not line.startswith(f"{key} ")]
    text = "\n".join(["[document.a]", *lines, "[document.a.fields]", 'free = "f"'])
    with pytest.raises(Unsupported, match=said):
        load_feed(made(tmp_path, text), "garage")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('document = "static"', 'document = "none"'), "no .document.none"),
        (GOOD.replace("[call.open]", "[call.blow_up]"), "only open is known"),
        (GOOD.replace('name = "name"', 'barrier = "b"'), "barrier is nothing of a lot"),
        ("[page.a]\n", "unknown table"),
        ("", "nothing in it"),
    ],
)
def test_what_is_wrong_in_a_map(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Unsupported, match=said):
        load_feed(made(tmp_path, text), "garage")


def test_a_key_stays_in_its_place_of_a_call() -> None:
    key = 'a/../b?x="</k>&\n'
    path, body = Call(path="/g/{key}/c", body='{"g":"{key}"}').to(key)
    assert path == "/g/a%2F..%2Fb%3Fx%3D%22%3C%2Fk%3E%26%0A/c"
    assert body == b'{"g":"a/../b?x=\\"</k>&\\n"}'
    _, body = Call(path="/c", body="<g n='{key}'/>", type="text/xml").to(key)
    assert body == b"<g n='a/../b?x=&quot;&lt;/k&gt;&amp;\n'/>"
    _, body = Call(path="/c", body="g={key}", type="application/x-www-form-urlencoded").to("a&b")
    assert body == b"g=a%26b"


@pytest.mark.parametrize(
    ("time", "text", "at"),
    [
        ("iso", "2025-02-07T19:05:34.176Z", 1738955134.176),
        ("iso", "2024-06-10 10:20:00", 1718014800.0),
        ("ms", "1740651467085", 1740651467.085),
        ("s", "1740651467", 1740651467.0),
        ("s", "nan", None),
        ("s", "1e300", None),
        ("iso", "today", None),
        ("%Y", "2024", 1704067200.0),
        ("%Y", "0001", None),
    ],
)
def test_moments(time: str, text: str, at: float | None) -> None:
    assert moment(Document(path="/a", time=time), text) == at


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_none(body: bytes) -> None:
    with pytest.raises(Malformed):
        unpacked(body)
