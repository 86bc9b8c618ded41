"""Whatever is written comes back, whatever is changed is found: generated bodies, tampering."""

import shutil
import tempfile
import threading
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.audit import AuditLog, Kind, verify
from tests.audit.conftest import records

TEXT = st.text(st.characters(codec=None), max_size=40)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
BODY = st.dictionaries(TEXT, VALUE, max_size=5)


@settings(max_examples=60, deadline=None)
@given(bodies=st.lists(BODY, min_size=1, max_size=4), kind=st.text(min_size=1, max_size=12))
def test_any_body_comes_back_and_is_harmless(bodies: list[dict[str, object]], kind: str) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "audit"
        log = AuditLog(folder, rotate=1_000)
        for body in bodies:
            log.append(kind, body)
        found = [record for record in records(folder) if record.kind != "rotation"]
        assert [(record.kind, record.body) for record in found] == [(kind, one) for one in bodies]
        assert verify(folder).findings == []
        raw = b"".join(path.read_bytes() for path in folder.glob("*.jsonl"))
        assert all(32 <= byte < 127 or byte == 10 for byte in raw)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_mixture_of_tampering_is_found(original: Path, data: st.DataObject) -> None:
    """Lines moved, dropped, doubled, cut and bytes changed at will."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "audit"
        shutil.copytree(original, folder)
        path = data.draw(st.sampled_from(sorted(folder.glob("*.jsonl"))))
        before = path.read_bytes()
        lines = before.splitlines(keepends=True)
        for _ in range(data.draw(st.integers(1, 4))):
            _tamper(lines, data)
        path.write_bytes(b"".join(lines))
        verdict = verify(folder)
        after = path.read_bytes()
        assert bool(verdict.findings) == (after != before)
        # Only what a crash may leave, a beginning of a record at the very end, is no fault.
        assert not verdict.intact or after.startswith(before)


def _tamper(lines: list[bytes], data: st.DataObject) -> None:
    if not lines:
        return
    at = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["drop", "double", "move", "byte", "cut", "garbage"])):
        case "drop":
            del lines[at]
        case "double":
            lines.insert(data.draw(st.integers(0, len(lines))), lines[at])
        case "move":
            line = lines.pop(at)
            lines.insert(data.draw(st.integers(0, len(lines))), line)
        case "byte" if lines[at]:
            changed = bytearray(lines[at])
            changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
            lines[at] = bytes(changed)
        case "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        case _:
            lines.insert(at, data.draw(st.binary(min_size=1, max_size=30)) + b"\n")


def test_a_log_may_be_verified_while_it_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    log = AuditLog(folder, rotate=3_000)
    log.append("note", {})
    done = threading.Event()

    def write() -> None:
        for number in range(60):
            log.append("note", {"number": number})
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[int] = []
    while not done.is_set():
        verdict = verify(folder)
        assert [one for one in verdict.findings if one.kind is not Kind.LAGGING] == []
        seen.append(verdict.records)
    writer.join()
    assert seen == sorted(seen)
    assert verify(folder).findings == []
