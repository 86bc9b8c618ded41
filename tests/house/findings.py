"""Goes through sources for a rule, and says of each finding where it stands."""

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def findings(
    paths: Iterable[Path], find: Callable[[ast.Module], Iterable[str]], words: str = ""
) -> list[str]:
    """What `find` finds in each file; one in which none of these words stands is not even parsed.

    `words` is a regular expression, and holds for every text in which there can be a finding.
    """
    found: list[str] = []
    for path in paths:
        text = path.read_text()
        if re.search(words, text):
            name = path.relative_to(ROOT)
            found += [f"{name}: {one}" for one in find(ast.parse(text))]
    return found


def called(node: ast.AST) -> str:
    """The last name of what is called, or nothing if nothing is."""
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
