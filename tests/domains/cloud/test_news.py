"""What happens to instances goes to the timeline, and a region that is silent is no end of it."""

from opsconsole.clean import Clean
from opsconsole.domains.cloud import instance, news
from opsconsole.domains.cloud.instance import Instance
from opsconsole.model import Level, Row


def row(id_: str, state: str, region: str = "r", name: str = "") -> Row:
    return instance.row(Instance(Clean(id_), Clean(name), Clean(state), Clean(region)), 0.0)


def test_changes_of_state_are_told() -> None:
    before = [row("i-1", "running", name="web"), row("i-2", "running"), row("i-3", "running")]
    now = [row("i-1", "stopped", name="web"), row("i-2", "running"), row("i-4", "pending")]
    told = news.states("shop", 7.0, before, now)
    assert [(one.object, one.text, one.level) for one in told] == [
        ("i-1", "web (i-1): running -> stopped", Level.OK),
        ("i-4", "i-4: not there -> pending", Level.OK),
        ("i-3", "i-3: running -> gone", Level.WARN),
    ]
    assert {one.kind for one in told} == {"change"}


def test_nothing_is_gone_where_nobody_answers() -> None:
    before = [row("i-1", "running", "a"), row("i-2", "running", "b"), row("i-3", "terminated", "b")]
    assert news.states("shop", 7.0, before, [row("i-1", "running", "a")]) == []
    assert news.states("shop", 7.0, before, []) == []
    assert news.states(
        "shop", 7.0, before, [row("i-1", "running", "a"), row("i-9", "running", "b")]
    )


def test_many_changes_are_one_line() -> None:
    now = [row(f"i-{number}", "error") for number in range(news.MOST + 1)]
    (one,) = news.states("shop", 7.0, [], now)
    assert (one.level, one.text[:12]) == (Level.CRIT, "51 instances")
