"""Questions as pysnmp understands them, its answers as we do, and keys as the RFC has them."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from hypothesis import given
from hypothesis import strategies as st

from opsconsole import varbind
from opsconsole.errors import Malformed, Refused
from opsconsole.transports.snmp import ber, doing, usm
from opsconsole.transports.snmp.engine import Community, Engine, User
from opsconsole.transports.snmp.message import BULK, GET, NEXT, SET, Pdu, Wrapped, opened
from tests.test_varbind import oids
from tests.transports.snmp.oracle import CFB, api, decoder, encoder, univ

dotted: st.SearchStrategy[str] = oids.map(lambda oid: ".".join(map(str, oid)))


@given(dotted)
def test_a_name_comes_back_as_it_was(oid: str) -> None:
    assert varbind.text(ber.name(oid)) == oid


@given(st.integers(-(2**63), 2**64 - 1))
def test_a_number_is_what_pyasn1_reads_and_no_longer_than_it_writes(value: int) -> None:
    raw = ber.number(value)
    assert int(decoder.decode(raw)[0]) == value
    # It writes -128 in two bytes, where one does.
    assert len(raw) <= len(encoder.encode(univ.Integer(value)))


@pytest.mark.parametrize(
    "oid",
    ["", "1", "3.1", "1.40", "1.3.x", "1.3.-1", "1.3.4294967296", "1..3", "1.3." + "1." * 200],
)
def test_what_is_no_name_is_refused(oid: str) -> None:
    with pytest.raises(ValueError, match=r"OID|bits|number"):
        ber.name(oid)


@given(st.sampled_from([GET, NEXT, BULK]), st.lists(dotted, max_size=30), st.integers(0, 1))
def test_pysnmp_understands_what_is_asked(kind: int, names: list[str], version: int) -> None:
    if version == 0 and kind == BULK:
        return
    asked = ber.asked(map(ber.name, names))
    whole = Community(version, "pub").wrap(0x40000001, kind, 0, 25 * (kind == BULK), asked)
    module = api.PROTOCOL_MODULES[version]
    message, rest = decoder.decode(whole, asn1Spec=module.Message())
    assert not rest
    assert module.apiMessage.get_community(message).asOctets() == b"pub"
    inner = module.apiMessage.get_pdu(message)
    assert module.apiPDU.get_request_id(inner) == 0x40000001
    # Not that of BULK: pysnmp's own helper for it reads another field.
    assert [str(oid) for oid, _ in module.apiPDU.get_varbinds(inner)] == names
    assert encoder.encode(message) == whole


@given(st.lists(st.tuples(oids, st.binary(max_size=150)), max_size=5), st.integers(1, 2**31 - 1))
def test_what_pysnmp_answers_is_understood(
    pairs: list[tuple[tuple[int, ...], bytes]], number: int
) -> None:
    module = api.PROTOCOL_MODULES[1]
    inner = module.ResponsePDU()
    module.apiPDU.set_defaults(inner)
    module.apiPDU.set_request_id(inner, number)
    module.apiPDU.set_varbinds(inner, [(oid, module.OctetString(said)) for oid, said in pairs])
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, "pub")
    module.apiMessage.set_pdu(message, inner)
    found = opened(encoder.encode(message))
    assert isinstance(found, Pdu)
    assert (found.number, found.status, found.place) == (number, 0, 0)
    assert [one.value for one in varbind.bindings(found.body)] == [said for _, said in pairs]


@given(
    st.binary(max_size=200) | st.binary(max_size=100).map(lambda raw: b"\x30\x64\x02\x01\x03" + raw)
)
def test_any_datagram_is_opened_or_malformed(raw: bytes) -> None:
    engine = Engine(User("u", "sha", "authpass123", "aes", "privpass123"))
    try:
        message = opened(raw)
        engine.accept(message)
    except Malformed:
        assert not engine.ready


@given(st.data())
def test_a_message_of_v3_with_changed_bytes_is_not_believed(data: st.DataObject) -> None:
    engine = Engine(User("u", "sha256", "authpass123", "aes", "privpass123"))
    learned(engine)
    raw = bytearray(engine.wrap(0x40000001, GET, 0, 0, ber.asked([ber.name("1.3.6.1")])))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Malformed):
        engine.accept(opened(bytes(raw)))


def learned(engine: Engine) -> None:
    """Let it know an engine, as a report tells of it."""
    name, late = ber.name("1.3.6.1.6.3.15.1.1.4.0"), ber.number(1, varbind.COUNTER)
    inner = ber.packed(
        0xA8, *[ber.number(0)] * 3, ber.packed(0x30, ber.packed(0x30, ber.packed(6, name), late))
    )
    content = ber.packed(4, b"\x80\0\0\1x") + b"\x04\x00" + inner
    message = Wrapped(1, 0, b"\x80\0\0\1x", 3, 100, b"", b"", 0, b"", 0x30, content, b"")
    engine.accept(message)
    assert engine.ready


@pytest.mark.parametrize(
    ("auth", "key"),
    [
        ("md5", "526f5eed9fcce26f8964c2930787d82b"),
        ("sha", "6695febc9288e36282235fc7151f128497b38f3f"),
    ],
)
def test_keys_are_those_of_the_rfc(auth: str, key: str) -> None:
    engine = bytes.fromhex("000000000000000000000002")
    assert usm.localized(auth, usm.master(auth, b"maplesyrup"), engine).hex() == key


@pytest.mark.parametrize("priv", usm.PRIVS)
def test_what_is_hidden_is_revealed_and_never_looks_the_same_twice(priv: str) -> None:
    key = usm.stretched("sha", priv, usm.master("sha", b"maplesyrup"), b"\x80\0\0\1x")
    assert len(key) == usm.PRIVS[priv]
    veil = usm.Veil(priv, key)
    hidden, salt = veil.hide(b"what is asked", 3, 100)
    assert veil.reveal(hidden, salt, 3, 100).rstrip(b"\0") == b"what is asked"
    assert veil.hide(b"what is asked", 3, 100)[0] != hidden
    with pytest.raises(Malformed):
        veil.reveal(hidden, b"short", 3, 100)


def test_a_write_is_what_pysnmp_reads() -> None:
    words = "1.3.6.1.1.0 i -5 1.3.6.1.2.0 s up 1.3.6.1.3.0 a 127.0.0.1 1.3.6.1.4.0 o 1.3.6"
    words += " 1.3.6.1.5.0 x 00ff"
    kind, asked = doing.written("box", ("SET", *words.split()))
    whole = Community(1, "pub").wrap(0x40000001, kind, 0, 0, asked)
    module = api.PROTOCOL_MODULES[1]
    message, _ = decoder.decode(whole, asn1Spec=module.Message())
    found = module.apiPDU.get_varbinds(module.apiMessage.get_pdu(message))
    assert kind == SET
    read = [value.prettyPrint() for _, value in found]
    assert read == ["-5", "up", "127.0.0.1", "1.3.6", "0x00ff"]


@pytest.mark.parametrize(
    "words",
    ["", "GET", "WALK 1.3", "SET 1.3.6 i", "SET 1.3.6 i 4294967296", "SET 1.3.6 z 1",
     "SET 1.3.6 i x", "GET one", "SET 1.3.6 a 1.2.3", "SET 1.3.6 a 1.2.3.400", "SET 1.3.6 x 0"],
)  # fmt: skip
def test_words_that_are_no_call_are_refused(words: str) -> None:
    with pytest.raises(Refused, match="box: "):
        doing.written("box", tuple(words.split()))


@given(st.lists(st.binary(max_size=70), min_size=1, max_size=5), st.integers(0, 1 << 31))
def test_aes_is_what_the_library_makes_of_one_message(texts: list[bytes], boots: int) -> None:
    key = bytes(range(16))
    veil = usm.Veil("aes", key)
    for now, said in enumerate(texts):
        hidden, salt = veil.hide(said, boots, now)
        vector = boots.to_bytes(4, "big") + now.to_bytes(4, "big") + salt
        alone = Cipher(AES(key), CFB(vector)).encryptor()
        assert hidden == alone.update(said) + alone.finalize()
        assert veil.reveal(hidden, salt, boots, now) == said
