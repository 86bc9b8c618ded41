"""SOAP as text: what is written is read by a parser, what is hostile is refused and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Malformed
from opsconsole.transports.onvif import xml
from tests.servers.onvif import SPACES, envelope, fault

RIGHT = envelope("<tds:GetHostnameResponse><tds:N a='1'>x</tds:N><tds:L>1</tds:L><tds:L>2</tds:L>"
                 "</tds:GetHostnameResponse>")  # fmt: skip


def test_an_answer_becomes_a_tree_by_local_names() -> None:
    assert xml.answer(RIGHT, "device", "GetHostname") == {
        "N": {"@a": "1", "": "x"},
        "L": ["1", "2"],
    }


def test_what_is_written_can_be_read_and_holds_no_markup_of_others() -> None:
    body = {"A": "<x>&", "B": {"C": True, "D": ["1", "2"]}}
    action, data = xml.envelope("media", "GetProfiles", body, "", "http://x/")
    assert action == f"{SPACES['trt']}/GetProfiles"
    turned = data.replace(b"n:GetProfiles>", b"n:GetProfilesResponse>")
    tree = xml.answer(turned, "media", "GetProfiles")
    assert tree == {"A": "<x>&", "B": {"C": "true", "D": ["1", "2"]}}
    assert b"<tt:C>" in data
    assert b"<n:B>" in data


def test_a_fault_is_told_with_its_codes_in_both_versions_of_soap() -> None:
    with pytest.raises(xml.Fault, match="not you") as caught:
        xml.answer(fault("NotAuthorized", "not you"), "device", "GetHostname")
    assert caught.value.denied
    assert not caught.value.absent
    assert caught.value.codes == ("Sender", "NotAuthorized")
    old = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
        b"<faultcode>s:Server</faultcode><faultstring>Action Not Supported</faultstring>"
        b"</s:Fault></s:Body></s:Envelope>"
    )
    with pytest.raises(xml.Fault) as told:
        xml.answer(old, "device", "GetHostname")
    assert told.value.absent
    assert told.value.codes == ("Server",)


BOMB = b'<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
DEEP = envelope(f"<tds:GetHostnameResponse>{'<a>' * 20_000}{'</a>' * 20_000}"
                "</tds:GetHostnameResponse>")  # fmt: skip
WIDE = envelope(f"<tds:GetHostnameResponse>{'<a/>' * 60_000}</tds:GetHostnameResponse>")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no XML"),
        (b"<html>not here</html>", "no envelope"),
        (RIGHT[:-9], "no XML"),
        (BOMB, "DTD"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + RIGHT.partition(b"?>")[2], "DTD"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "no XML"),
        (RIGHT.replace(SPACES["tds"].encode(), b"urn:other"), "answers GetHostname with"),
        (RIGHT.replace(b"2003/05/soap-envelope", b"2003/05/other"), "no envelope"),
        (RIGHT.replace(b"GetHostnameR", b"GetNTPR"), "answers GetHostname with"),
        (envelope(""), "nothing in it"),
        (DEEP, "without measure"),
        (WIDE, "without measure"),
        (b" " * (xml.LIMIT + 1), "MiB"),
    ],
)
def test_what_is_no_answer_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        xml.answer(body, "device", "GetHostname")


@given(st.binary(max_size=60), st.integers(0, len(RIGHT)))
def test_no_bytes_raise_anything_else(noise: bytes, at: int) -> None:
    try:
        tree = xml.answer(RIGHT[:at] + noise + RIGHT[at:], "device", "GetHostname")
    except (Malformed, xml.Fault):
        return
    assert set(xml.walk(tree, "L")) <= set(xml.walk(tree, "L"))
    assert isinstance(tree, dict)
