"""Takes secrets out of what leaves the house: by their shape, counted, never listed."""

import dataclasses
import enum
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from opsconsole import secret
from opsconsole.alert import Alert, Alerts, Silence
from opsconsole.clean import Clean
from opsconsole.document import Document
from opsconsole.model import Row, Sample, Value

MASK = "***"

_VALUE = r"""(?!\*\*\*)(?:"[^"]*"?|'[^']*'?|[^\s"'&;,]+)"""
_WORD = (
    r"(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|credentials?"
    r"|(?<![a-z0-9])pass(?=[=:])|(?<=[;_])pwd(?==))"
)
_PART = r"[a-z0-9_.-]{0,60}"


def _shape(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(pattern, flags)


_URL, _HEADER = "credentials in a URL", "authorization header"
_COMMAND, _SETTING = "password of a command line", "password in a setting"

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "private key",
        _shape(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*?"
            r"(?:-----END [A-Z0-9 ]{0,40}KEY-----|\Z)",
            re.DOTALL,
        ),
    ),
    (
        _URL,
        _shape(
            r"(?P<keep>\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@'\"]{0,200}:)(?!\*\*\*)[^\s@'\"]+(?=@)"
        ),
    ),
    (_HEADER, _shape(r"(?P<keep>\b(?:bearer|basic)\s+)[a-z0-9+/=._~-]{8,}")),
    (_COMMAND, _shape(rf"(?P<keep>(?<!\S)--?{_PART}{_WORD}{_PART}(?:=|\s+)){_VALUE}")),
    (
        _COMMAND,
        _shape(
            r"(?P<keep>\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|sshpass)\b"
            r"[^|;]{0,200}?\s-p)(?!\*\*\*)[^\s-]\S*",
            0,
        ),
    ),
    (
        _COMMAND,
        _shape(
            r"(?P<keep>\bcurl\b[^|;]{0,300}?\s(?:-u|--user)[\s=]*[^\s:]{1,100}:)(?!\*\*\*)\S+", 0
        ),
    ),
    (_SETTING, _shape(rf"(?P<keep>{_PART}{_WORD}{_PART}[\"']?\s?[=:]\s?){_VALUE}")),
    ("cloud or forge token", _shape(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}\b", 0)),
    ("web token", _shape(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*", 0)),
)
"""What it is called and how it looks; what stands in `keep` stays. The most telling first."""


def _masked(found: re.Match[str]) -> str:
    return f"{found.groupdict().get('keep') or ''}{MASK}"


class Redactor:
    """Masks texts and counts what it took out, by kind."""

    def __init__(self, known: Callable[[str], str] = secret.mask) -> None:
        """`known` masks the secrets that this process has fetched itself."""
        self._known = known
        self.counts: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """The same without secrets."""
        masked = self._known(text)
        if masked != text:
            self.counts["secret of the estate"] += 1
        for name, shape in _SHAPES:
            masked, count = shape.subn(_masked, masked)
            self.counts[name] += count
        return masked

    def plain(self, value: object) -> object:
        """The same of all texts in what JSON can hold; keys are masked too."""
        match value:
            case str():
                return self.text(value)
            case list() | tuple():
                return [self.plain(one) for one in cast("list[object]", value)]
            case dict():
                table = cast("Mapping[str, object]", value)
                return {
                    self.text(str(key)): self._named(str(key), one) for key, one in table.items()
                }
            case _:
                return value

    def _named(self, key: str, value: object) -> object:
        """A value whose key says that it is a secret is one, whatever it looks like."""
        if isinstance(value, str) and value and _SECRET_KEY.fullmatch(key):
            self.counts["password in a setting"] += 1
            return MASK
        return self.plain(value)

    def document(self, document: Document) -> Document:
        """A document without secrets, before it has any form: afterwards markup would suffer."""
        return cast("Document", self._deep(document))

    def _deep(self, value: object) -> object:
        match value:
            case enum.Enum():  # some of them are texts too
                return value
            case str():
                return self.text(value)
            case tuple():
                return tuple(self._deep(one) for one in cast("tuple[object, ...]", value))
            case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
                names = [one.name for one in dataclasses.fields(value)]
                return dataclasses.replace(
                    value, **{name: self._deep(getattr(value, name)) for name in names}
                )
            case _:
                return value

    def sample(self, sample: Sample) -> Sample:
        """A sample without secrets in its texts."""
        fault = sample.fault
        if fault is not None:
            said = Clean(self.text(fault.message)), Clean(self.text(fault.remedy))
            fault = msgspec.structs.replace(fault, message=said[0], remedy=said[1])
        rows = None if sample.rows is None else [self._row(row) for row in sample.rows]
        return msgspec.structs.replace(sample, rows=rows, fault=fault)

    def alerts(self, message: Alerts) -> Alerts:
        """Alerts and silences without secrets in their texts."""
        silences = message.silences
        return Alerts(
            [self._alert(alert) for alert in message.alerts],
            message.whole,
            None if silences is None else [self._silence(silence) for silence in silences],
        )

    def _alert(self, alert: Alert) -> Alert:
        ack = alert.acknowledged
        if ack is not None:
            ack = msgspec.structs.replace(ack, note=Clean(self.text(ack.note)))
        return msgspec.structs.replace(
            alert,
            id=self.text(alert.id),
            cause=self.text(alert.cause),
            object=Clean(self.text(alert.object)),
            key=self._row(alert.key),
            title=Clean(self.text(alert.title)),
            why=Clean(self.text(alert.why)),
            remedies=tuple(map(self.text, alert.remedies)),
            source=Clean(self.text(alert.source)),
            acknowledged=ack,
        )

    def _silence(self, silence: Silence) -> Silence:
        match, reason = self.text(silence.match), Clean(self.text(silence.reason))
        return msgspec.structs.replace(silence, match=match, reason=reason)

    def _row(self, row: Row) -> Row:
        return tuple(map(self._value, row))

    def _value(self, value: Value) -> Value:
        return Clean(self.text(value)) if isinstance(value, str) else value

    def told(self) -> dict[str, int]:
        """How many of each kind, by name."""
        return {name: count for name, count in sorted(self.counts.items()) if count}


_SECRET_KEY = re.compile(rf"(?:[a-z0-9]+[_-])*{_WORD}", re.IGNORECASE)
