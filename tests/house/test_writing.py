"""What is public says what it is; what is shown is plain text; what is promised is written down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(
    p for top in ("opsconsole", "screens", "widgets") for p in (ROOT / top).rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _public(body: list[ast.stmt], inside: str = "") -> Iterator[tuple[str, ast.stmt]]:
    """Public functions and classes with their dotted names, methods included."""
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if node.name.startswith("_"):
            continue
        yield inside + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _public(node.body, f"{inside}{node.name}.")


def _said_elsewhere(node: ast.stmt) -> bool:
    """Overrides and overloads are described where they are first declared."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    marks = {ast.unparse(mark).rpartition(".")[2] for mark in node.decorator_list}
    return bool(marks & {"override", "overload", "setter"})


@pytest.mark.parametrize("path", SHIPPED, ids=_name)
def test_public_names_say_what_they_are(path: Path) -> None:
    silent = [
        f"line {node.lineno}: {name}"
        for name, node in _public(ast.parse(path.read_text()).body)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        or (ast.get_docstring(node) is None and not _said_elsewhere(node))
    ]
    assert not silent, "public names without a docstring"


@pytest.mark.parametrize("path", SHIPPED + TESTS, ids=_name)
def test_no_shell_ever_reads_a_command_of_ours(path: Path) -> None:
    """Every command is a tuple of arguments: text from a target is never parsed by a shell here."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")
        if called[2] in {"create_subprocess_shell", "subprocess_shell", "getoutput", "popen"} or (
            called[0] == "os" and called[2] == "system"
        ):
            found.append(f"line {node.lineno}: {called[2]}")
        found += [
            f"line {node.lineno}: shell=True"
            for keyword in node.keywords
            if keyword.arg == "shell"
            and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
        ]
    assert not found


@pytest.mark.parametrize("path", [p for p in SHIPPED if p.parts[-2] != "opsconsole"], ids=_name)
def test_text_on_screen_is_never_markup(path: Path) -> None:
    """Static, Label and notify read `[…]` as markup unless told otherwise; hosts send it."""
    found = [
        f"line {node.lineno}: {ast.unparse(node.func)} without markup=False"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in {"Static", "Label", "notify"}
        and not any(
            keyword.arg == "markup"
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value is False
            for keyword in node.keywords
        )
    ]
    assert not found


@pytest.mark.parametrize("path", SHIPPED, ids=_name)
def test_every_binding_has_an_id(path: Path) -> None:
    """Keys are remapped by id; a binding without one could not be."""
    bare = [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] == "Binding"
        and not any(keyword.arg == "id" for keyword in node.keywords)
    ]
    assert not bare


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_no_test_asserts_the_time_on_the_wall(path: Path) -> None:
    """A busy machine is slow; a test that minds fails for the wrong reason. Assert counts."""
    clocks = re.compile(r"\b(perf_counter|monotonic|time\.time|process_time)(_ns)?\(")
    timed = [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assert) and clocks.search(ast.unparse(node.test))
    ]
    assert not timed


def test_changelog_has_room_for_what_comes() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text()
