"""The estate: from the operator's files to typed targets."""

from opsconsole.estate.estate import Estate
from opsconsole.estate.loader import imported, load
from opsconsole.estate.render import render

__all__ = ["Estate", "imported", "load", "render"]
