"""What is done to a device: a restart that is seen, a clock that is right afterwards."""

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.lowvoltage.onvif.action import REBOOT, SET_CLOCK, said
from opsconsole.errors import Malformed, Unsupported
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.spec import Action, Facts
from opsconsole.transports.onvif import OnvifTransport
from opsconsole.transports.onvif import pool as pools
from tests.servers.onvif import device
from tests.transports.doing import done
from tests.transports.onvif.test_pool import target

CAMERA = Thing("cam", (("serial", "SN-7"),), Clean("cam"))


async def looked(action: Action, to: Target) -> Facts:
    """All facts now, as the executor gathers them."""
    first = action.look
    found = dict(first.read(CAMERA, *await done(OnvifTransport(), to, *first.argv(CAMERA))))
    for look in first.then(CAMERA, found):
        found |= look.read(CAMERA, *await done(OnvifTransport(), to, *look.argv(CAMERA)))
    return found


async def test_a_restart_is_over_when_the_same_device_answers_again() -> None:
    async with device() as one:
        to = target(one.url)
        before = await looked(REBOOT, to)
        assert REBOOT.bars(CAMERA, before, {}) == ""
        assert "Acme Dome 5" in REBOOT.effect(CAMERA, before, {})
        (step,) = REBOOT.steps(CAMERA, before, {})
        status, out = await done(OnvifTransport(), to, *step.argv)
        assert (status, said(status, out)) == (0, "done")
        assert one.operations.count("SystemReboot") == 1
        assert one.sulks < 3  # the call ended when it was away
        one.sulks = 0
        assert REBOOT.verify.held(before, await looked(REBOOT, to), {})
        assert not REBOOT.verify.held(before, {**before, "serial": "another"}, {})


async def test_a_device_that_says_yes_and_stays_has_not_restarted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pools, "GOING", 0.2)
    async with device() as one:
        one.stubborn = True
        to = target(one.url)
        (step,) = REBOOT.steps(CAMERA, {}, {})
        status, out = await done(OnvifTransport(), to, *step.argv)
        assert (status, "still answers" in said(status, out)) == (1, True)


async def test_a_clock_kept_by_hand_is_set_and_others_are_not() -> None:
    async with device() as one:
        to = target(one.url)
        one.ahead = -500.0
        before = await looked(SET_CLOCK, to)
        assert (before["ahead_s"].startswith("-"), SET_CLOCK.bars(CAMERA, before, {})) == (True, "")
        assert not SET_CLOCK.verify.held(before, before, {})
        (step,) = SET_CLOCK.steps(CAMERA, before, {})
        assert await done(OnvifTransport(), to, *step.argv) == (0, b"{}")
        now = await looked(SET_CLOCK, to)
        assert SET_CLOCK.verify.held(before, now, {})
        assert SET_CLOCK.bars(CAMERA, now, {}) == "its clock is right"
        one.mode = "NTP"
        assert "NTP" in SET_CLOCK.bars(CAMERA, await looked(SET_CLOCK, to), {})
        assert SET_CLOCK.bars(CAMERA, {**now, "ahead_s": ""}, {}) == "it does not tell its time"


def test_what_cannot_be_read_is_an_error_of_ours() -> None:
    with pytest.raises(Unsupported, match="cam: not you"):
        REBOOT.look.read(CAMERA, 1, b"not\nyou")
    with pytest.raises(Malformed):
        REBOOT.look.read(CAMERA, 0, b"[")
