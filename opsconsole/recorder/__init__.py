"""The flight recorder: what the collector heard, to disk and back; replay reads it."""

from opsconsole.recorder.folder import base_folder, folder_of
from opsconsole.recorder.query import Totals
from opsconsole.recorder.reader import Archive
from opsconsole.recorder.writer import Bounds, FlightRecorder

__all__ = ["Archive", "Bounds", "FlightRecorder", "Totals", "base_folder", "folder_of"]
