"""Asks every probe on time; a fault is a sample."""

from opsconsole.collector.collector import Collector

__all__ = ["Collector"]
