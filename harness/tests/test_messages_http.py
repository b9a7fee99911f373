"""Requests as bytes, replies as values, and what bytes may do to a device, whoever hides them where."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.ending import Ending
from harness.errors import PermitError
from harness.http.exchanged import read_again
from harness.messages.http import HttpBinding, query_of, request_to, selector_value
from harness.messages.httpreply import HttpReply
from harness.messages.registry import binding_for
from harness.permit import Permit
from harness.spec.model import Effect
from harness.target import Allow
from harness.tests.http_made import PATH, SYSTEM, response
from harness.wire.http1 import Request, encode

BINDING = HttpBinding(SYSTEM, "tides.example")
READ_ONLY = Permit(Allow(), 1.0)
GET = b"GET /tides/ask?what=Gauges HTTP/1.1\r\nHost: a\r\n\r\n"
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)


def method_of(data: bytes) -> tuple[Effect, str]:
    return BINDING.effect(data)


# What bytes may do


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "get", "Head"])
def test_safe_methods_only_read(method: str) -> None:
    """RFC 9110, 9.2.1."""
    assert method_of(encode(Request(method, PATH, (("Host", "a"),))))[0] is Effect.READ


@pytest.mark.parametrize(
    ("method", "effect"),
    [
        ("POST", Effect.WRITE),
        ("PATCH", Effect.WRITE),
        ("PROPFIND", Effect.WRITE),
        ("PUT", Effect.DESTRUCTIVE),
        ("DELETE", Effect.DESTRUCTIVE),
        ("delete", Effect.DESTRUCTIVE),
        ("pOsT", Effect.WRITE),
    ],
)
def test_other_methods_may_change_something(method: str, effect: Effect) -> None:
    assert method_of(encode(Request(method, PATH, (("Host", "a"),)))) == (effect, method.upper())


HIDDEN = {
    "alone": b"%s /x HTTP/1.1\r\nHost: a\r\n\r\n",
    "pipelined": GET + b"%s /x HTTP/1.1\r\nHost: a\r\n\r\n",
    "behind-empty-lines": b"\r\n\n\r\r\n%s /x HTTP/1.1\r\n\r\n",
    "behind-bare-cr": b"GET / HTTP/1.1\rHost: a\r\r%s /x HTTP/1.1\r\r",
    "behind-bare-lf": b"GET / HTTP/1.1\nHost: a\n\n%s /x HTTP/1.1\n\n",
    "in-a-header": b"GET / HTTP/1.1\r\nHost: a\n%s /x HTTP/1.1\r\n\r\n",
    "within-the-target": b"GET /tides\r%s /x HTTP/1.1\r\n\r\n",
    "as-a-body": b"GET / HTTP/1.1\r\nContent-Length: 99\r\n\r\n%s /x HTTP/1.1\r\n\r\n",
    "behind-a-body": b"GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc%s /x HTTP/1.1\r\n\r\n",
    "behind-a-body-of-words": b"GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\na b %s /x\r\n\r\n",
    "behind-a-body-like-a-header": b"GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\na: b%s /x HTTP/1.1\r\n\r\n",
    "behind-a-chunk": b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n%s /x HTTP/1.1\r\n\r\n",
    "indented": b" \t%s /x HTTP/1.1\r\n\r\n",
    "tab-behind": b"%s\t/x\tHTTP/1.1\r\n\r\n",
    "no-version": b"%s /x\r\n",
    "asterisk": b"%s * HTTP/1.1\r\n\r\n",
    "absolute": b"%s http://a/x\r\n",
    "no-slash": b"%s x HTTP/1.1\r\n\r\n",
    "lower-version": b"%s x http/1.0\r\n\r\n",
    "unfinished": b"%s /x HTT",
    "behind-a-zero": b"\0%s /x HTTP/1.1\r\n\r\n",
}


@pytest.mark.parametrize("spelled", [b"POST", b"PUT", b"DELETE", b"post", b"Put", b"deLETE"])
@pytest.mark.parametrize("place", HIDDEN)
def test_a_read_only_run_refuses_a_method_wherever_it_stands(place: str, spelled: bytes) -> None:
    """Profile acceptance: whatever a lenient device could take for a request line is one."""
    data = HIDDEN[place].replace(b"%s", spelled)
    with pytest.raises(PermitError):
        READ_ONLY.check(BINDING, data)
    if spelled.upper() != b"POST":
        with pytest.raises(PermitError):
            Permit(Allow(write=True, disruptive=True), 1.0).check(BINDING, data)


@pytest.mark.parametrize("ending", [b"\r\n", b"\n", b"\r"])
@settings(max_examples=30)
@given(
    before=st.binary(max_size=60), method=st.sampled_from([b"DELETE", b"delete", b"Put"]), after=st.binary(max_size=30)
)
@example(before=b"", method=b"DELETE", after=b"")
@example(before=b"GET / HTTP/1.1", method=b"PUT", after=b"\r\nHost: a\r\n\r\n")
def test_nothing_before_or_behind_a_line_hides_it(ending: bytes, before: bytes, method: bytes, after: bytes) -> None:
    assert method_of(before + ending + method + b" /x" + after)[0] is Effect.DESTRUCTIVE


HARMLESS = [
    b"Referer: http://a/DELETE /x HTTP/1.1",
    b"X-Note: DELETE /x HTTP/1.1",
    b"X-Note:PUT /x HTTP/1.1",
    b"Accept:text/html, */*",
    b"Accept: */*",
    b"Via: HTTP/1.1 proxy",
    b"Via:1.1 a, HTTP/1.1 b",
    b"POST: /x HTTP/1.1",
    b"User-Agent:clausewise http://a/",
]


@pytest.mark.parametrize("field", HARMLESS)
def test_header_lines_and_values_do_not_count(field: bytes) -> None:
    """A header field is no request, whatever it says."""
    data = b"GET /tides/ask?what=Gauges HTTP/1.1\r\nHost: a\r\n" + field + b"\r\n\r\n"
    assert method_of(data) == (Effect.READ, "GET") or method_of(data) == (Effect.READ, "")
    READ_ONLY.check(BINDING, data)


@settings(max_examples=30)
@given(name=TEXT, value=TEXT, operation=st.sampled_from(list(SYSTEM.operations)))
@example(name="x", value="\r\nDELETE /x HTTP/1.1\r\n\r\n", operation="Levels")
@example(name="DELETE /x HTTP/1.1", value="PUT * HTTP/1.0", operation="Gauges")
def test_no_value_of_a_parameter_makes_a_request_more_than_a_read(name: str, value: str, operation: str) -> None:
    """Values are escaped, so what they say is never a line of its own."""
    _, data = BINDING.call(operation, [f"{name.replace('=', '')}={value}"])
    assert method_of(data)[0] is Effect.READ
    assert data.count(b"\r\n") == 4
    assert BINDING.requests(data) == 1


def test_what_is_not_whole_yet_is_kept() -> None:
    """The permit is asked for a message that leaves in several pieces."""
    assert BINDING.unfinished(GET + b"DEL") == b"DEL"
    assert BINDING.unfinished(GET) == b""
    assert BINDING.requests(GET * 3 + b"GET /") == 3
    assert method_of(BINDING.unfinished(GET + b"DEL") + b"ETE /x HTTP/1.1\r\n\r\n")[0] is Effect.DESTRUCTIVE


# Requests


@settings(max_examples=30)
@given(pairs=st.lists(st.tuples(TEXT.filter(bool), TEXT), max_size=5))
def test_a_query_is_read_back_as_it_was_meant(pairs: list[tuple[str, str]]) -> None:
    query = query_of(pairs)
    assert parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)) == pairs
    assert all(char.isascii() and (char.isalnum() or char in "-._~%&=") for char in query)


def test_a_request_has_what_every_request_has_once() -> None:
    plain = request_to("a:8", PATH, [("x", "1 2")])
    assert (plain.method, plain.target) == ("GET", f"{PATH}?x=1%202")
    assert plain.headers == (("Host", "a:8"), ("User-Agent", "clausewise"))
    own = request_to("a", PATH, [], method="POST", headers=[("host", "b"), ("X", "y")], body=b"abc")
    assert own.target == PATH
    assert own.headers == (("User-Agent", "clausewise"), ("host", "b"), ("X", "y"), ("Content-Length", "3"))
    said = request_to("a", PATH, [], headers=[("content-length", "9")], body=b"abc")
    assert [value for name, value in said.headers if name.lower() == "content-length"] == ["9"]


def test_an_operation_is_named_as_the_spec_says() -> None:
    levels, gauges = SYSTEM.operations["Levels"], SYSTEM.operations["Gauges"]
    assert selector_value(levels, "Levels") == "Levels"
    assert selector_value(levels, "Levels", "long") == "LevelList"
    assert selector_value(gauges, "Gauges") == "Gauges"
    call, data = BINDING.call("Levels", ["gauge=pier", "note=a=b&c"])
    assert data.startswith(b"GET /tides/ask?what=Levels&gauge=pier&note=a%3Db%26c HTTP/1.1\r\nHost: tides.example\r\n")
    assert call.operation == "Levels"
    with pytest.raises(KeyError):
        BINDING.call("Nothing", [])


def test_the_registry_knows_the_protocol() -> None:
    assert isinstance(binding_for(SYSTEM, "web"), HttpBinding)


# Replies


@pytest.mark.parametrize(("status", "ok"), [(200, True), (400, False), (500, False), (204, False)])
def test_a_success_is_200(status: int, ok: bool) -> None:
    call, _ = BINDING.call("Gauges", [])
    reply = BINDING.reply(call, response(status, b"x"), Ending.ANSWERED, 3)
    assert (reply.ok, reply.code, reply.step) == (ok, str(status), 3)
    lost = BINDING.reply(call, b"HTTP/1.1 200 OK\r\n", Ending.CLOSED, 4)
    assert (lost.ok, lost.code, lost.ending) == (None, "", Ending.CLOSED)
    assert BINDING.reply(call, b"what?", Ending.ANSWERED, 5).ok is None


def reply_of(raw: bytes, ending: Ending = Ending.ANSWERED, *, body: bytes = b"", enough: bool = False) -> HttpReply:
    return HttpReply(
        operation="Gauges",
        query=(),
        method="GET",
        exchanged=read_again(GET, raw, "GET", ending),
        body=body,
        enough=enough,
    )


def test_status_and_fields_are_read() -> None:
    reply = reply_of(response(404, b"", "X-One: a", "x-one: b"))
    assert (reply.status, reply.header("X-ONE"), reply.header("absent")) == (404, "a", None)
    assert reply.describe() == "404 Fine"
    none = reply_of(b"", Ending.SILENT)
    assert (none.status, none.header("x"), none.root) == (0, None, None)


@pytest.mark.parametrize(
    ("body", "root"),
    [
        (b'<Problem number="7"><deep x="1"/></Problem>', ("Problem", {"number": "7"})),
        (b'<p:Problem xmlns:p="urn:x" number="7"/>', ("Problem", {"number": "7"})),
        (b"<Problem", None),
        (b"", None),
        (b"plain", None),
    ],
)
def test_the_root_of_a_small_document(body: bytes, root: object) -> None:
    assert reply_of(response(400, body), body=body).root == root


def test_a_document_needs_no_other_file_and_does_not_grow() -> None:
    """An answer comes from whoever is under test."""
    file = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///nothing/like/this">]><a b="1">&e;</a>'
    assert reply_of(b"", body=file).root == ("a", {"b": "1"})
    levels = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 8))
    laughs = b'<!DOCTYPE a [<!ENTITY e0 "ha">' + levels + b']><a b="&e7;"/>'
    found = reply_of(b"", body=laughs).root
    assert found is None or len(found[1].get("b", "")) < 100_000


@pytest.mark.parametrize(
    ("ending", "raw", "words"),
    [
        (Ending.SILENT, b"", "no whole reply before the deadline"),
        (Ending.CLOSED, b"HTTP/1.1 2", "the connection closed after"),
        (Ending.RESET, b"", "the connection was reset"),
        (Ending.FLOODED, b"", "more bytes than a reply may have"),
    ],
)
def test_what_did_not_come_is_told(ending: Ending, raw: bytes, words: str) -> None:
    reply = reply_of(raw, ending)
    assert reply.describe().startswith(words)
    assert not reply.came


def test_a_reply_of_which_no_more_was_wanted_came() -> None:
    """It is judged by what was found wrong in it, not as a flood."""
    raw = response(200, b"<html>" * 10)
    reply = reply_of(raw[:-5], Ending.FLOODED, body=b"<html>", enough=True)
    assert reply.came
    assert reply.describe().startswith("200 Fine")
    assert not reply_of(raw[:-5], Ending.CLOSED, enough=True).came
    assert not reply_of(raw[:-5], Ending.FLOODED).came


def test_a_long_body_does_not_fill_a_report() -> None:
    assert len(reply_of(response(500, b""), body=b"x" * 100_000).describe()) < 1000
