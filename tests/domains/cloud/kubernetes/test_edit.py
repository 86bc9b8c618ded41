"""An object is edited in an editor, shown, and stored as it was edited, at the version it had."""

import io
import itertools
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from opsconsole.cli.editing import Draft, run_edit
from opsconsole.domains.cloud.kubernetes.action.edit import definition, difference
from opsconsole.domains.cloud.kubernetes.text.resources import called
from opsconsole.errors import Refused, UsageError
from opsconsole.executor import run
from tests.domains.cloud.kubernetes.scene import Operator
from tests.servers.kubernetes import ADMIN, Kubernetes
from tests.servers.kubernetes.refusal import Json

_NAMES = (f"edited-{at}" for at in itertools.count())
Edit = Callable[..., int]


@pytest.fixture
def edit(cluster: Kubernetes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Edit:
    """Run the front door with an editor that replaces one text by another."""
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(tmp_path / "audit"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(run, "POLL", 0.03)
    token, estate = tmp_path / "token", tmp_path / "estate.toml"
    token.write_text(ADMIN)
    token.chmod(0o600)
    estate.write_text(
        f'[target.prod]\nkind = "kubernetes"\nserver = "{cluster.base_url}"\n'
        f'token = {{ file = "{token}" }}\nlabels = {{ env = "dev" }}\n'
    )
    editor = tmp_path / "editor.py"
    editor.write_text(
        "import pathlib, sys\nold, new, path = sys.argv[1:]\nfile = pathlib.Path(path)\n"
        "text = file.read_text()\nassert old in text, text\n"
        "file.write_text(text.replace(old, new))\n"
    )

    def edited(name: str, old: str, new: str, said: str = "", source: Path | None = None) -> int:
        monkeypatch.setenv("VISUAL", f"{sys.executable} {editor} '{old}' '{new}'")
        monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        return run_edit(Draft(estate, "prod", name, "as told", source))

    return edited


def settings(cluster: Kubernetes, **data: str) -> tuple[str, str]:
    """A new config map, and how it is named to the front door."""
    name = next(_NAMES)
    cluster.add({"apiVersion": "v1", "kind": "ConfigMap", "data": data,
                 "metadata": {"name": name, "namespace": "default"}})  # fmt: skip
    return name, f"configmap/default/{name}"


def stored(cluster: Kubernetes, name: str) -> Json:
    found: Json = cluster.control("get", of="configmaps", namespace="default", name=name)
    return found


def test_what_was_edited_is_stored(
    cluster: Kubernetes, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    name, place = settings(cluster, level="low", gone="x", text="a\nb\n")
    assert edit(place, "level: low", "level: high", f"{place}\n") == 0
    assert stored(cluster, name)["data"] == {"level": "high", "gone": "x", "text": "a\nb\n"}
    out = capsys.readouterr().out
    assert "preview -  level: low" in out
    assert "preview +  level: high" in out
    assert "verified: another definition is stored" in out
    asked = [line for line in cluster.paths() if name in line and line.startswith("PATCH")]
    assert [("dryRun=All" in line) for line in asked] == [True, False]
    assert edit(place, "  gone: x\n", "", f"{place}\n") == 0
    assert stored(cluster, name)["data"] == {"level": "high", "text": "a\nb\n"}


def test_without_a_yes_nothing_is_stored(
    cluster: Kubernetes, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    name, place = settings(cluster, level="low")
    before = stored(cluster, name)
    assert edit(place, "level: low", "level: high", "no\n") == 3
    assert edit(place, "level: low", "level: low") == 0
    assert "nothing was changed" in capsys.readouterr().err
    for new in ("level: [", "level: 2026-01-01", "level: *x"):
        with pytest.raises(UsageError, match="no YAML of an object"):
            edit(place, "level: low", new)
    assert edit(place, f"name: {name}", "name: other", "y\n") == 3
    assert "metadata.name is what tells it from others" in capsys.readouterr().err
    assert edit(place, "level: low", "level: {a: b}", "y\n") in {3, 4}
    assert stored(cluster, name) == before


def test_what_cannot_be_edited_here(edit: Edit, cluster: Kubernetes) -> None:
    places = {"default/x": "knows no kind 'default'", "nonsense": "is no KIND", "a/b/c/d": "KIND/N"}
    secrets = dict.fromkeys(("secret/default/x", "secrets.v1./default/x"), "would stand in the aud")
    places |= secrets | {"configmap/x": "named as KIND/NAMESPACE", "node/d/x": "named as KIND/NAME"}
    for place, why in places.items():
        with pytest.raises(UsageError, match=why):
            edit(place, "a", "b")
    assert edit("configmap/default/nobody", "a", "b") in {3, 4}
    assert edit("gizmos.v1.nowhere.example/default/x", "a", "b") in {3, 4}


def kept(said: str) -> Path:
    """Where the edited text is, by what was told."""
    (line,) = [line for line in said.splitlines() if "is kept in " in line]
    return Path(line.partition("is kept in ")[2].partition(":")[0])


def test_what_a_server_refuses_is_told_and_the_text_is_kept(
    cluster: Kubernetes, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    name = next(_NAMES)
    spec = {"containers": [{"name": "c", "image": "x:1"}], "nodeSelector": {"disk": "fast"}}
    meta = {"name": name, "namespace": "default"}
    cluster.add({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec})
    place = f"pod/default/{name}"
    assert edit(place, "disk: fast", "disk: slow") == 3
    said = capsys.readouterr().err
    assert "may not change fields other than `spec.containers[*].image`" in said
    assert "(allow it to be set to 1 if it was previously negative)" in said
    assert "disk: slow" in kept(said).read_text()
    assert edit(place, "disk: slow", "disk: fast", source=kept(said)) == 0
    assert edit(place, "image: x:1", "image: x:2", f"{place}\n") == 0
    assert "is kept" not in capsys.readouterr().err
    stored = cluster.control("get", of="pods", namespace="default", name=name)
    assert stored["spec"]["containers"][0]["image"] == "x:2"


def test_a_node_and_what_the_cluster_was_taught(cluster: Kubernetes, edit: Edit) -> None:
    node = "node/node-001"
    assert edit(node, "labels:\n", "labels:\n    rack: b7\n", f"{node}\n") == 0
    found = cluster.control("get", of="nodes", namespace="", name="node-001")
    assert found["metadata"]["labels"]["rack"] == "b7"
    cluster.add(gizmos(), gizmo("g"))
    for place, old, new in (
        ("gizmos.v1.edited.example/default/g", "1", "2"),
        ("gz/default/g", "2", "3"),
        ("Gizmo/default/g", "3", "4"),
        ("gizmos.edited.example/default/g", "4", "5"),
    ):
        assert edit(place, f"size: {old}", f"size: {new}", f"{place}\n") == 0
    found = cluster.control("get", of="gizmos", namespace="default", name="g")
    assert found["spec"] == {"size": 5}


def test_a_word_that_means_several_kinds_is_none() -> None:
    lines = [
        "NAMED IN OBJECT SHORT",
        "pods.v1. namespaces Pod po",
        "gizmos.v1.a.example namespaces Gizmo gz",
        "gizmos.v1beta1.a.example namespaces Gizmo gz",
        "pods.v1beta1.metrics.k8s.io namespaces PodMetrics",
        "gizmos.v2.b.example cluster Gizmo",
        "pods.v1.c.example cluster Pod",
    ]
    both = [("gizmos.v1.a.example", True), ("gizmos.v2.b.example", False)]
    assert called(lines, "gizmos") == called(lines, "GIZMO") == both
    assert called(lines, "gz") == called(lines, "gizmos.a.example") == both[:1]
    assert called(lines, "pod") == called(lines, "po") == [("pods.v1.", True)]
    assert called(lines, "pods.c.example") == [("pods.v1.c.example", False)]
    assert called(lines, "things") == []


def test_which_of_several_kinds_is_meant_has_to_be_said(cluster: Kubernetes, edit: Edit) -> None:
    for group in ("one.edited", "two.edited"):
        names = {"plural": "sprockets", "kind": "Sprocket"}
        version = {"name": "v1", "served": True, "storage": True}
        cluster.add({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                     "metadata": {"name": f"sprockets.{group}"},
                     "spec": {"group": group, "names": names, "versions": [version]}})  # fmt: skip
    with pytest.raises(UsageError, match=r"several kinds: .*sprockets\.v1\.one\.edited or "):
        edit("sprocket/default/g", "1", "2")


def gizmos() -> Json:
    """A kind of a test's own."""
    names = {"plural": "gizmos", "kind": "Gizmo", "shortNames": ["gz"]}
    version = {"name": "v1", "served": True, "storage": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gizmos.edited.example"},
        "spec": {"group": "edited.example", "names": names, "versions": [version]},
    }


def gizmo(name: str) -> Json:
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "edited.example/v1", "kind": "Gizmo", "metadata": meta,
            "spec": {"size": 1}}  # fmt: skip


async def test_another_status_is_no_change_of_what_is_edited(one: Operator) -> None:
    meta = {"name": "web", "namespace": one.space}
    await one.add({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {}})
    thing = await one.thing("services", "web")
    before = await one.stored("services", "web")
    told = {"version": before["metadata"]["resourceVersion"], "definition": definition(before)}
    await one.change("services", "web", {"status": {"loadBalancer": {"ingress": []}}})
    patch = '{"metadata":{"labels":{"a":"1"}}}'
    await one.plan("edit", thing, patch=patch, **told)
    await one.change("services", "web", {"metadata": {"labels": {"b": "theirs"}}})
    with pytest.raises(Refused, match="it was changed meanwhile"):
        await one.plan("edit", thing, patch=patch, **told)


async def test_a_change_of_another_one_meanwhile_is_not_lost(one: Operator) -> None:
    meta = {"name": "c", "namespace": one.space}
    await one.add({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"a": "1"}})
    thing = await one.thing("configmaps", "c")
    version = (await one.stored("configmaps", "c"))["metadata"]["resourceVersion"]
    body = await one.propose("edit", thing, patch='{"data":{"a":"2"}}', version=version)
    await one.change("configmaps", "c", {"data": {"b": "theirs"}})
    outcome = await one.approved(body)
    assert (await one.stored("configmaps", "c"))["data"]["a"] == "1", outcome
    with pytest.raises(Refused, match="it was changed meanwhile"):
        await one.plan("edit", thing, patch='{"data":{"a":"2"}}', version=version)
    bad = {"{}": "nothing is changed", '{"kind":"Pod"}': "kind cannot", '{"status":{}}': "status"}
    bad |= {'{"metadata":{"uid":"x"}}': "metadata.uid", "[]": "merge patch", "{": "merge patch"}
    for patch, why in bad.items():
        with pytest.raises(Refused, match=why):
            await one.plan("edit", thing, patch=patch)


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1, "b": {"c": 1, "d": 2}}, {"b": {"c": 1, "d": 3}}, {"a": None, "b": {"d": 3}}),
        ({"a": [1, 2]}, {"a": [2]}, {"a": [2]}),
        ({"a": {"b": 1}}, {"a": "x", "n": {}}, {"a": "x", "n": {}}),
        ({"a": None}, {"a": None}, {}),
    ],
)
def test_what_differs_as_a_merge_patch(before: Json, after: Json, patch: Json) -> None:
    assert difference(before, after) == patch
