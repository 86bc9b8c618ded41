"""Services of a real systemd host: through the executor, over SSH, with and without the right."""

import pytest

from opsconsole.domains.system.host.action.service import SETTLED_S
from opsconsole.errors import Gone, Refused
from opsconsole.plan import Ended, Pins
from tests.domains.system.host.action.conftest import Booted
from tests.domains.system.host.action.operator import Operator, read

pytestmark = [pytest.mark.root, pytest.mark.server]


def unit(name: str, invocation: str = "") -> Pins:
    return (("unit", name), *((("invocation", invocation),) if invocation else ()))


async def test_a_restart_is_verified_by_another_run(operator: Operator) -> None:
    before = operator.property("app.service", "InvocationID")
    plan = await operator.propose("host.restart-service", "root", unit("app.service", before))
    (item,) = read(plan).items
    assert item.steps[0].argv == ("systemctl", "restart", "--", "app.service")
    assert "multi-user.target" in item.preview
    assert operator.property("app.service", "InvocationID") == before, "a plan changes nothing"
    outcome = await operator.approve(plan)
    assert outcome.ended is Ended.VERIFIED
    assert outcome.results[0].message.startswith("active as a new run")
    assert operator.property("app.service", "InvocationID") not in {"", before}


async def test_it_is_watched_for_the_whole_minute(booted: Booted) -> None:
    patient = Operator(*booted, change=lambda action: action)
    try:
        outcome = await patient.act("host.restart-service", "root", unit("app.service"))
    finally:
        await patient.close()
    assert outcome.ended is Ended.VERIFIED
    assert outcome.seconds >= SETTLED_S


async def test_a_service_that_crashes_again_and_again_was_restarted_without_effect(
    operator: Operator,
) -> None:
    operator.shell("systemctl", "start", "flapping.service")
    outcome = await operator.act("host.restart-service", "root", unit("flapping.service"))
    assert outcome.ended is Ended.NO_EFFECT
    assert "and broke again" in outcome.results[0].message
    # Which run of it this is says nothing: it can be stopped whatever the row said.
    stopped = await operator.act("host.stop-service", "root", unit("flapping.service", "0" * 32))
    assert stopped.ended is Ended.VERIFIED
    assert operator.property("flapping.service", "ActiveState") == "inactive"


async def test_a_service_that_somebody_else_restarted_is_not_the_same(operator: Operator) -> None:
    before = operator.property("app.service", "InvocationID")
    plan = await operator.propose("host.stop-service", "root", unit("app.service", before))
    operator.shell("systemctl", "restart", "app.service")
    now = operator.property("app.service", "InvocationID")
    outcome = await operator.approve(plan)
    assert outcome.ended is Ended.REFUSED
    assert "invocation was" in outcome.results[0].message
    assert "(rule moved)" in outcome.results[0].message
    assert operator.property("app.service", "InvocationID") == now
    with pytest.raises(Refused, match="rule moved"):
        await operator.propose("host.stop-service", "root", unit("app.service", before))


async def test_stop_and_its_undo(operator: Operator) -> None:
    outcome = await operator.act("host.stop-service", "root", unit("app.service"))
    assert outcome.ended is Ended.VERIFIED
    assert operator.property("app.service", "ActiveState") == "inactive"
    (undo,) = outcome.undo
    assert (undo.action, undo.things[0].pins) == ("host.start-service", unit("app.service"))
    back = await operator.act(undo.action, "root", undo.things[0].pins)
    assert back.ended is Ended.VERIFIED
    assert operator.property("app.service", "ActiveState") == "active"


async def test_reload_keeps_the_run_and_only_where_there_is_a_way(operator: Operator) -> None:
    before = operator.property("app.service", "InvocationID")
    outcome = await operator.act("host.reload-service", "root", unit("app.service"))
    assert outcome.ended is Ended.VERIFIED
    assert operator.property("app.service", "InvocationID") == before
    with pytest.raises(Refused, match="no way to reload"):
        await operator.propose("host.reload-service", "root", unit("failing.service"))


async def test_a_failure_is_forgotten(operator: Operator) -> None:
    assert operator.property("failing.service", "ActiveState") == "failed"
    outcome = await operator.act("host.reset-failed", "root", unit("failing.service"))
    assert outcome.ended is Ended.VERIFIED
    assert operator.property("failing.service", "ActiveState") == "inactive"
    with pytest.raises(Refused, match="it has not failed"):
        await operator.propose("host.reset-failed", "root", unit("failing.service"))


async def test_a_start_that_fails_is_told_with_the_words_of_systemctl(operator: Operator) -> None:
    outcome = await operator.act("host.start-service", "root", unit("failing.service"))
    (result,) = outcome.results
    assert (outcome.ended, result.status) == (Ended.FAILED, 1)
    assert "systemctl ended with status 1" in result.message


@pytest.mark.parametrize("name", ["ssh.service", "dbus.service", "systemd-logind.service"])
async def test_what_carries_the_way_in_is_left_alone(operator: Operator, name: str) -> None:
    for verb in ("restart", "stop"):
        with pytest.raises(Refused, match=r"way into the host|very session") as caught:
            await operator.propose(f"host.{verb}-service", "root", unit(name))
        assert caught.value.rule == "inapplicable"
    assert operator.log.kinds[-2:] == ["refusal", "refusal"]


@pytest.mark.parametrize("name", ["*.service", "app", "-a.service;reboot", "ap[p].service", "../x"])
async def test_what_names_no_service_is_refused(operator: Operator, name: str) -> None:
    with pytest.raises(Refused):
        await operator.propose("host.stop-service", "root", unit(name))
    assert operator.property("app.service", "ActiveState") == "active"


async def test_no_such_service(operator: Operator) -> None:
    with pytest.raises(Gone, match="has no unit nothing"):
        await operator.propose("host.restart-service", "root", unit("nothing.service"))


async def test_our_own_sudoers_file_permits_what_was_named_and_no_more(operator: Operator) -> None:
    outcome = await operator.act("host.restart-service", "ops", unit("app.service"))
    assert outcome.ended is Ended.VERIFIED
    plan = next(body for body in operator.log.bodies if "steps" in body)
    assert "'sudo', '-n', '--', 'systemctl', 'restart', '--', 'app.service'" in str(plan["steps"])
    with pytest.raises(Refused, match="opsconsole sudoers") as caught:
        await operator.propose("host.start-service", "ops", unit("spare.service"))
    assert caught.value.rule == "sudo"


async def test_without_the_right_it_is_greyed_and_refused(operator: Operator) -> None:
    with pytest.raises(Refused) as caught:
        await operator.propose("host.restart-service", "guest", unit("app.service"))
    assert caught.value.rule == "sudo"
    assert operator.log.kinds == ["arm", "refusal"]


async def test_the_file_is_one_that_sudo_can_read(operator: Operator) -> None:
    assert "parsed OK" in operator.shell("visudo", "-cf", "/etc/sudoers.d/ops")
