"""What the hosts are as things that are owned, what waits for them, and what changed on them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.document import Cell, Field, Paragraph, Section, Table
from opsconsole.domains.system.host import identity, inventory, vitals
from opsconsole.domains.system.host.asset import DRIVE, PROBE, UPDATE
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity, Value
from opsconsole.spec import Probe
from opsconsole.spelling import counted, spelled, when

SOON_D = 90
"""Days before its end at which support or a warranty is told."""

OLD_D = 14
"""Days after which lists of packages say little about what waits."""

MOST_CHANGES = 200
MOST_DRIVES = 12

LABEL = "warranty"
"""The label that names the last day of a target's warranty."""

UNKNOWN = "not known"
CHANGES = frozenset({"change", "reboot"})

PROBES = (PROBE, DRIVE, UPDATE, inventory.PROBE)


class Owned(NamedTuple):
    """All that is known of one host."""

    target: str
    identity: dict[str, Value]
    asset: dict[str, Value]
    update: dict[str, Value]
    memory: Value
    drives: list[dict[str, Value]] | None
    """None where nobody knows: a host may have none of its own."""
    packages: int | None
    warranty: str
    changes: int | None


def owned(evidence: Evidence, target: str) -> Owned:
    """What the newest answers, the labels and the recording say of a host."""
    warranty = [one.labels.get(LABEL, "") for one in evidence.targets if one.id == target]
    sample = evidence.samples.get((DRIVE.id, target))
    drives = None if sample is None or sample.rows is None else _rows(evidence, DRIVE, target)
    kind = inventory.PROBE.index("kind")
    rows = evidence.rows(inventory.PROBE.id, target)
    packages = sum(row[kind] == "package" for row in rows)
    changes = [one for one in evidence.occurrences if one.kind in CHANGES and one.target == target]
    return Owned(
        target,
        _row(evidence, identity.PROBE, target),
        _row(evidence, PROBE, target),
        _row(evidence, UPDATE, target),
        _row(evidence, vitals.PROBE, target).get("memory_total_bytes"),
        drives,
        packages or None,
        "".join(warranty[:1]),
        len(changes) if evidence.recorded else None,
    )


def _rows(
    evidence: Evidence,
    probe: Probe[Any],  # Any: each probe has a reading type of its own
    target: str,
) -> list[dict[str, Value]]:
    keys = [column.key for column in probe.columns]
    return [dict(zip(keys, row, strict=True)) for row in evidence.rows(probe.id, target)]


def _row(evidence: Evidence, probe: Probe[Any], target: str) -> dict[str, Value]:  # Any: as above
    rows = _rows(evidence, probe, target)
    return rows[0] if rows else {}


def judged(one: Owned, now: float) -> tuple[Level, list[str]]:
    """How bad it stands, and what to do about it; what is not known passes nothing."""
    found: list[tuple[Level, str]] = []
    ends = one.asset.get("support_ends")
    found += _ending("support of the system", str(ends or ""), now, Level.CRIT)
    found += _ending("warranty", one.warranty, now, Level.WARN)
    waits, secure = one.update.get("updates"), one.update.get("security_updates")
    if isinstance(secure, int) and secure:
        found.append((Level.WARN, f"install {counted(secure, 'security update')}"))
    if one.update.get("reboot_required"):
        found.append((Level.WARN, "restart it: what was installed does not run yet"))
    if waits is None:
        found.append((Level.UNKNOWN, "which updates wait is not known"))
    listed = one.update.get("lists_at")
    if isinstance(listed, float) and now - listed > OLD_D * 86400:
        days = int((now - listed) / 86400)
        found.append((Level.UNKNOWN, f"its lists of packages are {days} days old"))
    if not one.identity:
        found.append((Level.UNKNOWN, "it did not say what it is"))
    level = max((level for level, _ in found), default=Level.OK)
    return level, [text for _, text in sorted(found, key=lambda each: -each[0])]


def _ending(what: str, said: str, now: float, over: Level) -> Iterator[tuple[Level, str]]:
    if not said:
        return
    try:
        days = (date.fromisoformat(said) - datetime.fromtimestamp(now, UTC).date()).days
    except ValueError:
        yield Level.UNKNOWN, f"the end of its {what} is no date: {clean(said, 40)}"
        return
    if days < 0:
        yield over, f"its {what} ended on {said}"
    elif days < SOON_D:
        yield Level.WARN, f"its {what} ends in {counted(days, 'day')}, on {said}"


_FIELDS = (
    Field("state", "State", Quantity.STATE),
    Field("target", "Host"),
    Field("os", "System"),
    Field("kernel", "Kernel"),
    Field("cpus", "CPUs", Quantity.COUNT),
    Field("memory_bytes", "Memory", Quantity.BYTES),
    Field("drives", "Drives", Quantity.COUNT),
    Field("drive_bytes", "Together", Quantity.BYTES),
    Field("virtualisation", "Virtual"),
    Field("uptime_s", "Uptime", Quantity.SECONDS),
    Field("packages", "Packages", Quantity.COUNT),
    Field("updates", "Updates", Quantity.COUNT),
    Field("security_updates", "Security", Quantity.COUNT),
    Field("changes", "Changes", Quantity.COUNT),
    Field("todo", "What to do"),
)


def section(evidence: Evidence, order: list[str]) -> Section:
    """A line for each host that answered, worst first; then what changed in the period."""
    all_ = [owned(evidence, id_) for id_ in order if not evidence.why(id_)]
    lines = sorted((_line(one, evidence.now) for one in all_), key=lambda line: -line[0])
    about = (
        "A dash is what nobody knows. Updates are those that the host's own lists of packages name."
    )
    level = max((line[0] for line in lines), default=None)
    table = Table(_FIELDS, tuple(lines), empty="No host answered.")
    return Section("Assets", (Paragraph(about), table, *_changes(evidence)), level)


def _line(one: Owned, now: float) -> tuple[Any, ...]:  # Any: a Cell, the first of them a Level
    level, todo = judged(one, now)
    sizes = [size for drive in one.drives or () if isinstance(size := drive["size_bytes"], float)]
    said, waits = one.identity.get, one.update.get
    return (
        level,
        clean(one.target),
        said("os"),
        said("kernel"),
        said("cores"),
        one.memory,
        None if one.drives is None else len(one.drives),
        sum(sizes) if sizes else None,
        said("virtualisation"),
        said("uptime_s"),
        one.packages,
        waits("updates"),
        waits("security_updates"),
        one.changes,
        clean("; ".join(todo), 600),
    )


_CHANGED = (
    Field("at", "When", Quantity.TIME),
    Field("target", "Host"),
    Field("text", "What changed"),
)


def _changes(evidence: Evidence) -> Iterator[Paragraph | Table]:
    if evidence.recorded is None:
        yield Paragraph("What changed since the last report is not known: nothing is recorded.")
        return
    mine = {target.id for target in evidence.targets}
    found = [one for one in evidence.occurrences if one.kind in CHANGES and one.target in mine]
    rows: list[tuple[Cell, ...]] = [
        (one.at, clean(one.target), one.text) for one in found[-MOST_CHANGES:]
    ]
    span = f"{when(evidence.since)} to {when(evidence.until)}"
    left = len(found) - len(rows)
    more = f"; {left} earlier ones are not listed" if left else ""
    yield Paragraph(f"{counted(len(found), 'change')} from {span} UTC{more}.")
    if rows:
        yield Table(_CHANGED, tuple(rows), "Changes")


def facts(evidence: Evidence, target: str) -> list[tuple[str, str]]:
    """All that is known of one host, and what is not."""
    one = owned(evidence, target)
    said = one.identity.get

    def told(value: Value, quantity: Quantity = Quantity.TEXT) -> str:
        return UNKNOWN if value is None or value == "" else spelled(quantity, value)

    sockets = one.asset.get("sockets")
    cpus = told(said("cores"), Quantity.COUNT)
    if isinstance(sockets, int) and said("cores") is not None:
        cpus += f" in {counted(sockets, 'socket')}"
    reboot = one.update.get("reboot_required")
    return [
        ("System", told(said("os"))),
        ("Support ends", told(one.asset.get("support_ends"))),
        ("Kernel", told(said("kernel"))),
        ("Architecture", told(said("architecture"))),
        ("CPUs", cpus),
        ("CPU model", told(said("cpu_model"))),
        ("Memory", told(one.memory, Quantity.BYTES)),
        ("Drives", "; ".join(_drives(one)) or UNKNOWN),
        ("Machine", told(said("machine"))),
        ("Serial", told(one.asset.get("serial"))),
        ("Firmware", told(one.asset.get("firmware"))),
        ("Warranty ends", told(clean(one.warranty, 40))),
        ("Virtualisation", told(said("virtualisation"))),
        ("Uptime", told(said("uptime_s"), Quantity.SECONDS)),
        ("Packages", told(one.packages, Quantity.COUNT)),
        ("Updates", _updates(one)),
        ("Restart needed", UNKNOWN if reboot is None else "yes" if reboot else "no"),
        ("Changes", told(one.changes, Quantity.COUNT)),
    ]


def _drives(one: Owned) -> Iterator[str]:
    if one.drives is not None and not one.drives:
        yield "none of its own"
    drives = one.drives or []
    for drive in drives[:MOST_DRIVES]:
        serial = drive["serial"]
        parts: list[object] = [
            drive["device"],
            spelled(Quantity.BYTES, drive["size_bytes"]),
            drive["medium"],
            drive["model"],
            None if serial is None else Clean(f"serial {serial}"),
        ]
        yield " ".join(str(part) for part in parts if part is not None)
    if len(drives) > MOST_DRIVES:
        yield f"and {len(drives) - MOST_DRIVES} more"


def _updates(one: Owned) -> str:
    waits, secure = one.update.get("updates"), one.update.get("security_updates")
    if not isinstance(waits, int):
        return UNKNOWN
    listed = one.update.get("lists_at")
    at = f", by lists of {when(listed)}" if isinstance(listed, float) else ""
    return f"{waits}, {secure} of them for security{at}"
