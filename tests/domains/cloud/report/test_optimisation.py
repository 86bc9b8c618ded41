"""The optimisation of clouds: what is wasted and open, what it costs whom, what nobody knows."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.document import Document, Paragraph, Section, Table
from opsconsole.domains.cloud.report import waste
from opsconsole.domains.cloud.report.check import CHECKS
from opsconsole.domains.cloud.report.optimisation import KINDS, REPORT
from opsconsole.engine.reporting import with_courses
from opsconsole.evidence import Evidence
from opsconsole.model import Fault, Level, Row, Sample, Target
from opsconsole.report import FORMS
from opsconsole.spec import Probe
from tests.report.past import Course, MemoryPast
from tests.report.test_html import Tree

NOW = 1_764_000_000.0
DAY = 86_400.0
HOSTILE = "'</td><script>x</script>' | `rm` \x1b[2J[a](http://b) \u202e **x**"
PROBES: dict[str, Probe[Any]] = {
    probe.id: probe for kind in KINDS for probe in registry.integrations()[kind].probes
}
TARGETS = (
    Target("shop", "aws", "aws"),
    Target("lab", "cloud", "libcloud"),
    Target("gone", "aws", "aws"),
)
Cells = Mapping[str, Any]

ANSWERS: dict[str, dict[str, list[Cells]]] = {
    "shop": {
        "aws.account": [
            {"instances": 4, "running": 3, "regions": 2, "silent": 1, "silent_names": "us-east-1",
             "impaired": 1, "events": 0, "imds_v1": 2, "unowned_percent": 50.0}
        ],
        "aws.instance": [
            {"region": "r", "instance": "i-1", "name": HOSTILE, "state": "running",
             "type": "m5.xl"},
            {"region": "r", "instance": "i-2", "name": "", "state": "running", "type": "m5.xl"},
            {"region": "r", "instance": "i-3", "name": "old", "state": "stopped", "owner": "ann"},
        ],
        "aws.usage": [
            {"region": "r", "instance": "i-1", "days": 14, "cpu_percent": 2.0,
             "cpu_top_percent": 9.0, "idle_days": 12},
            {"region": "r", "instance": "i-2", "days": 14, "cpu_percent": 20.0,
             "cpu_top_percent": 35.0, "idle_days": 0},
        ],
        "aws.volume": [
            {"region": "r", "volume": "v-1", "state": "available", "month_usd": 8.0,
             "copy": "copied", "copy_age_s": DAY},
            {"region": "r", "volume": "v-2", "state": "available", "month_usd": 100.0,
             "copy": "never copied"},
            {"region": "r", "volume": "v-3", "state": "available", "month_usd": 1.0,
             "copy": "copied", "copy_age_s": DAY, "protected": True},
            {"region": "r", "volume": "v-4", "state": "in-use", "instance": "i-3",
             "month_usd": 16.0, "copy": "never copied", "size_bytes": 1e9},
        ],
        "aws.snapshot": [
            {"region": "r", "snapshot": "s-1", "origin": "gone", "age_s": 200 * DAY,
             "month_usd": 5.0},
            {"region": "r", "snapshot": "s-2", "origin": "gone", "age_s": DAY, "month_usd": 5.0},
        ],
        "aws.address": [{"region": "r", "address": "1.2.3.4", "state": "unused",
                         "month_usd": 3.65}],
        "aws.opening": [
            {"region": "r", "group": "sg-1", "protocol": "tcp", "ports": "22", "cidr": "0.0.0.0/0",
             "risk": "high", "what": "SSH", "users": "i-1", "public": 1},
            {"region": "r", "group": "sg-1", "protocol": "tcp", "ports": "443",
             "cidr": "0.0.0.0/0", "risk": "web", "what": "", "users": "i-1", "public": 1},
        ],
        "aws.database": [{"region": "r", "database": "orders", "exposure": "public",
                          "engine": "postgres", "host": "h", "kept_days": 0}],
        "aws.bucket": [{"bucket": "shop-open", "exposure": "public"},
                       {"bucket": "shop-safe", "exposure": "private"}],
        "aws.balancer-use": [
            {"region": "r", "name": "front", "use": "idle", "top_day": 12.0},
            {"region": "r", "name": "busy", "use": "used", "top_day": 9e6},
        ],
        "aws.database-use": [{"region": "r", "database": "old-orders", "use": "idle"}],
        "aws.filesystem": [{"region": "r", "filesystem": "fs-1", "name": "",
                            "reached": "no mount target", "size_bytes": 10e9}],
        "aws.patch": [
            {"region": "r", "instance": "i-1", "state": "missing", "unpatched_days": 90.0},
            {"region": "r", "instance": "i-2", "state": "not managed"},
        ],
        "aws.image": [{"region": "r", "image": "ami-1", "age_days": 400.0}],
        "aws.budget": [{"budget": "shop", "each": "monthly", "limit": 800.0, "spent": 700.0,
                        "foreseen": 900.0, "foreseen_percent": 112.5, "unit": "USD"}],
        "aws.quota": [
            {"region": "r", "service": "ec2", "code": "L-1", "quota": "vCPUs", "used": 28.0,
             "limit": 32.0, "used_percent": 87.5, "raise": "can be raised"},
            {"region": "r", "service": "ec2", "code": "L-2", "quota": "Hosts", "used": 1.0,
             "limit": 32.0, "used_percent": 3.0},
        ],
        "aws.cost": [{"month_cost": 900.0, "unit": "USD", "covered_percent": 60.0,
                      "reserved_percent": 10.0}],
        "aws.service-cost": [{"service": "EC2", "month_cost": 800.0, "unit": "USD"}],
        "aws.owner-cost": [{"owner": "no owner", "month_cost": 500.0, "unit": "USD"}],
        "aws.access-key": [{"key": "AK", "user": "robot", "state": "active", "age_days": 400.0}],
    },
    "lab": {
        "cloud.account": [{"instances": 2, "running": 1, "regions": 1, "silent": 0, "broken": 0,
                           "impaired": 0, "planned": 1, "unowned_percent": 0.0}],
        "cloud.instance": [{"region": "", "instance": "7", "name": "web", "state": "stopped"}],
        "cloud.volume": [{"region": "", "volume": "v", "name": "data", "state": "unattached",
                          "copy": "never copied"}],
        "cloud.opening": [
            {"region": "", "group": "g-1", "name": "ftp", "protocol": "tcp", "ports": "22",
             "cidr": "::/0", "risk": "high", "what": "SSH"},
            {"region": "", "group": "g-1", "name": "ftp", "protocol": "tcp", "ports": "443",
             "cidr": "::/0", "risk": "web", "what": ""},
        ],
        "cloud.address": [{"region": "", "address": "5.6.7.8", "state": "unused"},
                          {"region": "", "address": "5.6.7.9", "state": "used"}],
        "cloud.quota": [
            {"region": "", "quota": "cores", "used": 19.0, "limit": 20.0, "used_percent": 85.0},
            {"region": "", "quota": "volumes", "used": 1.0, "limit": 20.0, "used_percent": 5.0},
        ],
    },
}  # fmt: skip


def row(probe: str, cells: Cells) -> Row:
    columns = PROBES[probe].columns
    assert set(cells) <= {column.key for column in columns}
    found = (cells.get(column.key) for column in columns)
    return tuple(Clean(one) if isinstance(one, str) else one for one in found)


def evidence(*names: str) -> Evidence:
    samples = [
        Sample(probe, target, NOW, [row(probe, cells) for cells in answers], None, 60.0)
        for target, said in ANSWERS.items()
        for probe, answers in said.items()
    ]
    lost = Fault("denied", Clean("token has run out"), Clean("sign in anew"))
    samples += [
        Sample(probe, "gone", NOW, None, lost, 60.0) for probe in PROBES if probe.startswith("aws.")
    ]
    courses: dict[tuple[str, str, Row, str], Course] = {
        ("aws.account", "shop", (), "instances"): lambda at: 4.0 if at > NOW - DAY else 2.0
    }
    past = MemoryPast(courses, (NOW - 30 * DAY, NOW))
    found = Evidence(
        *(NOW, NOW - 7 * DAY, NOW),
        tuple(one for one in TARGETS if not names or one.id in names),
        {id_: probe.columns for id_, probe in PROBES.items()},
        {id_: probe.key for id_, probe in PROBES.items()},
        {(one.probe, one.target): one for one in samples},
        alerts=(),
        deeds=(),
        checks=CHECKS,
        recorded=past.span,
    )
    return with_courses(found, past, REPORT.past)


def section(document: Document, title: str) -> Section:
    [found] = [one for one in document.blocks if isinstance(one, Section) and one.title == title]
    return found


def lines(document: Document, title: str) -> list[tuple[Any, ...]]:
    return [
        line
        for block in section(document, title).blocks
        if isinstance(block, Table)
        for line in block.rows
    ]


def test_the_summary_is_first_and_worst_first() -> None:
    document = REPORT.build(evidence())
    titles = [one.title for one in document.blocks if isinstance(one, Section)]
    assert titles[:3] == ["Summary", "What needs attention", "Not reached"]
    assert document.level is Level.CRIT
    rows = lines(document, "Summary")
    assert [(one[0], one[1]) for one in rows] == [
        (Level.CRIT, "gone"),
        (Level.CRIT, "shop"),
        (Level.WARN, "lab"),
    ]
    shop = rows[1]
    assert (shop[3], shop[4], shop[5]) == (4, 3, 1)
    assert shop[8] == 900.0


def test_waste_is_priced_and_told_whether_it_is_safe() -> None:
    found = {str(one.name): one for one in waste.found(evidence())}
    assert {name: one.safe for name, one in found.items()} == {
        "v-2": False, "old": False, "v-1": True, "s-1": False, "1.2.3.4": True, "v-3": False,
        HOSTILE: False, "web": False, "data": False, "front": False, "old-orders": False,
        "fs-1": False, "5.6.7.8": True,
    }  # fmt: skip
    assert found["old"].month_usd == 16.0
    assert found["fs-1"].month_usd == pytest.approx(3.0)
    assert found["front"].why == "at most 12 requests a day for a week"
    assert "protected" in found["v-3"].todo
    assert found["data"].todo.startswith("cloud.snapshot-volume")
    order = [one.month_usd or 0.0 for one in waste.found(evidence())]
    assert order == sorted(order, reverse=True)
    text = section(REPORT.build(evidence()), "Waste").blocks[0]
    assert isinstance(text, Paragraph)
    assert text.text == (
        "13 things: 153 USD a month by list prices of us-east-1, 12 of them safe to save;"
        " 5 more without a known price."
    )


def test_sizes_doors_quotas_and_costs() -> None:
    document = REPORT.build(evidence())
    sizes = lines(document, "Rightsizing")
    assert [(one[1], one[6]) for one in sizes][1] == (
        "i-2", "one size smaller has room for its busiest day")  # fmt: skip
    assert "stop it" in str(sizes[0][6])
    doors = lines(document, "Public exposure")
    assert {(one[1], one[2]) for one in doors} == {
        ("rule", "sg-1"),
        ("database", "orders"),
        ("bucket", "shop-open"),
        ("rule", "ftp"),
    }
    assert [one[1] for one in lines(document, "Quota headroom")] == ["vCPUs", "cores"]
    assert [one[1] for one in lines(document, "Cost")] == ["EC2", "no owner", "shop"]
    assert lines(document, "Commitment coverage")[0] == ("shop", 60.0, 10.0)
    changes = {(one[0], one[1]): one for one in lines(document, "Inventory and how it changed")}
    assert changes["shop", "instances"][2:] == (pytest.approx(2.0), 4.0, pytest.approx(2.0))
    assert changes["shop", "running"][4] is None


def test_checks_find_what_is_wrong() -> None:
    found = {one.check: one for one in evidence().found("shop") if one.level > Level.UNKNOWN}
    assert set(found) == {
        "aws.answers", "aws.owned", "aws.status", "aws.metadata", "aws.doors", "aws.copies",
        "aws.database-public", "aws.database-kept", "aws.quotas", "aws.keys",
        "aws.budgets", "aws.buckets", "aws.images", "aws.patches",
    }  # fmt: skip
    assert found["aws.doors"].level is Level.CRIT
    assert found["aws.answers"].message == "1 of 2 do not: us-east-1"
    assert {(one.check, one.level) for one in evidence().found("lab")} == {
        ("cloud.answers", Level.OK), ("cloud.owned", Level.OK), ("cloud.broken", Level.OK),
        ("cloud.status", Level.OK), ("cloud.maintenance", Level.WARN),
        ("cloud.doors", Level.WARN), ("cloud.doors", Level.OK),
        ("cloud.quotas", Level.WARN), ("cloud.quotas", Level.OK),
    }  # fmt: skip


def test_hostile_text_stays_text_in_every_form() -> None:
    forms = {name: form(REPORT.build(evidence())) for name, form in FORMS.items()}
    page = Tree(forms["html"])
    assert not [name for name, _ in page.shape if name == "script"]
    assert json.loads(forms["json"])["report"] == "cloud.optimisation"
    assert "\x1b" not in "".join(forms.values())


def test_nothing_answers_and_it_still_stands() -> None:
    document = REPORT.build(evidence("gone"))
    assert document.level is Level.CRIT
    assert lines(document, "Not reached") == [("gone", "denied: token has run out (sign in anew)")]
    for form in FORMS.values():
        assert form(REPORT.build(evidence("lab")))
