"""Joins the parts: a collector side and a console side, only a bus between them."""

from opsconsole.engine.companion import Companion, collector_argv, spawn_collector
from opsconsole.engine.headless import acting, watching
from opsconsole.engine.recording import archive_of, recording_folder
from opsconsole.engine.remedy import actions_of
from opsconsole.engine.serve import run_collector

__all__ = [
    "Companion",
    "acting",
    "actions_of",
    "archive_of",
    "collector_argv",
    "recording_folder",
    "run_collector",
    "spawn_collector",
    "watching",
]
