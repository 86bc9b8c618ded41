"""The second person: a plan waits in a socket that every user of this machine may open."""

from opsconsole.approval.answering import Asked, Shut, approve, deny, pending
from opsconsole.approval.asking import SecondPerson
from opsconsole.approval.folder import VARIABLE, others, rendezvous, stamp
from opsconsole.approval.peer import Person

__all__ = [
    "VARIABLE",
    "Asked",
    "Person",
    "SecondPerson",
    "Shut",
    "approve",
    "deny",
    "others",
    "pending",
    "rendezvous",
    "stamp",
]
