"""Documents of feeds: three forms in one shape, and what is none of them."""

import pytest

from opsconsole.errors import Malformed
from opsconsole.fieldmap.document import ROWS, parsed
from opsconsole.fieldmap.way import DEEPEST, first, way


def test_json_with_and_without_a_mark() -> None:
    assert parsed(b'\xef\xbb\xbf{"a":[1]}', "json", "", ",") == {"a": [1]}


def test_csv_by_the_names_of_its_head() -> None:
    text = 'Name;Frei\nM\u00fchle;7\n\n"a;b";\n'.encode("latin-1")
    assert parsed(text, "csv", "latin-1", ";") == [
        {"Name": "M\u00fchle", "Frei": "7"},
        {"Name": "a;b", "Frei": ""},
    ]
    assert parsed(b"", "csv", "utf-8", ",") == []
    many = b"a\n" + b"1\n" * (ROWS + 5)
    assert len(parsed(many, "csv", "utf-8", ",")) == ROWS


def test_xml_without_namespaces() -> None:
    body = b'<n:r xmlns:n="u" id="7"><n:a>1</n:a><n:a x="2"> t </n:a><b/></n:r>'
    node = parsed(body, "xml", "", ",")
    assert node == {"r": {"@id": "7", "a": ["1", {"@x": "2", "": "t"}], "b": ""}}
    assert first(node, way("r/a[@x=2]")) == "t"


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("json", b"<html>"),
        ("json", b"[" * 200_000),
        ("json", b"\xff\xfe{"),
        ("csv", b"a\n\xff\xfe"),
        ("csv", b'a\n"b'),
        ("csv", b'a\n"b"c\n'),
        ("xml", b"{}"),
        ("xml", b"<a>" * 10),
        ("xml", b""),
        ("xml", b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'),
        ("xml", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'),
        ("xml", '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "b">]><a/>'
                .encode("utf-16")),
        ("xml", b'<?xml version="1.0" encoding="no-such"?><a/>'),
    ],
)  # fmt: skip
def test_what_is_none(form: str, body: bytes) -> None:
    with pytest.raises(Malformed, match=f"no {form}"):
        parsed(body, form, "utf-8", ",")


def test_an_encoding_that_is_none() -> None:
    with pytest.raises(Malformed):
        parsed(b"a", "csv", "no-such", ",")


def test_deep_xml_ends() -> None:
    deep = b"<a>" * 5000 + b"x" + b"</a>" * 5000
    node = parsed(deep, "xml", "", ",")
    assert first(node, way("/".join(["a"] * (DEEPEST + 2)))) is not None
