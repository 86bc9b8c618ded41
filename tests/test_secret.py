"""A secret is fetched from where it stands, and shows itself to nobody."""

import asyncio
import copy
import os
import pickle
import sys
import time
from pathlib import Path

import msgspec
import pytest

from opsconsole import secret
from opsconsole.errors import Unsupported
from opsconsole.secret import Secret


def stored(path: Path, text: str, mode: int = 0o600) -> Secret:
    path.write_text(text)
    path.chmod(mode)
    return Secret("file", (str(path),))


def python(program: str, *arguments: str) -> Secret:
    return Secret("command", (sys.executable, "-c", program, *arguments))


async def refusal(of: Secret) -> tuple[str, str]:
    with pytest.raises(Unsupported) as caught:
        await of.reveal()
    return str(caught.value), caught.value.remedy


async def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_PASSWORD", "hunter2 \n")
    assert await Secret("env", ("WEB_PASSWORD",)).reveal() == "hunter2 \n"
    monkeypatch.delenv("WEB_PASSWORD")
    assert await refusal(Secret("env", ("WEB_PASSWORD",))) == (
        "environment variable WEB_PASSWORD is not set",
        "export WEB_PASSWORD before you start opsconsole",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a b\n", "a b"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a\r", "a\r"), (" ä", " ä")],
)
async def test_file_loses_one_line_end(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(text.encode())
    path.chmod(0o400)
    assert await Secret("file", (str(path),)).reveal() == expected


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
async def test_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secret"
    assert await refusal(stored(path, "hunter2", mode)) == (
        f"secret file {path} can be used by others (mode {mode:04o})",
        f"chmod 600 {path}",
    )


async def test_file_that_is_none(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert (await refusal(Secret("file", (str(missing),))))[0] == (
        f"secret file {missing}: No such file or directory"
    )
    os.mkfifo(tmp_path / "fifo", 0o600)
    for path in (tmp_path, tmp_path / "fifo"):
        message, _ = await refusal(Secret("file", (str(path),)))
        assert message == f"secret file {path} is not a file"
    assert (await refusal(stored(tmp_path / "empty", "\n")))[0].endswith("is empty")
    big = stored(tmp_path / "big", "x" * (secret.LIMIT + 1))
    assert (await refusal(big))[0].endswith(f"gave more than {secret.LIMIT} bytes")


async def test_command_gets_its_words_and_no_shell() -> None:
    told = python("import sys; print(sys.argv[1:], sys.stdin.read() == '')", "$HOME;", "a b")
    assert await told.reveal() == "['$HOME;', 'a b'] True"


async def test_command_that_fails_says_why() -> None:
    failing = python("import sys; print('hunter2'); sys.exit('no such\\x1b[2J entry')")
    message, _ = await refusal(failing)
    assert message == (
        f"secret command {sys.executable} ended with status 1: "
        "no such\N{REPLACEMENT CHARACTER}[2J entry"
    )
    message, remedy = await refusal(Secret("command", ("no-such-program-here", "x")))
    assert message == "secret command no-such-program-here: No such file or directory"
    assert remedy == "install no-such-program-here or mend the reference"


async def test_command_that_never_stops_talking_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    talker = python("import sys; sys.stdout.write('x' * 5_000_000)")
    assert (await refusal(talker))[0].endswith(f"gave more than {secret.LIMIT} bytes")


async def test_command_that_hangs_ends_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret, "TIMEOUT", 2.0)
    pids = tmp_path / "pids"
    hanging = python(
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open(sys.argv[1], 'w').write(f'{os.getpid()} {child.pid}'); time.sleep(600)",
        str(pids),
    )
    message, remedy = await refusal(hanging)
    assert message == f"secret command {sys.executable} did not answer in 2 s"
    assert remedy == "run it by hand: it may wait for a passphrase"
    _gone(pids)


async def test_command_nobody_waits_for_ends(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    hanging = python(
        "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)",
        str(pids),
    )
    task = asyncio.create_task(hanging.reveal())
    for _ in range(1000):
        if pids.exists() and pids.read_text():
            break
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    _gone(pids)


def _gone(pids: Path) -> None:
    """Every process in the list has ended; one nobody has reaped yet counts as ended."""
    listed = [int(pid) for pid in pids.read_text().split()]
    for _ in range(1000):
        if not any(map(_runs, listed)):
            break
        time.sleep(0.02)
    assert [pid for pid in listed if _runs(pid)] == []


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


BACKEND = """
import keyring.backend, keyring.errors
class Box(keyring.backend.KeyringBackend):
    priority = 9
    def set_password(self, service, name, password):
        raise NotImplementedError
    def get_password(self, service, name):
        return {("fleet/prod", "web-1"): "hunter2"}.get((service, name))
"""


async def test_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("keyring", reason="the keyring extra is not installed")
    (tmp_path / "box.py").write_text(BACKEND)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "box.Box")
    assert await Secret("keyring", ("fleet/prod", "web-1")).reveal() == "hunter2"
    message, _ = await refusal(Secret("keyring", ("fleet/prod", "web-2")))
    assert message.startswith("secret command keyring get fleet/prod web-2 ended with status 1")


async def test_keyring_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert await refusal(Secret("keyring", ("a", "b"))) == (
        "the keyring library is not installed",
        "pip install 'opsconsole[keyring]'",
    )


async def test_nothing_shows_what_was_revealed(tmp_path: Path) -> None:
    reference = stored(tmp_path / "secret", "hunter2")
    assert await reference.reveal() == "hunter2"
    shown = [repr(reference), str(reference), repr(pickle.dumps(reference))]
    shown += [repr(copy.deepcopy(reference)), repr(msgspec.json.encode(reference))]
    assert not [text for text in shown if "hunter2" in text]
    assert pickle.loads(pickle.dumps(reference)) == reference


@pytest.fixture
async def revealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "_revealed", {})
    for word in ("hunter2", "hunter2-and-more", "a.c"):
        monkeypatch.setenv("WORD", word)
        await Secret("env", ("WORD",)).reveal()


@pytest.mark.usefixtures("revealed")
@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("--password=hunter2", "--password=***"),
        ("xhunter2x", "x***x"),
        ("hunter2-and-more", "***"),
        ("login a.c", "login ***"),
        ("abc a.cat", "abc a.cat"),
        ("nothing", "nothing"),
    ],
)
async def test_what_was_revealed_is_masked(text: str, masked: str) -> None:
    assert secret.mask(text) == masked


async def test_only_the_newest_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "_revealed", {})
    monkeypatch.setattr(secret, "REMEMBERED", 2)
    for word in ("token-1", "token-2", "token-1", "token-3"):
        monkeypatch.setenv("WORD", word)
        await Secret("env", ("WORD",)).reveal()
    assert secret.mask("token-1 token-2 token-3") == "*** token-2 ***"


def test_a_secret_that_a_library_fetched_is_masked_as_well() -> None:
    secret.remember("fetched-elsewhere")
    assert secret.mask("Bearer fetched-elsewhere") == "Bearer ***"
