"""Lint finds the mistakes that only a spec of HTTP messages can have, each with its place and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.spec.lint import lint
from harness.spec.lint_http import HTTP_POINTS, HTTP_RULES, LENIENT
from harness.spec.load import load_system
from harness.tests.specs_made import copy_of, find, put

# file, what is replaced, by what, the mistake's key, its message, the text at whose first character it is reported
_WRONG = (
    # http
    ("system", "method: GET", "method: get", "http.method", "in capitals, got get", "method: get"),
    ("system", "media: [text/xml, ", "media: [", "", "", ""),
    ("system", "[text/xml, application/xml]", "[]", "http.media", "a media type at least", "media: []"),
    ("system", "[text/xml,", "[text-xml,", "http.media.0", "such as text/xml, got text-xml", "text-xml"),
    (
        "system",
        "refused: bad-request",
        "refused: bad-requst",
        "http.refused",
        "did you mean 'bad-request'",
        "refused: b",
    ),
    (
        "system",
        "unknown-parameter: C",
        "unknown-param: C",
        "open_points.unknown-param",
        "did you mean 'unknown-parameter'",
        "unknown-param:",
    ),
    (
        "system",
        "head: CDS-AMB-048",
        "head: CDS-AMB-948",
        "open_points.head",
        "the id of an ambiguity",
        "head: CDS-AMB-948",
    ),
    ("system", "    xml: CDS-RSP-001\n", "", "http.rules", "the rule 'xml' with its clause", "rules:"),
    ("system", "xml: CDS-RSP-001\n", "xml: CDS-RSP-901\n", "rules.xml", "the id of a stated clause", "xml: CDS-RSP-9"),
    ("system", "    xml: C", "    xlm: CDS-RSP-001\n    xml: C", "rules.xlm", "did you mean 'xml'", "xlm:"),
    ("system", "protocol: http", "protocol: htpp", "http", "an interface that speaks it", "http:\n  method"),
    # documents
    (
        "replies",
        "root: ErrorsResponse",
        "root: ErorsResponse",
        "errors.root",
        "did you mean 'ErrorsResponse'",
        "root: Eror",
    ),
    (
        "replies",
        "row: TrickMode\n",
        "row: TrickMod\n",
        "trick-modes.row",
        "did you mean 'TrickMode'",
        "row: TrickMod\n",
    ),
    (
        "replies",
        "          Stream: {source",
        "          Steam: {source",
        "children.Steam",
        "did you mean 'Stream'",
        "Steam:",
    ),
    (
        "replies",
        "          Stream: {source",
        "          Stream: {maximum: 4, source",
        "streams.row",
        "any number of, got 4 at most",
        "row: Stream",
    ),
    (
        "replies",
        "{minimum: 1, maximum: 1, ",
        "{minimum: 2, maximum: 1, ",
        "MaxErrorModifiedTime.maximum",
        "2 or more, got 2 to 1",
        "maximum: 1, source",
    ),
    (
        "replies",
        "maxTime: {type: timestamp,",
        "maxTime: {type: timestmp,",
        "maxTime.type",
        "did you mean",
        "type: timestmp",
    ),
    ("replies", "object: session,", "object: sesion,", "sessionID.object", "did you mean 'session'", "object: sesion"),
    (
        "replies",
        "names: {tsidOutputs: tsidOutputs,",
        "names: {tsidOutputz: tsidOutputs,",
        "tsidOutputs.names.tsidOutputz",
        "a reading of CDS-AMB-001",
        "tsidOutputz:",
    ),
    (
        "replies",
        "tsidOutput: tsidOutput}, ambiguity: CDS-AMB-001",
        "tsidOutput: tsidOutput}",
        "tsidOutputs.names",
        "ambiguity, whose readings name them",
        "names: {tsidOutputs",
    ),
    (
        "replies",
        "tsidOutput: tsidOutput}",
        "tsidOutput: macAddress}",
        "attributes.macAddress",
        "macAddress, as tsidOutputs may be spelled",
        "macAddress: {type",
    ),
    (
        "replies",
        "absent: CDS-AMB-006",
        "absent: CDS-AMB-001",
        "serviceGroup.absent",
        "an ambiguity with a reading 'absent', got CDS-AMB-001 (tsidOutputs, tsidOutput)",
        "absent: CDS-AMB-001",
    ),
    (
        "replies",
        "empty: CDS-AMB-003",
        "empty: CDS-AMB-903",
        "serverIpAddress.empty",
        "the id of an ambiguity",
        "empty: CDS-AMB-903",
    ),
    (
        "replies",
        "absent: CDS-AMB-006",
        "optional: true, absent: CDS-AMB-006",
        "serviceGroup.absent",
        "either `optional` or `absent`",
        "absent: CDS-AMB-006",
    ),
    (
        "replies",
        'fixed: "0"',
        'fixed: "none"',
        "response.fixed",
        "a value of type integer, got 'none'",
        'fixed: "none"',
    ),
    (
        "replies",
        'open_values: {"0": CDS-AMB-058}',
        "open_values: {never: CDS-AMB-958}",
        "endTime.open_values.never",
        "the id of an ambiguity",
        "never:",
    ),
    ("replies", "then: curTime", "then: curtime", "ordered.0.then", "did you mean 'curTime'", "then: curtime"),
    (
        "replies",
        "then: dbTime",
        "then: sessionID",
        "ordered.1.then",
        "an attribute that is a number",
        "then: sessionID",
    ),
    (
        "replies",
        "clause: CDS-STR-001",
        "clause: CDS-STR-901",
        "ordered.0.clause",
        "a stated clause",
        "clause: CDS-STR-901",
    ),
    # requests
    ("messages", "path: /everstream/api.php", "path: everstream", "request.path", "begins with a slash", "path: evers"),
    (
        "messages",
        "value: MaxErrorModifiedTime, ",
        "",
        "MaxErrorModifiedTime.request",
        "either `value` or `values`, got neither",
        "request:",
    ),
    (
        "messages",
        "unknown: unknown-message,",
        "unknown: unknown-mesage,",
        "request.unknown",
        "did you mean 'unknown-message'",
        "unknown: unknown-mesage",
    ),
    (
        "messages",
        "absent: [bad-request, ",
        "absent: [bad-requst, ",
        "request.absent.0",
        "did you mean 'bad-request'",
        "bad-requst",
    ),
    (
        "messages",
        "absent_ambiguity: CDS-AMB-049, ",
        "",
        "request.absent",
        "absent_ambiguity, for there are several errors",
        "absent: [",
    ),
    (
        "messages",
        "unknown_ambiguity: CDS-AMB-016",
        "unknown_ambiguity: CDS-AMB-001",
        "request.unknown_ambiguity",
        "readings are errors; tsidOutputs is none",
        "unknown_ambiguity: CDS-AMB-001",
    ),
    ("messages", "reply: max-error", "reply: max-eror", "MaxErrorModifiedTime.reply", "'max-error'", "reply: max-eror"),
    # parameters
    (
        "messages",
        "missing: [bad-request]",
        "missing: [bad-requst]",
        "fromDate.missing.0",
        "'bad-request'",
        "bad-requst",
    ),
    (
        "messages",
        "        missing: [bad-request]\n",
        "",
        "parameters.fromDate",
        "`missing`, the error that answers a request without it, or `optional`",
        "fromDate:\n",
    ),
    (
        "messages",
        "        missing: [bad-request]\n",
        "        missing: [bad-request]\n        optional: true\n",
        "fromDate.missing",
        "nothing, for the parameter is optional",
        "missing:",
    ),
    (
        "messages",
        'examples: ["1000000"]',
        "examples: [many]",
        "maxRows.examples.0",
        "a value of type row-count",
        "many]",
    ),
    (
        "messages",
        "empty: CDS-AMB-056",
        "empty: CDS-AMB-956",
        "maxRows.empty",
        "the id of an ambiguity",
        "empty: CDS-AMB-956",
    ),
    (
        "messages",
        "names: {StreamID: StreamID,",
        "names: {StreamId: StreamID,",
        "StreamID.names.StreamId",
        "a reading of CDS-AMB-039",
        "StreamId:",
    ),
    (
        "messages",
        "        name_ambiguity: CDS-AMB-039\n",
        "",
        "StreamID.names",
        "name_ambiguity, whose readings name them",
        "names: {StreamID",
    ),
    # windows, paging, conditions, errors
    ("messages", "start: fromDate", "start: fromDat", "window.start", "did you mean 'fromDate'", "start: fromDat"),
    ("messages", "longest_s: 3600", "longest_s: 0", "window.longest_s", "1 or more, got 0", "longest_s: 0"),
    (
        "messages",
        "      error: bad-request",
        "      error: bad-requst",
        "window.error",
        "'bad-request'",
        "error: bad-requst",
    ),
    (
        "messages",
        "reversed: CDS-AMB-057",
        "reversed: CDS-AMB-957",
        "window.reversed",
        "the id of an ambiguity",
        "reversed: CDS-AMB-957",
    ),
    (
        "messages",
        "clause: CDS-TIM-001",
        "clause: CDS-TIM-901",
        "window.clause",
        "a stated clause",
        "clause: CDS-TIM-901",
    ),
    (
        "messages",
        "      belongs: CDS-AMB-021\n",
        "",
        "window.membership",
        "`belongs`, whose readings name them",
        "membership:",
    ),
    (
        "messages",
        "        recorded: {not_before: dbTime, not_after: dbTime}\n",
        "",
        "window.membership",
        "under the reading 'recorded'",
        "membership:",
    ),
    (
        "messages",
        "not_before: startTime",
        "not_before: starttime",
        "started.not_before",
        "did you mean 'startTime'",
        "not_before: starttime",
    ),
    ("messages", "{rows: maxRows,", "{rows: maxrows,", "paging.rows", "did you mean 'maxRows'", "rows: maxrows"),
    ("messages", "by_name: Name", "by_name: name", "paging.by_name", "did you mean 'Name'", "by_name: name"),
    (
        "messages",
        "ordered: CDS-CNT-001",
        "ordered: CDS-CNT-901",
        "paging.ordered",
        "a stated clause",
        "ordered: CDS-CNT-901",
    ),
    (
        "messages",
        "collation: CDS-AMB-022",
        "collation: CDS-AMB-922",
        "paging.collation",
        "the id of an ambiguity",
        "collation: CDS-AMB-922",
    ),
    (
        "messages",
        "values: [SERVICEGROUP]",
        "values: [SERVICEGRUP]",
        "conditions.0.values.0",
        "did you mean 'SERVICEGROUP'",
        "SERVICEGRUP]",
    ),
    (
        "messages",
        "needs: serverID",
        "needs: serverId",
        "conditions.1.needs",
        "did you mean 'serverID'",
        "needs: serverId",
    ),
    (
        "messages",
        "reply: event-error",
        "reply: event-eror",
        "missing-stream.reply",
        "'event-error'",
        "reply: event-eror",
    ),
    (
        "messages",
        'attributes: {code: "101"',
        'attributes: {cod: "101"',
        "missing-stream.attributes.cod",
        "an attribute of Error (did you mean 'code'?)",
        'cod: "101"',
    ),
    (
        "messages",
        "        reply: event-error\n        attributes: {code",
        "        attributes: {code",
        "missing-stream.attributes",
        "`reply`, the document that has them",
        "attributes: {code",
    ),
)


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "says", "at"), _WRONG, ids=[f"{row[0]}:{row[3]}:{n}" for n, row in enumerate(_WRONG)]
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, key: str, says: str, at: str
) -> None:
    folder = copy_of(tmp_path, "cds")
    path = folder / f"{file}.yaml"
    put(path, old, new)
    found = lint("cds", specs=folder.parent)
    if not at:  # one media type is enough
        assert not found
        return
    line, column = find(path, at)
    places = [
        (mistake.file, mistake.line, mistake.column, key in mistake.key and says in str(mistake)) for mistake in found
    ]
    assert (str(path), line, column, True) in places, "\n".join(map(str, found))


def test_two_messages_that_are_asked_for_alike(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, "cds")
    put(folder / "messages.yaml", "value: MaxStreamModifiedTime", "value: MaxErrorModifiedTime")
    (found,) = lint("cds", specs=folder.parent)
    assert (
        "MaxStreamModifiedTime.request.value: expected a request of its own, not that of MaxErrorModifiedTime"
        in str(found)
    )


def test_an_element_that_stands_nowhere(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, "cds")
    put(folder / "replies.yaml", "        children:\n          Content: {", "        about:\n          Content: {")
    assert any("about" in str(mistake) for mistake in lint("cds", specs=folder.parent))
    folder = copy_of(tmp_path / "second", "cds")
    path = folder / "replies.yaml"
    line = next(
        text for text in path.read_text(encoding="utf-8").splitlines() if text.startswith("          Content: {")
    )
    put(path, f"        children:\n{line}\n", "")
    (found,) = lint("cds", specs=folder.parent)
    assert "replies.stream-list.elements.Content: expected an element that has it as a child" in str(found)


def test_an_interface_of_http_without_its_rules(tmp_path: Path) -> None:
    folder = copy_of(tmp_path)
    put(folder / "system.yaml", "protocol: lines", "protocol: http")
    found = [str(mistake) for mistake in lint("hmp", specs=folder.parent)]
    assert any("http: expected the rules of HTTP, for an interface speaks it, got none" in text for text in found)


def test_what_is_asked_for_over_http_says_how(tmp_path: Path) -> None:
    folder = copy_of(tmp_path, "cds")
    path = folder / "messages.yaml"
    text = path.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("    request:") and "value: Version" in one)
    put(path, f"{line}\n", "")
    (found,) = lint("cds", specs=folder.parent)
    assert "operations.Version.reply: expected `request`, which says how it is asked for, got none" in str(found)


def test_the_rules_and_points_of_the_spec_are_those_of_the_checks() -> None:
    http = load_system("cds").http
    assert http is not None
    assert set(http.rules) == set(HTTP_RULES)
    assert set(http.open_points) <= set(HTTP_POINTS)


def test_every_lenient_reading_permits_what_its_key_says() -> None:
    system = load_system("cds")
    linked = {
        (key, getattr(attribute, key))
        for document in system.replies.values()
        for element in document.elements.values()
        for attribute in element.attributes.values()
        for key in LENIENT
        if getattr(attribute, key) is not None
    }
    assert ("empty", "CDS-AMB-002") in linked
    for key, ambiguity in linked:
        known = system.ambiguities[ambiguity]
        assert LENIENT[key] in known.readings
        assert known.refused != LENIENT[key], f"{ambiguity}: an attribute that is {LENIENT[key]} shows another reading"
