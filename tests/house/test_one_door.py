"""Nothing is done to a target but by the executor: it alone calls a transport's `execute`."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path for top in ("opsconsole", "screens", "widgets") for path in (ROOT / top).rglob("*.py")
)
WITHIN = {
    "opsconsole/transports/ssh/__init__.py": "self._ready(target).execute",
    "opsconsole/recorder/database.py": "super().execute",
    "opsconsole/transports/oracle/client.py": "cursor.execute",
    "opsconsole/transports/postgres/pool.py": "cursor.execute",
}
"""A transport may hand the call to a part of itself: where, and to which. SQL is no deed."""

BY_NAME = {"getattr", "attrgetter", "methodcaller"}


def is_executor(path: str) -> bool:
    """`opsconsole/executor.py`, or anything in `opsconsole/executor/`."""
    return path == "opsconsole/executor.py" or path.startswith("opsconsole/executor/")


def mentions(text: str) -> list[str]:
    """Every way to get at an attribute `execute`, called or passed on, also by its name as text."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr == "execute":
            found.append(ast.unparse(node))
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).rpartition(".")[2]
            in {"getattr", "attrgetter", "methodcaller"}
            and any(isinstance(arg, ast.Constant) and arg.value == "execute" for arg in node.args)
        ):
            found.append(ast.unparse(node))
    return found


def test_only_the_executor_executes() -> None:
    found: list[str] = []
    for path in SOURCES:
        name, text = str(path.relative_to(ROOT)), path.read_text()
        if not is_executor(name) and "execute" in text:
            found += [f"{name}: {each}" for each in mentions(text) if each != WITHIN.get(name)]
    assert not found


def test_no_exception_outlives_its_call() -> None:
    for name, call in WITHIN.items():
        assert call in mentions((ROOT / name).read_text())


def test_a_call_is_found_however_it_is_written() -> None:
    ways = (
        "await door.execute(target, argv, heard)",
        "run = self.doer.execute",
        "getattr(doer, 'execute')(target)",
        "operator.methodcaller('execute', target)",
    )
    for way in ways:
        assert len(mentions(f"async def f():\n    {way}\n")) == 1, way
    assert not mentions("async def execute(self): ...\nexecute = 1\n")
    assert is_executor("opsconsole/executor/run.py")
    assert not is_executor("opsconsole/executor_helper.py")
