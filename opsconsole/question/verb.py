"""What an SQL statement begins with."""

import re

EXPLAINED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH"})
"""First words of statements that have a plan and are no command to the server."""

_BEFORE = re.compile(r"\s+|\(|--[^\r\n]*")
_WORD = re.compile(r"[a-z]+(?![\w$])", re.IGNORECASE | re.ASCII)


def verb(sql: str) -> str:
    """The first word of an SQL statement in capitals, behind spaces, comments and brackets; empty
    where none is understood.
    """
    at = 0
    while True:
        if found := _BEFORE.match(sql, at):
            at = found.end()
        elif sql.startswith("/*", at):
            at = _behind(sql, at)
        else:
            break
    word = _WORD.match(sql, at)
    return word[0].upper() if word else ""


def _behind(sql: str, at: int) -> int:
    """The place behind a comment, in which others may stand."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(sql, at):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)
