"""Offline validation: what conforms under some reading, what breaks which clause, and at which character."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import main
from harness.errors import UsageError
from harness.spec.load import load_system
from harness.tests.messages_hmp import ID, QUOTED
from harness.validate import COMMAND, RESPONSE, Validation, Validator
from harness.wire.lines import OPEN_POINTS

VALIDATOR = Validator(load_system("hmp"))


def judged(text: str | bytes, *, operation: str = "", kind: str = "") -> Validation:
    data = text.encode() if isinstance(text, str) else text
    return VALIDATOR.message(data, "message", operation=operation, kind=kind)


def broken(text: str | bytes, *, operation: str = "", kind: str = "") -> list[tuple[str, int, int]]:
    return [(each.clause, each.line, each.column) for each in judged(text, operation=operation, kind=kind).broken]


@pytest.mark.parametrize("text", QUOTED)
def test_what_the_document_prints_conforms_under_a_reading(text: str) -> None:
    found = judged(text + "\n")
    assert found.conforming, found.broken
    assert judged(text) == found  # the line feed may be missing in a file


@pytest.mark.parametrize(
    ("text", "operation", "kind"),
    [
        ("createSession x", "createSession", COMMAND),
        ("setLiveSession " + ID + " true", "setLiveSession", COMMAND),
        ("OK", "", RESPONSE),
        (f"OK|{ID}", "", RESPONSE),
        ("ERROR|000002|Command not found", "", RESPONSE),
        ("error|000002|Command not found", "", RESPONSE),
        ("OKAY x", "", COMMAND),
        ("nothing", "", COMMAND),
    ],
)
def test_kind_and_operation_are_inferred(text: str, operation: str, kind: str) -> None:
    found = judged(text)
    assert (found.operation, found.kind) == (operation, kind)


@pytest.mark.parametrize(
    ("text", "clause", "column"),
    [
        ('createSession "a b', "HMP-SYN-012", 15),
        ('createSession "ö" "a b', "HMP-SYN-012", 19),
        ("createSession", "HMP-createSession.arity", 14),
        ("createSession a  b c", "HMP-createSession.arity", 18),
        ('createSession ""', "HMP-createSession.sessionTitle.not-empty", 15),
        ("undefined x", "HMP-EXE-004", 1),
        ("shareRecordings x", "HMP-EXE-004", 1),
        (f"setLiveSession {ID} maybe", "HMP-setLiveSession.active.type", 53),
        (f"setLiveSession {ID[:-1]} true", "HMP-setLiveSession.sessionId.type", 16),
        (f"setLiveSession üü{ID} true", "HMP-setLiveSession.sessionId.type", 16),
        (f"shareSessionWithUser u READ {ID}", "HMP-shareSessionWithUser.permissionId.type", 24),
        (f"shareRecordingWithUser u RECORD {ID}", "HMP-shareRecordingWithUser.permissionId.type", 26),
        (f"setCategory {ID} {ID}", "HMP-setCategory.arity", 86),
        (f'setCategory {ID} {ID} a ""', "HMP-setCategory.value.not-empty", 89),
        (f'setCategory {ID} {ID} a " b"', "HMP-setCategory.value.trimmed", 89),
        (f"setCategory {ID} {ID} a b a", "HMP-setCategory.value.unique", 91),
        (f"startRestreamRecording {ID} 10.1.1.256 7", "HMP-startRestreamRecording.ip.type", 61),
        (f"startRestreamRecording {ID} 10.1.1.2 65536", "HMP-startRestreamRecording.port.type", 70),
        (f"startRestreamRecording {ID} 10.1.1.2", "HMP-startRestreamRecording", 69),
        (f"updateMetadata {ID} titel x", "HMP-updateMetadata.fieldName.type", 53),
    ],
)
def test_a_wrong_command_breaks_one_clause_at_a_character(text: str, clause: str, column: int) -> None:
    assert [(clause, 1, column)] == broken(text + "\n")


def test_every_defect_of_a_command_is_told() -> None:
    found = broken(f'setCategory x {ID} "" "" " c"')
    assert [name for name, _, _ in found] == [
        "HMP-setCategory.recordingId.type",
        "HMP-setCategory.value.not-empty",
        "HMP-setCategory.value.not-empty",
        "HMP-setCategory.value.trimmed",
        "HMP-setCategory.value.unique",
    ]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("createSession x\r", {"HMP-AMB-030": "open"}),
        ("", {"HMP-AMB-031": "open"}),
        ("createSession a\tb", {"HMP-AMB-032": "open"}),
        ("createSession  a", {"HMP-AMB-033": "open"}),
        (" createSession a ", {"HMP-AMB-034": "open"}),
        ('createSession a"b', {"HMP-AMB-035": "open"}),
        ('createSession "a"b', {"HMP-AMB-036": "open"}),
        ('createSession "a\\tb"', {"HMP-AMB-037": "open"}),
        ("CREATEsession a", {"HMP-AMB-038": "insensitive"}),
        ('"createSession" a', {"HMP-AMB-057": "open"}),
        (f"setLiveSession {ID} TRUE", {"HMP-AMB-039": "insensitive"}),
        (f"setLiveSession {ID.replace('-', '')} true", {"HMP-AMB-040": "accepted"}),
        (f"setLiveSession {{{ID}}} true", {"HMP-AMB-040": "accepted"}),
        (f"setLiveSession urn:uuid:{ID} true", {"HMP-AMB-040": "accepted"}),
        (f"setLiveSession {ID.upper()} true", {"HMP-AMB-040": "accepted"}),
        (f"shareSessionWithUser u RECORD {ID}", {"HMP-AMB-015": "with-record"}),
        (f"shareSessionWithUser u {ID} {ID}", {}),
        (f"startRestreamRecording {ID} 010.1.1.2 +7", {"HMP-AMB-041": "accepted"}),
        (f"startRestreamRecording {ID} 10.1.1.2 65535", {"HMP-AMB-059": "inclusive"}),
        (f"startRestreamRecording {ID} 10.1.1.2 65534", {}),
        ('deleteSession "A title"', {"HMP-AMB-006": "title"}),
        ("shareRecording u OWN x", {"HMP-AMB-008": "present"}),
    ],
)
def test_open_points_conform_and_are_told(text: str, readings: dict[str, str]) -> None:
    found = judged(text + "\n")
    assert found.conforming, found.broken
    assert readings == found.readings


def test_the_open_points_of_the_spec_are_those_of_the_codec() -> None:
    known = load_system("hmp").lines
    assert known is not None
    assert set(known.open_points) == {*OPEN_POINTS, "quoted-name"} - {"control-character"}


@pytest.mark.parametrize(
    ("text", "operation", "clause", "column"),
    [
        ("OK|x\n", "", "HMP-RSP-002", 4),
        ("OK|FINISHED\n", "createSession", "HMP-createSession.result", 4),
        ("OK\n", "createSession", "HMP-createSession.result", 3),
        (f"OK|{ID}\n", "deleteSession", "HMP-RSP-001", 4),
        ("OK\r\n", "", "HMP-SYN-002", 3),
        ("Error|000002|Command not found\n", "", "HMP-RSP-003", 1),
        ("ERROR|000002|Command not found.\n", "", "HMP-RSP-005", 14),
        ("ERROR|999999|Command not found\n", "", "HMP-RSP-005", 7),
        ("ERROR|040006|Session was not found\n", "", "HMP-RSP-005", 14),
        ("ERROR|040006|Session was not found\n", "deleteSession", "HMP-RSP-005", 14),
        ("ok\n", "", "HMP-RSP-001", 1),
    ],
)
def test_a_wrong_reply_breaks_a_clause_at_a_character(text: str, operation: str, clause: str, column: int) -> None:
    assert (clause, 1, column) in broken(text, operation=operation)


@pytest.mark.parametrize("text", ["OK", "OK|PAUSED", "ERROR|010003|Expected 9 parameter(s). Got 2 parameter(s)"])
def test_what_a_reply_owes_to_its_request_is_not_judged(text: str) -> None:
    assert not broken(text)


def test_numbers_and_values_of_a_named_operation_are_not_judged() -> None:
    assert not broken("ERROR|010003|Expected 1 parameter(s). Got 2 parameter(s)\n", operation="createSession")
    assert not broken("ERROR|010001|'x' is not a UUID\n", operation="deleteSession")


def test_bytes_that_are_no_text() -> None:
    assert broken(b"createSession \xff") == [("HMP-SYN-003", 1, 15)]
    assert ("HMP-SYN-004", 1, 5) in broken("OK|é".encode() + b"\xff\n")


def test_one_message_a_file() -> None:
    assert broken("createSession x\ncreateSession y\n") == [("HMP-SYN-001", 2, 1)]
    assert broken("OK\n\n") == [("HMP-SYN-002", 2, 1)]


def test_the_operation_that_was_asked_for() -> None:
    assert broken("createSession x", operation="deleteSession")[0] == ("HMP-deleteSession", 1, 1)
    assert broken("OK|x", kind=COMMAND) == [("HMP-EXE-004", 1, 1)]


@pytest.mark.parametrize("name", ["call.pcap", "call.pcapng"])
def test_captures_are_for_later(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xd4\xc3\xb2\xa1")
    with pytest.raises(UsageError, match="captures cannot be validated yet"):
        VALIDATOR.file(tmp_path / name)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["hmq", "FILE"], "did you mean 'hmp'"),
        (["hmp", "FILE.absent"], "No such file"),
        (["hmp", "--kind", "comand", "FILE"], "did you mean 'command'"),
        (["hmp", "--operation", "createsession", "FILE"], "did you mean 'createSession'"),
        (["hmp", "EMPTY"], "the file is empty"),
    ],
)
def test_wrong_use_is_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    (tmp_path / "FILE").write_text("OK\n")
    (tmp_path / "EMPTY").write_bytes(b"")
    places = [str(tmp_path / part) if part.isupper() or part.startswith("FILE") else part for part in arguments]
    assert exit_code(["validate", *places]) == 2
    assert says in capsys.readouterr().err


def exit_code(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert isinstance(end.value.code, int)
    return end.value.code


def test_several_files_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("createSession x\n")
    bad.write_text('createSession ""\n')
    assert exit_code(["validate", "hmp", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: conforming (createSession command)\n"
    assert exit_code(["validate", "hmp", "--json", str(good), str(bad)]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert rows[0] == {
        "file": str(good),
        "operation": "createSession",
        "kind": "command",
        "conforming": True,
        "broken": [],
        "readings": {},
    }
    entry = {key: value for key, value in rows[1]["broken"][0].items() if key != "message"}
    assert entry == {"clause": "HMP-createSession.sessionTitle.not-empty", "line": 1, "column": 15}
    assert exit_code(["validate", "hmp", str(bad), str(good)]) == 1
    assert 'section "Create a Session"' in capsys.readouterr().out
