"""An object is edited in an editor, shown, and stored as it was edited, at the version it had."""

import io
import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from opsconsole.cli.editing import Draft, run_edit
from opsconsole.domains.cloud.kubernetes.action.edit import difference
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

    def edited(name: str, old: str, new: str, said: str = "") -> int:
        monkeypatch.setenv("VISUAL", f"{sys.executable} {editor} '{old}' '{new}'")
        monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        return run_edit(Draft(estate, "prod", name, "as told"))

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
    for place in ("default/x", "nonsense", "a/b/c/d", "secret/default/x"):
        with pytest.raises(UsageError):
            edit(place, "a", "b")
    assert edit("configmap/default/nobody", "a", "b") in {3, 4}
    assert edit("nonsense/default/x", "a", "b") == 3


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
