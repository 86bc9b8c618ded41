"""The one door every action passes: plan, policy, confirm, intent, run, verify, outcome."""

from opsconsole.executor.calls import (
    APPROVE,
    ARM,
    CANCEL,
    CEASE,
    INQUIRE,
    MORE,
    NOTE,
    OPTIONS,
    PROPOSE,
    Arm,
    Ask,
    Choices,
    refusal,
)
from opsconsole.executor.draft import judged
from opsconsole.executor.executor import Executor
from opsconsole.executor.ground import Ground

__all__ = [
    "APPROVE",
    "ARM",
    "CANCEL",
    "CEASE",
    "INQUIRE",
    "MORE",
    "NOTE",
    "OPTIONS",
    "PROPOSE",
    "Arm",
    "Ask",
    "Choices",
    "Executor",
    "Ground",
    "judged",
    "refusal",
]
