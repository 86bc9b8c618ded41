"""Reads a kubeconfig with the `kubernetes` package, in a process of its own.

`python -m opsconsole.transports.kubernetes.loading KUBECONFIG CONTEXT FOLDER` prints one JSON
object (see `Loaded`), or `{"error": WHAT, "remedy": HOW}`. In a process, because a plug-in that
hangs can be ended with it, and because 35 MB of library stay out of the collector. The library
writes keys to files: they stand in the folder, which the caller removes.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypedDict, cast

REMEDY = "compare with `kubectl config view`"
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds its own."""

IN_CLUSTER = "in-cluster"
"""In the place of a kubeconfig: the service account of the pod we run in."""


class Loaded(TypedDict, total=False):
    """What is printed."""

    server: str
    authorization: str
    ca: str
    cert: str
    key: str
    insecure: bool
    server_name: str
    proxy: str
    impersonate: list[list[str]]
    """Headers: name and value."""
    expires: float
    files: list[str]


class Refused(Exception):
    """Why there is no access, and what can be done."""

    def __init__(self, what: str, remedy: str = REMEDY) -> None:
        super().__init__(what)
        self.remedy = remedy


class _Complaints(logging.Handler):
    """What the library only logs: why a plug-in gave nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _paths(kubeconfig: str) -> list[str]:
    said = kubeconfig or os.environ.get("KUBECONFIG", "") or "~/.kube/config"
    return [str(Path(one).expanduser()) for one in said.split(os.pathsep) if one]


def load(kubeconfig: str, context: str, folder: str) -> Loaded:
    """Read what these name, running a plug-in where one is named. Raises `Refused`."""
    paths = _paths(kubeconfig)
    there = [path for path in paths if Path(path).is_file()]
    inside = not kubeconfig and not there and "KUBERNETES_SERVICE_HOST" in os.environ
    if kubeconfig == IN_CLUSTER or inside:
        return _of_pod()
    if not there:
        what = f"there is no kubeconfig {' or '.join(paths)}"
        raise Refused(what, 'name one: kubeconfig = "PATH", or set KUBECONFIG')
    return _of_file(there, context, folder)


def _of_file(paths: list[str], wanted: str, folder: str) -> Loaded:
    import yaml
    from kubernetes.client.configuration import Configuration
    from kubernetes.config import kube_config
    from kubernetes.config.config_exception import ConfigException

    complaints = _Complaints()
    logging.getLogger().addHandler(complaints)
    try:
        merger = cast("Any", kube_config.KubeConfigMerger)(os.pathsep.join(paths))
        merged = merger.config
        context = _context(merged.value, wanted, paths)
        loader = cast("Any", kube_config.KubeConfigLoader)(
            merged,
            active_context=context["name"],
            config_base_path=None,  # paths in a file are meant from where it stands
            config_persister=merger.save_changes,
            temp_file_path=folder,
        )
        made = cast("Any", Configuration(proxy=""))
        loader.load_and_set(made)
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}", "may we read it?") from None
    except yaml.YAMLError as error:
        where = str(getattr(error, "problem_mark", "")).strip()
        raise Refused(f"{paths[0]}: no YAML: {where}") from None
    except ConfigException as error:
        raise Refused(str(error)) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"{' and '.join(paths)}: no kubeconfig: {error!r}") from None
    user, cluster = _entry(merged.value, "user", context), _entry(merged.value, "cluster", context)
    if "exec" in user and not (made.api_key or made.cert_file):
        raise _plugin(cast("Mapping[str, Any]", user["exec"]), complaints.said)
    return _written(made, user, cluster, paths, getattr(loader, "expiry", None), folder)


def _context(config: Mapping[str, Any], wanted: str, paths: list[str]) -> dict[str, Any]:
    """The context that is meant. Raises `Refused`, naming those there are."""
    contexts = {one["name"]: one for one in _plain(config.get("contexts"))}
    name = wanted or _current(paths)
    if name in contexts:
        return contexts[name]
    known = ", ".join(sorted(map(str, contexts))) or "none"
    what = f"no context {name!r} in {' and '.join(paths)}" if name else "no context is current"
    raise Refused(f"{what}; there are: {known}", 'name one of them: context = "NAME"')


def _current(paths: list[str]) -> str:
    """The current context: the first file that names one decides, as for kubectl."""
    import yaml

    for path in paths:
        found = yaml.safe_load(Path(path).read_text())
        said = cast("dict[str, object]", found).get("current-context") if found else None
        if said:
            return str(said)
    return ""


def _plain(entries: object) -> Iterator[dict[str, Any]]:
    for entry in cast("list[Any]", entries or []):
        yield cast("dict[str, Any]", getattr(entry, "value", entry))


def _entry(config: Mapping[str, Any], kind: str, context: Mapping[str, Any]) -> dict[str, Any]:
    name = cast("dict[str, object]", context.get("context") or {}).get(kind)
    for entry in _plain(config.get(f"{kind}s")):
        if entry.get("name") == name:
            return cast("dict[str, Any]", entry.get(kind) or {})
    return {}


def _plugin(plugin: Mapping[str, Any], said: list[str]) -> Refused:
    command = str(plugin.get("command", ""))
    why = " ".join((said or ["it gave neither token nor certificate"])[-1].split())
    if "No such file" in why:
        hint = str(plugin.get("installHint") or "").strip() or f"install {command}, or mend PATH"
        return Refused(f"the plug-in {command} is not there", hint)
    return Refused(f"the plug-in {command} failed: {why}", "run it by hand; must you log in anew?")


def _written(
    made: Any,
    user: Mapping[str, Any],
    cluster: Mapping[str, Any],
    paths: list[str],
    expiry: Any,
    folder: str,
) -> Loaded:
    used = [made.ssl_ca_cert, made.cert_file, made.key_file]
    if token := user.get("tokenFile"):
        used += [str(Path(path).absolute().parent / str(token)) for path in paths]
    kept = [one for one in used if one and not str(one).startswith(folder)]
    return Loaded(
        server=str(made.host),
        authorization=_one_line(made.api_key.get("BearerToken", "")),
        ca=_text(made.ssl_ca_cert),
        cert=_text(made.cert_file),
        key=_text(made.key_file),
        insecure=not made.verify_ssl,
        server_name=str(made.tls_server_name or ""),
        proxy=str(cluster.get("proxy-url") or ""),
        impersonate=list(_impersonated(user)),
        expires=expiry.timestamp() if expiry else 0.0,
        files=[*paths, *map(str, kept)],
    )


def _impersonated(user: Mapping[str, Any]) -> Iterator[list[str]]:
    if name := user.get("as"):
        yield ["Impersonate-User", str(name)]
    if uid := user.get("as-uid"):
        yield ["Impersonate-Uid", str(uid)]
    for group in cast("list[object]", user.get("as-groups") or []):
        yield ["Impersonate-Group", str(group)]
    for key, values in cast("dict[str, list[object]]", user.get("as-user-extra") or {}).items():
        for value in values:
            yield [f"Impersonate-Extra-{key}", str(value)]


def _of_pod() -> Loaded:
    from kubernetes.client.configuration import Configuration
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.incluster_config import InClusterConfigLoader

    made = cast("Any", Configuration(proxy=""))
    token, ca = str(ACCOUNT / "token"), str(ACCOUNT / "ca.crt")
    try:
        loader = cast("Any", InClusterConfigLoader)(token, ca, try_refresh_token=False)
        loader.load_and_set(made)
    except (ConfigException, OSError) as error:
        raise Refused(f"no service account of a pod: {error}", "name a kubeconfig") from None
    return Loaded(
        server=str(made.host),
        authorization=_one_line(made.api_key.get("BearerToken", "")),
        ca=_text(ca),
        files=[token, ca],
    )


def _one_line(header: str) -> str:
    """A token's file ends with a line end, and in a pod the word before it is not capital."""
    word, _, rest = header.strip().partition(" ")
    return f"{word.capitalize()} {rest.strip()}" if rest else header.strip()


def _text(path: str | None) -> str:
    return Path(path).read_text() if path else ""


def main(argv: list[str], write: Callable[[str], object]) -> None:
    """Load, and write what came of it as one JSON object."""
    kubeconfig, context, folder = argv
    try:
        write(json.dumps(load(kubeconfig, context, folder)))
    except Refused as error:
        write(json.dumps({"error": str(error), "remedy": error.remedy}))
    except ImportError as error:
        what = f"the Kubernetes library is not usable: {error}"
        write(json.dumps({"error": what, "remedy": "pip install 'opsconsole[kubernetes]'"}))


if __name__ == "__main__":
    _answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    main(sys.argv[1:], _answers.write)
    _answers.close()
