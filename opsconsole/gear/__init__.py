"""Knows devices by what their agents answer: profiles are data, readings come out."""

from opsconsole.gear.command import Errand, Told, outlet_state
from opsconsole.gear.form import Class
from opsconsole.gear.library import LIBRARY, Library
from opsconsole.gear.plan import DESCR, OBJECT, SYSTEM, UPTIME, Device, Identity
from opsconsole.gear.sense import Sensed
from opsconsole.question import SnmpChosen

QUESTION = SnmpChosen(
    first=SYSTEM,
    tells=(DESCR, OBJECT),
    clock=UPTIME,
    present=LIBRARY.present,
    choose=LIBRARY.choose,
)
"""What any device is asked; `LIBRARY.device` reads the answer."""

__all__ = [
    "LIBRARY",
    "QUESTION",
    "Class",
    "Device",
    "Errand",
    "Identity",
    "Library",
    "Sensed",
    "Told",
    "outlet_state",
]
