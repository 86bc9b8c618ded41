"""The team's own rules, changed numbers and quiet times, as the estate writes them."""

from datetime import time
from pathlib import Path

import pytest

from opsconsole import registry
from opsconsole.errors import EstateError
from opsconsole.estate import Estate, load
from opsconsole.model import Level
from opsconsole.rule import Bound, Condition, Measure
from opsconsole.rulebook import effective
from tests.estate.conftest import write

HOSTS = """
[target.web-1]
labels = { env = "prod" }
[target.dev-1]
labels = { env = "dev" }
"""
WHOLE = (
    HOSTS
    + """
[rule.many-failed]
title = "Many units failed"
about = "Something larger is wrong."
probe = "host.health"
column = "failed_units"
warn = { raise = 3, clear = 1 }
crit = { raise = 6, clear = 4, guard = "host.health.clock == synchronised" }
guard = ["host.health.hung_filesystems < 1"]
for_s = 60
remedies = ["host.reboot", "call the one who deployed last"]
source = "the incident of May"
depends_on = ["host.silent"]

[rule.swaps]
title = "Swap is used"
probe = "host.vitals"
column = "swap_used_percent"
targets = ["label:env=prod"]
measure = "mean"
window_s = 900
warn = { raise = 50, clear = 40 }
remedies = ["look at memory"]

[[override]]
rule = "host.disk-*"
targets = ["label:env=dev"]
enabled = false

[[override]]
rule = "host.disk-full"
crit = { raise = 97, clear = 95 }
for_s = 120

[[override]]
rule = "host.cpu-busy"
targets = ["web-*"]
warn = false
crit = { raise = 99, clear = 90, guard = "host.vitals.cores > 1" }

[[override]]
rule = "host.disk-hung"
severity = "warn"

[[silence]]
match = "label:env=dev"
from = 20:00:00
to = 07:00:00
reason = "nobody works there at night"

[[silence]]
match = "rule:host.restarted"
reason = "we know"
"""
)


def loaded(here: Path, text: str) -> Estate:
    known = registry.integrations()
    return load(write(here / "estate.toml", text), {}, integrations=known)


def test_all_of_it_arrives(here: Path) -> None:
    estate = loaded(here, WHOLE)
    host = registry.integrations()["host"]
    web, dev = (
        {one.rule.id: one for one in effective(target, host, estate.rulebook)}
        for target in estate.targets
    )
    many = web["estate.many-failed"].rule
    assert (many.warn, many.guards) == (
        Bound(3, 1),
        (Condition("hung_filesystems", "<", 1.0),),
    )
    assert many.crit == Bound(6, 4, (Condition("clock", "==", "synchronised"),))
    assert (many.for_s, many.source, many.depends_on) == (
        60.0,
        "the incident of May",
        ("host.silent",),
    )
    assert "estate.swaps" not in dev
    swaps = web["estate.swaps"].rule
    assert (swaps.measure, swaps.window_s) == (Measure.MEAN, 900.0)
    assert swaps.source == "the estate, estate.toml: rule.swaps"
    full = web["host.disk-full"]
    assert full.rule.crit == Bound(97, 95, (Condition("available_bytes", "<", 5e9),))
    assert (full.enabled, full.rule.for_s) == (True, 120)
    assert full.said == dict.fromkeys(("crit", "for_s"), "estate.toml: override[2]")
    assert not dev["host.disk-full"].enabled
    assert dev["host.cpu-busy"].rule == host.rules[0]
    assert web["host.cpu-busy"].rule.warn is None
    assert web["host.cpu-busy"].rule.crit == Bound(99, 90, (Condition("cores", ">", 1.0),))
    assert set(web["host.disk-hung"].rule.words.values()) == {Level.WARN}
    night, always = estate.rulebook.quiets
    assert (night.id, night.match, always.id, always.when) == (
        "estate-1",
        "label:env=dev",
        "estate-2",
        None,
    )
    assert night.when is not None
    assert (night.when.start, night.when.end) == (time(20), time(7))


CASES = {
    "unknown names": (
        '[rule.a]\ntitle = "A"\nprobe = "host.vitlas"\ncolumn = "x"\nremedies = ["look"]\n'
        '[rule.b]\ntitle = "B"\nprobe = "host.vitals"\ncolumn = "cpu_pct"\nremedies = ["look"]\n'
        '[rule.c]\ntitle = "C"\nprobe = "host.vitals"\ncolumn = "load1"\n'
        'warn = { raise = 1, clear = 0 }\nremedies = ["host.rebot"]\n'
        'depends_on = ["host.slient"]\n',
        [
            ("rule.a.probe", "'host.vitlas'", "host.vitals"),
            ("rule.b.column", "'cpu_pct'", "cpu_percent"),
            ("rule.c.depends_on", "'host.slient'", "host.silent"),
            ("rule.c.remedies", "'host.rebot'", "host.reboot"),
        ],
    ),
    "what is missing": (
        "[rule.a]\n",
        [(f"rule.a.{key}", "nothing", "") for key in ("title", "probe", "column", "remedies")],
    ),
    "numbers": (
        '[[override]]\nrule = "host.cpu-busy"\nwarn = { raise = "high" }\nfor_s = -1\ncrit = 3\n',
        [
            ("override[1].warn.raise", "'high'", ""),
            ("override[1].warn.clear", "nothing", ""),
            ("override[1].crit", "3", ""),
            ("override[1].for_s", "-1", ""),
        ],
    ),
    "the wrong way round": (
        '[[override]]\nrule = "host.cpu-busy"\nwarn = { raise = 80, clear = 90 }\n',
        [("override[1]", "host.cpu-busy: high is bad for one level and low for the other", "")],
    ),
    "cleared where it is raised": (
        '[[override]]\nrule = "host.memory-used"\nwarn = { raise = 80, clear = 80 }\n',
        [
            (
                "override[1]",
                "host.memory-used: warn is cleared where it is raised, at 80: it would flap",
                "",
            )
        ],
    ),
    "a guard about something else": (
        '[[override]]\nrule = "host.cpu-busy"\n'
        'warn = { raise = 80, clear = 70, guard = "host.unit[unit=a].active == failed" }\n'
        '[rule.a]\ntitle = "A"\nprobe = "host.vitals"\ncolumn = "load1"\nremedies = ["look"]\n'
        'warn = { raise = 1, clear = 0, guard = "host.health.clock == ok" }\nguard = 7\n',
        [
            ("rule.a.warn.guard", "a guard about host.health", ""),
            ("rule.a.guard", "7", ""),
            ("override[1].warn.guard", "'host.unit[unit=a].active == failed'", ""),
        ],
    ),
    "overrides that reach nothing": (
        '[[override]]\nrule = "host.dsik-full"\nenabled = false\n'
        '[[override]]\nrule = "host.disk-full"\ntargets = ["wbe-1"]\nenabled = false\n'
        '[[override]]\nrule = "host.disk-full"\n[[override]]\nenabled = false\n'
        '[[override]]\nrule = "host.disk-full"\nseverity = "bad"\n',
        [
            ("override[3]", "no change", ""),
            ("override[4].rule", "nothing", ""),
            ("override[5].severity", "'bad'", ""),
            ("override[2].targets", "'wbe-1'", ""),
            ("override[1].rule", "'host.dsik-full'", "host.disk-full"),
        ],
    ),
    "silences": (
        '[[silence]]\nmatch = "web"\nreason = "x"\n'
        '[[silence]]\nmatch = "target:web*"\nfrom = 20:00:00\nreason = "x"\n'
        "[[silence]]\n[silence2]\n",
        [
            ("silence2", "unknown key", "silence"),
            ("silence[1].match", "'web'", ""),
            ("silence[2].from", "a time to a NoneType", ""),
            ("silence[3].match", "nothing", ""),
            ("silence[3].reason", "nothing", ""),
        ],
    ),
    "no tables": (
        'rule = 1\noverride = 2\nsilence = ["x"]\n',
        [("rule", "1", ""), ("override", "2", ""), ("silence", "'x'", "")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_problem_is_told_at_once(case: str, here: Path) -> None:
    text, expected = CASES[case]
    with pytest.raises(EstateError) as caught:
        loaded(here, text + HOSTS)
    found = [
        (one.where.removeprefix("estate.toml: "), one.found, one.nearest)
        for one in caught.value.problems
    ]
    assert found == expected
