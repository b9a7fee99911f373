"""Ways to bend the query of a valid HTTP request: what is there twice, missing, empty, unknown, oddly spelled, escaped or very long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from harness.fuzzing.http_query import Field, Plan, Requests, one_of
from harness.spec.model import Base

LONG_VALUE = 65_536
_HOSTILE = (
    b"%", b"%2", b"%zz", b"%u0041", b"%c0%af", b"%00", b"%25", b"%0d%0aX-Injected:%20yes", b"%0a", b"%ff", b"%e2%82%ac", b"+", b"%2B", b"%20",
    b"%F0%9F%98%80", b"'", b"%22", b"%3Cx%3E", b"..%2f", b"$(id)", b"%27%20OR%201=1", b"{{7*7}}", b"\\", b"%5C", b"|", b"%7C", b"#x", b"?", b"/",
    b"\xc3\xa9", b"\xff", b"%EF%BB%BF", b"~", b"!*()",
)  # fmt: skip
NUMBERS = (
    b"0", b"00", b"-1", b"-0", b"+1", b"1.0", b"1.5", b"1e3", b"0x10", b"0b1", b"1_000", b"1,000", b"%201", b"1%20", b"%2B1", b"007", b"abc",
    b"1a", b"a1", b"NaN", b"Infinity", b"", b"2147483647", b"2147483648", b"-2147483648", b"4294967295", b"4294967296", b"9223372036854775807",
    b"9223372036854775808", b"18446744073709551616", b"9" * 40, b"9" * 400, b"%D9%A1%D9%A2", b"%EF%BC%91", b"1%00", b"%31", b"null", b"true",
)  # fmt: skip


class Bends:
    """Bends requests of one system; `requests` makes them."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._system = requests.system
        self._bends: tuple[tuple[str, Callable[[Plan, Random], Plan]], ...] = (
            ("duplicate", self._duplicate), ("missing", self._missing), ("empty", self._empty), ("no-value", self._no_value),
            ("reordered", self._reordered), ("unknown", self._unknown), ("number", self._number), ("number", self._number),
            ("hostile", self._hostile),
            ("escaped", self._escaped), ("twice-escaped", self._twice), ("separators", self._separators), ("name-case", self._name_case),
            ("value-case", self._value_case), ("other-message", self._other), ("other-message", self._other), ("foreign", self._foreign),
            ("long", self._long), ("spaces", self._spaces), ("text", self._text), ("missing", self._missing), ("choice", self._choice),
            ("path", self._path),
        )  # fmt: skip

    def bent(self, plan: Plan, rng: Random) -> tuple[str, Plan]:
        """The request with one thing about its query changed, and what that was."""
        name, bend = self._bends[int(rng.random() * len(self._bends))]
        return name, bend(plan, rng)

    def _at(self, plan: Plan, rng: Random, *, first: int = 0) -> int:
        return min(first + int(rng.random() * max(len(plan.fields) - first, 1)), len(plan.fields) - 1)

    def _set(self, plan: Plan, at: int, field: Field) -> Plan:
        return replace(plan, fields=(*plan.fields[:at], field, *plan.fields[at + 1 :]))

    def _duplicate(self, plan: Plan, rng: Random) -> Plan:
        field = plan.fields[self._at(plan, rng)]
        if rng.random() < 0.6:
            field = replace(field, value=(one_of(NUMBERS, rng),))
        at = int(rng.random() * (len(plan.fields) + 1))
        return replace(plan, fields=(*plan.fields[:at], field, *plan.fields[at:]))

    def _missing(self, plan: Plan, rng: Random) -> Plan:
        at = self._at(plan, rng)
        return replace(plan, fields=(*plan.fields[:at], *plan.fields[at + 1 :]))

    def _empty(self, plan: Plan, rng: Random) -> Plan:
        at = self._at(plan, rng)
        return self._set(plan, at, replace(plan.fields[at], value=()))

    def _no_value(self, plan: Plan, rng: Random) -> Plan:
        at = self._at(plan, rng)
        return self._set(plan, at, replace(plan.fields[at], value=None))

    def _reordered(self, plan: Plan, rng: Random) -> Plan:
        fields = list(plan.fields)
        rng.shuffle(fields)
        return replace(plan, fields=tuple(fields))

    def _unknown(self, plan: Plan, rng: Random) -> Plan:
        names = (
            b"_",
            b"x",
            b"callback",
            b"fromdate2",
            b"debug",
            b"sort",
            b"",
            b"limit",
            b"%00",
            b"a[]",
            b"a[b]",
            b"messageType2",
            b"format",
        )
        field = Field(one_of(names, rng), (one_of((*NUMBERS, *_HOSTILE), rng),))
        at = int(rng.random() * (len(plan.fields) + 1))
        return replace(plan, fields=(*plan.fields[:at], field, *plan.fields[at:]))

    def _number(self, plan: Plan, rng: Random) -> Plan:
        at = self._at(plan, rng, first=1)
        return self._set(plan, at, replace(plan.fields[at], value=(one_of(NUMBERS, rng),)))

    def _text(self, plan: Plan, rng: Random) -> Plan:
        """A value bent by one character."""
        at = self._at(plan, rng)
        value = self._requests.literal(plan.fields[at])
        place = int(rng.random() * (len(value) + 1))
        new = one_of((b"", b"x", b"0", b"-", b".", b" ".replace(b" ", b"%20"), value[place : place + 1] * 2), rng)
        return self._set(plan, at, replace(plan.fields[at], value=(value[:place] + new + value[place + 1 :],)))

    def _hostile(self, plan: Plan, rng: Random) -> Plan:
        at = self._at(plan, rng)
        field, new = plan.fields[at], one_of(_HOSTILE, rng)
        if rng.random() < 0.2:
            return self._set(plan, at, replace(field, name=field.name + new))
        value = field.value or ()
        return self._set(plan, at, replace(field, value=(*value, new) if rng.random() < 0.7 else (new, *value)))

    def _escaped(self, plan: Plan, rng: Random) -> Plan:
        """Letters and digits as percent escapes, which mean the same."""
        at = self._at(plan, rng)
        field = plan.fields[at]
        form = "%%%02X" if rng.random() < 0.5 else "%%%02x"
        if rng.random() < 0.3:
            return self._set(plan, at, replace(field, name=_escape(field.name, form, rng)))
        return self._set(plan, at, replace(field, value=(_escape(self._requests.literal(field), form, rng),)))

    def _twice(self, plan: Plan, rng: Random) -> Plan:
        at = self._at(plan, rng)
        value = _escape(self._requests.literal(plan.fields[at]), "%%%02X", rng).replace(b"%", b"%25")
        return self._set(plan, at, replace(plan.fields[at], value=(value,)))

    def _separators(self, plan: Plan, rng: Random) -> Plan:
        glue = one_of((b";", b"&&", b"&amp;", b"\\&", b",", b"&;", b"&%26", b"&?", b"|", b"&=&"), rng)
        if rng.random() < 0.5:
            return replace(plan, glue=glue)
        if rng.random() < 0.5:
            return replace(plan, tail=one_of((b"&", b"&&", b";", b"&=", b"#", b"#x", b"?", b"&x", b"%26"), rng))
        return replace(plan, mark=one_of((b"?&", b"??", b"?;", b"&", b"/?", b"?=&", b"%3F", b";x=y?"), rng))

    def _name_case(self, plan: Plan, rng: Random) -> Plan:
        at = self._at(plan, rng)
        change = one_of((bytes.lower, bytes.upper, bytes.swapcase, bytes.capitalize), rng)
        return self._set(plan, at, replace(plan.fields[at], name=change(plan.fields[at].name)))

    def _value_case(self, plan: Plan, rng: Random) -> Plan:
        at = self._at(plan, rng) if rng.random() < 0.5 else 0
        change = one_of((bytes.lower, bytes.upper, bytes.swapcase), rng)
        return self._set(plan, at, replace(plan.fields[at], value=(change(self._requests.literal(plan.fields[at])),)))

    def _other(self, plan: Plan, rng: Random) -> Plan:
        """The selector names nothing, or nearly something."""
        value = self._requests.literal(plan.fields[0])
        at = int(rng.random() * max(len(value), 1))
        words = (
            b"", b"Nothing", b"None", value + b"s", value[:-1], value[:at] + value[at + 1 :], value[:at] + b"x" + value[at:], value + value,
            b"StreamHistories", b"index", value + b"%20", b"%09" + value, value + b"%00", value + b".php", b"*", b"0",
        )  # fmt: skip
        return self._set(plan, 0, replace(plan.fields[0], value=(one_of(words, rng),)))

    def _foreign(self, plan: Plan, rng: Random) -> Plan:
        """A parameter of another message, which this one does not have or has with another meaning."""
        other = self._requests.plan(one_of(self._requests.names, rng), rng)
        field = other.fields[self._at(other, rng)]
        at = 1 + int(rng.random() * len(plan.fields))
        return replace(plan, fields=(*plan.fields[:at], field, *plan.fields[at:]))

    def _long(self, plan: Plan, rng: Random) -> Plan:
        size = int(LONG_VALUE ** (0.5 + rng.random() / 2))
        at = self._at(plan, rng)
        word = one_of((b"9", b"a", b"%41", b"0", b"&a=1", b"%00"), rng)
        value = (word * (size // len(word) + 1))[: size // len(word) * len(word)]
        if rng.random() < 0.3:
            return replace(plan, fields=(*plan.fields, Field(b"x", (value,))))
        return self._set(plan, at, replace(plan.fields[at], value=(value,)))

    def _spaces(self, plan: Plan, rng: Random) -> Plan:
        at, space = self._at(plan, rng), one_of((b"%20", b"+", b"%09", b"%0a", b"%C2%A0", b"%0d"), rng)
        value = plan.fields[at].value or ()
        return self._set(
            plan, at, replace(plan.fields[at], value=(space, *value) if rng.random() < 0.5 else (*value, space))
        )

    def _choice(self, plan: Plan, rng: Random) -> Plan:
        """A word that the list of choices has not, or has under some reading; without the value that it asks for."""
        operation = self._system.operations[plan.operation]
        enums = [
            (own, self._system.types[one.type])
            for own, one in operation.parameters.items()
            if self._system.types[one.type].base is Base.ENUM
        ]
        if not enums:
            return self._number(plan, rng)
        own, kind = one_of(enums, rng)
        words = (*kind.choices, *kind.choices, *kind.open_choices, "NOTHING", "", kind.choices[0] + "S")
        kept = [field for field in plan.fields if field.name != own.encode()]
        return replace(plan, fields=(*kept, Field(own.encode(), (one_of(words, rng).encode(),))))

    def _path(self, plan: Plan, rng: Random) -> Plan:
        path = plan.path
        paths = (
            path + b"/", path + b"/x", b"/" + path, path.replace(b"/", b"//", 2), path.upper(), path[:-1], b"/", b"*", path.replace(b"e", b"%65", 1),
            b"/./" + path[1:], b"/x/.." + path, path + b";v=1", path + b"%00", path + b"%20", path.rpartition(b"/")[0] + b"/",
        )  # fmt: skip
        return replace(plan, path=one_of(paths, rng))


def _escape(data: bytes, form: str, rng: Random) -> bytes:
    if b"%" in data:
        return data.lower() if form.islower() else data
    every = rng.random() < 0.5
    return b"".join((form % byte).encode() if every or rng.random() < 0.3 else bytes((byte,)) for byte in data)
