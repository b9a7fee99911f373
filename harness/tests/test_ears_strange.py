"""Whatever a device sends to a place: nothing ends, holds up or fills the listener, and what comes rightly beside it is heard."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from harness import ears as module
from harness.checks.callheard import heard_checks
from harness.ears import MAX_LINKS, SHOWN_BYTES, Ears, Kept
from harness.eartalk import MAX_REQUEST_BYTES
from harness.ending import Ending
from harness.errors import InternalError
from harness.hearing import Caught, Manner
from harness.messages.callheard import heard_of
from harness.net import Deadline, Link
from harness.secure import secured
from harness.spec.load import load_system
from harness.tests.test_ears import EVENT, HOST, answer, message, posted, sent

SYSTEM = load_system("tps")
SOON_S = 5.0


@pytest.fixture
def ears() -> Iterator[Ears]:
    found = Ears(HOST, secured=lambda: secured(HOST).context)
    found.open("main", "/main", Manner.ANSWER)
    yield found
    found.close()


@pytest.fixture
def links() -> Iterator[list[Link]]:
    found: list[Link] = []
    yield found
    for link in found:
        link.close()


def heard(ears: Ears, name: str = "main") -> Kept:
    """The next that came to a place."""
    kept = ears.next(name, Deadline.after(SOON_S))
    assert kept is not None
    return kept


def is_well(ears: Ears) -> None:
    """A right message is heard and answered at once."""
    while ears.next("main", Deadline.after(0)) is not None:
        pass
    link = sent(ears, posted("/main", b"well"))
    assert answer(link, SOON_S).startswith(b"HTTP/1.1 200")
    while not heard(ears).data.endswith(b"well"):
        pass
    link.close()


@pytest.mark.parametrize(
    "data",
    [
        b"POST /main HTTP/1.0\r\nContent-Length: 3\r\n\r\none",
        b"POST /main HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n2;a=b\r\nne\r\n0\r\nTrailer: x\r\n\r\n",
        b"POST http://tester:8080/main HTTP/1.1\r\nContent-Length: 3\r\n\r\none",
        b"POST /main?a=b HTTP/1.1\r\nContent-Length: 3\r\n\r\none",
        b"\r\nPOST /main HTTP/1.1\nContent-Length:3\n\none",
        b"PUT /main HTTP/1.1\r\nContent-Length: 3\r\n\r\none",
        b"DELETE /main HTTP/1.1\r\n\r\n",
        b"GET /main HTTP/1.1\r\n\r\n",
        b"GET /main\r\n\r\n",
    ],
)  # fmt: skip
def test_a_strange_request_to_a_place_is_heard_there(ears: Ears, links: list[Link], data: bytes) -> None:
    links.append(sent(ears, data))
    assert answer(links[-1]).startswith(b"HTTP/1.1 200")
    assert (data, Ending.ANSWERED) == (heard(ears).data, Ending.ANSWERED)
    is_well(ears)


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"POST /main HTTP/1.1\r\nContent-Length: none\r\n\r\n", "main"),
        (b"POST /main HTTP/1.1\r\nContent-Length: 99999999999999\r\n\r\n" + b"x" * (MAX_REQUEST_BYTES + 9), "main"),
        (b"POST /main HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n", "main"),
        (b"POST /main HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * MAX_REQUEST_BYTES, "main"),
        (b"POST /main HTTP/1.1\r\n" + b"Header: x\r\n" * 50_000, ""),
        (b"POST /main HTTP/1.1\r\nHeader: " + b"x" * 500_000, ""),
        (b"\n" * 500_000, ""),
        (b"\x00" * 500_000, ""),
        (b"POST http://[/main HTTP/1.1\r\n\r\n", ""),
    ],
)
def test_what_has_no_end_is_told_and_ends(ears: Ears, links: list[Link], data: bytes, place: str) -> None:
    links.append(sent(ears, data))
    kept = heard(ears, place)
    assert kept.ending is (Ending.ANSWERED if b"[" in data else Ending.FLOODED)
    assert len(kept.data) <= SHOWN_BYTES
    is_well(ears)


def test_a_body_that_waits_is_asked_for_once(ears: Ears, links: list[Link]) -> None:
    links.append(sent(ears, b"POST /main HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 6\r\n\r\n"))
    assert answer(links[-1]) == b"HTTP/1.1 100 Continue\r\n\r\n"
    for half in (b"wai", b"ted"):
        links[-1].send([half], deadline=Deadline.after(1.0))
    assert answer(links[-1]).startswith(b"HTTP/1.1 200")
    assert heard(ears).data.endswith(b"waited")


def test_messages_behind_each_other_are_all_heard(ears: Ears, links: list[Link]) -> None:
    links.append(sent(ears, b"".join(posted("/main", b"%d" % number) for number in range(500))))
    assert [b"\n%d" % number for number in range(500)] == [
        heard(ears).data[-len(b"\n%d" % number) :] for number in range(500)
    ]
    is_well(ears)


def test_a_message_that_drips_is_heard(ears: Ears, links: list[Link]) -> None:
    links.append(sent(ears, b"P"))
    for byte in posted("/main", b"drip")[1:]:
        links[-1].send([bytes([byte])], deadline=Deadline.after(1.0))
    assert heard(ears).data.endswith(b"drip")


def test_connections_without_number_leave_room_for_others(ears: Ears, links: list[Link]) -> None:
    for number in range(3 * MAX_LINKS):
        links.append(sent(ears, b"" if number % 2 else b"POST /main HTTP/1.1\r\n"))
    is_well(ears)
    assert len(ears._talks) <= MAX_LINKS


def test_a_connection_that_is_used_again_outlives_silent_ones(ears: Ears, links: list[Link]) -> None:
    kept = sent(ears, posted("/main", b"first"))
    assert answer(kept)
    for number in range(MAX_LINKS + 20):
        links.append(sent(ears, b""))
        if not number % 40:
            kept.send([posted("/main", b"again")], deadline=Deadline.after(1.0))
            assert answer(kept).startswith(b"HTTP/1.1 200")
    kept.close()
    is_well(ears)


def test_who_reads_no_answer_holds_up_nobody(ears: Ears, links: list[Link]) -> None:
    ears.open("other", "/other", Manner.SLOW)
    flood = b"".join([posted("/other", b"")] * 3000)
    for _ in range(3):
        links.append(sent(ears, b""))
        links[-1].send([flood], deadline=Deadline.after(2.0))
    began = time.monotonic()
    is_well(ears)
    assert time.monotonic() - began < SOON_S


def test_messages_that_are_not_whole_share_what_may_be_held(
    ears: Ears, links: list[Link], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_HELD_BYTES", 300_000)
    for _ in range(8):
        links.append(sent(ears, b"POST /main HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + b"x" * 100_000))
    assert heard(ears).ending is Ending.FLOODED
    assert sum(talk.held for talk in list(ears._talks.values())) <= 300_000
    is_well(ears)


def test_messages_without_end_are_answered_and_kept_no_more(
    ears: Ears, links: list[Link], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_KEPT_BYTES", 10_000)
    for _ in range(20):
        links.append(sent(ears, posted("/main", b"x" * 1000)))
        assert answer(links[-1]).startswith(b"HTTP/1.1 200")
    found = []
    while (one := ears.next("main", Deadline.after(0))) is not None:
        found.append((one.ending, bool(one.data)))
    assert found == [(Ending.ANSWERED, True)] * 9 + [(Ending.FLOODED, False)]


def test_a_listener_without_sockets_left_goes_on(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    take, failures = ears._listener.accept, [OSError(24, "Too many open files")] * 3

    def accept(deadline: Deadline) -> Link | None:
        if failures:
            raise failures.pop()
        return take(deadline)

    monkeypatch.setattr(ears._listener, "accept", accept)
    is_well(ears)
    assert not failures


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_listener_that_has_ended_is_no_silence(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "_turn", lambda: 1 / 0)
    with pytest.raises(InternalError, match="listens"):
        ears.next("main", Deadline.after(SOON_S))


@pytest.mark.slow
def test_noise_ends_nothing(ears: Ears, links: list[Link]) -> None:
    rng = random.Random(5)
    good = b"POST /main HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    for _ in range(300):
        data = bytearray(
            rng.choice((good, posted("/main", message()), rng.randbytes(200), b"\x16\x03\x01" + rng.randbytes(90)))
        )
        for _ in range(rng.randrange(6)):
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(3)] = rng.choice((b"", b"\r\n", b"\n", b"\x00", b":", b" ", rng.randbytes(3)))
            data = data or bytearray(b"\n")
        link = sent(ears, bytes(data))
        if rng.random() < 0.5:
            links.append(link)
        else:
            link.close() if rng.random() < 0.5 else link.reset()
        for name in ("main", ""):
            while (kept := ears.next(name, Deadline.after(0))) is not None:
                one = heard_of(Caught(kept.data, kept.ending, 0.0, 0))
                assert one.describe()
                assert list(heard_checks(SYSTEM, one, (EVENT,), clauses=("TPS-EVT-005",)))
    is_well(ears)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff" * 1000,
        b"<methodCall>" * 100_000,
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>" + b"<!ENTITY d '&b;&b;'>" * 9 + b"]><a>&d;</a>",
        message(events="<value><array><data>" * 5000 + "</data></array></value>" * 5000),
        message(events="<value><array><data>" * 300 + "</data></array></value>" * 300),
        message(events="<value>restart</value>" * 20_000),
        message(events=f"<value><int>{'9' * 10_000}</int></value>"),
        message(events=f"<value>{'x' * 500_000}</value>"),
        message(events="<value><base64>" + "A" * 99_999 + "</base64></value>"),
        message(method="eventNotification" * 1000),
        message().decode().encode("utf-16"),
        b"\xef\xbb\xbf" + message(),
    ],
)
def test_no_body_is_more_than_a_finding(body: bytes) -> None:
    began = time.monotonic()
    one = heard_of(Caught(posted("/main", body), Ending.ANSWERED, 0.0, 0))
    checks = list(heard_checks(SYSTEM, one, (EVENT,), clauses=("TPS-EVT-005",), sent={"sourceIdentifier": "us"}))
    assert checks
    assert len(one.describe()) < 5000
    assert all(len(check.got) < 5000 for check in checks)
    assert isinstance(one.texts("events"), list)
    assert time.monotonic() - began < SOON_S
