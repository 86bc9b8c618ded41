"""Ask AWS for more of what it allows."""

import math
from typing import Any

import msgspec

from opsconsole.clean import clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.action import look
from opsconsole.plan import Pins, Step, Thing
from opsconsole.question import CloudCall
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

MORE = 1.25
"""Of the limit, that is asked for unless somebody says how much: Cloud Custodian's example."""

_OPEN = ("PENDING", "CASE_OPENED")


class _Quota(msgspec.Struct):
    name: Any = None
    service: Any = None
    code: Any = None
    limit: Any = None
    adjustable: Any = None


class _Request(msgspec.Struct):
    id: Any = None
    state: Any = None
    wanted: Any = None
    case: Any = None


def _argv(thing: Thing) -> tuple[str, ...]:
    which = {"ServiceCode": look.pin(thing, "service"), "QuotaCode": look.pin(thing, "code")}
    return look.asked(
        thing,
        CloudCall(
            "service-quotas",
            "get_service_quota",
            which,
            "Quota.{name: QuotaName, service: ServiceCode, code: QuotaCode, limit: Value,"
            " adjustable: Adjustable}",
        ),
        CloudCall(
            "service-quotas",
            "list_requested_service_quota_change_history_by_quota",
            which,
            "RequestedQuotas[].{id: Id, state: Status, wanted: DesiredValue, case: CaseId}",
            page=100,
        ),
    )


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """The quota, and what was asked for before."""
    quotas, history = look.readings(thing, status, out, 2)
    region, one = look.only(thing, quotas, _Quota)
    asked = [said for where, said in history.found(_Request) if where == region]
    open_ = [said for said in asked if said.state in _OPEN]
    return {
        "quota": value.text(one.name),
        "service": value.text(one.service, 40),
        "code": value.text(one.code, 40),
        "region": clean(region, 40),
        "limit": f"{value.number(one.limit) or 0.0:g}",
        "adjustable": "yes" if one.adjustable is True else "",
        "open": value.joined([f"{said.wanted} ({said.state})" for said in open_], 400),
        "requests": " ".join(sorted(str(value.text(said.id, 64)) for said in asked)),
    }


def wanted(facts: Facts, arguments: Arguments) -> float:
    """How much to ask for."""
    said = value.number(arguments.get("to"))
    return said if said is not None else float(math.ceil(float(facts["limit"]) * MORE))


def _check(said: str) -> str:
    number = value.number(said)
    return "" if not said or (number is not None and number > 0) else "a number over the limit"


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if not facts["adjustable"]:
        return "AWS does not raise it"
    if facts["open"]:
        return f"that is asked for already: {facts['open']}"
    return "" if wanted(facts, arguments) > float(facts["limit"]) else "that is not more"


def _steps(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    return look.step(
        "service-quotas",
        "request_service_quota_increase",
        facts["region"],
        ServiceCode=facts["service"],
        QuotaCode=facts["code"],
        DesiredValue=wanted(facts, arguments),
    )


def _named(said: str) -> Pins:
    service, _, code = said.rpartition("/")
    return (("service", service), ("code", code))


RAISE_QUOTA = Action(
    id="aws.raise-quota",
    title="Ask for more",
    letter="i",
    about="Asks AWS to raise a quota; somebody there, or a program, decides.",
    probes=("aws.quota",),
    pins=("code", "service", "region"),
    weight=Weight.REVERSIBLE,
    look=Look(_argv, read),
    steps=_steps,
    effect=lambda _thing, facts, arguments: (
        f"AWS is asked for {wanted(facts, arguments):g} of {facts['quota']} in the place of"
        f" {facts['limit']}; that may take minutes or days"
    ),
    verify=Verify(
        "the request is there",
        lambda before, now, _arguments: (
            now is not None and bool(set(now["requests"].split()) - set(before["requests"].split()))
        ),
        60.0,
    ),
    timeout=look.SECONDS,
    expected_s=10.0,
    fits=lambda row: row.get("raise") == "can be raised",
    bars=_bars,
    named=_named,
    arguments=(Argument("to", "How much; a quarter more unless said", check=_check),),
)
