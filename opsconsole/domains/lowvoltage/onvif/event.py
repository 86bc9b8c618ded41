"""States that a device tells by events: tampering, lost signals, storage, motion."""

from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.onvif.wire import ABSENT, Said, every, moment, read, text
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import SoapCall
from opsconsole.spec import Probe

QUESTIONS = (
    SoapCall("events", "CreatePullPointSubscription", {"InitialTerminationTime": "PT60S"},
             also="events"),
)  # fmt: skip

_KINDS = (
    ("StorageFailure", "storage failure"),
    ("HardwareFailure", "hardware failure"),
    ("SignalLoss", "signal loss"),
    ("VideoLoss", "signal loss"),
    ("Tamper", "tampering"),
    ("GlobalSceneChange", "tampering"),
    ("ImageTooDark", "picture unusable"),
    ("ImageTooBright", "picture unusable"),
    ("ImageTooBlurry", "picture unusable"),
    ("Motion", "motion"),
    ("DigitalInput", "input"),
)
"""Words in topics, the first that fits, and what they are about."""

_BAD = {
    "storage failure": "critical",
    "hardware failure": "critical",
    "signal loss": "critical",
    "tampering": "warning",
    "picture unusable": "warning",
}
"""How bad it is while it is so; of others that is nothing to judge."""

_TRUE = frozenset({"true", "1", "active", "on"})


def _read(payload: bytes) -> tuple[Said, ...]:
    answers = read(payload, len(QUESTIONS))
    for error in (one.error for one in answers[0]):
        if error not in {"", ABSENT}:
            raise Malformed(
                f"it gives no subscription: {clean(error, 120)}", "it may have too many"
            )
    return answers


def kind(topic: str) -> str:
    """What a topic is about; `other` for what we have no rule for."""
    return next((word for part, word in _KINDS if part in topic), "other")


def _items(message: object, where: str) -> list[tuple[Clean, Clean]]:
    found = every(message, f"Message.Message.{where}.SimpleItem")
    return [(text(one, "@Name", 60), text(one, "@Value", 80)) for one in found]


def _rows(answers: tuple[Said, ...], _before: tuple[Said, ...] | None) -> list[Row]:
    """The newest message of each state."""
    rows: dict[tuple[Clean, Clean], Row] = {}
    for answer in answers[0]:
        for message in every(answer.there, "messages"):
            topic, data = text(message, "Topic", 160), _items(message, "Data")
            source = clean(" ".join(value for _, value in _items(message, "Source")), 120)
            if text(message, "Message.Message.@PropertyOperation", 20) == "Deleted":
                rows.pop((topic, source), None)
                continue
            about = kind(topic)
            active = any(value.lower() in _TRUE for _, value in data[:1])
            rows[topic, source] = (
                topic,
                source,
                clean(about),
                Clean(_BAD.get(about, "active") if active else "quiet"),
                clean(", ".join(f"{name}={value}" for name, value in data), 200),
                moment(text(message, "Message.Message.@UtcTime", 40)),
            )
    return list(rows.values())


_PULL = "ONVIF PullMessages of a new subscription"

EVENT = Probe(
    "onvif.event",
    "States by events",
    "event",
    (
        Column("topic", "TOPIC", Quantity.TEXT, f"{_PULL}: Topic"),
        Column("source", "SOURCE", Quantity.TEXT, f"{_PULL}: values of Source"),
        Column("about", "ABOUT", Quantity.TEXT, "what the topic is about, by its words"),
        Column("state", "STATE", Quantity.STATE,
               f"{_PULL}: whether its first value is true, and how bad that is", tallied=True),
        Column("says", "SAYS", Quantity.TEXT, f"{_PULL}: values of Data"),
        Column("at", "AT", Quantity.TIME, f"{_PULL}: UtcTime, by the device's clock"),
    ),
    ("topic", "source"),
    _read,
    _rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip
