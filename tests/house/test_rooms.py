"""Files and functions stay small enough to read at one sitting, and say what they are."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_fits_its_room(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert text.count("\n") <= LINES_PER_FILE
    assert ast.get_docstring(tree), "a module opens with one sentence that says what stands there"
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LINES_PER_FUNCTION
    ]
    assert not long, f"functions over {LINES_PER_FUNCTION} lines"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_broad_except_only_where_a_stranger_is_called(path: Path) -> None:
    allowed = {"opsconsole/collector.py", "opsconsole/registry.py"}
    if str(path.relative_to(ROOT)) in allowed or "opsconsole/collector/" in str(path):
        return
    broad = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
    ]
    assert not broad, "a broad except hides defects; name the error"


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
