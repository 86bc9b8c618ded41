"""`opsconsole notify`: lists channels, and tries one for good."""

import contextlib
import http.server
import json
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.cli.entry import run


@contextlib.contextmanager
def receiver(status: int) -> Generator[tuple[str, list[bytes]], None, None]:
    """A web server on a thread, as the command has an event loop of its own."""
    got: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", got
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def estate(folder: Path, url: str) -> str:
    path = folder / "e.toml"
    text = f'[target.a]\n[[notify]]\nname = "duty"\nwebhook = "{url}"\nmin_level = "crit"\n'
    path.write_text(text)
    return str(path)


def test_a_test_is_sent_and_its_answer_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiver(204) as (url, got):
        path = estate(tmp_path, url)
        assert run(["notify", "test", "duty", "--estate", path]) == 0
        assert run(["notify", "test", "duty", "--resolved", "--estate", path]) == 0
    assert capsys.readouterr().out == "duty: status 204\n" * 2
    alerts = [json.loads(body)["alerts"][0] for body in got]
    assert [one["status"] for one in alerts] == ["open", "resolved"]
    assert alerts[0]["title"] == "Test, nothing is wrong"


def test_a_refusal_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with receiver(500) as (url, _):
        assert run(["notify", "test", "duty", "--estate", estate(tmp_path, url)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "opsconsole: duty: status 500: is `webhook` the right address?\n"


def test_an_unknown_channel_meets_its_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["notify", "test", "dutty", "--estate", estate(tmp_path, "http://x/")]) == 2
    assert "did you mean 'duty'?" in capsys.readouterr().err


def test_channels_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notify", "list", "--estate", estate(tmp_path, "http://x/")]) == 0
    assert capsys.readouterr().out.split() == ["duty", "http://x/", "crit", "and", "worse"]
