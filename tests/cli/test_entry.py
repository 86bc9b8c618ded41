"""What goes wrong is told in words, on stderr, with the documented exit code."""

import subprocess
import sys

import pytest

from opsconsole.cli import entry
from opsconsole.errors import EstateError, Problem, UsageError


def _raise(error: BaseException) -> int:
    raise error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UsageError("no pane"), 2, "opsconsole: no pane\n"),
        (
            EstateError((Problem("a.toml: port", "'x'", "a number"), Problem("b", "1", "2"))),
            2,
            "opsconsole: the estate cannot be used:\n"
            "  a.toml: port: found 'x'; allowed: a number\n"
            "  b: found 1; allowed: 2\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_an_error_is_a_message_and_a_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert entry.guarded(lambda: _raise(error)) == code
    assert capsys.readouterr() == ("", said)


def test_the_terminal_is_given_back_before_an_error_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told_before: list[str] = []
    entry.guarded(lambda: 0, lambda: told_before.append("never"))
    with pytest.raises(ZeroDivisionError):
        entry.guarded(lambda: 1 // 0, lambda: told_before.append("defect"))
    leave = lambda: told_before.append(capsys.readouterr().err)  # noqa: E731
    entry.guarded(lambda: _raise(UsageError("no pane")), leave)
    assert told_before == ["defect", ""]
    assert capsys.readouterr().err == "opsconsole: no pane\n"


def test_a_code_passes_through() -> None:
    assert entry.guarded(lambda: 1) == 1


def test_a_reader_that_went_is_no_error() -> None:
    """As in `opsconsole watch … | head -1`."""
    code = (
        "import sys; from opsconsole.cli.entry import guarded\n"
        "def flood():\n"
        "    while True: sys.stdout.write('line\\n' * 1000)\n"
        "sys.exit(guarded(flood))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout
        assert child.stderr
        assert child.stdout.readline() == b"line\n"
        child.stdout.close()
        assert child.wait(60) == entry.BROKEN_PIPE
        assert child.stderr.read() == b""
