"""Plug-ins are found where they stand; a broken one is told by name and harms nobody."""

import importlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.check import Check, Outcome
from opsconsole.document import Document
from opsconsole.errors import Unsupported
from opsconsole.evidence import Evidence
from opsconsole.model import Column, Level, Quantity, Row
from opsconsole.question import HttpRequest, Watched
from opsconsole.registry import Catalogue, Transports, defects
from opsconsole.rule import Condition
from opsconsole.spec import (
    Action,
    Exchange,
    Integration,
    Kind,
    Look,
    Probe,
    Recorded,
    Report,
    Setting,
    Verify,
    Weight,
)
from opsconsole.transports.local import LocalTransport


def _rows(reading: bytes, before: bytes | None) -> list[Row]:
    return []


COLUMN = Column("age_s", "AGE", Quantity.SECONDS, "stat")
PROBE = Probe("box.age", "Age", "tick", (COLUMN,), ("age_s",), bytes, _rows)
POKE = Action(
    id="box.poke",
    title="Poke",
    letter="p",
    about="Pokes.",
    probes=("box.age",),
    pins=("age_s",),
    weight=Weight.REVERSIBLE,
    look=Look(lambda _thing: ("true",), lambda _thing, _status, _out: {}),
    steps=lambda _thing, _facts, _arguments: (),
    effect=lambda _thing, _facts, _arguments: "none",
    verify=Verify("poked", lambda _before, _now, _arguments: True, 1.0),
    timeout=1.0,
    expected_s=1.0,
)
BOX = Integration("box", "Box", (Exchange("tick", 2.0, pushed=True),), (PROBE,))


def test_a_sound_integration_has_no_defect() -> None:
    assert list(defects(BOX)) == []


def _beside(row: Row, _used: Row | None) -> Row:
    return row


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda: replace(BOX, probes=(PROBE, PROBE)), "probe 'box.age' stands there twice"),
        (lambda: replace(BOX, exchanges=()), "reads exchange 'tick', which does not exist"),
        (lambda: replace(BOX, exchanges=BOX.exchanges * 2), "exchange 'tick' stands there twice"),
        (
            lambda: replace(BOX, exchanges=(*BOX.exchanges, Exchange("tock", 1.0, pushed=True))),
            "more than one pushed exchange",
        ),
        (lambda: replace(BOX, kind="crate"), "probe 'box.age' is not named crate.<thing>"),
        (
            lambda: replace(BOX, probes=(replace(PROBE, key=("id",)),)),
            "the key of 'box.age' names 'id', which is no column",
        ),
        (
            lambda: replace(BOX, probes=(replace(PROBE, columns=(COLUMN, COLUMN)),)),
            "column of box.age 'age_s' stands there twice",
        ),
        (lambda: replace(BOX, actions=(POKE, POKE)), "action 'box.poke' stands there twice"),
        (
            lambda: replace(BOX, actions=(POKE, replace(POKE, id="box.prod"))),
            "letter of an action on box.age 'p' stands there twice",
        ),
        (
            lambda: replace(BOX, actions=(replace(POKE, id="poke"),)),
            "action 'poke' is not named box.<word>",
        ),
        (
            lambda: replace(BOX, actions=(replace(POKE, probes=("box.lid",)),)),
            "action 'box.poke' is about 'box.lid', which does not exist",
        ),
        (
            lambda: replace(BOX, exchanges=(Exchange("tick", 2.0, pushed=True, watched=True),)),
            "exchange 'tick' is both pushed and watched",
        ),
        (
            lambda: replace(
                BOX,
                exchanges=(Exchange("tick", 2.0, watched=True),),
                probes=(replace(PROBE, key=()),),
            ),
            "probe 'box.age' of a watched list has no key of its objects",
        ),
        (
            lambda: replace(BOX, probes=(replace(PROBE, over="box.lid"),)),
            "probe 'box.age' sums up 'box.lid', which is not of the same list",
        ),
        (
            lambda: replace(BOX, probes=(replace(PROBE, beside=("box.lid", _beside)),)),
            "probe 'box.age' stands beside 'box.lid', which does not exist",
        ),
        (
            lambda: replace(BOX, questions={"tick": (Watched("/pods"),)}),
            "exchange 'tick': a watched one has one question, a Watched, others have none",
        ),
        (lambda: "a string", "is a str, not an Integration"),
    ],
)
def test_each_defect_is_told(change: Callable[[], object], told: str) -> None:
    assert told in "; ".join(defects(change()))


def test_a_broken_plug_in_is_told_by_name_and_the_others_work() -> None:
    def explode() -> object:
        raise RuntimeError("half\x1b[31m installed")

    found = Catalogue()
    found.add_integration("acme.box", explode)
    found.add_integration("opsconsole.box", lambda: BOX)
    found.add_integration("acme.copy", lambda: BOX)
    found.add_integration("acme.other", lambda: replace(BOX, kind="box2"))
    assert list(found.integrations) == ["box"]
    assert [broken.name for broken in found.broken] == ["acme.box", "acme.copy", "acme.other"]
    assert "half" in found.broken[0].reason
    assert "\x1b" not in found.broken[0].reason
    assert "kind 'box' is taken" in found.broken[1].reason


def test_what_stands_in_our_folders_is_sound_and_named_as_its_module() -> None:
    found = registry.discover()
    assert found.broken == []
    assert "local" in found.transports
    for name in found.transports:
        assert (Path(registry.__file__).parent / "transports").joinpath(name).exists() or (
            Path(registry.__file__).parent / "transports" / f"{name}.py"
        ).exists()


async def test_a_transport_is_made_once_and_closed() -> None:
    transports = Transports()
    local = transports.get("local")
    assert isinstance(local, LocalTransport)
    assert transports.get("local") is local
    await transports.close()


def test_a_missing_transport_says_which_there_are() -> None:
    with pytest.raises(Unsupported, match="no transport 'pigeon'") as caught:
        Transports({"local": LocalTransport, "ssh": LocalTransport}).get("pigeon")
    assert caught.value.remedy == "there are: local, ssh"


def test_a_transport_whose_library_is_missing_says_what_to_install() -> None:
    def load() -> object:
        return importlib.import_module("nowhere_to_be_found.client")

    with pytest.raises(Unsupported, match="transport 'acme'") as caught:
        Transports({"acme": load}).get("acme")
    assert caught.value.remedy == "install nowhere_to_be_found"


def test_a_transport_that_cannot_be_made_is_a_fault_and_no_crash() -> None:
    with pytest.raises(Unsupported, match="not callable"):
        Transports({"acme": lambda: None}).get("acme")


def test_entry_points_are_found(tmp_path: Path) -> None:
    (tmp_path / "acme_box.py").write_text(
        "from opsconsole.spec import Integration\n"
        "INTEGRATION = Integration('acme', 'Acme', (), ())\n"
        "class Pigeon:\n    name = 'pigeon'\n"
    )
    info = tmp_path / "acme_box-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-box\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[opsconsole.integrations]\nacme = acme_box:INTEGRATION\ngone = acme_gone:INTEGRATION\n"
        "[opsconsole.transports]\npigeon = acme_box:Pigeon\nlocal = acme_box:Pigeon\n"
    )
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from opsconsole import registry\n"
        "print(registry.integrations()['acme'].title, 'pigeon' in registry.transport_names())\n"
        "print(type(registry.Transports().get('pigeon')).__name__)\n"
        "print(*(f'{each.name}: {each.reason}' for each in registry.broken()), sep='|')\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, second, third = ran.stdout.splitlines()
    assert (first, second) == ("Acme True", "Pigeon")
    assert "acme_gone:INTEGRATION: ModuleNotFoundError" in third
    assert "acme_box:Pigeon: transport 'local' is taken by another" in third


def test_looking_around_imports_no_client_library() -> None:
    script = (
        "import sys; from opsconsole import registry\n"
        "registry.integrations(); registry.transport_names(); registry.Transports().get('local')\n"
        "print('asyncssh' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_settings_that_contradict_another_transports_are_told() -> None:
    one = Setting("token", Kind.SECRET, "who")
    found = Catalogue()
    found.add_settings("a", lambda: (one,))
    found.add_settings("b", lambda: (one, Setting("depth", Kind.WHOLE, "how deep")))
    found.add_settings("c", lambda: (replace(one, kind=Kind.TEXT),))
    found.add_settings("d", lambda: 1 / 0)
    found.add_settings("e", lambda: (replace(one, about="who we are"),))
    assert sorted(found.settings) == ["a", "b", "e"]
    assert [one.name for one in found.broken] == ["c", "d"]
    assert "another transport: token" in found.broken[0].reason


def test_questions_belong_to_an_exchange() -> None:
    asks = replace(BOX, questions={"tock": (HttpRequest("/"),)})
    assert list(defects(asks)) == ["questions for exchange 'tock', which does not exist"]
    assert replace(BOX, questions={"tick": ()}).script == {"tick": ()}
    assert BOX.script == ""


def _no_document(evidence: Evidence) -> Document:
    return Document("role.thing", "Thing", evidence.now, evidence.since, evidence.until, ())


CHECK = Check("box.old", "Old", "box.age", (Outcome(Level.WARN, (Condition("age_s", ">", 1),)),))
REPORT = Report(
    "role.thing",
    *("Thing", "What it is.", ("box",), ("box.age",), _no_document),
    past=(Recorded("box.age", "age_s"),),
    checks=(CHECK,),
    default=True,
)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda: replace(REPORT, id="thing"), "not named <role>.<document>"),
        (lambda: replace(REPORT, kinds=("crate",)), "kind 'crate', which does not exist"),
        (lambda: replace(REPORT, probes=("box.age", "box.no")), "probe 'box.no', which does not"),
        (lambda: replace(REPORT, probes=()), "does not read probe 'box.age', of which it speaks"),
        (lambda: replace(REPORT, past=(Recorded("box.age", "no"),)), "reads box.age.no, which"),
        (lambda: replace(REPORT, checks=(CHECK, CHECK)), "check 'box.old' stands there twice"),
        (lambda: replace(REPORT, checks=(replace(CHECK, column="no"),)), "reads box.age.no"),
        (lambda: "a word", "its REPORT is a str, not a Report"),
    ],
)
def test_a_broken_report_is_told(change: Callable[[], object], told: str) -> None:
    known = Catalogue({"box": BOX})
    known.add_report("some.module", change)
    assert [one.name for one in known.broken] == ["some.module"]
    assert told in known.broken[0].reason
    assert known.reports == {}


def test_reports_have_ids_of_their_own_and_one_default_each_role() -> None:
    known = Catalogue({"box": BOX})
    known.add_report("one", lambda: REPORT)
    known.add_report("again", lambda: REPORT)
    known.add_report("other", lambda: replace(REPORT, id="role.other"))
    known.add_report("third", lambda: replace(REPORT, id="role.third", default=False))
    assert list(known.reports) == ["role.thing", "role.third"]
    assert "taken by another" in known.broken[0].reason
    assert "default report already" in known.broken[1].reason


def test_a_report_that_raises_harms_nobody() -> None:
    known = Catalogue({"box": BOX})
    known.add_report("bad", lambda: importlib.import_module("no_such_module_anywhere"))
    assert known.broken[0].name == "bad"
