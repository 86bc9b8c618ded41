"""Silences of an Alertmanager: made for one alert, and ended before their time."""

import datetime
import email.utils
import json
import os
import pwd
import re
from urllib.parse import quote

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.domains.devops import wire
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

SECONDS = 15.0
"""For one call."""

_ID = re.compile(r"[0-9a-fA-F-]{1,64}")
_CALL = "an answer of Alertmanager"


class _State(msgspec.Struct):
    state: str = ""
    silenced: list[str] = msgspec.field(name="silencedBy", default_factory=list[str])


class _Alert(msgspec.Struct):
    fingerprint: str
    labels: dict[str, str]
    status: _State = msgspec.field(default_factory=_State)


class _Silence(msgspec.Struct):
    id: str
    status: _State = msgspec.field(default_factory=_State)


def _pin(thing: Thing, name: str) -> str:
    return dict(thing.pins).get(name, "")


def _look_alert(thing: Thing) -> tuple[str, ...]:
    """Only its namesakes when its labels are known: an answer of all may be too long."""
    labels = wire.unpacked(_pin(thing, "labels"))
    asked = [
        "filter=" + quote(f"{name}={json.dumps(labels[name], ensure_ascii=False)}", safe="")
        for name in ("alertname", "instance")
        if labels.get(name)
    ]
    query = "?" + "&".join(asked) if asked else ""
    return ("GET", f"/api/v2/alerts{query}")


def _answered(thing: Thing, status: int, out: bytes) -> tuple[float, bytes]:
    """The server's own time, and the document; raises `Unsupported` for a refusal."""
    head, _, body = out.partition(b"\n")
    if status:
        said = clean_bytes(b" ".join(out.split()), 160)
        raise Unsupported(f"{thing.target}: Alertmanager says {said}")
    try:
        moment = email.utils.parsedate_to_datetime(head.partition(b" ")[2].decode("latin-1"))
    except ValueError:
        raise Unsupported(f"{thing.target}: {_CALL} without its time") from None
    return moment.timestamp(), body


def read_alert(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the alert; raises `Gone` when it is over."""
    now, body = _answered(thing, status, out)
    wanted = _pin(thing, "fingerprint")
    for one in wire.items(wire.document(body, list[msgspec.Raw]), _Alert):
        if one.fingerprint == wanted:
            return {
                "fingerprint": one.fingerprint,
                "labels": wire.packed(one.labels),
                "state": clean(one.status.state),
                "silences": clean(" ".join(one.status.silenced), 2000),
                "now": f"{now:.0f}",
            }
    raise Gone(f"{thing.target}: no alert {wanted!r} there any more")


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if not wire.unpacked(facts["labels"]):
        return "its labels are too long to name it and no other"
    return ""


def _silence(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    begins = float(facts["now"])
    labels = wire.unpacked(facts["labels"])
    body = {
        "matchers": [
            {"name": name, "value": value, "isRegex": False, "isEqual": True}
            for name, value in labels.items()
        ],
        "startsAt": _moment(begins),
        "endsAt": _moment(begins + 3600 * int(arguments["hours"])),
        "createdBy": f"{_me()} by opsconsole",
        "comment": arguments["reason"],
    }
    return (Step(("POST", "/api/v2/silences", json.dumps(body)), SECONDS, root=False),)


def _moment(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _me() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _silenced(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or bool(set(now["silences"].split()) - set(before["silences"].split()))


def _look_silence(thing: Thing) -> tuple[str, ...]:
    return ("GET", f"/api/v2/silence/{_id(thing)}")


def _id(thing: Thing) -> str:
    name = _pin(thing, "id")
    if not _ID.fullmatch(name):
        raise Refused(f"{thing.target}: {str(clean(name))!r} is no id of a silence", "unknown")
    return name


def read_silence(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the silence; raises `Gone` when there is none of that id."""
    if status == 404:
        raise Gone(f"{thing.target}: no silence {_id(thing)} there")
    _, body = _answered(thing, status, out)
    silence = wire.document(body, _Silence)
    return {"id": silence.id, "state": clean(silence.status.state)}


def _over(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return "it is over already" if facts["state"] == "expired" else ""


def _expire(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("DELETE", f"/api/v2/silence/{_id(thing)}"), SECONDS, root=False),)


def _ended(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or now["state"] == "expired"


def _said(text: str) -> str:
    return "" if text.strip() and len(text) <= 200 else "a reason, at most 200 characters"


ACTIONS = (
    Action(
        id="alertmanager.silence",
        title="Silence this alert",
        letter="s",
        about="Makes a silence for exactly this alert there: nobody is called while it holds.",
        probes=("alertmanager.alert",),
        pins=("fingerprint", "labels"),
        weight=Weight.NOTICED,
        look=Look(_look_alert, read_alert),
        steps=_silence,
        effect=lambda _thing, _facts, arguments: (
            f"Nobody is called for it for {arguments['hours']} h; `alertmanager.expire-silence`"
            " ends that."
        ),
        verify=Verify("one more silence covers it", _silenced, 30.0),
        timeout=SECONDS,
        expected_s=2.0,
        bars=_bars,
        arguments=(
            Argument("hours", "Hours", ("1", "2", "4", "8", "24", "72"), "4"),
            Argument("reason", "Why", default="known", check=_said),
        ),
    ),
    Action(
        id="alertmanager.expire-silence",
        title="End this silence",
        letter="e",
        about="Ends a silence there before its time: what it covered calls again.",
        probes=("alertmanager.silence",),
        pins=("id",),
        weight=Weight.NOTICED,
        look=Look(_look_silence, read_silence),
        steps=_expire,
        effect=lambda _thing, _facts, _arguments: "Alerts it covered call again.",
        verify=Verify("it has expired", _ended, 30.0),
        timeout=SECONDS,
        expected_s=2.0,
        bars=_over,
    ),
)
