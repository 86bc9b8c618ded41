"""Series of CloudWatch, many in one call: each costs money, and is asked of what is there only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import clean
from opsconsole.cloud import Reading
from opsconsole.domains.cloud import value
from opsconsole.question import CloudCall, Part, parted

PERIOD = 300
"""Seconds of a point: what is sent unless somebody pays for more."""

KEEP = 60.0
"""Seconds for which newest points are good, whoever asks again."""

HOURS_6 = 21_600.0


class Wanted(NamedTuple):
    """One series of a thing."""

    name: str
    """What we call it."""
    metric: str
    stat: str
    """`Average`, `Sum`, `Minimum`, `Maximum`: of a period."""


class Listed(NamedTuple):
    """A call that lists the things to ask for; none there, and CloudWatch is asked nothing."""

    service: str
    operation: str
    path: str
    """A JMESPath to the list of things in a page."""
    id: str
    """The field that names a thing."""
    parameters: Mapping[str, object]
    page: int = 0
    regional: bool = True


def asked(
    of: Listed,
    namespace: str,
    dimensions: Mapping[str, str],
    wanted: Sequence[Wanted],
    *,
    period: int = PERIOD,
    seconds: int = 3 * PERIOD,
    keep: float = KEEP,
) -> CloudCall:
    """GetMetricData for each thing of a list: values of `dimensions` may be `*.id`, `*.id>TEXT`."""
    queries = [_query(namespace, dimensions, one, period) for one in wanted]
    labels = ", ".join(f"{one.name}: join('|', [{of.id}, '{one.name}'])" for one in wanted)
    return CloudCall(
        "cloudwatch",
        "get_metric_data",
        {"MetricDataQueries": queries, "StartTime": f"@now-{seconds}", "EndTime": "@now-0"},
        "MetricDataResults[].{label: Label, at: Timestamps, values: Values}",
        keep=keep,
        of=CloudCall(
            *(of.service, of.operation, of.parameters),
            f"{of.path}.{{id: {of.id}, {labels}}}",
            page=of.page,
            regional=of.regional,
        ),
        batch="MetricDataQueries",
    )


def _query(namespace: str, dimensions: Mapping[str, str], one: Wanted, period: int) -> Any:
    """One query for each thing: its id is unique in the call, its label says what it is."""
    return {
        "Id": f"{one.name}_#",
        "Label": f"*.{one.name}",
        "MetricStat": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": one.metric,
                "Dimensions": [{"Name": key, "Value": said} for key, said in dimensions.items()],
            },
            "Period": period,
            "Stat": one.stat,
        },
    }


class _Result(msgspec.Struct):
    label: Any = None
    at: Any = None
    values: Any = None


class Series(NamedTuple):
    """Points of one series, the newest first."""

    region: str
    id: str
    name: str
    points: tuple[tuple[float, float], ...]
    """Unix time, value."""


def found(answer: Reading) -> Iterator[Series]:
    """All series of an answer; a label that is none of ours is left out."""
    for region, one in answer.found(_Result):
        id_, mark, name = str(value.text(one.label, 1024)).rpartition("|")
        if not mark:
            continue
        pairs = zip(value.items(one.at), value.items(one.values), strict=False)
        points = [(value.moment(at), value.number(said)) for at, said in pairs]
        good = [(at, said) for at, said in points if at is not None and said is not None]
        yield Series(clean(region, 40), id_, name, tuple(sorted(good, reverse=True)))


Mine = Mapping[str, Series]
"""Series of one thing, by name."""

Things = Mapping[tuple[str, str], Mine]
"""Of each thing: by region and id."""

NONE: Mine = {}


def things(*parts: Part) -> Things:
    """The series of all things of these answers."""
    every: dict[tuple[str, str], dict[str, Series]] = {}
    for part in parts:
        for one in found(cloud.reading(part.body)):
            mine = every.setdefault((one.region, one.id), {})
            before = mine[one.name].points if one.name in mine else ()  # on the page before
            points = sorted({*one.points, *before}, reverse=True)
            mine[one.name] = one._replace(points=tuple(points))
    return every


def read(payload: bytes) -> Things:
    """The series of an exchange that is one call."""
    return things(*parted(payload, 1))


def newest(mine: Mine, name: str) -> float | None:
    """The newest value of a series."""
    points = mine[name].points if name in mine else ()
    return points[0][1] if points else None


def moment(mine: Mine, name: str) -> float | None:
    """Unix time of the newest value."""
    points = mine[name].points if name in mine else ()
    return points[0][0] if points else None


def rate(mine: Mine, name: str) -> float | None:
    """A sum of the newest period, by second."""
    said = newest(mine, name)
    return said / PERIOD if said is not None else None


def values(mine: Mine, name: str) -> list[float]:
    """All values of a series, the newest first."""
    return [said for _, said in mine[name].points] if name in mine else []
