"""Requests of an HTTP system as parts that can be bent one by one: valid ones, and ones with a certain defect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar
from urllib.parse import quote

from harness.fuzzing.script import Part, Slot, joined
from harness.messages.http import AGENT
from harness.spec.model import Base, Operation, Parameter, System
from harness.target import Target

# Where in a busy period a window begins at most, in seconds; it is so long that there are about so many rows at most.
SPAN_S = 3000
LENGTHS_S = (1, 2, 5, 10, 20, 59, 60, 61, 120, 299, 600)
MOST_ROWS = 40
USUAL_ROWS = 1000  # in an hour, of a device of which it is not known
HOUR_S = 3600
FEW_WEIGHT = 3  # of defects of which there are few
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Field:
    """One name and value of a query; `value` None: there is no equals sign."""

    name: bytes
    value: tuple[Part, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A request that can still be bent.

    Attributes:
        operation: whose request it is, as the spec calls it.
        glue: what stands between the fields.
        headers: lines behind the request line, with their ends; Host first.
    """

    operation: str
    path: bytes
    fields: tuple[Field, ...]
    method: bytes = b"GET"
    glue: bytes = b"&"
    mark: bytes = b"?"
    tail: bytes = b""
    version: bytes = b" HTTP/1.1\r\n"
    headers: bytes = b""
    body: bytes = b""

    def parts(self) -> tuple[Part, ...]:
        """What is sent."""
        found: list[Part] = [self.method, b" ", self.path]
        for index, field in enumerate(self.fields):
            found.append(self.glue if index else self.mark)
            found.append(field.name)
            if field.value is not None:
                found += (b"=", *field.value)
        found += (self.tail, self.version, self.headers, b"\r\n", self.body)
        return joined(found)


class Requests:
    """Requests for one system on one target."""

    def __init__(self, system: System, target: Target) -> None:
        self.system = system
        self._target = target
        host = f"[{target.host}]" if ":" in target.host else target.host
        port = next(iter(target.ports.values()), 80)
        self.host = (host if port == 80 else f"{host}:{port}").encode()
        self.headers = b"Host: " + self.host + b"\r\nUser-Agent: " + AGENT.encode() + b"\r\n"
        self.names = [name for name, one in system.operations.items() if one.request is not None]
        self.windowed = [name for name in self.names if system.operations[name].window is not None]
        self.paged = [name for name in self.names if system.operations[name].paging is not None]
        self._grid = [one for one in self._defects() for _ in range(FEW_WEIGHT if one[2] or one[3] is None else 1)]

    def _defects(self) -> Iterator[tuple[str, str, str, bytes | None]]:
        """What certainly makes a request incomplete or wrong: message, parameter, condition's parameter and value, its value or None for none."""
        for name in self.names:
            operation = self.system.operations[name]
            for own, parameter in operation.parameters.items():
                if parameter.optional:
                    continue
                yield name, own, "", None
                if self.system.types[parameter.type].base is Base.XS_INTEGER:
                    yield from (
                        (name, own, "", value) for value in (b"", b"abc", b"{}.5", b"{}abc", b"{}e0", b"0x{}", b"{}.0")
                    )
            for condition in operation.conditions:
                for word in condition.values:
                    yield name, condition.needs, f"{condition.parameter}={word}", None
                    yield name, condition.needs, f"{condition.parameter}={word}", b"abc"
            for own, parameter in operation.parameters.items():
                if self.system.types[parameter.type].base is Base.ENUM:
                    yield name, own, "", b"NOTHING"

    def defective(self, rng: Random) -> tuple[Plan, ...]:
        """A request with one certain defect, sometimes between two that are as they should be."""
        name, own, condition, value = one_of(self._grid, rng)
        plan = self.plan(name, rng)
        if condition:
            word, _, choice = condition.partition("=")
            kept = tuple(one for one in plan.fields if one.name != word.encode())
            plan = replace(plan, fields=(*kept, Field(word.encode(), (choice.encode(),))))
        place = next((at for at, one in enumerate(plan.fields) if one.name == own.encode()), -1)
        rest = tuple(one for one in plan.fields if one.name != own.encode())
        before = (plan,) if rng.random() < (0.6 if value is None else 0.2) else ()
        behind = (self.plan(name, rng),) if rng.random() < 0.3 else ()
        if value is None:
            return (*before, replace(plan, fields=rest), *behind)
        old = self.literal(plan.fields[place]) if place >= 0 else b"1"
        field = Field(own.encode(), (value.replace(b"{}", old),))
        at = place if place >= 0 else len(rest)
        return (*before, replace(plan, fields=(*rest[:at], field, *rest[at:])), *behind)

    # valid ones

    def plan(self, name: str, rng: Random, *, offset_s: int | None = None, length_s: int | None = None) -> Plan:
        """A valid request; of a period of so many seconds, if it asks for one."""
        operation = self.system.operations[name]
        assert operation.request is not None
        request = operation.request
        values = list(request.values.values()) or [request.value]
        fields = [Field(request.selector.encode(), (one_of(values, rng).encode(),))]
        start = int(rng.random() * SPAN_S) if offset_s is None else offset_s
        length = one_of(self.lengths(name), rng) if length_s is None else length_s
        wanted = {
            condition.needs
            for condition in operation.conditions
            if condition.parameter in operation.parameters and rng.random() < 0.3
        }
        for own, parameter in operation.parameters.items():
            if parameter.optional and own not in wanted and rng.random() < 0.6:
                continue
            fields.append(Field(own.encode(), self._value(operation, own, parameter, rng, start, length)))
        return Plan(operation=name, path=request.path.encode(), fields=tuple(fields), headers=self.headers)

    def lengths(self, name: str, most_rows: int = MOST_ROWS) -> Sequence[int]:
        """How long periods may be that have few rows of a message."""
        counts = self._target.fixtures.get("row_counts")
        known = counts.get(name) if isinstance(counts, dict) else None
        rows = known if isinstance(known, int) and known > 0 else USUAL_ROWS
        longest = max(most_rows * HOUR_S // rows, LENGTHS_S[1])
        return [length for length in LENGTHS_S if length <= longest]

    def pages(self, name: str, rng: Random, start: int, length: int, rows: int, offset: Part | None) -> Plan:
        """A request for a part of a list; the names in the order of the spec."""
        operation = self.system.operations[name]
        assert operation.paging is not None
        plan = self.plan(name, rng, offset_s=start, length_s=length)
        kept = [
            field
            for field in plan.fields
            if field.name.decode() not in operation.parameters or not operation.parameters[field.name.decode()].optional
        ]
        kept = [field for field in kept if field.name.decode() != operation.paging.rows]
        kept.append(Field(operation.paging.rows.encode(), (b"%d" % rows,)))
        if offset is not None:
            kept.append(Field(operation.paging.offset.encode(), (offset,)))
        return replace(plan, fields=tuple(kept))

    def _value(
        self, operation: Operation, own: str, parameter: Parameter, rng: Random, start: int, length: int
    ) -> tuple[Part, ...]:
        window, paging = operation.window, operation.paging
        if window is not None and own in (window.start, window.end):
            return (time_slot(start if own == window.start else start + length),)
        if parameter.object is not None:
            return (self.object_value(parameter.object, rng),)
        kind = self.system.types[parameter.type]
        if kind.base is Base.ENUM:
            return (one_of(kind.choices, rng).encode(),)
        if paging is not None and own == paging.rows:
            return (b"%d" % one_of((1, 2, 3, 10, 100, 1_000_000), rng),)
        if paging is not None and own == paging.offset and kind.base is Base.XS_INTEGER:
            return (b"%d" % one_of((0, 0, 0, 1, 2, 7), rng),)
        return (quote(one_of(parameter.examples or ["1"], rng), safe="").encode(),)

    def object_value(self, kind: str, rng: Random) -> Part:
        """The id of an object of the target file, or one that nothing has."""
        keys = list(self.system.objects[kind].fixtures.values())
        key = one_of(keys, rng)
        count = len(self._target.fixture_texts(key))
        if not count:
            return b"1"
        return Slot(f"fixture:{key}:{int(rng.random() * count)}")

    def literal(self, field: Field) -> bytes:
        """A value as bytes; what stands in its slots, as far as it is known when a script is built."""
        return b"".join(part if isinstance(part, bytes) else self._known(part) for part in field.value or ())

    def _known(self, slot: Slot) -> bytes:
        kind, _, rest = slot.name.partition(":")
        name, _, state = rest.partition(":")
        if kind == "time":
            base = self._target.fixtures.get("busy_hour_from")
            return b"%d" % ((base if isinstance(base, int) else 1_233_856_800) + int(state))
        texts = self._target.fixture_texts(name)
        return quote(texts[int(state)], safe="").encode() if int(state) < len(texts) else b"1"


def time_slot(offset_s: int, window: str = "busy") -> Slot:
    """So many seconds after the beginning of a period of the device's."""
    return Slot(f"time:{window}:{offset_s:+d}")


def one_of(items: Sequence[T], rng: Random) -> T:
    """Any one of them."""
    return items[int(rng.random() * len(items))]
