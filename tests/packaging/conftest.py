"""The wheel, built once, and a fresh environment that holds nothing but it and what it requires."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a command without the checkout on its import path; its output is text."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    done = run(*build, ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment with the wheel installed from the index."""
    home = tmp_path_factory.mktemp("fresh")
    assert run(sys.executable, "-m", "venv", home).returncode == 0
    done = run(
        *(home / "bin" / "python", "-m", "pip", "install", "--quiet", wheel),
        # Python compiles what it imports, which is a tenth of what pip would compile.
        *("--no-compile", "-c", ROOT / "constraints.txt"),
    )
    if "No matching distribution" in done.stderr:
        pytest.skip("the package index is out of reach: nothing to install the wheel's needs from")
    assert done.returncode == 0, done.stderr
    return home / "bin"
