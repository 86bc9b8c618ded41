"""All that is known of an incident, as the members of one file, secrets masked."""

import contextlib
import json
import tempfile
import zipfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgspec

from opsconsole import __version__, registry
from opsconsole.alert import Alerts, Occurrence
from opsconsole.audit import Snapshot, default_folder, read
from opsconsole.clean import clean
from opsconsole.engine.handing import gathered
from opsconsole.engine.reporting import Period, Sources
from opsconsole.evidence import Evidence
from opsconsole.model import Sample
from opsconsole.recorder import Archive, export
from opsconsole.report import FORMS, incident
from opsconsole.report.bundle import SCHEMA, Manifest, members_of, unpack
from opsconsole.report.layout import instant
from opsconsole.report.redact import Redactor

READ_ME = """\
This is an incident file of opsconsole: what was seen, raised, done and noted between two moments.

report.html and report.md    the incident report; read one of them first
report.json                  the same for programs
timeline.json                what happened, in order of time
alerts.json                  alerts that were open, and silences
actions.json, audit.jsonl    what was done and by whom; the audit log's records of that time
notes.json                   what people wrote down
recording.opsrec             what the targets answered: opsconsole replay FILE
screens/                     what the panes showed at the end
manifest.json                every file with its SHA-256, and how many secrets were masked

Is it as it was made?   opsconsole incident verify FILE
Without opsconsole:     ssh-keygen -Y check-novalidate -n opsconsole-incident \\
                            -s manifest.json.sig < manifest.json
                        sha256sum of each file against manifest.json

{signed}
Secrets were masked by their shape; what looks like none was not. Records in audit.jsonl in which
something was masked no longer fit their hash.
"""
RECORDING = "recording.opsrec"
SIGNED = "It is signed."
UNSIGNED = "IT IS NOT SIGNED: nothing proves who made it, or that nobody changed it."


@dataclass(slots=True)
class Dossier:
    """The members of a file, and what is to be said of them."""

    contents: dict[str, bytes | Path] = field(default_factory=dict[str, bytes | Path])
    notes: list[str] = field(default_factory=list[str])
    redactor: Redactor = field(default_factory=Redactor)

    def text(self, name: str, text: str) -> None:
        """Add a text that is masked already."""
        self.contents[name] = text.encode("utf-8", "replace")

    def data(self, name: str, value: object) -> None:
        """Add a value as JSON, its texts masked."""
        plain = self.redactor.plain(msgspec.to_builtins(value))
        self.contents[name] = json.dumps(plain, indent=2, ensure_ascii=True).encode() + b"\n"

    def manifest(self, period: Period, *, signed: bool) -> Manifest:
        """What is in it; the last that is made."""
        self.contents["README.txt"] = READ_ME.format(signed=SIGNED if signed else UNSIGNED).encode()
        return Manifest(
            SCHEMA,
            "Incident",
            instant(period.now) or "",
            f"opsconsole {__version__}",
            instant(period.since) or "",
            instant(period.until) or "",
            [target.id for target in period.targets],
            signed,
            self.redactor.told(),
            members_of(self.contents),
            self.notes,
        )


@contextmanager
def dossier(period: Period, found: Sources) -> Generator[Dossier, None, None]:
    """All but the screens; large members stand in files until the context ends."""
    made = Dossier()
    with tempfile.TemporaryDirectory(prefix="opsconsole-") as folder:
        whole = gathered(period, found)
        _documents(made, whole)
        made.data("timeline.json", list(whole.occurrences))
        made.data("alerts.json", {"alerts": whole.alerts, "silences": list(whole.silences)})
        made.data("actions.json", [_plain(deed) for deed in whole.deeds or ()])
        notes = [one for one in whole.occurrences if one.kind == "note"]
        made.data("notes.json", notes)
        _audit(made, period)
        _samples(made, period, found, Path(folder) / RECORDING)
        made.notes += whole.notices
        yield made


def _documents(made: Dossier, whole: Evidence) -> None:
    report = made.redactor.document(incident.build(whole))
    for form, written in FORMS.items():
        made.text(f"report.{form}", written(report))


def _plain(value: object) -> object:
    return msgspec.to_builtins(value)


def _audit(made: Dossier, period: Period) -> None:
    """The records of the period, as they stand in the log but for what is masked."""
    lines: list[str] = []
    try:
        with Snapshot(default_folder()) as log:
            for line in log.lines():
                record = read(line.text) if line.whole else None
                if record is None or not _within(record.at, period):
                    continue
                plain = made.redactor.plain(cast("Mapping[str, object]", json.loads(line.text)))
                lines.append(json.dumps(plain, ensure_ascii=True, separators=(",", ":")))
    except FileNotFoundError:
        made.notes.append("there is no audit log")
    except OSError as error:
        made.notes.append(f"the audit log cannot be read: {error.strerror or error}")
    made.contents["audit.jsonl"] = "".join(f"{line}\n" for line in lines).encode()


def _within(at: str, period: Period) -> bool:
    """Whether an ISO time in UTC is in the period; both are compared as text."""
    since, until = instant(period.since) or "", instant(period.until + 1) or ""
    return since[:19] <= at[:19] <= until[:19]


def _samples(made: Dossier, period: Period, found: Sources, path: Path) -> None:
    """What was recorded, masked, as a recording of its own."""
    if not isinstance(found.past, Archive) or found.past.span is None:
        made.notes.append("nothing is recorded: there are no samples")
        return
    targets = {target.id for target in period.targets}
    with contextlib.closing(Veiled(found.past.where, made.redactor)) as archive:
        export(archive, path, period.since, period.until, targets)
    made.contents[RECORDING] = path


@contextmanager
def recording_in(path: Path) -> Generator[Path, None, None]:
    """The recording in an incident file, within the context; any other file or folder as it is.

    Raises `UsageError` for an incident file without one, or in which it was changed.
    """
    if path.is_dir() or not zipfile.is_zipfile(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="opsconsole-") as folder:
        kept = Path(folder) / RECORDING
        unpack(path, RECORDING, kept)
        yield kept


class Veiled(Archive):
    """A recording from which no secret is read."""

    def __init__(self, where: Path, redactor: Redactor) -> None:
        super().__init__(where, registry.probes())
        self._redactor = redactor

    def at(self, at: float, pairs: Sequence[tuple[str, str]] | None = None) -> list[Sample]:
        """As of any recording, masked."""
        return [self._redactor.sample(sample) for sample in super().at(at, pairs)]

    def between(
        self, since: float, until: float, pairs: Sequence[tuple[str, str]] | None = None
    ) -> Iterator[Sample]:
        """As of any recording, masked."""
        yield from map(self._redactor.sample, super().between(since, until, pairs))

    def occurrences(self, since: float, until: float) -> list[Occurrence]:
        """As of any recording, masked."""
        return [
            msgspec.structs.replace(
                one,
                text=clean(self._redactor.text(one.text), 1000),
                object=clean(self._redactor.text(one.object)),
            )
            for one in super().occurrences(since, until)
        ]

    def alerts(self, at: float) -> Alerts | None:
        """As of any recording, masked."""
        found = super().alerts(at)
        return None if found is None else self._redactor.alerts(found)

    def alerts_between(self, since: float, until: float) -> Iterator[tuple[float, Alerts]]:
        """As of any recording, masked."""
        for at, found in super().alerts_between(since, until):
            yield at, self._redactor.alerts(found)
