"""The log of a container."""

import asyncio
import datetime
import time

from aiohttp import web

from tests.servers.kubernetes import reads
from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.logs import Line, Log
from tests.servers.kubernetes.moments import seconds
from tests.servers.kubernetes.refusal import Json, bad_request, inside, listed


def container(ask: Ask, pod: Json) -> str:
    """The one that is meant; 400 if that is not clear."""
    spec, name = pod["spec"], ask.query.get("container", "")
    keys = ("containers", "initContainers", "ephemeralContainers")
    known = [[each["name"] for each in spec.get(key) or ()] for key in keys]
    if name:
        if not any(name in names for names in known):
            raise bad_request(f"container {name} is not valid for pod {ask.name}")
        return name
    if len(known[0]) > 1:
        first = f"a container name must be specified for pod {ask.name}, choose one of:"
        more = f" or one of the init containers: [{' '.join(known[1])}]" if known[1] else ""
        raise bad_request(f"{first} [{' '.join(known[0])}]{more}")
    return str(known[0][0])


def _chosen(cluster: Cluster, ask: Ask, pod: Json, name: str) -> tuple[Log, list[Line]]:
    uid = pod["metadata"]["uid"]
    status = inside(pod, "status")
    known: list[Json] = [
        *(listed(status, "containerStatuses")), *(listed(status, "initContainerStatuses")),
    ]  # fmt: skip
    mine: Json = {each["name"]: each for each in known}.get(name) or {}
    state: Json = inside(mine, "state")
    log = cluster.logs.of(uid, name, inside(state, "running").get("startedAt"))
    if ask.flag("previous"):
        if log.before is None and not inside(mine, "lastState").get("terminated"):
            text = f'previous terminated container "{name}" in pod "{ask.name}" not found'
            raise bad_request(text)
        return log, log.before or [(time.time() - 120, f"{name} of before")]
    waiting = state.get("waiting") or ({} if mine else {"reason": "ContainerCreating"})
    if waiting and not inside(mine, "lastState").get("terminated"):
        reason = waiting.get("reason") or "ContainerCreating"
        if reason in {"ImagePullBackOff", "ErrImagePull"}:
            why = "trying and failing to pull image"
        else:
            why = f"waiting to start: {reason}"
        raise bad_request(f'container "{name}" in pod "{ask.name}" is {why}')
    return log, log.lines


def _after(ask: Ask) -> float:
    """The moment from which lines are wanted."""
    if text := ask.query.get("sinceTime"):
        at = seconds(text)
        if at is None:
            raise bad_request(f'parsing time "{text}" as RFC3339')
        return at
    if "sinceSeconds" in ask.query:
        span = ask.number("sinceSeconds")
        if span < 1:
            raise bad_request("sinceSeconds: must be greater than 0")
        return time.time() - span
    return 0.0


def _written(ask: Ask, lines: list[Line]) -> bytes:
    if not ask.flag("timestamps"):
        return "".join(f"{text}\n" for _, text in lines).encode()
    return "".join(f"{_moment(at)} {text}\n" for at, text in lines).encode()


def _moment(at: float) -> str:
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


async def log(cluster: Cluster, ask: Ask) -> web.StreamResponse:
    """All at once, or with what comes until the pod ends or the client goes."""
    pod = reads.find(cluster, ask).obj
    held, lines = _chosen(cluster, ask, pod, container(ask, pod))
    after = _after(ask)
    wanted = [line for line in lines if line[0] >= after]
    if "tailLines" in ask.query:
        tail = ask.number("tailLines")
        wanted = wanted[-tail:] if tail else []
    left = ask.number("limitBytes") if "limitBytes" in ask.query else None
    if left is not None and left < 1:
        raise bad_request("limitBytes: must be greater than 0")
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(ask.request)
    body = _written(ask, wanted)[:left]
    await response.write(body)
    if ask.flag("follow") and not ask.flag("previous") and (left is None or len(body) < left):
        await _follow(ask, response, held, None if left is None else left - len(body))
    return response


async def _follow(ask: Ask, response: web.StreamResponse, log: Log, left: int | None) -> None:
    told, lines = len(log.lines), log.lines
    while not log.ended and (left is None or left > 0):
        woken = log.woken
        if log.lines is not lines:  # the container was restarted: its log is a new one
            return
        if len(lines) == told:
            transport = ask.request.transport
            if transport is None or transport.is_closing():
                return
            await asyncio.wait([asyncio.ensure_future(woken.wait())], timeout=1)
            continue
        body = _written(ask, lines[told:])[:left]
        told = len(lines)
        try:
            await response.write(body)
        except ConnectionError:
            return
        left = None if left is None else left - len(body)
