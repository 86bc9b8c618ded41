"""Statements without what may be a password: servers show them as they were typed."""

import re

_SECRET = re.compile(r"passw|identified|secret|token|_key\b|://[^/\s]*@", re.IGNORECASE)
_LITERAL = re.compile(
    r"'(?:[^'\\]|\\.|'')*(?:'|$)|\"(?:[^\"\\]|\\.)*(?:\"|$)|(\$\w*\$).*?(?:\1|$)", re.DOTALL
)


def discreet(statement: str) -> str:
    """The same without its literals where one may be a secret; a literal that is cut counts too."""
    if not _SECRET.search(statement):
        return statement
    return _LITERAL.sub("'***'", statement)
