"""The page on hosts says what the probes say: every field, its source, its limits."""

from collections.abc import Iterator
from pathlib import Path

from opsconsole.domains.system.host import INTEGRATION, limit
from opsconsole.model import Limits

PAGE = Path(__file__).parents[4] / "docs" / "domains" / "system.md"


def tables() -> Iterator[str]:
    """Lines of the tables of fields, as the probes have them."""
    for probe in INTEGRATION.probes:
        yield f"### {probe.title}: `{probe.id}`"
        yield "| field | unit | source | warn, critical |"
        for column in probe.columns:
            judged = "" if column.limits is None else _numbers(column.limits)
            unit, source = column.quantity.value, column.source
            yield f"| `{column.key}` | {unit} | {source} | {judged} |"


def limits() -> Iterator[str]:
    """Lines of the table of limits."""
    for name, value in vars(limit).items():
        if isinstance(value, Limits):
            yield f"| {name.lower()} | {_numbers(value)} | {value.source} |"


def _numbers(limits: Limits) -> str:
    if limits.warn > limits.crit:
        return f"under {limits.warn:g}"
    return f"{limits.warn:g}, {limits.crit:g}"


def test_the_page_has_every_field_as_it_is() -> None:
    page = PAGE.read_text().splitlines()
    missing = [line for line in (*tables(), *limits()) if line not in page]
    assert not missing, "say these in docs/domains/system.md"


def test_the_page_has_no_field_that_is_not() -> None:
    known = {*tables(), *limits()}
    fields = PAGE.read_text().partition("## Every field")[2].splitlines()
    assert not [line for line in fields if line.startswith("| `") and line not in known]


def test_titles_fit_the_head_of_a_column() -> None:
    for probe in INTEGRATION.probes:
        assert not [column.title for column in probe.columns if len(column.title) > 10]
        keys = [column.key for column in probe.columns]
        assert len(set(keys)) == len(keys)
        assert set(probe.key) <= set(keys)


def test_every_limit_names_where_it_comes_from() -> None:
    judged = [column for probe in INTEGRATION.probes for column in probe.columns if column.limits]
    assert len(judged) > 20
    assert not [column.key for column in judged if column.limits and not column.limits.source]
