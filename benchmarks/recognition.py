"""How much of what LibreNMS reads out of 52 recordings this console reads equally.

Run: `python -m benchmarks.recognition [--recordings FOLDER] [--missed] [NAME ...]`. With
`--snmpsim` they are served by snmpsim, and not by an agent of ours.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.gear.agreement import Score, answered, compared, expected, kinds, simulated
from tests.servers.snmpsim import ADDRESS, snmpsim

FOLDER = Path(__file__).parents[1].parent / "shared" / "recordings" / "snmp"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=Path, default=FOLDER)
    parser.add_argument("--missed", action="store_true", help="what is not read equally")
    parser.add_argument("--snmpsim", action="store_true", help="served by snmpsim")
    parser.add_argument("names", nargs="*", help="only these recordings")
    given = parser.parse_args()
    known = {name: kind for name, kind in kinds(given.recordings).items()
             if not given.names or name in given.names}  # fmt: skip
    if given.snmpsim:
        with (
            tempfile.TemporaryDirectory() as folder,
            snmpsim(Path(folder), given.recordings, list(known)) as port,
        ):
            devices = asyncio.run(simulated(ADDRESS, port, list(known)))
        found = {name: (device, [0, 0]) for name, device in devices.items()}
    else:
        found = asyncio.run(answered(given.recordings, list(known)))
    classes: dict[str, Score] = {}
    for name, kind in known.items():
        device, counts = found[name]
        score = compared(device, expected(given.recordings, name))
        classes.setdefault(kind, Score()).add(score)
        print(
            f"{name:26} {kind:14} {device.identity.class_:12} {score.equal:4} of"
            f" {score.expected:4} {score.share:6.0%}  states {score.same}/{score.levels}"
            f"  readings {len(device.sensed):4}  messages {counts[0]}, then {counts[1]}"
        )
        for one, mine in score.missed if given.missed else ():
            told = mine and (mine.physical.value, mine.value, mine.word)
            print("   missed", one.what, one.oid, one.value, repr(one.descr), told or "")
        for one, mine in score.differ if given.missed else ():
            print("   level", one.oid, one.value, one.level, mine.word, mine.judged, mine.name)
    whole = Score()
    for kind, score in classes.items():
        whole.add(score)
        print(f"| {kind} | {score.equal} | {score.expected} | {score.share:.0%} |")
    print(f"| all | {whole.equal} | {whole.expected} | {whole.share:.0%} |")


if __name__ == "__main__":
    main()
