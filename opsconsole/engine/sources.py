"""What this machine has of an estate for a report: its recording, its open alerts."""

import contextlib
from collections.abc import Generator
from dataclasses import dataclass, replace

from opsconsole import registry
from opsconsole.alert import Alert
from opsconsole.engine.alerting import subjects
from opsconsole.engine.local import fitted
from opsconsole.engine.recording import archive_of, recording_folder
from opsconsole.engine.reporting import Sources
from opsconsole.errors import Unrecorded
from opsconsole.estate import Estate
from opsconsole.rules import Engine, memory
from opsconsole.rules.others import Others


@contextlib.contextmanager
def sources(estate: Estate) -> Generator[Sources, None, None]:
    """Recording and alerts, within the context; what cannot be read is told in the notices."""
    found = _with_alerts(estate, Sources(targets=estate.targets))
    folder = recording_folder(estate)
    if not folder.is_dir():
        yield found
        return
    try:
        archive = archive_of(folder)
    except Unrecorded as error:
        found.notices.append(f"the recording cannot be read: {error}")
        yield found
        return
    with contextlib.closing(archive):
        yield replace(found, past=archive)


@dataclass(frozen=True, slots=True)
class Standing:
    """Alerts as collectors of the estate wrote them down, ours and those of others."""

    engine: Engine
    others: Others
    at: float | None
    """Unix time at which that was; None when nobody did."""

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All that are not over."""
        return *self.engine.whole(), *self.others.whole()


def standing(estate: Estate, now: float | None = None) -> Standing:
    """What was written down, by the rules in force; nothing is written or set aside.

    `now` is when it is looked at, if not at the time it was written. Raises `ValueError` for a
    file that is broken.
    """
    kept = memory.read(memory.default_path(estate.source))
    moment = now if now is not None else kept.at if kept else 0.0
    known = registry.integrations()
    targets = fitted(estate.targets, known)
    engine = Engine(subjects(targets, known, estate.rulebook), moment, estate.rulebook.quiets)
    others = Others()
    others.covering = engine.hush.covering
    if kept is not None:
        memory.recall(engine, kept)
        others.recall(kept.others, engine.targets)
    engine.hush.tick(moment)
    if kept is not None:
        others.hear(memory.found(kept, engine.targets))
    return Standing(engine, others, kept.at if kept else None)


def _with_alerts(estate: Estate, found: Sources) -> Sources:
    """What the last collector of the estate wrote down; nothing is judged anew."""
    try:
        stood = standing(estate)
    except ValueError as error:
        found.notices.append(f"the alerts cannot be read: {error}")
        return found
    if stood.at is None:
        return found
    silences = tuple(stood.engine.hush.all)
    return replace(found, alerts=stood.alerts, alerts_at=stood.at, silences=silences)
