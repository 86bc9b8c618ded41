"""All we know of one kind of target."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from opsconsole.battery import Supply
from opsconsole.question import Question, Questions, Script
from opsconsole.rule import Rule
from opsconsole.spec.action import Action
from opsconsole.spec.inquiry import Inquiry
from opsconsole.spec.kind import Foreign, Ground, News
from opsconsole.spec.probe import Exchange, Probe, Program
from opsconsole.spec.visit import Visit


@dataclass(frozen=True, slots=True)
class Integration:
    """All we know of one kind of target; a module in a domain folder binds one to `INTEGRATION`."""

    kind: str
    title: str
    exchanges: tuple[Exchange, ...]
    probes: tuple[Probe[Any], ...]  # Any: each probe has a reading type of its own
    program: Program | None = None
    """For shell transports: the composite sampler that answers all exchanges."""
    local_settings: Callable[[str, float], Mapping[str, object]] | None = None
    """Settings a target on this machine needs, by `sys.platform` and the seconds between pushes."""
    setup: str = ""
    """How to add such a target to the estate, a few lines of TOML."""
    actions: tuple[Action, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    """Texts that can be read of its objects."""
    visits: tuple[Visit, ...] = ()
    """Programs that take the terminal; their letters are in one menu with those of `inquiries`."""
    rules: tuple[Rule, ...] = ()
    """When its rows are wrong, unless the estate says otherwise."""
    news: tuple[News, ...] = ()
    """What goes to the timeline, of probes that are always parsed."""
    grounds: tuple[Ground, ...] = ()
    """What is known of relations besides what the estate says."""
    inventories: tuple[str, ...] = ()
    """Probes of what changes rarely: rows of kind, name and value, always parsed and quiet."""
    questions: Questions = field(default_factory=dict[str, tuple[Question, ...]])
    """For transports that ask and are no shell: the requests of each exchange, by its name."""
    transports: tuple[str, ...] = ("ssh", "local")
    """Ways that can reach such a target; the first one unless the estate says otherwise."""
    foreign: Foreign | None = None
    """What its targets alert of by themselves."""
    supply: Supply | None = None
    """Where its targets tell how long their batteries carry what stands on them."""

    @property
    def offers(self) -> tuple[Inquiry | Visit, ...]:
        """What the menu of texts holds."""
        return *self.inquiries, *self.visits

    @property
    def script(self) -> Script:
        """What its transport is handed: its questions, or the text of its program."""
        return self.questions or (self.program.script if self.program else "")
