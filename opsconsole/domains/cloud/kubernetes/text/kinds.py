"""Rows that are objects of a cluster, and what pages about them share."""

from collections.abc import Callable, Sequence

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.action.workload import moment
from opsconsole.domains.cloud.kubernetes.place import Json, document
from opsconsole.domains.cloud.kubernetes.values import moment as unix
from opsconsole.errors import Gone, Malformed
from opsconsole.plan import Thing

NAMED = (
    "kubernetes.pod",
    "kubernetes.container",
    "kubernetes.node",
    "kubernetes.deployment",
    "kubernetes.replica-set",
    "kubernetes.stateful-set",
    "kubernetes.daemon-set",
    "kubernetes.job",
    "kubernetes.cron-job",
    "kubernetes.service",
    "kubernetes.ingress",
    "kubernetes.autoscaler",
    "kubernetes.disruption-budget",
    "kubernetes.volume-claim",
    "kubernetes.secret",
    "kubernetes.config-map",
    "kubernetes.namespace",
    "kubernetes.object",
)
OBJECTS = (*NAMED, "kubernetes.event")
PINS = ("name", "namespace", "kind", "uid")

Answers = Sequence[tuple[int, bytes]]
Page = Callable[[Thing, Answers], Sequence[Clean]]


def answered(thing: Thing, answer: tuple[int, bytes], what: str = "") -> Json:
    """The document of one answer; one that is gone is a fault of the page as any."""
    try:
        return document(thing, *answer, what)
    except Gone as error:
        raise Malformed(str(error), "look at the list again") from None


def now(answer: tuple[int, bytes]) -> float | None:
    """The server's own time."""
    return unix(moment(answer[1]))


def age(at: float | None, since: float | None) -> str:
    """`3d4h`, `12m`, `5s`: two steps of precision at most; `?` where it is not known."""
    if at is None or since is None:
        return "?"
    left = max(0, int(at - since))
    days, hours = left // 86400, left // 3600 % 24
    if days:
        return f"{days}d{f'{hours}h' if hours and days < 10 else ''}"
    minutes, seconds = left // 60 % 60, left % 60
    if hours:
        return f"{hours}h{f'{minutes}m' if minutes else ''}"
    return (
        f"{minutes}m{f'{seconds}s' if seconds and minutes < 10 else ''}"
        if minutes
        else (f"{seconds}s")
    )


def aligned(rows: Sequence[Sequence[str]], widest: int = 80) -> list[str]:
    """Rows as columns, two blanks apart; the last column is as wide as it likes."""
    count = max(map(len, rows), default=0)
    filled = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [min(widest, max(len(row[at]) for row in filled)) for at in range(count)]
    lines: list[str] = []
    for row in filled:
        cells = [cell[:width].ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join([*cells[:-1], row[-1]]).rstrip())
    return lines
