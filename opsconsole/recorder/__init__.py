"""The flight recorder: what the collector heard, to disk and back; replay reads it."""

from opsconsole.recorder.export import Exported, export
from opsconsole.recorder.folder import base_folder, being_written, folder_of, size_of
from opsconsole.recorder.query import Totals
from opsconsole.recorder.reader import Archive
from opsconsole.recorder.writer import Bounds, FlightRecorder

__all__ = [
    "Archive",
    "Bounds",
    "Exported",
    "FlightRecorder",
    "Totals",
    "base_folder",
    "being_written",
    "export",
    "folder_of",
    "size_of",
]
