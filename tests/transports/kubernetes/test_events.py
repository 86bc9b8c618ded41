"""What the lines of a watch say."""

import json

from opsconsole.transports.kubernetes.events import read


def line(kind: str, version: str = "", **more: object) -> bytes:
    meta = {"resourceVersion": version} if version else {}
    said = {"type": kind, "object": {"kind": "Pod", "metadata": meta, **more}}
    return json.dumps(said, separators=(",", ":")).encode()


def test_changes_are_passed_on_as_they_came_and_the_last_one_says_how_far_they_reach() -> None:
    batch = [line("ADDED", "5"), line("MODIFIED", "9"), line("DELETED", "12")]
    news = read(batch)
    assert news.lines == batch
    assert (news.version, news.heard, news.ended, news.broken) == ("12", False, None, 0)


def test_a_bookmark_moves_the_version_and_is_no_change() -> None:
    news = read([line("MODIFIED", "9"), line("BOOKMARK", "40", spec={"containers": None})])
    assert (len(news.lines), news.version, news.heard) == (1, "40", True)
    assert read([line("BOOKMARK", "40"), line("MODIFIED", "41")]).version == "41"


def test_the_bookmark_behind_all_there_is_says_so() -> None:
    noted = {"resourceVersion": "7", "annotations": {"k8s.io/initial-events-end": "true"}}
    assert read([line("ADDED", "3"), line("BOOKMARK", metadata=noted)]).complete
    assert not read([line("ADDED", "3"), line("BOOKMARK", "7")]).complete


def test_an_error_ends_it_and_what_came_before_counts() -> None:
    said = b'{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}'
    news = read([line("ADDED", "5"), said, line("ADDED", "6")])
    assert (len(news.lines), news.version) == (1, "5")
    assert news.ended is not None
    assert news.ended.code == 410


def test_an_error_that_cannot_be_read_is_one() -> None:
    news = read([b'{"type":"ERROR","object":[]}'])
    assert news.ended is not None
    assert news.ended.code == 500


def test_the_order_of_keys_and_blanks_do_not_matter() -> None:
    batch = [b'{ "object": {"metadata": {"resourceVersion": "3"}}, "type": "BOOKMARK" }']
    assert read(batch)[:3] == ([], "3", True)
    batch = [b'{ "object": {"metadata": {"resourceVersion": "4"}}, "type": "ADDED" }']
    assert read(batch)[:2] == (batch, "4")


def test_what_is_no_event_is_left_out_and_counted() -> None:
    news = read([b"<html>", line("ADDED", "5"), b'{"type":"ADDED","object":{"metadata":{"res'])
    assert (news.lines, news.version, news.broken) == ([line("ADDED", "5")], "5", 2)
    assert read([b"\xff\xfe", b"null", b"[]"]).broken == 3


def test_a_row_of_a_table_says_how_far_it_reaches() -> None:
    table = {"resourceVersion": "77"}
    assert read([line("MODIFIED", metadata=table, rows=[{"cells": ["a"]}])]).version == "77"
