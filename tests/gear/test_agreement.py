"""What LibreNMS reads out of recordings of real devices, we read equally."""

from pathlib import Path

from opsconsole.gear import LIBRARY, Library
from tests.gear.agreement import (
    Score,
    answered,
    compared,
    expected,
    generic,
    kinds,
    simulated,
)
from tests.servers.snmpsim import ADDRESS, snmpsim

PAGE = Path(__file__).parents[2] / "docs" / "snmp.md"

RECORDINGS = 52


async def _scores(folder: Path, library: Library) -> dict[str, Score]:
    known = kinds(folder)
    assert len(known) == RECORDINGS
    found = await answered(folder, list(known), library)
    scores: dict[str, Score] = {}
    for name, kind in known.items():
        device, (first, then) = found[name]
        score = compared(device, expected(folder, name))
        scores.setdefault(kind, Score()).add(score)
        print(f"{name:26} {kind:14} {score.equal:4} of {score.expected:4} {score.share:6.0%}")
        assert then <= max(first, 10), name
    for kind, score in scores.items():
        print(f"| {kind} | {score.equal} | {score.expected} | {score.share:.0%} |")
    return scores


def _promised() -> dict[str, tuple[int, int, int]]:
    """Of each kind: sensors LibreNMS reads, equal ones, equal ones without a vendor."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]  # fmt: skip
    return {
        row[0]: (int(row[2]), int(row[3]), int(row[4]))
        for row in rows
        if len(row) == 5 and all(cell.isdigit() for cell in row[1:])
    }


async def test_as_much_is_read_as_the_page_promises(recordings: Path) -> None:
    scores = await _scores(recordings / "snmp", LIBRARY)
    promised = _promised()
    assert {kind: score.expected for kind, score in scores.items()} == {
        kind: said[0] for kind, said in promised.items()
    }
    less = {kind: score.equal for kind, score in scores.items() if score.equal < promised[kind][1]}
    assert less == {}


async def test_as_much_is_read_of_unknown_vendors_as_the_page_promises(
    recordings: Path, tmp_path: Path
) -> None:
    library = generic(tmp_path)
    assert {"ups-mib", "entity-sensor", "printer-mib"} <= {one.name for one in library.profiles}
    scores, promised = await _scores(recordings / "snmp", library), _promised()
    less = {kind: score.equal for kind, score in scores.items() if score.equal < promised[kind][2]}
    assert less == {}


OF_EACH_CLASS = ("apc_smt750x-nmc2", "gude-epc_8031", "avtech_roomalert12e", "jetdirect_m252dw",
                 "axiscam_p1455-le", "mbg-ltos6")  # fmt: skip


async def test_snmpsim_tells_the_same_as_our_own_agent(recordings: Path, tmp_path: Path) -> None:
    folder = recordings / "snmp"
    ours = await answered(folder, OF_EACH_CLASS)
    with snmpsim(tmp_path, folder, OF_EACH_CLASS) as port:
        theirs = await simulated(ADDRESS, port, OF_EACH_CLASS)
    for name in OF_EACH_CLASS:
        assert theirs[name].sensed, name
        assert theirs[name].sensed == ours[name][0].sensed, name
        assert theirs[name].identity == ours[name][0].identity, name
