"""What parsing one vitals answer costs, against reading everything in it into a dict.

Run: `python -m benchmarks.host_parse [--rounds 40]`; prints JSON, microseconds of CPU per answer.
`probe` is `host.vitals` read and its row with all rates; `dict` only decodes the same answer,
splits its lines and keeps every number by name, as one would at first, without any rate. Both are
done for three sizes of host and alternate within one run; the best round counts, as other work on
the machine only ever adds. Ratios say more than microseconds do.
"""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial

from opsconsole.domains.system.host import vitals

HOSTS = {"small": (2, 1, 2), "usual": (16, 6, 6), "big": (64, 32, 24)}
"""Cores, disks and network interfaces."""

CALLS = 200
"""Of one function, per round."""

MEMORY = (
    "MemTotal MemFree MemAvailable Buffers Cached SwapCached SwapTotal SwapFree Dirty Writeback "
    "AnonPages Mapped Shmem Slab SReclaimable SUnreclaim KernelStack PageTables CommitLimit"
)


def answer(cores: int, disks: int, nics: int, turn: int) -> bytes:
    """What the sampler of such a host writes, in the order it writes it."""
    lines = [f"uptime:{86400 + 2 * turn}.00 99999.00"]
    spent = f"{9999 + 80 * turn} 12 4567 {987654 + 100 * turn} 321 0 45 6 0 0"
    lines += [f"stat:cpu{core} {spent}" for core in ("", *range(cores))]
    lines += ["stat:btime 1700000000", "stat:procs_running 3", "stat:procs_blocked 0"]
    lines.append("loadavg:0.52 0.58 0.59 2/1234 567890")
    lines += [
        f"meminfo:{name}: {65432100 - 1000 * at:>8} kB" for at, name in enumerate(MEMORY.split())
    ]
    lines += [f"vmstat:{name} 123" for name in ("pswpin", "pswpout", "pgmajfault", "oom_kill")]
    for name in ("cpu", "memory", "io"):
        for kind in ("some", "full"):
            averages = "avg10=0.12 avg60=0.34 avg300=0.56"
            lines.append(f"pressure/{name}:{kind} {averages} total=123456789")
    for disk in range(disks):
        done = 123456 + turn
        lines.append(f"diskstats: 259 {disk:7} nvme{disk}n1 {done} 9 987654 4321 {done} 9 987654 "
                     f"4321 0 {5000 + 10 * turn} 9876 0 0 0 0 123 45")  # fmt: skip
    passed = f"{987654321 + 5000 * turn} 1234567 0 0 0 0 0 0"
    lines += [f"net/dev:  ens{nic}: {passed} {passed}" for nic in range(nics)]
    lines.append("sys/fs/file-nr:12345\t0\t9876543")
    lines += [f"link:ens{nic} up 25000 +" for nic in range(nics)]
    return "".join(f"{line}\n" for line in lines).encode()


def everything(payload: bytes) -> dict[str, list[float]]:
    """The reference: every line by its name, every number a number."""
    found: dict[str, list[float]] = {}
    for line in payload.decode().splitlines():
        words = line.replace(":", " ").replace("=", " ").split()
        numbers = [float(word) for word in words if word[0].isdigit() and "/" not in word]
        found[" ".join(word for word in words if not word[0].isdigit())] = numbers
    return found


def cost(work: Callable[[], object]) -> float:
    """CPU of one call, microseconds."""
    began = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - began) / CALLS * 1e6


def _probe(payload: bytes, before: vitals.Reading) -> object:
    return vitals.rows(vitals.read(payload), before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    told: dict[str, dict[str, float]] = {}
    for size, shape in HOSTS.items():
        before, now = vitals.read(answer(*shape, turn=0)), answer(*shape, turn=1)
        pairs = [
            (cost(partial(_probe, now, before)), cost(partial(everything, now)))
            for _ in range(rounds)
        ]
        probe, reference = (min(column) for column in zip(*pairs, strict=True))
        told[size] = {
            "bytes": len(now),
            "probe": round(probe, 1),
            "dict": round(reference, 1),
            "ratio": round(probe / reference, 3),
            "core_percent_of_1000_hosts_at_2s": round(probe * 500 / 1e4, 2),
        }
    print(json.dumps({"unit": "us CPU per answer", **told}, indent=2))


if __name__ == "__main__":
    main()
