"""Ten thousand words that a shell would obey, through real sshd and real shells, byte for byte."""

import subprocess
from pathlib import Path

import pytest

from opsconsole.transports.ssh import SshTransport
from opsconsole.transports.ssh.errand import quoted, script
from tests.servers.sshd import Site, need
from tests.transports.doing import ECHO, done
from tests.transports.hostile import arrives

pytestmark = pytest.mark.server

LOGINS = {
    "dash": "exec dash",
    "bash": "exec bash",
    "bash-posix": "exec bash --posix",
    "busybox": "exec busybox sh",
    "fish": 'exec fish -c "$SSH_ORIGINAL_COMMAND"',
}


@pytest.mark.parametrize("login", LOGINS)
async def test_every_word_arrives_and_none_is_obeyed(site: Site, login: str) -> None:
    need(login.partition("-")[0])
    host = site.host("web-1", "127.77.32.1", ForceCommand=LOGINS[login])
    target = site.target(host)
    transport = SshTransport()
    await arrives(transport, target, host.folder / "canary", len(login))
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
