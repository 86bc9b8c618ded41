"""What is public says what it is; what is shown is plain text; what is promised is written down."""

import ast
import re
from collections.abc import Iterator

from tests.house.findings import ROOT, called, findings

SHIPPED = sorted(
    p for top in ("opsconsole", "screens", "widgets") for p in (ROOT / top).rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SHELLS = ("create_subprocess_shell", "subprocess_shell", "getoutput", "popen")
MARKING = ("Static", "Label", "notify")
CLOCKS = r"\b(perf_counter|monotonic|time\.time|process_time)(_ns)?\("


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


def _silent(tree: ast.Module) -> Iterator[str]:
    for name, node in _public(tree.body):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or (
            ast.get_docstring(node) is None and not _said_elsewhere(node)
        ):
            yield f"line {node.lineno}: {name}"


def test_public_names_say_what_they_are() -> None:
    assert not findings(SHIPPED, _silent), "public names without a docstring"


def _shells(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        owner, _, name = ast.unparse(node.func).rpartition(".")
        if name in SHELLS or (owner == "os" and name == "system"):
            yield f"line {node.lineno}: {name}"
        for keyword in node.keywords:
            if keyword.arg == "shell" and not (
                isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            ):
                yield f"line {node.lineno}: shell=True"


def test_no_shell_ever_reads_a_command_of_ours() -> None:
    """Every command is a tuple of arguments: text from a target is never parsed by a shell here."""
    assert not findings(SHIPPED + TESTS, _shells, "|".join((*SHELLS, "system", "shell")))


def _marked_up(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and called(node) in MARKING
            and not any(
                keyword.arg == "markup"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value is False
                for keyword in node.keywords
            )
        ):
            yield f"line {node.lineno}: {ast.unparse(node.func)} without markup=False"


def test_text_on_screen_is_never_markup() -> None:
    """Static, Label and notify read `[…]` as markup unless told otherwise; hosts send it."""
    shown = [path for path in SHIPPED if path.parts[-2] != "opsconsole"]
    assert not findings(shown, _marked_up, "|".join(MARKING))


def _bare(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and called(node) == "Binding"
            and not any(keyword.arg == "id" for keyword in node.keywords)
        ):
            yield f"line {node.lineno}"


def test_every_binding_has_an_id() -> None:
    """Keys are remapped by id; a binding without one could not be."""
    assert not findings(SHIPPED, _bare, "Binding")


def _timed(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and re.search(CLOCKS, ast.unparse(node.test)):
            yield f"line {node.lineno}"


def test_no_test_asserts_the_time_on_the_wall() -> None:
    """A busy machine is slow; a test that minds fails for the wrong reason. Assert counts."""
    assert not findings(TESTS, _timed, "perf_counter|monotonic|time|process_time")


def test_changelog_has_room_for_what_comes() -> None:
    assert "\n## Unreleased\n" in (ROOT / "CHANGELOG.md").read_text()


def test_what_is_forbidden_is_found() -> None:
    faults = {
        _silent: "class A: 'x'\ndef f(): 'x'\ndef g(): ...",
        _shells: "os.system('x')\nrun(('x',), shell=False)",
        _marked_up: "app.notify('x', markup=True)\nLabel('x', markup=False)",
        _bare: "Binding('q', 'quit')\nBinding('q', 'quit', id='quit')",
        _timed: "assert time.time() < 1\nnow = time.time()",
    }
    assert {find.__name__: len(list(find(ast.parse(text)))) for find, text in faults.items()} == {
        find.__name__: 1 for find in faults
    }
