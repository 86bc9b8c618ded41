"""Ten thousand hostile strings through what is printed without a screen."""

import csv
import io
import json

from opsconsole.clean import FOREIGN, Clean
from opsconsole.cli.asking import Question
from opsconsole.cli.check import Reaching, _table
from opsconsole.cli.domains import Shown
from opsconsole.cli.gathering import Gathering
from opsconsole.cli.result import Told, as_csv, as_json, as_line, as_table
from opsconsole.estate import Estate
from opsconsole.model import Fault, Sample
from tests.cli.conftest import disk, sample, targets
from tests.screens.shell.hostile import corpus


def _harmless(text: str) -> bool:
    return not FOREIGN.search(text.replace("\n", ""))


def _gathered(shown: Shown, *samples: Sample) -> list[Told]:
    """What `get` would print of these samples, from a probe that forgot to clean."""
    found = Gathering(Question(shown, Estate(targets("a", "b")), shown.chosen(())))
    found.take(samples)
    return found.told()


def test_rows_and_faults_are_printed_harmless_in_every_form(disks: Shown) -> None:
    rows = [disk(text, 1.0) for text in corpus()]
    told = _gathered(disks, sample("a", *rows))
    table = as_table(disks.chosen(()), told)
    assert _harmless(table)
    assert len(table.split("\n")) == len(rows) + 2
    text = as_csv(disks.chosen(()), told)
    assert _harmless(text)
    assert len(list(csv.reader(io.StringIO(text)))) == len(rows) + 1
    for text in (as_json("p", told), as_line("p", 1.0, told[0])):
        assert _harmless(text)
        json.loads(text)


def test_reasons_are_printed_harmless(disks: Shown) -> None:
    for text in corpus():
        fault = Sample("box.disk", "a", 1000.0, None, Fault(text, Clean(text), Clean(text)), 2)
        told = _gathered(disks, fault)
        assert _harmless(told[0].why())
        assert "\n" not in told[0].why()
        assert _harmless(as_json("p", told))
        reaching = Reaching(Estate(targets("a")), start=0)
        reaching.take([fault], now=1)
        assert _harmless(_table(reaching.found()))
