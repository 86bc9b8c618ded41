"""The sampler's lines as bytes: where a source's lines stand, checked numbers, rates."""

from array import array
from collections.abc import Iterable
from typing import NamedTuple

from opsconsole.clean import clean_bytes
from opsconsole.errors import Malformed, Unsupported

_TOP = 1 << 64
"""No counter of /proc is wider; a larger number would overflow a float somewhere later."""

_CLOCK_STEP_S = 60
"""A boot time that moved this far means another boot: adjustments of the clock move it less."""


class Moment(NamedTuple):
    """When the target took a sample, by its own clock; None where its kernel did not say."""

    uptime_s: float | None
    booted_at: int | None
    """Unix time of boot; only tells one boot from another."""


def text(payload: bytes) -> bytes:
    """The answer with a newline before each line; `Unsupported` when the host is not Linux."""
    if payload.startswith(b"unsupported:"):
        kernel = clean_bytes(payload[12:].split(b"\n", 1)[0], 40)
        raise Unsupported(
            f"this host runs {kernel}; its vitals are read from Linux's /proc",
            "watch it with another kind of target, or take it out of the estate",
        )
    return b"\n" + payload


def first(lines: bytes, tag: bytes) -> bytes | None:
    """What follows `tag` (which opens with a newline) on its first line; None without one."""
    start = lines.find(tag)
    if start < 0:
        return None
    start += len(tag)
    end = lines.find(b"\n", start)
    return lines[start:end] if end >= 0 else lines[start:]


def each(lines: bytes, tag: bytes) -> list[bytes]:
    """What follows `tag` (which opens with a newline) on each of its lines; they stand together."""
    start = lines.find(tag)
    if start < 0:
        return []
    end = lines.find(b"\n", lines.rfind(tag) + 1)
    return lines[start + len(tag) : end if end >= 0 else None].split(tag)


def table(lines: bytes, tag: bytes, also: bytes = b" ") -> tuple[list[bytes], int]:
    """Words of all lines that begin with `tag`, and how many each of them has.

    Words end at blanks and at `also`. One split for all of them, as this is the hot path;
    `ValueError` when the lines are of unequal length.
    """
    number = lines.count(tag)
    if not number:
        return [], 1
    start, end = lines.find(tag), lines.find(b"\n", lines.rfind(tag) + 1)
    block = lines[start : end if end >= 0 else None].replace(tag, b"\n")
    words = block.replace(also, b" ").split()
    width, rest = divmod(len(words), number)
    if rest:
        raise ValueError("lines of unequal length")
    return words, width


def counts(words: Iterable[bytes]) -> tuple[int, ...]:
    """Unsigned numbers of at most 64 bits; raises `ValueError` for anything else."""
    values = tuple(map(int, words))
    try:
        # Judges all of them at half the cost of min and max: it takes nothing else. The hot path.
        array("Q", values)
    except OverflowError as error:
        raise ValueError("number out of range") from error
    return values


def count(word: bytes) -> int:
    """One such number."""
    value = int(word)
    if not 0 <= value < _TOP:
        raise ValueError("number out of range")
    return value


def number(lines: bytes, tag: bytes) -> int | None:
    """The one number after `tag` on its line; None without such a line."""
    found = first(lines, tag)
    return None if found is None else count(found)


def real(word: bytes) -> float:
    """A finite number that is not negative; raises `ValueError` for anything else."""
    value = float(word)
    if not 0 <= value < 1e15:
        raise ValueError("number out of range")
    return value


def malformed(where: str, error: Exception) -> Malformed:
    """The error for a line that cannot be what it claims to be."""
    said = clean_bytes(str(error).encode(errors="replace"), 80)
    return Malformed(f"the host's answer is damaged at {where}: {said}", "it is asked again")


def moment(lines: bytes) -> Moment:
    """When this answer was taken: /proc/uptime and btime of /proc/stat."""
    uptime = first(lines, b"\nuptime:")
    booted = number(lines, b"\nstat:btime ")
    return Moment(real(uptime.partition(b" ")[0]) if uptime is not None else None, booted)


def elapsed(now: Moment, before: Moment | None) -> float | None:
    """Seconds between two answers of one boot by the target's clock; None when there are none."""
    if before is None or now.uptime_s is None or before.uptime_s is None:
        return None
    booted, earlier = now.booted_at, before.booted_at
    if booted is not None and earlier is not None and abs(booted - earlier) > _CLOCK_STEP_S:
        return None
    seconds = now.uptime_s - before.uptime_s
    return seconds if seconds > 0 else None


def rate(
    now: int | None, before: int | None, seconds: float | None, scale: float = 1
) -> float | None:
    """Increase of a counter per second, times `scale`; None when it fell: it was reset."""
    if now is None or before is None or seconds is None or now < before:
        return None
    return (now - before) * scale / seconds


def share(part: float | None, whole: float | None) -> float | None:
    """`part` of `whole` in percent; None when either is unknown or there is nothing to share."""
    if part is None or not whole:
        return None
    found = 100 * part / whole
    # All of it is 100: floats may make a little more of it.
    return min(found, 100.0) if part <= whole else found
