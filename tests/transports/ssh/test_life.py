"""Sessions over real sshd: how they end, what they share, and what stays on the host: nothing."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from opsconsole.errors import Lost
from opsconsole.transports.ssh import SshTransport
from opsconsole.transports.ssh.fleet import Fleet
from opsconsole.transports.ssh.gate import OVERALL, PER_ENDPOINT, Gate
from tests.servers.farm import Farm, Misdeed, addresses
from tests.servers.port import PORT
from tests.servers.sampler import SAMPLER, Heard, eventually
from tests.servers.sshd import Site, descendants

pytestmark = pytest.mark.server


async def test_close_leaves_nothing_on_the_host(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    transport = SshTransport()
    heard = [Heard() for _ in range(3)]
    for hear in heard:
        await transport.open(site.target(host), SAMPLER, 0.1, hear)
    assert len(host.children()) >= 6
    await transport.close()
    counts = [len(hear.answers) for hear in heard]
    await eventually(lambda: not host.children())
    assert [len(hear.answers) for hear in heard] == counts


async def test_a_stream_goes_on_through_new_keys(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1", RekeyLimit="16K")
    transport = SshTransport()
    heard = Heard()
    lines = "\n".join(f"printf '%1000s\\n' {n}" for n in range(8))
    session = await transport.open(
        site.target(host), SAMPLER.replace("n=$((n + 1))", f"n=$((n + 1))\n{lines}"), 0.02, heard
    )
    # Every second answer is over the limit: each of these is a new exchange of keys.
    await heard.until(lambda heard: len(heard.of("vitals")) >= 40)
    session.ask("slow")
    await heard.until(lambda heard: bool(heard.of("slow")))
    await transport.close()
    numbers = [int(re.findall(rb"^n (\d+)$", each, re.MULTILINE)[0]) for each in heard.of("vitals")]
    assert numbers == list(range(1, len(numbers) + 1)), "none is lost"


CLIENT = """
import asyncio, json, sys
from opsconsole.model import Target
from opsconsole.transports.ssh import SshTransport
from tests.servers.sampler import SAMPLER

async def main(address, port, user, settings, jump):
    transport = SshTransport()
    for n in range(3):
        mine = {**settings, **({"jump": jump} if n else {})}
        target = Target(id=f"t{n}", kind="host", transport="ssh", address=address, port=port,
                        user=user, settings=mine)
        await transport.open(target, SAMPLER, 0.1, lambda answer: None)
    print("up", flush=True)
    await asyncio.sleep(600)

asyncio.run(main(**json.loads(sys.argv[1])))
"""


def client(arguments: dict[str, object]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, json.dumps(arguments)], stdout=subprocess.PIPE
    )


async def test_nothing_is_left_on_the_hosts_when_the_console_is_killed(site: Site) -> None:
    host, jump = site.host("web-1", "127.77.0.1"), site.host("jump", "127.77.0.9")
    target = site.target(host)
    arguments: dict[str, object] = {
        "address": target.address,
        "port": target.port,
        "user": target.user,
        "settings": dict(target.settings),
        "jump": site.hop(jump),
    }
    with client(arguments) as process:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == b"up\n"
        assert len(host.children()) >= 9  # sshd and shell of each session, and its loop
        assert jump.children()
        process.kill()
    await eventually(lambda: not host.children() and not jump.children())


def cmdline(pid: int) -> bytes:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return b""


async def test_a_sampler_that_is_killed_is_lost_with_its_signal(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    heard = Heard()
    transport = SshTransport()
    session = await transport.open(site.target(host), SAMPLER, 0.1, heard)
    os.kill(int(heard.of("vitals")[0].split(b"pid ")[1]), signal.SIGKILL)
    async with asyncio.timeout(60):
        with pytest.raises(Lost, match="web-1: the sampler was ended by SIGKILL"):
            await session.ended()
    with pytest.raises(Lost):
        session.ask("slow")
    await transport.close()


async def test_a_host_that_goes_is_lost(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1")
    transport = SshTransport()
    session = await transport.open(site.target(host), SAMPLER, 0.1, Heard())
    host.stop()
    async with asyncio.timeout(60):
        with pytest.raises(Lost, match=rf"web-1: connection to .*@127\.77\.0\.1:{PORT} lost"):
            await session.ended()
    await transport.close()


async def test_when_a_jump_host_goes_all_behind_it_are_lost_and_say_which(site: Site) -> None:
    first, second = site.host("edge", "127.77.0.8"), site.host("core", "127.77.0.9")
    host = site.host("db", "127.77.1.1")
    chain = f"{site.hop(first)},{site.hop(second)}"
    transport = SshTransport()
    deep = [
        await transport.open(site.target(host, jump=chain), SAMPLER, 0.1, Heard()) for _ in range(2)
    ]
    near = await transport.open(site.target(host, jump=site.hop(first)), SAMPLER, 0.1, Heard())
    direct = await transport.open(site.target(host), SAMPLER, 0.1, Heard())
    for victim, losers in ((second, deep), (first, [near])):
        victim.stop()
        for session in losers:
            async with asyncio.timeout(60):
                with pytest.raises(Lost) as caught:
                    await session.ended()
            assert f"db: connection to jump host {site.hop(victim)} lost" in str(caught.value)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await direct.ended()
    first.start()
    again = Heard()
    await transport.open(site.target(host, jump=site.hop(first)), SAMPLER, 0.1, again)
    assert again.of("vitals"), "a jump host that came back is connected again"
    await transport.close()


async def test_the_last_one_out_closes_the_jump_host(site: Site) -> None:
    first, second = site.host("edge", "127.77.0.8"), site.host("core", "127.77.0.9")
    host = site.host("db", "127.77.1.1")
    transport = SshTransport()
    chains = [f"{site.hop(first)},{site.hop(second)}", site.hop(first)]
    deep, near = [
        await transport.open(site.target(host, jump=chain), SAMPLER, 0.1, Heard())
        for chain in chains
    ]
    await deep.close()
    await eventually(lambda: not second.children())
    assert first.children()
    await near.close()
    await eventually(lambda: not first.children())
    await transport.close()


async def test_default_max_startups_loses_no_host(site: Site) -> None:
    host = site.host("web-1", "127.77.0.1", MaxStartups="10:30:100")
    transport = SshTransport()
    count = 150
    heard = [Heard() for _ in range(count)]
    try:
        await asyncio.gather(
            *(transport.open(site.target(host), SAMPLER, 5, hear) for hear in heard)
        )
        assert all(len(hear.of("vitals")) >= 1 for hear in heard)
    finally:
        await transport.close()
    await eventually(lambda: not host.children())


async def test_a_connection_dropped_while_logging_in_is_tried_again(site: Site) -> None:
    # Others' half-open connections hold the host at its limit: it drops most newcomers.
    host = site.host("web-1", "127.77.0.1", MaxStartups="2:50:60", LoginGraceTime="60")
    held = [await asyncio.open_connection(host.address, host.port) for _ in range(4)]
    for reader, _ in held:
        await reader.read(4)
    transport = SshTransport()
    opening = asyncio.ensure_future(transport.open(site.target(host), SAMPLER, 0.2, Heard()))
    await eventually(lambda: "drop connection" in host.log() or opening.done())
    for _, writer in held:
        writer.close()
    await opening
    await transport.close()


async def test_a_thousand_targets_of_one_address_come_up(site: Site) -> None:
    farm = Farm(["127.78.10.1"])
    site.known_hosts.write_text(farm.known_hosts())
    like = site.target(site.host("unused", "127.77.0.1", known=False))
    fleet = Fleet()
    tally: Counter[str] = Counter()
    async with farm.serving():
        await asyncio.gather(
            *(
                fleet.open(
                    replace(like, id=f"t{n}", address=farm.addresses[0]),
                    SAMPLER,
                    60,
                    lambda answer: tally.update([answer.exchange]),
                )
                for n in range(1000)
            )
        )
        assert tally["vitals"] == 1000
        assert (farm.live, farm.log_ins) == (1000, 1000)
        assert farm.peak <= PER_ENDPOINT
        await fleet.close()
        await eventually(lambda: farm.live == 0)


async def test_handshakes_of_all_targets_are_bounded() -> None:
    gate, now, peak = Gate(), 0, 0

    async def handshake(endpoint: int) -> None:
        nonlocal now, peak
        async with gate.endpoint(endpoint), gate.overall():
            now += 1
            peak = max(peak, now)
            await asyncio.sleep(0.001)
            now -= 1

    await asyncio.gather(*(handshake(n % 100) for n in range(500)))
    assert peak == OVERALL
    await asyncio.gather(*(handshake(0) for _ in range(20)))
    assert now == 0


async def test_dead_hosts_delay_nobody(site: Site) -> None:
    farm = Farm(addresses(60))
    silent = farm.addresses[::2]
    farm.misdeeds = dict.fromkeys(silent, Misdeed.SILENT)
    site.known_hosts.write_text(farm.known_hosts())
    like = site.target(site.host("unused", "127.77.0.1", known=False))
    fleet = Fleet()
    up: list[str] = []

    async def open_one(address: str) -> None:
        await fleet.open(replace(like, id=address, address=address), SAMPLER, 60, lambda _: None)
        up.append(address)

    async with farm.serving():
        tasks = [asyncio.create_task(open_one(address)) for address in farm.addresses]
        await eventually(lambda: len(up) == 30)
        assert not any(task.done() for task in tasks[::2]), "the silent ones still wait"
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await fleet.close()


async def test_an_open_that_is_given_up_leaves_nothing(site: Site) -> None:
    host, jump = site.host("db", "127.77.1.1"), site.host("jump", "127.77.0.9")
    transport = SshTransport()
    for turns in (1, 5, 20, 80, 320):
        opening = asyncio.create_task(
            transport.open(site.target(host, jump=site.hop(jump)), SAMPLER, 0.1, Heard())
        )
        for _ in range(turns):
            await asyncio.sleep(0.001)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        if not opening.cancelled():
            await opening.result().close()
        await eventually(lambda: not host.children() and not jump.children())
    await transport.close()
    assert not [pid for pid in descendants(os.getpid()) if b"opsconsole" in cmdline(pid)]
