"""The resources it serves, by group and version; a test may register more as CRDs."""

from dataclasses import dataclass, field

from tests.servers.kubernetes.refusal import Json

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    generation: bool = False
    """Whether `metadata.generation` counts changes of the spec."""
    graceful: bool = False
    columns: tuple[Json, ...] = field(default=(), hash=False, compare=False)
    """additionalPrinterColumns of a CRD."""
    custom: bool = False

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def head(self) -> bytes:
        """How each object of it begins in JSON."""
        return b'{"kind":"%s","apiVersion":"%s",' % (self.kind.encode(), self.api_version.encode())


_POD = ("attach", "binding", "eviction", "exec", "log", "portforward", "status")
_STATUS = ("status",)
_SCALED = ("status", "scale")


def _core(
    plural: str, kind: str, *short: str, sub: tuple[str, ...] = (), spaced: bool = True,
    generation: bool = False, graceful: bool = False,
) -> Kind:  # fmt: skip
    return Kind("", "v1", plural, kind, spaced, short, sub, generation, graceful)


def _of(
    group: str, plural: str, kind: str, *short: str, sub: tuple[str, ...] = (),
    version: str = "v1", spaced: bool = True, generation: bool = False,
) -> Kind:  # fmt: skip
    return Kind(group, version, plural, kind, spaced, short, sub, generation)


_RBAC, _STORAGE, _NET = "rbac.authorization.k8s.io", "storage.k8s.io", "networking.k8s.io"
KINDS = (
    _core("pods", "Pod", "po", sub=_POD, generation=True, graceful=True),
    _core("nodes", "Node", "no", sub=_STATUS, spaced=False),
    _core("namespaces", "Namespace", "ns", sub=("finalize", "status"), spaced=False),
    _core("events", "Event", "ev"),
    _core("services", "Service", "svc", sub=_STATUS),
    _core("endpoints", "Endpoints", "ep"),
    _core("configmaps", "ConfigMap", "cm"),
    _core("secrets", "Secret"),
    _core("serviceaccounts", "ServiceAccount", "sa"),
    _core("persistentvolumeclaims", "PersistentVolumeClaim", "pvc", sub=_STATUS),
    _core("persistentvolumes", "PersistentVolume", "pv", sub=_STATUS, spaced=False),
    _core("resourcequotas", "ResourceQuota", "quota", sub=_STATUS),
    _core("limitranges", "LimitRange", "limits"),
    _core("replicationcontrollers", "ReplicationController", "rc", sub=_SCALED, generation=True),
    _of("apps", "deployments", "Deployment", "deploy", sub=_SCALED, generation=True),
    _of("apps", "replicasets", "ReplicaSet", "rs", sub=_SCALED, generation=True),
    _of("apps", "statefulsets", "StatefulSet", "sts", sub=_SCALED, generation=True),
    _of("apps", "daemonsets", "DaemonSet", "ds", sub=_STATUS, generation=True),
    _of("apps", "controllerrevisions", "ControllerRevision"),
    _of("batch", "jobs", "Job", sub=_STATUS, generation=True),
    _of("batch", "cronjobs", "CronJob", "cj", sub=_STATUS, generation=True),
    _of(_NET, "ingresses", "Ingress", "ing", sub=_STATUS, generation=True),
    _of(_NET, "networkpolicies", "NetworkPolicy", "netpol", generation=True),
    _of("autoscaling", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa", sub=_STATUS,
        version="v2"),
    _of("policy", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", sub=_STATUS,
        generation=True),
    _of("discovery.k8s.io", "endpointslices", "EndpointSlice", generation=True),
    _of("coordination.k8s.io", "leases", "Lease"),
    _of("scheduling.k8s.io", "priorityclasses", "PriorityClass", "pc", spaced=False),
    _of(_STORAGE, "storageclasses", "StorageClass", "sc", spaced=False),
    _of(_RBAC, "roles", "Role"),
    _of(_RBAC, "rolebindings", "RoleBinding"),
    _of(_RBAC, "clusterroles", "ClusterRole", spaced=False),
    _of(_RBAC, "clusterrolebindings", "ClusterRoleBinding", spaced=False),
    _of("apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", "crd",
        "crds", sub=_STATUS, spaced=False, generation=True),
)  # fmt: skip


class Kinds:
    """All resources there are."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[str, str, str], Kind] = {}
        for kind in KINDS:
            self.add(kind)

    def add(self, kind: Kind) -> None:
        self._by_place[kind.group, kind.version, kind.plural] = kind

    def remove(self, kind: Kind) -> None:
        del self._by_place[kind.group, kind.version, kind.plural]

    def at(self, group: str, version: str, plural: str) -> Kind | None:
        return self._by_place.get((group, version, plural))

    def all(self) -> list[Kind]:
        return list(self._by_place.values())

    def named(self, name: str) -> Kind:
        """By its plural or kind; for tests and controllers, which know what they want."""
        for kind in self._by_place.values():
            if name in {kind.plural, kind.kind, kind.qualified}:
                return kind
        raise KeyError(name)

    def groups(self) -> dict[str, list[str]]:
        """Versions by group, without the core group, in order of appearance."""
        found: dict[str, list[str]] = {}
        for kind in self._by_place.values():
            if kind.group and kind.version not in found.setdefault(kind.group, []):
                found[kind.group].append(kind.version)
        return found


def custom(definition: Json) -> list[Kind]:
    """The resources that a CustomResourceDefinition brings."""
    spec = definition["spec"]
    names = spec["names"]
    found: list[Kind] = []
    for version in spec["versions"]:
        if not version.get("served", True):
            continue
        sub = version.get("subresources", {})
        found.append(
            Kind(
                spec["group"],
                version["name"],
                names["plural"],
                names["kind"],
                spec.get("scope", "Namespaced") == "Namespaced",
                tuple(names.get("shortNames", ())),
                tuple(each for each in ("status", "scale") if each in sub),
                generation=True,
                columns=tuple(version.get("additionalPrinterColumns", ())),
                custom=True,
            )
        )
    return found
