"""Every service that systemd has loaded: a recorded answer in, rows out."""

import pytest

from opsconsole.domains.system.host import service
from opsconsole.errors import Malformed, Unsupported
from opsconsole.model import Value
from tests.domains.system.host.wires import SERVICES, without


def rows(answer: bytes, before: bytes | None = None) -> dict[str, dict[str, Value]]:
    keys = [column.key for column in service.PROBE.columns]
    old = None if before is None else service.read(before)
    found = service.rows(service.read(answer), old)
    return {str(row[0]): dict(zip(keys, row, strict=True)) for row in found}


def test_all_that_are_loaded_by_name() -> None:
    assert list(rows(SERVICES)) == [
        "app.service",
        "failing.service",
        "flapping.service",
        "spare.service",
        "ssh.service",
        "systemd-journal-flush.service",
    ]


def test_one_that_runs() -> None:
    app = rows(SERVICES)["app.service"]
    assert (app["load"], app["active"], app["sub"]) == ("loaded", "active", "running")
    assert (app["enabled"], app["main_pid"], app["restarts"]) == ("enabled", 29, 0)
    assert (app["memory_bytes"], app["result"], app["can_reload"]) == (12345344, "success", True)
    assert app["for_s"] == pytest.approx(16320 - 16309.878567)
    assert app["invocation"] == "238c6731b1294bb2a55bb0bca6efa5a1"
    assert app["description"] == "Sleeps"


def test_one_that_rests_has_no_process_and_no_age() -> None:
    spare, failing = rows(SERVICES)["spare.service"], rows(SERVICES)["failing.service"]
    assert (spare["active"], spare["main_pid"], spare["for_s"]) == ("inactive", None, None)
    assert spare["invocation"] is None, "it never ran"
    assert (failing["result"], failing["for_s"]) == ("exit-code", None)
    assert failing["description"] == "Fails [/] at once \\x1b[31m"


def test_what_is_not_set_is_unknown_whichever_way_it_is_written() -> None:
    for name in ("ssh.service", "flapping.service"):
        row = rows(SERVICES, SERVICES.replace(b"16320.00", b"16318.00"))[name]
        assert (row["memory_bytes"], row["cpu_percent"]) == (None, None)


def test_its_use_of_the_processor_is_that_of_the_same_run() -> None:
    later = SERVICES.replace(b"16320.00", b"16322.00").replace(b"=4000000000", b"=5000000000")
    assert rows(later, SERVICES)["app.service"]["cpu_percent"] == 50
    assert rows(SERVICES)["app.service"]["cpu_percent"] is None
    another = later.replace(b"238c6731b1294bb2a55bb0bca6efa5a1", b"0" * 32)
    assert rows(another, SERVICES)["app.service"]["cpu_percent"] is None
    assert rows(SERVICES, later)["app.service"]["cpu_percent"] is None, "back in time"


def test_hostile_names_and_values_make_no_service() -> None:
    forged = SERVICES + (
        b"service:Id=*.service\nservice:LoadState=loaded\nservice:\n"
        b"service:Id=a b.service\nservice:LoadState=loaded\nservice:\n"
        b"service:LoadState=loaded\nservice:\n"
        b"service:Id=x.service\nservice:NRestarts=-1\nservice:MainPID=1e9\n"
        b"service:Description=\x1b]0;owned\x07\n"
    )
    found = rows(forged)
    assert set(found) - set(rows(SERVICES)) == {"x.service"}
    assert (found["x.service"]["restarts"], found["x.service"]["main_pid"]) == (None, None)
    assert "\x1b" not in str(found["x.service"]["description"])
    assert found["x.service"]["active"] == "unknown"


def test_no_systemd_is_a_fault_and_damage_is_named() -> None:
    with pytest.raises(Unsupported, match="systemd does not answer"):
        service.read(b"kernel:Linux x86_64\nunitless:\n")
    with pytest.raises(Unsupported):
        service.read(without(SERVICES, b"service:"))
    with pytest.raises(Malformed, match="systemctl show"):
        service.read(SERVICES.replace(b"16320.00", b"soon"))
    assert rows(without(SERVICES, b"/proc/uptime"))["app.service"]["for_s"] is None
