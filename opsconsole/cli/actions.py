"""What `opsconsole actions` does: lists what can be done, and at which tier here."""

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from opsconsole.cli.asking import load_estate
from opsconsole.cli.result import aligned
from opsconsole.engine import actions_of
from opsconsole.errors import UsageError
from opsconsole.estate import Estate
from opsconsole.executor import judged
from opsconsole.model import Target
from opsconsole.spec import Action

Found = tuple[str, Action, list[int]]
"""Kind of target, action, and the tiers that one object has on the targets asked about."""


def run_actions(path: Path | None, target: str | None, output: str) -> int:
    """Print the actions for a target, or for every kind in the estate."""
    estate = load_estate(path)
    found = list(_found(estate, target))
    if output == "json":
        encoded = msgspec.json.encode([_described(*one) for one in found])
        sys.stdout.write(msgspec.json.format(encoded, indent=2).decode() + "\n")
        return 0
    lines = [["ACTION", "TITLE", "ON", "OBJECT", "TIER", "ABOUT"]]
    for kind, action, tiers in found:
        tier = "-".join(dict.fromkeys(map(str, (tiers[0], tiers[-1]))))
        on, named = ", ".join(action.probes) or kind, _object(action) or "-"
        lines.append([action.id, action.title, on, named, tier, action.about])
    sys.stdout.write(aligned(lines, [False] * 6))
    return 0


def _found(estate: Estate, name: str | None) -> Iterator[Found]:
    if name is not None and name not in estate.by_id:
        raise UsageError(f"there is no target {name!r} (all of them: opsconsole check)")
    targets = estate.targets if name is None else (estate.by_id[name],)
    for kind, actions in sorted(actions_of(estate).items()):
        mine = [target for target in targets if target.kind == kind]
        if mine:
            yield from ((kind, action, _tiers(estate, action, mine)) for action in actions.values())


def _tiers(estate: Estate, action: Action, targets: list[Target]) -> list[int]:
    return sorted({int(judged(action, [target], estate.policy)[0]) for target in targets})


def _object(action: Action) -> str | None:
    """What `--object` takes; None for an action on the target itself."""
    return action.pins[0] if action.probes else None


def _described(kind: str, action: Action, tiers: list[int]) -> dict[str, object]:
    return {
        "action": action.id,
        "title": action.title,
        "about": action.about,
        "kind": kind,
        "on": action.probes,
        "object": _object(action),
        "tiers": tiers,
        "arguments": [
            {
                "name": argument.name,
                "title": argument.title,
                "choices": argument.choices,
                "default": argument.default,
            }
            for argument in action.arguments
        ],
        "verified_by": action.verify.says,
        "expected_s": action.expected_s,
        "cancellable": action.cancellable,
    }
