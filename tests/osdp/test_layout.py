"""The file of a gateway: read whole, every mistake with where, what and what is allowed."""

from pathlib import Path

import pytest

from opsconsole.errors import EstateError
from opsconsole.osdp.layout import read

GOOD = """\
password = { env = "GATE" }
device = "/dev/ttyUSB0"
baud = 115200
name = "Cages"
[[reader]]
address = 1
key = { file = "key-1" }
[[reader]]
address = 2
[[door]]
name = "Cage A"
address = 1
contact = 0
lock = 0
[[door]]
address = 2
contact = 3
open_when = false
button = 1
open_s = 9
"""


def test_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(GOOD)
    found = read(path)
    assert (found.host, found.port, found.user, found.baud) == ("127.0.0.1", 9480, "ops", 115200)
    assert [one.address for one in found.readers] == [1, 2]
    assert [one.key is None for one in found.readers] == [False, True]
    first, second = found.doors
    assert (first.name, first.lock, first.button, first.open_when, first.open_s) == (
        "Cage A", 0, None, True, 5,
    )  # fmt: skip
    assert (second.contact, second.open_when, second.open_s) == (3, False, 9)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("baud = 115200", "baud = 10000", "9600, 19200"),
        ("baud = 115200", "bauds = 9600", "did you mean 'baud'"),
        ('password = { env = "GATE" }', "", "password: found nothing"),
        ('password = { env = "GATE" }', 'password = "x"', "a secret in plain text"),
        ('device = "/dev/ttyUSB0"', "", "device: found nothing"),
        ("address = 2\n[[door]]", "address = 1\n[[door]]", "each with another address"),
        ("address = 2\ncontact", "address = 3\ncontact", "at the address of a reader"),
        ("address = 2\ncontact", "contact", "the address of its reader"),
        ("address = 2\n[[door]]", "[[door]]", "0 to 126"),
        ("lock = 0", "lock = 64", "0 to 63"),
        ("open_s = 9", "open_s = 600", "1 to 60"),
        ("open_when = false", 'open_when = "no"', "true or false"),
        ('name = "Cages"', 'name = "Cages"\nlisten = "0.0.0.0:9480"', "an address of this machine"),
        ('name = "Cages"', 'name = "Cages"\nlisten = "[::1]:99999"', "an address of this machine"),
        ("[[reader]]\naddress = 1", "[reader]\naddress = 1", ""),
    ],
)
def test_mistakes_are_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    path = tmp_path / "gate.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(EstateError, match=r"gate\.toml") as caught:
        read(path)
    assert said in str(caught.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(EstateError):
        read(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(EstateError):
        read(tmp_path / "bad.toml")
