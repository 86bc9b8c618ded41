"""How queues and jobs are looked at: as those of a server first, then as those of a printer."""

import re
from dataclasses import replace

from opsconsole import ipp
from opsconsole.clean import clean
from opsconsole.domains.desktop.cups.job import queue_of
from opsconsole.domains.desktop.cups.wire import (
    JOB_KEYS,
    JOB_STATES,
    OVER,
    PRINTER,
    SERVER,
    STATES,
    path_of,
    uri,
    wanted,
)
from opsconsole.errors import Gone, Malformed, Refused, Unsupported
from opsconsole.plan import Thing
from opsconsole.spec import Facts, Look


def call(path: str, operation: str, *given: ipp.Given) -> tuple[str, ...]:
    """A request of IPP as words for the transport."""
    said = ipp.worded(operation, *given)
    return ("POST", path, f"{ipp.MIME} {said}")


def said(thing: Thing, status: int, out: bytes) -> ipp.Answer:
    """The answer; raises `Unsupported` where the server does not let us."""
    if status in {401, 403}:
        raise Unsupported(
            f"{thing.target}: the server lets us not do that (status {status})",
            "give the target `user` and `password` of an account in its SystemGroup",
        )
    if status:
        raise Unsupported(f"{thing.target}: no answer of IPP: status {status}")
    return ipp.read(out.partition(b"\n")[2])


def pin(thing: Thing, name: str) -> str:
    """What pins an object; empty without it."""
    return dict(thing.pins).get(name, "")


_STATE = wanted(
    *("printer-name", "printer-state", "printer-state-reasons", "printer-is-accepting-jobs"),
    *("queued-job-count", "printer-uri-supported", "operations-supported"),
)


def _look_server(_thing: Thing) -> tuple[str, ...]:
    return call(SERVER, "CUPS-Get-Printers", *_STATE)


def _read_server(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a queue of a server; none where this is a printer. Raises `Gone`."""
    if status in {401, 403}:
        said(thing, status, out)
    try:
        answer = ipp.read(out.partition(b"\n")[2]) if not status else None
    except Malformed:
        answer = None
    if answer is None or not answer.fine:
        return {"queue": pin(thing, "queue")}
    return _facts(thing, answer)


def _facts(thing: Thing, answer: ipp.Answer) -> Facts:
    groups = list(answer.of(ipp.PRINTER))
    paths = {one.text("printer-name"): path_of(one.text("printer-uri-supported")) for one in groups}
    for one in groups:
        path = path_of(one.text("printer-uri-supported"))
        if pin(thing, "queue") in {one.text("printer-name"), path}:
            accepting = one.flag("printer-is-accepting-jobs")
            return {
                "queue": pin(thing, "queue"),
                "path": str(clean(path)),
                "state": STATES.get(one.number("printer-state") or 0, "unknown"),
                "reasons": str(clean(", ".join(one.texts("printer-state-reasons")))),
                "accepting": {True: "yes", False: "no", None: ""}[accepting],
                "jobs": str(one.number("queued-job-count") or 0),
                "_can": " ".join(str(number) for number in one.numbers("operations-supported")),
                "_queues": " ".join(f"{name}={path}" for name, path in paths.items() if path),
            }
    raise Gone(f"{thing.target}: no queue {pin(thing, 'queue')!r} there")


def _then_printer(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    if "path" in facts:
        return ()
    asked = call(PRINTER, "Get-Printer-Attributes", uri(PRINTER), *_STATE)
    return (Look(lambda _: asked, _read_printer),)


def _read_printer(thing: Thing, status: int, out: bytes) -> Facts:
    answer = said(thing, status, out)
    if not answer.fine:
        raise Unsupported(f"{thing.target}: {clean(answer.message, 120)}")
    return _facts(thing, answer)


MOST = 4 << 20
"""Bytes of an answer with all queues of a server: each of some thousand."""

QUEUE = Look(_look_server, _read_server, then=_then_printer, most=MOST)


_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


def job_id(thing: Thing) -> ipp.Given:
    """The number of a job; raises `Refused` for what is none."""
    number = pin(thing, "id")
    if not _NUMBER.fullmatch(number) or int(number) >= 1 << 31:
        raise Refused(
            f"{thing.target}: {str(clean(number, 40))!r} is no number of a job", "unknown"
        )
    return ("integer", "job-id", number)


def _look_job(thing: Thing) -> tuple[str, ...]:
    return call(SERVER, "Get-Job-Attributes", uri(PRINTER), job_id(thing), *wanted(*JOB_KEYS))


def _read_job(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a job; only its number where no server of queues answers. Raises `Gone`."""
    if status in {400, 404, 405, 501}:
        return {"id": pin(thing, "id")}
    return _of_job(thing, said(thing, status, out))


def _of_job(thing: Thing, answer: ipp.Answer) -> Facts:
    one = next(answer.of(ipp.JOB), None)
    state = one.number("job-state") if one else None
    if answer.status == 0x0406 or state in OVER:
        word = JOB_STATES.get(state or 0, "not known there")
        raise Gone(f"{thing.target}: job {pin(thing, 'id')} is {word}")
    if one is None or not answer.fine:
        raise Unsupported(f"{thing.target}: {clean(answer.message, 120)}")
    return {
        "id": pin(thing, "id"),
        "queue": str(clean(queue_of(one), 127)),
        "path": str(clean(path_of(one.text("job-printer-uri")))),
        "name": str(clean(one.text("job-name"), 120)),
        "user": str(clean(one.text("job-originating-user-name"), 80)),
        "state": JOB_STATES.get(state or 0, "unknown"),
    }


def _then_job(thing: Thing, facts: Facts) -> tuple[Look, ...]:
    if "path" in facts:
        return ()
    asked = call(PRINTER, "Get-Job-Attributes", uri(PRINTER), job_id(thing), *wanted(*JOB_KEYS))
    return (Look(lambda _: asked, lambda one, status, out: _of_job(one, said(one, status, out))),)


JOB = Look(_look_job, _read_job, then=_then_job)


def _then_queues(_thing: Thing, _facts: Facts) -> tuple[Look, ...]:
    asked = call(SERVER, "CUPS-Get-Printers", *wanted("printer-name", "printer-uri-supported"))
    return (Look(lambda _: asked, _read_queues, most=MOST),)


def _read_queues(thing: Thing, status: int, out: bytes) -> Facts:
    answer = said(thing, status, out)
    if not answer.fine:
        raise Unsupported(f"{thing.target}: is no server of queues: {clean(answer.message, 80)}")
    paths = [
        f"{one.text('printer-name')}={path_of(one.text('printer-uri-supported'))}"
        for one in answer.of(ipp.PRINTER)
    ]
    return {"_queues": " ".join(str(clean(path)) for path in paths)}


def queues_of(facts: Facts) -> dict[str, str]:
    """Paths of all queues of the server, by name."""
    pairs = (word.partition("=") for word in facts.get("_queues", "").split())
    return {name: path for name, _, path in pairs}


MOVABLE = Look(_look_job, _read_job, then=_then_queues)
"""A job, and the queues of its server."""


def _then_rights(thing: Thing, facts: Facts) -> tuple[Look, ...]:
    """The printer's own page follows where the server's knew nothing of the job."""
    if "path" not in facts:
        (own,) = _then_job(thing, facts)
        return (replace(own, then=_then_rights),)
    path = facts["path"] or PRINTER
    asked = call(path, "Get-Printer-Attributes", uri(path), *wanted("operations-supported"))
    return (Look(lambda _: asked, _read_rights),)


def _read_rights(thing: Thing, status: int, out: bytes) -> Facts:
    group = next(said(thing, status, out).of(ipp.PRINTER), ipp.Group(ipp.PRINTER))
    return {"_can": " ".join(str(number) for number in group.numbers("operations-supported"))}


HOLDABLE = Look(_look_job, _read_job, then=_then_rights)
"""A job, and what its queue can be asked to do."""
