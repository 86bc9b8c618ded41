"""The sampler for this machine where there is no /proc: the same answers, from psutil.

`python -m opsconsole.domains.system.host.portable INTERVAL` speaks the wire of `spec.Program` and
writes lines like those of `sampler.sh`, so the same probes read them. What the system does not
tell is left out, never made up.
"""

import os
import platform
import pwd
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil

_HARDWARE = ("en", "eth", "wl")
_HANGS_AFTER_S = 3.0
_STATES = {
    psutil.STATUS_RUNNING: "R",
    psutil.STATUS_SLEEPING: "S",
    psutil.STATUS_DISK_SLEEP: "D",
    psutil.STATUS_STOPPED: "T",
    psutil.STATUS_ZOMBIE: "Z",
    psutil.STATUS_IDLE: "I",
}
_PROCESS = (
    *("pid", "ppid", "name", "status", "cpu_times", "memory_info", "num_threads", "nice"),
    *("create_time", "uids", "cmdline"),
)


def main(interval: float) -> None:
    """Push vitals to stdout, answer questions of stdin on stderr, until either end goes."""
    over = threading.Event()
    threading.Thread(target=_serve, args=(over,), daemon=True).start()
    while not over.is_set() and _write(1, "vitals", vitals()):
        over.wait(interval)
    # Not sys.exit: a thread that hangs in a dead file system must not keep us.
    os._exit(0)


def _serve(over: threading.Event) -> None:
    answers: dict[str, Callable[[], Iterator[str]]] = {
        "slow": slow,
        "processes": processes,
        "services": services,
        "lvs": lvs,
        "inventory": inventory,
        "assets": assets,
        "updates": assets,
        "journal": lvs,
    }
    for line in sys.stdin:
        question = line.strip()
        if question in answers and not _write(2, question, answers[question]()):
            break
    over.set()


def _write(descriptor: int, exchange: str, lines: Iterator[str]) -> bool:
    """Write one answer; False when nobody reads any more."""
    text = "".join(f"{_one_line(line)}\n" for line in lines)
    data = f"{text}--opsconsole {exchange}--\n".encode(errors="surrogateescape")
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except OSError:
        return False
    return True


def _one_line(line: str) -> str:
    """A name or command with newlines must not begin a line: it could pass for an end marker."""
    return line.replace("\n", " ").replace("\r", " ")


def _uptime() -> float:
    return max(time.time() - psutil.boot_time(), 0.0)


def vitals() -> Iterator[str]:
    """Lines of the `vitals` answer."""
    yield f"uptime:{_uptime():.2f} 0.00"
    yield f"stat:cpu  {_ticks(psutil.cpu_times())}"
    for number, times in enumerate(psutil.cpu_times(percpu=True)):
        yield f"stat:cpu{number} {_ticks(times)}"
    yield f"stat:btime {psutil.boot_time():.0f}"
    yield "loadavg:{:.2f} {:.2f} {:.2f} 0/0 0".format(*psutil.getloadavg())
    yield from _memory()
    yield from _disks()
    yield from _network()


def _ticks(times: object) -> str:
    """In the order of /proc/stat, as far as the system tells: macOS the first four."""
    fields = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
    told = [getattr(times, name) for name in fields if hasattr(times, name)]
    return " ".join(str(int(100 * seconds)) for seconds in told)


def _memory() -> Iterator[str]:
    memory, swap = psutil.virtual_memory(), psutil.swap_memory()
    yield f"meminfo:MemTotal: {memory.total // 1024} kB"
    yield f"meminfo:MemFree: {memory.free // 1024} kB"
    yield f"meminfo:MemAvailable: {memory.available // 1024} kB"
    yield f"meminfo:SwapTotal: {swap.total // 1024} kB"
    yield f"meminfo:SwapFree: {swap.free // 1024} kB"
    page = resource.getpagesize()
    yield f"vmstat:pswpin {swap.sin // page}"
    yield f"vmstat:pswpout {swap.sout // page}"


def _disks() -> Iterator[str]:
    for name, disk in (psutil.disk_io_counters(perdisk=True) or {}).items():
        reads = f"{disk.read_count} 0 {disk.read_bytes // 512} {disk.read_time}"
        writes = f"{disk.write_count} 0 {disk.write_bytes // 512} {disk.write_time}"
        yield f"diskstats: 0 0 {name} {reads} {writes}"


def _network() -> Iterator[str]:
    counters = psutil.net_io_counters(pernic=True)
    for name, nic in counters.items():
        received = f"{nic.bytes_recv} {nic.packets_recv} {nic.errin} {nic.dropin} 0 0 0 0"
        sent = f"{nic.bytes_sent} {nic.packets_sent} {nic.errout} {nic.dropout} 0 0 0 0"
        yield f"net/dev:{name}: {received} {sent}"
    for name, link in psutil.net_if_stats().items():
        if name in counters and not name.startswith("lo"):
            hardware = "+" if name.startswith(_HARDWARE) else "-"
            yield f"link:{name} {'up' if link.isup else 'down'} {link.speed or '-'} {hardware}"


def services() -> Iterator[str]:
    """Lines of the `services` answer: there is no systemd."""
    yield f"kernel:{platform.system()} {platform.machine()}"
    yield "unitless:"


def lvs() -> Iterator[str]:
    """Lines of the `lvs` and the `journal` answer: there is neither."""
    yield f"kernel:{platform.system()} {platform.machine()}"


def inventory() -> Iterator[str]:
    """Lines of the `inventory` answer: this system's packages and settings are not read."""
    yield f"kernel:{platform.system()} {platform.machine()}"
    yield "uninventoried:"


def assets() -> Iterator[str]:
    """Lines of the `assets` and the `updates` answer: they are not read here."""
    return inventory()


def slow() -> Iterator[str]:
    """Lines of the `slow` answer."""
    release = platform.mac_ver()[0]
    yield f"/proc/uptime:{_uptime():.2f} 0.00"
    yield f"/proc/sys/kernel/hostname:{socket.gethostname()}"
    yield f"/proc/sys/kernel/osrelease:{platform.release()}"
    yield f"/proc/sys/kernel/random/boot_id:{psutil.boot_time():.0f}"
    yield f"/etc/os-release:PRETTY_NAME={f'macOS {release}' if release else platform.system()}"
    yield f"/sys/devices/system/cpu/online:0-{(psutil.cpu_count() or 1) - 1}"
    yield f"kernel:{platform.system()} {platform.machine()}"
    yield f"cpu:model name: {platform.processor()}"
    yield time.strftime("date:%s %z %Z")
    yield "unitless:"
    for partition in psutil.disk_partitions(all=False):
        yield from _mount(partition.device, partition.mountpoint, partition.fstype, partition.opts)


def _mount(device: str, path: str, kind: str, options: str) -> Iterator[str]:
    # The system volumes of macOS share one container; the data volume stands for all of them.
    if path.startswith("/System/Volumes/") and path != "/System/Volumes/Data":
        return
    mode = "ro" if "ro" in options.split(",") else "rw"
    yield f"mount:{_escape(device) or '-'} {_escape(path)} {kind or '-'} {mode}"
    found = _within(_HANGS_AFTER_S, lambda: os.statvfs(path))
    if found is None:
        yield f"hung:{_escape(path)}"
    elif isinstance(found, OSError):
        yield f"failed:{_escape(path)}"
    else:
        unit = found.f_frsize
        sizes = (found.f_blocks, found.f_blocks - found.f_bfree, found.f_bavail)
        size, used, free = (blocks * unit // 1024 for blocks in sizes)
        yield f"space:- {size} {used} {free} - {path}"
        yield f"inodes:- {found.f_files} {found.f_files - found.f_ffree} {found.f_favail} - {path}"


def _within(
    seconds: float, ask: "Callable[[], os.statvfs_result]"
) -> "os.statvfs_result | OSError | None":
    """The answer of a call that may hang; None when it does."""
    answer: list[os.statvfs_result | OSError] = []

    def run() -> None:
        try:
            answer.append(ask())
        except OSError as error:
            answer.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return answer[0] if answer else None


def _escape(name: str) -> str:
    """As in /proc/self/mounts: space, tab, newline and backslash in octal."""
    return "".join(f"\\{ord(char):03o}" if char in " \t\n\\" else char for char in name)


def processes() -> Iterator[str]:
    """Lines of the `processes` answer; a process that may not be looked at is left out."""
    booted, page = psutil.boot_time(), resource.getpagesize()
    yield f"page:KernelPageSize: {page // 1024} kB"
    for user in pwd.getpwall():
        yield f"user:{user.pw_name}:{user.pw_uid}"
    yield f"uptime:{_uptime():.2f} 0.00"
    yield f"sys/kernel/random/boot_id:{booted:.0f}"
    yield f"total:{psutil.virtual_memory().total // 1024}"
    for process in psutil.process_iter(list(_PROCESS), ad_value=None):
        facts = process.info
        times, memory = facts["cpu_times"], facts["memory_info"]
        if times is None or memory is None:
            continue
        start = max(int(100 * (facts["create_time"] - booted)), 0)
        spent = f"{int(100 * times.user)} {int(100 * times.system)} 0 0"
        order = f"- {facts['nice'] or 0} {facts['num_threads'] or 1} 0 {start}"
        state = _STATES.get(facts["status"], "?")
        pid = facts["pid"]
        if facts["uids"] is not None:
            yield f"d 1 {facts['uids'].effective} 0 0 {pid}"
        yield (
            f"{pid}/stat:{pid} ({facts['name']}) {state} {facts['ppid'] or 0}"
            f" 0 0 0 0 0 0 0 0 0 {spent} {order} {memory.vms} {memory.rss // page}"
        )
        if facts["cmdline"]:
            yield f"{pid}/cmdline:{' '.join(facts['cmdline'])[:300]}"


if __name__ == "__main__":
    main(float(sys.argv[1]))
