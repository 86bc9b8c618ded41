"""What LibreNMS reads out of recordings of real devices, we read equally."""

from pathlib import Path

from tests.gear.agreement import Score, answered, compared, expected, kinds

FLOORS = {"ups": 0.6, "pdu-ats": 0.05}
"""Share of the expected sensors that is read equally, by the kind of the recording."""


async def test_shares_of_what_librenms_reads(recordings: Path) -> None:
    folder = recordings / "snmp"
    known = kinds(folder)
    assert len(known) == 52
    found = await answered(folder, list(known))
    scores: dict[str, Score] = {}
    for name, kind in known.items():
        device, (first, then) = found[name]
        score = compared(device, expected(folder, name))
        scores.setdefault(kind, Score()).add(score)
        print(f"{name:26} {kind:14} {score.equal:4} of {score.expected:4} {score.share:6.0%}")
        assert then <= max(first, 10), name
    for kind, score in scores.items():
        print(f"| {kind} | {score.equal} | {score.expected} | {score.share:.0%} |")
    assert dict.fromkeys(FLOORS, True) == {
        kind: scores[kind].share >= floor for kind, floor in FLOORS.items()
    }
