"""What makers tell outside of the standards: model, serial, firmware, counters; one object each."""

from collections.abc import Mapping

MODEL: tuple[str, ...] = (
    "1.3.6.1.4.1.367.3.2.1.1.1.1.0",  # Ricoh
    "1.3.6.1.4.1.2435.2.4.3.2435.5.13.3.0",  # Brother
    "1.3.6.1.4.1.18334.1.1.1.1.6.2.1.0",  # Konica Minolta
    "1.3.6.1.4.1.641.2.1.2.1.2.1",  # Lexmark
    "1.3.6.1.4.1.10642.1.1.0",  # Zebra
)
SERIAL: tuple[str, ...] = (
    "1.3.6.1.4.1.367.3.2.1.2.1.4.0",  # Ricoh
    "1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1.0",  # Brother
    "1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.3.0",  # HP
    "1.3.6.1.4.1.1347.43.5.1.1.28.1",  # Kyocera
    "1.3.6.1.4.1.641.2.1.2.1.6.1",  # Lexmark
    "1.3.6.1.4.1.683.1.5.0",  # print servers of Zebra
)
FIRMWARE: tuple[str, ...] = (
    "1.3.6.1.4.1.367.3.2.1.1.1.2.0",  # Ricoh
    "1.3.6.1.4.1.2435.2.4.3.1240.6.5.0",  # Brother
    "1.3.6.1.4.1.18334.1.1.1.1.6.1.0",  # Konica Minolta
    "1.3.6.1.4.1.641.2.1.2.1.4.1",  # Lexmark
    "1.3.6.1.4.1.10642.1.2.0",  # Zebra
    "1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.5.0",  # HP
)
COUNTERS: Mapping[str, str] = {
    "1.3.6.1.4.1.18334.1.1.1.5.7.2.2.1.5.1.1": "Copies black",
    "1.3.6.1.4.1.18334.1.1.1.5.7.2.2.1.5.2.1": "Copies color",
    "1.3.6.1.4.1.18334.1.1.1.5.7.2.2.1.5.1.2": "Prints black",
    "1.3.6.1.4.1.18334.1.1.1.5.7.2.2.1.5.2.2": "Prints color",
    "1.3.6.1.4.1.18334.1.1.1.5.7.2.1.3.0": "Prints on both sides",
    "1.3.6.1.4.1.18334.1.1.1.5.7.2.1.5.0": "Scans",
    "1.3.6.1.4.1.10642.200.17.3.0": "Length printed in its life, inches",
}
"""Objects that count, and what; a text that begins with the number counts as well."""

RICOH = "1.3.6.1.4.1.367."
"""Below it a level of -100 says that a supply is nearly empty."""
