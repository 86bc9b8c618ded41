"""Maps as files: all that is wrong is told, with file, entry, key and what would be right."""

import contextlib
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Unsupported
from opsconsole.fieldmap import Kept
from opsconsole.fieldmap.register import Point, load_points

GOOD = "[point.a]\naddress = 1\n"


def _wrong(folder: Path, text: str) -> str:
    path = folder / "plant.toml"
    path.write_text(text)
    with pytest.raises(Unsupported) as caught:
        load_points(str(path), "plc-1")
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[point.a]\nadress = 1", "point a: unknown key 'adress' (did you mean 'address'?)"),
        ("[point.a]\n", "point a: Object missing required field `address`"),
        ("[point.a]\naddress = 'x'", "point a, address: Expected `int`, got `str`; allowed: 0 to"),
        ("[point.a]\naddress = 1\ntype = 'u17'", "'u17'; allowed: u16, s16"),
        ("[point.a]\naddress = 70000", "address 70000; allowed: 0 to 65535"),
        ("[point.a]\naddress = 1\nfc = 5", "point a, fc:"),
        ("[point.a]\naddress = 1\nbit = 3", "bit and type bit go together"),
        ("[point.a]\naddress = 1\nfc = 1", "type must be bit"),
        ("[point.a]\naddress = 1\nalarm_bits = { 16 = 'x' }", "'16' of its alarms is none of u16"),
        ("[point.a]\naddress = 1\nwrite = {}", "nothing is written without a clamp"),
        ("[point.a]\naddress = 1\nwrite = { low = 5, high = 1 }", "low must be below high"),
        ("[point.a]\naddress = 1\nwrite = { low = 0, high = 70000 }", "does not fit into u16"),
        ("[point.a]\naddress = 1\nfc = 4\nwrite = { low = 0, high = 1 }", "only read"),
        ("[point.a]\naddress = 1\nwrite = { hi = 1 }", "'hi' (did you mean 'high'?)"),
        ("[point.a]\naddress = 1\nwrite = { fc = 7 }", "point a, write.fc:"),
        ("[register.a]\naddress = 1", "unknown table 'register'; allowed: [point.NAME]"),
        ("point = 3", "point: no table; write [point.NAME]"),
        ("", "nothing in it; write [point.NAME]"),
        ("[point.a", "is no TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    text: str, said: str, tmp_path: Path
) -> None:
    found = _wrong(tmp_path, text)
    assert found.startswith("plc-1: map plant.toml")
    assert said in found


def test_several_are_told_at_once_and_many_counted(tmp_path: Path) -> None:
    found = _wrong(tmp_path, "\n".join(f"[point.p{n}]\nadress = 1" for n in range(5)))
    assert found.count("did you mean") == 3
    assert found.endswith("and 2 more")


def test_what_cannot_be_read_or_is_too_large_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="cannot be read: No such file"):
        load_points(str(tmp_path / "none.toml"), "plc-1")
    assert "larger than 1 MiB" in _wrong(tmp_path, "#" * (1 << 20) + "\n")
    many = "\n".join(f"[point.p{n}]\naddress = 1" for n in range(2001))
    assert "2001 entries; at most 2000" in _wrong(tmp_path, many)


async def test_a_map_is_read_again_when_it_changes_and_only_then(tmp_path: Path) -> None:
    path, reads = tmp_path / "m.toml", list[str]()
    path.write_text(GOOD)

    def make(name: str, target: str) -> int:
        reads.append(target)
        return len(load_points(name, target))

    kept = Kept(str(path), "plc-1", make)
    assert [await kept.now(), await kept.now()] == [1, 1]
    assert reads == ["plc-1"]
    path.write_text(GOOD + "[point.b]\naddress = 2\n")
    assert await kept.now() == 2
    path.write_text("[point.b")
    with pytest.raises(Unsupported):
        await kept.now()
    path.write_text(GOOD)
    os.utime(path, (1, 1))
    assert await kept.now() == 1


_PLAIN = st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_VALUES = _PLAIN | st.lists(_PLAIN, max_size=2) | st.dictionaries(st.text(max_size=3), _PLAIN)
_KEYS = st.sampled_from(Point.__struct_fields__)


@given(st.dictionaries(_KEYS, _VALUES, max_size=4))
def test_no_map_does_more_than_be_refused(entry: dict[str, object]) -> None:
    with contextlib.suppress(msgspec.ValidationError):
        point = msgspec.convert({"address": 1, **entry}, Point)
        assert 0 <= point.address <= 65535
