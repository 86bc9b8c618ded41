"""Profiles as files: what they say, and what is told of those that are wrong."""

import tomllib
from pathlib import Path

import pytest

import opsconsole.gear
from opsconsole.errors import Problem
from opsconsole.estate import load
from opsconsole.gear.form import Class, Profile
from opsconsole.gear.library import OURS, Library
from opsconsole.gear.parse import parsed
from opsconsole.model import Level
from opsconsole.varbind import INTEGER, OCTETS, Bound, Value

SOUND = """
vendor = "Acme"
class = "pdu"
[[match]]
object = "1.3.6.1.4.1.99999"
[identity]
model = ["1.3.6.1.4.1.99999.1.0", { descr = 'model (\\S+)' }]
[states.relay]
1 = "on"
2 = "warn: off"
[[table]]
entry = "1.3.6.1.4.1.99999.4.1"
name = ["{3}", "Outlet {index}"]
[[table.sensor]]
value = 5
states = "relay"
[[table.sensor]]
value = 6
physical = "current"
unit = "mA"
"""


def read(text: str) -> tuple[Profile | None, tuple[Problem, ...]]:
    return parsed("acme", tomllib.loads(text), "acme.toml")


def test_a_profile_says_what_it_fits_and_what_its_sensors_are() -> None:
    profile, problems = read(SOUND)
    assert not problems
    assert profile is not None
    assert (profile.vendor, profile.class_) == ("Acme", Class.PDU)
    assert [one.value.root for one in profile.columns] == [
        "1.3.6.1.4.1.99999.4.1.5",
        "1.3.6.1.4.1.99999.4.1.6",
    ]
    states = profile.columns[0].states
    assert states is not None
    assert (states["1"].level, states["2"].level) == (Level.OK, Level.WARN)


@pytest.mark.parametrize(
    ("before", "after", "where", "said"),
    [
        ('class = "pdu"', 'class = "pud"', "acme.toml.class", "pdu"),
        ('physical = "current"', 'physical = "curent"', "acme.toml.table[1].sensor[2].physical",
         "current"),
        ('unit = "mA"', 'unit = "mV"', "acme.toml.table[1].sensor[2].unit", "mA"),
        ('states = "relay"', 'states = "relais"', "acme.toml.table[1].sensor[1].states", "relay"),
        ('2 = "warn: off"', '2 = "bad: off"', "acme.toml.states.relay.2", "LEVEL: word"),
        ("value = 6", 'value = "1.x"', "acme.toml.table[1].sensor[2].value", "OID"),
        ("value = 6", "valeu = 6", "acme.toml.table[1].sensor[2].valeu", "value"),
        ('object = "1.3.6.1.4.1.99999"', 'object = ".1.3"', "acme.toml.match[1].object", "OID"),
        ('unit = "mA"', 'pattern = "(["', "acme.toml.table[1].sensor[2].pattern", "regular"),
        ('unit = "mA"', 'place = "attic"', "acme.toml.table[1].sensor[2].place", "inlet"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_key_and_what_is_allowed(
    before: str, after: str, where: str, said: str
) -> None:
    assert before in SOUND
    profile, problems = read(SOUND.replace(before, after))
    assert profile is None
    (told,) = [one for one in problems if one.where == where]
    assert said in told.allowed


def test_a_bad_profile_harms_no_other_and_a_later_folder_comes_first(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(SOUND)
    (tmp_path / "bad.toml").write_text("[[match]\n")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    later = tmp_path / "later"
    later.mkdir()
    (later / "good.toml").write_text(SOUND.replace("Acme", "Other"))
    library = Library([tmp_path])
    assert [one.vendor for one in library.profiles] == ["Acme"]
    assert [one.where for one in library.problems] == ["bad.toml", "binary.toml"]
    library.add(later)
    assert [one.vendor for one in library.profiles] == ["Other"]


def test_all_of_ours_are_sound() -> None:
    library = Library([OURS])
    assert library.problems == ()
    assert len(library.profiles) == len(list(OURS.glob("*.toml")))


def test_profiles_that_fit_better_come_first_and_leave_others_out(tmp_path: Path) -> None:
    generic = '[[sensor]]\nvalue = "1.3.6.1.2.1.99999.1.0"\nname = "A"\nphysical = "count"\n'
    (tmp_path / "generic.toml").write_text(generic)
    (tmp_path / "other.toml").write_text(generic)
    (tmp_path / "wide.toml").write_text(SOUND)
    near = SOUND.replace('object = "1.3.6.1.4.1.99999"', 'object = "1.3.6.1.4.1.99999.7"')
    (tmp_path / "near.toml").write_text('without = ["other"]\n' + near)
    library = Library([tmp_path])

    def plan(oid: str) -> list[str]:
        return [one.name for one in library.plan({"1.3.6.1.2.1.1.2.0": oid}).profiles]

    assert plan("1.3.6.1.4.1.99999.7.1") == ["near", "wide", "generic"]
    assert plan("1.3.6.1.4.1.99999.70") == ["wide", "generic", "other"]
    assert plan("1.3.6.1.4.1.9") == ["generic", "other"]


def test_identity_takes_the_first_that_says_something(tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text(SOUND)
    library = Library([tmp_path])
    system: dict[str, Value] = {
        "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.99999.7",
        "1.3.6.1.2.1.1.1.0": b"an Acme model X1",
    }
    bound = [Bound(name, OCTETS, value) for name, value in system.items()]
    plan = library.plan(system)
    identity = plan.device(bound).identity
    assert (identity.vendor, identity.model, identity.class_) == ("Acme", "X1", Class.PDU)
    assert identity.profiles == ("acme",)
    told = [*bound, Bound("1.3.6.1.4.1.99999.1.0", OCTETS, b"PDU-9\0")]
    assert plan.device(told).identity.model == "PDU-9"


def test_a_fact_of_a_column_may_want_a_row_of_its_own(tmp_path: Path) -> None:
    column = "1.3.6.1.4.1.99999.1"
    (tmp_path / "acme.toml").write_text(
        f'[identity]\nserial = {{ oid = "{column}.3", when = {{ "{column}.2" = [3, ""] }} }}\n'
        f'vendor = "{column}.4"\n'
    )
    (tmp_path / "own.toml").write_text('vendor = "Own"\n[[match]]\nobject = "1.3.6.1"\n')
    library = Library([tmp_path])
    assert library.problems == ()
    plan = library.plan({"1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1"})
    told = [(3, 1, b"a fan"), (3, 2, b"the chassis"), (4, 1, b"a maker of fans")]
    bound = [Bound(f"{column}.{n}.{row}", OCTETS, value) for n, row, value in told]
    assert plan.device(bound).identity.serial == "a fan", "where no row says what it is"
    kinds = [Bound(f"{column}.2.{row}", INTEGER, what) for row, what in ((1, 7), (2, 3))]
    identity = plan.device([*bound, *kinds]).identity
    assert identity.serial == "the chassis"
    assert identity.vendor == "Own", "whose profile fits it knows better than a table of parts"


def test_profiles_beside_the_estate_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library([OURS])
    monkeypatch.setattr(opsconsole.gear, "LIBRARY", library)
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "acme.toml").write_text(SOUND)
    (tmp_path / "profiles" / "bad.toml").write_text("class = 7\n")
    estate = tmp_path / "estate.toml"
    estate.write_text('[target.pdu]\nkind = "device"\ntransport = "snmp"\naddress = "127.0.0.1"\n')
    (target,) = load(estate, kinds={"device"}, transports={"snmp"}).targets
    assert target.kind == "device"
    assert library.plan({"1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.99999.1"}).profiles[0].name == "acme"
    assert [one.where for one in library.problems] == ["bad.toml.class"]
