"""A simulated fleet for pictures and trials: light SSH hosts whose numbers move plausibly.

`python -m tests.servers.fleet --hosts 40 FOLDER` writes FOLDER/estate.toml with a key of its own,
and serves until its input ends. Two hosts are down and one has another key than the one on file.
"""

import argparse
import asyncio
import math
import random
import sys
from pathlib import Path

import asyncssh

from tests.servers.farm import Farm, Misdeed, new_key

NETWORK = "127.77.40"
ROLES = ("web", "api", "db", "cache", "queue", "batch")
COMMANDS = {
    "web": ("nginx: worker process", "nginx: worker process", "nginx: master process"),
    "api": (
        "/opt/api/bin/api --listen :8080",
        "/opt/api/bin/api --worker",
        "/opt/api/bin/exporter",
    ),
    "db": ("postgres: orders app SELECT", "postgres: autovacuum worker", "postgres: checkpointer"),
    "cache": ("/usr/bin/redis-server *:6379", "/usr/bin/redis-sentinel *:26379"),
    "queue": ("beam.smp -W w -MBas ageffcbf", "erl_child_setup 65536", "inet_gethost 4"),
    "batch": ("python3 -m ledger close --month", "pigz -p 8 export.csv", "rsync --server --sender"),
    "all": ("/lib/systemd/systemd-journald", "/usr/sbin/chronyd -F 1", "sshd: ops", "/sbin/init"),
}
CORES = 8
MEMORY_KB = 32 * 1024 * 1024
INTERVAL = 2.0


class Host:
    """One host's counters, moved on at each answer."""

    def __init__(self, name: str, seed: int) -> None:
        self.name = name
        self._dice = random.Random(seed)
        self._busy = self._dice.choice((0.04, 0.1, 0.2, 0.35, 0.6))
        if seed % 17 == 3:
            self._busy = 0.97
        self._memory = self._dice.uniform(0.2, 0.8) if seed % 13 else 0.93
        self._full = self._dice.randint(20, 80) if seed % 19 != 5 else 99
        self._uptime = self._met = self._dice.uniform(2e5, 9e6)
        self._ticks = [0.0] * 8
        self._bytes = [0.0, 0.0, 0.0, 0.0]
        self._stall = 0.0

    def vitals(self) -> bytes:
        """The next pushed answer."""
        self._uptime += INTERVAL
        wave = 1 + 0.35 * math.sin(self._uptime / 40 + len(self.name) * 7)
        busy = min(0.995, max(0.01, self._busy * wave + self._dice.gauss(0, 0.03)))
        spent = CORES * INTERVAL * 100
        shares = (
            0.66 * busy,
            0.0,
            0.3 * busy,
            1 - busy,
            0.04 * busy * (1 - busy),
            0,
            0.02 * busy,
            0,
        )
        self._ticks = [
            tick + share * spent for tick, share in zip(self._ticks, shares, strict=True)
        ]
        traffic = 4e6 * busy * self._dice.uniform(0.6, 1.4)
        self._bytes = [
            had + traffic * part for had, part in zip(self._bytes, (3, 2, 0.4, 0.9), strict=True)
        ]
        self._stall += busy * busy * INTERVAL * 1e5
        return "\n".join(self._lines(busy)).encode() + b"\n"

    def _lines(self, busy: float) -> list[str]:
        ticks = " ".join(str(int(tick)) for tick in self._ticks)
        one = " ".join(str(int(tick / CORES)) for tick in self._ticks)
        received, sent, read, written = (int(each) for each in self._bytes)
        load = CORES * busy * 1.1
        free = int(MEMORY_KB * (1 - self._memory))
        stall = f"avg10={20 * busy * busy:.2f} avg60=0.00 avg300=0.00 total={int(self._stall)}"
        return [
            f"uptime:{self._uptime:.2f} 0.00",
            f"stat:cpu  {ticks} 0 0",
            *(f"stat:cpu{core} {one} 0 0" for core in range(CORES)),
            f"stat:procs_running {1 + int(load)}",
            "stat:procs_blocked 0",
            f"loadavg:{load:.2f} {load * 0.9:.2f} {load * 0.8:.2f} 2/411 9",
            f"meminfo:MemTotal:       {MEMORY_KB} kB",
            f"meminfo:MemFree:        {free // 2} kB",
            f"meminfo:MemAvailable:   {free} kB",
            f"meminfo:SwapTotal:      {MEMORY_KB // 8} kB",
            f"meminfo:SwapFree:       {MEMORY_KB // 8 - MEMORY_KB // 80} kB",
            "vmstat:pswpin 0",
            "vmstat:pswpout 0",
            f"pressure/cpu:some {stall}",
            f"pressure/memory:some {stall}",
            f"pressure/io:some {stall}",
            f"diskstats: 259 0 nvme0n1 {read // 4096} 0 {read // 512} {read // 20000} "
            f"{written // 4096} 0 {written // 512} {written // 20000} 0 {written // 9000} 0",
            f"net/dev:  eth0: {received} {received // 900} 0 0 0 0 0 0 "
            f"{sent} {sent // 900} 0 0 0 0 0 0",
            "sys/fs/file-nr:2144\t0\t900000",
            "link:eth0 up 10000 +",
        ]

    def inventory(self) -> bytes:
        """The answer about what changes rarely: now and then something was upgraded."""
        age = int((self._uptime - self._met) // 120)
        lines = ["kernel:Linux x86_64", "/proc/version:Linux version 6.1.0-28-amd64"]
        lines += [f"package:{name} 1.{age}-2 installed" for name in ("nginx", "openssl")]
        lines += [f"package:lib{at} 2.{at} installed" for at in range(300)]
        lines += ["sysctl:vm/swappiness:60", f"sysctl:net/core/somaxconn:{4096 << age % 2}"]
        return "\n".join(lines).encode() + b"\n"

    def processes(self) -> bytes:
        """The answer about processes, which depend on the role."""
        role = self.name.partition("-")[0]
        commands = (*COMMANDS[role], *COMMANDS["all"])
        lines = ["page:KernelPageSize:        4 kB", "user:root:0", "user:app:1000"]
        lines += [f"uptime:{self._uptime:.2f} 0.00", f"sys/kernel/random/boot_id:{self.name}"]
        lines += [f"total:{MEMORY_KB}"]
        stats: list[str] = []
        for at, command in enumerate(commands):
            pid = 1 if command.startswith("/sbin") else 700 + 37 * at
            used = int(self._ticks[0] / (at + 1.5) ** 1.6)
            pages = int(MEMORY_KB / 4 * self._memory / (at + 2) ** 1.7)
            start = int(self._met * 90 / (at + 1))
            name = command.split()[0].rpartition("/")[2][:15]
            lines.append(f"dr-xr-xr-x 9 {0 if pid == 1 else 1000} 0 0 Jan 1 00:00 {pid}")
            stats.append(
                f"{pid}/stat:{pid} ({name}) {'R' if at == 0 else 'S'} 1 1 1 0 -1 0 0 0 0 0 {used} "
                f"{used // 3} 0 0 20 0 {4 + at} 0 {start} 0 {pages}" + 14 * " 0" + " 17 0"
            )
            stats.append(f"{pid}/cmdline:{command} ")
        return "\n".join([*lines, *stats]).encode() + b"\n"

    def slow(self) -> bytes:
        """The answer about file systems, units and clock."""
        failed = "unit:backup.service loaded failed failed Nightly backup\nunits:1\n"
        return (
            f"/proc/uptime:{self._uptime:.2f} 0.00\n/proc/sys/kernel/hostname:{self.name}\n"
            "/proc/sys/kernel/osrelease:6.1.0-28-amd64\n"
            '/etc/os-release:PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
            f"kernel:Linux x86_64\n{failed if len(self.name) % 5 == 0 else 'units:0'}\n"
            "chrony:A29FC801,10.0.0.1,2,0.0,-0.000012,0.00001,0.00003,1.2,0.0,0.02,0.01,0.001,64.2,Normal\n"
            "mount:/dev/nvme0n1p1 / ext4 rw\n"
            "space:Filesystem 1024-blocks Used Available Capacity Mounted on\n"
            f"space:/dev/nvme0n1p1 1000000 {self._full * 10000} {1000000 - self._full * 10000} "
            f"{self._full}% /\n"
            "inodes:Filesystem Inodes IUsed IFree IUse% Mounted on\n"
            "inodes:/dev/nvme0n1p1 1000000 120000 880000 12% /\n"
        ).encode()


async def serve(hosts: int, folder: Path) -> None:
    """Write the estate and serve it until the input ends."""
    addresses = [f"{NETWORK}.{number}" for number in range(1, hosts + 1)]
    names = [f"{ROLES[at % len(ROLES)]}-{1 + at // len(ROLES)}" for at in range(hosts)]
    states = {a: Host(n, at) for at, (a, n) in enumerate(zip(addresses, names, strict=True))}

    def payload(address: str, exchange: str, _: int) -> bytes:
        host = states[address]
        answers = {
            "slow": host.slow,
            "vitals": host.vitals,
            "processes": host.processes,
            "inventory": host.inventory,
        }
        return answers[exchange]() if exchange in answers else b"kernel:Linux x86_64\nunitless:\n"

    farm = Farm(addresses, payload=payload)
    farm.misdeeds[addresses[7]] = farm.misdeeds[addresses[11]] = Misdeed.SILENT
    key = asyncssh.generate_private_key("ssh-ed25519")  # pyright: ignore[reportUnknownMemberType]
    key.write_private_key(str(folder / "id"))  # pyright: ignore[reportUnknownMemberType]
    (folder / "id").chmod(0o600)
    lines = farm.known_hosts().splitlines()
    lines[4] = f"[{addresses[4]}]:{farm.port} " + new_key().export_public_key().decode().strip()
    (folder / "known_hosts").write_text("\n".join(lines) + "\n")
    (folder / "estate.toml").write_text(_estate(names, addresses, farm.port))
    async with farm.serving():
        sys.stdout.write(f"{folder / 'estate.toml'}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


def _estate(names: list[str], addresses: list[str], port: int) -> str:
    text = (
        f'[defaults]\nuser = "ops"\nport = {port}\nidentity = "id"\nknown_hosts = "known_hosts"\n'
    )
    for name, address in zip(names, addresses, strict=True):
        role = name.partition("-")[0]
        text += f'\n[target.{name}]\naddress = "{address}"\nlabels = {{ role = "{role}" }}\n'
    return text


def main() -> None:
    """Serve as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(min(options.hosts, 250), options.folder))


if __name__ == "__main__":
    main()
