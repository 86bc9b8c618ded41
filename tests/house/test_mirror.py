"""Each module has its tests where one looks: `widgets/plot.py` in `tests/widgets/test_plot.py`."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("opsconsole", "opsconsole/transports", "screens", "widgets")
"""Folders of separate things: each is in a test file of its own name, or imported by one beside it.
In all other folders the modules make up one thing, which is tested as one."""
SHAPES = "shapes only; filled and checked by each integration's tests"
ELSEWHERE = {
    "opsconsole/chapter.py": "tests/domains/system/report and tests/report build with it",
    "opsconsole/document.py": "values; drawn in tests/report",
    "opsconsole/alert.py": "values; made and changed in tests/rules",
    "opsconsole/rule.py": "shapes only; judged in tests/rules",
    "opsconsole/__init__.py": "only the version",
    "opsconsole/__main__.py": "tests/cli/test_front_door.py",
    "opsconsole/model.py": "values; limits are judged in tests/test_fleet.py",
    "opsconsole/plan.py": "values; made, judged and run in tests/executor",
    "opsconsole/ports/__init__.py": "shapes only; both ends are tested with each bus",
    "opsconsole/ports/bus.py": "shapes only; both ends are tested with each bus",
    "opsconsole/ports/door.py": "shapes only; both ends are tested with each bus",
    "opsconsole/ports/message.py": "shapes only; both ends are tested with each bus",
    "opsconsole/ports/past.py": "shapes only; both ends are tested with each bus",
    "opsconsole/ports/target.py": "shapes only; both ends are tested with each bus",
    "opsconsole/spec/__init__.py": SHAPES,
    "opsconsole/spec/action.py": SHAPES,
    "opsconsole/spec/inquiry.py": SHAPES,
    "opsconsole/spec/integration.py": SHAPES,
    "opsconsole/spec/kind.py": SHAPES,
    "opsconsole/spec/probe.py": SHAPES,
    "opsconsole/spec/report.py": SHAPES,
    "opsconsole/spec/screen.py": SHAPES,
    "opsconsole/spec/visit.py": SHAPES,
    "opsconsole/transports/live.py": "tests of http, mysql, postgres, redis, which lean on it",
    "opsconsole/transports/pooled.py": "tests/transports/test_contract.py, over all of them",
    "opsconsole/transports/serial.py": "tests of mysql and oracle, which both lean on it",
    "opsconsole/transports/stream.py": "tests of local and ssh, which both lean on it",
    "screens/system.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/devops.py": "data; tests/cli/test_domains and tests/screens/shell/test_tab",
    "screens/lowvoltage.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/desktop.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/cloud.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/database.py": "data; tests/cli/test_domains and tests/screens/shell/test_tab",
    "screens/face/kubernetes.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/device.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/door.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/aws.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/bmc.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/feed.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/parking.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/cloud.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/traps.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/network.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/nut.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/bacnet.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/modbus.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/mqtt.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/onvif.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/mysql.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/oracle.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/patroni.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/pgbackrest.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/pgbouncer.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/postgres.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/proxysql.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/rabbitmq.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/redis.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/cups.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/endpoint.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/printer.py": "data; checked with every other tab in tests/cli/test_domains.py",
    "screens/face/sentinel.py": "data; checked with every other tab in tests/cli/test_domains.py",
}
"""Modules that are tested elsewhere, and where."""


def _modules() -> list[str]:
    """Every module that holds more than its docstring."""
    return [
        str(path.relative_to(ROOT))
        for top in ("opsconsole", "screens", "widgets")
        for path in sorted((ROOT / top).rglob("*.py"))
        if len(ast.parse(path.read_text()).body) > 1
    ]


def _tests(module: str) -> list[Path]:
    """Test files of a module: of its own name, that import it, or of the thing it is a part of."""
    path = Path(module)
    tests = ROOT / "tests" / str(path.parent).removeprefix("opsconsole").strip("/")
    beside = list(tests.glob("test_*.py"))
    if str(path.parent) not in ROOMS:
        whole = tests.parent  # the folder above, unless it holds separate things itself
        named = f"test_{tests.name}*.py" if str(path.parent.parent) in ROOMS else "test_*.py"
        return beside or list(whole.glob(named))
    dotted = module.removesuffix(".py").replace("/", ".")
    package, _, name = dotted.rpartition(".")
    imports = re.compile(rf"\b{dotted}\b|from {package} import .*\b{name}\b")
    return [one for one in beside if one.stem == f"test_{name}" or imports.search(one.read_text())]


def test_every_module_has_its_tests() -> None:
    bare = [module for module in _modules() if module not in ELSEWHERE and not _tests(module)]
    assert not bare, "no test file mirrors these modules"


def test_no_excuse_outlives_its_module() -> None:
    assert not [module for module in ELSEWHERE if not (ROOT / module).exists()]
