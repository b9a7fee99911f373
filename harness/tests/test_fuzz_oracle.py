"""What values alone decide: as every probe of the suite, generously where a lenient reader may take a text, strictly elsewhere."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checks.answer import Answer
from harness.datatypes import Side, is_value, probes
from harness.fuzzing.expect import Expectation
from harness.fuzzing.oracle import CallOracle
from harness.fuzzing.remembered import Recent, Sieve
from harness.fuzzing.spellings import Standing, canonical_uuid, standing
from harness.messages.book import ErrorBook
from harness.messages.reply import Call
from harness.openforms import value_readings
from harness.spec.load import load_system
from harness.spec.model import Base, DataType, System

ID = "3f2b8c1e-9a4d-4e6f-8b7a-5c1d2e3f4a5b"
OTHER_ID = "7d1e2f3a-4b5c-4d6e-9f8a-1b2c3d4e5f60"
PLAIN = {"sessionTitle": "a title", "active": "true", "permissionId": "WATCH", "fieldName": "title", "ip": "10.1.2.3", "port": "8000",
         "value": "a value", "title": "a mark", "username": "somebody", "groupname": "some people"}  # fmt: skip


@lru_cache(maxsize=1)
def system() -> System:
    return load_system("hmp")


@lru_cache(maxsize=1)
def oracle() -> CallOracle:
    lines = system().lines
    assert lines is not None
    return CallOracle(ErrorBook(system(), lines))


def plain_values(operation: str) -> list[str]:
    """Values of every parameter that conform under every reading."""
    return [PLAIN.get(name, ID) for name in system().operations[operation].parameters]


def expect(operation: str, *values: str) -> Expectation:
    return oracle().expect(Call(operation=operation, values=values, typed=values))


def errors(expectation: Expectation) -> set[str | None]:
    """The errors that conform, None for success."""
    return {answer.error for answer in expectation.answers}


EVERY_PROBE = [
    (operation, index, probe.name)
    for operation, known in load_system("hmp").operations.items()
    for index, parameter in enumerate(known.parameters.values())
    for probe in probes(load_system("hmp").types[parameter.type])
    if not (parameter.object and load_system("hmp").types[parameter.type].base is Base.TEXT)
]


@pytest.mark.parametrize("operation", load_system("hmp").operations)
def test_a_call_as_documented_may_only_succeed(operation: str) -> None:
    found = expect(operation, *plain_values(operation))
    assert {None} == errors(found)
    assert f"HMP-{operation}" in found.clauses


@pytest.mark.parametrize(("operation", "index", "name"), EVERY_PROBE)
def test_the_oracle_agrees_with_every_probe_of_the_suite(operation: str, index: int, name: str) -> None:
    label, parameter = list(system().operations[operation].parameters.items())[index]
    probe = next(one for one in probes(system().types[parameter.type]) if one.name == name)
    values = plain_values(operation)
    values[index] = probe.make(values[index])
    found = expect(operation, *values)
    if probe.side is Side.INSIDE:
        assert {None} == errors(found)
    elif probe.side is Side.OPEN:
        assert {None, *parameter.invalid} <= errors(found)
        assert probe.ambiguity == found.ambiguity
    elif parameter.invalid:
        assert set(parameter.invalid) == errors(found) - {None}
        assert (None in errors(found)) == (parameter.any_text is not None)
        assert f"HMP-{operation}.{label}.type" in found.clauses
        assert all(answer.about == index for answer in found.answers if answer.error)


def leniently_read(value: str) -> st.SearchStrategy[str]:
    """Spellings that some reader takes for the same value."""
    return st.sampled_from(
        (
            value.upper(), value.title(), f" {value}", f"{value}\t", f"\u00a0{value}\u2003", value + "\0", "\ufeff" + value,
            "".join(chr(ord(char) + 0xFEE0) if char.isalnum() else char for char in value),
        )
    )  # fmt: skip


IDS = st.uuids(version=4).map(str)
VALUES: dict[str, st.SearchStrategy[str]] = {
    "uuid": IDS.flatmap(leniently_read)
    | IDS.flatmap(lambda text: st.sampled_from((text.replace("-", ""), "{" + text + "}", "urn:uuid:" + text, "URN:UUID:" + text))),
    "boolean": st.sampled_from(("true", "false")).flatmap(leniently_read),
    "session-permission": st.sampled_from(("WATCH", "EDIT", "OWN")).flatmap(leniently_read),
    "metadata-field": st.sampled_from(("title", "createdby")).flatmap(leniently_read),
    "port": st.integers(0, 65535).flatmap(
        lambda port: st.sampled_from((f"0{port}", f"+{port}", f" {port} ", f"{port}.0", f"0x{port:x}", f"{port:_}", f"{'0' * 60}{port}"))
    ),
    "ip-address": st.ip_addresses(v=4).map(str).flatmap(
        lambda ip: st.sampled_from((".".join(f"0{part}" for part in ip.split(".")), f" {ip}", f"{ip}\n", ip.replace(".", " . ")))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
@settings(max_examples=25)
@given(data=st.data())
def test_what_a_lenient_reader_takes_for_a_value_is_never_wrong(name: str, data: st.DataObject) -> None:
    text = data.draw(VALUES[name])
    assert standing(system(), system().types[name])(text) is not Standing.WRONG


@pytest.mark.parametrize(
    "name", [name for name, kind in load_system("hmp").types.items() if kind.base is not Base.TEXT]
)
@settings(max_examples=25)
@given(data=st.data())
def test_the_oracle_is_never_stricter_than_type_and_open_forms(name: str, data: st.DataObject) -> None:
    kind: DataType = system().types[name]
    texts = [
        probe.make(ID if kind.base is Base.UUID else "10.2.3.4" if kind.base is Base.IPV4 else "17")
        for probe in probes(kind)
    ]
    text = data.draw(
        st.sampled_from(texts) | st.text(max_size=8) | st.from_regex(r"[0-9a-fA-F{}. +-]{0,40}", fullmatch=True)
    )
    found = standing(system(), kind)(text)
    readings = value_readings(system(), kind, text)
    assert found is not Standing.WRONG or (readings is None and not is_value(kind, text))
    if readings and not (kind.base is Base.ENUM and text in kind.choices and f"choice-{text}" not in kind.open_forms):
        assert found is Standing.OPEN


@pytest.mark.parametrize(
    "text",
    ["", "-1", "65536", "99999999999999999999", "9" * 5000, "port", "80x", "80.5", "8 0", "1e9", "٦٥٥٣٦", "inf", "nan"],
)
def test_what_nobody_takes_for_a_port_is_wrong(text: str) -> None:
    assert standing(system(), system().types["port"])(text) is Standing.WRONG


@pytest.mark.parametrize(
    "text",
    [
        ID.replace("-", ""),
        ID.upper(),
        "{" + ID + "}",
        "urn:uuid:" + ID,
        f" {ID} ",
        "00000000-0000-0000-0000-000000000000",
    ],
)
def test_spellings_of_a_uuid_are_open_and_known_for_the_same(text: str) -> None:
    """The nil UUID too: a device may ask for the version and variant of RFC 9562."""
    assert standing(system(), system().types["uuid"])(text) is Standing.OPEN
    assert canonical_uuid(text) in (ID.replace("-", ""), "0" * 32)


def test_an_id_that_the_device_gave_out_is_a_value_however_it_is_spelled() -> None:
    lines = system().lines
    assert lines is not None
    issued = CallOracle(ErrorBook(system(), lines), {ID.upper()})
    call = Call(operation="pauseRecording", values=(ID.upper(),))
    assert {None} == errors(issued.expect(call))
    assert {None, "not-a-uuid", "active-recording-not-found"} == errors(oracle().expect(call))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), {"arity"}),
        ((ID,), {"arity"}),
        ((ID, "true", "extra"), {"arity"}),
        ((ID, "true", ""), {"arity"}),
        (("word", "true", "extra"), {"arity", "not-a-uuid"}),
        (("word",), {"arity", "not-a-uuid"}),
        (("word", "maybe"), {"not-a-uuid", "not-a-boolean"}),
        ((ID, "True"), {None, "not-a-boolean"}),
        (("word", "True"), {"not-a-uuid", "not-a-boolean"}),
    ],
)
def test_of_several_defects_any_may_be_told(values: tuple[str, ...], expected: set[str | None]) -> None:
    assert expected == errors(expect("setLiveSession", *values))


@pytest.mark.parametrize(
    ("operation", "values", "expected"),
    [
        ("startRestreamRecording", (), {"arity", "*"}),
        ("startRestreamRecording", (ID, "10.1.2.3"), {"arity", "*"}),
        ("startRestreamRecording", (ID, "10.1.2.3", "80", "extra"), {"arity", "*", None}),
        ("stopRestreamRecording", (ID, "extra"), {"arity", "*", None}),
        ("stopRestreamRecording", ("word", "extra"), {"arity", "*", "not-a-uuid"}),
    ],
)
def test_where_the_arity_error_is_open_surplus_may_be_passed_over(
    operation: str, values: tuple[str, ...], expected: set[str | None]
) -> None:
    """HMP-AMB-005."""
    assert expected == errors(expect(operation, *values))


WORDS = st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1, max_size=8, unique=True)
DEFECTS = {"": "empty-value", " lead": "untrimmed-value", "trail ": "untrimmed-value", "  ": "untrimmed-value"}


@settings(max_examples=25)
@given(words=WORDS, data=st.data())
def test_one_bad_value_is_found_wherever_it_stands(words: list[str], data: st.DataObject) -> None:
    """HMP-CAT-003, HMP-CAT-004."""
    assert {None} == errors(expect("setCategory", ID, OTHER_ID, *words))
    bad = data.draw(st.sampled_from(sorted(DEFECTS)))
    place = data.draw(st.integers(0, len(words)))
    found = expect("setCategory", ID, OTHER_ID, *words[:place], bad, *words[place:])
    assert None not in errors(found)
    assert DEFECTS[bad] in errors(found) <= {"empty-value", "untrimmed-value"}


@settings(max_examples=25)
@given(words=WORDS, data=st.data())
def test_a_value_that_stands_there_twice_is_found(words: list[str], data: st.DataObject) -> None:
    """HMP-CAT-002; in another letter case it may or may not be the same (HMP-AMB-056)."""
    again = data.draw(st.sampled_from(words))
    place = data.draw(st.integers(0, len(words)))
    assert {"duplicate-value"} == errors(
        expect("setSessionCategory", ID, OTHER_ID, *words[:place], again, *words[place:])
    )
    assert {None, "duplicate-value"} == errors(
        expect("setSessionCategory", ID, OTHER_ID, *words[:place], again.upper(), *words[place:])
    )


@pytest.mark.parametrize("value", ["tab\t", "\nline", "\u00a0space", "\u200bwidth", "\u3000"])
def test_other_white_space_at_an_end_is_open(value: str) -> None:
    """HMP-AMB-055."""
    assert {None, "untrimmed-value"} <= errors(expect("setCategory", ID, OTHER_ID, value))


@pytest.mark.parametrize(
    ("operation", "values"),
    [("createSession", ("a\x00b",)), ("createSession", ("a\x7f",)), ("createSession", ("\u2028",)), ("updateMetadata", (ID, "title", "")),
     ("addHotmark", (ID, "")), ("addHotmark", (ID, " ")), ("updateMetadata", (ID, "description", "x" * 300)),
     ("setCategory", (ID, OTHER_ID, *(f"v{number}" for number in range(60))))],
)  # fmt: skip
def test_a_text_that_devices_may_not_take_may_be_refused(operation: str, values: tuple[str, ...]) -> None:
    assert {None, "*"} <= errors(expect(operation, *values))


@pytest.mark.parametrize("text", ["tab\tin it", "first\nsecond", "Übung 日本 😀", 'say "so"', "a\\b", "x" * 100])
def test_a_text_that_the_suite_holds_devices_to_must_be_taken(text: str) -> None:
    assert {None} == errors(expect("createSession", text))


def test_a_very_long_line_may_be_refused_as_a_whole() -> None:
    """HMP-AMB-048."""
    assert {"not-a-uuid"} == errors(expect("getRecordingStatus", "x" * 2100))
    assert {"not-a-uuid", "*"} == errors(expect("getRecordingStatus", "x" * 5000))


@pytest.mark.parametrize("name", ["undefinedCommand", "createSessions", "x", ""])
def test_what_names_no_command_is_told_so(name: str) -> None:
    found = expect(name, "a")
    assert (Answer(error="command-not-found"),) == found.answers
    assert ("HMP-EXE-004",) == found.clauses


@pytest.mark.parametrize(
    ("name", "ambiguity"),
    [("SETLIVESESSION", "HMP-AMB-038"), ("shareRecording", "HMP-AMB-008"), ("sharerecording", "HMP-AMB-008")],
)
def test_what_may_name_a_command_may_be_executed(name: str, ambiguity: str) -> None:
    found = expect(name, ID, "true")
    assert {"command-not-found", "*", None} == errors(found)
    assert ambiguity == found.ambiguity


@pytest.mark.parametrize(
    ("operation", "values", "ambiguity", "readings"),
    [("setLiveSession", (ID, "True"), "HMP-AMB-039", {"insensitive", "sensitive"}),
     ("shareSessionWithUser", ("somebody", "RECORD", ID), "HMP-AMB-015", {"with-record", "without-record"}),
     ("startRestreamRecording", (ID, "10.1.2.3", "65535"), "HMP-AMB-059", {"inclusive", "exclusive"}),
     ("shareSessionWithUser", ("somebody", "Unlisted", ID), "HMP-AMB-020", {"bad-permission", "not-a-uuid"}),
     ("getRecordingStatus", (ID.upper(),), "HMP-AMB-040", {"accepted", ""})],
)  # fmt: skip
def test_answers_tell_the_reading_that_they_show(
    operation: str, values: tuple[str, ...], ambiguity: str, readings: set[str]
) -> None:
    found = expect(operation, *values)
    assert ambiguity == found.ambiguity
    assert readings == {answer.reading for answer in found.answers}


def test_two_ambiguities_at_once_show_no_reading() -> None:
    found = expect("startRestreamRecording", ID.upper(), "010.001.002.003", "8000")
    assert found.ambiguity is None
    assert {""} == {answer.reading for answer in found.answers}


@settings(max_examples=25)
@given(
    st.sampled_from(sorted(load_system("hmp").operations)),
    st.lists(st.text(max_size=40) | st.sampled_from((ID, "true", "WATCH", "80")), max_size=6),
)
def test_whatever_is_sent_some_answer_conforms(operation: str, values: list[str]) -> None:
    found = expect(operation, *values)
    assert found.answers
    assert found.clauses or None not in errors(found) or "*" in errors(found)


@settings(max_examples=25)
@given(st.sets(st.text(max_size=20), max_size=200), st.text(max_size=20))
def test_a_sieve_never_loses_what_it_holds(held: set[str], other: str) -> None:
    sieve = Sieve()
    assert other not in sieve
    for text in held:
        sieve.add(text)
    assert all(text in sieve for text in held)


def test_recent_holds_the_newest_only() -> None:
    recent = Recent(3)
    for text in "abcda":
        recent.add(text)
    assert [False, True, True, True] == [text in recent for text in "bcda"]
