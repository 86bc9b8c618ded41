"""The flight recorder of an estate, and its recording for those who read it."""

import contextlib
from asyncio import AbstractEventLoop
from collections.abc import Callable
from pathlib import Path

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.estate import Estate
from opsconsole.ports import Recording, Upward
from opsconsole.recorder import Archive, Bounds, FlightRecorder, folder_of


def recording_folder(estate: Estate) -> Path:
    """Where an estate is recorded, on this machine."""
    return folder_of(estate.source, estate.recording.directory)


def archive_of(where: Path) -> Archive:
    """A recording by its folder or its exported file; raises `Unrecorded`."""
    return Archive(where, registry.probes())


def flight_recorder(
    estate: Estate, loop: AbstractEventLoop, publish: Callable[[Upward], None]
) -> FlightRecorder | None:
    """The recorder of an estate, at work; None when the estate wants none. Says how it stands."""
    keeping = estate.recording
    if not keeping.enabled:
        off = Recording("off", 0, None, 0, Clean(""))
        loop.call_soon(publish, off)
        return None

    def told(state: Recording) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(publish, state)

    recorder = FlightRecorder(
        recording_folder(estate),
        registry.probes(),
        estate.targets,
        Bounds(keeping.max_size_mb * 2**20, keeping.max_age_h * 3600.0),
        told=told,
    )
    recorder.start()
    return recorder
