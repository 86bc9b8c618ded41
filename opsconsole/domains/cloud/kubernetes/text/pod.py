"""Pods and their containers as lines of a page."""

from collections.abc import Iterator

from opsconsole.clean import clean
from opsconsole.domains.cloud.kubernetes.place import (
    Json,
    is_list,
    is_object,
    listed,
    many,
    text,
    within,
)
from opsconsole.domains.cloud.kubernetes.text.kinds import age, aligned
from opsconsole.domains.cloud.kubernetes.values import moment

_SOURCES = ("secretKeyRef", "configMapKeyRef", "fieldRef", "resourceFieldRef")
_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def containers(spec: Json, status: Json, at: float | None) -> Iterator[str]:
    """All containers of a pod, or of a template that has no status."""
    for title, kind, states in (
        ("Init containers", "initContainers", "initContainerStatuses"),
        ("Containers", "containers", "containerStatuses"),
    ):
        found = many(spec, kind)
        now = {text(one, "name"): one for one in many(status, states)}
        if found:
            yield ""
            yield f"{title}:"
        for one in found:
            yield f"  {text(one, 'name')}"
            for name, value in _container(one, now.get(text(one, "name")), at):
                if value:
                    yield f"    {name + ':':<14}{value}"


def _container(one: Json, now: Json | None, at: float | None) -> Iterator[tuple[str, str]]:
    yield "image", text(one, "image")
    if now is not None:
        yield "state", state(within(now, "state"), at)
        yield "last state", state(within(now, "lastState"), at)
        yield "ready", f"{text(now, 'ready') or 'no'}, restarts {text(now, 'restartCount') or '0'}"
    for name in ("command", "args"):
        said = one.get(name)
        yield name, clean(" ".join(map(str, said)), 300) if is_list(said) else ""
    ports = [f"{text(p, 'containerPort')}/{text(p, 'protocol')}" for p in many(one, "ports")]
    yield "ports", listed(ports, 20)
    for name in ("requests", "limits"):
        yield name, pairs(within(one, "resources", name))
    for name in _PROBES:
        yield name.removesuffix("Probe"), probe(within(one, name))
    for variable in many(one, "env"):
        yield "env", f"{text(variable, 'name')}={_value(variable)}"
    for mount in many(one, "volumeMounts"):
        mode = " (read only)" if mount.get("readOnly") is True else ""
        yield "mount", f"{text(mount, 'mountPath')} from {text(mount, 'name')}{mode}"


def state(found: Json, at: float | None) -> str:
    """`running for 3d`, `terminated 5m ago: OOMKilled, exit code 137`."""
    if running := within(found, "running"):
        return f"running for {age(at, moment(text(running, 'startedAt')))}"
    if "running" in found:
        return "running"
    if ended := within(found, "terminated"):
        signal = f", signal {text(ended, 'signal')}" if ended.get("signal") else ""
        why = f": {text(ended, 'reason')}, exit code {text(ended, 'exitCode')}{signal}"
        when = age(at, moment(text(ended, "finishedAt")))
        return _with(f"terminated {when} ago{why}", text(ended, "message"))
    if waiting := within(found, "waiting"):
        return _with(f"waiting: {text(waiting, 'reason')}", text(waiting, "message"))
    return ""


def _with(words: str, message: str) -> str:
    return f"{words}: {' '.join(message.split())}" if message else words


def pairs(found: Json) -> str:
    """`cpu=100m, memory=256Mi`."""
    return clean(", ".join(f"{key}={value}" for key, value in found.items()), 1000)


def probe(found: Json) -> str:
    """`http /healthz on 8080, every 10 s, 3 failures`."""
    if not found:
        return ""
    http, command = within(found, "httpGet"), within(found, "exec").get("command")
    if http:
        what = f"http {text(http, 'path')} on {text(http, 'port')}"
    elif "tcpSocket" in found:
        what = f"tcp {text(within(found, 'tcpSocket'), 'port')}"
    elif "grpc" in found:
        what = f"grpc {text(within(found, 'grpc'), 'port')}"
    else:
        what = f"exec {' '.join(map(str, command))}" if is_list(command) else "unknown"
    times = f"every {text(found, 'periodSeconds')} s, {text(found, 'failureThreshold')} failures"
    delay = text(found, "initialDelaySeconds")
    first = f", after {delay} s" if delay and delay != "0" else ""
    return clean(f"{what}, {times}{first}", 400)


def _value(variable: Json) -> str:
    source = within(variable, "valueFrom")
    for kind in _SOURCES:
        if said := within(source, kind):
            where = text(said, "name") or text(said, "fieldPath") or text(said, "resource")
            key = f"/{text(said, 'key')}" if said.get("key") else ""
            return f"<{kind.removesuffix('Ref')} {where}{key}>"
    return text(variable, "value")[:200]


def volumes(spec: Json) -> Iterator[str]:
    """What each volume is."""
    found = many(spec, "volumes")
    if found:
        yield ""
        yield "Volumes:"
    rows: list[list[str]] = []
    for one in found:
        kind = next((key for key in one if key != "name"), "")
        inside = within(one, kind)
        said = [f"{key}={value}" for key, value in inside.items() if not is_object(value)]
        rows.append([f"  {text(one, 'name')}", kind, clean(", ".join(said), 200)])
    yield from aligned(rows)


def table(pods: list[Json], at: float | None, more: bool) -> Iterator[str]:
    """Pods that belong to an object."""
    yield ""
    yield f"Pods ({len(pods)}{' and more' if more else ''}):"
    rows = [["  NAMESPACE", "NAME", "PHASE", "NODE", "AGE"]]
    for one in pods:
        meta = within(one, "metadata")
        phase = text(within(one, "status"), "phase")
        phase = "Terminating" if meta.get("deletionTimestamp") else phase
        node, since = text(within(one, "spec"), "nodeName"), text(meta, "creationTimestamp")
        names = [f"  {text(meta, 'namespace')}", text(meta, "name")]
        rows.append([*names, phase, node, age(at, moment(since))])
    yield from aligned(rows)
