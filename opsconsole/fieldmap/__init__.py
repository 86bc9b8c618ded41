"""Maps of field devices: which register or topic is which sensor, as TOML beside an estate."""

from opsconsole.fieldmap.loading import Kept, load, map_of
from opsconsole.fieldmap.meaning import Meaning, finite, physical_of, reading

__all__ = ["Kept", "Meaning", "finite", "load", "map_of", "physical_of", "reading"]
