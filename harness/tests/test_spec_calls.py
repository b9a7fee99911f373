"""Methods that are called with structs: values and versions, and the clauses that follow from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.spec.callmodel import Kind, Method, Scalar, Slip
from harness.spec.callvalues import choices_at, default_at, exists, fits, has_form, is_value, members_at, type_at, typed
from harness.spec.clauses import catalogue
from harness.spec.clauses_calls import slips, wrong_of
from harness.spec.lint import mistakes
from harness.spec.model import Level, Source, System
from harness.tests.calls_made import made, made_system

SYSTEM = made_system()
SOURCE = Source(section="Made", lines=[1, 1])


def scalar(base: str, **limits: Any) -> Scalar:
    return Scalar(base=Kind(base), source=SOURCE, **limits)


def method(name: str) -> Method:
    call = SYSTEM.operations[name].call
    assert call is not None
    return call


@pytest.mark.parametrize(
    ("kind", "inside", "outside"),
    [
        (scalar("string", maximum=3), ["", "abc", "äöü"], ["abcd"]),
        (scalar("string", minimum=2, maximum=3), ["ab"], ["a", "abcd"]),
        (scalar("string", ascii=True), ["abc", ""], ["ä"]),
        (scalar("string", alphabet="01"), ["0110", ""], ["012", "a"]),
        (scalar("string", choices=["a", "b"]), ["a"], ["A", "", "ab"]),
        (scalar("int"), ["0", "-2147483648", "2147483647"], ["2147483648", "-2147483649", "1.0", "", "007", "+1", "x"]),
        (scalar("int", minimum=0, maximum=5, gaps=[3]), ["0", "5"], ["-1", "6", "3"]),
        (scalar("int", choices=["10", "100"]), ["10"], ["11"]),
        (scalar("boolean"), ["true", "false"], ["1", "True", ""]),
        (scalar("base64", maximum=3), ["", "YWJj"], ["YWJjZA==", "*"]),
        (scalar("dateTime"), ["20140107T13:31:26"], ["2014-01-07T13:31:26", "20141307T13:31:26", ""]),
        (scalar("double"), ["1.5", "2"], ["x"]),
    ],
)
def test_texts_are_values_within_the_limits(kind: Scalar, inside: list[str], outside: list[str]) -> None:
    assert [text for text in inside if not fits(kind, text)] == []
    assert [text for text in outside if fits(kind, text)] == []


@pytest.mark.parametrize(
    ("form", "inside", "outside"),
    [
        (
            "http-uri",
            ["http://a/", "https://[2001:db8::1]:8443/x"],
            ["ftp://a/", "http:///x", "a", "http://[1/", "http://a:99999/"],
        ),
        ("conference-uri", ["a", "a@b.c"], ["", "a@b@c"]),
        ("ipv4", ["192.0.2.1"], ["192.0.2.256", "2001:db8::1", "1.2.3"]),
        ("ipv6", ["2001:db8::1"], ["192.0.2.1", "2001:db8::1/64"]),
        ("ip", ["192.0.2.1", "2001:db8::1"], ["host", ""]),
        ("mac", ["000D7C000C66", "BA:98:76:54:32:10", "ba-98-76-54-32-10"], ["000D7C000C6", "0:1:2:3:4:5"]),
        ("host", ["ntp.example.com", "192.0.2.1"], ["", "a b", "-a"]),
        ("decimal", ["0", "18446744073709551615"], ["-1", "", "1.0", "²"]),
    ],
)
def test_forms(form: str, inside: list[str], outside: list[str]) -> None:
    assert [text for text in inside if not has_form(form, text)] == []
    assert [text for text in outside if has_form(form, text)] == []


def test_an_unknown_form_is_no_form() -> None:
    with pytest.raises(ValueError, match="shape"):
        has_form("shape", "x")


@pytest.mark.parametrize(
    ("base", "value"),
    [
        ("int", True),
        ("boolean", 1),
        ("string", b"a"),
        ("base64", "a"),
        ("dateTime", "20140107T13:31:26"),
        ("double", 1),
    ],
)
def test_a_value_of_another_type_is_none(base: str, value: Any) -> None:
    assert not is_value(scalar(base), value)


@given(st.integers(-(2**40), 2**40))
def test_an_int_is_a_value_when_four_bytes_hold_it(number: int) -> None:
    assert fits(scalar("int"), str(number)) == (-(2**31) <= number < 2**31)


def test_texts_stand_for_typed_values() -> None:
    assert typed(scalar("base64"), "YWJj") == b"abc"
    assert typed(scalar("dateTime"), "20140107T13:31:26") == datetime(2014, 1, 7, 13, 31, 26)  # noqa: DTZ001  # it has none
    assert typed(scalar("boolean"), "false") is False


def test_a_version_has_what_came_until_then_and_what_did_not_go() -> None:
    assert SYSTEM.calls is not None
    takes = method("room.make").takes
    assert [v for v in SYSTEM.calls.versions if "extra" in members_at(SYSTEM.calls, takes, v)] == ["2.0"]
    assert "extra" not in members_at(SYSTEM.calls, takes, None)
    assert exists(SYSTEM.calls.versions, "1.0", method("room.make"))
    word = SYSTEM.scalars["word"]
    assert choices_at(SYSTEM.calls, word, "1.0") == ["low"]
    assert choices_at(SYSTEM.calls, word, None) == ["low", "high"]


def test_a_version_has_the_default_that_it_had() -> None:
    assert SYSTEM.calls is not None
    level = method("room.make").takes["level"]
    assert [default_at(SYSTEM.calls, level, version) for version in ("1.0", "2.0", None)] == ["high", "low", "low"]
    assert type_at(SYSTEM.calls, level, "1.0") == "word"


def test_slips_follow_from_the_type_and_the_member() -> None:
    takes = method("room.make").takes
    told = {name: set(slips(SYSTEM, member)) - {Slip.MALFORMED} for name, member in takes.items()}
    assert told == {
        "name": {Slip.LENGTH},
        "level": {Slip.CHOICE},
        "seats": {Slip.RANGE, Slip.BOTH},
        "seatsUnlimited": set(),
        "credits": {Slip.RANGE},
        "gain": {Slip.RANGE},
        "doors": {Slip.FEW, Slip.MANY},
        "extra": {Slip.BYTES},
    }
    assert set(slips(SYSTEM, method("room.end").takes["roomID"])) == {Slip.MALFORMED, Slip.LENGTH, Slip.UNKNOWN}
    assert set(slips(SYSTEM, SYSTEM.structs["door"].members["pin"])) == {Slip.MALFORMED, Slip.LENGTH, Slip.CHARACTERS}


def test_what_answers_a_slip_is_said_by_the_member_the_object_or_for_all() -> None:
    data = made()
    data["operations"]["room.make"]["call"]["takes"]["gain"]["wrong"] = {"range": {"fault": "range"}}
    system = msgspec.convert(data, System)
    call = system.operations["room.make"].call
    assert call is not None
    answers = [wrong_of(system, call.takes[name], Slip.RANGE) for name in ("gain", "seats")]
    assert [one.fault or list(one.faults.values()) for one in answers if one is not None] == [
        "range",
        ["invalid", "range"],
    ]
    unknown = wrong_of(system, call.returns["roomID"], Slip.UNKNOWN)
    assert unknown is not None
    assert unknown.fault == "missing"


def test_clauses_follow_from_the_structure() -> None:
    entries = catalogue(SYSTEM)
    derived = {name.removeprefix("MAD-") for name in entries if name not in SYSTEM.clauses}
    assert derived >= {
        "room.make", "room.make.name", "room.make.name:type", "room.make.name:length", "room.make.name:default", "room.make.name:shown",
        "room.make.level:choice", "room.make.seats:range", "room.make.seats:both", "room.make.credits:rounded", "room.make.gain:ignored",
        "room.make.doors:required", "room.make.doors:few", "room.make.doors:many", "room.make.extra:bytes",
        "room.make.returned.roomID", "room.make.returned.roomID:type", "room.make.returned.roomID:length",
        "room.make.returned.name:absent", "room.make.returned.name:echo", "room.make:fault.range", "room.make:fault.full",
        "room.query.roomID:unknown", "room.query.returned.level:choice", "room.query.returned.seatsUnlimited:always",
        "room.end:status", "room.set.level:shown",
        "struct.door.pin:characters", "struct.door.open:required", "struct.door.returned.guard",
        "callback.told", "callback.told.name:type", "file.about.xml", "file.about.xml.small.kind",
    }  # fmt: skip
    assert not derived & {
        "room.make:status",
        "room.make.extra:shown",
        "room.make.extra:default",
        "room.query.roomID:shown",
    }


def test_levels_follow_from_what_is_open() -> None:
    entries = catalogue(SYSTEM)
    levels = {name: entries[f"MAD-{name}"].level for name in (
        "room.make.name:length", "room.make.seats:range", "room.query.returned.credits", "struct.door.returned.guard", "room.query.returned.level",
    )}  # fmt: skip
    assert list(levels.values()) == [Level.MAY, Level.MUST, Level.MAY, Level.MAY, Level.MUST]


def test_the_made_spec_has_no_mistakes() -> None:
    assert [(one.keys, one.expected, one.got) for one in mistakes(SYSTEM, "made")] == []
