"""Documents that belong to no role, from what this machine has: the incident, the handover."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from opsconsole import registry
from opsconsole.document import Document
from opsconsole.engine.cause import probable_cause
from opsconsole.engine.reporting import Period, Sources, evidence, with_alerts, with_metrics
from opsconsole.engine.sources import sources
from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.evidence import Evidence
from opsconsole.report import as_html, as_markdown, handover, incident
from opsconsole.rule import Rule


def gathered(period: Period, found: Sources, *, then: bool = True) -> Evidence:
    """What is known of a period without asking any target; `then`: with alerts as they stood."""
    probes = registry.probes()
    whole = replace(evidence(period, found, ()), first=probable_cause(period, found))
    if then:
        whole = with_alerts(whole, found.past)
    return with_metrics(whole, found.past if whole.recorded else None, _rules(), probes)


def _rules() -> Iterator[Rule]:
    for known in registry.integrations().values():
        yield from known.rules


def incident_of(estate: Estate, period: Period) -> Document:
    """The incident report; reads files: not on an event loop."""
    with sources(estate) as found:
        return incident.build(gathered(period, found))


def handover_of(estate: Estate, period: Period, words: str = "") -> Document:
    """The handover; reads files: not on an event loop."""
    with sources(estate) as found:
        return handover.build(gathered(period, found, then=False), words)


def shift(estate: Estate, now: float | None = None) -> Period:
    """The shift that ends now."""
    now = time.time() if now is None else now
    return Period(now, now - handover.HOURS * 3600, now, estate.targets)


def default_folder() -> Path:
    """`handovers` in the user's state folder."""
    return Path(platformdirs.user_state_dir("opsconsole", appauthor=False)) / "handovers"


def keep(document: Document, folder: Path | None = None) -> tuple[Path, Path]:
    """Write it as Markdown and as HTML, named by its time; returns both. Raises `UsageError`."""
    place = folder or default_folder()
    name = datetime.fromtimestamp(document.made, UTC).strftime(f"{document.report}-%Y%m%dT%H%M%SZ")
    paths = place / f"{name}.md", place / f"{name}.html"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path, text in zip(paths, (as_markdown(document), as_html(document)), strict=True):
            put(path, text)
    except OSError as error:
        raise UsageError(f"{place} cannot be written: {error.strerror or error}") from error
    return paths


def put(path: Path, text: str) -> None:
    """Write a file for its owner alone, as a whole or not at all; raises `OSError`."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(beside, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
