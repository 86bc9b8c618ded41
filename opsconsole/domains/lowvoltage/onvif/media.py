"""Profiles and their streams, and whether the device gives a picture."""

import email.utils

from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.onvif.wire import (
    ABSENT,
    NOTHING,
    Said,
    every,
    given,
    number,
    read,
    text,
    whole,
)
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import SoapAnswer, SoapCall
from opsconsole.spec import Probe

_ITEMS = "Profiles.@token"

_OF_BEFORE = SoapCall("media", "GetProfiles")
_PROFILES = SoapCall("media2", "GetProfiles", {"Type": "All"}, instead=_OF_BEFORE)

_SETUP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}

QUESTIONS = (
    _PROFILES,
    SoapCall(
        "media2", "GetStreamUri", {"Protocol": "RTSP", "ProfileToken": "*"}, of=_PROFILES,
        items=_ITEMS, also="rtsp",
        instead=SoapCall("media", "GetStreamUri", {"StreamSetup": _SETUP, "ProfileToken": "*"},
                         of=_OF_BEFORE, items=_ITEMS, also="rtsp"),
    ),
    SoapCall(
        "media2", "GetSnapshotUri", {"ProfileToken": "*"}, of=_PROFILES, items=_ITEMS, most=1,
        also="picture",
        instead=SoapCall("media", "GetSnapshotUri", {"ProfileToken": "*"}, of=_OF_BEFORE,
                         items=_ITEMS, most=1, also="picture"),
    ),
)  # fmt: skip

Answers = tuple[Said, ...]


def _read(payload: bytes) -> Answers:
    return read(payload, len(QUESTIONS))


_ENCODERS = ("VideoEncoderConfiguration", "Configurations.VideoEncoder")
"""Of the media service, and of its second version."""

_SOURCES = ("VideoSourceConfiguration.SourceToken", "Configurations.VideoSource.SourceToken")


def _encoder(profile: object) -> object:
    return next((one for path in _ENCODERS for one in every(profile, path)), NOTHING)


def _resolution(encoder: object) -> Clean:
    width, height = (whole(encoder, f"Resolution.{side}") for side in ("Width", "Height"))
    return Clean(f"{width}x{height}") if width and height else Clean("")


def _listed(answers: Answers) -> list[object]:
    return [one for said in answers[0] for one in every(said.said, "Profiles")]


_THERE = frozenset({"answers", "wants password"})


def _answered(stream: SoapAnswer | None) -> Clean:
    """One word on a stream: the device's refusal of an address, or what its address answered."""
    if stream is None:
        return Clean("not asked")
    word = stream.error or str(stream.there.get("answered", ""))
    return clean(word if word in _THERE or stream.error else f"down, {word}", 80)


def _profiles(answers: Answers, _before: Answers | None) -> list[Row]:
    streams = {one.item: one for one in answers[1]}
    rows: list[Row] = []
    for profile in _listed(answers):
        token = text(profile, "@token", 200)
        stream, encoder = streams.get(token), _encoder(profile)
        there = stream.there if stream else NOTHING
        took = given(there, "took_ms")
        rows.append(
            (
                token,
                text(profile, "Name"),
                text(encoder, "Encoding", 40),
                _resolution(encoder),
                number(encoder, "RateControl.FrameRateLimit"),
                whole(encoder, "RateControl.BitrateLimit"),
                next((one for path in _SOURCES if (one := text(profile, path))), Clean("")),
                _answered(stream),
                round(took, 1) if took else None,
                clean(str(there.get("uri", "")), 300),
                clean(str(there.get("inner", "")), 80),
            )
        )
    return list({row[0]: row for row in rows}.values())


_OF = "ONVIF Media2 (else Media) GetProfiles"
_STREAM = "ONVIF GetStreamUri, then RTSP OPTIONS and DESCRIBE"

PROFILE = Probe(
    "onvif.profile",
    "Profiles and streams",
    "media",
    (
        Column("token", "PROFILE", Quantity.TEXT, f"{_OF}: token"),
        Column("name", "NAME", Quantity.TEXT, f"{_OF}: Name"),
        Column("encoder", "ENCODER", Quantity.TEXT, f"{_OF}: Encoding"),
        Column("resolution", "SIZE", Quantity.TEXT, f"{_OF}: Resolution"),
        Column("frames_per_s", "FRAMES/S", Quantity.NUMBER, f"{_OF}: FrameRateLimit"),
        Column("kbit_per_s", "KBIT/S", Quantity.COUNT, f"{_OF}: BitrateLimit"),
        Column("source", "SOURCE", Quantity.TEXT, f"{_OF}: SourceToken, one for each sensor"),
        Column("stream", "STREAM", Quantity.STATE, _STREAM),
        Column("took_ms", "ANSWERED", Quantity.MILLISECONDS, f"{_STREAM}: until the first answer"),
        Column("uri", "URI", Quantity.TEXT, f"{_STREAM}: on the target's host, without a password"),
        Column("told_host", "TOLD HOST", Quantity.TEXT,
               f"{_STREAM}: the host that the device itself names"),
    ),
    ("token",),
    _read,
    _profiles,
    on_demand=False,
    quiet=True,
    named=("name",),
)  # fmt: skip


def _picture(said: Said) -> tuple[Clean, int | None, float | None]:
    """What the address of a snapshot gave: a word, bytes, and when it was taken."""
    if not said or said[0].error == ABSENT:
        return Clean("none offered"), None, None
    if said[0].error:
        return clean(said[0].error, 80), None, None
    there = said[0].there
    status, size = given(there, "status"), given(there, "bytes")
    if status != 200:
        how = "denied" if status in {401, 403} else "failed"
        return clean(f"{how}, status {status:.0f}" if status else "failed, no address"), None, None
    if not size:
        return Clean("failed, empty"), 0, None
    word = Clean("ok" if there.get("whole") is True else "failed, no whole JPEG")
    return word, int(size), _modified(str(there.get("modified", "")))


def _modified(value: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(value[:60]).timestamp()
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _in_short(answers: Answers, before: Answers | None) -> list[Row]:
    word, size, taken = _picture(answers[2])
    profiles = _profiles(answers, before)
    place = PROFILE.index("stream")
    good = sum(row[place] in _THERE for row in profiles)
    return [(len(profiles), good, len(profiles) - good, word, size, taken)]


PICTURE = Probe(
    "onvif.picture",
    "Picture",
    "media",
    (
        Column("profiles", "PROFILES", Quantity.COUNT, f"{_OF}: how many"),
        Column("streams", "STREAMS", Quantity.COUNT, f"{_STREAM}: profiles that are answered for"),
        Column("dead", "DEAD", Quantity.COUNT, f"{_STREAM}: profiles that are not"),
        Column("snapshot", "SNAPSHOT", Quantity.STATE,
               "ONVIF GetSnapshotUri of the first profile, and what stands there"),
        Column("snapshot_bytes", "BYTES", Quantity.BYTES, "size of the snapshot", history=True),
        Column("taken_at", "TAKEN", Quantity.SINCE,
               "Last-Modified of the snapshot; most devices do not tell it"),
    ),
    (),
    _read,
    _in_short,
    on_demand=False,
)  # fmt: skip
