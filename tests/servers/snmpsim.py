"""snmpsim with recordings of real devices, each behind a community of its name; ended by pid."""

import contextlib
import getpass
import grp
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from tests.servers.rabbitmq import free

ADDRESS = "127.0.0.1"


@contextlib.contextmanager
def snmpsim(folder: Path, recordings: Path, names: Sequence[str]) -> Generator[int, None, None]:
    """The port at which it answers for these recordings."""
    program = Path(sysconfig.get_path("scripts"), "snmpsim-command-responder")
    if not program.exists():
        pytest.skip("snmpsim is not installed (pip install snmpsim pysmi)")
    data = folder / "data"
    data.mkdir()
    for name in names:
        shutil.copy(recordings / f"{name}.snmprec", data)
    port = free()
    who = (f"--process-user={getpass.getuser()}", f"--process-group={grp.getgrgid(os.getgid())[0]}")
    argv = (
        str(program),
        f"--cache-dir={folder / 'cache'}",
        *(who if os.geteuid() == 0 else ()),
        "--v3-engine-id=auto",
        f"--data-dir={data}",
        f"--agent-udpv4-endpoint={ADDRESS}:{port}",
    )
    path = folder / "snmpsim.log"
    with path.open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log, cwd=folder)
    try:
        _wait(path, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(log: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        if b"Listening" in log.read_bytes():
            return
        assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
        time.sleep(0.1)
    raise AssertionError("snmpsim does not listen")
