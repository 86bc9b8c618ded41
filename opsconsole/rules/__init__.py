"""The rule engine: samples and a clock in, alerts out."""

from opsconsole.rules.engine import Change, Engine
from opsconsole.rules.target import Subject

__all__ = ["Change", "Engine", "Subject"]
