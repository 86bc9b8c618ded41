"""What one SNMP request and its answer cost: ours, pysnmp's, and Net-SNMP's C library.

Run: `python -m benchmarks.snmp [--pdus 1000] [--rounds 5]`; prints JSON, microseconds of CPU of the
client per GET of ten objects, through to values. All ways alternate within one run, against the
same real snmpd, and the median counts. `crowd` is ours with 50 agents asked side by side, `one`
with a single one. pysnmp is asked in its cheapest way: v1arch with plain pairs for v2c, v3arch
without MIBs for v3. The C library needs its headers and a compiler (Debian: libsnmp-dev, gcc).
`fleet` asks 1,000 agents ten times in ten seconds: percent of a core, and answers that came late.
Exits with 1 when we take more than 1/15 of pysnmp's CPU (v3: 1/12) even with one agent, four times
the C library's in a crowd, or send anything to the fleet again.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from opsconsole import varbind
from opsconsole.model import Target
from opsconsole.question import SnmpGet
from opsconsole.secret import Secret
from opsconsole.transports.snmp.agent import Agent
from opsconsole.transports.snmp.asking import answer, compiled
from opsconsole.transports.snmp.pool import Pool
from tests.servers.snmpd import AUTH, PRIV, addresses, agent

NAMES = tuple(f"1.3.6.1.2.1.2.2.1.{column}.1" for column in range(1, 11))
GET = compiled([SnmpGet(NAMES)])[0]
CROWD = 50
FLEET, SHARE = 1000, 100


def target(address: str, port: int, version: str) -> Target:
    """As the estate has it."""
    os.environ.update(BENCH_COMMUNITY="public", BENCH_AUTH=AUTH, BENCH_PRIV=PRIV)
    if version == "v2c":
        said: dict[str, object] = {"community": Secret("env", ("BENCH_COMMUNITY",))}
        return Target(address, "any", "snmp", address, port, settings=said)
    said = {
        "version": "3",
        "auth": "sha",
        "auth_password": Secret("env", ("BENCH_AUTH",)),
        "priv": "aes",
        "priv_password": Secret("env", ("BENCH_PRIV",)),
    }
    return Target(address, "any", "snmp", address, port, "shaaes", settings=said)


async def poll(one: Agent, count: int) -> None:
    """Ask it so often, through to values."""
    for _ in range(count):
        assert len(varbind.values(await answer(one, GET))) == len(NAMES)


async def cost(count: int, work: Awaitable[None]) -> float:
    """Microseconds of CPU of this process per request."""
    before = time.process_time()
    await work
    return (time.process_time() - before) * 1e6 / count


async def together(some: list[Agent], count: int) -> None:
    """All at once."""
    await asyncio.gather(*(poll(one, count // len(some)) for one in some))


async def pysnmp_v2c(address: str, port: int) -> Callable[[int], Awaitable[None]]:
    """Its cheapest way: no MIBs, plain pairs of name and nothing."""
    way: Any = import_module("pysnmp.hlapi.v1arch.asyncio")
    rfc1902: Any = import_module("pysnmp.proto.rfc1902")

    dispatcher: Any = way.SnmpDispatcher()
    to: Any = await way.UdpTransportTarget.create((address, port), timeout=5)
    who = way.CommunityData("public", mpModel=1)
    pairs: Any = [(rfc1902.ObjectIdentifier(name), rfc1902.Null("")) for name in NAMES]

    async def ask(count: int) -> None:
        for _ in range(count):
            failed, status, _, found = await way.get_cmd(dispatcher, who, to, *pairs)
            assert (failed, int(status), len(found)) == (None, 0, len(NAMES))

    return ask


async def pysnmp_v3(address: str, port: int) -> Callable[[int], Awaitable[None]]:
    """One engine, one target, no MIBs."""
    way: Any = import_module("pysnmp.hlapi.v3arch.asyncio")

    engine: Any = way.SnmpEngine()
    to: Any = await way.UdpTransportTarget.create((address, port), timeout=5)
    who = way.UsmUserData(
        "shaaes", AUTH, PRIV,
        authProtocol=way.USM_AUTH_HMAC96_SHA, privProtocol=way.USM_PRIV_CFB128_AES,
    )  # fmt: skip
    context = way.ContextData()
    pairs: Any = [way.ObjectType(way.ObjectIdentity(name)) for name in NAMES]

    async def ask(count: int) -> None:
        for _ in range(count):
            failed, status, _, found = await way.get_cmd(
                engine, who, to, context, *pairs, lookupMib=False
            )
            assert (failed, int(status), len(found)) == (None, 0, len(NAMES))

    return ask


def floor(folder: Path) -> Path | None:
    """The program around the C library, where it can be compiled."""
    compiler, made = shutil.which("cc"), folder / "floor"
    if compiler is None:
        return None
    source = Path(__file__).with_suffix(".c")
    argv = [compiler, "-O2", "-o", str(made), str(source), "-lnetsnmp"]
    done = subprocess.run(argv, capture_output=True, check=False)
    return made if done.returncode == 0 else None


def c_library(program: Path, where: str, version: str, count: int) -> float:
    """Microseconds per request of the C library."""
    argv = [str(program), where, version, str(count)]
    return float(subprocess.run(argv, capture_output=True, check=True, text=True).stdout)


async def compared(
    pool: Pool, places: list[str], port: int, version: str, options: argparse.Namespace
) -> dict[str, float]:
    """Medians of all ways, which alternate."""
    some = [await pool.agent(target(place, port, version)) for place in places[:CROWD]]
    await together(some, CROWD)  # engines are found, keys are made
    theirs = await (pysnmp_v2c if version == "v2c" else pysnmp_v3)(places[0], port)
    await theirs(2)
    count, few = options.pdus, max(20, options.pdus // 10)
    with tempfile.TemporaryDirectory() as folder:
        program = floor(Path(folder))
        found: dict[str, list[float]] = {}
        for _ in range(options.rounds):
            found.setdefault("one", []).append(await cost(count, poll(some[0], count)))
            found.setdefault("crowd", []).append(await cost(count, together(some, count)))
            found.setdefault("pysnmp", []).append(await cost(few, theirs(few)))
            if program is not None:
                each = await asyncio.to_thread(
                    c_library, program, f"{places[0]}:{port}", version, count
                )
                found.setdefault("c_library", []).append(each)
    return {name: round(statistics.median(values), 1) for name, values in found.items()}


async def fleet(pool: Pool, places: list[str], port: int, version: str) -> dict[str, float]:
    """A thousand agents, one after the other within ten seconds, each asked ten times."""
    some = [await pool.agent(target(place, port, version)) for place in places]
    await asyncio.gather(*(poll(one, 1) for one in some))
    loop = asyncio.get_running_loop()
    before, begun = time.process_time(), loop.time()

    async def each(at: int, one: Agent) -> None:
        await asyncio.sleep(max(0.0, begun + 10 * at / len(some) - loop.time()))
        await poll(one, 10)

    sent = [one.requests for one in some]
    await asyncio.gather(*(each(at, one) for at, one in enumerate(some)))
    took = loop.time() - begun
    percent = (time.process_time() - before) / 10 * 100
    repeated = sum(one.requests - then for one, then in zip(some, sent, strict=True)) - 10 * len(
        some
    )
    return {
        "agents": len(some),
        "percent_of_a_core": round(percent, 1),
        "sent_again": repeated,
        "seconds": round(took, 1),
    }


async def measure(options: argparse.Namespace) -> dict[str, object]:
    """All of it, against ten agents with a hundred addresses each."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(agent(Path(folder), addresses(SHARE)))
            for _ in range(0, FLEET, SHARE)
        ]
        places, port = [place for one in servers for place in one.places], servers[0].port
        pool = Pool()
        found: dict[str, object] = {}
        for version in ("v2c", "v3"):
            found[version] = await compared(pool, places, port, version, options)
            found[f"fleet_{version}"] = await fleet(pool, places, port, version)
        await pool.close()
        return found


def held(found: dict[str, Any]) -> bool:
    """Whether we keep to what we promise."""
    ok = True
    for version, part in (("v2c", 15), ("v3", 12)):
        one = found[version]
        ok &= one["one"] * part <= one["pysnmp"]
        ok &= one["crowd"] <= 4 * one.get("c_library", one["crowd"])
        ok &= found[f"fleet_{version}"]["sent_again"] == 0
    return ok


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdus", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    found = asyncio.run(measure(parser.parse_args()))
    print(json.dumps(found, indent=2))
    sys.exit(0 if held(found) else 1)


if __name__ == "__main__":
    main()
