"""What a cluster's pods cost: listed, then watched, against the library's models and its `Watch`.

Run: `python -m benchmarks.kubernetes [--pods 20000] [--events 20000] [--models 2000]`; prints JSON.
The server is a process of its own, and so is each way, so that CPU and memory are of that way
alone. `raw` is the transport with nobody who reads; `rows` has each payload read by msgspec into
tuples by namespace and name, and `blocks` is the same with somebody who looks at the event loop;
`models` is the `kubernetes` package as its documentation shows it,
for fewer pods, because it would take gigabytes: pages of 500 by `CoreV1Api`, then `Watch`. CPU is
user and system time after all imports; memory what the process grew by at most; `block_ms` the
most CPU between two turns of the event loop.
"""

import argparse
import asyncio
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, cast  # objects of a library without types, and JSON

import msgspec

from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions, Watched
from opsconsole.secret import Secret
from opsconsole.transports.kubernetes import KubernetesTransport
from opsconsole.turn import Phase, unframed
from tests.servers.kubernetes import ADMIN, Kubernetes, kubernetes

PODS = "/api/v1/pods"
QUESTIONS: Questions = {"pods": (Watched(PODS),)}
PER_MINUTE = 100_000
"""Events of the storm; a busy cluster of this size has half as many."""


class Meta(msgspec.Struct, gc=False, rename="camel"):
    """What is read of metadata."""

    name: str
    namespace: str
    creation_timestamp: str = ""


class Container(msgspec.Struct, gc=False, rename="camel"):
    """What is read of a container."""

    restart_count: int = 0
    ready: bool = False


class Status(msgspec.Struct, gc=False, rename="camel"):
    """What is read of a status."""

    phase: str = ""
    reason: str = ""
    host_ip: str = msgspec.field(name="hostIP", default="")
    container_statuses: list[Container] = msgspec.field(default_factory=list[Container])


class Spec(msgspec.Struct, gc=False, rename="camel"):
    """What is read of a specification."""

    node_name: str = ""


class Pod(msgspec.Struct, gc=False):
    """What is read of a pod."""

    metadata: Meta
    spec: Spec
    status: Status


class Page(msgspec.Struct, gc=False):
    """What is read of a page."""

    items: list[Pod]


class Event(msgspec.Struct, gc=False):
    """What is read of an event."""

    type: str
    object: Pod


PAGE, EVENT = msgspec.json.Decoder(Page), msgspec.json.Decoder(Event)


class Rows:
    """What a table would hold."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], tuple[object, ...]] = {}
        self.events = 0
        self.listed = asyncio.Event()

    def put(self, pod: Pod) -> None:
        """Hold one as a tuple, its repeated words once."""
        meta, status = pod.metadata, pod.status
        statuses = status.container_statuses
        self.held[sys.intern(meta.namespace), meta.name] = (
            sys.intern(status.phase),
            sys.intern(status.reason),
            sum(one.restart_count for one in statuses),
            sum(one.ready for one in statuses),
            sys.intern(pod.spec.node_name),
            sys.intern(status.host_ip),
            meta.creation_timestamp,
        )

    def __call__(self, answer: Answer) -> None:
        """Take a payload, as a session delivers it."""
        phase, body = unframed(answer.payload)
        if phase is Phase.LISTED:
            self.listed.set()
        elif phase is Phase.EVENTS:
            for line in body.splitlines():
                event = EVENT.decode(line)
                self.events += 1
                self.put(event.object)
        elif body:
            for pod in PAGE.decode(body).items:
                self.put(pod)


class Raw(Rows):
    """Nobody reads."""

    def __call__(self, answer: Answer) -> None:
        """Take a payload, as a session delivers it."""
        phase, body = unframed(answer.payload)
        if phase is Phase.LISTED:
            self.listed.set()
        elif phase is Phase.EVENTS:
            self.events += body.count(b"\n")


class Meter:
    """CPU and memory since it was made."""

    def __init__(self) -> None:
        self._cpu = time.process_time()
        self._memory = memory()

    def told(self) -> dict[str, float]:
        """Seconds and megabytes."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {
            "cpu_s": round(time.process_time() - self._cpu, 3),
            "peak_mb": round(max(0.0, peak - self._memory), 1),
            "held_mb": round(memory() - self._memory, 1),
        }


def memory() -> float:
    """What is resident of this process, megabytes."""
    words = Path("/proc/self/statm").read_text().split()
    return int(words[1]) * resource.getpagesize() / (1 << 20)


class Blocks:
    """The most CPU between two turns of the loop; other work on the machine does not count."""

    STEP = 0.002

    def __init__(self) -> None:
        self.longest = 0.0
        self._loop = asyncio.get_running_loop()
        self._spent = time.thread_time()
        self._loop.call_later(self.STEP, self._look)

    def _look(self) -> None:
        spent = time.thread_time()
        self.longest = max(self.longest, spent - self._spent)
        self._spent = spent
        self._loop.call_later(self.STEP, self._look)

    def told(self) -> dict[str, float]:
        """Milliseconds since it was last asked."""
        longest, self.longest = self.longest, 0.0
        return {"block_ms": round(longest * 1000, 1)}


def settle() -> None:
    """Have what was imported out of the way of the garbage collector, as the collector does."""
    gc.collect()
    gc.freeze()


def say(**told: object) -> None:
    """To the process that started us; it answers with a line when it is our turn."""
    print(json.dumps(told), flush=True)
    sys.stdin.readline()


async def ours(kind: type[Rows], target: Target, events: int, blocks: bool) -> None:
    rows, transport = kind(), KubernetesTransport()
    await transport.open(target, {}, 1.0, lambda _: None)  # imports
    settle()
    watcher = Blocks() if blocks else None  # looking costs more than what it looks at
    meter, began = Meter(), time.monotonic()
    session = await transport.open(target, QUESTIONS, 1.0, rows)
    session.ask("pods")
    await rows.listed.wait()
    found = meter.told() | {"wall_s": round(time.monotonic() - began, 2)}
    await asyncio.to_thread(say, **found, **(watcher.told() if watcher else {}))
    meter = Meter()
    while rows.events < events:  # noqa: ASYNC110 - an event for each would be measured as well
        await asyncio.sleep(0.05)
    found = meter.told() | {"events": rows.events}
    await asyncio.to_thread(say, **found, **(watcher.told() if watcher else {}))
    await transport.close()


def models(url: str, events: int) -> None:
    from kubernetes import client, watch

    configuration = client.Configuration(host=url, api_key={"BearerToken": f"Bearer {ADMIN}"})
    api: Any = client.CoreV1Api(client.ApiClient(configuration))
    api.list_pod_for_all_namespaces(limit=1)
    settle()
    meter, began = Meter(), time.monotonic()
    held: list[Any] = []
    token, version = None, ""
    while token != "":
        page = api.list_pod_for_all_namespaces(limit=500, _continue=token)
        held += page.items
        token, version = page.metadata._continue or "", page.metadata.resource_version
    say(**meter.told(), wall_s=round(time.monotonic() - began, 2))
    meter, heard = Meter(), 0
    stream = cast("Any", watch).Watch().stream
    for _ in stream(api.list_pod_for_all_namespaces, resource_version=version):
        heard += 1
        if heard == events:
            break
    say(**meter.told(), events=heard)


def measured(way: str, server: Kubernetes, token: Path, events: int) -> dict[str, Any]:
    """Have a process list, then rain on it."""
    argv = (sys.executable, "-m", "benchmarks.kubernetes", "--way", way)
    more = ("--url", server.base_url, "--token", str(token), "--events", str(events))
    pipe = subprocess.PIPE
    with subprocess.Popen([*argv, *more], stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        found: dict[str, Any] = {"list": json.loads(process.stdout.readline())}
        server.control("storm", of="pods", total=events, per_minute=PER_MINUTE)
        print(file=process.stdin, flush=True)
        found["watch"] = json.loads(process.stdout.readline())
    watched = found["watch"]
    watched["us_per_event"] = round(watched["cpu_s"] * 1e6 / watched["events"], 1)
    return found


def compared(args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    token = folder / "token"
    token.write_text(ADMIN)
    token.chmod(0o600)
    found: dict[str, Any] = {}
    with kubernetes(process=True, ring=100_000, kubelet=False, controllers=False) as server:
        server.populate(pods=args.pods, nodes=100, namespaces=40)
        for way in ("raw", "rows", "blocks"):
            found[way] = measured(way, server, token, args.events)
    with kubernetes(process=True, ring=100_000, kubelet=False, controllers=False) as server:
        server.populate(pods=args.models, nodes=100, namespaces=40)
        found["models"] = measured("models", server, token, args.models)
    for way, parts in found.items():
        count, listed = args.models if way == "models" else args.pods, parts["list"]
        listed["us_per_pod"] = round(listed["cpu_s"] * 1e6 / count, 1)
        listed["kb_per_pod"] = round(listed["peak_mb"] * 1024 / count, 2)

    def ratio(part: str, key: str) -> float:
        return round(float(found["models"][part][key] / found["rows"][part][key]), 1)

    found["models_to_rows"] = {
        "cpu_of_a_list": ratio("list", "us_per_pod"),
        "memory_of_a_list": ratio("list", "kb_per_pod"),
        "cpu_of_an_event": ratio("watch", "us_per_event"),
    }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pods", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--models", type=int, default=2_000, help="pods and events of the models")
    for name in ("--way", "--url", "--token"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.way == "models":
        models(args.url, args.events)
    elif args.way:
        settings = {"server": args.url, "token": Secret("file", (args.token,))}
        target = Target("bench", "kubernetes", "kubernetes", settings=settings)
        kind = Raw if args.way == "raw" else Rows
        asyncio.run(ours(kind, target, args.events, args.way == "blocks"))
    else:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(compared(args, Path(folder)), indent=2))


if __name__ == "__main__":
    main()
