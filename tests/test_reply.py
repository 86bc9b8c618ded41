"""Answers of key-value servers: packed, taken apart, and refusals that say what helps."""

import pytest

from opsconsole import reply
from opsconsole.errors import Denied, Malformed, TargetError, Unreachable, Unsupported


def test_a_value_comes_back_as_it_was() -> None:
    value = [b"\xff\x00", 7, None, [b"", [-1]]]
    assert reply.read(reply.given(value), list) == value
    assert reply.read(reply.given(None), bytes | None) is None  # type: ignore[arg-type]
    with pytest.raises(Malformed, match="another shape"):
        reply.read(reply.given([1]), bytes)


@pytest.mark.parametrize(
    ("said", "kind", "remedy"),
    [
        ("NOPERM this user has no permissions to run the 'info' command", Denied, "+info"),
        (
            "NOPERM User ops has no permissions to run the 'client|list' command",
            Denied,
            "ACL SETUSER ops +client|list",
        ),
        ("NOPERM No permissions to access a key", Denied, "ACL SETUSER"),
        ("NOAUTH Authentication required.", Denied, "password"),
        ("WRONGPASS invalid username-password pair", Denied, "user"),
        ("DENIED Redis is running in protected mode", Denied, "protected mode"),
        ("LOADING Redis is loading the dataset in memory", Unreachable, "wait"),
        ("MISCONF Errors writing to the AOF file", Unreachable, "full disk"),
        ("MASTERDOWN Link with MASTER is down", Unreachable, "primary"),
        ("ERR max number of clients reached", Unreachable, "maxclients"),
        ("ERR invalid password", Denied, "password"),
        ("ERR Client sent AUTH, but no password is set", Denied, "take `password` out"),
        ("ERR wrong number of arguments for 'auth' command", Unsupported, "older than 6"),
        ("ERR unknown command 'X', with args beginning with: 'y'", Unsupported, "version"),
        ("ODD thing", Malformed, ""),
        ("ERR something else", Malformed, ""),
    ],
)
def test_a_refusal_says_what_helps(said: str, kind: type[TargetError], remedy: str) -> None:
    code, _, message = said.partition(" ")
    error = reply.fault(reply.Refusal(code, message), "kv")
    assert type(error) is kind
    assert str(error) == f"kv: {said.partition(', with args')[0]}"
    assert remedy in error.remedy


def test_what_a_server_lacks_is_told_from_what_it_refuses() -> None:
    assert not reply.knows(reply.refused("ERR", "unknown command 'SENTINEL'"))
    assert not reply.knows(reply.refused("ERR", "This instance has cluster support disabled"))
    assert reply.knows(reply.refused("NOPERM", "no"))
    assert reply.knows(reply.given([]))


def test_hostile_words_are_made_harmless() -> None:
    said = reply.Refusal("NOPERM", "User \x1b[2J has no permissions to run the 'a\x07' command")
    error = reply.fault(said)
    assert "\x1b" not in f"{error}{error.remedy}"
    assert "\x07" not in f"{error}{error.remedy}"
