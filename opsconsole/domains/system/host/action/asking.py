"""How actions on a host ask it: fixed scripts whose words are data, and answers by tagged lines."""

from opsconsole.clean import clean_bytes
from opsconsole.errors import Malformed, Refused
from opsconsole.plan import Thing

NAME = "opsconsole"
"""What a script of ours is called in the host's list of processes."""


def script(text: str, *words: str) -> tuple[str, ...]:
    """Run a fixed script of one line under the host's sh; `words` are its `$1`, `$2`, ….

    No word is ever part of the script's text, so nothing in it can be a command.
    """
    return ("sh", "-c", text, NAME, *words)


def pin(thing: Thing, name: str) -> str:
    """What pins the object by that name; raises `Refused` without it."""
    for known, value in thing.pins:
        if known == name and value:
            return value
    raise Refused(f"{thing.target}: {thing.name or 'the object'} has no {name}", "unknown")


def number(thing: Thing, name: str) -> str:
    """A pin that is a whole number; raises `Refused` for anything else."""
    value = pin(thing, name)
    if not (value.isascii() and value.isdigit() and len(value) < 20):
        raise Refused(f"{thing.target}: {value!r} is no {name}", "unknown")
    return value


def tagged(out: bytes, tag: bytes) -> list[bytes]:
    """What follows `tag:` on each of its lines."""
    mark = tag + b":"
    return [line[len(mark) :] for line in out.split(b"\n") if line.startswith(mark)]


def one(out: bytes, tag: bytes) -> bytes:
    """The first of them, stripped; empty without one."""
    return next(iter(tagged(out, tag)), b"").strip()


def strange(thing: Thing, what: str, out: bytes) -> Malformed:
    """The error for an answer that is none."""
    said = clean_bytes(b" ".join(out.split()), 120)
    return Malformed(f"{thing.target}: {what} says nothing that can be understood: {said}")
