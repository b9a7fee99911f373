"""The independent grammar of cds: what may answer a request, by hand, from the document alone."""

from __future__ import annotations

import pytest

from fuzz.cds.bytes import Line, requests_of
from fuzz.cds.grammar import Facts, asked
from harness.fuzzing.http_kit import Asked

FACTS = Facts(since=1_233_850_000, until=1_233_870_000, groups=frozenset({"200"}), servers=frozenset({"223"}))
API = "/everstream/api.php?messageType="
HOUR = "fromDate=1233856800&toDate=1233860399"


def one(target: str, *headers: str, method: str = "GET", version: str = "HTTP/1.1") -> Asked:
    """What may answer one request."""
    lines = [f"{method} {target} {version}", "Host: 209.165.201.1", *headers, "", ""]
    found, rest = requests_of("\r\n".join(lines).encode())
    assert rest == b""
    (line,) = found
    assert isinstance(line, Line)
    return asked(line, FACTS)


def statuses(what: Asked) -> set[int]:
    return {refusal.status for refusal in what.refusals}


@pytest.mark.parametrize(
    "query",
    [
        f"StreamHistory&{HOUR}&maxRows=1000000&fromOffset=0&dateFormat=sec",
        f"Errors&{HOUR}",
        "TrickModeHistory&fromDate=1233856800&toDate=1233860400",
        "Version",
        "ContentRange&maxRows=500",
        f"CapacityPlanning&{HOUR}&action=SERVICEGROUP&timeType=DAY&serviceGroup=200",
        f"CapacityPlanning&{HOUR}",
    ],
)
def test_complete_requests_are_certainly_answered(query: str) -> None:
    what = one(API + query)
    assert what.success
    assert what.refusals == ()
    assert not what.anything


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("StreamHistory&fromDate=1233856800", 400),
        ("StreamHistory&fromDate=1233856800&toDate=", 400),
        ("StreamHistory&fromDate=1233856800&toDate=1233860401", 400),
        ("Errors&fromDate=1233856800.5&toDate=1233860399", 400),
        ("Errors&fromDate=1e9&toDate=1233860399", 400),
        ("Errors&fromDate=0x10&toDate=1233860399", 400),
        ("ContentRange", 400),
        ("ContentRange&maxRows=many", 400),
        (f"CapacityPlanning&{HOUR}&action=SERVICEGROUP", 400),
        (f"CapacityPlanning&{HOUR}&action=SERVER", 400),
        ("Nothing", 404),
        ("StreamHistor", 404),
    ],
)
def test_what_is_certainly_refused(query: str, status: int) -> None:
    what = one(API + query)
    assert not what.success
    assert statuses(what) == {status}


@pytest.mark.parametrize(
    "query",
    [
        f"StreamHistory&{HOUR}&maxRows=0",
        f"StreamHistory&{HOUR}&maxRows=many",
        f"StreamHistory&{HOUR}&fromOffset=0",
        f"StreamHistory&{HOUR}&debug=1",
        f"StreamHistory&{HOUR}&fromDate=1233856800",
        f"StreamHistory&{HOUR}&dateFormat=ms",
        "StreamHistory&toDate=1233860399&fromDate=1233856800",
        "StreamHistory&fromDate=1233860399&toDate=1233856800",
        "StreamHistory&fromDate=01233856800&toDate=1233860399",
        "StreamHistory&fromDate=%31233856800&toDate=1233860399",
        "StreamHistory&fromDate=0&toDate=3599",
        "StreamHistory;fromDate=1233856800;toDate=1233860399",
        "streamhistory",
        "Stream%48istory",
        f"TrickModeListHistory&{HOUR}",
        "CapacityPlanning&fromDate=1285545600&toDate=1285631999&action=OVERALL&timeType=DAY",
        "ContentRange&maxRows=500&fromOffset=a.mpg",
        f"CapacityPlanning&{HOUR}&action=NOTHING",
    ],
)
def test_what_the_document_leaves_open_is_open(query: str) -> None:
    what = one(API + query)
    assert what.success
    assert 400 in statuses(what)


def test_no_server_error_conforms_whatever_the_query() -> None:
    for query in ("Version&x=%zz", "StreamHistory&fromDate=%", "Version#x", "%00", "Version&" + "x=1&" * 300):
        what = one(API + query)
        assert not what.anything
        assert 500 not in statuses(what)


def test_an_unknown_path_may_be_answered_in_any_way() -> None:
    assert one("/").anything
    assert one("/everstream/api.php/x?messageType=Version").anything


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?messageType=GetTrickmodeEventList", {"101", "102", ""}),  # the name may be the other one, and 404 for it
        ("?StreamID=a", {"102"}),
        ("", {"101", "102"}),
        ("?messageType=Nothing&StreamID=a", {"101", "102", ""}),
    ],
)
def test_errors_of_the_reconciliation(query: str, codes: set[str]) -> None:
    what = one("/apis/TrickmodeEvents.php" + query)
    assert not what.success
    assert {dict(refusal.attributes).get("code", "") for refusal in what.refusals if refusal.status == 400} >= codes - {
        ""
    }
    assert ("" in codes) == (404 in statuses(what))


def test_a_stream_id_comes_back() -> None:
    what = one("/apis/TrickmodeEvents.php?messageType=GetTrickmodeEventsList&StreamID=a%7Cb+c")
    assert what.echo is not None
    assert set(what.echo[2]) == {"a|b+c", "a|b c"}


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_servers_do_not_read_alike_is_no_request(data: bytes) -> None:
    found, rest = requests_of(data)
    assert found == [data]
    assert rest == b""


def test_requests_and_the_beginning_of_one() -> None:
    whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    for size in range(1, len(whole)):
        found, rest = requests_of(whole * 2 + whole[:size])
        assert (len(found), rest) == (2, whole[:size])


@pytest.mark.parametrize(("query", "errors"), [("StreamID=x", 1), ("Streamid=x", 2), ("", 2)])
def test_without_a_message_the_stream_may_be_missing_too(query: str, errors: int) -> None:
    """A StreamID in other letters may be none, and then either error answers (CDS-AMB-071)."""
    what = one(f"/apis/TrickmodeEvents.php?{query}")
    assert not what.success
    assert len([refusal for refusal in what.refusals if refusal.status == 400]) >= errors
    assert (len(what.refusals) > 1) is (errors > 1)
