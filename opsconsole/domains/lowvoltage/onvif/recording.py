"""What is recorded: of each recording its newest data, and the jobs that should write it."""

from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.onvif.device import CLOCK
from opsconsole.domains.lowvoltage.onvif.wire import (
    ABSENT,
    NOTHING,
    Said,
    ahead,
    every,
    moment,
    read,
    text,
)
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.question import SoapCall
from opsconsole.spec import Probe

_RECORDINGS = SoapCall("recording", "GetRecordings")
_JOBS = SoapCall("recording", "GetRecordingJobs")

QUESTIONS = (
    CLOCK,
    _RECORDINGS,
    SoapCall("search", "GetRecordingInformation", {"RecordingToken": "*"}, of=_RECORDINGS,
             items="RecordingItem.RecordingToken"),
    _JOBS,
    SoapCall("recording", "GetRecordingJobState", {"JobToken": "*"}, of=_JOBS,
             items="JobItem.JobToken"),
)  # fmt: skip

Answers = tuple[Said, ...]

GAP = Limits(300, 3600, "shared with the rule onvif.recording-gap")


def _read(payload: bytes) -> Answers:
    return read(payload, len(QUESTIONS))


def _jobs(answers: Answers) -> dict[str, tuple[str, str]]:
    """Mode and state of the jobs of each recording; of several the active ones, the worst state."""
    states = {one.item: _state(one.said) for one in answers[4] if not one.error}
    found: dict[str, tuple[str, str]] = {}
    for job in (one for said in answers[3] for one in every(said.said, "JobItem")):
        recording = text(job, "JobConfiguration.RecordingToken", 200)
        mode = text(job, "JobConfiguration.Mode", 20).lower()
        one = (str(mode), states.get(text(job, "JobToken", 200), ""))
        there = found.get(recording)
        found[recording] = one if there is None else max(there, one, key=_weight)
    return found


def _weight(job: tuple[str, str]) -> tuple[bool, bool]:
    return job[0] == "active", job[1] == "error"


def _state(tree: object) -> str:
    """`active`, `idle` or `error`; ONVIF knows `PartiallyActive` and the like of several tracks."""
    words = {text(tree, path, 40) for path in ("State.State", "State.Sources.State",
             "State.Sources.Tracks.Track.State")}  # fmt: skip
    return "error" if "Error" in words else text(tree, "State.State", 40).lower()


def _newest(information: object) -> float | None:
    paths = ("LatestRecording", "Track.DataTo")
    found = [moment(str(one)) for path in paths for one in every(information, path)]
    return max((at for at in found if at is not None), default=None)


def _oldest(information: object) -> float | None:
    paths = ("EarliestRecording", "Track.DataFrom")
    found = [moment(str(one)) for path in paths for one in every(information, path)]
    return min((at for at in found if at is not None), default=None)


def _recordings(answers: Answers, _before: Answers | None) -> list[Row]:
    jobs, offset = _jobs(answers), round(ahead(answers[0]) or 0.0)
    known = {one.item: one for one in answers[2]}
    rows: dict[str, Row] = {}
    for item in (one for said in answers[1] for one in every(said.said, "RecordingItem")):
        token = text(item, "RecordingToken", 200)
        answer = known.get(token)
        about = (
            next(iter(every(answer.said, "RecordingInformation")), NOTHING) if answer else NOTHING
        )
        newest, oldest = _newest(about), _oldest(about)
        # By the device's own clock: one that is wrong makes no gap.
        now = answer.at + offset if answer else 0.0
        mode, state = jobs.get(token, ("", ""))
        if answer and not answer.error and newest is None and (mode, state) == ("active", "active"):
            state = "no data"
        rows[token] = (
            token,
            text(item, "Configuration.Source.Name") or text(about, "Source.Name"),
            text(item, "Configuration.Source.Location") or text(about, "Source.Location"),
            clean(mode or "no job"),
            clean(state),
            clean(text(about, "RecordingStatus", 40).lower()),
            None if newest is None else max(0.0, round(now - newest, 1)),
            None if newest is None else newest - offset,
            None if oldest is None else oldest - offset,
            len(every(item, "Tracks.Track")) or len(every(about, "Track")),
            clean(answer.error, 80) if answer else Clean("not asked"),
        )  # fmt: skip
    return list(rows.values())


_SEARCH = "ONVIF Search GetRecordingInformation"
_JOB = "ONVIF Recording GetRecordingJobs"

RECORDING = Probe(
    "onvif.recording",
    "Recordings",
    "recording",
    (
        Column("token", "RECORDING", Quantity.TEXT, "ONVIF Recording GetRecordings: token"),
        Column("name", "NAME", Quantity.TEXT, "ONVIF Recording GetRecordings: name of its source"),
        Column("location", "LOCATION", Quantity.TEXT, "ONVIF Recording GetRecordings: location"),
        Column("job", "JOB", Quantity.TEXT, f"{_JOB}: active writes, idle does not"),
        Column("state", "STATE", Quantity.STATE,
               "ONVIF Recording GetRecordingJobState: State; `no data` of an active one without"),
        Column("status", "STATUS", Quantity.TEXT, f"{_SEARCH}: RecordingStatus"),
        Column("gap_s", "GAP", Quantity.SECONDS,
               f"{_SEARCH}: from its newest data to now, by the device's clock", GAP),
        Column("newest_at", "NEWEST", Quantity.SINCE, f"{_SEARCH}: LatestRecording, DataTo"),
        Column("oldest_at", "OLDEST", Quantity.TIME, f"{_SEARCH}: EarliestRecording, DataFrom"),
        Column("tracks", "TRACKS", Quantity.COUNT, "ONVIF Recording GetRecordings: tracks"),
        Column("refused", "REFUSED", Quantity.TEXT, "what it did not answer, and why"),
    ),
    ("token",),
    _read,
    _recordings,
    on_demand=False,
    quiet=True,
    named=("name",),
)  # fmt: skip


def _in_short(answers: Answers, before: Answers | None) -> list[Row]:
    rows = _recordings(answers, before)
    job, state, gap = (RECORDING.index(key) for key in ("job", "state", "gap_s"))
    gaps = [row[gap] for row in rows if row[job] == "active" and isinstance(row[gap], float)]
    bad = sum(row[state] == "error" for row in rows)
    writing = sum(row[job] == "active" for row in rows)
    errors = [one.error for one in answers[1] if one.error]
    word = (
        "not offered" if ABSENT in errors
        else errors[0] if errors
        else "nothing recorded" if not rows
        else "error" if bad
        else "recording" if writing
        else "idle"
    )  # fmt: skip
    worst = max((one for one in gaps if isinstance(one, float)), default=None)
    return [(clean(word, 80), len(rows), writing, bad, worst)]


STORAGE = Probe(
    "onvif.storage",
    "Recording",
    "recording",
    (
        Column("recording", "RECORDING", Quantity.STATE, f"{_JOB} and GetRecordingJobState: worst"),
        Column("recordings", "RECORDINGS", Quantity.COUNT, "ONVIF Recording GetRecordings: count"),
        Column("writing", "WRITING", Quantity.COUNT, f"{_JOB}: recordings with an active job"),
        Column("failing", "FAILING", Quantity.COUNT, "recordings whose job is in error"),
        Column("gap_s", "GAP", Quantity.SECONDS,
               f"{_SEARCH}: the longest of recordings with an active job", GAP, history=True),
    ),
    (),
    _read,
    _in_short,
    on_demand=False,
)  # fmt: skip
