"""Rules of RabbitMQ: raised by what is wrong, over with it, held by their guards."""

from pathlib import Path

import pytest

from tests.domains.database.trial import Case, Cells, rules, tried

NODE: Cells = {"name": "a@x", "state": "running", "memory": "ok", "disk": "ok",
               "memory_percent": 20.0, "files_percent": 20.0}  # fmt: skip
QUEUE: Cells = {"vhost": "/", "name": "q", "state": "running", "ready": 10, "unacked": 0,
                "consumers": 2}  # fmt: skip

WRONG: list[Case] = [
    ("rabbitmq.memory-alarm", NODE, {"memory": "alarm"}, "crit"),
    ("rabbitmq.disk-alarm", NODE, {"disk": "alarm"}, "crit"),
    ("rabbitmq.node-down", NODE, {"state": "down"}, "crit"),
    ("rabbitmq.node-down", NODE, {"state": "partitioned"}, "crit"),
    ("rabbitmq.memory-high", NODE, {"memory_percent": 85.0}, "warn"),
    ("rabbitmq.memory-high", NODE, {"memory_percent": 95.0}, "crit"),
    ("rabbitmq.files-many", NODE, {"files_percent": 85.0}, "warn"),
    ("rabbitmq.files-many", NODE, {"files_percent": 95.0}, "crit"),
    ("rabbitmq.queue-long", QUEUE, {"ready": 5000}, "warn"),
    ("rabbitmq.queue-unfetched", QUEUE, {"consumers": 0}, "warn"),
    ("rabbitmq.queue-unfetched", QUEUE, {"consumers": 0, "ready": 0}, ""),
    ("rabbitmq.queue-unacked", QUEUE, {"unacked": 1000}, "warn"),
    ("rabbitmq.queue-away", QUEUE, {"state": "down"}, "crit"),
    ("rabbitmq.queue-away", QUEUE, {"state": "idle"}, ""),
]
RULES = rules("rabbitmq")


def test_every_rule_is_tried() -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()


@pytest.mark.parametrize(("name", "good", "bad", "level"), WRONG)
def test_it_is_raised_and_over(
    name: str,
    good: Cells,
    bad: Cells,
    level: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tried(tmp_path, RULES[name], good, bad, level) == 0, capsys.readouterr().out
    other = "warn" if level == "crit" else "crit"
    assert tried(tmp_path, RULES[name], good, bad, other) == 1
