"""Lint finds every dangling name in a spec, all in one go, each with its place and the nearest known name."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.main import main
from harness.errors import UsageError
from harness.spec.lint import lint, lint_schema
from harness.spec.load import system_names
from harness.spec.schema import EDITOR_LINE
from harness.tests.specs_made import copy_of, find, put


def test_the_specs_have_no_mistakes() -> None:
    assert [str(mistake) for name in system_names() for mistake in lint(name)] == []
    assert lint_schema() == []


# file, what is replaced, by what, the mistake's key, its message, the text at whose first character it is reported
_WRONG = (
    (
        "sessions",
        "type: title",
        "type: titel",
        "createSession.parameters.sessionTitle.type",
        "a type (did you mean 'title'?), got titel",
        "type: titel",
    ),
    ("sessions", "object: source", "object: sourze", "sourceId.object", "(did you mean 'source'?)", "object: sourze"),
    (
        "sessions",
        "invalid: [not-a-boolean]",
        "invalid: [not-a-bolean]",
        "active.invalid.0",
        "(did you mean 'not-a-boolean'?)",
        "not-a-bolean]",
    ),
    (
        "sessions",
        "unknown: [user-not-found]",
        "unknown: [usr-not-found]",
        "username.unknown.0",
        "(did you mean 'user-not-found'?)",
        "usr-not-found]",
    ),
    ("sessions", "{use: arity,", "{use: arty,", "errors.arity.use", "(did you mean 'arity'?), got arty", "use: arty"),
    (
        "sessions",
        "invalid_ambiguity: HMP-AMB-020",
        "invalid_ambiguity: HMP-AMB-920",
        "invalid_ambiguity",
        "HMP-AMB-920",
        "invalid_ambiguity: HMP-AMB-920",
    ),
    (
        "sessions",
        "ends: sessionId",
        "ends: sessionID",
        "deleteSession.ends",
        "(did you mean 'sessionId'?)",
        "ends: sessionID",
    ),
    (
        "sessions",
        "any_text: HMP-AMB-006",
        "any_text: HMP-AMB-906",
        "any_text",
        "the id of an ambiguity",
        "any_text: HMP-AMB-906",
    ),
    (
        "sessions",
        "clause: HMP-SES-004",
        "clause: HMP-SES-904",
        "states.recording.clause",
        "a stated clause",
        "clause: HMP-SES-904",
    ),
    (
        "sessions",
        "error: empty-title",
        "error: empty-titel",
        "constraints.0.error",
        "(did you mean 'empty-title'?)",
        "error: empty-titel",
    ),
    (
        "recordings",
        "{operation: stopRecording, arguments",
        "{operation: stopRecordin, arguments",
        "undo.operation",
        "(did you mean 'stopRecording'?)",
        "operation: stopRecordin,",
    ),
    (
        "recordings",
        'arguments: ["{result}"]',
        'arguments: ["{result}", x]',
        "undo.arguments",
        "the 1 arguments of stopRecording, got 2",
        "arguments:",
    ),
    (
        "recordings",
        'arguments: ["{result}"]',
        'arguments: ["{reslt}"]',
        "undo.arguments.0",
        "(did you mean 'result'?)",
        '"{reslt}"',
    ),
    ("recordings", "state: PAUSED", "state: PAUSE", "recordingId.state", "(did you mean 'PAUSED'?)", "state: PAUSE\n"),
    (
        "recordings",
        "arity_open: HMP-AMB-005",
        "arity_open: HMP-AMB-999",
        "arity_open",
        "the id of an ambiguity",
        "arity_open",
    ),
    (
        "recordings",
        "text: Session requires at least one source",
        "text: Insufficient Disk Space",
        "errors.no-source",
        "",
        "",
    ),
    (
        "errors",
        'code: "030003", text: Cannot share',
        'code: "030003"',
        "errors.cannot-share",
        "either `text` or `texts`, got neither",
        "cannot-share:",
    ),
    (
        "errors",
        "errors:\n",
        "errors:\n  x: {use: arity, source: {section: X, lines: [1, 1]}}\n",
        "errors.x.use",
        "code and text",
        "use: arity",
    ),
    ("errors", "texts: {upper:", "texts: {uper:", "not-a-uuid.texts.uper", "(did you mean 'upper'?)", "uper:"),
    (
        "ambiguities",
        "accepted: title",
        "accepted: titles",
        "HMP-AMB-006.accepted",
        "(did you mean 'title'?)",
        "accepted: titles",
    ),
    (
        "ambiguities",
        "clauses: [HMP-SYN-009]",
        "clauses: [HMP-SYN-099]",
        "HMP-AMB-013.clauses.0",
        "the id of a clause",
        "HMP-SYN-099",
    ),
    (
        "ambiguities",
        "readings: {ignored: {text: no reply}, answered: {text: an error reply}}",
        "readings: {ignored: {text: no reply}}",
        "HMP-AMB-031.readings",
        "two readings at least, got ignored",
        "readings: {ignored: {text: no reply}}",
    ),
    (
        "ambiguities",
        "HMP-AMB-001:",
        "HMX-AMB-001:",
        "ambiguities.HMX-AMB-001",
        "HMP-AMB-001, with the system's prefix",
        "HMX-AMB-001",
    ),
    ("ambiguities", "HMP-AMB-063:", "HMP-SIL-063:", "ambiguities.HMP-SIL-063", "HMP-AMB-063", "HMP-SIL-063"),
    (
        "clauses",
        "HMP-SYN-012:",
        "HMQ-SYN-012:",
        "clauses.HMQ-SYN-012",
        "HMP-SYN-012, with the system's prefix",
        "HMQ-SYN-012",
    ),
    (
        "clauses",
        "lines: [1586, 1586]",
        "lines: [1586, 1585]",
        "HMP-SYN-012.source.lines",
        "got [1586, 1585]",
        "lines: [1586, 1585]",
    ),
    ("clauses", "lines: [1586, 1586]", "lines: [0, 1586]", "HMP-SYN-012.source.lines", "from 1 up", "lines: [0, 1586]"),
    (
        "clauses",
        ", word: balanced}",
        "}",
        "HMP-SYN-012.source.word",
        "a word that stands in the cited lines",
        "source: {section: General Errors, lines: [1586, 1586]}",
    ),
    (
        "system",
        "or_object: permission",
        "or_object: permision",
        "session-permission.or_object",
        "(did you mean 'permission'?)",
        "or_object: permision",
    ),
    (
        "system",
        "plus-sign: HMP-AMB-041",
        "plussign: HMP-AMB-041",
        "port.open_forms.plussign",
        "(did you mean 'plus-sign'?)",
        "plussign",
    ),
    (
        "system",
        "created_by: createSession",
        "created_by: createSesion",
        "objects.session.created_by",
        "(did you mean 'createSession'?)",
        "created_by: createSesion",
    ),
    (
        "system",
        "sourced: session_with_source",
        "sourced: session_with_sourc",
        "fixtures.sourced",
        "(did you mean 'session_with_source'?)",
        "sourced: session_with_sourc,",
    ),
    (
        "system",
        "operation: resumeRecording, start: PAUSED",
        "operation: resumeRecording, start: PASED",
        "transitions.2.start",
        "PAUSED",
        "start: PASED",
    ),
    (
        "system",
        "{type: texts, parallel: source, about: sources}",
        "{type: texts, parallel: sources, about: sources}",
        "source_ids.parallel",
        "(did you mean 'source'?)",
        "parallel: sources",
    ),
    (
        "system",
        "{type: texts, parallel: source, about: sources}",
        "{type: text, parallel: source, about: sources}",
        "source_ids.type",
        "a list",
        "type: text, parallel",
    ),
    (
        "system",
        "syntax_error: syntax",
        "syntax_error: syntx",
        "lines.syntax_error",
        "(did you mean 'syntax'?)",
        "syntax_error: syntx",
    ),
    ("system", "only: {bare:", "only: {bear:", "lines.only.bear", "(did you mean 'bare'?)", "bear:"),
    ("system", "    echo: HMP-RSP-006\n", "", "lines.rules", "the rule 'echo' with its clause", "rules:"),
    (
        "system",
        "    echo: HMP-RSP-006\n",
        "    echoo: HMP-RSP-006\n    echo: HMP-RSP-006\n",
        "rules.echoo",
        "(did you mean 'echo'?)",
        "echoo",
    ),
    ("system", "port: 23233", "port: 232330", "interfaces.cli.port", "a port from 1 to 65535", "port: 232330"),
    ("system", "sha256: f651", "sha256: x651", "document.sha256", "64 hexadecimal digits", "sha256: x651"),
    ("system", "system: hmp", "system: hmpp", "system", "the name of its folder, 'hmp', got hmpp", "system: hmpp"),
    ("system", "maximum: 65535", "maximum: -1", "types.port.maximum", "0 or more, got -1", "maximum: -1"),
    (
        "system",
        'choices: ["true", "false"]',
        'choices: ["true"]',
        "types.boolean.choices",
        "two choices at least",
        'choices: ["true"]',
    ),
    ("system", EDITOR_LINE, "# a comment", "file", "as its first line", "# a comment"),
)


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "says", "at"),
    _WRONG,
    ids=[f"{row[0]}:{row[3]}:{number}" for number, row in enumerate(_WRONG)],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, key: str, says: str, at: str
) -> None:
    folder = copy_of(tmp_path)
    path = folder / f"{file}.yaml"
    put(path, old, new)
    found = lint("hmp", specs=folder.parent)
    if not at:  # text alone is no mistake: the codes differ
        assert not found
        return
    line, column = find(path, at)
    places = [
        (mistake.file, mistake.line, mistake.column, key in mistake.key and says in str(mistake)) for mistake in found
    ]
    assert (str(path), line, column, True) in places, "\n".join(map(str, found))


def test_two_errors_that_look_the_same(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    put(
        folder / "recordings.yaml",
        'no-source: {code: "060009", text: Session requires at least one source',
        'no-source: {code: "070027", text: Insufficient Disk Space',
    )
    (found,) = lint("hmp", specs=folder.parent)
    assert "startRecording.errors.no-source: expected a code and text of its own, got those of no-disk-space" in str(
        found
    )


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    for file, old, new, *_ in (
        row
        for row in _WRONG
        if row[3] in ("createSession.parameters.sessionTitle.type", "HMP-AMB-006.accepted", "interfaces.cli.port")
    ):
        put(folder / f"{file}.yaml", old, new)
    found = lint("hmp", specs=folder.parent)
    assert len(found) == 3
    assert [mistake.file for mistake in found] == sorted(mistake.file for mistake in found)


def test_a_mistake_of_the_schema_is_told_too(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    put(folder / "system.yaml", "port: 23233", "prot: 23233")
    (found,) = lint("hmp", specs=folder.parent)
    assert "did you mean 'port'?" in str(found)


def test_a_stale_schema_is_told(tmp_path: Path) -> None:
    (found,) = lint_schema(tmp_path)
    assert "expected what `clausewise spec schema` writes" in str(found)


def test_an_unknown_system_tells_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'hmp'"):
        lint("hnp")


@pytest.mark.parametrize(
    ("arguments", "code", "says"), [(["hmp"], 0, "no mistakes"), (["hnp"], 2, "did you mean 'hmp'")]
)
def test_the_command(capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(["spec", "lint", *arguments])
    out, err = capsys.readouterr()
    assert (end.value.code, says in out + err) == (code, True)
