"""What this machine has of an estate for a report: its recording, its open alerts."""

import contextlib
from collections.abc import Generator
from dataclasses import replace

from opsconsole import registry
from opsconsole.engine.alerting import subjects
from opsconsole.engine.recording import archive_of, recording_folder
from opsconsole.engine.reporting import Sources
from opsconsole.errors import Unrecorded
from opsconsole.estate import Estate
from opsconsole.rules import Engine, memory


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


def _with_alerts(estate: Estate, found: Sources) -> Sources:
    """What the last collector of the estate wrote down; nothing is judged anew."""
    try:
        kept = memory.read(memory.default_path(estate.source))
    except ValueError as error:
        found.notices.append(f"the alerts cannot be read: {error}")
        return found
    if kept is None:
        return found
    judged = subjects(estate.targets, registry.integrations(), estate.rulebook)
    engine = Engine(judged, kept.at, estate.rulebook.quiets)
    memory.recall(engine, kept)
    engine.hush.tick(kept.at)
    return replace(
        found,
        alerts=tuple(engine.whole()),
        alerts_at=kept.at,
        silences=tuple(engine.hush.all),
    )
