"""What is written back as TOML is read as the same targets."""

from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsconsole.estate import imported, load, render
from opsconsole.estate.way import PATHS
from opsconsole.model import Target
from opsconsole.secret import Secret
from tests.estate.conftest import write

NAME = st.from_regex(r"[a-zà-ö0-9_]([A-Za-zß-ö0-9_.%-]{0,20}[a-z])?", fullmatch=True)
TEXT = st.text(
    st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]) | st.sampled_from("éß漢\\"),
    max_size=20,
)
WORD = TEXT.filter(lambda text: text != "")
PATH = WORD.map(lambda text: "/" + text.replace("/", "").replace("~", ""))
SECRET = st.one_of(
    st.builds(Secret, st.just("env"), st.tuples(st.from_regex("[A-Z_][A-Z0-9_]*", fullmatch=True))),
    st.builds(
        Secret, st.just("file"), st.tuples(PATH.filter(lambda path: path not in {"/", "/."}))
    ),
    st.builds(Secret, st.just("command"), st.lists(WORD, min_size=1, max_size=3).map(tuple)),
    st.builds(
        Secret, st.just("keyring"), st.tuples(WORD, WORD.filter(lambda text: "/" not in text))
    ),
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(PATHS, PATH.filter(lambda path: path not in {"/", "/."})),
        "jump": st.just("ops@bastion:22,inner"),
        "password": SECRET,
    },
)
LABELS = st.dictionaries(st.from_regex("[a-z_][a-z0-9_./-]{0,9}", fullmatch=True), TEXT, max_size=3)
SECONDS = st.floats(0.5, 3600) | st.integers(1, 3600).map(float)
COMMON = {
    "id": NAME,
    "kind": st.sampled_from(["host", "ups"]),
    "labels": LABELS.map(MappingProxyType),
    "groups": st.lists(NAME, max_size=3, unique=True).map(tuple),
    "intervals": st.dictionaries(NAME, SECONDS, max_size=2).map(MappingProxyType),
}
LOCAL = st.builds(Target, **COMMON, transport=st.just("local"))
REMOTE = st.builds(
    Target,
    **COMMON,
    transport=st.sampled_from(["ssh", "snmp"]),
    address=st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True) | st.just("local"),
    port=st.none() | st.integers(1, 65535),
    user=st.none() | st.from_regex(r"[a-z][a-z0-9$_.-]{0,9}", fullmatch=True),
    settings=SETTINGS.map(MappingProxyType),
)


@given(st.lists(LOCAL | REMOTE, min_size=1, max_size=4, unique_by=lambda target: target.id))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_round_trip(here: Path, targets: list[Target]) -> None:
    path = write(here / "estate.toml", render(targets))
    estate = load(path, {}, kinds={"host", "ups"}, transports={"local", "ssh", "snmp"})
    assert list(estate.targets) == targets


@pytest.mark.parametrize("name", ["fleet.ini", "fleet.yml", "folder"])
def test_an_import_can_be_written_down(here: Path, name: str) -> None:
    targets = imported("ansible", Path(__file__).parent / "inventories" / name).targets
    assert load(write(here / "estate.toml", render(targets)), {}).targets == targets


def test_only_what_does_not_go_without_saying_is_written() -> None:
    web = Target("web-1", "host", "ssh", "web-1", groups=("web",))
    db = Target("db.example", "host", "ssh", "192.0.2.2", 2222, "ops", labels={"a": 'b"c'})
    assert render([web, db, Target("here", "host", "local")]) == (
        "[group.web]\n\n"
        '[target.web-1]\ngroups = ["web"]\n\n'
        '[target."db.example"]\naddress = "192.0.2.2"\nport = 2222\nuser = "ops"\n'
        'labels = { a = "b\\"c" }\n\n'
        '[target.here]\ntransport = "local"\n'
    )
