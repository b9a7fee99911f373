"""Scripts against small devices: a good one breaks nothing, each bad one breaks the check and clause that say why, and all is undone."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from harness.fuzzing.build import Builder, rng_of
from harness.fuzzing.receive import Played
from harness.fuzzing.script import Script, Slot, Step
from harness.target import Allow
from harness.tests.devices import Device, Handler, hmp, silent, target_of, tear_down
from harness.tests.fuzz_device import FIXTURES, UNKNOWN, Down, FuzzToy, lines, playing

RULES = hmp().lines.rules  # type: ignore[union-attr]
SESSION = Slot("object:session:any")
SHORT_S = 0.2  # the timeout of targets that do not answer
HOTMARK = f"addHotmark {UNKNOWN} here"
TWO = f"{HOTMARK}\ncreateSession title\n".encode()


def of_builder(number: int, **only: object) -> list[Script]:
    builder = Builder(hmp(), target_of(1, fixtures=FIXTURES), **only)  # type: ignore[arg-type]
    return [builder.script(rng_of(3, at)) for at in range(number)]


def shown(played: Played) -> list[tuple[str, tuple[str, ...], str]]:
    return [(check.id, check.clauses, check.got) for check in played.broken]


# A device that conforms


@pytest.mark.slow
@pytest.mark.parametrize("careful", [False, True], ids=["quick", "careful"])
def test_a_conforming_device_breaks_nothing(careful: bool) -> None:
    toy = FuzzToy()
    with playing(toy.handle, lenient=True, timeout=5.0) as session:
        played = [session.player.play(script, careful=careful) for script in of_builder(100)]
        assert [] == [shown(one) for one in played if one.broken]
        assert sum(not one.skipped for one in played) > 80
        assert sum(one.requests for one in played) > 200


@pytest.mark.slow
def test_a_conforming_device_breaks_nothing_when_scripts_are_sent_together() -> None:
    toy = FuzzToy()
    scripts = of_builder(150)
    with playing(toy.handle, lenient=True, timeout=5.0) as session:
        played = [one for at in range(0, 150, 25) for one in session.player.play_all(scripts[at : at + 25])]
        assert [] == [shown(one) for one in played if one.broken]
        assert len(played) == len(scripts)
        assert sum(not one.skipped for one in played) > 120


def test_quick_and_careful_ask_the_same() -> None:
    toy = FuzzToy()
    with playing(toy.handle) as session:
        quick = session.player.play(lines(HOTMARK, "createSession title"))
        careful = session.player.play(lines(HOTMARK, "createSession title"), careful=True)
        sent = [line.partition(b" ")[0] for line in toy.lines]
    assert quick.broken == careful.broken == []
    wanted = [b"addHotmark", b"createSession", b"getRecordingStatus", b"deleteSession"]
    assert wanted * 2 == sent
    assert [step.action for step in careful.transcript] == ["send", "receive"] * 3
    assert [step.action for step in quick.transcript] == ["send", "receive", "send", "receive", "receive"]


# Devices with one fault


def instead(name: bytes, reply: bytes) -> Handler:
    """A device that answers commands of this name so."""
    return FuzzToy(lambda _toy, line, usual, _link: reply if line.startswith(name) else usual).handle


def early(made: Device, connection: socket.socket) -> None:
    """Answers the first bytes of a command without waiting for its line feed."""
    toy = FuzzToy()
    while chunk := connection.recv(65536):
        if chunk == b"\n":
            continue
        for line in chunk.split(b"\n"):
            if line:
                connection.sendall(toy.answer(line))


def swapping(made: Device, connection: socket.socket) -> None:
    """Answers what came in one segment in the wrong order."""
    toy = FuzzToy()
    buffer = b""
    while chunk := connection.recv(65536):
        *whole, buffer = (buffer + chunk).split(b"\n")
        connection.sendall(b"".join(reversed([toy.answer(line) for line in whole])))


def closing(_toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
    if line.startswith(b"addHotmark"):
        raise Down
    return reply


def resetting(_toy: FuzzToy, line: bytes, reply: bytes, connection: socket.socket) -> bytes:
    if line.startswith(b"addHotmark"):
        tear_down(connection)
    return reply


def flooding(unit: bytes) -> Callable[[FuzzToy, bytes, bytes, socket.socket], bytes]:
    def spoil(_toy: FuzzToy, line: bytes, reply: bytes, connection: socket.socket) -> bytes:
        if line.startswith(b"addHotmark"):
            with suppress(OSError):
                while True:
                    connection.sendall(unit)
        return reply

    return spoil


def late(_toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
    if line.startswith(b"addHotmark"):
        time.sleep(2 * SHORT_S)
    return reply


UNFINISHED = Script(name="tests.unfinished", steps=(Step(parts=(HOTMARK.encode(),), pause_s=0.1), Step(parts=(b"\n",))))
ODD_SPACE = f"addHotmark {UNKNOWN}\there more"  # what it means is open, so the player puts a marker behind it

FAULTS: list[tuple[str, Handler, Script, str, str]] = [
    ("early", early, UNFINISHED, "reply.early", "command-end"),
    ("missing", instead(b"addHotmark", b""), lines(HOTMARK), "reply.comes", "one-reply"),
    ("missing-for-open", instead(b"addHotmark", b""), lines(ODD_SPACE), "reply-to-each", "one-reply"),
    ("doubled", instead(b"addHotmark", b"OK\nOK\n"), lines(HOTMARK), "reply.unasked", "one-reply"),
    ("many-for-open", instead(b"addHotmark", b"OK\n" * 70), lines(ODD_SPACE), "reply.unasked", "one-reply"),
    ("closes", FuzzToy(closing).handle, lines(HOTMARK), "reply.comes", "one-reply"),
    ("resets", FuzzToy(resetting).handle, lines(HOTMARK), "reply.comes", "one-reply"),
    ("endless-line", FuzzToy(flooding(b"x" * 65536)).handle, lines(HOTMARK), "reply.comes", "one-reply"),
    ("endless-lines", FuzzToy(flooding(b"OK\n" * 9999)).handle, lines(HOTMARK), "reply.unasked", "one-reply"),
    ("after-the-deadline", FuzzToy(late).handle, lines(HOTMARK), "reply.comes", "one-reply"),
    ("not-utf8", instead(b"addHotmark", b"ERROR|000000|\xff\n"), lines(HOTMARK), "reply.encoding", "encoding"),
    ("cr-lf", instead(b"addHotmark", b"OK\r\n"), lines(HOTMARK), "reply.terminator", "terminator"),
    ("no-form", instead(b"addHotmark", b"DONE\n"), lines(HOTMARK), "reply.error", "error"),
    ("not-listed", instead(b"addHotmark", b"ERROR|123456|No\n"), lines(HOTMARK), "reply.listed", "error-text"),
    ("value-too-much", instead(b"addHotmark", b"OK|1\n"), lines(HOTMARK), "reply.result", "success"),
    ("no-form-for-open", instead(b"addHotmark", b"DONE\n"), lines(ODD_SPACE), "reply.error", "error"),
    ("unbalanced", instead(b"addHotmark", b"OK\n"), lines('addHotmark "x'), "answer", "balanced"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("handler", "script", "check", "rule"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_each_fault_breaks_a_check_with_its_clause(handler: Handler, script: Script, check: str, rule: str) -> None:
    with playing(handler, timeout=SHORT_S) as session:
        played = session.player.play(script, careful=True)
        assert (check, RULES[rule]) in [(one.id, clause) for one in played.broken for clause in one.clauses], shown(
            played
        )
        assert played.broken[0].id == check
        assert not played.gone
        assert all(one.expected and one.got for one in played.broken)
        assert sum(len(step.data) for step in played.transcript) < 100_000


@pytest.mark.slow
@pytest.mark.parametrize(("handler", "script"), [row[1:3] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_each_fault_breaks_something_in_a_quick_play_too(handler: Handler, script: Script) -> None:
    with playing(handler, timeout=SHORT_S) as session:
        assert session.player.play(script).broken
        assert session.player.play(lines("createSession title")).broken == []  # and nothing of it reaches the next


def test_a_doubled_reply_is_told_from_a_wrong_one_in_a_quick_play() -> None:
    with playing(instead(b"addHotmark", b"OK\nOK\n")) as session:
        assert [("reply.unasked", (RULES["one-reply"],))] == [
            row[:2] for row in shown(session.player.play(lines(HOTMARK)))
        ]


def test_a_doubled_reply_to_the_last_command_is_seen() -> None:
    """Twice the same error: the second one would be taken for the reply to the next script."""
    toy = FuzzToy(lambda _toy, line, reply, _link: reply * 2 if line.startswith(b"getRecordingStatus") else reply)
    with playing(toy.handle) as session:
        for played in (session.player.play(lines(HOTMARK)), session.player.play_all([lines(HOTMARK)] * 3)[-1]):
            assert "reply.unasked" in [check.id for check in played.broken]


@pytest.mark.parametrize("careful", [False, True], ids=["quick", "careful"])
def test_replies_in_the_wrong_order_are_found(careful: bool) -> None:
    with playing(swapping) as session:
        played = session.player.play(lines(TWO), careful=careful)
        assert played.broken
        assert {"answer", "reply.result"} & {check.id for check in played.broken}


def test_bytes_that_nobody_asked_for_are_found() -> None:
    def handle(made: Device, connection: socket.socket) -> None:
        connection.sendall(b"WELCOME\n")
        FuzzToy().handle(made, connection)

    with playing(handle) as session:
        assert session.player.play(lines(HOTMARK)).broken


def test_a_device_may_close_where_the_document_leaves_open_what_a_line_means() -> None:
    """Bytes that are no UTF-8: the connection may end, if the device is there afterwards."""

    def spoil(_toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
        if b"\xff" in line:
            raise Down
        return reply

    with playing(FuzzToy(spoil).handle) as session:
        played = session.player.play(lines(b"createSession \xff\n"))
        assert (played.broken, played.gone) == ([], False)
        assert session.player.play(lines(HOTMARK)).broken == []


# Devices that are gone


def mortal(deadly: bytes, *, hangs: bool = False) -> Handler:
    """A device that accepts no connection, or answers nothing on any, after a line that holds this."""
    toy = FuzzToy()

    def handle(made: Device, connection: socket.socket) -> None:
        if toy.memory:
            silent(made, connection)
            return

        def spoil(_toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
            if deadly in line:
                toy.memory.append(line)
                if not hangs:
                    made.stop()
                raise Down
            return reply

        FuzzToy(spoil).handle(made, connection)

    return handle


@pytest.mark.slow
@pytest.mark.parametrize("careful", [False, True], ids=["quick", "careful"])
@pytest.mark.parametrize("hangs", [False, True], ids=["refuses", "answers-nothing"])
@pytest.mark.parametrize("deadly", [b"here", b"\xff"], ids=["plain", "where-it-may-close"])
def test_a_device_that_ends_is_gone_with_the_script_that_did_it(careful: bool, hangs: bool, deadly: bytes) -> None:
    with playing(mortal(deadly, hangs=hangs), timeout=SHORT_S) as session:
        assert not session.player.play(lines("createSession title"), careful=careful).gone
        played = session.player.play(lines(b"addHotmark x " + deadly + b"\n"), careful=careful)
        assert played.gone
        assert ("device.alive", (RULES["one-reply"],)) in [row[:2] for row in shown(played)]
        assert not session.player.is_alive()
        after = session.player.play(lines(HOTMARK))
        assert after.gone


def test_what_follows_a_death_in_a_batch_is_not_blamed() -> None:
    with playing(mortal(b"here")) as session:
        played = session.player.play_all(
            [lines("createSession a"), lines(HOTMARK), lines("createSession b"), UNFINISHED]
        )
        # Which one it was, only bisecting can tell: the replies of earlier ones may be lost with the connection.
        assert 1 == sum(bool(one.broken) for one in played)
        assert not any(one.broken for one in played[2:])
        assert all(one.skipped and one.gone for one in played[2:])


def test_after_a_device_has_begun_anew_nothing_is_expected_of_what_was_there() -> None:
    toy = FuzzToy()
    with playing(toy.handle) as session:
        script = lines((b"updateSessionMetadata ", SESSION, b" title x\n"))
        session.player.play(script)
        session.player.forget()
        assert session.player.play(script).broken == []
    made = [line for line in toy.lines if line.startswith(b"createSession")]
    assert len(made) == 2
    used = [line.split(b" ")[1] for line in toy.lines if line.startswith(b"updateSessionMetadata")]
    assert used[0] != used[1]


# One bad script among good ones


def test_a_batch_gives_each_script_its_own_verdict() -> None:
    with playing(instead(b"addHotmark", b"DONE\n")) as session:
        scripts = [
            lines("createSession a"),
            lines(HOTMARK),
            lines("createSession b"),
            lines(f"setLiveSession {UNKNOWN} true"),
        ]
        played = session.player.play_all(scripts)
        assert [False, True, False, False] == [bool(one.broken) for one in played]
        assert not any(one.gone or one.skipped for one in played)


def test_a_reply_that_is_lost_with_the_connection_blames_the_script_that_ended_it() -> None:
    def spoil(_toy: FuzzToy, line: bytes, reply: bytes, connection: socket.socket) -> bytes:
        if b"here" in line:
            tear_down(connection)
        return reply

    with playing(FuzzToy(spoil).handle) as session:
        scripts = [lines("createSession a"), lines("createSession b"), lines(HOTMARK), lines("createSession c")]
        played = session.player.play_all(scripts)
    assert [False, False, True, False] == [bool(one.broken) for one in played]


def test_a_reply_too_many_blames_the_script_that_got_it() -> None:
    """The second of two errors comes twice; the surplus one would be the next script's reply."""

    def spoil(toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
        if line.startswith(b"getRecordingStatus") and toy.lines[-2:-1] == [b"fooBar"]:
            return reply * 2
        return reply

    with playing(FuzzToy(spoil).handle) as session:
        scripts = [lines("createSession a"), lines("fooBar"), lines("createSession b"), lines("createSession c")]
        played = session.player.play_all(scripts)
    assert [[], ["reply.unasked"], [], []] == [[check.id for check in one.broken] for one in played]


def test_what_breaks_only_in_company_is_kept() -> None:
    """The connection ends where two commands come in one segment."""

    def handle(made: Device, connection: socket.socket) -> None:
        toy = FuzzToy()
        while chunk := connection.recv(65536):
            if chunk.count(b"createSession") > 1:
                tear_down(connection)
                return
            for line in chunk.split(b"\n")[:-1]:
                connection.sendall(toy.answer(line))

    with playing(handle) as session:
        played = session.player.play_all([lines("createSession a"), lines("createSession b")])
    assert [True, False] == [bool(one.broken) for one in played]


# What is sent, and what is not


def test_what_scripts_made_is_undone_after_each() -> None:
    toy = FuzzToy()
    with playing(toy.handle) as session:
        made = lines("createSession one", (b"startRecording ", Slot("value:0:"), b"\n"), "createSession two")
        assert session.player.play(made).broken == []
        assert toy.world.sessions == set()
        assert set(toy.world.recordings.values()) == {"FINISHED"}
        assert session.player.cleaner.leftovers == 1
        assert session.undo() == []


@pytest.mark.parametrize(
    "line",
    [
        b"CREATESESSION title\n",
        b"\xef\xbb\xbfcreateSession title\n",
        b"getRecordingStatus x\rcreateSession title\n",
        b'createSession "title\n',
        b"createSession title\r\n",
        b" createSession title\n",
    ],
    ids=repr,
)
def test_what_a_lenient_device_makes_of_an_odd_line_is_undone_too(line: bytes) -> None:
    def spoil(toy: FuzzToy, got: bytes, reply: bytes, _connection: socket.socket) -> bytes:
        made = b"createsession" in got.lower() and not reply.startswith(b"OK")
        return toy.answer(b"createSession title") if made else reply

    toy = FuzzToy(spoil)
    with playing(toy.handle) as session:
        session.player.play(lines(line))
        assert toy.world.made == 1
        assert toy.world.sessions == set()


@pytest.mark.parametrize(
    "odd", [b"", b"createSession a\tb\n", b"createSession \xff\n"], ids=["plain", "odd", "not-utf8"]
)
def test_what_is_made_behind_a_broken_reply_is_undone_too(odd: bytes) -> None:
    """Nobody judges those replies, and what they tell of is there all the same."""
    toy = FuzzToy(lambda _toy, line, reply, _link: b"OK\r\n" if line.startswith(b"addHotmark") else reply)
    with playing(toy.handle) as session:
        first = lines(HOTMARK.encode() + b"\n" + odd)
        session.player.play(lines(HOTMARK.encode() + b"\ncreateSession a\n" + odd))
        session.player.play_all([first, lines("createSession b"), lines("createSession c")])
    assert toy.world.made >= 4
    assert toy.world.sessions == set()


@pytest.mark.parametrize("value", ["RECORDING", "Demo", "My weekly meeting in room 101"])
def test_what_is_no_id_is_not_used_to_undo(value: str) -> None:
    """A bad device may mix up its replies; a deletion by title could remove somebody's session."""
    toy = FuzzToy(lambda _toy, line, reply, _link: f"OK|{value}\n".encode() if line.startswith(b"create") else reply)
    with playing(toy.handle) as session:
        assert session.player.play(lines("createSession title")).broken
        session.player.play(lines("createSession a\tb"))
        assert session.undo() == []
    assert not any(line.startswith(b"delete") for line in toy.lines)


def test_what_could_not_be_undone_is_tried_again_at_the_end() -> None:
    def spoil(toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
        return b"ERROR|070000|Internal Server Error\n" if line.startswith(b"delete") and not toy.memory else reply

    toy = FuzzToy(spoil)
    with playing(toy.handle) as session:
        session.player.play(lines("createSession title"))
        (left,) = session.player.cleaner.left
        assert left.operation == "deleteSession"
        toy.memory.append(b"mended")
        toy.world.sessions.add(left.arguments[0])
        assert session.undo() == []
        assert toy.world.sessions == set()


def test_without_leave_to_write_nothing_that_writes_is_sent() -> None:
    toy = FuzzToy()
    with playing(toy.handle, allow=Allow()) as session:
        for script in (
            lines("createSession title"),
            lines('"createSession" title'),
            lines(b"create", b"Session title\n"),
            lines(b"getRecordingStatus x\rcreateSession y\n"),
        ):
            played = session.player.play(script)
            assert "does not permit" in played.skipped
            assert played.broken == []
        assert "does not permit" in session.player.play_all([lines("createSession title")] * 2)[1].skipped
        assert session.player.play(lines(f"getRecordingStatus {UNKNOWN}")).skipped == ""
    assert not any(b"session" in line.lower() for line in toy.lines)


def test_what_the_guard_objects_to_is_not_sent() -> None:
    toy = FuzzToy()
    with playing(toy.handle, most_leftovers=0) as session:
        for line in ("deleteSession Demo", f"startRestreamRecording {UNKNOWN} 198.51.100.7 5004", "startRecording x"):
            assert session.player.play(lines(line)).skipped
        assert session.player.play(lines(b"delete", b"Session Demo\n")).skipped
    assert not any(b"Demo" in line or b"start" in line for line in toy.lines)


@pytest.mark.slow
def test_the_rate_of_the_target_file_is_kept() -> None:
    toy = FuzzToy()
    with playing(toy.handle, rate=50.0) as session:
        began = time.monotonic()
        for _ in range(5):
            session.player.play(lines(HOTMARK, HOTMARK))
        took = time.monotonic() - began
    assert len(toy.lines) == 15
    assert took >= 13 / 50


# Slots and odd scripts


def test_a_value_that_did_not_come_ends_the_script_without_blame() -> None:
    toy = FuzzToy(
        lambda _toy, line, reply, _link: b"ERROR|070000|Internal Server Error\n" if b"create" in line else reply
    )
    with playing(toy.handle, lenient=True) as session:
        played = session.player.play(lines("createSession x", (b"addHotmark ", Slot("value:0:"), b" y\n"), HOTMARK))
        assert (played.broken, played.skipped) == ([], "")
    assert not any(line.startswith(b"addHotmark") for line in toy.lines)


@pytest.mark.parametrize(
    ("slot", "why"),
    [
        ("fixture:source_ids:7", "source_ids with 8 entries"),
        ("fixture:nothing:0", "needs the fixture nothing"),
        ("object:gadget:any", "no objects of the kind gadget"),
        ("object:user:any", "no objects of the kind user"),
    ],
)
def test_what_the_target_lacks_skips_the_script(slot: str, why: str) -> None:
    with playing(FuzzToy().handle) as session:
        played = session.player.play(lines((b"addHotmark ", Slot(slot), b" x\n")))
        assert why in played.skipped
        assert played.broken == []


@pytest.mark.parametrize("how", ["close", "reset", "half-close"])
@pytest.mark.parametrize("careful", [False, True], ids=["quick", "careful"])
def test_connections_that_the_script_ends(how: str, careful: bool) -> None:
    toy = FuzzToy()
    steps = (
        Step(parts=(b"createSession half",)),
        Step(how=how),
        Step(parts=(HOTMARK.encode() + b"\n",)),
        Step(how=how),
    )
    with playing(toy.handle) as session:
        played = session.player.play(Script(name="tests.ends", steps=steps), careful=careful)
        assert (shown(played), played.skipped) == ([], "")
        assert [step.action for step in played.transcript].count(how) == 2
    assert b"createSession half" not in toy.lines
    assert HOTMARK.encode() in toy.lines


def test_an_empty_script_is_the_probe_alone() -> None:
    toy = FuzzToy()
    with playing(toy.handle) as session:
        assert session.player.play(Script(name="tests.empty")).requests == 1
    assert [b"getRecordingStatus"] == [line.partition(b" ")[0] for line in toy.lines]
