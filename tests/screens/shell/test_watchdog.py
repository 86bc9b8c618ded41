"""It learns that its parent ended: told by the system, or by looking."""

import os
import subprocess
import sys

import pytest

from screens.shell import watchdog

CHILD = """
import os, sys, threading
from screens.shell import watchdog
told = threading.Event()
def gone(reason, code):
    print(reason, code, flush=True)
    told.set()
if sys.argv[1] == "looking":
    watchdog._handle = lambda _: None
watchdog.Watchdog((), gone, lambda: None).start()
print("watching", flush=True)
told.wait(120)
os._exit(0)
"""
PARENT = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", *sys.argv[1:]])
sys.stdin.readline()
"""


@pytest.mark.parametrize("way", ["told", "looking"])
def test_a_parent_that_ends_is_noticed(way: str) -> None:
    argv = [sys.executable, "-c", PARENT, CHILD, way]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        assert parent.stdout.readline() == "watching\n"
        parent.stdin.close()
        assert parent.stdout.readline() == f"parent process ended {watchdog.LOST}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
def test_another_process_is_no_parent() -> None:
    assert watchdog._handle(os.getpid()) is None
    handle = watchdog._handle(os.getppid())
    assert handle is not None
    os.close(handle)
