"""What it costs: to date and foreseen, by service and by owner, and days unlike their like."""

import statistics
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, Part, parted
from opsconsole.spec import Probe

KEEP = 3600.0
"""Seconds for which an answer is good: a call costs 0.01 USD, and they change some times a day."""

WEEKS = 4
"""Of the same weekday, with which a day is compared."""

CLOSED = 2
"""Days back to the last one that is there as a whole: Cost Explorer is up to a day behind."""

_GROUPS = "ResultsByTime[].{at: TimePeriod.Start, groups: Groups[].{key: Keys[0], cost: Metrics.UnblendedCost}}"  # noqa: E501


def _by(kind: str, key: str, granularity: str, start: str) -> CloudCall:
    return CloudCall(
        "ce",
        "get_cost_and_usage",
        {
            "TimePeriod": {"Start": start, "End": "@tomorrow"},
            "Granularity": granularity,
            "Metrics": ["UnblendedCost"],
            "GroupBy": [{"Type": kind, "Key": key}],
        },
        _GROUPS,
        regional=False,
        keep=KEEP,
    )


CALLS = (
    _by("DIMENSION", "SERVICE", "DAILY", f"@today-{7 * WEEKS + CLOSED + 5}"),
    CloudCall(
        "ce",
        "get_cost_forecast",
        {
            "TimePeriod": {"Start": "@tomorrow", "End": "@next-month"},
            "Metric": "UNBLENDED_COST",
            "Granularity": "MONTHLY",
        },
        "Total",
        regional=False,
        keep=KEEP,
    ),
    _by("TAG", "owner", "MONTHLY", "@month"),
    CloudCall(
        "ce",
        "get_savings_plans_coverage",
        {"TimePeriod": {"Start": f"@today-{7 * WEEKS}", "End": "@today"}, "Granularity": "MONTHLY"},
        "SavingsPlansCoverages[].Coverage.{covered: SpendCoveredBySavingsPlans, all: TotalCost}",
        regional=False,
        keep=KEEP,
    ),
    CloudCall(
        "ce",
        "get_reservation_coverage",
        {"TimePeriod": {"Start": f"@today-{7 * WEEKS}", "End": "@today"}, "Granularity": "MONTHLY"},
        "CoveragesByTime[].Total.CoverageHours.{covered: ReservedHours, all: TotalRunningHours}",
        regional=False,
        keep=KEEP,
    ),
)


class _Money(msgspec.Struct):
    amount: Any = msgspec.field(name="Amount", default=None)
    unit: Any = msgspec.field(name="Unit", default=None)


class _Group(msgspec.Struct):
    key: Any = None
    cost: _Money | None = None


class _Stretch(msgspec.Struct):
    at: Any = None
    groups: list[_Group] | None = None


class _Covered(msgspec.Struct):
    covered: Any = None
    all: Any = None


class Costs(NamedTuple):
    """What an account cost, by day."""

    days: Mapping[str, Mapping[str, float]]
    """By service, then by day as Cost Explorer writes it."""
    owners: Mapping[str, float]
    """This month's."""
    ahead: float | None
    """Foreseen for the rest of the month."""
    covered: float | None
    """Percent of what Savings Plans could pay for that they do, of four weeks."""
    reserved: float | None
    """Percent of hours of instances that were reserved, of four weeks."""
    unit: Clean
    month: str
    """Its first seven characters: `2026-11`."""
    closed: str
    like: tuple[str, ...]
    """The last day that is there as a whole, and the same weekdays before it."""


def read(payload: bytes) -> Costs:
    """All of it. Days are those of UTC."""
    services, foreseen, owned, plans, reserved = parted(payload, len(CALLS))
    at = cloud.reading(services.body).at
    days: dict[str, dict[str, float]] = defaultdict(dict)
    units: set[str] = set()
    for day, name, cost, unit in _amounts(services):
        days[name][day] = cost
        units.add(unit)
    owners: dict[str, float] = defaultdict(float)
    for _, name, cost, _ in _amounts(owned):
        owners[name.partition("$")[2] or "no owner"] += cost
    ahead = [one for _, one in cloud.reading(foreseen.body).found(_Money)]
    closed, *like = (_day(at - (CLOSED + 7 * week) * value.DAY) for week in range(WEEKS + 1))
    return Costs(
        days,
        owners,
        value.number(ahead[0].amount) if ahead else None,
        _covered(plans),
        _covered(reserved),
        clean(" ".join(sorted(units)), 20),
        _day(at)[:7],
        closed,
        tuple(like),
    )


def _covered(part: Part) -> float | None:
    found = [one for _, one in cloud.reading(part.body).found(_Covered)]
    whole = sum(value.number(one.all) or 0.0 for one in found)
    return 100 * sum(value.number(one.covered) or 0.0 for one in found) / whole if whole else None


def _day(at: float) -> str:
    import datetime

    return datetime.datetime.fromtimestamp(at, datetime.UTC).date().isoformat()


def _amounts(part: Part) -> list[tuple[str, str, float, str]]:
    """Day, key, amount and unit of each group."""
    found: list[tuple[str, str, float, str]] = []
    for _, stretch in cloud.reading(part.body).found(_Stretch):
        for group in stretch.groups or ():
            amount = value.number(group.cost.amount) if group.cost else None
            if amount is not None and group.cost is not None:
                day, key = value.text(stretch.at, 10), value.text(group.key, 120)
                found.append((day, key, amount, value.text(group.cost.unit, 10)))
    return found


def _usual(days: Mapping[str, float], like: tuple[str, ...]) -> float | None:
    """The median of the days that are alike; None when fewer than two are there."""
    there = [days[day] for day in like if day in days]
    return statistics.median(there) if len(there) >= 2 else None


def _over(day: float | None, usual: float | None) -> float | None:
    return 100 * (day / usual - 1) if day is not None and usual is not None and usual > 0 else None


def cost_rows(now: Costs, _before: Costs | None) -> list[Row]:
    """The only row; none for an account that has no costs at all."""
    if not now.days:
        return []
    whole: dict[str, float] = defaultdict(float)
    for days in now.days.values():
        for day, cost in days.items():
            whole[day] += cost
    month = sum(cost for day, cost in whole.items() if day.startswith(now.month))
    usual = _usual(whole, now.like)
    last = whole.get(now.closed)
    owned = sum(now.owners.values())
    return [
        (
            month,
            month + now.ahead if now.ahead is not None else None,
            last,
            usual,
            _over(last, usual),
            clean(now.closed, 10),
            100 * now.owners.get("no owner", 0.0) / owned if owned > 0 else None,
            now.covered,
            now.reserved,
            now.unit,
        )
    ]


_CE = "ce:GetCostAndUsage UnblendedCost"

COST = Probe(
    "aws.cost",
    "Cost",
    "cost",
    (
        Column("month_cost", "MONTH", Quantity.NUMBER, f"{_CE}: since the first, UTC",
               history=True),
        Column("foreseen_cost", "FORESEEN", Quantity.NUMBER, "ce:GetCostForecast: the whole month"),
        Column("day_cost", "DAY", Quantity.NUMBER, f"{_CE}: the last whole day", history=True),
        Column("usual_cost", "USUAL", Quantity.NUMBER, f"{_CE}: median of that weekday, 4 weeks"),
        Column("over_percent", "OVER%", Quantity.PERCENT, "the day over the usual"),
        Column("day", "OF DAY", Quantity.TEXT, "the day before yesterday: whole by then"),
        Column("unowned_percent", "UNOWNED%", Quantity.PERCENT, f"{_CE}: without a tag owner"),
        Column("covered_percent", "COVERED%", Quantity.PERCENT, "ce:GetSavingsPlansCoverage"),
        Column("reserved_percent", "RESERVED%", Quantity.PERCENT,
               "ce:GetReservationCoverage CoverageHours"),
        Column("unit", "UNIT", Quantity.TEXT, f"{_CE} Unit"),
    ),
    (),
    read,
    cost_rows,
)  # fmt: skip


def service_rows(now: Costs, _before: Costs | None) -> list[Row]:
    """One row per service."""
    rows: list[Row] = []
    for name, days in now.days.items():
        usual, last = _usual(days, now.like), days.get(now.closed)
        month = sum(cost for day, cost in days.items() if day.startswith(now.month))
        more = last - usual if last is not None and usual is not None else None
        rows.append((clean(name, 120), month, last, usual, _over(last, usual), more, now.unit))
    return rows


SERVICE = Probe(
    "aws.service-cost",
    "Cost by service",
    "cost",
    (
        Column("service", "SERVICE", Quantity.TEXT, f"{_CE} by SERVICE"),
        Column("month_cost", "MONTH", Quantity.NUMBER, f"{_CE}: since the first, UTC"),
        Column("day_cost", "DAY", Quantity.NUMBER, f"{_CE}: the last whole day"),
        Column("usual_cost", "USUAL", Quantity.NUMBER, f"{_CE}: median of that weekday, 4 weeks"),
        Column("over_percent", "OVER%", Quantity.PERCENT, "the day over the usual"),
        Column("more_cost", "MORE", Quantity.NUMBER, "the day less the usual"),
        Column("unit", "UNIT", Quantity.TEXT, f"{_CE} Unit"),
    ),
    ("service",),
    read,
    service_rows,
)

OWNER = Probe(
    "aws.owner-cost",
    "Cost by owner",
    "cost",
    (
        Column("owner", "OWNER", Quantity.TEXT, f"{_CE} by the cost allocation tag `owner`"),
        Column("month_cost", "MONTH", Quantity.NUMBER, f"{_CE}: since the first, UTC"),
        Column("unit", "UNIT", Quantity.TEXT, f"{_CE} Unit"),
    ),
    ("owner",),
    read,
    lambda now, _before: [(clean(name, 120), cost, now.unit) for name, cost in now.owners.items()],
)

PROBES = (COST, SERVICE, OWNER)
