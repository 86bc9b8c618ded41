"""All that is known of an incident, as the members of one file, secrets masked."""

import json
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgspec

from opsconsole import __version__
from opsconsole.audit import Snapshot, default_folder, read
from opsconsole.engine.handing import gathered
from opsconsole.engine.reporting import Period, Sources
from opsconsole.evidence import Evidence
from opsconsole.report import FORMS, incident
from opsconsole.report.bundle import SCHEMA, Manifest, members_of
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
samples.jsonl                what the targets answered, one answer a line
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
        _samples(made, period, found, Path(folder) / "samples.jsonl")
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
    """What was recorded, one answer a line, masked."""
    if found.past is None or found.past.span is None:
        made.notes.append("nothing is recorded: there are no samples")
        return
    pairs = [pair for pair in found.past.pairs() if period.has(pair[1])]
    encoder = msgspec.json.Encoder()
    with path.open("wb") as file:
        for sample in found.past.between(period.since, period.until, pairs):
            named = msgspec.structs.asdict(made.redactor.sample(sample))
            file.write(encoder.encode(named) + b"\n")
    made.contents["samples.jsonl"] = path
