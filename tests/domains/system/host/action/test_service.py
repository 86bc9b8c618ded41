"""What systemd says of a unit, and what it means for the actions on it: recorded answers."""

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.system.host.action import service
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.model import Value
from opsconsole.plan import Thing
from opsconsole.spec import Facts

APP = b"""\
/proc/uptime:16313.15 13165.56
/proc/self/cgroup:9:name=systemd:/user.slice/user-0.slice/session-698.scope
/proc/self/cgroup:1:cpu:/
/proc/self/cgroup:0::/user.slice/user-0.slice/session-698.scope
Type=simple
MainPID=29
Result=success
NRestarts=0
ControlGroup=/system.slice/app.service
Id=app.service
Names=app.service
RequiredBy=
BoundBy=
ConsistsOf=
TriggeredBy=app.socket
LoadState=loaded
ActiveState=active
SubState=running
StateChangeTimestampMonotonic=16309878567
ActiveEnterTimestampMonotonic=16309878567
CanReload=yes
InvocationID=238c6731b1294bb2a55bb0bca6efa5a1
"""
RUN = "238c6731b1294bb2a55bb0bca6efa5a1"


def thing(name: str = "app.service") -> Thing:
    return Thing("web-1", (("unit", name),), Clean(name))


def facts(answer: bytes = APP, name: str = "app.service") -> Facts:
    return service.read(thing(name), 0, answer)


def changed(*pairs: tuple[bytes, bytes]) -> Facts:
    answer = APP
    for old, new in pairs:
        assert old in answer
        answer = answer.replace(old, new)
    return facts(answer)


STOPPED = changed((b"=active", b"=inactive"), (b"SubState=running", b"SubState=dead"))
ANEW = changed((RUN.encode(), b"f" * 32))


def test_the_look_is_one_fixed_script_with_the_name_as_a_word() -> None:
    argv = service.LOOK.argv(thing())
    assert argv[0::3] == ("sh", "opsconsole")
    assert argv[-1] == "app.service"
    assert "app.service" not in argv[2]


def test_facts() -> None:
    found = facts()
    assert (found["active"], found["sub"], found["load"]) == ("active", "running", "loaded")
    assert (found["invocation"], found["run"], found["main_pid"]) == (RUN, RUN, "29")
    assert (found["ours"], found["triggered_by"]) == ("", "app.socket")


def test_what_is_not_there() -> None:
    with pytest.raises(Gone, match="web-1 has no unit"):
        facts(APP.replace(b"=loaded", b"=not-found"))
    for status, out in ((1, APP), (0, b""), (127, b"sh: systemctl: not found")):
        with pytest.raises(Unsupported):
            service.read(thing(), status, out)


@pytest.mark.parametrize(
    ("restarts", "entered", "pinned"),
    [(0, 16313, True), (3, 16310, False), (3, 16100, True)],
)
def test_which_run_it_is_says_nothing_while_systemd_restarts_it(
    restarts: int, entered: int, pinned: bool
) -> None:
    found = changed(
        (b"NRestarts=0", b"NRestarts=%d" % restarts),
        (b"EnterTimestampMonotonic=16309878567", b"EnterTimestampMonotonic=%d000000" % entered),
    )  # fmt: skip
    assert ("invocation" in found) is pinned
    assert found["run"] == RUN


@pytest.mark.parametrize(
    "name",
    ["*.service", "a?.service", "[a].service", "app", "app.socket", "a b.service", "../a.service",
     "$(reboot).service", "a.service\nb.service", "\u0430pp.service", "", "x" * 300 + ".service"],
)  # fmt: skip
def test_only_the_name_of_one_service_is_acted_on(name: str) -> None:
    for action in (service.RESTART, service.STOP, service.START, service.RELOAD):
        with pytest.raises(Refused):
            action.bars(thing(name), facts(), {})


def test_any_unit_may_be_forgotten_to_have_failed() -> None:
    failed = changed((b"ActiveState=active", b"ActiveState=failed"))
    assert service.RESET.bars(thing("a.mount"), failed, {}) == ""
    (step,) = service.RESET.steps(thing("a.mount"), failed, {})
    assert (step.argv, step.root) == (("systemctl", "reset-failed", "--", "a.mount"), True)
    with pytest.raises(Refused):
        service.RESET.steps(thing("*"), failed, {})


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("ssh.service", ""),
        ("x.service", "x.service sshd.service"),
        ("ssh@3-10.0.0.1:22-10.0.0.2:555.service", ""),
        ("dbus.service", ""),
        ("systemd-networkd.service", ""),
        ("NetworkManager.service", ""),
        ("user@1000.service", ""),
    ],
)
def test_the_way_in_is_barred_under_each_of_its_names(name: str, names: str) -> None:
    found = {**facts(), "unit": name, "names": names or name}
    for action in (service.RESTART, service.STOP, service.RELOAD):
        assert "carries the way into the host" in action.bars(thing(name), found, {})
    assert service.START.bars(thing(name), {**found, "active": "inactive"}, {}) == ""


@pytest.mark.parametrize("name", ["sshguard.service", "my-ssh.service", "usermin.service"])
def test_what_only_sounds_like_it_is_not(name: str) -> None:
    found = {**facts(), "unit": name, "names": name}
    assert service.STOP.bars(thing(name), found, {}) == ""


def test_what_would_take_the_way_in_with_it_is_barred() -> None:
    found = changed((b"RequiredBy=", b"RequiredBy=other.service ssh.service"))
    assert "would take ssh.service with it" in service.STOP.bars(thing(), found, {})


@pytest.mark.parametrize("line", [b"9:name=systemd:", b"0::"])
def test_the_unit_our_own_session_runs_in_is_barred(line: bytes) -> None:
    for below in (b"", b"/worker"):
        found = changed((line + b"/user.slice/user-0.slice/session-698.scope",
                         line + b"/system.slice/app.service" + below))  # fmt: skip
        assert "carries this very session" in service.RESTART.bars(thing(), found, {})
    beside = changed((b"0::/user.slice/user-0.slice/session-698.scope",
                      b"0::/system.slice/app.service2"))  # fmt: skip
    assert service.RESTART.bars(thing(), beside, {}) == ""


def test_bars_of_each_verb() -> None:
    masked = changed((b"=loaded", b"=masked"))
    deaf = changed((b"CanReload=yes", b"CanReload=no"))
    assert service.RESTART.bars(thing(), masked, {}) == "its unit file is masked"
    assert service.START.bars(thing(), facts(), {}) == "it runs already"
    assert service.START.bars(thing(), STOPPED, {}) == ""
    assert service.STOP.bars(thing(), STOPPED, {}) == "it does not run"
    assert "no way to reload" in service.RELOAD.bars(thing(), deaf, {})
    assert service.RELOAD.bars(thing(), STOPPED, {}) == "it does not run"
    assert service.RESET.bars(thing(), facts(), {}) == "it has not failed"


def test_a_restart_worked_when_another_run_is_up() -> None:
    held = service.RESTART.verify.held
    assert held(facts(), ANEW, {})
    assert not held(facts(), facts(), {}), "the same run still"
    assert not held(facts(), STOPPED, {})
    assert not held(facts(), None, {})
    once = {**ANEW, "type": "oneshot", "active": "inactive", "result": "success"}
    assert held(facts(), once, {}), "it did what it does, and ended"
    assert not held(facts(), {**once, "result": "exit-code"}, {})
    assert service.RESTART.verify.hold_s == service.SETTLED_S == 60
    assert service.RESTART.verify.steady == ("run",)
    assert service.RESTART.expected_s > service.SETTLED_S


def test_a_stop_a_reload_and_a_reset_worked() -> None:
    assert service.STOP.verify.held(facts(), STOPPED, {})
    assert service.STOP.verify.held(facts(), None, {})
    assert not service.STOP.verify.held(facts(), facts(), {})
    read = changed(
        (b"StateChangeTimestampMonotonic=16309878567", b"StateChangeTimestampMonotonic=9")
    )
    assert service.RELOAD.verify.held(facts(), read, {})
    assert not service.RELOAD.verify.held(facts(), facts(), {}), "it took no note"
    assert not service.RELOAD.verify.held(facts(), {**read, "run": "other"}, {}), "it died of it"
    assert service.RESET.verify.held(facts(), STOPPED, {})


def test_what_the_operator_is_told() -> None:
    assert service.RESTART.effect(thing(), facts(), {}) == (
        "app.service ends process 29 and starts anew"
    )
    assert "app.socket may start it again" in service.STOP.effect(thing(), facts(), {})
    tied = changed((b"BoundBy=", b"BoundBy=web.service"))
    assert "takes with it: web.service" in service.STOP.effect(thing(), tied, {})


def test_stop_and_start_take_each_other_back_whichever_run_it_is_then() -> None:
    one = Thing("web-1", (("unit", "app.service"), ("invocation", RUN)), Clean("app"))
    undo = service.STOP.undo(one, facts(), {})
    assert undo is not None
    assert (undo.action, undo.things[0].pins) == (
        "host.start-service",
        (("unit", "app.service"),),
    )
    back = service.START.undo(one, STOPPED, {})
    assert back is not None
    assert back.action == "host.stop-service"
    assert service.RESTART.undo(one, facts(), {}) is None


def test_what_the_menu_offers() -> None:
    def offered(**row: Value) -> set[str]:
        return {a.letter for a in service.ACTIONS if a.fits({"load": Clean("loaded"), **row})}

    unit, mount = Clean("a.service"), Clean("a.mount")
    active, failed = Clean("active"), Clean("failed")
    assert offered(unit=unit, active=active, can_reload=True) == {"r", "o", "l"}
    assert offered(unit=unit, active=active, can_reload=False) == {"r", "o"}
    assert offered(unit=unit, active=failed) == {"r", "s", "f"}
    assert offered(unit=mount, active=failed) == {"f"}
    assert offered(unit=unit, active=Clean("inactive"), load=Clean("masked")) == set()
