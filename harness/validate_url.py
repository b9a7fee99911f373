"""What is wrong with one HTTP request, a URL or a request with its head, and at which character.

A parameter's value is right if it is so under some reading: of a parameter that stands there twice any value counts, and a
plus sign may be a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from urllib.parse import unquote, unquote_plus

from harness.datatypes import MOST_DIGITS, XS_INTEGER
from harness.messages.reply import readable
from harness.openforms import value_readings
from harness.spec.model import Base, DataType, Operation, Parameter, System
from harness.spec.xmlmodel import HttpSyntax, Window
from harness.validation import Finding, mismatch, nearest

_REQUEST_LINE = re.compile(r"([^\s/]+) +(\S.*?)( +HTTP/\d[.\d]*)?")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
# What cannot stand in a request line as it is (RFC 9112, 3): white space, control characters, half an escape.
_UNSENDABLE = re.compile(r"[\x00-\x20\x7f]|%(?![0-9A-Fa-f]{2})")
# What a URL escapes and a request line can still carry (RFC 3986, 3.4).
_UNESCAPED = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]")
_OPEN_NUMBERS = {
    "negative": re.compile(r"\s*-.*"),
    "leading-zeros": re.compile(r"\s*[+-]?0[0-9].*"),
    "plus-sign": re.compile(r"\s*\+.*"),
    "padded": re.compile(r"\s.*|.*\s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One `name=value` of a query: where its name and value begin in the line (from 0), and both unescaped."""

    name: str
    at: int
    value_at: int
    values: tuple[str, ...]  # with a plus sign as itself, and as a space
    escaped: bool  # the name has an escape


def is_request(data: bytes) -> bool:
    """Whether the beginning of a file is a URL or a request rather than a reply."""
    line = data.lstrip(b"\r\n").split(b"\n", 1)[0].decode("latin-1").strip()
    match = _REQUEST_LINE.fullmatch(line)
    if match is not None and (match[2][0] == "/" or _ABSOLUTE.match(match[2]) is not None):
        return True
    return line.startswith(("/", "?")) or _ABSOLUTE.match(line) is not None


def request_findings(system: System, syntax: HttpSyntax, data: bytes, operation: str) -> Finding:
    """What is wrong with a request; `operation` is what it shall be, "" for any."""
    text = data.decode("utf-8", "surrogateescape")
    first, _, rest = text.partition("\n")
    judge = _Judge(system, syntax, first.rstrip("\r"), operation)
    judge.run()
    found = judge.found
    if not judge.has_head and rest.strip():
        line = next(number for number, part in enumerate(rest.split("\n"), 2) if part.strip())
        found.breaks(syntax.rules["method"], 1, "one request per file, but more follows behind the URL", line=line)
    return found


class _Judge:
    """Judges one request line; `found` gathers what is wrong."""

    def __init__(self, system: System, syntax: HttpSyntax, line: str, wanted: str) -> None:
        self.system = system
        self.syntax = syntax
        self.line = line
        self.wanted = wanted
        self.found = Finding()
        self.has_head = False

    def run(self) -> None:
        at, target = self._target()
        bad = _UNSENDABLE.search(target)
        if bad is not None:
            what = "a character that must be escaped in a URL" if bad[0] != "%" else "an escape that is cut short"
            self._breaks(
                self.syntax.rules["method"],
                at + bad.start(),
                f"{what}: {readable(bad[0].encode(errors='replace'), 20)}",
            )
        if "#" in target:
            self._open("fragment")
            target = target[: target.index("#")]
        path, _, query = target.partition("?")
        if "\\&" in query and self._open("backslash"):
            query = query.replace("\\&", "&\0")  # of the same length, so that columns stay what they are
        if _UNESCAPED.search(query.replace("\0", "")) is not None:
            self._open("unescaped-value")
        items = list(_items(query, at + len(path) + 1))
        operation = self._operation(path, at, items)
        if operation is None:
            return
        self.found.operation = operation
        if self.wanted and self.wanted != operation:
            self._breaks(
                f"{self.system.prefix}-{self.wanted}",
                at,
                f"expected a request for {self.wanted}, got one for {operation}",
            )
        self._parameters(operation, items)

    def _breaks(self, clause: str, at: int, message: str) -> None:
        self.found.breaks(clause, at + 1, message)

    def _open(self, point: str) -> bool:
        """Note an open point, if the spec has it; whether the request may conform by it."""
        ambiguity = self.syntax.open_points.get(point)
        if ambiguity is not None:
            self.found.depends(self.system, ambiguity)
        return ambiguity is not None

    def _target(self) -> tuple[int, str]:
        """The target without scheme and host, and where it begins; the method is judged on the way."""
        at, target = 0, self.line
        match = _REQUEST_LINE.fullmatch(self.line)
        if match is not None and _ABSOLUTE.match(self.line) is None and self.line[:1] not in ("/", "?"):
            self.has_head = match[3] is not None
            at, target = match.start(2), match[2]
            if match[1] != self.syntax.method:
                got = readable(match[1].encode(errors="replace"), 20)
                self._breaks(self.syntax.rules["method"], 0, f"expected {self.syntax.method}, got {got}")
        host = _ABSOLUTE.match(target)
        return (at, target) if host is None else (at + host.end(), target[host.end() :])

    def _operation(self, path: str, at: int, items: Sequence[_Item]) -> str | None:
        """The operation that a request is for; None, with the reason noted, if there is none."""
        paths = {operation.request.path for operation in self.system.operations.values() if operation.request}
        given = unquote(path)
        base = next((known for known in paths if given.startswith(known + "/")), given)
        if base not in paths or (base != given and "extra-path" not in self.syntax.open_points):
            known = " or ".join(sorted(paths))
            self._breaks(
                self._unknown(None),
                at,
                f"expected the path {known}, got {readable(given.encode(errors='replace'), 60)}",
            )
            base = ""
        elif base != given:
            self._open("extra-path")
        here = {
            name: operation
            for name, operation in self.system.operations.items()
            if operation.request is not None and base in ("", operation.request.path)
        }
        selector = next(operation.request.selector for operation in here.values() if operation.request)
        chosen = [item for item in items if self._is(item, selector)]
        if not chosen or not any(chosen[0].values):
            where = chosen[0].value_at if chosen else at + len(path)
            self._breaks(self._unknown(base), where, f"expected {selector}, which says what is asked for, got none")
            return self.wanted or None
        return self._selected(here, chosen, selector, base)

    def _selected(self, here: dict[str, Operation], chosen: Sequence[_Item], selector: str, path: str) -> str | None:
        if len(chosen) > 1:
            self._open("duplicate-parameter")
        found = [(name, "") for item in chosen for name, one in here.items() if _selects(name, one) in item.values]
        found += [
            (name, one.request.ambiguity or "")
            for item in chosen
            for name, one in here.items()
            if one.request is not None and not {*one.request.values.values()}.isdisjoint(item.values)
        ]
        if not found and "selector-case" in self.syntax.open_points:
            lower = {value.lower() for item in chosen for value in item.values}
            found = [
                (name, self.syntax.open_points["selector-case"])
                for name, one in here.items()
                if one.request is not None
                and not lower.isdisjoint(value.lower() for value in (_selects(name, one), *one.request.values.values()))
            ]
        if not found:
            known = [
                value
                for name, one in here.items()
                if one.request
                for value in (*one.request.values.values(), _selects(name, one))
            ]
            got = chosen[0].values[0]
            shown = readable(got.encode(errors="replace"), 60)
            self._breaks(
                self._unknown(path), chosen[0].value_at, f"there is no {selector} {shown}; {nearest(got, known)}"
            )
            return self.wanted or None
        name, ambiguity = next((one for one in found if one[0] == self.wanted), found[0])
        if ambiguity:
            self._reading(name, ambiguity, chosen)
        return name

    def _reading(self, name: str, ambiguity: str, chosen: Sequence[_Item]) -> None:
        """Which reading a spelling of the selector belongs to."""
        request = self.system.operations[name].request
        spelled = {value for item in chosen for value in item.values}
        readings = [reading for reading, value in request.values.items() if value in spelled] if request else []
        if readings and request is not None and ambiguity == request.ambiguity:
            self.found.readings[ambiguity] = " or ".join(sorted(readings))
        else:
            self.found.depends(self.system, ambiguity)

    def _unknown(self, path: str | None) -> str:
        """The clause that a selector names an operation, at a path; None for any."""
        for name, operation in self.system.operations.items():
            if operation.request is not None and (not path or operation.request.path == path):
                return f"{self.system.prefix}-{name}.error.{operation.request.unknown}"
        return self.syntax.rules["method"]

    def _is(self, item: _Item, name: str) -> bool:
        """Whether an item is this parameter, under some reading; letter case may be open."""
        if item.name != name and not (
            "parameter-case" in self.syntax.open_points and item.name.lower() == name.lower()
        ):
            return False
        if item.name != name:
            self._open("parameter-case")
        if item.escaped:
            self._open("escaped-name")
        return True

    def _parameters(self, name: str, items: Sequence[_Item]) -> None:
        operation = self.system.operations[name]
        selector = operation.request.selector if operation.request is not None else ""
        given: dict[str, list[_Item]] = {}
        for parameter_name, parameter in operation.parameters.items():
            spellings = list(parameter.names.values()) or [parameter_name]
            given[parameter_name] = [item for item in items if any(item.name == spelling for spelling in spellings)]
            if not given[parameter_name]:
                given[parameter_name] = [
                    item for item in items if any(self._is(item, spelling) for spelling in spellings)
                ]
            elif any(item.escaped for item in given[parameter_name]):
                self._open("escaped-name")
            self._parameter(name, parameter_name, parameter, given[parameter_name])
        known = {id(item) for own in given.values() for item in own}
        for item in items:
            if id(item) not in known and item.name.lower() != selector.lower() and not self._open("unknown-parameter"):
                shown = readable(item.name.encode(errors="replace"), 60)
                self._breaks(f"{self.system.prefix}-{name}", item.at, f"{name} has no parameter {shown}")
        if operation.window is not None:
            self._window(name, operation.window, given)
        self._conditions(operation, given)

    def _parameter(self, operation: str, name: str, parameter: Parameter, items: Sequence[_Item]) -> None:
        base = f"{self.system.prefix}-{operation}.{name}"
        if len(items) > 1:
            self._open("duplicate-parameter")
        if parameter.name_ambiguity is not None and items:
            fits = [reading for reading, spelling in parameter.names.items() if spelling == items[0].name]
            if fits and len(fits) < len(parameter.names):
                self.found.readings[parameter.name_ambiguity] = " or ".join(sorted(fits))
        values = [value for item in items for value in item.values]
        if not items:
            if parameter.missing_ambiguity is not None:
                self.found.depends(self.system, parameter.missing_ambiguity)
            elif not parameter.optional:
                clause = f"{base}.required" if parameter.missing else base
                self._breaks(clause, len(self.line), f"expected the parameter {name}, which is not there")
            return
        if not any(values) and parameter.empty is not None:
            self.found.depends(self.system, parameter.empty)
            return
        if any("+" in item.values[0] for item in items) and any(len(item.values) > 1 for item in items):
            self._open("plus-as-space")
        kind = self.system.types[parameter.type]
        readings = [value_readings(self.system, kind, value) for value in values]
        fitting = [one for one in readings if one is not None]
        if fitting:
            for ambiguity in min(fitting, key=len):
                self.found.depends(self.system, ambiguity)
            self._spelling(kind, values)
            return
        for open_point in (parameter.any_text, parameter.invalid_ambiguity):
            if open_point is not None and (
                open_point == parameter.any_text or self.system.ambiguities[open_point].accepted
            ):
                self.found.depends(self.system, open_point)
                return
        clause = f"{base}.type" if parameter.invalid else base
        self._breaks(clause, items[0].value_at, mismatch(self.system, parameter, values[0]))

    def _spelling(self, kind: DataType, values: Sequence[str]) -> None:
        """Spellings of a number on which the document is silent."""
        if kind.base in (Base.XS_INTEGER, Base.XS_NON_NEGATIVE):
            for form, pattern in _OPEN_NUMBERS.items():
                if form in kind.open_forms and all(pattern.fullmatch(value) for value in values):
                    self.found.depends(self.system, kind.open_forms[form])

    def _window(self, operation: str, window: Window, given: dict[str, list[_Item]]) -> None:
        """The period must be right for some pair of values; what is no number is a matter of its type."""
        starts, ends = (_numbers(given.get(name, ())) for name in (window.start, window.end))
        lengths = [end - start for start, end in product(starts, ends)]
        if not lengths or any(0 <= length <= window.longest_s for length in lengths):
            return
        base = f"{self.system.prefix}-{operation}.window"
        at = given[window.end][0].value_at
        longer = [length for length in lengths if length > 0]
        ambiguity = window.longer if longer else window.reversed
        if ambiguity is not None:
            self.found.depends(self.system, ambiguity)
        elif longer:
            self._breaks(base, at, f"expected a period of at most {window.longest_s} seconds, got {min(longer)}")
        else:
            self._breaks(
                f"{base}.reversed",
                at,
                f"expected {window.end} not before {window.start}, got {-lengths[0]} seconds before",
            )

    def _conditions(self, operation: Operation, given: dict[str, list[_Item]]) -> None:
        for condition in operation.conditions:
            items = given.get(condition.parameter, [])
            values = {value for item in items for value in item.values}
            if values and values <= {*condition.values} and not given.get(condition.needs):
                message = f"expected {condition.needs} too where {condition.parameter} is {min(values)}"
                self._breaks(condition.clause, items[0].value_at, message)


def _selects(name: str, operation: Operation) -> str:
    request = operation.request
    if request is None:
        return name
    return request.value or ("" if request.values else name)


def _items(query: str, at: int) -> Iterator[_Item]:
    for part in query.split("&"):
        if part.strip("\0"):
            at += len(part) - len(part.lstrip("\0"))
            part = part.lstrip("\0")
            name, equals, value = part.partition("=")
            plain, spaced = unquote(value), unquote_plus(value)
            yield _Item(
                name=unquote_plus(name),
                at=at,
                value_at=at + len(name) + len(equals),
                values=(plain,) if plain == spaced else (plain, spaced),
                escaped="%" in name,
            )
        at += len(part) + 1


def _numbers(items: Sequence[_Item]) -> list[int]:
    texts = [value for item in items for value in item.values]
    return [int(text) for text in texts if XS_INTEGER.fullmatch(text) and len(text) <= MOST_DIGITS]
