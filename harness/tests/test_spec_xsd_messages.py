"""XML Schemas of messages: current, equal in verdict in two implementations, and as open as the checks of live replies."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from harness.checks.packets import indication_checks, reply_checks
from harness.ending import Ending
from harness.messages.packetreply import Packet, Part
from harness.messages.packets import names_of
from harness.spec.cite import document_lines
from harness.spec.load import load_system
from harness.spec.model import Effect
from harness.spec.xsd import xsd_problems, xsd_texts
from harness.spec.xsd_messages import FAILURE
from harness.spec.xsd_parts import integers, literally
from harness.tests.commands import clausewise
from harness.tests.messages_made import GUID, made, messages_of
from harness.tests.rss2000_scene import Client, Scene
from harness.verdict import Severity
from harness.wire.tpkt import encode, split
from harness.wire.xmlmessage import read_message

FOLDER = os.environ.get("CLAUSEWISE_DOCUMENTS", "")
SYSTEM = load_system("rss2000")
SYNTAX = SYSTEM.messages
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
MESSAGES = messages_of(SYSTEM)
DAMAGED = 14  # examples of the document that are not well-formed


@cache
def texts() -> dict[str, str]:
    return xsd_texts(SYSTEM)


@cache
def schemas(name: str) -> tuple[etree.XMLSchema, xmlschema.XMLSchema]:
    text = texts()[f"{name}.xsd"]
    return etree.XMLSchema(etree.fromstring(text.encode(), PARSER)), xmlschema.XMLSchema(text)


def verdict(name: str, data: bytes) -> bool:
    """Whether both implementations find the message valid; they must agree."""
    ours, other = schemas(name)
    one = ours.validate(etree.fromstring(data, PARSER))
    two = other.is_valid(data.decode(), use_location_hints=False)
    assert one == two, f"{name}: libxml2 says {one} ({ours.error_log}), xmlschema {two}:\n{data.decode()}"
    return bool(one)


def judged(name: str, kind: str, data: bytes) -> bool:
    """Whether the checks of live replies pass it."""
    assert SYNTAX is not None
    confirm = SYSTEM.operations[name].confirm
    several = confirm is not None and confirm.several
    packet = Packet(syntax=SYNTAX, operation=name, ending=Ending.ANSWERED, raw=encode(data), several=several)
    checks = reply_checks(SYSTEM, packet) if kind == "confirm" else indication_checks(SYSTEM, name, packet, [])
    return not any(not check.passed and check.severity is Severity.MUST for check in checks)


def agree(case: tuple[str, str, str, bytes]) -> None:
    name, kind, defect, data = case
    assert verdict(f"{name}.{kind}", data) == (defect == ""), (defect, name, kind, data.decode())
    if kind != "command" and defect != "result":
        assert judged(name, kind, data) == (defect in ("", "unknown")), (defect, name, kind, data.decode())


QUICKLY = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=int(os.environ.get("MANY", "400")), deadline=None, suppress_health_check=list(HealthCheck))


@QUICKLY
@given(made(SYSTEM, defective=False))
def test_a_message_under_any_reading_is_valid_and_passes_the_checks(case: tuple[str, str, str, bytes]) -> None:
    agree(case)


@QUICKLY
@given(made(SYSTEM, defective=True))
def test_one_defect_is_seen_by_both_schemas_and_by_the_checks(case: tuple[str, str, str, bytes]) -> None:
    agree(case)


@pytest.mark.slow
@LONG
@given(st.booleans().flatmap(lambda defective: made(SYSTEM, defective=defective)))
def test_many_messages(case: tuple[str, str, str, bytes]) -> None:
    agree(case)


def test_the_files_are_what_the_spec_says() -> None:
    assert [] == xsd_problems(SYSTEM), "run `clausewise spec xsd rss2000`"


def test_there_is_a_schema_of_every_message_and_one_of_failures() -> None:
    assert {f"{name}.{kind}.xsd" for name, kind in MESSAGES} | {f"{FAILURE}.xsd"} == set(texts())
    assert 67 == len(SYSTEM.operations)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "kind"), MESSAGES)
def test_every_schema_is_valid_in_both(name: str, kind: str) -> None:
    schemas(f"{name}.{kind}")


def confirm(operation: str, inner: str, root: str = "DVCRMANAGER") -> bytes:
    return f'<{root} version="1.0.0.0"><CONFIRM xmlid="{operation}">{inner}</CONFIRM></{root}>'.encode()


@pytest.mark.parametrize(
    ("inner", "valid"),
    [
        ('<RESULT value="1"/>', True),
        ('<RESULT value="1"/><DESCRIPTION value="no"/>', True),
        ('<DESCRIPTION value="no"/><RESULT value="1"/><SESSIONID value=""/><FLAG value="7"/>', True),
        ('<RESULT value="0"/>', False),
        ('<RESULT value="1"/><RESULT value="1"/>', False),
        ('<DESCRIPTION value="no"/>', False),
        ("", False),
        ('<RESULT value="1">1</RESULT>', False),
    ],
)
def test_a_failure_has_its_result_and_whatever_else(inner: str, *, valid: bool) -> None:
    assert verdict(FAILURE, confirm("login", inner)) == valid


def test_a_failure_is_no_success() -> None:
    assert not verdict("LOGIN.confirm", confirm("login", '<RESULT value="1"/>'))
    fields = f'<SESSIONID value="{GUID}"/><PRIVILEGE value="0"/><RESULT value="0"/>'
    assert verdict("LOGIN.confirm", confirm("login", fields))


@pytest.mark.parametrize(
    "limits", [(0, None), (1024, None), (-12, 12), (1, 65535), (None, None), (-100, -7), (99, 1005)]
)
def test_patterns_of_numbers_are_the_numbers(limits: tuple[int | None, int | None]) -> None:
    low, high = limits
    pattern = re.compile("|".join(integers(low, high, 20)))
    for number in (*range(-130, 1200), 65534, 65535, 65536, 10**19):
        inside = (low is None or number >= low) and (high is None or number <= high)
        assert (pattern.fullmatch(str(number)) is not None) == inside, number
    assert not any(pattern.fullmatch(text) for text in ("", "00", "-0", "01", "+1", "1.0", " 1", "1" * 21))


def test_a_word_is_escaped_in_a_pattern() -> None:
    assert r"a\.b\*c\-\[d\]\^" == literally("a.b*c-[d]^")


# What the reference server says and is asked.


def asked() -> Iterator[tuple[bytes, bytes, bytes]]:
    """Packets of commands, of what answers them, and of what another client is told."""
    scene = Scene()
    watcher = scene.client(listens=True)
    client = Client(scene)
    login = client.bytes_of("login", [("USERNAME", "x"), ("PASSWORD", "y"), ("LANG", "0")])
    yield login, client.send(login), b""
    client.login()
    for name, given_fields in commands(scene):
        known = SYSTEM.operations[name.upper()].parameters
        data = client.bytes_of(name, [(key, value) for key, value in given_fields if key in known])
        answer = client.send(data)
        told, watcher.told = watcher.told, b""
        yield data, answer, told


def commands(scene: Scene) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    endpoint = [("SOURCENAME", "x<&>ü"), ("SOURCEIP", "10.0.0.1"), ("E164", ""), ("H323", ""), ("FLAG", "1")]
    user = [("USERNAME", "somebody"), ("FULLNAME", ""), ("EMAIL", ""), ("PASSWORD", ""), ("PRIVILEGE", "1")]
    for add, change, remove, fields in (
        ("addendpoint", "modendpoint", "delendpoint", endpoint),
        ("adddevuser", "moddevuser", "deldevuser", user),
    ):
        yield add, fields
        yield change, fields
        yield remove, fields[:1]
        yield remove, fields[:1]
    group = [("LANG", "en"), ("GROUPNAME", "some"), ("DESCRIPTION", "all"), ("MEMBER", scene.texts("user_ids")[0])]
    yield "addgroup", group
    yield "modgroup", group
    yield "getgroup", group[:2]
    yield "delgroup", group[:2]
    archive = scene.texts("archive_ids")[0]
    yield "getmediainfo", [("CATALOG", "0"), ("START", "0"), ("END", "3"), ("SORT", "1")]
    yield "getmediainfo", [("CATALOG", "0"), ("CONF_ID", archive)]
    link = [("LANG", "en"), ("INDEX", scene.texts("h323_links")[0])]
    for step in ("startroomrecord", "pauseroomrecord", "continueroomrecord", "stoproomrecord", "hangup"):
        yield step, link
    yield "getroom", []
    for name, operation in SYSTEM.operations.items():
        plain = all(one.optional or SYSTEM.types[one.type].choices for one in operation.parameters.values())
        if (
            operation.effect is Effect.READ
            and plain
            and name != "LOGOUT"
            and operation.command
            and not operation.command.names
        ):
            yield (
                name.lower(),
                [
                    (key, SYSTEM.types[one.type].choices[0])
                    for key, one in operation.parameters.items()
                    if not one.optional
                ],
            )


def named(data: bytes, kind: str) -> str:
    """The operation that a message names."""
    assert SYNTAX is not None
    name = Part(element=read_message(data).elements[0], syntax=SYNTAX).name
    found = [
        key
        for key, one in SYSTEM.operations.items()
        if getattr(one, kind) is not None and str(name).strip().lower() in names_of(getattr(one, kind), key).values()
    ]
    assert found, name
    own = str(name).strip().upper()
    return own if own in found else found[0]


@pytest.mark.slow
def test_what_the_reference_server_says_and_is_asked_is_valid() -> None:
    seen: dict[str, int] = {}
    for command, answer, told in asked():
        ((payload,), _), ((reply,), _) = split(command), split(answer)
        operation = named(payload, "command")
        assert verdict(f"{operation}.command", payload)
        failed = b'<RESULT value="1"' in reply
        assert verdict(FAILURE if failed else f"{operation}.confirm", reply), reply.decode()
        seen["failed" if failed else "done"] = seen.get("failed" if failed else "done", 0) + 1
        for packet in split(told)[0]:
            seen["told"] = seen.get("told", 0) + 1
            assert verdict(f"{named(packet, 'indication')}.indication", packet), packet.decode()
    assert seen["done"] >= 30
    assert seen["failed"] >= 2
    assert seen["told"] >= 10


# What is printed in the document.


def examples() -> tuple[list[bytes], int]:
    """The messages of the document, without what stands between two pages, and how many more are damaged."""
    text = "\n".join(document_lines(SYSTEM.document, Path(FOLDER)))
    blocks = re.findall(r"<\?xml.*?</\s*DVC\w+\s*>", text, re.DOTALL)
    good = [re.sub(r"^(?!\s*<).*$", "", block, flags=re.MULTILINE).encode() for block in blocks]
    return [one for one in good if not read_message(one).problems], sum(
        bool(read_message(one).problems) for one in good
    )


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER, reason="CLAUSEWISE_DOCUMENTS does not name the folder of the documents")
def test_every_well_formed_example_of_the_document_is_valid() -> None:
    assert SYNTAX is not None
    good, damaged = examples()
    assert (140, DAMAGED) == (len(good), damaged)
    for data in good:
        element = read_message(data).elements[0]
        name = str(Part(element=element, syntax=SYNTAX).name).strip().lower()
        kind = element.name.lower()
        fitting = [
            key
            for key, one in SYSTEM.operations.items()
            if (message := getattr(one, kind)) is not None
            and name in {spelled.strip().lower() for spelled in names_of(message, key).values()}
        ]
        assert any(verdict(f"{key}.{kind}", data) for key in fitting), data.decode()


# The commands.


def test_spec_xsd_tells_whether_the_files_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == clausewise("spec", "xsd", "rss2000", "--check")
    assert f"the {len(texts())} schemas are current" in capsys.readouterr().out


def test_spec_export_gives_one_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == clausewise("spec", "export", "xsd", "rss2000", "--reply", "LOGIN.command")
    assert texts()["LOGIN.command.xsd"] == capsys.readouterr().out


def test_annotations_name_clauses_and_citations() -> None:
    text = texts()["DELMEDIAINFO.confirm.xsd"]
    assert re.search(r'RSS-DELMEDIAINFO\.confirm\.CATALOG: section "DELMEDIAINFO".*readings of RSS-AMB-017', text)
