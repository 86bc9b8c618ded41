"""What the server offers: versions, groups, resources, and whether it is well."""

from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.kinds import VERBS, Kind
from tests.servers.kubernetes.refusal import Json

_ELSE = {
    "apiregistration.k8s.io": ["v1"],
    "events.k8s.io": ["v1"],
    "authentication.k8s.io": ["v1"],
    "authorization.k8s.io": ["v1"],
}
"""Groups that are named, and of which nothing but access reviews is served."""
METRICS = "metrics.k8s.io"


def version(cluster: Cluster) -> Json:
    text = cluster.settings.version
    major, minor = text.lstrip("v").split(".")[:2]
    return {
        "major": major, "minor": minor, "emulationMajor": major, "emulationMinor": minor,
        "minCompatibilityMajor": major, "minCompatibilityMinor": str(int(minor) - 1),
        "gitVersion": text, "gitCommit": "snapshot", "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "go1.26.3", "compiler": "gc",
        "platform": "linux/amd64",
    }  # fmt: skip


def api(address: str) -> Json:
    where = {"clientCIDR": "0.0.0.0/0", "serverAddress": address}
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [where]}


def _group(name: str, versions: list[str]) -> Json:
    told = [{"groupVersion": f"{name}/{each}", "version": each} for each in versions]
    return {"name": name, "versions": told, "preferredVersion": told[0]}


def apis(cluster: Cluster) -> Json:
    """APIGroupList."""
    groups = {**_ELSE, **cluster.kinds.groups()}
    if cluster.settings.metrics:
        groups[METRICS] = ["v1beta1"]
    told = [_group(name, versions) for name, versions in groups.items()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": told}


def group(cluster: Cluster, name: str) -> Json | None:
    """APIGroup, or nothing."""
    found: list[Json] = [each for each in apis(cluster)["groups"] if each["name"] == name]
    return {"kind": "APIGroup", "apiVersion": "v1", **found[0]} if found else None


def _resource(kind: Kind) -> list[Json]:
    base: Json = {
        "name": kind.plural,
        "singularName": kind.kind.lower(),
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(VERBS),
    }
    if kind.short:
        base["shortNames"] = list(kind.short)
    shown = [base]
    for sub in kind.subresources:
        part: Json = {"name": f"{kind.plural}/{sub}", "singularName": "",
                      "namespaced": kind.namespaced, "kind": kind.kind,
                      "verbs": ["get", "patch", "update"]}  # fmt: skip
        match sub:
            case "scale":
                part |= {"group": "autoscaling", "version": "v1", "kind": "Scale"}
            case "eviction":
                part |= {"group": "policy", "version": "v1", "kind": "Eviction",
                         "verbs": ["create"]}  # fmt: skip
            case "log":
                part["verbs"] = ["get"]
            case "exec" | "portforward" | "attach":
                part |= {"kind": "PodExecOptions", "verbs": ["create", "get"]}
            case _:
                pass
        shown.append(part)
    return shown


def resources(cluster: Cluster, group: str, version: str) -> Json | None:
    """APIResourceList of a group version, or nothing."""
    named = f"{group}/{version}" if group else version
    found: list[Json] = []
    for kind in cluster.kinds.all():
        if (kind.group, kind.version) == (group, version):
            found += _resource(kind)
    if group == METRICS and cluster.settings.metrics:
        for name, kind_name in (("nodes", "NodeMetrics"), ("pods", "PodMetrics")):
            found.append({"name": name, "singularName": "", "namespaced": name == "pods",
                          "kind": kind_name, "verbs": ["get", "list"]})  # fmt: skip
    if group == "authorization.k8s.io":
        for name in ("SelfSubjectAccessReview", "SelfSubjectRulesReview"):
            found.append({"name": name.lower() + "s", "singularName": name.lower(),
                          "namespaced": False, "kind": name, "verbs": ["create"]})  # fmt: skip
    if not found and version not in _ELSE.get(group, ()):
        return None
    head: Json = {"kind": "APIResourceList"}
    head |= {"apiVersion": "v1"} if group else {}
    return {**head, "groupVersion": named, "resources": found}


CHECKS = ("ping", "log", "etcd", "informer-sync", "poststarthook/start-apiextensions-controllers",
          "poststarthook/bootstrap-controller", "shutdown")  # fmt: skip


def ready(which: str, verbose: bool) -> str:
    """The text of /readyz and its like."""
    if not verbose:
        return "ok"
    lines = "".join(f"[+]{check} ok\n" for check in CHECKS)
    return f"{lines}{which} check passed\n"
