"""XML Schemas of methods that are called with a struct: valid and equal in verdict in two implementations, open to every reading."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from harness.spec.callmodel import Kind, Member
from harness.spec.load import load_system
from harness.spec.xsd import xsd_problems, xsd_texts
from harness.tests.test_wire_xmlrpc import COMMAND, FAULT
from harness.wire.xmlrpc_edit import Pair, changed
from harness.wire.xmlrpc_values import KINDS, Value
from harness.wire.xmlrpc_write import encode_call, encode_fault, encode_response, typed
from harness.wire.xmlrpc_writing import Members, Raw, Writable, Writing

SYSTEM = load_system("tps")
SYNTAX = SYSTEM.calls
assert SYNTAX is not None
METHODS = {name: operation.call for name, operation in SYSTEM.operations.items() if operation.call is not None}
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
QUICKLY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))

TEXTS = st.sampled_from(["", "a", " b ", "ü<&>", "x" * 60])
SCALARS: Mapping[Kind, st.SearchStrategy[Writable]] = {
    Kind.STRING: TEXTS,
    Kind.INT: st.integers(-(2**31), 2**31 - 1)
    | st.sampled_from(["0", "+5", "-0007"]).map(lambda text: typed("i4", text)),
    Kind.BOOLEAN: st.booleans(),
    Kind.BASE64: st.binary(max_size=9) | st.just(typed("base64", "YW Jj\n")),
    Kind.DATE_TIME: st.just(typed("dateTime.iso8601", "20140107T13:31:26")),
    Kind.DOUBLE: st.floats(0, 9),
}
WRITINGS = st.builds(
    Writing,
    string_tag=st.booleans(),
    words=st.booleans(),
    split=st.booleans(),
    line_end=st.sampled_from(["", "\n"]),
    padding=st.sampled_from(["", " \n"]),
    order=st.sampled_from(["given", "reversed"]),
    short=st.booleans(),
    sections=st.booleans(),
)


@cache
def texts() -> dict[str, str]:
    return xsd_texts(SYSTEM)


@cache
def schemas(name: str) -> tuple[etree.XMLSchema, xmlschema.XMLSchema]:
    text = texts()[f"{name}.xsd"]
    return etree.XMLSchema(etree.fromstring(text.encode(), PARSER)), xmlschema.XMLSchema(text)


def verdict(name: str, data: bytes) -> bool:
    """Whether both implementations find the document valid; they must agree."""
    ours, other = schemas(name)
    one = ours.validate(etree.fromstring(data, PARSER))
    two = other.is_valid(data.decode(), use_location_hints=False)
    assert one == two, f"{name}: libxml2 says {one} ({ours.error_log}), xmlschema {two}:\n{data.decode()}"
    return bool(one)


@st.composite
def structs(draw: st.DrawFn, members: Mapping[str, Member], *, returned: bool) -> dict[str, Any]:
    """A struct under any reading: what must be there, and any of the rest."""
    halves = {one.unlimited for one in members.values()}
    found: dict[str, Any] = {}
    for name, one in members.items():
        there = one.required or (
            returned and one.present is None and not one.optional and one.absent is None and name not in halves
        )
        if one.since is not None or one.until is not None or one.experimental or one.unlimited is not None:
            there = there and one.required
        if not there and draw(st.booleans()):
            continue
        spelling = draw(st.sampled_from(sorted(set(one.names.values())))) if one.names else name
        value = draw(values(one, returned=returned))
        if returned and value in ("", [], {}) and draw(st.booleans()):
            continue  # "empty data structures" may be left out
        found[spelling] = value
    return found


@st.composite
def values(draw: st.DrawFn, member: Member, *, returned: bool) -> Any:
    """The value of a member."""

    def single() -> Any:
        names = [name for name in (member.struct, *member.other_structs) if name is not None]
        if names:
            struct = SYSTEM.structs[draw(st.sampled_from(names))]
            if member.blank and draw(st.booleans()):
                return {}
            found = draw(structs(struct.members, returned=returned))
            if member.partial is not None:
                found = dict(list(found.items())[1:])
            return (
                {**found, "anything": 1}
                if struct.open and any(isinstance(one, int) for one in found.values())
                else found
            )
        types = [name for name in (member.type, *member.types.values()) if name is not None]
        return draw(SCALARS[SYSTEM.scalars[draw(st.sampled_from(types))].base])

    return [single() for _ in range(draw(st.integers(0, 2)))] if member.array else single()


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str, dict[str, Any], Writing]:
    """Name of the schema, method or "", struct, and how it is written."""
    assert SYNTAX is not None
    name = draw(st.sampled_from([*METHODS, *SYSTEM.callbacks]))
    writing = draw(WRITINGS)
    if name in SYSTEM.callbacks:
        return f"{name}.notification", name, draw(structs(SYSTEM.callbacks[name].takes, returned=True)), writing
    if draw(st.booleans()):
        return f"{name}.call", name, draw(structs({**SYNTAX.head, **METHODS[name].takes}, returned=False)), writing
    members = METHODS[name].returns
    struct = draw(structs(members, returned=True)) if members else {SYNTAX.status: SYNTAX.success}
    return f"{name}.response", "", struct, writing


def written(method: str, struct: Writable, writing: Writing) -> bytes:
    return encode_call(method, struct, writing=writing) if method else encode_response(struct, writing=writing)


def check_valid(case: tuple[str, str, dict[str, Any], Writing]) -> None:
    name, method, struct, writing = case
    assert verdict(name, written(method, struct, writing)), (name, schemas(name)[0].error_log, struct)


DEFECTS: dict[str, Any] = {
    "unknown": lambda struct: Members((*struct.items(), ("noSuchMember", 1))),
    "nil": lambda struct: changed(struct, (next(iter(struct)),), lambda name, _value: ((name, Raw("<value><nil/></value>")),)),
    "no-value": lambda struct: changed(struct, (next(iter(struct)),), lambda name, _value: (Raw(f"<member><name>{name}</name></member>"),)),
    "no-name": lambda struct: changed(struct, (next(iter(struct)),), lambda _name, _value: (Raw("<member><value/></member>"),)),
    "long-int": lambda struct: changed(struct, (next(iter(struct)),), lambda name, _value: ((name, typed("int", "2147483648")),)),
    "int-form": lambda struct: changed(struct, (next(iter(struct)),), lambda name, _value: ((name, typed("int", "1_0")),)),
    "boolean-form": lambda struct: changed(struct, (next(iter(struct)),), lambda name, _value: ((name, typed("boolean", "yes")),)),
    "date-form": lambda struct: changed(struct, (next(iter(struct)),), lambda name, _value: ((name, typed("dateTime.iso8601", "2014-01-07")),)),
    "base64-form": lambda struct: changed(struct, (next(iter(struct)),), lambda name, _value: ((name, typed("base64", "@")),)),
}  # fmt: skip


def check_defect(case: tuple[str, str, dict[str, Any], Writing], defect: str) -> None:
    name, method, struct, writing = case
    if struct:
        assert not verdict(name, written(method, DEFECTS[defect](struct), writing)), (name, struct)


@QUICKLY
@given(documents())
def test_a_message_under_any_reading_is_valid(case: tuple[str, str, dict[str, Any], Writing]) -> None:
    check_valid(case)


@QUICKLY
@given(documents(), st.sampled_from(sorted(DEFECTS)))
def test_one_defect_is_seen_by_both(case: tuple[str, str, dict[str, Any], Writing], defect: str) -> None:
    check_defect(case, defect)


@pytest.mark.slow
@LONG
@given(documents(), st.sampled_from(["", *sorted(DEFECTS)]))
def test_many_messages(case: tuple[str, str, dict[str, Any], Writing], defect: str) -> None:
    if defect:
        check_defect(case, defect)
    else:
        check_valid(case)


def test_the_files_are_what_the_spec_says() -> None:
    assert [] == xsd_problems(SYSTEM), "run `clausewise spec xsd tps`"


def test_there_is_a_schema_of_every_message_and_file() -> None:
    expected = {f"{name}.{kind}.xsd" for name in METHODS for kind in ("call", "response")}
    expected |= {f"{name}.notification.xsd" for name in SYSTEM.callbacks} | {"fault.xsd"}
    expected |= {f"{name}.{form}.xsd" for name, file in SYSTEM.files.items() for form in file.forms}
    assert expected == set(texts())


@pytest.mark.slow
def test_every_schema_is_valid_in_both() -> None:
    for name in texts():
        schemas(name.removesuffix(".xsd"))


@pytest.mark.parametrize(
    ("name", "struct", "valid"),
    [
        ("flex.conference.destroy", {"authenticationUser": "a", "authenticationPassword": "", "conferenceID": "c"}, True),
        ("flex.conference.destroy", {"authenticationUser": "a", "authenticationPassword": "", "allowExitScreen": True, "conferenceID": "c"}, True),
        ("flex.conference.destroy", {"authenticationUser": "a", "authenticationPassword": ""}, False),
        ("flex.conference.destroy", {"authenticationUser": "a", "authenticationPassword": "", "conferenceID": 5}, False),
        ("flex.conference.destroy", {"authenticationUser": "a", "authenticationPassword": "", "conferenceID": {}}, False),
        ("flex.conference.destroy", {}, False),
    ],
)  # fmt: skip
def test_a_call_has_what_it_must_have(name: str, struct: dict[str, Writable], valid: bool) -> None:
    assert valid == verdict(f"{name}.call", encode_call(name, struct))


def test_a_call_has_no_member_twice_and_no_other_method() -> None:
    pairs: tuple[Pair, ...] = (("authenticationUser", "a"), ("authenticationPassword", ""), ("conferenceID", "c"))
    assert verdict("flex.conference.destroy.call", encode_call("flex.conference.destroy", Members(pairs)))
    assert not verdict(
        "flex.conference.destroy.call", encode_call("flex.conference.destroy", Members((*pairs, pairs[0])))
    )
    assert not verdict("flex.conference.destroy.call", encode_call("flex.conference.create", Members(pairs)))
    assert not verdict("flex.conference.destroy.call", encode_call("flex.conference.destroy", Members(pairs), {}))


def test_the_examples_of_the_document_are_valid() -> None:
    assert verdict("flex.conference.destroy.call", COMMAND)
    assert verdict("fault", FAULT)
    event = {"sourceIdentifier": "000D7C000C66", "events": ["restart"]}
    assert verdict("eventNotification.notification", encode_call("eventNotification", event))


def test_a_fault_has_a_code_and_a_text() -> None:
    assert verdict("fault", encode_fault(4, "no such conference"))
    assert verdict("fault", encode_fault(typed("i4", "4"), typed("", "")))
    assert not verdict("fault", encode_fault(4, True))
    assert not verdict("fault", encode_response({"faultCode": 4, "faultString": "x"}))


@pytest.mark.parametrize("form", [form for file in SYSTEM.files.values() for form in file.forms])
def test_a_served_file_is_valid_with_all_its_elements_and_invalid_with_others(form: str) -> None:
    ((name, file),) = SYSTEM.files.items()
    elements = file.forms[form].elements
    sample = {"macAddress": "00:0D:7C:00:0C:66", "cpuAvx": "1"}
    parts = []
    for key, element in elements.items():
        kind = SYSTEM.scalars[element.type] if element.type else None
        text = sample.get(key, "")
        if element.value or element.values:
            text = element.value or next(iter(element.values.values()))
        elif kind is not None:
            text = kind.choices[0] if kind.choices else "0" if kind.base is Kind.INT else ""
        elif not text:
            text = element.pattern.partition(" .+")[0] + " x"
        parts.append(f"<{key}>{text}</{key}>")
    whole = "".join(reversed(parts))
    assert verdict(f"{name}.{form}", f"<{file.root}>{whole}</{file.root}>".encode()), schemas(f"{name}.{form}")[
        0
    ].error_log
    assert not verdict(f"{name}.{form}", f"<{file.root}>{whole}<other/></{file.root}>".encode())
    assert not verdict(f"{name}.{form}", f"<{file.root}>{whole}{parts[0]}</{file.root}>".encode())
    assert not verdict(f"{name}.{form}", f"<{file.root}></{file.root}>".encode())


def test_kinds_of_the_model_have_an_element_of_the_encoding() -> None:
    assert {
        str(KINDS[element]).partition(".")[0]
        for element in ("string", "int", "boolean", "base64", "dateTime.iso8601", "double")
    } == set(Kind)
    assert isinstance(typed("i4", "5"), Value)
