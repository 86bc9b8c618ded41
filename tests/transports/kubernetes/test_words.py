"""Pages, words and refusals as bytes: what they mean."""

import json

import pytest

from opsconsole.errors import Denied, Malformed, Refused, Unreachable, Unsupported
from opsconsole.question import Watched
from opsconsole.transports.kubernetes.calling import written
from opsconsole.transports.kubernetes.faults import refusal
from opsconsole.transports.kubernetes.listing import address, metadata


def test_the_head_of_a_page_says_where_it_ends() -> None:
    body = b'{"kind":"PodList","metadata":{"resourceVersion":"7","continue":"abc"},"items":[{]}'
    assert metadata(body) == ("7", "abc")  # what stands in the objects is not looked at
    assert metadata(b'{"metadata":{"resourceVersion":"7"},"items":[]}') == ("7", "")


def test_metadata_behind_the_objects_is_found() -> None:
    body = b'{"items":[{"metadata":{"resourceVersion":"1"}}],"metadata":{"resourceVersion":"9"}}'
    assert metadata(body) == ("9", "")


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"metadata":7}', b"\xff", b"{}"])
def test_a_list_that_is_none_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        metadata(body)


def test_an_address_has_what_is_said_and_the_selectors() -> None:
    question = Watched("/api/v1/events", query=(("fieldSelector", "type!=Normal"),))
    made = address(question, limit=500, **{"continue": "a=b&c"})
    assert made == "/api/v1/events?fieldSelector=type%21%3DNormal&limit=500&continue=a%3Db%26c"
    assert address(question, limit=1, **{"continue": ""}).endswith("limit=1")


@pytest.mark.parametrize(
    ("argv", "kind", "body"),
    [
        (("GET", "/api/v1/pods?limit=1"), None, b""),
        (("POST", "/api", "{}"), "application/json", b"{}"),
        (("PATCH", "/api", "{}"), "application/merge-patch+json", b"{}"),
        (("PATCH", "/api", "[]", "json-patch"), "application/json-patch+json", b"[]"),
        (("PATCH", "/api", "{}", "strategic"), "application/strategic-merge-patch+json", b"{}"),
        (("PATCH", "/api", "a: b", "apply"), "application/apply-patch+yaml", b"a: b"),
        (("PUT", "/api", "a", "application/yaml"), "application/yaml", b"a"),
    ],
)
def test_words_are_a_request(argv: tuple[str, ...], kind: str | None, body: bytes) -> None:
    request = written("prod", argv)
    assert (request.method, request.path, request.body) == (argv[0], argv[1], body)
    assert dict(request.headers).get("Content-Type") == kind


def test_a_question_may_want_the_servers_own_table() -> None:
    request = written("prod", ("GET", "/api/v1/pods", "", "table"))
    assert dict(request.headers) == {
        "Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    }
    assert request.body == b""
    for argv in (("POST", "/api", "", "table"), ("GET", "/api", "x", "table")):
        with pytest.raises(Refused):
            written("prod", argv)


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("GET",),
        ("TRACE", "/"),
        ("GET", "http://other/"),
        ("GET", "/a b"),
        ("GET", "/a\r\nHost: b"),
        ("PATCH", "/a", "{}", "of a kind\r\nX: y"),
        ("POST", "/a", "{}", "merge", "more"),
    ],
)
def test_words_that_are_no_request_are_refused(argv: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="prod: "):
        written("prod", argv)


def test_a_status_says_what_and_what_helps() -> None:
    body = json.dumps({"kind": "Status", "message": "pods is forbidden", "code": 403}).encode()
    error = refusal("prod: GET /api", 403, body).error
    assert isinstance(error, Denied)
    assert str(error) == "prod: GET /api: status 403, saying: pods is forbidden"
    assert "role" in error.remedy


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"{}", Denied),
        (404, b"404 page not found\n", Unsupported),
        (405, b"{}", Unsupported),
        (302, b"", Unsupported),
        (422, b"{}", Malformed),
        (429, b"{}", Unreachable),
        (503, b"\xff\x00\x1b[2J", Unreachable),
    ],
)
def test_every_status_has_a_kind(status: int, body: bytes, kind: type[Exception]) -> None:
    error = refusal("prod", status, body).error
    assert isinstance(error, kind)
    assert str(error).isprintable()


def test_how_long_to_wait_is_said_in_either_place_and_bounded() -> None:
    body = b'{"kind":"Status","details":{"retryAfterSeconds":7}}'
    assert refusal("prod", 429, body).rest == 7
    assert refusal("prod", 429, body, "3").rest == 3
    assert refusal("prod", 429, b"", "999999").rest == 120
    assert refusal("prod", 429, b"", "Thu, 01 Jan 1970 00:00:00 GMT").rest is None
    assert refusal("prod", 429, b"").rest is None
