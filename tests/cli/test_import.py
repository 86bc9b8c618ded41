"""Another program's hosts come out as an estate that can be read back."""

import subprocess
import sys
from pathlib import Path

from opsconsole.estate import load

SSH = """Host web-1
  HostName 10.0.0.1
  User ops
Host web-2
  HostName 10.0.0.2
Host *
  Port 2222
"""


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "opsconsole", "import", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_ssh_config_becomes_an_estate(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(SSH)
    done = _run("ssh_config", config)
    assert (done.returncode, done.stderr) == (0, "")
    estate = tmp_path / "estate.toml"
    estate.write_text(done.stdout)
    assert list(load(estate).by_id) == ["web-1", "web-2"]


def test_hosts_can_be_chosen(tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.ini"
    inventory.write_text("[web]\nweb-1\nweb-2\n[db]\ndb-1\n")
    done = _run("ansible", inventory, "--host", "web*", "--host", "!web-2")
    assert done.returncode == 0
    estate = tmp_path / "estate.toml"
    estate.write_text(done.stdout)
    assert list(load(estate).by_id) == ["web-1"]


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    done = _run("ssh_config", tmp_path / "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere" in done.stderr
