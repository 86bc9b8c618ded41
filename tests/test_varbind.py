"""Variable bindings: taken apart as pysnmp does it; otherwise `Malformed`, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole import varbind
from opsconsole.errors import Malformed
from opsconsole.question import Part
from opsconsole.table import refused
from opsconsole.transports.snmp import ber
from opsconsole.varbind import Bound
from tests.transports.snmp.oracle import encoder, rfc1902, rfc1905


def _oid(first: int, second: int, rest: list[int]) -> tuple[int, ...]:
    return (first, second % (40 if first < 2 else 1 << 31), *rest)


oids: st.SearchStrategy[tuple[int, ...]] = st.builds(
    _oid,
    st.integers(0, 2),
    st.integers(0, 2**31 - 1),
    st.lists(st.integers(0, 2**32 - 1), max_size=20),
)
plain: st.SearchStrategy[Any] = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(rfc1902.Integer32),
    st.integers(0, 2**32 - 1).map(rfc1902.Counter32),
    st.integers(0, 2**32 - 1).map(rfc1902.Gauge32),
    st.integers(0, 2**32 - 1).map(rfc1902.TimeTicks),
    st.integers(0, 2**64 - 1).map(rfc1902.Counter64),
    st.binary(max_size=300).map(rfc1902.OctetString),
    st.binary(min_size=4, max_size=4).map(rfc1902.IpAddress),
    st.binary(max_size=20).map(rfc1902.Opaque),
    oids.map(rfc1902.ObjectIdentifier),
)


def theirs(pairs: list[tuple[tuple[int, ...], object]]) -> bytes:
    """Names and values as pysnmp encodes them; nothing is the end of what there is."""
    found: list[bytes] = []
    for oid, said in pairs:
        end = rfc1905.endOfMibView
        raw = encoder.encode(rfc1902.ObjectName(oid)) + encoder.encode(
            end if said is None else said
        )
        found.append(ber.packed(varbind.SEQUENCE, raw))
    return b"".join(found)


def value(theirs: Any) -> varbind.Value:
    """A value of pysnmp as ours."""
    if theirs is None:
        return None
    if isinstance(theirs, rfc1902.ObjectIdentifier):
        return str(theirs)
    octets = (rfc1902.OctetString, rfc1902.Opaque, rfc1902.IpAddress)
    return bytes(theirs) if isinstance(theirs, octets) else int(theirs)


@given(st.lists(st.tuples(oids, st.none() | plain), max_size=6))
def test_what_pysnmp_encodes_is_read_the_same(pairs: list[tuple[tuple[int, ...], object]]) -> None:
    found = varbind.bindings(theirs(pairs))
    assert [one.name for one in found] == [".".join(map(str, oid)) for oid, _ in pairs]
    assert [one.value for one in found] == [value(one) for _, one in pairs]


def test_what_is_cut_short_anywhere_is_malformed() -> None:
    whole = theirs([((1, 3, 6, 1), rfc1902.OctetString(b"x" * 200)), ((1, 3, 6, 2), None)])
    ends = [at for at in range(1, len(whole)) if len(varbind.bindings(whole)) == 2]
    for end in ends:
        try:
            assert len(varbind.bindings(whole[:end])) == 1  # at the border of the two
        except Malformed:
            continue
    with pytest.raises(Malformed):
        varbind.bindings(whole[:-1])


@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda raw: b"\x30" + raw))
def test_bytes_of_any_kind_are_read_or_malformed(raw: bytes) -> None:
    try:
        found = varbind.bindings(raw)
    except Malformed:
        return
    assert all(isinstance(varbind.shown(one), str) for one in found)


@given(st.lists(st.tuples(oids, plain), min_size=1, max_size=4), st.data())
def test_an_answer_with_changed_bytes_is_read_or_malformed(
    pairs: list[tuple[tuple[int, ...], object]], data: st.DataObject
) -> None:
    raw = bytearray(theirs(pairs))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        varbind.bindings(bytes(raw))
    except Malformed:
        return


@pytest.mark.parametrize(
    "raw",
    ["3080", "30840000", "300506032b8106", "3007060380808001", "300406000500", "30ffffffffff"],
)
def test_absurd_lengths_and_names_are_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        varbind.bindings(bytes.fromhex(raw))


def test_a_number_of_more_than_64_bits_is_malformed() -> None:
    with pytest.raises(Malformed, match="64 bits"):
        varbind.bindings(b"\x30\x10\x06\x02\x2b\x06\x46\x0a" + b"\xff" * 10)


def test_a_counter_without_room_for_its_sign_is_no_negative_number() -> None:
    (one,) = varbind.bindings(b"\x30\x0a\x06\x02\x2b\x06\x41\x04\xff\xff\xff\xff")
    assert one.value == 2**32 - 1


def test_a_value_of_no_known_type_is_its_bytes() -> None:
    (one,) = varbind.bindings(b"\x30\x08\x06\x02\x2b\x06\x9f\x02ab")
    assert (one.tag, one.value) == (0x9F, b"ab")


@pytest.mark.parametrize(
    ("tag", "said", "drawn"),
    [
        (varbind.OCTETS, b"Gi0/1\0", "Gi0/1"),
        (varbind.OCTETS, b"\x00\x1b\x21\xff", "00 1b 21 ff"),
        (varbind.OCTETS, b"red\x1b[31m", "72 65 64 1b 5b 33 31 6d"),
        (varbind.ADDRESS, b"\x7f\0\0\1", "127.0.0.1"),
        (varbind.TICKS, 8_640_100, "8640100 (1d 00:00:01)"),
        (varbind.NO_OBJECT, None, "noSuchObject"),
        (varbind.INTEGER, -5, "-5"),
    ],
)
def test_values_are_shown_as_a_person_reads_them(tag: int, said: varbind.Value, drawn: str) -> None:
    assert varbind.shown(Bound("1.3", tag, said)) == drawn


def test_a_table_is_put_together_by_index_and_column() -> None:
    oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
    pairs: list[tuple[tuple[int, ...], object]] = [
        ((*oid, 2, 1), rfc1902.OctetString(b"lo")),
        ((*oid, 10, 1), rfc1902.Counter32(7)),
        ((*oid, 2, 4, 9), rfc1902.OctetString(b"eth")),
        ((1, 3, 6, 1, 9), rfc1902.Integer32(1)),
    ]
    part = Part(0, theirs(pairs))
    assert varbind.rows(part, "1.3.6.1.2.1.2.2.1") == {"1": {2: b"lo", 10: 7}, "4.9": {2: b"eth"}}
    assert varbind.values(part)["1.3.6.1.9"] == 1


def test_a_refusal_is_told_in_the_agents_word() -> None:
    with pytest.raises(Malformed, match="genErr"):
        varbind.read(refused("genErr", "genErr"))
    with pytest.raises(Malformed):
        varbind.read(Part(7, b""))
