"""The places at which cases listen: what comes is kept whole and in order, whatever answer it gets, and nothing that fails stops the others."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from harness.checks.callheard import heard_checks
from harness.ears import Ears, refusing
from harness.eartalk import MAX_REQUEST_BYTES
from harness.ending import Ending
from harness.errors import TransportError
from harness.hearing import SLOW_S, Caught, Manner
from harness.messages.callheard import Heard, heard_of
from harness.net import Deadline, Link, connect
from harness.spec.load import load_system

HOST = "127.0.0.1"
SYSTEM = load_system("tps")
EVENT = "eventNotification"


@pytest.fixture
def ears() -> Iterator[Ears]:
    found = Ears(HOST)
    found.open("main", "/main", Manner.ANSWER)
    yield found
    found.close()


def posted(path: str, body: bytes, head: bytes = b"POST") -> bytes:
    """A request."""
    return b"%s %s HTTP/1.1\r\nHost: tester\r\nContent-Length: %d\r\n\r\n%s" % (head, path.encode(), len(body), body)


def sent(ears: Ears, data: bytes) -> Link:
    """A connection on which these bytes have left."""
    link = connect(HOST, ears.port, timeout_s=2.0)
    link.send([data], deadline=Deadline.after(2.0))
    return link


def answer(link: Link, seconds: float = 2.0) -> bytes:
    """What came back."""
    return link.receive(Deadline.after(seconds)).data


def test_a_message_is_kept_and_answered(ears: Ears) -> None:
    request = urllib.request.Request(f"http://{HOST}:{ears.port}/main", data=b"<x/>", method="POST")
    with urllib.request.urlopen(request, timeout=2) as reply:
        assert reply.status == 200
    kept = ears.next("main", Deadline.after(2.0))
    assert kept is not None
    assert kept.ending is Ending.ANSWERED
    assert kept.data.startswith(b"POST /main HTTP/1.1\r\n")
    assert kept.data.endswith(b"<x/>")
    assert ears.next("main", Deadline.after(0)) is None


def test_messages_in_pieces_and_one_after_the_other_come_in_order(ears: Ears) -> None:
    data = posted("/main", b"one") + posted("/main", b"two")
    link = sent(ears, data[:30])
    for start in range(30, len(data), 7):
        link.send([data[start : start + 7]], deadline=Deadline.after(1.0))
    found = [ears.next("main", Deadline.after(2.0)) for _ in range(2)]
    assert [one.data[-3:] for one in found if one is not None] == [b"one", b"two"]
    link.close()


def test_other_paths_and_broken_messages_are_kept_apart(ears: Ears) -> None:
    elsewhere = sent(ears, posted("/elsewhere", b"lost"))
    assert answer(elsewhere).startswith(b"HTTP/1.1 404")
    kept = ears.next("", Deadline.after(2.0))
    assert kept is not None
    assert b"/elsewhere" in kept.data
    cut = sent(ears, posted("/main", b"whole")[:-2])
    cut.close()
    half = ears.next("", Deadline.after(2.0))
    assert half is not None
    assert half.ending is not Ending.ANSWERED
    assert ears.next("main", Deadline.after(0)) is None
    elsewhere.close()


def test_no_message_is_larger_than_the_limit(ears: Ears) -> None:
    link = sent(ears, b"POST /main HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (2 * MAX_REQUEST_BYTES))
    link.send([b"x" * (MAX_REQUEST_BYTES + 100_000)], deadline=Deadline.after(5.0))
    kept = ears.next("main", Deadline.after(5.0))
    assert kept is not None
    assert kept.ending is Ending.FLOODED
    assert len(kept.data) <= MAX_REQUEST_BYTES
    link.close()


@pytest.mark.parametrize(
    ("manner", "begins"), [(Manner.ANSWER, b"HTTP/1.1 200"), (Manner.ERROR, b"HTTP/1.1 500"), (Manner.HANG, b"")]
)
def test_a_place_answers_in_its_manner(ears: Ears, manner: Manner, begins: bytes) -> None:
    ears.behave("main", manner)
    link = sent(ears, posted("/main", b"x"))
    got = answer(link, 0.3 if manner is Manner.HANG else 2.0)
    assert got.startswith(begins)
    assert bool(got) is bool(begins)
    assert ears.next("main", Deadline.after(2.0)) is not None
    link.close()


def test_a_slow_place_does_not_hold_up_another_one(ears: Ears) -> None:
    ears.open("slow", "/slow", Manner.SLOW)
    slow, quick = sent(ears, posted("/slow", b"x")), sent(ears, posted("/main", b"x"))
    began = time.monotonic()
    assert answer(quick).startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < SLOW_S / 2
    assert answer(slow, 2 * SLOW_S).startswith(b"HTTP/1.1 200")
    slow.close()
    quick.close()


def test_nobody_listens_where_nobody_should_nor_after_the_end() -> None:
    with pytest.raises(TransportError):
        connect(HOST, refusing(HOST), timeout_s=1.0)
    ears = Ears(HOST)
    port = ears.port
    ears.close()
    with pytest.raises(TransportError):
        connect(HOST, port, timeout_s=1.0)


# messages


def message(method: str = EVENT, events: str = "<value>restart</value>", root: str = "methodCall") -> bytes:
    """A message that tells an event."""
    name = f"<methodName>{method}</methodName>" if root == "methodCall" else ""
    members = (
        f"<member><name>sourceIdentifier</name><value>us</value></member>"
        f"<member><name>events</name><value><array><data>{events}</data></array></value></member>"
    )
    return f"<{root}>{name}<params><param><value><struct>{members}</struct></value></param></params></{root}>".encode()


def heard(body: bytes, head: bytes = b"POST") -> Heard:
    """A message as it was heard."""
    return heard_of(Caught(posted("/main", body, head), Ending.ANSWERED, 1.0, 0))


def broken(one: Heard, source: str = "us") -> list[str]:
    """The checks of a message that did not pass."""
    checks = heard_checks(SYSTEM, one, (EVENT,), clauses=("TPS-EVT-005",), sent={"sourceIdentifier": source})
    return [check.id for check in checks if not check.passed]


def test_a_right_message_breaks_nothing() -> None:
    one = heard(message())
    assert not broken(one)
    assert one.method == EVENT
    assert one.texts("events") == ["restart"]


@pytest.mark.parametrize(
    ("one", "check"),
    [
        (heard(message("eventNotify")), "heard.method"),
        (heard(message(), b"PUT"), "heard.request"),
        (heard(b"restart"), "heard.method"),
        (heard(message(events="<value>Restart</value>")), "heard.events:choice"),
        (heard(message(events="")), "heard.events:count"),
        (heard(message(events="<value><int>1</int></value>")), "heard.events:type"),
        (heard(message().replace(b"events", b"event")), "heard.events"),
        (heard(message(root="methodResponse")), "heard.form.usual"),
        (Heard(raw=b"POST /", ending=Ending.CLOSED, at_s=0.0, step=0), "heard.request"),
    ],
)
def test_a_wrong_message_is_told(one: Heard, check: str) -> None:
    assert check in broken(one)


def test_the_sender_is_who_was_asked() -> None:
    assert broken(heard(message()), "them") == ["heard.sourceIdentifier:echo"]
