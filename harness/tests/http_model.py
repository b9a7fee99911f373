"""Every generated case of an HTTP system on devices made from its model alone, without sockets, for the tests of these cases."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple
from urllib.parse import parse_qsl

import pytest

from harness.case import Case
from harness.datatypes import is_value
from harness.derive_open import derive_open
from harness.derive_query import derive_queries
from harness.ending import Ending
from harness.flow import CaseEnd, play
from harness.httpdut import HttpDut
from harness.spec.load import load_system
from harness.spec.model import Base, Operation, System
from harness.tests.http_made import SYSTEM as TIDES
from harness.tests.http_made import Canned, Pairs, response, target
from harness.verdict import Check
from harness.wire.http1 import Request

SYSTEMS = {"tides": TIDES, "cds": load_system("cds")}
EACH = ["tides", pytest.param("cds", marks=pytest.mark.slow)]
NUMBERS = (Base.INT, Base.XS_INTEGER, Base.XS_NON_NEGATIVE)
START = 86_400


def derived(system: System) -> list[Case]:
    return [*derive_queries(system, "made"), *derive_open(system, "made")]


@cache
def cases(name: str) -> dict[str, Case]:
    return {case.id: case for case in derived(SYSTEMS[name])}


# A device that does as the model says, and knows what is wrong with a request


@dataclass
class Wrong:
    """What is wrong with one request: the names concerned, and the errors that may answer it."""

    names: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def add(self, name: str, errors: Iterable[str]) -> None:
        self.names.append(name)
        self.errors += errors


def operation_of(system: System, path: str, asked: Mapping[str, str]) -> tuple[str, Operation] | None:
    """The operation that a query names by its first name; the first where several share it."""
    for name, operation in system.operations.items():
        request = operation.request
        if request is not None and request.path == path:
            value = next(iter(request.values.values()), "") or request.value or name
            if asked.get(request.selector) == value:
                return name, operation
    return None


def defects(system: System, operation: Operation, asked: Mapping[str, str]) -> Wrong:
    """Every defect of a query that names its operation, counted one by one."""
    wrong, window = Wrong(), operation.window
    for name, parameter in operation.parameters.items():
        if name not in asked:
            if not parameter.optional:
                wrong.add(name, parameter.missing)
        elif not asked[name]:
            if not parameter.optional:
                wrong.add(name, [*parameter.missing, *parameter.invalid])
        elif not _fits(system, operation, name, asked[name]):
            wrong.add(name, parameter.invalid)
    for condition in operation.conditions:
        if asked.get(condition.parameter) in condition.values and condition.needs not in asked:
            wrong.add(condition.needs, [condition.error])
    if window is not None:
        texts = asked.get(window.start, ""), asked.get(window.end, "")
        if all(text.removeprefix("-").isdigit() for text in texts):
            start, end = map(int, texts)
            if not 0 <= end - start <= window.longest_s:
                wrong.add(window.end, [window.error])
    return wrong


def _fits(system: System, operation: Operation, name: str, value: str) -> bool:
    kind = system.types[operation.parameters[name].type]
    if kind.base in NUMBERS:
        return is_value(kind, value)
    if kind.base is Base.ENUM:
        return value in kind.choices or value in kind.open_choices
    return True


def errors_of(system: System, request: Request) -> tuple[str, Wrong]:
    """The operation that a request is for, "" for none, and what is wrong with it."""
    path, _, query = request.target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    asked = dict(pairs)
    found = operation_of(system, path, asked)
    if found is not None:
        return found[0], defects(system, found[1], asked)
    wrong = Wrong()
    for operation in system.operations.values():
        rules = operation.request
        if rules is not None and rules.path == path:
            wrong.add(rules.selector, rules.absent if rules.selector not in asked else [rules.unknown])
            break
    return "", wrong


def _error_reply(system: System, request: Request, error: str) -> bytes:
    path = request.target.partition("?")[0]
    rows = [one.errors.get(error) for one in system.operations.values() if one.request and one.request.path == path]
    row = next(row for row in rows if row is not None)
    row = system.errors[row.use] if row.use else row
    if row.reply is None:
        return response(int(row.code), b"")
    shown = " ".join(f'{name}="{value}"' for name, value in row.attributes.items())
    return response(int(row.code), f"<{system.replies[row.reply].root} {shown}/>".encode())


def model_device(system: System) -> Callable[[Request], bytes]:
    """Answers by the model alone; its documents are empty."""

    def answer(request: Request) -> bytes:
        if request.method != "GET":
            return response(405, b"")
        name, wrong = errors_of(system, request)
        if wrong.names:
            return _error_reply(system, request, wrong.errors[0])
        document = system.replies[system.operations[name].reply or ""]
        return response(200, f'<{document.root} xmlns="{document.namespace}"/>'.encode())

    return answer


def agreeable(_request: Request) -> bytes:
    """A device that takes everything."""
    return response(200, b"<x/>")


class Shared(dict[str, str]):
    """What the flows are provided with: the first name of each operation, a period, objects."""

    def __init__(self, system: System) -> None:
        super().__init__({"window": f"{START} {START + 600}"})
        for name, operation in system.operations.items():
            if operation.request is not None and operation.request.values:
                self[f"selector {name}"] = next(iter(operation.request.values.values()))
            for key, parameter in operation.parameters.items():
                if parameter.names:
                    self[f"parameter {name}.{key}"] = next(iter(parameter.names.values()))
        self.update(dict.fromkeys(system.objects, "7"))


def played(
    system: System, case: Case, answer: Callable[[Request], bytes | Ending]
) -> tuple[list[Request], list[Check], str]:
    """The requests of a case on a device, its checks, and how it ended before its end."""
    port = next(iter(system.interfaces))
    aim = target(system=system.system, ports={port: 80})
    view = HttpDut(system=system, target=aim, rng=random.Random(1), interface=port)
    driver, ended = Canned(answer, Shared(system)), ""
    try:
        play(case.flow(view), driver)
    except CaseEnd as end:
        ended = type(end).__name__
    return driver.requests, view.checks, ended


def own(checks: Iterable[Check]) -> list[Check]:
    """Without what any reply must be."""
    return [check for check in checks if not check.id.startswith(("reply", "is-http"))]


def pairs_of(request: Request) -> Pairs:
    return parse_qsl(request.target.partition("?")[2], keep_blank_values=True)


class Played(NamedTuple):
    """One case on one device."""

    case: Case
    requests: list[Request]
    checks: list[Check]
    ended: str


def refusing(_request: Request) -> bytes:
    """A device that takes nothing."""
    return response(400, b"")


def missing(_request: Request) -> bytes:
    """A device that knows nothing."""
    return response(404, b"")


@cache
def plays(name: str, device: str) -> list[Played]:
    """Every case of a system on one of these devices."""
    system = SYSTEMS[name]
    answer = {"model": model_device(system), "agreeable": agreeable, "refusing": refusing, "missing": missing}[device]
    return [Played(case, *played(system, case, answer)) for case in cases(name).values()]


def negative(name: str) -> list[tuple[Case, list[Request]]]:
    """The cases that fail on a device that takes everything because something should have been refused; with their requests."""
    return [
        (one.case, one.requests)
        for one in plays(name, "agreeable")
        if any(check.id.startswith("refused") and not check.passed for check in one.checks)
    ]
