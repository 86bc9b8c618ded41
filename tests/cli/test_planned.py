"""A plan as text: all of it, and harmless, whoever wrote it."""

import shlex

from opsconsole.clean import Clean
from opsconsole.cli.planned import moment, spelled, undo_line
from opsconsole.plan import Item, Plan, Step, Thing, Tier, Undo

EVIL = "a'; rm -rf \x1b[2J\n\u202e" + "x" * 5000


def item(name: str, *, hidden: bool = False, preview: str = "") -> Item:
    thing = Thing("web-1", (("unit", name),), Clean(name), hidden)
    step = Step(("restart", "--", name), 20.0, where="console")
    return Item(thing, (step,), {"unit": name, "state": "active"}, f"{name} anew", "", preview)


def plan(*items: Item) -> Plan:
    return Plan(
        number="1", action="box.restart", title="Restart", arguments={"level": "2"}, items=items,
        tier=Tier.NAME, why=("production: web-1",), confirm="app", note=True, limits=("at most 3",),
        expected_s=2.0, cancellable=True, made_at=0.0,
    )  # fmt: skip


def test_every_part_stands_there() -> None:
    assert spelled(plan(item("app", preview="one\ntwo"))).splitlines() == [
        "Restart (box.restart level=2)",
        "tier 2: production: web-1",
        "",
        "app on web-1",
        "  is      unit=app",
        "  now     state=active",
        "  run     restart -- app  (at most 20 s, beside the collector)",
        "  effect  app anew",
        "  undo    nothing takes it back",
        "  preview one",
        "  preview two",
        "",
        "limit: at most 3",
        "takes about 2 s, may be cancelled",
    ]


def test_what_a_filter_hid_stands_first() -> None:
    text = spelled(plan(item("seen"), item("unseen", hidden=True)))
    assert text.index("unseen on web-1 (hidden by a filter)") < text.index("seen on web-1\n")


def test_nothing_is_obeyed_by_a_terminal_and_nothing_cut_off() -> None:
    text = spelled(plan(item(EVIL, preview=EVIL)))
    assert not {"\x1b", "\u202e"} & set(text)
    assert "x" * 5000 in next(line for line in text.splitlines() if line.startswith("  run"))
    assert len(text.splitlines()) == 14, "only a preview has lines of its own, here two"


def test_an_undo_can_be_typed() -> None:
    things = (Thing("web-1", (("unit", "a b"),), Clean("a b")),)
    words = shlex.split(undo_line(Undo("box.start", things, {"level": "$x"})))
    assert words[:5] == ["opsconsole", "act", "box.start", "web-1", "--object"]
    assert words[5:] == ["a b", "--set", "level=$x"]


def test_what_stands_in_a_namespace_is_named_with_it() -> None:
    pins = (("name", "web"), ("namespace", "shop"), ("kind", "Deployment"), ("uid", "1"))
    things = (Thing("prod", pins, Clean("web")),)
    line = undo_line(Undo("kubernetes.scale", things, {"replicas": "2"}))
    assert line == (
        "opsconsole act kubernetes.scale prod --object Deployment/shop/web --set replicas=2"
    )


def test_a_time_that_is_none_is_no_error() -> None:
    assert [moment(at) for at in (float("nan"), float("inf"), 1e300)] == ["?", "?", "?"]
