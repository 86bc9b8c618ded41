"""Delete an object of any kind: the one that was seen, with what it owns or without."""

from functools import partial

import pytest

from opsconsole.clean import Clean
from opsconsole.errors import Refused
from opsconsole.plan import Ended, Thing, Tier
from tests.domains.cloud.kubernetes.scene import Operator, eventually, workload
from tests.servers.kubernetes.refusal import Json

GROUP = "deleted.example"


def definition(plural: str, scope: str) -> Json:
    version = {"name": "v1", "served": True, "storage": True}
    names = {"plural": plural, "kind": plural.removesuffix("s").title()}
    spec = {"group": GROUP, "scope": scope, "names": names, "versions": [version]}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{GROUP}"}, "spec": spec}  # fmt: skip


def made(kind: str, name: str, space: str = "", **meta: object) -> Json:
    where = {"namespace": space} if space else {}
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": name, **where, **meta}}


async def thing(one: Operator, kind: str, name: str, space: str = "") -> Thing:
    """A row of a list of objects: cluster-wide ones have an empty namespace there."""
    plural, _, rest = kind.partition(".")
    group = rest.partition(".")[2]
    found = await one.stored(f"{plural}.{group}" if group else plural, name, space)
    pins = {"name": name, "namespace": space, "kind": kind, "uid": found["metadata"]["uid"]}
    return Thing("prod", tuple(pins.items()), Clean(name))


async def test_objects_of_custom_kinds_in_a_namespace_and_without(one: Operator) -> None:
    await one.add(definition("widgets", "Namespaced"), definition("belts", "Cluster"))
    await one.add(made("Widget", "a", one.space), made("Belt", one.space))
    widget = await thing(one, f"widgets.v1.{GROUP}", "a", one.space)
    belt = await thing(one, f"belts.v1.{GROUP}", one.space)
    plan = await one.plan("delete-object", widget)
    assert plan.tier is Tier.WITNESS
    assert plan.items[0].preview == "dry run: the API server would take it"
    for each in (widget, belt):
        assert (await one.do("delete-object", each)).ended is Ended.VERIFIED
    assert await one.control("list", of=f"widgets.{GROUP}", namespace=one.space) == []
    assert await one.control("list", of=f"belts.{GROUP}") == []


async def test_another_one_of_the_same_name_stays(one: Operator) -> None:
    await one.add(definition("widgets", "Namespaced"), made("Widget", "b", one.space))
    old = await thing(one, f"widgets.v1.{GROUP}", "b", one.space)
    await one.control("remove", of=f"widgets.{GROUP}", namespace=one.space, name="b")
    await one.add(made("Widget", "b", one.space))
    with pytest.raises(Refused, match="b is not the same any more: uid was"):
        await one.plan("delete-object", old)
    assert await one.stored(f"widgets.{GROUP}", "b")


async def test_what_it_owns_goes_or_stays(one: Operator) -> None:
    for name, dependents in (("with", "yes"), ("bare", "no")):
        await one.add(workload("ReplicaSet", name, one.space, replicas=1))
        owner = await thing(one, "replicasets.v1.apps", name, one.space)
        await eventually(partial(one.pods, name))
        outcome = await one.do("delete-object", owner, dependents=dependents)
        assert outcome.ended is Ended.VERIFIED, outcome

    async def went() -> bool:
        return not await one.pods("with")

    await eventually(went)
    (kept,) = await one.pods("bare")
    assert not kept["metadata"].get("ownerReferences")


async def test_what_holds_it_is_named_and_it_is_not_deleted_twice(one: Operator) -> None:
    await one.add(definition("widgets", "Namespaced"))
    await one.add(made("Widget", "h", one.space, finalizers=["deleted.example/hold"]))
    held = await thing(one, f"widgets.v1.{GROUP}", "h", one.space)
    plan = await one.plan("delete-object", held)
    assert "first deleted.example/hold must let it go" in plan.items[0].effect
    ends = {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}}
    await one.change(f"widgets.{GROUP}", "h", ends)
    with pytest.raises(Refused, match=r"being deleted already.*held by deleted\.example/hold"):
        await one.plan("delete-object", held)


async def test_what_goes_with_a_namespace_is_said(one: Operator) -> None:
    await one.add({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": one.space}})
    space = await thing(one, "namespaces.v1.", one.space)
    plan = await one.plan("delete-object", space)
    assert "all that is in it goes with it" in plan.items[0].effect


@pytest.mark.parametrize("kind", ["", "../pods", "a b.v1.x"])
async def test_a_kind_that_is_none_is_refused(one: Operator, kind: str) -> None:
    pins = {"name": "a", "namespace": one.space, "kind": kind, "uid": "u"}
    with pytest.raises(Refused, match=r"KIND/NAMESPACE/NAME|is no kind"):
        await one.plan("delete-object", Thing("prod", tuple(pins.items()), Clean("a")))
