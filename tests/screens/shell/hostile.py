"""Ten thousand strings that want to be more than text: markup, escapes, tricks of Unicode."""

import random
from collections.abc import Iterator

MARKUP = (
    *("[/]", "[/x]", "[red]x[/blue]", "[link='x]", "[#zzz]x[/]", "[bold", "[[", "[]", "[/"),
    *("[@click=app.fire]press[/]", "[@click=app.fire('x')]press[/]", "[@click=screen.fire]x"),
    *("[link=file:///etc/passwd]x[/link]", "[on red]x", "\\[red]", "[$error]x[/]", "[reverse]x"),
)
ECMA48 = (
    *("\x1b[2J", "\x1b[H", "\x1b[31m", "\x1b[?1049l", "\x1b[6n", "\x1b[c", "\x1b[5i", "\x1b[20t"),
    *("\x1b]0;title\x07", "\x1b]2;title\x1b\\", "\x1b]8;;http://x\x1b\\x\x1b]8;;\x1b\\", "\x1bc"),
    *("\x1b]52;c;ZXZpbA==\x07", "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\", "\x1b_Gf=100;AAAA\x1b\\"),
    *("\x1b[?1000h", "\x1b[?2004l", "\x1b#8", "\x1b(0", "\x1b", "\x1b[", "\x1bP", "\x1b]"),
)
C0 = tuple(map(chr, (0, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 26, 27, 127)))
C1 = tuple(map(chr, range(0x80, 0xA0)))
BIDI = tuple("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = tuple(
    "\u00ad\u034f\u115f\u1160\u17b4\u180e\u200b\u200c\u200d\u2060\u3164\ufe0f\uffa0\ufeff"
)
TAGS = tuple("\U000e0001\U000e0041\U000e007f\U0001d173\ufff9\u2028\u2029")
SURROGATES = ("\ud800", "\udfff", "\udc80\udcff", "\ud83d")
ZALGO = ("e" + "\u0301\u0316\u0489" * 40, "\u0301\u0302", "o\u0338" * 9)
WIDE = ("日本語", "한국", "ｆｕｌｌ", "👨‍👩‍👧‍👦", "❤️", "🇩🇪", "👍🏽", "ﷺ", "क्ष", "١٢٣", "שלום", "𝕬")
PLAIN = (
    "web-1",
    "/dev/sda1",
    "a b",
    "",
    " ",
    "x" * 300,
    "[::1]:443",
    "[0]",
    "100%",
    "<tag>",
    "{x}",
)
KINDS = (MARKUP, ECMA48, C0, C1, BIDI, UNSEEN, TAGS, SURROGATES, ZALGO, WIDE, PLAIN)


def corpus(count: int = 10_000, seed: int = 48) -> Iterator[str]:
    """Each piece alone first, then random joins of them: `count` strings, the same every time."""
    pick = random.Random(seed)
    alone = [piece for kind in KINDS for piece in kind]
    yield from alone[:count]
    for _ in range(count - len(alone)):
        yield "".join(pick.choice(pick.choice(KINDS)) for _ in range(pick.randrange(2, 7)))
