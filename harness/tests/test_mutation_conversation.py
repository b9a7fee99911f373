"""The pairing of requests and replies without sockets: nothing changes unless a behaviour changes it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.messages.lines import LineBinding
from harness.messages.reply import Call, Reply
from harness.mutation.conversation import Conversation
from harness.mutation.framing import line_parser
from harness.mutation.mutant import Behaviour, Exchange, Piece, Spoiler
from harness.mutation.trial import Identity
from harness.tests.devices import hmp

SYSTEM = hmp()
assert SYSTEM.lines is not None
BINDING = LineBinding(SYSTEM, SYSTEM.lines)
PARSE = line_parser(BINDING.quoting)


class Talk:
    """A conversation with what its witness saw and a switch for the pause."""

    def __init__(self, behaviour: Behaviour | None) -> None:
        self.paused = False
        self.true: list[Reply] = []
        self.conversation = Conversation(1, BINDING, PARSE, behaviour, lambda: self.paused, self.true.append)

    def ask(self, data: bytes) -> bytes:
        return b"".join(self.conversation.from_client(data))

    def tell(self, data: bytes) -> bytes:
        return b"".join(piece.data for piece in self.conversation.from_device(data))


class Noting(Behaviour):
    """Remembers every exchange."""

    def __init__(self) -> None:
        self.seen: list[Exchange] = []

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        self.seen.append(exchange)
        return None


chunks = st.lists(
    st.one_of(
        st.binary(max_size=12), st.sampled_from([b"\n", b"OK\n", b"ERROR|000001|Sy", b'createSession "a b"\n', b"\r\n"])
    )
)


@settings(max_examples=20, deadline=None)
@given(asked=chunks, told=chunks, rewriting=st.booleans(), pauses=st.lists(st.booleans(), max_size=8))
def test_a_behaviour_that_changes_nothing_changes_no_byte(
    asked: list[bytes], told: list[bytes], rewriting: bool, pauses: list[bool]
) -> None:
    """Whatever the bytes, their cuts, and when the behaviour is paused."""
    talk = Talk(Identity() if rewriting else Noting())
    sent = received = b""
    for number in range(max(len(asked), len(told))):
        talk.paused = pauses[number % len(pauses)] if pauses else False
        sent += talk.ask(asked[number]) if number < len(asked) else b""
        received += talk.tell(told[number]) if number < len(told) else b""
    talk.paused = False
    sent += talk.conversation.client_ended()
    received += b"".join(piece.data for piece in talk.conversation.device_ended()[0])
    assert (b"".join(asked), b"".join(told), 0) == (sent, received, talk.conversation.changes)


@settings(max_examples=20, deadline=None)
@given(data=st.binary(max_size=40), cut=st.integers(0, 40))
def test_without_a_behaviour_each_chunk_passes_at_once(data: bytes, cut: int) -> None:
    talk = Talk(None)
    assert [data[:cut], data[cut:]] == [talk.tell(data[:cut]), talk.tell(data[cut:])]
    assert [data[:cut], data[cut:]] == [talk.ask(data[:cut]), talk.ask(data[cut:])]


def test_replies_are_paired_in_order_and_blank_lines_expect_none() -> None:
    noting = Noting()
    talk = Talk(noting)
    talk.ask(b'createSession "two words" x\n\n  \nsetLiveSession a')
    talk.ask(b" true\n")
    talk.tell(b"ERROR|010003|Expected 1 parameter(s). Got 2 parameter(s)\nO")
    talk.tell(b"K\nunasked\n")
    assert [
        Call(operation="createSession", values=("two words", "x"), typed=('"two words"', "x")),
        Call(operation="setLiveSession", values=("a", "true"), typed=("a", "true")),
        Call(operation=""),
    ] == [exchange.call for exchange in noting.seen]
    assert [b'createSession "two words" x\n', b"setLiveSession a true\n", b""] == [one.line for one in noting.seen]
    assert [False, True, None] == [one.reply.ok for one in noting.seen]


def test_a_line_that_cannot_be_read_is_still_paired() -> None:
    noting = Noting()
    talk = Talk(noting)
    talk.ask(b'createSession "open\n\xff\xfe\ngetRecordingStatus x\n')
    talk.tell(b"ERROR|000001|Syntax Error\n" * 2 + b"ERROR|010001|'x' is not a UUID\n")
    assert ["", "\ufffd\ufffd", "getRecordingStatus"] == [one.call.operation for one in noting.seen]


def test_what_is_said_instead_counts_as_a_change_and_the_witness_sees_the_truth() -> None:
    talk = Talk(Spoiler(lambda exchange: exchange.reply.ok is True, lambda _: b"ERROR|070000|Internal Server Error\n"))
    talk.ask(b"setLiveSession a true\nsetLiveSession a maybe\n")
    assert b"ERROR|070000|Internal Server Error\nERROR|x\n" == talk.tell(b"OK\nERROR|x\n")
    assert 1 == talk.conversation.changes
    assert [b"OK\n", b"ERROR|x\n"] == [reply.raw for reply in talk.true]


def test_saying_the_same_is_no_change() -> None:
    talk = Talk(Spoiler(lambda _: True, lambda exchange: exchange.raw))
    talk.ask(b"setLiveSession a true\n")
    assert (b"OK\n", 0) == (talk.tell(b"OK\n"), talk.conversation.changes)


def test_a_pause_in_the_middle_of_a_reply_loses_nothing_of_it() -> None:
    talk = Talk(Spoiler(lambda _: True, lambda _: b"other\n"))
    talk.ask(b"a\nb\n")
    held = talk.tell(b"O")
    talk.paused = True
    passed = talk.tell(b"K\nO")
    talk.paused = False
    assert (b"", b"OK\nO", b"K\n") == (held, passed, talk.tell(b"K\n"))


class Asides(Behaviour):
    """Has the device do something else besides what it was asked."""

    rewrites = True

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:
        return (line, b"stopRecording secretly\n")


def test_the_reply_to_a_request_of_the_behaviour_reaches_no_client() -> None:
    talk = Talk(Asides())
    assert b"getRecordingStatus x\nstopRecording secretly\n" == talk.ask(b"getRecordingStatus x\n")
    assert b"OK|PAUSED\n" == talk.tell(b"OK|PAUSED\nOK\n")
    assert ["getRecordingStatus", "stopRecording"] == [reply.call.operation for reply in talk.true]


class Deaf(Behaviour):
    """Takes every request for another."""

    rewrites = True

    def request(self, connection: int, call: Call, line: bytes) -> Sequence[bytes]:
        return (line.replace(b"two words", b"one"),)


def test_a_reply_to_a_changed_request_is_read_as_the_client_meant_it_and_witnessed_as_it_was() -> None:
    talk = Talk(Deaf())
    assert b'createSession "one"\n' == talk.ask(b'createSession "two wo') + talk.ask(b'rds"\n')
    talk.tell(b"OK\n")
    assert [("one",)] == [reply.call.values for reply in talk.true]
    assert 1 == talk.conversation.changes


def test_a_reply_without_end_is_passed_on_and_the_connection_given_up() -> None:
    talk = Talk(Spoiler(lambda _: True, lambda _: b"other\n"))
    flood = b"x" * (1024 * 1024 + 10)
    talk.ask(b"a\n")
    assert flood == talk.tell(flood)
    assert b"OK\n" == talk.tell(b"OK\n")
