"""What pods use, in one answer or in many: the rows are the same."""

import msgspec
import pytest

from opsconsole.domains.cloud.kubernetes import use
from opsconsole.errors import Malformed
from opsconsole.model import Row
from opsconsole.question import Part, joined

HEAD: dict[str, object] = {
    "kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {},
}  # fmt: skip
COUNT = 30


def item(at: int, **more: object) -> dict[str, object]:
    used = {"cpu": f"{at}m", "memory": f"{at}Ki"}
    meta = {"name": f"pod-{at}", "namespace": "n", "labels": {"a": '},{"metadata":', "b": "]}"}}
    return {"metadata": meta, "timestamp": "2026-01-01T00:00:00Z",
            "containers": [{"name": "app", "usage": used}], **more}  # fmt: skip


def answer(*items: object, **more: object) -> bytes:
    return joined([Part(200, msgspec.json.encode({**HEAD, "items": items, **more}))])


def rows(*payloads: bytes) -> list[Row]:
    return [row for one in payloads for row in use.pod_rows(use.read(one), None)]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use, "PIECE", 400)


@pytest.mark.parametrize("head", [{}, {"kind": "PodMetrics", "apiVersion": "v1beta1"}])
def test_pieces_say_what_the_whole_says(head: dict[str, object]) -> None:
    payload = answer(*({**head, **item(at)} for at in range(COUNT)))
    pieces = list(use.cut(payload))
    assert len(pieces) > COUNT // 4
    assert rows(*pieces) == rows(payload)
    assert len(rows(payload)) == COUNT


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"200 ",
        b"404 19\n404 page not found\n",
        answer(),
        answer("text", *map(item, range(COUNT))),
        joined([Part(200, b'{"items":[{"metadata":')]),
        joined([Part(200, b'{"items":null}')]),
        joined([Part(200, b'{"pods":[]}')]),
        joined([Part(503, msgspec.json.encode({"items": [item(1), item(2)]}))]),
        answer(*map(item, range(COUNT)))[:-9],
    ],
)
def test_what_is_none_stays_what_it_is(payload: bytes) -> None:
    pieces = list(use.cut(payload))
    try:
        whole = rows(payload)
    except Malformed:
        with pytest.raises(Malformed):
            rows(*pieces)
    else:
        assert rows(*pieces) == whole


def test_what_is_cut_on_another_level_cannot_be_read() -> None:
    """Then all of it is read at once: see `spec.Exchange.cut`."""
    odd = [item(at, more=[item(one) for one in range(9)]) for at in range(COUNT)]
    payload = answer(*odd)
    pieces = list(use.cut(payload))
    assert len(pieces) > COUNT
    with pytest.raises(Malformed):
        rows(*pieces)
    assert len(rows(payload)) == COUNT
