"""Lines whose meaning the document leaves open: what a lenient device may have done on them is neither forgotten nor blamed on it later."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.hmp.grammar import other_words, parse
from harness.certify import reference_server
from harness.fuzzing.player import Player
from harness.fuzzing.script import Script, Slot, Step
from harness.fuzzing.session import session_on
from harness.target import load_target
from harness.tests.devices import hmp
from harness.tests.fuzz_device import FuzzToy, playing

ID = "9eed71ca-d567-4a16-9d9c-26c6c5ad282e"
SESSION = Slot("object:session:any")
RECORDING = Slot("object:recording:RECORDING")
# What stands around an id in a line that a lenient device may take for `deleteSession ID`.
ODD = [
    (b"deleteSession\t", b""), (b"deleteSession\r", b""), (b"deleteSession\xc2\xa0", b""), (b"\xef\xbb\xbfdeleteSession ", b""),
    (b"deleteSession ", b"\0"), (b"deleteSession ", b"\0more"), (b"deleteSession \x08", b""), (b"deleteSession ", b"\xff"),
    (b"deleteSession ", b"\rmore"), (b'"deleteSession"', b""), (b'deleteSession ""', b""), (b"deleteSession ", b'"'), (b"DELETEsession\t", b""),
]  # fmt: skip


def opened(line: bytes) -> tuple[tuple[str, ...], ...]:
    return other_words(line, parse(line).open)


@pytest.mark.parametrize(("before", "behind"), ODD, ids=repr)
def test_other_readings_of_an_open_line(before: bytes, behind: bytes) -> None:
    found = [(name.lower(), *values) for name, *values in opened(before + ID.encode() + behind)]
    assert ("deletesession", ID) in found


@pytest.mark.parametrize(
    "line",
    [b"deleteSession " + ID.encode(), b"deleteSession  x", b"x\ty", b"\0", b"", b'deleteSession "x\ty"'],
    ids=repr,
)
def test_a_line_has_other_readings_only_where_they_matter(line: bytes) -> None:
    assert opened(line) == ()


def test_words_in_quotes_stay_together_in_one_of_the_readings() -> None:
    assert ("createSession", "two words") in opened(b'createSession\t"two words"')


@pytest.mark.slow
@settings(deadline=None)
@given(line=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: f"createSession\t{text}".encode()))
def test_any_bytes_have_readings_without_empty_words(line: bytes) -> None:
    assert all(words and all(words) for words in opened(line))


def deletes(before: bytes, behind: bytes) -> Script:
    return Script(name="mutated", clauses=("HMP-SYN-001",), steps=(Step(parts=(before, SESSION, behind + b"\n")),))


def looks(request: bytes, slot: Slot, behind: bytes = b"\n") -> Script:
    return Script(name="framing", clauses=("HMP-SYN-001",), steps=(Step(parts=(request, slot, behind)),))


@pytest.mark.parametrize(("before", "behind"), ODD, ids=repr)
def test_a_shared_object_that_such_a_line_may_have_ended_is_used_no_more(before: bytes, behind: bytes) -> None:
    """The device takes them all for `deleteSession ID`."""

    def spoil(toy: FuzzToy, line: bytes, reply: bytes, _connection: socket.socket) -> bytes:
        odd = line.startswith(before) and line.endswith(behind) and ID.encode() not in line
        return toy.answer(b"deleteSession " + line[len(before) : len(before) + 36]) if odd and line else reply

    with playing(FuzzToy(spoil).handle, lenient=True) as session:
        first = session.pool.get("session", "any")
        assert isinstance(session.player, Player)
        session.player._guard._guarded = False  # as on a server of our own
        assert session.player.play(deletes(before, behind), careful=True).skipped == ""
        assert session.pool.get("session", "any") != first


@pytest.mark.slow
def test_a_device_that_takes_a_tab_for_a_separator_is_not_blamed_for_what_it_did_then(tmp_path: Path) -> None:
    """The bundled server does. The model of the device must not be sure of a session or a recording after such a line."""
    path = tmp_path / "t.toml"
    with (
        reference_server("hmp", ("--write-target", str(path))),
        session_on(load_target(path, {"hmp": hmp()}), seed=0, ours=True) as session,
    ):
        for script in (
            deletes(b"deleteSession\t", b""),
            looks(b"setLiveSession ", SESSION, b" true\n"),
            looks(b"pauseRecording\t", RECORDING),
            looks(b"getRecordingStatus ", RECORDING),
            looks(b"stopRecording\t", RECORDING),
            looks(b"getRecordingStatus ", RECORDING),
        ):
            for played in (session.player.play(script, careful=True), session.player.play_all([script])[0]):
                assert ([], "") == (played.broken, played.skipped), script
