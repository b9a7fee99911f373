"""Lint finds the mistakes that only a spec of functions as documents can have, each with its place and what to write instead."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.spec.lint import lint
from harness.spec.lint_documents import DOCUMENT_POINTS, DOCUMENT_RULES, document_mistakes
from harness.spec.load import load_system
from harness.spec.model import System
from harness.tests.specs_made import copy_of, find, put

SYSTEM = load_system("uptivity")
TEXT = msgspec.json.encode(SYSTEM)


def changed(path: str, value: Any) -> System:
    """The system with one value put in, or taken out where it is None; `path` are its keys with slashes between them."""
    data = msgspec.json.decode(TEXT)
    *keys, last = path.split("/")
    place: Any = data
    for key in keys:
        place = place.setdefault(key, {}) if isinstance(place, dict) else place[int(key)]
    if value is None:
        del place[last]
    elif isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return msgspec.convert(data, System)


CHAT, MEMBER, LIST, ROLE = (
    f"operations/{name}" for name in ("CHATSTART", "MODIFYGROUPPERMISSION", "DEVICESTATUS", "MODIFYROLE")
)
SOURCE = {"section": "Made", "lines": [1, 1]}
HEAD = "documents/head"
_WRONG: tuple[tuple[str, Any, str, str], ...] = (
    # documents
    ("documents", None, "documents", "the rules of documents"),
    ("documents/event", "RESULT", "documents.event", "names of their own"),
    ("documents/number", "TYPE", "documents.number", "a value of `head`"),
    ("documents/number", "TYPE", "documents.number", "another name than that of the function"),
    ("documents/number_type", "positve", "documents.number_type", "did you mean 'positive'"),
    ("documents/number_type", "word", "documents.number_type", "base int with a maximum, got word"),
    ("types/request-number/maximum", None, "documents.number_type", "got int without a maximum"),
    ("documents/function_names/other", "X", "documents.function_names.other", "a reading of UPT-AMB-014"),
    ("documents/function_names", {}, "documents.function_ambiguity", "function_names, one for each reading"),
    ("documents/function_names", {"type": "KIND"}, "documents.function_names", "TYPE among them"),
    ("documents/function_ambiguity", "UPT-AMB-914", "documents.function_ambiguity", "the id of an ambiguity"),
    ("documents/answered", "REQUESTYPE", "documents.answered", "did you mean 'REQUESTTYPE'"),
    ("documents/event_type", "TYPE", "documents.event_type", "a value of `event_head`"),
    ("documents/event_data", "MODULE", "documents.event_data", "another name"),
    ("documents/headless/0", "CALLIST", "documents.headless.0", "did you mean 'CALLLIST'"),
    ("documents/success", "okay", "documents.success", "did you mean 'ok'"),
    ("documents/successes/0", "started", "documents.successes.0", "an error of the catalogue"),
    ("documents/unknown/0", "unknown-message", "documents.unknown.0", "did you mean 'unknown-message-type'"),
    ("documents/refused/0", "x", "documents.refused.0", "an error of the catalogue"),
    ("documents/number_error", "x", "documents.number_error", "an error of the catalogue"),
    ("documents/error_label", "API_OK", "documents.error_label", "the label of no error"),
    ("documents/label_ambiguity", "UPT-AMB-001", "documents.label_ambiguity", "a reading 'word'"),
    ("documents/bare_ampersand", "UPT-AMB-001", "documents.bare_ampersand", "a reading 'bare'"),
    ("documents/terminator", "UPT-AMB-002", "documents.terminator", "a reading 'crlf'"),
    ("documents/deprecated_errors", "UPT-AMB-950", "documents.deprecated_errors", "the id of an ambiguity"),
    ("documents/deprecated/TEST", SOURCE, "documents.deprecated.TEST", "a function that is no operation"),
    ("documents/pages/0", "webAPI.php", "documents.pages.0", "begins with /"),
    ("documents/pages", [], "documents.pages", "a page at least"),
    ("documents/subscribe", "EVENT", "documents.subscribe", "did you mean 'EVENTS'"),
    ("documents/event_class", "MODULE", "documents.event_class", "a parameter of EVENTS"),
    ("documents/every_class", "EVERY", "documents.every_class", "a value of EVENTCLASS"),
    ("documents/every_class", "CALL", "documents.every_class", "the class of no event"),
    ("documents/open_points/malfomed", "UPT-AMB-020", "open_points.malfomed", "did you mean 'malformed'"),
    ("documents/open_points/malformed", "UPT-AMB-920", "open_points.malformed", "the id of an ambiguity"),
    ("documents/open_points/head-missing", "UPT-AMB-001", "open_points.head-missing", "a reading 'absent'"),
    ("documents/rules/rot", "UPT-MSG-007", "documents.rules.rot", "did you mean 'root'"),
    ("documents/rules/root", "UPT-MSG-907", "documents.rules.root", "the id of a stated clause"),
    ("documents/rules/root", None, "documents.rules", "the rule 'root' with its clause"),
    # values
    (f"{HEAD}/RESULTMSG/type", "txt", "documents.head.RESULTMSG.type", "did you mean 'text'"),
    (f"{HEAD}/RESULTMSG/object", "devise", "head.RESULTMSG.object", "an object"),
    (f"{HEAD}/RESULTMSG/names", {"a": "RESULTCODE"}, "head.RESULTMSG.names", "ambiguity, whose readings"),
    (f"{HEAD}/RESULTMSG/names", {"a": "RESULTCODE"}, "head.RESULTMSG", "a spelling of its own"),
    (f"{HEAD}/RESULTMSG/absent", "UPT-AMB-001", "head.RESULTMSG.absent", "a reading 'absent'"),
    (f"{HEAD}/RESULTMSG/empty", "UPT-AMB-001", "head.RESULTMSG.empty", "a reading 'empty'"),
    (f"{HEAD}/RESULTMSG/any_value", "UPT-AMB-001", "head.RESULTMSG.any_value", "a reading 'any'"),
    (f"{HEAD}/RESULTMSG/echo", "DEVICEID", "head.RESULTMSG.echo", "one of the request's parameters"),
    (f"{HEAD}/RESULTCODE/open_values/20", "UPT-AMB-001", "RESULTCODE.open_values.20", "what is no value of type"),
    (f"{HEAD}/RESULTCODE/open_values/x", "UPT-AMB-901", "RESULTCODE.open_values.x", "the id of an ambiguity"),
    (f"{HEAD}/REQUESTTYPE/optional", True, "head.REQUESTTYPE.absent", "either `optional` or `absent`"),
    (f"{ROLE}/answer/values/ROLENAME/echo", "ROLNAME", "answer.values.ROLENAME.echo", "did you mean 'ROLENAME'"),
    (f"{ROLE}/answer/values/RESULTCODE", {"type": "text", "source": SOURCE}, "answer.values.RESULTCODE", "as the head"),
    # sections
    (f"{ROLE}/answer/repeated", True, "MODIFYROLE.answer.repeated", "the root of a result"),
    (f"{LIST}/answer/sections/DEVICES/outside", "UPT-AMB-001", "sections.DEVICES.outside", "a reading 'outside'"),
    (f"{LIST}/answer/sections/DEVICES/absent", "UPT-AMB-001", "sections.DEVICES.absent", "a reading 'absent'"),
    (f"{LIST}/answer/sections/DEVICES/optional", True, "sections.DEVICES.absent", "either `optional` or `absent`"),
    (f"{LIST}/answer/sections/DEVICES/repeated", True, "sections.DEVICES.absent", "there may be none"),
    (f"{LIST}/answer/sections/DEVICES/count", "NUMBER", "sections.DEVICES.count", "one of the section's values"),
    (f"{LIST}/answer/sections/DEVICES/count", None, "answer.sections.DEVICES", ""),
    (f"{LIST}/answer/sections/DEVICES/values/COUNT/type", "text", "sections.DEVICES.count", "base int"),
    (f"{LIST}/answer/sections/DEVICES/count_outside", "UPT-AMB-900", "DEVICES.count_outside", "the id of an ambiguity"),
    (f"{LIST}/answer/sections/DEVICES/sections", {}, "sections.DEVICES.count", "a section in it that is `repeated`"),
    (f"{LIST}/answer/sections/EMPTY", {"source": SOURCE}, "sections.EMPTY", "`values` or `sections`"),
    # operations
    (f"{CHAT}/needs/0/groups", [[]], "CHATSTART.needs.0.groups", "none of them empty"),
    (f"{CHAT}/needs/0/groups/0/0", "SESSION", "needs.0.groups.0.0", "did you mean 'SESSIONID'"),
    (f"{CHAT}/needs/0/only_one", True, "needs.0.only_one", "several groups"),
    (f"{CHAT}/needs/0/surplus", "UPT-AMB-125", "needs.0.surplus", "several groups"),
    (f"{CHAT}/needs/1/surplus", "UPT-AMB-925", "needs.1.surplus", "the id of an ambiguity"),
    (f"{CHAT}/needs/0/ambiguity", "UPT-AMB-925", "needs.0.ambiguity", "the id of an ambiguity"),
    (f"{CHAT}/needs/0/errors/0", "ok", "needs.0.errors.0", "one of the operation's errors"),
    (f"{MEMBER}/needs/0/ambiguity", None, "needs.0.errors", "`ambiguity`, for there are several"),
    ("operations/CALLUPDATE/needs/0/errors", [], "CALLUPDATE.needs.0", "`errors` or `ambiguity`"),
    (f"{CHAT}/needs/0/clause", "UPT-CHT-901", "needs.0.clause", "the id of a stated clause"),
    (f"{CHAT}/needs/0/when/KEY", ["A"], "needs.0.when.KEY", "one of the operation's parameters"),
    (f"{CHAT}/needs/0/when/KEYNAME", ["A"], "needs.0.when.KEYNAME.0", "a value of KEYNAME"),
    (f"{CHAT}/needs/0/when/KEYNAME", [], "needs.0.when.KEYNAME", "a value at least"),
    (f"{CHAT}/needs/0/when/SESSIONID", ["A"], "needs.0.groups.0.0", "parameters that `when` does not have"),
    (f"{CHAT}/parameters/SESSIONID/optional", True, "SESSIONID.optional", "`needs` requires it"),
    (f"{CHAT}/parameters/AGENTID/optional", False, "parameters.AGENTID", "`optional`, or `needs`"),
    (f"{CHAT}/parameters/AGENTID/examples", ["x"], "AGENTID.examples.0", "a value of type agent-id"),
    (f"{CHAT}/parameters/AGENTID/empty", "UPT-AMB-925", "AGENTID.empty", "the id of an ambiguity"),
    (f"{MEMBER}/parameters/GROUPLD/names/groupid", "AGENTID", "parameters.AGENTID", "a spelling of its own"),
    (f"{MEMBER}/parameters/GROUPLD/name_ambiguity", None, "GROUPLD.names", "name_ambiguity, whose readings"),
    ("operations/COMBINEDEXPORT/names/combineexport", "EXPORT", "names.combineexport", "that no other function has"),
    ("operations/COMBINEDEXPORT/names/combinedexport", "JOIN", "COMBINEDEXPORT.names", "COMBINEDEXPORT among them"),
    ("operations/COMBINEDEXPORT/name_ambiguity", None, "COMBINEDEXPORT.names", "name_ambiguity, whose readings"),
    (f"{CHAT}/result", {"name": "ID", "type": "text", "source": SOURCE}, "result.name", "a value of `answer`"),
    ("operations/EXPORT/body/choice", "FORMAT", "body.choice", "did you mean 'MEDIA_FORMAT'"),
    ("operations/EXPORT/body/archive", True, "EXPORT.body", "either `choice` or `archive`, got both"),
    ("operations/EXPORT/body/choice", None, "EXPORT.body", "either `choice` or `archive`, got neither"),
    ("operations/EXPORT/body/ignored", "UPT-AMB-001", "body.ignored", "a reading 'ignored'"),
    ("documents/partial", "part", "documents.partial", "an error of the catalogue"),
    ("documents/repeated_for/TST", {"a": "B"}, "repeated_for.TST", "an operation"),
    ("documents/repeated_ambiguity", "UPT-AMB-900", "documents.repeated_ambiguity", "the id of an ambiguity"),
    ("operations/EXPORT/body/clause", "UPT-EXP-902", "body.clause", "the id of a stated clause"),
    (f"{ROLE}/undo/when", {"ACTION": ["PUT"]}, "undo.when.ACTION.0", "a value of ACTION"),
    (f"{ROLE}/undo/arguments/0", "ACT=DELETE", "undo.arguments.0", "did you mean 'ACTION'"),
    (f"{ROLE}/undo/arguments/0", "ACTION", "undo.arguments.0", "name=value"),
    # events
    ("events/CALLSTOP/clause", "UPT-EVT-912", "events.CALLSTOP.clause", "the id of a stated clause"),
    ("events/CALLSTOP/event_class", "CAL", "events.CALLSTOP.event_class", "a value of EVENTCLASS"),
    ("events/CALLSTOP/values/ANI/type", "any", "events.CALLSTOP.values.ANI.type", "a type"),
    ("events/CALLSTOP/values/ANI/echo", "AN", "events.CALLSTOP.values.ANI.echo", "one of the request's parameters"),
    ("events/RECORDINGPAUSED/ambiguity", None, "RECORDINGPAUSED.type_names", "ambiguity, whose readings"),
    ("events/RECORDINGPAUSED/type_names/bare", "PAUSED", "RECORDINGPAUSED.type_names", "a value of EVENTTYPE"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "key", "says"), _WRONG, ids=[f"{row[0]}:{n}" for n, row in enumerate(_WRONG)]
)
def test_a_mistake_is_told(path: str, value: Any, key: str, says: str) -> None:
    found = [(".".join(one.keys), f"{one.expected}, got {one.got}") for one in document_mistakes(changed(path, value))]
    if says:
        assert any(keys.endswith(key) and says in text for keys, text in found), found
    else:
        assert found == []  # it may be so


def test_the_spec_has_none() -> None:
    assert [] == list(document_mistakes(SYSTEM))


def test_what_belongs_to_documents_needs_their_rules() -> None:
    system = msgspec.structs.replace(SYSTEM, documents=None, interfaces={})
    keys = {".".join(one.keys) for one in document_mistakes(system)}
    assert {"events", "operations.CHATSTART.needs", "operations.EXPORT.body", "operations.MODIFYROLE.answer"} <= keys


def test_rules_and_points_are_those_of_the_spec() -> None:
    assert SYSTEM.documents is not None
    assert set(DOCUMENT_RULES) == set(SYSTEM.documents.rules)
    assert set(DOCUMENT_POINTS) >= set(SYSTEM.documents.open_points)


def test_a_mistake_has_its_place(tmp_path: Any) -> None:
    folder = copy_of(tmp_path, "uptivity")
    path = folder / "system.yaml"
    put(path, "subscribe: EVENTS", "subscribe: EVENTZ")
    (found,) = lint("uptivity", specs=tmp_path / "specs")
    assert (str(path), find(path, "subscribe")) == (str(found.file), (found.line, found.column))
