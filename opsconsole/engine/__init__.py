"""Joins the parts: a collector side and a console side, only a bus between them."""

from opsconsole.engine.companion import Companion, collector_argv, spawn_collector
from opsconsole.engine.headless import acting, watching
from opsconsole.engine.remedy import actions_of
from opsconsole.engine.serve import run_collector

__all__ = [
    "Companion",
    "acting",
    "actions_of",
    "collector_argv",
    "run_collector",
    "spawn_collector",
    "watching",
]
