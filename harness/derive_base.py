"""What generated cases have in common: one operation's cases, and for HTTP its requests and refusals."""

from __future__ import annotations

from collections.abc import Sequence

from harness.case import Case, Flow
from harness.checks.http import HttpAnswer
from harness.httpdut import HttpDut
from harness.messages.http import request_to
from harness.messages.httpreply import Pairs
from harness.spec.model import Operation, System
from harness.wire.http1 import Request

# Texts that must come back as they were sent, by what is odd about them.
TEXTS = {
    "markup": "a<b>&c;\"d'e",
    "like-a-reference": "&amp;lt;&#65;",
    "non-ascii": "Übung 日本 ñ",
    "beyond-16-bits": "𝄞😀",
    "inner-blanks": "two  blanks",
    "punctuation": "a|b,c;d%e\\f/g=h?i",
    "digits": "0042",
}


class CaseMaker:
    """Makes the cases of one operation, whatever protocol it is asked for with."""

    def __init__(self, system: System, name: str, module: str) -> None:
        self.system = system
        self.name = name
        self.operation: Operation = system.operations[name]
        self.module = module
        self.clause = f"{system.prefix}-{name}"

    def case(
        self, part: str, title: str, clauses: Sequence[str], flow: Flow, *, after: Sequence[str] = ("success",)
    ) -> Case:
        """A case whose id begins with the operation, as do its controls: the same request without its defect, or the plain success."""
        return Case(
            id=f"{self.system.system}.{self.name}.{part}",
            system=self.system.system,
            title=f"{self.name}: {title}",
            chapter=self.operation.section,
            clauses=tuple(clauses),
            flow=flow,
            after=tuple(f"{self.system.system}.{self.name}.{control}" for control in after),
            module=self.module,
        )


class OperationCases(CaseMaker):
    """Makes the cases of one operation that is asked for over HTTP."""

    def __init__(self, system: System, name: str, module: str) -> None:
        super().__init__(system, name, module)
        self.refusal = system.http.refused if system.http is not None else ""

    async def refused(
        self, dut: HttpDut, query: Pairs, answers: Sequence[HttpAnswer], *clauses: str, ambiguity: str | None = None
    ) -> None:
        """What is refused is refused when it is asked for once more."""
        for _ in range(2):
            reply = await dut.ask(self.request(dut, query), self.name, query)
            dut.answers(reply, answers, *clauses, ambiguity=ambiguity, check="refused")

    def request(self, dut: HttpDut, query: Pairs) -> Request:
        """A request for the operation's path with exactly this query."""
        path = self.operation.request.path if self.operation.request is not None else "/"
        return request_to(dut.host, path, query)

    def rules(self, *names: str) -> list[str]:
        """The stated clauses behind these rules of HTTP."""
        known = self.system.http.rules if self.system.http is not None else {}
        return [known[name] for name in names if name in known]

    def options(self) -> list[tuple[str, str]]:
        """The optional parameters with the values that the document shows, but for those that no plain request has."""
        conditional = {name for one in self.operation.conditions for name in (one.parameter, one.needs)}
        return [
            (name, parameter.examples[0])
            for name, parameter in self.operation.parameters.items()
            if parameter.optional and parameter.examples and name not in conditional
        ]

    def errors(self, errors: Sequence[str], ambiguity: str | None) -> list[str]:
        """The clauses of these errors, if no ambiguity leaves open which of them answers."""
        return [f"{self.clause}.error.{error}" for error in errors] if not ambiguity else []


def documented(system: System, name: str) -> tuple[str, list[str]]:
    """The repeated element of an operation's reply, "" if there is none, and the clauses of all that stands in it."""
    document = system.replies.get(system.operations[name].reply or "")
    if document is None:
        return "", []
    base = f"{system.prefix}-{name}.reply"
    found: list[str] = []
    for element_name, element in document.elements.items():
        found += [f"{base}.{element_name}"] * (element_name != document.root)
        found += [f"{base}.{element_name}.{attribute}" for attribute in element.attributes]
        found += [order.clause for order in element.ordered]
    return document.row or "", list(dict.fromkeys(found))


def window_of(operation: Operation, query: Pairs) -> tuple[int, int] | None:
    """First and last second that a request asks for; None where it asks for no window."""
    window, values = operation.window, dict(query)
    return None if window is None else (int(values[window.start]), int(values[window.end]))


def in_order(system: System, ambiguity: str | None, errors: Sequence[str]) -> list[HttpAnswer]:
    """The errors as answers, each with the reading of the same place where an ambiguity says which."""
    if ambiguity is None:
        return [HttpAnswer(error=error) for error in errors]
    readings = list(system.ambiguities[ambiguity].readings)
    found = [HttpAnswer(error=error, reading=reading) for error, reading in zip(errors, readings, strict=False)]
    if (accepted := system.ambiguities[ambiguity].accepted) is not None:
        found.append(HttpAnswer(reading=accepted))
    return found


def either(system: System, ambiguity: str, errors: Sequence[str]) -> list[HttpAnswer]:
    """A success or one of the errors, each with the reading that it shows."""
    known = system.ambiguities[ambiguity]
    return [
        HttpAnswer(reading=known.accepted or ""),
        *(HttpAnswer(error=error, reading=known.refused or "") for error in errors),
    ]
