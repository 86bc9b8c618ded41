"""What the audit log says of plans, refusals, intents and outcomes: bodies of its records."""

from collections.abc import Mapping

import msgspec

from opsconsole.errors import Gone, OpsError, Refused
from opsconsole.plan import Approval, Outcome, Plan, Request, Thing, digest

Body = dict[str, object]


def proposed(plan: Plan, body: bytes) -> Body:
    """A plan that was made: all of it, and its hash."""
    return {"plan": digest(body), **_plan(plan), "proposal": msgspec.to_builtins(plan)}


def turned_down(what: Request | Plan, error: OpsError, approval: Approval | None = None) -> Body:
    """A refusal: what was asked, the rule that said no, and why."""
    rule = error.rule if isinstance(error, Refused) else "moved" if isinstance(error, Gone) else ""
    said: Body = {"rule": rule or type(error).__name__.lower(), "reason": str(error)}
    if approval is not None:
        said |= {"plan": approval.plan, "note": approval.note}
    if isinstance(what, Plan):
        return {**_plan(what), **said}
    return {
        "action": what.action,
        "arguments": what.arguments,
        "objects": [_thing(thing) for thing in what.things],
        **said,
    }


def accepted(plan: Plan, approval: Approval, witness: str) -> Body:
    """The second person's yes."""
    return {"plan": approval.plan, **_plan(plan), "approver": witness}


def intended(plan: Plan, approval: Approval, witness: str) -> Body:
    """What is begun now; `check` says what to look at should its outcome never be written."""
    objects = ", ".join(f"{item.thing.name} on {item.thing.target}" for item in plan.items[:5])
    return {
        "plan": approval.plan,
        **_plan(plan),
        "note": approval.note,
        "approver": witness,
        "check": f"look at {objects}: {plan.title} may have been done there",
    }


def ended(plan: Plan, outcome: Outcome) -> Body:
    """How it ended, object by object."""
    return {
        "plan": outcome.plan,
        "action": plan.action,
        "tier": int(plan.tier),
        "state": str(outcome.ended),
        "seconds": round(outcome.seconds, 3),
        "objects": [
            {
                **_thing(result.thing),
                "state": str(result.ended),
                "message": result.message,
                "status": result.status,
                "output_sha256": result.output_sha256,
                "seconds": round(result.seconds, 3),
            }
            for result in outcome.results
        ],
    }


def _plan(plan: Plan) -> Body:
    steps: list[Mapping[str, object]] = [
        {"target": item.thing.target, "where": step.where, "argv": list(step.argv)}
        for item in plan.items
        for step in item.steps
    ]
    return {
        "action": plan.action,
        "arguments": plan.arguments,
        "tier": int(plan.tier),
        "objects": [_thing(item.thing) for item in plan.items],
        "steps": steps,
    }


def _thing(thing: Thing) -> Body:
    return {"target": thing.target, "name": thing.name, "identity": dict(thing.pins)}
