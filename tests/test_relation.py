"""Who stands on whom: over several steps, through circles, by what answers add, and by labels."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean
from opsconsole.model import Target
from opsconsole.relation import MACHINE, SAID, Bond, Footing, Relations, Tie, spoken


def host(name: str, *on: str, **labels: str) -> Target:
    return Target(name, "host", "ssh", f"{name}.example.net", labels=labels, depends_on=on)


ESTATE = (
    host("ups-a"),
    host("db-1", "ups-a", rack="B07"),
    host("db-2", "db-1", rack="B08", service="orders"),
    host("app-1", "db-2", service="orders", rack="B07"),
    host("web-9", rack="B07", room="2"),
    host("far-1", room="2"),
)


def test_what_it_stands_on_and_what_stands_on_it_over_all_steps() -> None:
    known = Relations(ESTATE)
    assert dict(known.below("app-1")) == {"db-2": 1, "db-1": 2, "ups-a": 3}
    assert dict(known.above("ups-a")) == {"db-1": 1, "db-2": 2, "app-1": 3}
    assert dict(known.below("ups-a")) == {}
    assert known.path("app-1", "ups-a") == ("app-1", "db-2", "db-1", "ups-a")
    assert known.path("ups-a", "app-1") == ()
    assert known.reach("db-2") == {"db-2", "db-1", "ups-a", "app-1"}
    assert known.why("db-2", "db-1") == SAID
    assert known.why("app-1", "db-1") == ""


def test_distance_and_direction_between_two() -> None:
    known = Relations(ESTATE)
    assert known.bond("app-1", "db-1") == Bond(Tie.STANDS_ON, 2, ("db-2",))
    assert known.bond("db-1", "app-1") == Bond(Tie.CARRIES, 2, ("db-2",))
    assert known.bond("db-1", "db-1") == Bond(Tie.SAME)
    assert known.bond("db-1", "web-9") == Bond(Tie.BESIDE, shared="rack")
    assert known.bond("web-9", "far-1") == Bond(Tie.APART)
    assert known.bond("db-1", "nobody") == Bond(Tie.APART)
    words = [spoken(known.bond("app-1", other)) for other in ("db-2", "db-1", "web-9", "far-1")]
    assert words == [
        "stands on it",
        "stands on it, through db-2",
        "shares its rack",
        "has nothing to do with it",
    ]
    assert spoken(known.bond("ups-a", "db-1")) == "carries it"


def test_neighbours_share_a_label_and_the_one_that_says_most_is_named() -> None:
    known = Relations(ESTATE)
    assert known.beside("app-1") == {"db-2": "service", "db-1": "rack", "web-9": "rack"}
    assert known.beside("web-9", ("room",)) == {"far-1": "room"}
    assert known.groups("app-1") == [("service", "orders"), ("rack", "B07")]
    assert known.groups("db-2") == [("service", "orders")]  # alone in its rack
    assert known.beside("nobody") == {}


def test_a_target_stands_on_the_host_of_its_address() -> None:
    known = Relations(
        (
            *ESTATE,
            Target("orders", "postgres", "postgres", "DB-1.example.net"),
            Target("here", "host", "local"),
            Target("cache", "redis", "redis", "127.0.0.1"),
            Target("twin", "redis", "redis", "elsewhere.example.net"),
        )
    )
    assert dict(known.below("orders")) == {"db-1": 1, "ups-a": 2}
    assert known.why("orders", "db-1") == MACHINE
    assert dict(known.below("cache")) == {"here": 1}
    assert dict(known.below("twin")) == {}


def test_answers_add_what_the_estate_does_not_say() -> None:
    mount = Footing("web-9", "FAR-1", Clean("mounts /srv from it"))
    short = Footing("far-1", "db-1.example.net", Clean("x"))
    strangers = [Footing("web-9", "nobody", Clean("x")), Footing("nobody", "web-9", Clean("x"))]
    known = Relations(ESTATE, [mount, short, *strangers, Footing("db-1", "db-1", Clean("x"))])
    assert dict(known.below("web-9")) == {"far-1": 1, "db-1": 2, "ups-a": 3}
    assert known.why("web-9", "far-1") == "mounts /srv from it"


def test_a_name_of_two_hosts_names_neither_of_them_for_the_other() -> None:
    twins = (
        Target("a", "host", "ssh", "srv.one.example"),
        Target("b", "host", "ssh", "srv.two.example"),
        Target("c", "host", "ssh", "10.0.0.7"),
    )
    known = Relations(twins)
    assert known.find("srv.two.example") == "b"
    assert known.find("10.0.0.7") == "c"
    assert known.find("10") == ""
    assert known.find("srv") == ""


def test_circles_end() -> None:
    known = Relations((host("a", "b"), host("b", "c"), host("c", "a")))
    assert dict(known.below("a")) == {"b": 1, "c": 2}
    assert dict(known.above("a")) == {"c": 1, "b": 2}
    assert known.path("a", "c") == ("a", "b", "c")


NAMES = "abcdefg"


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=20))
def test_above_and_below_say_the_same(edges: list[tuple[str, str]]) -> None:
    on: dict[str, list[str]] = {name: [] for name in NAMES}
    for upper, lower in edges:
        on[upper].append(lower)
    known = Relations(host(name, *below) for name, below in on.items())
    for one in NAMES:
        for other, steps in known.below(one).items():
            assert known.above(other)[one] == steps
            way = known.path(one, other)
            assert len(way) == steps + 1
            assert all(b in on[a] for a, b in pairwise(way))
