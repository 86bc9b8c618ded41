"""A call in one region: parameters filled in, pages followed, results picked, all of it bounded."""

import datetime
import itertools
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import jmespath
import msgspec
from botocore.exceptions import ClientError

from opsconsole.cloud import Region, refused
from opsconsole.question import CloudCall
from opsconsole.transports.aws.account import FAILURES, Account
from opsconsole.transports.aws.faults import code_of, of_failure

PAGES = 100
"""Pages of one call."""

ITEMS = 20_000
"""Items of one answer."""

ROOM = 6 << 20
"""Bytes of one answer in one region, as JSON."""

EACH = 300
"""Items of another call for which one is made."""

IN_ONE = 500
"""Objects that one call carries in a batch: what GetMetricData takes."""

HERE = "@region"
"""A parameter that stands for the region that is asked."""

READING = ("describe_", "get_", "list_", "lookup_")
"""How operations begin that change nothing."""

_MOMENT = re.compile(r"@now-([0-9]{1,8})")
_DAY = re.compile(r"@today-([0-9]{1,4})")
_jmespath = cast("Any", jmespath)  # it comes without types


def fetched(account: Account, call: CloudCall, region: str, stop: threading.Event) -> Region:
    """Everything a call finds in one region; what goes wrong stands in the answer."""
    where = f"{account.target}: {region}: {call.service} {call.operation}"
    answer = Region(region)
    try:
        items: list[Any] = []
        for item in _items(account, call, region, stop, answer):
            items.append(item)
            if len(items) >= ITEMS:
                answer.more = True
                break
        answer.items = _fitting(items, answer)
    except FAILURES as error:
        return refused(region, of_failure(where, error))
    return answer


def _fitting(items: Sequence[Any], answer: Region) -> list[msgspec.Raw]:
    room = ROOM
    kept: list[msgspec.Raw] = []
    for item in items:
        raw = msgspec.json.encode(item, enc_hook=str)
        room -= len(raw)
        if room < 0:
            answer.more = True
            break
        kept.append(msgspec.Raw(raw))
    return kept


def _items(
    account: Account, call: CloudCall, region: str, stop: threading.Event, answer: Region
) -> Iterator[Any]:
    if call.of is None:
        yield from _paged(account, call, filled(call.parameters), region, stop, answer)
        return
    shared = bool(call.batch or call.together)
    most = 10 * IN_ONE if shared else EACH
    others = list(itertools.islice(_items(account, call.of, region, stop, answer), most + 1))
    answer.more = answer.more or len(others) > most
    others = others[:most]
    if shared:
        for parameters in _batches(call, others) if call.batch else _together(call, others):
            yield from _paged(account, call, parameters, region, stop, answer)
        return
    for number, other in enumerate(others):
        parameters = filled(call.parameters, other, number)
        try:
            found = list(_paged(account, call, parameters, region, stop, answer))
        except ClientError as error:
            if code_of(error) not in call.absent:
                raise
            yield {"of": other, "items": [], "absent": code_of(error)}
        else:
            yield {"of": other, "items": found}


def _batches(call: CloudCall, others: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Parameters whose list holds its objects for each item, as many as one call carries."""
    pattern = cast("Sequence[object]", call.parameters[call.batch])
    objects = [filled(one, other, number) for number, other in enumerate(others) for one in pattern]
    rest = {key: value for key, value in call.parameters.items() if key != call.batch}
    for at in range(0, len(objects), IN_ONE):
        yield {**filled(rest), call.batch: objects[at : at + IN_ONE]}


def _together(call: CloudCall, others: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Parameters that hold fields of several items, which are each there once."""
    seen = {msgspec.json.encode(other, enc_hook=str): other for other in others}
    each = list(seen.values())
    for at in range(0, len(each), call.together):
        yield filled(call.parameters, each[at : at + call.together])


def _paged(
    account: Account,
    call: CloudCall,
    parameters: dict[str, Any],
    region: str,
    stop: threading.Event,
    answer: Region,
) -> Iterator[Any]:
    client = account.client(call.service, region)
    parameters = {key: region if one == HERE else one for key, one in parameters.items()}
    pick = _jmespath.compile(call.results) if call.results else None
    if client.can_paginate(call.operation):
        size = {"PageSize": call.page} if call.page else {}
        pages = client.get_paginator(call.operation).paginate(**parameters, PaginationConfig=size)
    else:
        pages = iter((getattr(client, call.operation)(**parameters),))
    for number, page in enumerate(pages):
        if number >= (call.pages or PAGES) or stop.is_set():
            answer.more = True
            return
        page.pop("ResponseMetadata", None)
        found = pick.search(page) if pick else page
        yield from found if isinstance(found, list) else [] if found is None else [found]


def filled(value: Any, item: Any = None, number: int = 0) -> Any:
    """`value` with moments and the item in their places."""
    match value:
        case str():
            return _written(value, item, number)
        case Mapping():
            pairs = cast("Mapping[str, Any]", value).items()
            return {key: filled(one, item, number) for key, one in pairs}
        case list() | tuple():
            return [filled(one, item, number) for one in cast("Sequence[Any]", value)]
        case _:
            return value


def _taken(text: str, item: Any) -> Any:
    """What a text with `*` stands for: the item, a field of it, that field of several."""
    if text == "*":
        return item
    if text.startswith("**."):
        return [one.get(text[3:]) for one in item]
    name, cut, mark = text[2:].partition(">")
    return str(item.get(name)).partition(mark)[2] if cut else item.get(name)


def _written(text: str, item: Any, number: int) -> Any:
    if text == "*" or text.startswith(("*.", "**.")):
        return _taken(text, item)
    if text.endswith("#"):
        return f"{text[:-1]}{number}"
    now = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
    if found := _MOMENT.fullmatch(text):
        return now - datetime.timedelta(seconds=int(found[1]))
    if found := _DAY.fullmatch(text):
        return (now.date() - datetime.timedelta(days=int(found[1]))).isoformat()
    match text:
        case "@today":
            return now.date().isoformat()
        case "@month":
            return now.date().replace(day=1).isoformat()
        case "@tomorrow":
            return (now.date() + datetime.timedelta(days=1)).isoformat()
        case "@next-month":
            return (
                (now.date().replace(day=28) + datetime.timedelta(days=4)).replace(day=1).isoformat()
            )
        case _:
            return text
