"""Kubeconfig files with every usual way to sign in."""

import base64
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any  # values of JSON have no narrower type here

import yaml

from tests.servers.kubernetes.access import ADMIN
from tests.servers.kubernetes.refusal import Json

_PLUGIN = '''"""A credential plugin: the token stands in a file; each call is noted in another."""

import json
import os
import sys

folder, name = sys.argv[1:3]
with open(os.path.join(folder, name + ".calls"), "a") as calls:
    calls.write(os.environ.get("KUBERNETES_EXEC_INFO", "") + "\\n")
with open(os.path.join(folder, name + ".token")) as file:
    status = {"token": file.read().strip()}
expires = os.path.join(folder, name + ".expires")
if os.path.exists(expires):
    with open(expires) as file:
        status["expirationTimestamp"] = file.read().strip()
version = "client.authentication.k8s.io/v1"
print(json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status}))
'''


@dataclass(frozen=True, slots=True)
class Login:
    """One context.

    `how` is `token`, `file` (tokenFile: NAME.token beside the kubeconfig), `exec` (a plugin that
    prints NAME.token, with NAME.expires if that is there, and notes each call in NAME.calls),
    `certificate` (files), `data` (the same inline) or `none`.
    """

    name: str = "fake"
    how: str = "token"
    token: str = ADMIN
    namespace: str = ""
    files: tuple[Path, Path] | None = None
    """Of a client certificate and its key."""
    cluster: Json = field(default_factory=dict[str, Any])
    """More keys of its cluster, such as insecure-skip-tls-verify; None takes one away."""


def _user(folder: Path, login: Login) -> Json:
    path = folder / f"{login.name}.token"
    match login.how:
        case "token":
            return {"token": login.token}
        case "file":
            path.write_text(login.token)
            return {"tokenFile": str(path)}
        case "exec":
            path.write_text(login.token)
            script = folder / "credentials.py"
            script.write_text(_PLUGIN)
            return {"exec": {
                "apiVersion": "client.authentication.k8s.io/v1", "command": sys.executable,
                "args": [str(script), str(folder), login.name], "interactiveMode": "Never",
                "provideClusterInfo": False, "env": None,
            }}  # fmt: skip
        case "certificate" | "data":
            assert login.files is not None
            keys = ("client-certificate", "client-key")
            if login.how == "certificate":
                return dict(zip(keys, map(str, login.files), strict=True))
            raw = [base64.b64encode(file.read_bytes()).decode() for file in login.files]
            return {f"{key}-data": data for key, data in zip(keys, raw, strict=True)}
        case _:
            return {}


def written(path: Path, url: str, ca: Path | None, logins: Sequence[Login], current: str) -> Path:
    """Write the file and what belongs to it into the same folder."""
    clusters: list[Json] = []
    for login in logins:
        cluster: Json = {"server": url}
        cluster |= {"certificate-authority": str(ca)} if ca else {}
        cluster |= login.cluster
        told = {key: value for key, value in cluster.items() if value is not None}
        clusters.append({"name": f"{login.name}-cluster", "cluster": told})
    contexts: list[Json] = []
    for login in logins:
        context = {"cluster": f"{login.name}-cluster", "user": f"{login.name}-user"}
        context |= {"namespace": login.namespace} if login.namespace else {}
        contexts.append({"name": login.name, "context": context})
    users = [{"name": f"{each.name}-user", "user": _user(path.parent, each)} for each in logins]
    config: Json = {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "clusters": clusters,
        "contexts": contexts,
        "users": users,
        "current-context": current or logins[0].name,
    }
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    path.chmod(0o600)
    return path
