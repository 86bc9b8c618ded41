"""The estate: from the operator's files to typed targets."""

from opsconsole.estate.estate import Estate
from opsconsole.estate.loader import load

__all__ = ["Estate", "load"]
