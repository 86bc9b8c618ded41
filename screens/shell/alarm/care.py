"""Taking care of alerts: asks who does it, for how long and why, and tells the collector."""

import re
from collections.abc import Awaitable, Callable, Sequence

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError, UsageError
from opsconsole.model import Level
from opsconsole.ports import AlertPort
from screens.shell.alarm.form import CareForm, Given
from screens.shell.alarm.known import Alarms
from screens.shell.alarm.wording import duration, place
from screens.shell.base import ConsoleApp

_DURATION = re.compile(r"(\d{1,6})([smhd])")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

NO_PORT = "this console has no way to tell the collector"


def seconds(word: str) -> float | None:
    """`90s`, `10m`, `8h`, `2d`; None for a word that is no duration."""
    found = _DURATION.fullmatch(word)
    return float(found[1]) * _SECONDS[found[2]] if found else None


def silencing(argument: str) -> tuple[str, float, str]:
    """Match, seconds and reason of `MATCH TIME REASON`; raises `UsageError` with how to say it."""
    words = argument.split()
    at = next((at for at, word in enumerate(words) if seconds(word) is not None), 0)
    reason = " ".join(words[at + 1 :])
    if not at or not reason:
        raise UsageError(
            "who, for how long and why? :silence target:web* rule:host.disk-full 2h new disks"
        )
    return " ".join(words[:at]), seconds(words[at]) or 0.0, reason


class Care:
    """Walks one operator through it; what is wrong is told, nothing is assumed done."""

    def __init__(
        self,
        app: ConsoleApp,
        alarms: Alarms,
        port: AlertPort | None,
        tell: Callable[[Clean, Level], None],
    ) -> None:
        self._app = app
        self._alarms = alarms
        self._port = port
        self._tell = tell

    def take_on(self, alerts: Sequence[Alert]) -> None:
        """Ask for note and time, then acknowledge these."""
        self._need_port()
        open_ = _not_over(alerts)

        def given(said: Given | None) -> None:
            if said is not None:
                self.acknowledge(open_, said.note, said.seconds)

        form = CareForm(clean(f"Acknowledge {_called(open_)}"), holds=True)
        self._app.push_screen(form, given)

    def acknowledge(self, alerts: Sequence[Alert], note: str, for_s: float) -> None:
        """Tell the collector that somebody takes these on."""
        port = self._need_port()
        open_ = _not_over(alerts)
        until = f" for {duration(for_s)}" if for_s else ", until it is over"
        self._do(
            lambda: port.acknowledge([alert.id for alert in open_], note, for_s),
            f"acknowledged{until}: {_called(open_)}",
        )

    def release(self, alerts: Sequence[Alert]) -> None:
        """Take acknowledgements back."""
        port = self._need_port()
        held = [alert for alert in alerts if alert.acknowledged is not None]
        if not held:
            raise UsageError("nobody acknowledged that")
        self._do(
            lambda: port.release([alert.id for alert in held]),
            f"calls again: {_called(held)}",
        )

    def hush(self, match: str) -> None:
        """Ask for what, time and reason, then silence it."""
        self._need_port()

        def given(said: Given | None) -> None:
            if said is not None:
                self.silence(said.match, said.seconds, said.note)

        self._app.push_screen(CareForm(Clean("Silence"), match=match), given)

    def silence(self, match: str, for_s: float, reason: str) -> None:
        """Tell the collector to call nobody for what a filter names."""
        port = self._need_port()
        said = f"silenced for {duration(for_s)}: {match}"
        self._do(lambda: port.silence(match, for_s, reason), said)

    def unsilence(self, name: str) -> None:
        """End a silence."""
        port = self._need_port()
        if name not in self._alarms.silences:
            known = ", ".join(self._alarms.silences) or "none"
            raise UsageError(f"no silence {name!r}; there is {known}")
        self._do(lambda: port.unsilence(name), f"calls again: {name}")

    def _need_port(self) -> AlertPort:
        if self._port is None:
            raise UsageError(NO_PORT)
        return self._port

    def _do(self, call: Callable[[], Awaitable[None]], said: str) -> None:
        async def doing() -> None:
            try:
                await call()
            except OpsError as error:
                self._tell(clean(f"not done: {error}", 500), Level.WARN)
            else:
                self._tell(clean(said, 300), Level.OK)

        self._app.run_worker(doing(), group="care")


def _not_over(alerts: Sequence[Alert]) -> list[Alert]:
    open_ = [alert for alert in alerts if alert.phase is not Phase.RESOLVED]
    if not open_:
        raise UsageError("there is no open alert on that")
    return open_


def _called(alerts: Sequence[Alert]) -> Clean:
    """`Disk is full, /var on web-1`, `12 alerts`."""
    if len(alerts) > 1:
        return Clean(f"{len(alerts)} alerts")
    return clean(f"{alerts[0].title}, {place(alerts[0])}", 160)
