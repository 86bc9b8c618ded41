"""A node."""

from tests.servers.kubernetes.refusal import Json

_TIME = "2026-09-21T14:13:20Z"


_CONDITIONS = {
    "MemoryPressure": "KubeletHasSufficientMemory",
    "DiskPressure": "KubeletHasNoDiskPressure",
    "PIDPressure": "KubeletHasSufficientPID",
    "Ready": "KubeletReady",
}


def node(name: str, at: int) -> Json:
    """Every tenth is of the control plane, and takes no pods."""
    first = at % 10 == 9
    labels = {
        "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": "m6i.4xlarge",
        "topology.kubernetes.io/region": "eu-central-1",
        "topology.kubernetes.io/zone": f"eu-central-1{'abc'[at % 3]}",
    }  # fmt: skip
    if first:
        labels["node-role.kubernetes.io/control-plane"] = ""
    taint = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}
    size = {"cpu": "16", "ephemeral-storage": "209702892Ki", "memory": "65843992Ki", "pods": "250"}
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": {"podCIDR": f"10.244.{at % 256}.0/24", "providerID": f"aws:///eu-central-1/i-{at:08x}",
                 **({"taints": [taint]} if first else {})},
        "status": {
            "addresses": [{"type": "InternalIP", "address": f"10.1.{at // 250}.{at % 250 + 1}"},
                          {"type": "Hostname", "address": name}],
            "allocatable": {**size, "cpu": "15890m", "memory": "62895256Ki"}, "capacity": size,
            "conditions": [
                {"type": kind, "status": str(kind == "Ready"), "lastHeartbeatTime": _TIME,
                 "lastTransitionTime": _TIME, "reason": reason, "message": reason}
                for kind, reason in _CONDITIONS.items()
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "images": [{"names": [f"registry.example.com/base/image-{i}:1.{i}"],
                        "sizeBytes": 10_000_000 * (i + 1)} for i in range(8)],
            "nodeInfo": {
                "architecture": "amd64", "bootID": f"boot-{at}", "machineID": f"machine-{at}",
                "containerRuntimeVersion": "containerd://2.1.4", "kernelVersion": "6.12.0-amd64",
                "kubeProxyVersion": "", "kubeletVersion": "v1.36.2", "operatingSystem": "linux",
                "osImage": "Debian GNU/Linux 13 (trixie)", "systemUUID": f"system-{at}",
            },
        },
    }  # fmt: skip
