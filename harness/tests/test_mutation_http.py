"""Mutation over HTTP without sockets: requests are read and written anew, replies are taken apart, documents changed in one place."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from lxml import etree

from harness.ending import Ending
from harness.messages.http import HttpBinding, request_to
from harness.messages.reply import Call
from harness.mutation.conversation import Conversation
from harness.mutation.framing import http_parser
from harness.mutation.http_document import Document
from harness.mutation.http_message import Answer, chunked, read_answer
from harness.mutation.http_respelled import SPELLINGS
from harness.mutation.http_seen import Asked, Pretending, Said, Seen
from harness.mutation.http_speech import failure, success
from harness.mutation.mutant import Behaviour, Exchange, Piece
from harness.mutation.trial import Identity
from harness.rows import Scan, compile_shape
from harness.spec.load import load_system
from harness.wire.http1 import encode

SYSTEM = load_system("cds")
BINDING = HttpBinding(SYSTEM)
PARSE = http_parser(SYSTEM)
API, EVENTS = "/everstream/api.php", "/apis/TrickmodeEvents.php"
ROWS = b"""<?xml version="1.0" encoding="UTF-8"?>
<TrickModesResponse dateFormat="sec">
  <TrickMode NPT="0" errorText="" eventTime="1767600015" scale="0" sessionID="a &amp; b" />
  <TrickMode NPT="5" errorText="" eventTime="1767600016" scale="1" sessionID="c"></TrickMode>
  <TrickMode NPT="9" errorText="" eventTime="1767600017" scale="1" sessionID="d"/>
</TrickModesResponse>
"""


def request(query: Sequence[tuple[str, str]], path: str = API, method: str = "GET") -> bytes:
    return encode(request_to("localhost", path, query, method=method))


def history(**more: str) -> bytes:
    return request([("messageType", "TrickModeHistory"), ("fromDate", "10"), ("toDate", "20"), *more.items()])


def served(body: bytes = ROWS) -> bytes:
    return Answer(status=200, headers=(("Content-Type", "text/xml"),), body=body).raw()


def seen(raw: bytes = b"", asked: bytes = b"") -> Seen:
    line = asked or history()
    call = PARSE(line)
    assert call is not None
    reply = BINDING.reply(call, raw or served(), Ending.ANSWERED, -1)
    return Seen(SYSTEM, Exchange(connection=1, call=call, line=line, reply=reply))


# requests


@pytest.mark.parametrize(
    ("raw", "operation", "values"),
    [
        (history(maxRows="5"), "TrickModeHistory", ("fromDate=10", "toDate=20", "maxRows=5")),
        (request([("fromDate", "1"), ("messageType", "Errors")]), "Errors", ("fromDate=1",)),
        (request([("messageType", "GetTrickmodeEventsList"), ("StreamID", "a|b &c")], EVENTS), "TrickmodeEvents", ("StreamID=a|b &c",)),
        (request([("messageType", "Nothing")]), "", ("messageType=Nothing",)),
        (request([("messageType", "Version")], "/else"), "", ("messageType=Version",)),
        (request([("messageType", "Version")], method="POST"), "", ("messageType=Version",)),
        (b"hello\r\n\r\n", "", ()),
    ],
)  # fmt: skip
def test_a_request_is_read_as_the_operation_that_path_method_and_selector_name(
    raw: bytes, operation: str, values: tuple[str, ...]
) -> None:
    call = PARSE(raw)
    assert call is not None
    assert (operation, values) == (call.operation, call.values)


def test_a_request_is_written_with_other_values_where_they_stood() -> None:
    asked = Asked(SYSTEM, "TrickModeHistory", ("fromDate=10", "toDate=20"), history())
    assert (10, 20) == asked.window
    other = asked.asking(toDate="3 0", fromDate=None, maxRows="7")
    assert b"GET /everstream/api.php?messageType=TrickModeHistory&toDate=3%200&maxRows=7 HTTP/1.1\r\n" in other
    assert other.partition(b"\r\n")[2] == history().partition(b"\r\n")[2]


def test_a_parameter_is_known_by_any_of_its_spellings() -> None:
    raw = request([("messageType", "GetTrickmodeEventList"), ("streamID", "x")], EVENTS)
    asked = Asked(SYSTEM, "TrickmodeEvents", ("streamID=x",), raw)
    assert {"StreamID": "x"} == asked.query
    assert b"&streamID=y HTTP" in asked.asking(StreamID="y")


# replies


@pytest.mark.parametrize("pieces", [[ROWS], [ROWS[:7], ROWS[7:]], [bytes([byte]) for byte in ROWS[:50]]])
def test_a_chunked_reply_is_taken_apart_and_written_with_a_length(pieces: list[bytes]) -> None:
    body = b"".join(pieces)
    found = read_answer(chunked(Answer(status=200, headers=(("X-A", "b"),)), pieces))
    assert found is not None
    assert (200, body, (("X-A", "b"),)) == (found.status, found.body, found.headers)
    again = read_answer(found.raw())
    assert again is not None
    assert (found.status, found.body) == (again.status, again.body)
    assert b"Content-Length: %d\r\n" % len(body) in found.raw()


def test_what_is_no_response_is_not_taken_apart() -> None:
    assert read_answer(b"220 ready\r\n") is None
    assert 0 == seen(b"OK nothing of HTTP").answer.status


@pytest.mark.parametrize("operation", SYSTEM.operations)
def test_the_success_that_is_made_up_is_the_document_of_its_operation(operation: str) -> None:
    answer = read_answer(success(SYSTEM, operation))
    assert answer is not None
    scan = Scan(compile_shape(SYSTEM, SYSTEM.operations[operation].reply or "", operation=operation))
    scan.feed(answer.body)
    assert () == scan.finish(complete=True).violations


def test_an_error_has_its_document_and_its_status_or_another() -> None:
    answer = read_answer(failure(SYSTEM, "TrickmodeEvents", "missing-stream"))
    assert answer is not None
    root = etree.fromstring(answer.body)
    assert (400, "Error", "101") == (answer.status, root.tag, root.get("code"))
    swapped = read_answer(failure(SYSTEM, "TrickmodeEvents", "missing-stream", status=500))
    assert swapped is not None
    assert (500, answer.body) == (swapped.status, swapped.body)


# documents


def test_rows_and_their_values_are_found_in_any_spelling() -> None:
    found = seen()
    assert ["a & b", "c", "d"] == [found.value(one, "sessionID") for one in found.rows]
    assert [0, 5, 9] == [found.integer(one, "NPT") for one in found.rows]


def test_a_change_touches_one_place_only() -> None:
    found = seen()
    raw = found.each(lambda _: {"NPT": '"<', "errorText": None, "surplus": "1"}, found.rows[1:2])
    assert raw is not None
    answer = read_answer(raw)
    assert answer is not None
    rows = etree.fromstring(answer.body)
    assert ['"<', None, "1"] == [rows[1].get(name) for name in ("NPT", "errorText", "surplus")]
    assert [dict(one.attrib) for one in etree.fromstring(ROWS)][::2] == [dict(one.attrib) for one in rows][::2]


def test_rows_are_left_out_doubled_and_turned() -> None:
    found = seen()
    first, second, third = found.rows
    for order in ([], [third], [third, second, first], [first, first, second, third]):
        raw = found.only(order)
        answer = read_answer(raw or b"")
        assert answer is not None
        wanted = [found.value(one, "NPT") for one in order]
        assert wanted == [one.get("NPT") for one in etree.fromstring(answer.body)]
    assert found.only([first, second, third]) is None or b"TrickModesResponse" in (found.only(found.rows) or b"")


def test_elements_get_other_names_and_things_in_them() -> None:
    document = Document(b'<r xmlns:w="urn:w"><w:a b="1"/><w:a b="2">x</w:a></r>')
    one, other = document.named("a")
    renamed = document.with_([*document.rename(one, "c"), *document.rename(other, "c")])
    assert ["{urn:w}c", "{urn:w}c"] == [child.tag for child in etree.fromstring(renamed)]
    assert b'<w:a b="1">y</w:a>' in document.with_(document.put_in(one, b"y"))
    assert b'<w:a b="2">yx</w:a>' in document.with_(document.put_in(other, b"y"))
    assert 3 == len(etree.fromstring(document.with_(document.double(one))))


@pytest.mark.parametrize("row", SPELLINGS, ids=lambda row: row[0])
def test_a_harmless_spelling_changes_the_bytes_and_nothing_that_they_say(row: tuple[str, object, str, object]) -> None:
    raw = row[3](seen())  # type: ignore[operator]
    assert isinstance(raw, bytes)
    answer = read_answer(raw)
    assert answer is not None
    assert answer.body != ROWS

    def said(body: bytes) -> list[tuple[str, dict[str, str]]]:
        return [
            (str(one.tag), {str(name): str(value) for name, value in one.attrib.items()})
            for one in etree.fromstring(body).iter("*")
        ]

    assert said(ROWS) == said(answer.body)


# conversations


class Talk:
    """A conversation over HTTP."""

    def __init__(self, behaviour: Behaviour | None) -> None:
        self.true: list[str] = []
        self.conversation = Conversation(
            1, BINDING, PARSE, behaviour, lambda: False, lambda reply: self.true.append(reply.call.operation)
        )

    def ask(self, data: bytes) -> bytes:
        return b"".join(self.conversation.from_client(data))

    def tell(self, data: bytes) -> bytes:
        return b"".join(piece.data for piece in self.conversation.from_device(data))


def test_a_behaviour_that_changes_nothing_changes_no_byte_however_they_are_cut() -> None:
    asked = history() + request([("messageType", "Version")], method="HEAD") + history()
    told = served() + Answer(status=200).head(length=False)[:-2] + b"Content-Length: 99\r\n\r\n" + chunked(
        Answer(status=200), [ROWS[:100], ROWS[100:]]
    )  # fmt: skip
    for size in (1, 7, 64, 10_000):
        talk = Talk(Identity())
        sent = b"".join(talk.ask(asked[at : at + size]) for at in range(0, len(asked), size))
        got = b"".join(talk.tell(told[at : at + size]) for at in range(0, len(told), size))
        assert (asked, told, 0) == (sent, got, talk.conversation.changes)
        assert ["TrickModeHistory", "", "TrickModeHistory"] == talk.true


def test_a_reply_that_only_the_end_of_the_connection_ends_is_held_until_then() -> None:
    def less(found: Seen) -> Said:
        return found.only(found.rows[:1])

    talk = Talk(Pretending(SYSTEM, less))
    talk.ask(history())
    assert b"" == talk.tell(Answer(status=200).head(length=False) + ROWS)
    pieces, visible = talk.conversation.device_ended()
    assert (True, 1) == (visible, b"".join(piece.data for piece in pieces).count(b"<TrickMode "))


def test_a_request_that_is_misread_is_answered_as_it_was_meant() -> None:
    talk = Talk(Pretending(SYSTEM, ask=lambda asked: asked.asking(toDate="15")))
    assert b"toDate=15" in talk.ask(history())
    assert (served(), 1) == (talk.tell(served()), talk.conversation.changes)


def test_what_is_no_request_gives_the_connection_up_and_passes() -> None:
    talk = Talk(Pretending(SYSTEM, lambda _: b"spoilt"))
    bad = b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n"
    assert bad == talk.ask(bad)
    assert b"HTTP/1.1 400 Bad\r\n\r\n" == talk.tell(b"HTTP/1.1 400 Bad\r\n\r\n")


def test_a_behaviour_sees_what_was_meant() -> None:
    noted: list[Call] = []

    class Noting(Behaviour):
        def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
            noted.append(exchange.call)
            return None

    talk = Talk(Noting())
    talk.ask(history() + request([("messageType", "Version")]))
    talk.tell(served() + served(b"<APIVersionResponse/>"))
    assert ["TrickModeHistory", "Version"] == [call.operation for call in noted]
