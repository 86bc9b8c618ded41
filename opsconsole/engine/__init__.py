"""Joins the parts: a collector side and a console side, only a bus between them."""

from opsconsole.engine.companion import Companion, collector_argv, spawn_collector
from opsconsole.engine.headless import watching
from opsconsole.engine.serve import run_collector

__all__ = ["Companion", "collector_argv", "run_collector", "spawn_collector", "watching"]
