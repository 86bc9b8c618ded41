"""Budgets that somebody set up: what was spent of them, and what will be by their end."""

from collections.abc import Sequence
from typing import Any

import msgspec

from opsconsole import cloud
from opsconsole.clean import clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.limit import BUDGET, FORESEEN
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

BUDGETS = CloudCall(
    "budgets",
    "describe_budgets",
    {"AccountId": "*.Account"},
    "Budgets[].{name: BudgetName, kind: BudgetType, each: TimeUnit, limit: BudgetLimit,"
    " spent: CalculatedSpend.ActualSpend, ahead: CalculatedSpend.ForecastedSpend}",
    regional=False,
    keep=3600.0,
    page=100,
    of=CloudCall("sts", "get_caller_identity", regional=False),
)

CALLS = (BUDGETS,)


class _Money(msgspec.Struct):
    amount: Any = msgspec.field(name="Amount", default=None)
    unit: Any = msgspec.field(name="Unit", default=None)


class _Budget(msgspec.Struct):
    name: Any = None
    kind: Any = None
    each: Any = None
    limit: _Money | None = None
    spent: _Money | None = None
    ahead: _Money | None = None


class _Account(msgspec.Struct):
    items: list[_Budget]


def read(payload: bytes) -> Sequence[_Budget]:
    """All budgets."""
    (part,) = parted(payload, 1)
    return [one for _, each in cloud.reading(part.body).found(_Account) for one in each.items]


def _amount(said: _Money | None) -> float | None:
    return value.number(said.amount) if said else None


def _share(said: float | None, limit: float | None) -> float | None:
    return 100 * said / limit if said is not None and limit is not None and limit > 0 else None


def rows(now: Sequence[_Budget], _before: Sequence[_Budget] | None) -> list[Row]:
    """One row per budget."""
    found: list[Row] = []
    for one in now:
        limit, spent, ahead = (_amount(each) for each in (one.limit, one.spent, one.ahead))
        found.append(
            (
                value.text(one.name, 100),
                clean(value.text(one.kind, 40).lower().replace("_", " ")),
                clean(value.text(one.each, 20).lower()),
                limit,
                spent,
                ahead,
                _share(spent, limit),
                _share(ahead, limit),
                value.text(one.limit.unit if one.limit else None, 20),
            )
        )
    return found


_DB = "budgets:ViewBudget"

BUDGET_PROBE = Probe(
    "aws.budget",
    "Budgets",
    "budget",
    (
        Column("budget", "BUDGET", Quantity.TEXT, f"{_DB} BudgetName"),
        Column("kind", "KIND", Quantity.TEXT, f"{_DB} BudgetType"),
        Column("each", "EACH", Quantity.TEXT, f"{_DB} TimeUnit"),
        Column("limit", "LIMIT", Quantity.NUMBER, f"{_DB} BudgetLimit"),
        Column("spent", "SPENT", Quantity.NUMBER, f"{_DB} CalculatedSpend ActualSpend",
               history=True),
        Column("foreseen", "FORESEEN", Quantity.NUMBER, f"{_DB} CalculatedSpend ForecastedSpend"),
        Column("spent_percent", "SPENT%", Quantity.PERCENT, "spent of the limit", BUDGET),
        Column("foreseen_percent", "FORESEEN%", Quantity.PERCENT, "foreseen of the limit",
               FORESEEN),
        Column("unit", "UNIT", Quantity.TEXT, f"{_DB} BudgetLimit Unit"),
    ),
    ("budget",),
    read,
    rows,
)  # fmt: skip
