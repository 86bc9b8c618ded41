"""Keys by Textual's names, as tmux types them."""

_NAMED = {
    "asterisk": "*",
    "backspace": "BSpace",
    "colon": ":",
    "down": "Down",
    "end": "End",
    "enter": "Enter",
    "escape": "Escape",
    "greater_than_sign": ">",
    "home": "Home",
    "left": "Left",
    "left_square_bracket": "[",
    "less_than_sign": "<",
    "pagedown": "NPage",
    "pageup": "PPage",
    "question_mark": "?",
    "exclamation_mark": "!",
    "right": "Right",
    "right_square_bracket": "]",
    "slash": "/",
    "space": "Space",
    "tab": "Tab",
    "up": "Up",
}
_HELD = {"ctrl": "C-", "alt": "M-", "shift": "S-"}


def for_tmux(key: str) -> str:
    """`ctrl+l` is `C-l`, `shift+tab` is `BTab`; raises `KeyError` for a name it does not know."""
    if key == "shift+tab":
        return "BTab"
    *held, last = key.split("+")
    name = last if len(last) == 1 else _NAMED[last]
    return "".join(_HELD[each] for each in held) + name
