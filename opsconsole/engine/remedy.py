"""Builds the executor of a collector: the estate's rules, all actions, the audit log."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from opsconsole import registry
from opsconsole.audit import AuditLog, Record
from opsconsole.clean import Clean, clean
from opsconsole.engine.local import fitted
from opsconsole.engine.recent import Lately
from opsconsole.errors import Unauditable
from opsconsole.estate import Estate
from opsconsole.executor import Executor, Ground
from opsconsole.executor.claims import Claims
from opsconsole.executor.hands import Ways
from opsconsole.ports import Upward, Witness
from opsconsole.spec import Action

BUSY = "audit.busy"
"""Beside the log, which is what consoles share: what each of them has under way."""


def executor(
    estate: Estate,
    transports: Ways,
    publish: Callable[[Upward], None],
    *,
    read_only: bool = False,
    witness: Witness | None = None,
    heard: Callable[[Record], None] = lambda _: None,
) -> Executor:
    """The one door to the estate's targets. What an earlier collector left open is settled first.

    `read_only` shuts it for good, whatever the estate says; `heard` is told what is written down.
    """
    known = registry.integrations()
    log = AuditLog(heard=heard)
    policy = replace(estate.policy, read_only=read_only or estate.policy.read_only)
    ground = Ground(
        targets={target.id: target for target in fitted(estate.targets, known)},
        actions=actions_of(estate),
        inquiries={
            kind: {one.id: one for one in integration.inquiries}
            for kind, integration in known.items()
        },
        policy=policy,
        transports=transports,
        audit=log,
        publish=publish,
        witness=witness,
        unsettled=tuple(_settled(log)),
        claims=Claims(log.folder / BUSY),
        lately=Lately(log.folder, max(60.0, policy.window_s)),
    )
    return Executor(ground)


def actions_of(estate: Estate) -> dict[str, dict[str, Action]]:
    """Every action by kind of target and id: the integrations' own and the estate's."""
    return {
        kind: {action.id: action for action in integration.actions}
        | dict(estate.actions.get(kind, {}))
        for kind, integration in registry.integrations().items()
    }


def _settled(log: AuditLog) -> Iterable[Clean]:
    try:
        return [_told(record) for record in log.settle()]
    except Unauditable as error:
        return [clean(f"no action can run: {error}", 500)]


def _told(record: Record) -> Clean:
    action, check = record.body.get("action", "an action"), record.body.get("check", "")
    return clean(f"{action} was under way when its collector died, outcome unknown: {check}", 500)
