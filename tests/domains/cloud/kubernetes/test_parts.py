"""What many pods say in the same words is read once, and what no server says is nothing."""

import msgspec
import pytest

from opsconsole.domains.cloud.kubernetes import parts
from opsconsole.domains.cloud.kubernetes.parts import NOTHING, Family, Needs, family, needs

LABELS = msgspec.Raw(b'{"tier":"web","app":"shop","pod-template-hash":"7d9c"}')
OWNERS = msgspec.Raw(b'[{"kind":"ReplicaSet","name":"shop-7d9c","uid":"1","controller":true}]')
SHOP = ("app=shop, pod-template-hash=7d9c, tier=web", "Deployment", "shop")


def raw(**said: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(said))


def test_the_same_words_are_read_once() -> None:
    first = family(LABELS, OWNERS)
    assert first == SHOP
    assert family(LABELS.copy(), OWNERS.copy()) is first
    assert family(LABELS, NOTHING) is not first
    some = [raw(limits={"cpu": "3"}), NOTHING]
    assert needs(some) is needs([one.copy() for one in some])


def test_no_more_words_are_kept_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "KEPT", 5)
    for at in range(20):
        assert needs([raw(limits={"cpu": str(at)})]).cpu_limit == at
        assert len(parts._NEEDS) <= 5


def test_long_words_are_not_kept() -> None:
    before = len(parts._FAMILIES), len(parts._NEEDS)
    labels = raw(**{f"label-{at}": "x" * 40 for at in range(200)})
    assert family(labels, OWNERS).labels.endswith("x")
    assert len(family(labels, OWNERS).labels) == 400
    assert needs([raw(limits={"cpu": "1", "x" * 5000: "1"})]).cpu_limit == 1
    assert (len(parts._FAMILIES), len(parts._NEEDS)) == before


@pytest.mark.parametrize(
    ("containers", "found"),
    [
        ([], Needs()),
        ([NOTHING], Needs()),
        ([raw(requests={"cpu": "250m"}), raw()], Needs(cpu_request=0.25)),
        ([raw(limits={"memory": "1Ki"}), raw()], Needs()),
        ([raw(limits={"memory": "1Ki"}), raw(limits={"memory": "1Ki"})], Needs(memory_limit=2048)),
        ([raw(limits={"memory": "lots", "cpu": 2})], Needs(cpu_limit=2.0)),
        ([msgspec.Raw(b"[1]"), raw(requests={"cpu": "1"})], Needs(cpu_request=1.0)),
    ],
)
def test_needs_add_up(containers: list[msgspec.Raw], found: Needs) -> None:
    assert needs(containers) == found


@pytest.mark.parametrize("said", [b"null", b"7", b'"\\ud800"', b"[[", b'{"a":{}}', b"[" * 3000])
def test_what_no_server_says_is_nothing(said: bytes) -> None:
    odd = msgspec.Raw(said)
    assert family(odd, odd) == Family(*("", "", ""))  # type: ignore[arg-type]
    assert needs([odd]) == Needs()
    assert parts.conditions(odd) == []
