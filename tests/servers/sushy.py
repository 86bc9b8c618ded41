"""The Redfish emulator of OpenStack (sushy-tools) with one made up machine, ended by pid."""

import os
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.servers.rabbitmq import free

UUID = "da69abcc-dae0-4913-9a7b-d344043097c0"
CONFIG = """\
SUSHY_EMULATOR_FAKE_DRIVER = True
SUSHY_EMULATOR_LISTEN_IP = '127.0.0.1'
SUSHY_EMULATOR_LISTEN_PORT = {port}
SUSHY_EMULATOR_FAKE_SYSTEMS = [{{
    'uuid': '{uuid}', 'name': 'fake-1', 'power_state': 'On',
    'nics': [{{'mac': '00:5c:52:31:3a:9c', 'ip': '172.22.0.100'}}],
}}]
"""


def emulator(folder: Path) -> Generator[str, None, None]:
    """Its URL, from when it answers."""
    program = Path(sysconfig.get_path("scripts"), "sushy-emulator")
    if not program.exists():
        pytest.skip("sushy-emulator is not installed (pip install sushy-tools)")
    port = free()
    config = folder / "emulator.conf"
    config.write_text(CONFIG.format(port=port, uuid=UUID))
    argv = (sys.executable, str(program), "--config", str(config), "--fake")
    with (folder / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            argv, stdout=log, stderr=log, cwd=folder, env={**os.environ, "TMPDIR": str(folder)}
        )
    try:
        _wait(f"http://127.0.0.1:{port}/redfish/v1/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            assert process.poll() is None, "the emulator ended"
            time.sleep(0.1)
    raise AssertionError("the emulator does not answer")
