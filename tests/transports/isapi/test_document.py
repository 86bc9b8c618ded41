"""Answers in both languages as one kind of document, and what is no answer."""

import pytest

from opsconsole.errors import Malformed
from opsconsole.transports.isapi.document import DEPTH, LIMIT, document

BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>
<a>&c;</a>"""
OUTSIDE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>"""


def test_both_languages_say_the_same() -> None:
    xml = b"""\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>
    <Time version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">
      <timeMode>NTP</timeMode><localTime> 2026-01-01T00:00:00+08:00 </localTime>
    </Time>"""
    wanted = {"Time": {"timeMode": "NTP", "localTime": "2026-01-01T00:00:00+08:00"}}
    assert document("x", xml) == wanted
    said = b'{"Time": {"timeMode": "NTP", "localTime": "2026-01-01T00:00:00+08:00"}}'
    assert document("x", said) == wanted
    assert document("x", b" \r\n") is None


def test_what_comes_again_is_a_list_and_passwords_stay_behind() -> None:
    xml = b"<a><b>1</b><b/><b><c>2</c></b><d>3</d><superPassword>x</superPassword></a>"
    assert document("x", xml) == {"a": {"b": ["1", "", {"c": "2"}], "d": "3"}}


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        OUTSIDE,
        b"<!DOCTYPE a><a/>",
        b"<a><b></a>",
        b"<html><body>Sign in<br></body></html>",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<a>\x00</a>",
        b"{",
        b"hello",
        b"\xff\xfe",
        b"[" * 100_000,
        b"<a>" * (DEPTH + 1) + b"</a>" * (DEPTH + 1),
        b"<a>" * 20_000,
        b" " + b"1" * (LIMIT + 1),
    ],
)
def test_what_is_no_document_is_told(body: bytes) -> None:
    with pytest.raises(Malformed, match="where"):
        document("where", body)
