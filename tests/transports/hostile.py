"""Ten thousand words that a shell would obey, and the proof that none of them was."""

import random
from pathlib import Path

from opsconsole.model import Target
from tests.transports.doing import ECHO, done

COUNT, BATCH = 10_000, 500


def harm(canary: Path) -> list[str]:
    """Words that leave a file where a shell reads them, in many ways to get out of quotes."""
    touch = f"touch {canary}"
    return [
        f"$({touch})",
        f"`{touch}`",
        f"; {touch} #",
        f"&& {touch}",
        f"| {touch}",
        f"\n{touch}\n",
        f"'; {touch}; '",
        f"'\\''; {touch}; '\\''",
        f'"; {touch}; "',
        f"\\'; {touch}; \\'",
        f"}}\n{touch}\n{{",
        f"'\n}}\n{touch}\nwords() {{\n'",
        f"${{x:-$({touch})}}",
        f"$(( $({touch}) ))",
        f">{canary}",
        f"<({touch})",
        f"\r{touch}\r",
        f"\x1b]0;{touch}\x07",
        f"main; {touch}",
        f"go\n{touch}\ncancel\n",
    ]


PLAIN = [
    *("", "-", "--", "-n", "-c", "--help", "*", "?", "[a-z]", "~", "~root", "{a,b}", "!!", "!$"),
    *("#", "$", "$$", "$0", "$@", "${PATH}", "$PATH", "'", "''", "'''", '"', '""', "<<EOF", "%s%n"),
    *("\\", "\\\\", "\\'", "exit", "\n", "\n\n", "a\n", "\r", "\r\n", "\t", " ", "  "),
    *("\x1b[31m", "\x7f", "\x01", "\x04", "\x81", "é", "漢字", "🙂", "\u202e", "\ufeff"),
    *("\udc81\udc82", "\udc88'\udc88", "\udcff\udcfe", "\udce4\\"),
]
LETTERS = [
    *"ab'\"\\$`;&|<>()[]{}*?!#~=%^ \t\n\r-é漢🙂\x7f\x85",
    *map(chr, range(1, 32)),
    *map(chr, range(0xDC80, 0xDD00)),  # as os.fsdecode reads bytes that are not UTF-8
]


def hostile(seed: int, canary: Path) -> list[str]:
    """The same words for the same seed; a few are thousands of bytes long."""
    chance = random.Random(seed)
    words = [*harm(canary), *PLAIN]
    while len(words) < COUNT:
        if chance.random() < 0.2:
            words.append(chance.choice(harm(canary)) + chance.choice(PLAIN))
        elif chance.random() < 0.002:
            words.append("".join(chance.choices(LETTERS, k=20_000)))
        else:
            words.append("".join(chance.choices(LETTERS, k=chance.randrange(24))))
    chance.shuffle(words)
    return words


def files(canary: Path) -> set[Path]:
    """What stands in the folder that programs start in, and beside the canary."""
    return {*Path("/").iterdir(), *canary.parent.glob("canary*")}


async def arrives(transport: object, target: Target, canary: Path, seed: int) -> None:
    """Send all words as arguments of a program: each comes as it is, and nothing else happens."""
    before = files(canary)
    words = hostile(seed, canary)
    assert len(words) == COUNT
    for n in range(0, COUNT, BATCH):
        batch = words[n : n + BATCH]
        status, said = await done(transport, target, *ECHO, *batch)
        assert status == 0, said[-300:]
        sent = [word.encode("utf-8", "surrogateescape") for word in batch]
        got = said.split(b"\0")[:-1]
        assert not [pair for pair in zip(sent, got, strict=True) if pair[0] != pair[1]][:3]
    assert files(canary) == before
