"""What upsd says of its UPS, as values; all of it may be missing, and any of it absurd."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from opsconsole import reply
from opsconsole.clean import Clean, clean
from opsconsole.question import NutAnswer, parted

NOTHING = Clean("")

TOP = 1e9
"""Numbers from here on, and 65535, are "not known" in the words of one driver or another."""

WORDS: Mapping[str, str] = {
    "FSD": "shutting down", "LB": "low battery", "OFF": "off", "OVER": "overloaded",
    "OB": "on battery", "ALARM": "alarm", "BYPASS": "on bypass", "RB": "replace battery",
    "CAL": "calibrating", "TEST": "testing", "TRIM": "trimming", "BOOST": "boosting",
    "HB": "high battery", "ECO": "eco mode", "DISCHRG": "discharging", "CHRG": "charging",
    "OL": "on line", "WAIT": "waiting for the driver",
}  # fmt: skip
"""Tokens of `ups.status`, what says most first."""


@dataclass(frozen=True, slots=True)
class Device:
    """One UPS as its driver tells it."""

    name: Clean
    about: Clean
    """What ups.conf calls it."""
    error: Clean
    """Why nothing is known of it: `DATA-STALE`, `DRIVER-NOT-CONNECTED`."""
    variables: Mapping[str, Clean]
    since: Mapping[str, float]
    """Since when (Unix time) each token of its status was seen."""

    def text(self, *names: str) -> Clean:
        """The first of these variables that says something."""
        return next((self.variables[one] for one in names if self.variables.get(one)), NOTHING)

    def number(self, *names: str, low: float = -1000.0, high: float = TOP) -> float | None:
        """The first of these variables that is a number between; None without one."""
        for name in names:
            value = number(self.variables.get(name, NOTHING))
            if value is not None and low <= value <= high:
                return value
        return None

    @property
    def tokens(self) -> frozenset[str]:
        """Tokens of its status."""
        return frozenset(self.text("ups.status").split())

    @property
    def status(self) -> Clean:
        """Its status in words, what says most first; tokens that are not known as they are."""
        tokens = self.tokens
        said = [word for token, word in WORDS.items() if token in tokens]
        return clean(", ".join([*said, *sorted(tokens - WORDS.keys())]), 160)

    @property
    def mode(self) -> Clean:
        """Where the power of its load comes from, in one word."""
        if self.error:
            return Clean("no data")
        tokens = self.tokens
        if "OB" in tokens and "LB" in tokens:
            return Clean("low battery")
        for token in ("FSD", "OB", "OFF", "BYPASS", "CAL", "OL"):
            if token in tokens:
                return Clean(WORDS[token])
        return Clean("unknown")


_NUMBER = re.compile(r"[-+]?\d{1,15}(\.\d{1,9})?", re.ASCII)


def number(said: str) -> float | None:
    """A number as drivers write them; None for anything else, and what stands for "not known"."""
    text = said.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) and abs(value) < TOP and value != 65535 else None


def read(payload: bytes) -> list[Device]:
    """The UPS of a server, from `LIST UPS` and `LIST VAR` of each."""
    listed, told, *_ = (reply.read(part, list[NutAnswer]) for part in parted(payload, 3))
    about = {
        line[1]: clean(line[2], 120)
        for answer in listed
        for line in answer.lines
        if line[:1] == ["UPS"] and len(line) > 2
    }
    return [device(answer, about.get(answer.ups, NOTHING)) for answer in told]


def device(answer: NutAnswer, about: Clean = NOTHING) -> Device:
    """One UPS from its list of variables."""
    lines = [line for line in answer.lines if line[:1] == ["VAR"] and len(line) > 3]
    none: list[str] = []
    status = next((line for line in lines if line[2] == "ups.status"), none)
    return Device(
        clean(answer.ups, 120),
        NOTHING if about == "Description unavailable" else about,
        clean(answer.error, 80),
        {line[2]: clean(line[3], 400) for line in lines},
        _since(status[4:]),
    )


def _since(said: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for word in said:
        token, _, text = word.partition("=")
        if (value := _moment(text)) is not None:
            found[token] = value
    return found


def _moment(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value < 1e11 else None


class Server(NamedTuple):
    """All that a server tells at once."""

    version: Clean
    devices: list[Device]


def server(payload: bytes) -> Server:
    """The server, with its UPS."""
    return Server(_version(payload), read(payload))


def _version(payload: bytes) -> Clean:
    *_, part = parted(payload, 3)
    lines = [line for answer in reply.read(part, list[NutAnswer]) for line in answer.lines]
    words = lines[0] if lines else []
    return clean(" ".join(word for word in words if not word.startswith("http")).strip(" -"), 80)


RESULTS = (
    ("fail", "failed"), ("bad", "failed"), ("error", "failed"), ("warn", "warning"),
    ("abort", "aborted"), ("cancel", "aborted"), ("progress", "running"), ("running", "running"),
    ("pass", "passed"), ("no test", "none"), ("not init", "none"), ("none", "none"),
    ("ok", "passed"), ("done", "passed"),
)  # fmt: skip
"""What stands in `ups.test.result` of one driver or another, and what that is."""


def result(said: str) -> Clean:
    """The result of the last test in one word; empty where none is told, `other` for new words."""
    text = said.lower()
    if not text:
        return NOTHING
    return Clean(next((word for part, word in RESULTS if part in text), "other"))
