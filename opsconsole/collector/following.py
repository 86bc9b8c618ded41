"""Keeps one watched list of one target watched while somebody needs it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.collector.asking import LONGEST_PENALTY, PENALTY
from opsconsole.collector.hands import Hands
from opsconsole.collector.lane import fault_of
from opsconsole.collector.pace import Backoff
from opsconsole.collector.watched import GRACE, WatchedLane
from opsconsole.collector.wheel import TICK
from opsconsole.errors import TargetError, Unreachable, Unsupported
from opsconsole.model import Fault, Row, Sample
from opsconsole.ports import Answer, Choosing, Session, Watching
from opsconsole.spec import Probe
from opsconsole.turn import BEAT

SILENT = 3 * BEAT
"""Seconds without a turn after which a list is silent, and a session of which all are."""


class Following:
    """The watch of one list: begun, heard, given up and begun again."""

    __slots__ = (
        "_backoff",
        "_hands",
        "_heard",
        "_penalty",
        "_retry_at",
        "_session",
        "_silent",
        "_subject",
        "_target",
        "_timed",
        "_turn",
        "_watching",
        "lane",
    )

    def __init__(
        self,
        target: str,
        lane: WatchedLane,
        hands: Hands,
        silent: Callable[["Following", Unreachable], None],
    ) -> None:
        """`silent` is told when nothing comes any more."""
        self.lane = lane
        self._target = target
        self._hands = hands
        self._silent = silent
        self._session: Session | None = None
        self._watching = False
        self._heard = 0.0
        self._backoff = Backoff(hands.uniform)
        self._penalty = 0.0
        self._retry_at: float | None = None
        self._timed = False
        self._turn = 0
        self._subject = ""

    @property
    def note(self) -> Clean:
        """That the list is not watched at present; empty when it is, or need not be."""
        if self._session is None or self._retry_at is None:
            return Clean("")
        rest = max(0.0, self._retry_at - self._hands.wheel.now())
        return clean(f"{self.lane.exchange.name} is begun again in {rest:.0f} s")

    def begin(self, session: Session) -> None:
        """Watch in this session from now on."""
        self._session = session
        self._backoff.reset()
        if not self.lane.idle:
            self._ask()

    def end(self) -> None:
        """Watch nothing: the session is over."""
        self._rest()
        self._session = None
        self.lane.break_off()

    def want(self, probes: frozenset[str], subject: str = "") -> None:
        """Hold rows of these on-demand probes from now on; what is known is told at once.

        Of another `subject` than before nothing is known, and all of the last one is gone.
        """
        if subject and subject != self._subject:
            self._subject = subject
            self._rest()
            self._backoff.reset()
            self._hands.patch(self.lane.forget(self._hands.wall()))
        if not self.lane.turns(probes):
            return
        patches, lacking = self.lane.want(probes, self._hands.wheel.now())
        if patches:
            self._hands.patch(patches)
        if self._watching and not lacking:
            self._tell_whole()
        if self.lane.fault is not None:
            self.tell_fault(self.lane.fault, self._hands.wall())
        if lacking:
            self._ask()
        self._hands.wheel.after(GRACE, self._let_go)

    def at_once(self) -> None:
        """Begin again now, if the list rests after a failure; else it is up to date anyway."""
        if self._retry_at is not None:
            self._ask()

    def take(self, answer: Answer) -> None:
        """Read what came, and tell what changed."""
        if not self._watching:  # it was under way when the list was left
            return
        self._heard = now = self._hands.wheel.now()
        try:
            if answer.error is not None:
                raise answer.error
            patches, faults = self.lane.take(answer, now)
        except TargetError as error:
            self.fail(error, answer.at)
            return
        if patches:
            self._hands.patch(patches)
        if faults:
            # The rest of the list is well, so that a probe which cannot read it has to wait.
            self._penalty = min(LONGEST_PENALTY, 2 * self._penalty or PENALTY)
            self._tell(faults)
            self._retry(self._penalty)
        elif not self.lane.loading:
            self._backoff.reset()
            self._penalty = 0.0
        self._tell_whole()

    def use(self, probe: Probe[Any], rows: Sequence[Row]) -> Iterator[None]:
        """Take rows of a probe that stands beside some of the list, some at a time."""
        for patches in self.lane.use(probe, rows, self._hands.wheel.now()):
            if patches:
                self._hands.patch(patches)
            yield

    def fail(self, error: TargetError, at: float) -> None:
        """Say that the list is not watched any more, and begin it again after a while."""
        self._rest()
        self.lane.break_off()
        self.lane.fault = fault_of(error)
        self.tell_fault(self.lane.fault, at)
        if not isinstance(error, Unsupported):
            self._retry(self._backoff.next(error))

    def tell_fault(self, fault: Fault, at: float) -> None:
        """Say of everything that is read here why there is nothing new."""
        self._tell(self.lane.faults(fault, at))

    def _tell(self, faults: list[Sample]) -> None:
        sent = [fault for fault in faults if self.lane.is_sent(fault.probe)]
        aside = [fault for fault in faults if not self.lane.is_sent(fault.probe)]
        if sent:
            self._hands.publish(sent)
        if aside:
            self._hands.tell(aside)

    def _ask(self) -> None:
        """Begin to watch, or begin anew."""
        session, name = self._session, self.lane.exchange.name
        self._rest()
        if session is None:
            return
        if not isinstance(session, Watching):
            what = f"{self._target}: its transport cannot watch {name!r}"
            self.fail(Unsupported(what, "name another in the estate"), self._hands.wall())
            return
        if self._subject and isinstance(session, Choosing):
            session.choose(name, self._subject)
        try:
            session.ask(name)
        except TargetError:  # the session's own end says why
            return
        self._watching = True
        self._heard = self._hands.wheel.now()
        self._hands.wheel.after(SILENT, partial(self._listen, self._turn))

    def _rest(self) -> None:
        """Watch no more, for now."""
        self._turn += 1
        self._retry_at = None
        if self._watching and isinstance(self._session, Watching):
            self._session.leave(self.lane.exchange.name)
        self._watching = False

    def _retry(self, seconds: float) -> None:
        wheel = self._hands.wheel
        self._retry_at = wheel.now() + seconds
        wheel.at(self._retry_at, partial(self._again, self._turn))

    def _again(self, turn: int) -> None:
        if turn == self._turn and not self.lane.idle:
            self._ask()

    def _let_go(self) -> None:
        self.lane.let_go(self._hands.wheel.now() + TICK)
        if self.lane.idle:
            self._rest()
            self.lane.fault = None

    def _listen(self, turn: int) -> None:
        if turn != self._turn:
            return
        wheel = self._hands.wheel
        if self._heard + SILENT - wheel.now() > TICK:
            wheel.at(self._heard + SILENT, partial(self._listen, turn))
        else:
            what = f"{self._target}: {self.lane.exchange.name!r} is silent for {SILENT:g} s"
            self._silent(self, Unreachable(what))

    def _tell_whole(self) -> None:
        """Let rules and recorders have all rows of what is due: of one probe now, of the next one
        when all else that waits has had its turn.
        """
        wheel = self._hands.wheel
        sample = self.lane.whole(wheel.now())
        if sample is not None:
            tell = self._hands.publish if self.lane.is_sum(sample.probe) else self._hands.tell
            tell([sample])
        due = self.lane.due
        if self._timed or due == float("inf"):
            return
        if wheel.now() < due:
            self._timed = True
            wheel.at(due, self._due)
        elif sample is not None:
            self._timed = True
            asyncio.get_running_loop().call_soon(self._due)

    def _due(self) -> None:
        self._timed = False
        if self._watching:
            self._tell_whole()
