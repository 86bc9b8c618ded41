"""SQL as text: its words and literals, and how a statement is laid out to be read."""

from opsconsole.sql.layout import laid_out, on_one_line
from opsconsole.sql.token import Dialect, Kind, Token, tokens

__all__ = ["Dialect", "Kind", "Token", "laid_out", "on_one_line", "tokens"]
