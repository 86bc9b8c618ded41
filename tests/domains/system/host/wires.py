"""Answers as the sampler writes them: one small host in full, one big one, and ways to cut both."""

from pathlib import Path

_ANSWERS = Path(__file__).parent / "answers"

SMALL = (_ANSWERS / "vitals.txt").read_bytes()
"""Two cores, two disks (one with a partition, one below a volume), one NIC below a bond."""

SLOW = (_ANSWERS / "slow.txt").read_bytes()
"""chrony 52 ms off, a failed and a flapping unit, a full disk, a hung and a stale NFS mount."""

PROCESSES = (_ANSWERS / "processes.txt").read_bytes()
"""init, a kernel thread, a busy server, and one that means harm with its name and command."""

SERVICES = (_ANSWERS / "services.txt").read_bytes()
"""systemd 252 in a container: services that run, ended, failed, fall over and over, and a name
that another unit only mentions. Two have counters; those of the container were [not set]."""

LVS = (_ANSWERS / "lvs.txt").read_bytes()
"""Linux 6.1 (user-mode) with its ip_vs module: TCP, UDP, IPv6 and a firewall mark."""

INVENTORY = (_ANSWERS / "inventory.txt").read_bytes()
"""A Debian host: packages, one of which was removed, parameters, files, accounts, listeners."""

JOURNAL = b"""\
kernel:Linux x86_64
span:60
journal:{"_SYSTEMD_UNIT":"pay.service","PRIORITY":"3","MESSAGE":"charge failed"}
journal:{"SYSLOG_IDENTIFIER":"smartd","PRIORITY":"2","MESSAGE":[68,105,115,107,255]}
"""

ASSETS = b"""\
kernel:Linux x86_64
/sys/class/dmi/id/product_serial:CZ3210ABCD
/sys/class/dmi/id/bios_vendor:HP
/sys/class/dmi/id/bios_version:U30
/sys/class/dmi/id/bios_date:02/14/2024
/sys/block/dm-0/size:100
/sys/block/nvme0n1/size:3907029168
/sys/block/sda/size:15628053168
/sys/block/sdb/size:0
/sys/block/nvme0n1/dev:259:0
/sys/block/sda/dev:8:0
/sys/block/sdb/dev:8:16
/sys/block/nvme0n1/queue/rotational:0
/sys/block/sda/queue/rotational:1
/sys/block/nvme0n1/device/model:SAMSUNG MZVL21T0
/sys/block/sda/device/model:ST8000NM000A    \x20
/sys/block/nvme0n1/device/serial:S676NX0R   \x20
/run/udev/data/b259:0:E:ID_SERIAL_SHORT=another
/run/udev/data/b8:0:E:ID_SERIAL_SHORT=WRD0A1B2
/etc/os-release:SUPPORT_END=2027-05-13
socket:0
socket:1
"""
"""A server of two sockets with an NVMe drive, a disk whose serial udev knows, and an empty slot."""

UPDATES = b"""\
kernel:Linux x86_64
rebooted:
reboot:
update:libgcrypt20 security
update:base-files
update:nginx security
updated:1795900000
"""

LATER = (
    SMALL.replace(b"uptime:1000.00", b"uptime:1002.00")
    .replace(b"cpu  1000 20 300 8000 400", b"cpu  1100 30 340 8190 440")
    .replace(b"10 30 40 5 0", b"12 34 54 5 0")
    .replace(b"cpu0 600 10 200 3900", b"cpu0 700 10 200 3900")
    .replace(b"pswpin 100", b"pswpin 110")
    .replace(b"pswpout 200", b"pswpout 260")
    .replace(b"oom_kill 7", b"oom_kill 9")
    .replace(b"total=1000000", b"total=1500000")
    .replace(b"sda 1000 5 20000 3000 500 7 8000 1500 0 9000 4500",
             b"sda 1040 5 20400 3100 510 7 8040 1600 1 10000 4700")
    .replace(b"nvme0n1 100 0 800 20 100 0 1600 40 2 60 60",
             b"nvme0n1 100 0 800 20 300 0 5600 60 2 100 80")
    .replace(b"eth0: 1000000    1000    1    2", b"eth0: 1250000    1100    2    2")
    .replace(b"2000000    3000    3    4", b"2500000    3200    3    5")
)  # fmt: skip
"""The same host two seconds later."""


def without(answer: bytes, *starts: bytes) -> bytes:
    """The answer without the lines that begin so."""
    return b"".join(line for line in answer.splitlines(True) if not line.startswith(starts))


def big(turn: int = 0) -> bytes:
    """A host with 64 CPUs, 32 disks and 24 NICs; each turn is one second later, at a known pace."""
    cpu = f"{1000 + 30 * turn} 0 {500 + 20 * turn} {90000 + 45 * turn} {100 + 5 * turn} 0 0 0 0 0"
    total = " ".join(str(64 * int(part)) for part in cpu.split())
    lines = [f"uptime:{5000 + turn}.00 9999.00", f"stat:cpu  {total}"]
    lines += [f"stat:cpu{core} {cpu}" for core in range(64)]
    head = without(SMALL, b"uptime:", b"stat:cpu", b"diskstats:", b"net/", b"link:", b"sys/")
    lines += head.decode().splitlines()
    for disk in range(32):
        name = f"sd{chr(97 + disk // 26)}{chr(97 + disk % 26)}"
        done = 100 * turn
        reads, writes = f"{done} 0 {done * 8} {done * 2}", f"{done} 0 {done * 8} {done * 4}"
        busy = f"0 {turn * (disk + 1) * 10} {done * 6}"
        lines.append(f"diskstats:   8 {disk * 16:7} {name} {reads} {writes} {busy} 0 0 0 0 0 0")
    for nic in range(24):
        received, sent = 1_000_000 * turn, 500_000 * turn
        lines.append(
            f"net/dev:{f'ens{nic}':>6}: {received:7} {turn:7}    0    0    0     0          0"
            f"         0 {sent:8} {turn:7}    0    0    0     0       0          0"
        )
    lines += [line for line in SMALL.decode().splitlines() if line.startswith("sys/")]
    lines += [f"link:ens{nic} up 25000 +" for nic in range(24)]
    return "".join(f"{line}\n" for line in lines).encode()
