"""The page for operators tells every key there is, and its examples are an estate."""

import re
from pathlib import Path

from opsconsole.estate import load
from opsconsole.registry import integrations, settings, transport_names
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "redis.md").read_text()
MORE = (ROOT / "docs" / "domains" / "rabbitmq.md").read_text()


def test_every_key_is_told() -> None:
    rows = "".join(re.findall(r"^\| (`[^|]*) \|", TEXT, re.MULTILINE))
    assert set(re.findall(r"`(\w+)`", rows)) == {one.key for one in settings()["redis"]}


def test_the_examples_are_an_estate(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", TEXT + MORE, re.DOTALL)
    assert len(examples) == 3
    path = tmp_path / "e.toml"
    path.write_text("\n".join(examples))
    estate = load(
        path,
        {},
        kinds=integrations().keys(),
        integrations=integrations(),
        transports=transport_names(),
        settings=settings(),
    )
    reached = {name: target.transport for name, target in estate.by_id.items()}
    assert reached == {"cache-1": "redis", "sentinel-1": "redis", "mq": "http"}
    assert estate.by_id["sentinel-1"].port == 26379
    for kind in ("redis", "redis-sentinel", "rabbitmq"):
        assert f'kind = "{kind}"' in integrations()[kind].setup
