"""What answers of clouds have in common, and the columns that all instances share."""

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.domains.cloud import instance, value
from opsconsole.domains.cloud.instance import Instance


def test_tags_of_all_shapes() -> None:
    assert value.protected({"Protected": ""})
    assert value.protected({"protected": "true"})
    assert not value.protected({"protected": "False"})
    assert not value.protected({"x": "protected"})
    assert value.tags({"a": 1, "b": None}) == {"a": "1", "b": ""}
    assert value.tags(["web", 3, "owner:shop"]) == {"web": "", "owner": "shop"}
    assert value.listed({"b": "", "a": "1"}) == "a=1, b"
    assert value.moment("2025-11-24T16:00:00") == 1_764_000_000.0
    assert value.moment("9" * 20) is None
    assert value.age(100.0, 105.0) is None
    assert value.number(float("nan")) is None


def test_an_instance_has_the_same_columns_in_all_kinds() -> None:
    one = Instance(Clean("i"), Clean("n"), Clean("running"), Clean("r"), launched=10.0,
                   tags={"Owner": "shop", "protected": ""})  # fmt: skip
    probes = [registry.probes()[name] for name in ("aws.instance", "cloud.instance")]
    shapes = {
        tuple((one.key, one.title, one.quantity) for one in probe.columns) for probe in probes
    }
    assert len(shapes) == 1
    row = dict(zip((key for key, _, _ in shapes.pop()), instance.row(one, 70.0), strict=True))
    assert (row["age_s"], row["owner"], row["protected"]) == (60.0, "shop", True)
    assert one.runs
    assert all(probe.key == instance.KEY for probe in probes)
