"""What every test may lean on: where the project, the recordings and the servers stand."""

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import opsconsole
from opsconsole import secret
from opsconsole.__main__ import open_rooms
from opsconsole.approval import VARIABLE

open_rooms()
# For a second run of what was tried at length already: `--hypothesis-profile=brief`.
settings.register_profile("brief", max_examples=15)
# A console on the stage is many small things that live for a second: to look for what is left of
# them after every 700, as Python does, takes a third of the time of these tests.
gc.set_threshold(10_000, 10, 10)
ROOT = Path(__file__).parents[1]
ROOMS = Path(opsconsole.__file__).parent / "_rooms"
"""Where a wheel keeps screens, widgets and themes; absent in a checkout."""

# Whoever starts the tests may ignore these (nohup, a job in the background), and every program
# that a test starts and ends would inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_meeting_place() -> Iterator[None]:
    """No second person of another run of the tests answers what is asked in this one."""
    if os.geteuid() != 0 or VARIABLE in os.environ:  # only root can make such a folder
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="opsconsole-meet-"))
    folder.chmod(0o1777)
    os.environ[VARIABLE] = str(folder)
    yield
    del os.environ[VARIABLE]
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _own_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the tester's estate, ssh configuration or agent, nor writes their state."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    # What one test kept secret must not be masked in another.
    monkeypatch.setattr(secret, "_revealed", {})
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    for name in (
        "OPSCONSOLE_ESTATE",
        "OPSCONSOLE_ALERTS",
        "SSH_AUTH_SOCK",
        "SSH_CONNECTION",
        "SSH_TTY",
        # The size of the tester's terminal, and of none of ours.
        "COLUMNS",
        "LINES",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_PROFILE",
        "AWS_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(ROOT), *([str(ROOMS)] if ROOMS.is_dir() else [])])
    )


WAITING = ("root", "server", "terminal")
"""Marks of tests that mostly wait, the longest first; screens not before all tests are found."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what waits: side by side with the rest it costs no time of its own."""
    items.sort(
        key=lambda item: next(
            (at for at, mark in enumerate(WAITING) if item.get_closest_marker(mark)), len(WAITING)
        )
    )


def pytest_collection_finish() -> None:
    """Look for no garbage among thousands of tests: they all stay."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With OPSCONSOLE_REQUIRE_SERVERS set, a test skipped for want of a program has failed."""
    report = yield
    if os.environ.get("OPSCONSOLE_REQUIRE_SERVERS") and _lacks_a_program(report):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        report.outcome = "failed"
        report.longrepr = f"OPSCONSOLE_REQUIRE_SERVERS is set, and this was skipped: {reason}"
    return report


def _lacks_a_program(report: pytest.TestReport) -> bool:
    """Recordings are data, and may be absent; of Oracle no server can be had; an expected failure
    is no skip.
    """
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    absent = "no recordings" in reason or "OPSCONSOLE_ORACLE_DSN" in reason
    return report.skipped and not absent and not hasattr(report, "wasxfail")


@pytest.fixture
def recordings() -> Path:
    """The folder of recorded device answers beside the checkout."""
    folder = ROOT.parent / "shared" / "recordings"
    if not folder.is_dir():
        pytest.skip(f"no recordings at {folder.parent.name}/{folder.name} beside the checkout")
    return folder
