"""What `opsconsole recording` does: tell of a recording, export a part of it."""

import json
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from opsconsole.cli.asking import load_estate
from opsconsole.cli.entry import tell
from opsconsole.engine import archive_of, recording_folder
from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.moment import moment
from opsconsole.recorder import Archive, being_written, export, size_of


def run_info(file: Path | None, path: Path | None, output: str) -> int:
    """Tell what a recording holds; raises `Unrecorded`."""
    estate = load_estate(path) if file is None else None
    where = recording_folder(estate) if estate is not None else file
    assert where is not None
    with closing(archive_of(where)) as archive:
        facts = _facts(archive, where)
    if estate is not None:
        facts |= {
            "recording": being_written(where),
            "enabled": estate.recording.enabled,
            "max_size_mb": estate.recording.max_size_mb,
            "max_age_h": estate.recording.max_age_h,
        }
    if output == "json":
        print(json.dumps(facts))  # noqa: T201 - the answer
    else:
        _print_table(facts)
    return 0


def _facts(archive: Archive, where: Path) -> dict[str, object]:
    totals, span, pairs = archive.totals(), archive.span, archive.pairs()
    waiting, torn = archive.waiting()
    return {
        "path": str(where),
        "since": span[0] if span else None,
        "until": span[1] if span else None,
        "bytes": size_of(where),
        "targets": len({target for _, target in pairs}),
        "pairs": len(pairs),
        "samples": totals.samples + waiting,
        "points": totals.points,
        "bytes_per_point": round(totals.bytes / totals.points, 3) if totals.points else None,
        "occurrences": totals.occurrences,
        "alerts": archive.raised(),
        "trouble": f"{torn} bytes at the end were cut off by a crash" if torn else "",
    }


def _print_table(facts: dict[str, object]) -> None:
    for name, value in facts.items():
        if name in ("since", "until") and isinstance(value, float):
            told: object = datetime.fromtimestamp(value).astimezone().isoformat(" ", "seconds")
        elif isinstance(value, bool):
            told = "yes" if value else "no"
        elif isinstance(value, int):
            told = f"{value:,}".replace(",", " ")
        else:
            told = "-" if value in (None, "") else value
        sys.stdout.write(f"{name:16} {told}\n")


def run_export(
    file: Path, times: tuple[str, str], path: Path | None, patterns: Sequence[str]
) -> int:
    """Write a part of the estate's recording to a file; raises `Unrecorded`, `UsageError`."""
    now = time.time()
    since, until = (moment(text, now) for text in times)
    if since >= until:
        raise UsageError(f"--since {times[0]} is not before --until {times[1]}")
    with closing(archive_of(recording_folder(load_estate(path)))) as archive:
        targets = _targets(archive, patterns) if patterns else None
        done = export(archive, file, since, until, targets)
    if not done.samples:
        file.unlink()
        return tell(f"nothing was recorded between {times[0]} and {times[1]}", 1)
    sys.stderr.write(
        f"{file}: {done.samples} samples, {done.occurrences} occurrences, {done.bytes} bytes\n"
    )
    return 0


def _targets(archive: Archive, patterns: Sequence[str]) -> set[str]:
    """Recorded targets that patterns name, also those that the estate has no more."""
    recorded = Estate(tuple(archive.targets()))
    return {target.id for pattern in patterns for target in recorded.select(pattern)}
