"""What the fuzzer never sends: somebody's session by its title, a stream to somebody's machine, too much that stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fuzz.hmp.grammar import parse
from harness.fuzzing.guard import Guard, lasting_operations
from harness.fuzzing.mutate import mutations
from harness.tests.devices import hmp, target_of

ID = b"9eed71ca-d567-4a16-9d9c-26c6c5ad282e"
FIXTURES = {"restream_ips": ["192.0.2.10", "192.0.2.11"], "restream_ports": [5004, 5006], "source_ids": [ID.decode()]}
GUARD = Guard(hmp(), target_of(1, fixtures=FIXTURES))
picks = st.floats(0, 1, exclude_max=True)


def refused(raw: bytes) -> bool:
    return GUARD.objection(raw) != ""


# A title instead of an id


@pytest.mark.parametrize(
    "raw",
    [
        b"deleteSession Demo",
        b'deleteSession "Demo"',
        b'deleteSession "Our weekly meeting in the large room on the third floor"',
        b'"deleteSession" Demo',
        b"deletesession Demo",
        b"DELETESESSION Demo",
        b"deleteSession\tDemo",
        b"deleteSession\xc2\xa0Demo",
        b"deleteSession\xe3\x80\x80Demo",
        b"deleteSession\xe3\x80\x80A title of 24 characters",
        b"deleteSession\0Demo",
        b"  deleteSession   Demo",
        b"\xef\xbb\xbfdeleteSession Demo",
        b"getRecordingStatus x\rdeleteSession Demo",
        b"delete\x01Session Demo",
        b"delete\xffSession Demo",
        b'delete"Session" Demo',
        b"deleteSession " + ID + b" Demo",
        b"deleteSession " + ID[:12] + b"\0" + ID[12:],
        b"deleteSession Demo\0" + b"x" * 60,
        b"deleteSession Demo\x1b" + b"x" * 60,
        "deleteSession Übung".encode(),
        b"deleteSession " + ID[:-10],
        b"deleteSessionDemo",
    ],
    ids=repr,
)
def test_a_text_that_may_be_the_title_of_a_session_is_refused(raw: bytes) -> None:
    assert "somebody else" in GUARD.objection(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"deleteSession " + ID,
        b'deleteSession "' + ID + b'"',
        b"deleteSession " + ID.upper(),
        b"deleteSession " + ID.replace(b"-", b""),
        b"deleteSession {" + ID + b"}",
        b"deleteSession " + ID[:-1],
        b"deleteSession",
        b'deleteSession ""',
        b"createSession Demo",
        b"updateSessionMetadata " + ID + b" title Demo",
        b"removeSourceFromSession a b",
        b"",
        b"\xff\xfe\0",
    ],
    ids=repr,
)
def test_what_names_nothing_of_somebody_else_may_be_sent(raw: bytes) -> None:
    assert GUARD.objection(raw) == ""


@pytest.mark.slow
@settings(max_examples=50)
@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12),
    st.sampled_from(mutations(hmp().lines)["escaping"] + mutations(hmp().lines)["bytes"]),  # type: ignore[arg-type]
    st.lists(picks, min_size=8, max_size=8),
)
@example("Demo", mutations(hmp().lines)["bytes"][3], [0.9] * 8)  # type: ignore[arg-type]
def test_no_mutation_lets_a_short_title_pass(title: str, mutation: object, numbers: list[float]) -> None:
    """However a deletion by title is bent, while the independent grammar still reads a deletion with a short value, it is refused."""
    row = iter(numbers)
    bent = mutation.change(b'deleteSession "' + title.encode() + b'"', lambda: next(row, 0.5))  # type: ignore[attr-defined]
    for line in bent.split(b"\n"):
        words = parse(line).words
        if words and words[0].casefold() == "deletesession" and any(0 < len(word) <= 12 for word in words[1:]):
            assert refused(line)


# Places that a device would send to


@pytest.mark.parametrize(
    "place",
    [
        b"198.51.100.7 5004",
        b"192.0.2.1 5004",
        b"192.0.2.100 5004",
        b"1192.0.2.10 5004",
        b"192.0.2 5004",
        b'"198.51.100.7" "5004"',
        b"3221225994 5004",
        b"0xC000020A 5004",
        b"0300.0.2.10 5004",
        b"192.0.2.10.1 5004",
        b"::1 5004",
        b"2001:db8::1 5004",
        "１９８.51.100.7 5004".encode(),
        b"192.0.2.10 5005",
        b"192.0.2.10 50040",
        b"192.0.2.10 05004",
        b"192.0.2.10 5004x",
        b"192.0.2.10 5004.5",
        b"192.0.2.10 0x138c",
        b"192.0.2.10 -1",
        "192.0.2.10 ５００５".encode(),
        "192.0.2.10 ٥٠٠٥".encode(),
        b"192.0.2.10 70540",
        b"192.0.2.10\t5005",
        b"192.0.2.10:5005",
        b"192.0.2.10\0 5005",
        b'"192.0.2.10"0 5004',
        b'"192.0.2."10"7" 5004',
        b"192.0.2.1\\00 5004",
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", [b"startRestreamRecording", b"STARTRESTREAMRECORDING", b'"startRestreamRecording"'])
def test_a_stream_to_a_place_that_the_target_file_does_not_name_is_refused(name: bytes, place: bytes) -> None:
    assert "the target file does not name" in GUARD.objection(name + b" " + ID + b" " + place)


@pytest.mark.parametrize(
    "raw",
    [
        b"startRestreamRecording " + ID + b" 192.0.2.10 5004",
        b"startRestreamRecording " + ID + b' "192.0.2.11" "5006"',
        b"startRestreamRecording " + ID + b" 192.0.2.10",
        b"startRestreamRecording " + ID[:-1] + b" 192.0.2.10 5004",
        b"startRestreamRecording " + ID + b" host port",
        b"startRestreamRecording",
        b"stopRestreamRecording 198.51.100.7",
        b"createSession 198.51.100.7",
        b"addHotmark " + ID + b" 5005",
    ],
    ids=repr,
)
def test_places_of_the_target_file_and_other_commands_may_be_sent(raw: bytes) -> None:
    assert GUARD.objection(raw) == ""


@settings(max_examples=40)
@given(st.ip_addresses(v=4), st.integers(0, 70_000))
@example("192.0.2.10", 5004)
@example("192.0.2.10", 5005)
def test_only_the_places_of_the_target_file(address: object, port: int) -> None:
    known = str(address) in ("192.0.2.10", "192.0.2.11") and port in (5004, 5006)
    assert refused(f"startRestreamRecording {ID.decode()} {address} {port}".encode()) != known


def test_without_places_in_the_target_file_there_are_none() -> None:
    bare = Guard(hmp(), target_of(1))
    assert bare.objection(b"startRestreamRecording " + ID + b" 192.0.2.10 5004")


# What stays on the device


def test_recordings_are_what_nothing_removes() -> None:
    assert ["startRecording"] == lasting_operations(hmp())


@pytest.mark.parametrize(
    "raw", [b"startRecording " + ID, b'"STARTRECORDING"', b"x\rstart\xffRecording " + ID], ids=repr
)
def test_lasting_operations_only_while_there_may_be_leftovers(raw: bytes) -> None:
    assert GUARD.objection(raw, leftovers=True) == ""
    assert "cannot be removed" in GUARD.objection(raw, leftovers=False)
    assert GUARD.objection(b"createSession Demo", leftovers=False) == ""


# Any bytes


@given(st.binary(max_size=80))
def test_any_bytes_get_an_answer_and_only_commands_are_refused(raw: bytes) -> None:
    said = GUARD.objection(raw, leftovers=False)
    letters = re.sub(rb"[^a-z0-9]", b"", raw.lower())
    assert (said == "") or any(
        name in letters for name in (b"deletesession", b"startrestreamrecording", b"startrecording")
    )
