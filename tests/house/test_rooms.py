"""Files and functions stay small enough to read at one sitting, and say what they are."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.findings import ROOT, findings

FOLDERS = ("opsconsole", "screens", "widgets", "tests", "benchmarks")
LINES_PER_FILE = 400
LINES_PER_FUNCTION = 40
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: there is nothing tracked to read")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_every_file_fits_its_room() -> None:
    long = {path: path.read_text().count("\n") for path in SOURCES}
    assert not [f"{path}: {lines}" for path, lines in long.items() if lines > LINES_PER_FILE]


def _rambling(tree: ast.Module) -> Iterator[str]:
    if not ast.get_docstring(tree):
        yield "a module opens with one sentence that says what stands there"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > LINES_PER_FUNCTION:
                yield f"{node.name}: {lines} lines of {LINES_PER_FUNCTION}"


def test_every_module_says_what_it_is_and_every_function_fits() -> None:
    assert not findings(SOURCES, _rambling)


def _broad(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        ):
            yield f"line {node.lineno}: a broad except hides defects; name the error"


def test_broad_except_only_where_a_stranger_is_called() -> None:
    allowed = ("opsconsole/collector/", "opsconsole/collector.py", "opsconsole/registry.py")
    asked = [path for path in SOURCES if not str(path.relative_to(ROOT)).startswith(allowed)]
    assert not findings(asked, _broad, r"except\s*:|Exception")


def test_no_trace_of_a_machine_in_any_file() -> None:
    # Spelled in parts, so that this file is not its own finding.
    words = ["/" + "work/", "/" + "root/", "/" + "home/", "/opt/" + "wheels", "/opt/" + "pypi"]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in _tracked()
        if path.is_file() and path.suffix not in {".png", ".svg"}
        for word in words
        if word in path.read_text(errors="replace")
    ]
    assert not found


def test_readme_can_be_read_at_one_sitting() -> None:
    readme = ROOT / "README.md"
    assert readme.read_text().count("\n") <= 200
