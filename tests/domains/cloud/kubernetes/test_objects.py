"""Lists of a kind that somebody chose: one at a time, with the columns that the server prints."""

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest

from opsconsole.domains.cloud.kubernetes import objects
from opsconsole.domains.cloud.kubernetes.objects import CELLS, HEADS, OBJECT
from opsconsole.errors import Malformed
from opsconsole.model import Row, State
from opsconsole.turn import Phase, framed
from tests.domains.cloud.kubernetes.scene import eventually
from tests.domains.cloud.kubernetes.test_live import Heard, watched
from tests.servers.kubernetes import Kubernetes
from tests.servers.kubernetes.refusal import Json

TRINKETS, ZONES = "trinkets.v1.listed.example", "zones.v1.listed.example"
KIND = b"gadgets.v1.example.com\n"


def definition(plural: str, scope: str, *columns: Json) -> Json:
    version = {"name": "v1", "served": True, "storage": True, "additionalPrinterColumns": columns}
    names = {"plural": plural, "kind": plural.removesuffix("s").title()}
    spec = {"group": "listed.example", "scope": scope, "names": names, "versions": [version]}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.listed.example"}, "spec": spec}  # fmt: skip


def column(name: str, path: str, **more: object) -> Json:
    return {"name": name, "type": "string", "jsonPath": path, **more}


def trinket(name: str, size: int) -> Json:
    meta = {"name": name, "namespace": "default"}
    return {"apiVersion": "listed.example/v1", "kind": "Trinket", "metadata": meta,
            "spec": {"size": size, "note": "n"}}  # fmt: skip


def said(heard: Heard) -> list[Row]:
    """Kind, name and the second cell of each object."""
    rows = heard.said("kubernetes.object")
    return [(one["kind"], one["name"], one["c2"]) for one in rows]  # type: ignore[misc]


async def test_one_kind_at_a_time_is_watched_and_only_while_it_is_looked_at(
    cluster: Kubernetes, tmp_path: Path
) -> None:
    size = column("Size", ".spec.size", type="integer")
    note = column("Note", ".spec.note", priority=1)
    zone: Json = {"apiVersion": "listed.example/v1", "kind": "Zone", "metadata": {"name": "north"}}
    await asyncio.to_thread(
        cluster.add,
        definition("trinkets", "Namespaced", size, note),
        definition("zones", "Cluster"),
        trinket("a", 1),
        trinket("b", 2),
        zone,
    )
    probes = ("kubernetes.object", "kubernetes.object-heads")
    async with watched(cluster, tmp_path) as heard:
        heard.look(*probes, kind=TRINKETS)
        both = [(TRINKETS, "a", "1"), (TRINKETS, "b", "2")]
        await heard.until(lambda: said(heard) == both)
        (heads,) = heard.said("kubernetes.object-heads")
        assert [heads[key] for key in ("c1", "c2", "c3", "wide")] == ["", "SIZE", "NOTE", "c3"]
        await change(cluster, "b", 3)
        await heard.until(lambda: said(heard) == [both[0], (TRINKETS, "b", "3")])
        assert await only(cluster, "trinkets")
        heard.look(*probes, kind=ZONES)
        await heard.until(lambda: [one[:2] for one in said(heard)] == [(ZONES, "north")])
        assert heard.said("kubernetes.object-heads")[0]["subject"] == ZONES
        await heard.until(lambda: heard.state("kubernetes.object") is State.LIVE)
        await eventually(partial(only, cluster, "zones"))
        gone = {"of": "customresourcedefinitions", "name": "zones.listed.example"}
        await asyncio.to_thread(cluster.control, "remove", namespace="", **gone)
        await heard.until(lambda: heard.state("kubernetes.object") is State.FAULT)
        assert said(heard) == [], "a kind that goes takes its objects along"


async def only(cluster: Kubernetes, plural: str) -> bool:
    """Whether of these kinds that one alone is watched."""
    open_ = await asyncio.to_thread(cluster.control, "watches")
    mine = [one.partition("?")[0] for one in open_ if "listed.example" in one]
    return {one.rpartition("/")[2] for one in mine} == {plural}


async def change(cluster: Kubernetes, name: str, size: int) -> None:
    patch = {"spec": {"size": size}}
    await asyncio.to_thread(cluster.change, "trinkets.listed.example", "default", name, patch)


async def test_without_a_choice_nothing_is_asked(cluster: Kubernetes, tmp_path: Path) -> None:
    async with watched(cluster, tmp_path) as heard:
        heard.look("kubernetes.object", kind="../secrets")
        await heard.until(lambda: heard.state("kubernetes.object") is State.FAULT)
        fault = heard.store.state("kubernetes.object", "prod").fault
        assert fault is not None
        assert "'../secrets' is no kind" in fault.message
    assert not any("/secrets" in one and "../" in one for one in cluster.paths())


def page(names: list[str], cells: list[object], **meta: object) -> bytes:
    body = {
        "columnDefinitions": [{"name": name, "type": "string"} for name in names],
        "rows": [{"cells": cells, "object": {"metadata": {"name": "x", **meta}}}],
    }
    return framed(Phase.FIRST, KIND + json.dumps(body).encode())


def test_more_columns_than_are_shown_and_fewer_cells_than_columns() -> None:
    many = [f"Column {at}" for at in range(40)]
    payload = page(many, list(range(40)))
    (row,) = OBJECT.rows(OBJECT.read(payload), None)
    assert row[3 : 3 + CELLS] == tuple(str(at) for at in range(CELLS))
    (heads,) = HEADS.rows(HEADS.read(payload), None)
    assert heads[:CELLS] == tuple(f"COLUMN {at}" for at in range(CELLS))
    (row,) = OBJECT.rows(OBJECT.read(page(many, [None, True])), None)
    assert row[3:6] == ("", "true", "")


def test_a_hostile_table_makes_harmless_rows() -> None:
    odd: list[object] = ["\x1b[2J" * 99, {"a": ["\x1b"]}, 1e300, "x" * 9999, "a\nb\x1f"]
    payload = page(["\x1b[31m" * 50, "", "Age"], odd, namespace="\x1b[0m", labels={"k": "\x07"})
    (row,) = OBJECT.rows(OBJECT.read(payload), None)
    (heads,) = HEADS.rows(HEADS.read(payload), None)
    for value in (*row, *heads):
        text = str(value)
        assert len(text) <= 400
        assert text.isprintable()
    assert heads[2] == "", "an age that is printed stands still"


@pytest.mark.parametrize("body", [b"", b"[", b'{"rows":1,"columnDefinitions":1}', b"\xff\xfe"])
def test_what_is_no_table_is_said(body: bytes) -> None:
    payload = framed(Phase.FIRST, KIND + body)
    for probe in (OBJECT, HEADS):
        with pytest.raises(Malformed):
            probe.read(payload)


def test_what_went_is_told_by_its_key() -> None:
    event = {"type": "DELETED", "object": {"rows": [
        {"cells": ["x"], "object": {"metadata": {"name": "x", "namespace": "n"}}}
    ]}}  # fmt: skip
    turn = objects.read(framed(Phase.EVENTS, KIND + json.dumps(event).encode()))
    (row,) = objects.rows(turn.departed, None)
    assert row[:3] == ("gadgets.v1.example.com", "n", "x")
    assert objects.read_heads(framed(Phase.EVENTS, KIND)).put == ()
