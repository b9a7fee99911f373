"""Cases of what a document leaves open about HTTP requests: parameters that it does not name, methods, spellings.

Any answer that a reading supports conforms; what is learnt is the device's dialect. That the device answers at all, with HTTP, and goes on
answering is checked all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from harness.case import Case, Flow
from harness.derive_base import either
from harness.ending import Ending
from harness.httpdut import HttpDut, sample
from harness.messages.http import request_to
from harness.messages.httpreply import Pairs
from harness.spec.model import Operation, System

_CHANGES: dict[str, dict[str, Callable[[str, Pairs], Pairs]]] = {
    "unknown-parameter": {
        "": lambda _s, pairs: [*pairs, ("clausewise", "1")],
        ".first": lambda _s, pairs: [("clausewise", "1"), *pairs],
    },
    "duplicate-parameter": {"": lambda _s, pairs: [*pairs, pairs[-1]]},
    "parameter-case": {"": lambda _s, pairs: [(name.upper(), value) for name, value in pairs]},
    "selector-case": {".lower": lambda _s, pairs: [(pairs[0][0], pairs[0][1].lower()), *pairs[1:]]},
    "no-selector": {"": lambda selector, pairs: [pair for pair in pairs if pair[0] != selector]},
    "empty-selector": {"": lambda selector, pairs: [(n, "" if n == selector else v) for n, v in pairs]},
    "parameter-order": {"": lambda _s, pairs: list(reversed(pairs))},
}
_METHODS = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CLAUSEWISE")


def derive_open(system: System, module: str) -> Iterator[Case]:
    """Every such case of a system that is asked over HTTP.

    Args:
        module: the suite file that the cases stand in.
    """
    points = system.http.open_points if system.http is not None else {}

    def case(name: str, part: str, title: str, flow: Flow) -> Case:
        return Case(
            id=f"{system.system}.{name}.open.{part}",
            system=system.system,
            title=f"{name}: {title}, which the document leaves open",
            chapter=system.operations[name].section,
            clauses=(),
            flow=flow,
            after=(f"{system.system}.{name}.success",),
            module=module,
        )

    for name, operation in system.operations.items():
        for point, ambiguity in points.items():
            for part, change in _CHANGES.get(point, {}).items():
                yield case(name, f"{point}{part}", point, partial(_changed, system, name, operation, change, ambiguity))
        if "other-method" in points:
            for method in _METHODS:
                flow = partial(_other_method, system, name, operation, method, points["other-method"])
                yield case(name, f"method.{method}", f"the method {method}", flow)


async def _good(dut: HttpDut, name: str, operation: Operation) -> list[tuple[str, str]]:
    """A good query, selector first."""
    assert operation.request is not None
    return [(operation.request.selector, await dut.selector(name)), *await dut.spelled(name, await sample(dut, name))]


async def _changed(
    system: System, name: str, operation: Operation, change: Callable[[str, Pairs], Pairs], ambiguity: str, dut: HttpDut
) -> None:
    assert operation.request is not None
    pairs = change(operation.request.selector, await _good(dut, name, operation))
    reply = await dut.ask(request_to(dut.host, operation.request.path, pairs), name, pairs, judged=False)
    dut.answers(reply, either(system, ambiguity, ["*"]), ambiguity=ambiguity, check="either")


async def _other_method(
    system: System, name: str, operation: Operation, method: str, ambiguity: str, dut: HttpDut
) -> None:
    """Whatever the answer, it is HTTP, and what is asked for as documented is still answered."""
    assert operation.request is not None
    pairs = await _good(dut, name, operation)
    headers = [("Content-Length", "0")] if method in ("POST", "PUT", "PATCH") else []
    request = request_to(dut.host, operation.request.path, pairs, method=method, headers=headers)
    reply = await dut.ask(request, name, pairs, judged=False, plain=True)
    rules = system.http.rules if system.http is not None else {}
    dut.check(
        "is-http",
        reply.ending is Ending.ANSWERED or not reply.exchanged.raw,
        rules["framing"],
        expected="a whole HTTP reply, or none",
        got=reply.describe(),
        step=reply.step,
    )
    if reply.status:
        readings = system.ambiguities[ambiguity]
        shown = readings.accepted if reply.status == 200 else readings.refused
        dut.observe("method", ambiguity, shown or "", step=reply.step)
    dut.ok(await dut.get(name, pairs[1:], link="after"), f"{system.prefix}-{name}", check="still-answers")
