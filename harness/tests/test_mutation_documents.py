"""Mutants of functions over documents and URLs: how requests are read and rewritten, what is said instead, and that the catalogue has them."""

from __future__ import annotations

from typing import Any

import pytest

from fuzz.uptivity.mutants import ALLOWED
from harness.ending import Ending
from harness.messages.documents import DocumentBinding, UrlBinding
from harness.mutation.catalogue import mutants_of
from harness.mutation.document_asked import Fragments, OnlyFirst, Strays, Swapped, cut_at_line_end, escaped_twice
from harness.mutation.document_framing import document_parser, told
from harness.mutation.document_seen import Seen, rewritten
from harness.mutation.mutant import Behaviour, Exchange, Piece
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.spec.model import Level
from harness.wire.xmltree import read_document

MODEL = load_system("uptivity")
assert MODEL.documents is not None
STREAM = DocumentBinding(MODEL, MODEL.documents)
URLS = UrlBinding(MODEL, MODEL.documents, "device:2012")
EVENT = (
    b"<CALLCOPYEVENT><EVENTCLASS>CALL</EVENTCLASS><EVENTTYPE>CALLSTART</EVENTTYPE><EVENTDATA><DEVICEID>2800</DEVICEID>"
    b"</EVENTDATA></CALLCOPYEVENT>\r\n"
)
OK = (
    b"<RESULT><REQUESTTYPE>ADDGROUP</REQUESTTYPE><REQUESTID>7</REQUESTID><RESULTTYPE>API_OK</RESULTTYPE><RESULTCODE>20</RESULTCODE>"
    b"<RESULTMSG>API_OK</RESULTMSG><GROUPNAME>Sales</GROUPNAME><GROUPID>5</GROUPID></RESULT>\r\n"
)


def exchange(raw: bytes, line: bytes = b"", *, connection: int = 1) -> Exchange:
    """What a behaviour sees: an answer to a request, or an event."""
    url = raw.startswith(b"HTTP/")
    binding: Any = URLS if url else STREAM
    call = document_parser(binding)(line or b"<x/>\r\n")
    assert call is not None
    reply = binding.reply(call, raw, Ending.ANSWERED, -1)
    return Exchange(connection=connection, call=call, line=line, reply=reply)


def seen(raw: bytes, line: bytes = b"") -> Seen:
    return Seen(MODEL, exchange(raw, line))


ASKED = STREAM.request("ADDGROUP", [("GROUPNAME", "Sales")], number="7")


def response(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def said(behaviour: Behaviour, raw: bytes, line: bytes = b"", connection: int = 1) -> bytes | None:
    made = behaviour.reply(exchange(raw, line, connection=connection))
    return None if made is None else b"".join(one.data for one in made)


# requests


def test_requests_are_read_alike_on_both_roads() -> None:
    url = URLS.call("ADDGROUP", ["GROUPNAME=Sales & more"])[1]
    stream = STREAM.call("ADDGROUP", ["GROUPNAME=Sales & more"])[1]
    for binding, line in ((URLS, url), (STREAM, stream)):
        call = document_parser(binding)(line)
        assert call is not None
        assert ("ADDGROUP", ("GROUPNAME=Sales & more",)) == (call.operation, call.values)
        assert "1" == call.typed[0]


@pytest.mark.parametrize("line", [b"<REQUEST><X></REQUEST>\r\n", b"<OTHER/>\r\n", b"GET /other HTTP/1.1\r\n\r\n"])
def test_what_is_no_request_calls_nothing(line: bytes) -> None:
    call = document_parser(URLS if line.startswith(b"GET") else STREAM)(line)
    assert call is not None
    assert not call.operation


def test_a_request_is_rewritten_on_both_roads_and_left_as_it_is_otherwise() -> None:
    assert MODEL.documents is not None
    for binding in (STREAM, URLS):
        line = binding.call("ADDGROUP", ["GROUPNAME=a+b & c"])[1]
        assert line == rewritten(MODEL.documents, line, lambda old: old)
        made = rewritten(MODEL.documents, line, lambda old: [(n, "x y" if n == "GROUPNAME" else v) for n, v in old])
        call = document_parser(binding)(made)
        assert call is not None
        assert ("GROUPNAME=x y",) == call.values


def test_a_line_end_within_a_request_cuts_it() -> None:
    assert b"<REQUEST>\r\n" == cut_at_line_end(b"<REQUEST>\r\n<A>1</A></REQUEST>\r\n")
    assert ASKED == cut_at_line_end(ASKED)
    assert b"GET /x?a=%2541 HTTP/1.1\r\n\r\n" == escaped_twice(b"GET /x?a=%41 HTTP/1.1\r\n\r\n")
    assert ASKED == escaped_twice(ASKED)


def test_fragments_are_lost_and_whole_requests_are_not() -> None:
    own = Fragments(b"</REQUEST>")
    assert (b"", ASKED) == (own.received(1, ASKED[:20]), own.received(1, ASKED))


# results and events


def test_events_are_told_from_results() -> None:
    assert (True, False) == (told(STREAM)(EVENT), told(STREAM)(OK))
    assert ("CALLSTART", "") == (seen(EVENT).event, seen(OK, ASKED).event)
    assert not seen(EVENT).ok
    assert seen(OK, ASKED).ok


def test_a_value_is_changed_where_it_stands_and_nowhere_else() -> None:
    one = seen(OK, ASKED)
    made = one.put("GROUPID", "9")
    assert made == OK.replace(b">5<", b">9<")
    assert one.each(["DEVICEID"], lambda _: []) is None
    event = seen(EVENT)
    assert event.each(["DEVICEID"], lambda _: [], within=()) is None
    assert b"2800" not in (event.each(["DEVICEID"], lambda _: [], within=("EVENTDATA",)) or b"2800")


def test_over_http_the_length_follows() -> None:
    line = URLS.call("ADDGROUP", ["GROUPNAME=Sales"])[1]
    made = seen(response(OK), line).put("GROUPID", "98765")
    assert made is not None
    head, _, body = made.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head


@pytest.mark.parametrize("road", ["stream", "url"])
def test_a_success_and_a_refusal_are_what_the_document_has(road: str) -> None:
    line, raw = (ASKED, OK) if road == "stream" else (URLS.call("ADDGROUP", ["GROUPNAME=Sales"])[1], response(OK))
    one = seen(raw, line)
    good = Seen(MODEL, exchange(one.accepted(), line))
    bad = Seen(MODEL, exchange(one.refused(), line))
    assert (True, True) == (good.ok, bad.failed)
    assert "Sales" == good.root.get("GROUPNAME")
    assert one.number == good.root.get("REQUESTID") == bad.root.get("REQUESTID")


def test_the_second_of_two_requests_is_answered_first() -> None:
    own = Swapped(MODEL)
    for _ in range(2):
        own.request(1, exchange(OK, ASKED).call, ASKED)
    other = OK.replace(b">7<", b">8<")
    assert b"" == said(own, OK, ASKED)
    assert other + OK == said(own, other, ASKED)


def test_events_reach_those_who_did_not_ask_or_stand_within_results() -> None:
    own = Strays(MODEL)
    assert said(own, EVENT) is None
    assert EVENT + OK == said(own, OK, ASKED, connection=2)
    own = Strays(MODEL, within=True)
    assert b"" == said(own, EVENT)
    root = read_document(said(own, OK, ASKED) or b"").root
    assert root is not None
    assert "CALLCOPYEVENT" == root.children[-1].name
    first = OnlyFirst(MODEL)
    assert (None, b"") == (said(first, EVENT), said(first, EVENT, connection=2))


# the catalogue


def test_every_clause_that_demands_something_has_a_mutant_or_a_known_reason() -> None:
    """Sections that are listed as often as there are such, and the value that a function is for, are those of other clauses."""
    have = {one.clause for one in mutants_of(MODEL)}
    allowed = {name.partition(":")[0] for name in ALLOWED}
    lacking = {
        name
        for name, entry in catalogue(MODEL).items()
        if name not in have | allowed and entry.level is not Level.MAY and not entry.untested
    }
    # The proxy does not speak TLS.
    assert {one for one in lacking if ".answer" not in one and not one.endswith(".result")} <= {"UPT-WEB-008"}
    assert len(lacking) <= 10, sorted(lacking)


def test_a_behaviour_is_made_anew_for_each_trial() -> None:
    for one in mutants_of(MODEL)[:40]:
        assert one.make() is not one.make()


def test_no_mutant_breaks_on_what_any_device_says() -> None:
    """A result, an error, an event, a file, and what is no XML."""
    error = OK.replace(b"API_OK", b"ERROR").replace(b">20<", b">9<")
    odd = (
        OK,
        error,
        EVENT,
        b"<RESULT></RESULT>\r\n",
        b"nothing\r\n",
        response(OK),
        response(b"\0\1\2"),
        b"HTTP/1.1 404 No\r\n\r\n",
    )
    for mutant in mutants_of(MODEL):
        for raw in odd:
            made = mutant.make().reply(
                exchange(raw, ASKED if not raw.startswith(b"HTTP") else URLS.call("EXPORT", [])[1])
            )
            assert made is None or all(isinstance(one, Piece) for one in made), mutant.id
