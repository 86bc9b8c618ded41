"""Ten thousand words that a shell would obey, through real sshd and real shells, byte for byte."""

import random
import subprocess
from pathlib import Path

import pytest

from opsconsole.transports.ssh import SshTransport
from opsconsole.transports.ssh.errand import quoted, script
from tests.servers.sshd import Site, need
from tests.transports.doing import ECHO, done

pytestmark = pytest.mark.server

COUNT, BATCH = 10_000, 500
LOGINS = {
    "dash": "exec dash",
    "bash": "exec bash",
    "bash-posix": "exec bash --posix",
    "busybox": "exec busybox sh",
    "fish": 'exec fish -c "$SSH_ORIGINAL_COMMAND"',
}


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


def top() -> set[str]:
    """Names in the folder that programs start in."""
    return {path.name for path in Path("/").iterdir()}


@pytest.mark.parametrize("login", LOGINS)
async def test_every_word_arrives_and_none_is_obeyed(site: Site, login: str) -> None:
    need(login.partition("-")[0])
    host = site.host("web-1", "127.77.32.1", ForceCommand=LOGINS[login])
    target = site.target(host)
    canary = host.folder / "canary"
    before = top()
    transport = SshTransport()
    words = hostile(len(login), canary)
    assert len(words) == COUNT
    for n in range(0, COUNT, BATCH):
        batch = words[n : n + BATCH]
        status, said = await done(transport, target, *ECHO, *batch)
        assert status == 0, said[-300:]
        arrived = said.split(b"\0")[:-1]
        wrong = [
            (sent, got)
            for sent, got in zip(batch, arrived, strict=True)
            if sent.encode("utf-8", "surrogateescape") != got
        ]
        assert not wrong[:3]
    assert not canary.exists()
    assert top() == before, "no redirection either"
    await transport.close()


async def test_a_hundred_kilobytes_in_one_word(site: Site) -> None:
    target = site.target(site.host("web-1", "127.77.32.1"))
    transport = SshTransport()
    word = "'$(id)\n" * 14_000
    assert await done(transport, target, *ECHO, word) == (0, word.encode() + b"\0")
    status, said = await done(transport, target, "true", "x" * (128 << 10))
    assert (status, b"too long" in said) == (126, True), "more than Linux passes in one word"
    await transport.close()


def test_a_text_that_breaks_off_anywhere_runs_nothing(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    # Even told to go: what sh has not read to the end is not run, so never with fewer words.
    words = (b"touch", *(f"{canary}-{n}".encode() for n in range(3)))
    text = script(words, "token").removesuffix(b"main; exit 0\n")
    assert text.endswith(b"}\n")
    for shell in ("dash", "bash"):
        need(shell)
        for cut in range(0, len(text), 7):
            feed(shell, text[:cut] + b"\ngo\n")
            assert not list(tmp_path.iterdir()), text[:cut][-40:]


def feed(shell: str, text: bytes) -> None:
    subprocess.run([shell], input=text, capture_output=True, check=False, timeout=60)


def test_quotes_are_the_only_thing_that_is_written_otherwise() -> None:
    assert quoted(b"") == b"''"
    every = bytes(range(1, 256)).replace(b"'", b"")
    assert quoted(every) == b"'" + every + b"'"
    assert quoted(b"a'b''") == b"'a'\\''b'\\'''\\'''"
