"""What a scan found in the XML of a reply, as checks: live replies and saved ones are judged here alike.

Each structural clause that the document could have broken becomes one check, passed or broken, so that the same id stands
for both. Clauses on which the document has no bearing (attributes of an element of which there is none) get no check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.rows import Result, Rule, Violation
from harness.rows.result import Kind
from harness.spec.model import ErrorCode, System
from harness.spec.xmlmodel import XmlDocument
from harness.usual import unusual_checks
from harness.verdict import Check, Severity

# Rules about the document as a whole, whose stated clauses are named in the spec; `xml` holds for all of the first.
_XML = (Rule.WELL_FORMED, Rule.ENCODING, Rule.LIMIT)


def clause_of(system: System, operation: str, found: Violation | Kind) -> str:
    """The clause that a violation breaks: the stated one, else the structural one of the operation's reply."""
    return found.clause or f"{system.prefix}-{operation}.{found.part}"


def text_of(found: Violation) -> str:
    """What is wrong, for people, without the place."""
    what = f"{found.element} {found.attribute}".strip()
    return f"{what + ': ' if what else ''}expected {found.expected}, got {found.got or 'nothing'}"


def scan_checks(system: System, operation: str, result: Result, *, step: int = -1) -> list[Check]:
    """The checks of a document that a success of the operation carried."""
    reply = system.operations[operation].reply
    if reply is None:
        return []
    base = f"{system.prefix}-{operation}"
    first: dict[Kind, Violation] = {}
    for violation in result.violations:
        first.setdefault(_kind(violation), violation)
    checks: list[Check] = []
    for part in _parts(system.replies[reply], result):
        own = [kind for kind in result.counts if kind.part == part and not kind.clause]
        broken = [kind for kind in own if kind.severity is Severity.MUST]
        if part == f"reply.{system.replies[reply].row}" and not result.rows:
            broken += _strangers(result)
        checks.append(_check(part, (f"{base}.{part}",), broken, result, first, Severity.MUST, step))
    named = {check.clauses[0] for check in checks}
    whole = [rule for rule in ("xml", "root") if system.http is not None and rule in system.http.rules]
    for rule in whole:
        clause = system.http.rules[rule] if system.http is not None else ""
        broken = [kind for kind in result.counts if kind.clause == clause and kind.severity is Severity.MUST]
        also = (f"{base}.reply",) if rule == "root" else ()
        checks.append(_check(f"reply.{rule}", (clause, *also), broken, result, first, Severity.MUST, step))
        named.add(clause)
    for clause, orders in _orders(system.replies[reply], result).items():
        broken = [kind for kind in result.counts if kind.clause == clause]
        severity = broken[0].severity if broken else Severity.MUST
        checks.append(_check(f"reply.order.{orders}", (clause,), broken, result, first, severity, step))
        named.add(clause)
    checks += _ordered(system, operation, result, first, step)
    checks += _others(system, operation, result, first, checks, step)
    return [*checks, *_readings(system, base, result, step)]


def _strangers(result: Result) -> list[Kind]:
    """Elements that no document has: where there are such and no rows, the rows are called by a wrong name."""
    return [kind for kind in result.counts if kind.rule is Rule.UNKNOWN and kind.element and not kind.attribute]


def error_rows(system: System, operation: str, status: int) -> list[tuple[str, str, ErrorCode]]:
    """Operation, name and row of every error that has a document: of one operation or, "", of all; of a status or, 0, of any."""
    return [
        (name, error, row)
        for name, one in system.operations.items()
        if operation in ("", name)
        for error, row in one.errors.items()
        if row.reply is not None and (not status or row.code == str(status))
    ]


def fits_row(row: ErrorCode, result: Result) -> bool:
    """Whether a document is the one of this row of an error table; what it has besides does not matter."""
    return result.complete and row.attributes.items() <= dict(result.root).items()


def _kind(found: Violation) -> Kind:
    return Kind(found.rule, found.severity, found.element, found.attribute, found.part, found.clause)


def _parts(document: XmlDocument, result: Result) -> Iterator[str]:
    """The structural clauses on which the document bears, as `reply.Element.attribute`."""
    yield "reply"
    there = {document.root, *(name for name, found in result.singles.items() if found)}
    if result.rows and document.row is not None:
        there.add(document.row)
    for name, element in document.elements.items():
        parent = any(name in document.elements[other].children for other in there)
        if name != document.root and (parent or name in there):
            yield f"reply.{name}"
        if name in there:
            yield from (f"reply.{name}.{attribute}" for attribute in element.attributes)


def _orders(document: XmlDocument, result: Result) -> dict[str, str]:
    """Clauses of the order of two attributes on which the document bears -> the end of the check's id."""
    there = {name for name, found in result.singles.items() if found} | ({document.row} if result.rows else set())
    return {
        order.clause: f"{order.first}-{order.then}"
        for name, element in document.elements.items()
        if name in there
        for order in element.ordered
    }


def _ordered(
    system: System, operation: str, result: Result, first: Mapping[Kind, Violation], step: int
) -> Iterator[Check]:
    """Rows stand in the order of the name that pages go by, and which readings of that order they fit."""
    paging = system.operations[operation].paging
    if paging is None or paging.ordered is None or result.rows < 2:
        return
    kinds = [kind for kind in result.counts if kind.clause == paging.ordered]
    yield _check("reply.ordered", (paging.ordered,), kinds, result, first, Severity.MUST, step)
    readings = system.ambiguities[paging.collation].readings if paging.collation is not None else {}
    fits = frozenset(readings) & result.orders
    if fits and paging.collation is not None:
        observed = {paging.collation: fits}
        yield Check(id="reply.collation", clauses=(paging.ordered,), passed=True, step=step, readings=observed)


def _others(
    system: System, operation: str, result: Result, first: Mapping[Kind, Violation], checks: list[Check], step: int
) -> Iterator[Check]:
    """What no check has told yet: rules that a document can only break, and what only a `should` asks for."""
    told = {(clause, check.severity) for check in checks if not check.passed for clause in check.clauses}
    groups: dict[tuple[Rule, str, Severity], list[Kind]] = {}
    for kind in result.counts:
        clause = clause_of(system, operation, kind)
        if (clause, kind.severity) not in told:
            groups.setdefault((kind.rule, clause, kind.severity), []).append(kind)
    for (rule, clause, severity), kinds in groups.items():
        yield _check(f"reply.{rule.value}", (clause,), kinds, result, first, severity, step)


def _check(
    name: str,
    clauses: tuple[str, ...],
    kinds: list[Kind],
    result: Result,
    first: Mapping[Kind, Violation],
    severity: Severity,
    step: int,
) -> Check:
    if not kinds:
        return Check(id=name, clauses=clauses, passed=True, severity=severity, step=step)
    found = next((first[kind] for kind in kinds if kind in first), None)
    count = sum(result.counts[kind] for kind in kinds)
    if found is None:
        expected, got = "none of it", f"{count} places behind the first {len(result.violations)} that are listed"
    else:
        what = f"{found.element} {found.attribute}".strip()
        place = (f"row {found.row}, " if found.row else "") + f"line {found.line}, column {found.column}"
        more = f"; {count} such places" if count > 1 else ""
        expected = f"{found.expected}{' in ' + what if what else ''}"
        got = f"{found.got or 'nothing'} ({place}{more})"
    return Check(id=name, clauses=clauses, passed=False, severity=severity, expected=expected, got=got, step=step)


def _readings(system: System, base: str, result: Result, step: int) -> Iterator[Check]:
    """Which readings the document follows; one that few would choose is told."""
    for ambiguity, fit in result.fits.items():
        if not fit.seen or (not fit.readings and system.ambiguities[ambiguity].uniform is None):
            continue  # rows may differ in what a device does not decide once
        known = system.ambiguities[ambiguity].readings
        clauses = (f"{base}.reply",)
        yield Check(
            id=f"reply.{ambiguity}", clauses=clauses, passed=True, step=step, readings={ambiguity: fit.readings}
        )
        place = min((place for name, place in fit.against.items() if not known[name].unusual), default=None)
        got = " or ".join(sorted(fit.readings)) + (f" (line {place.line}, column {place.column})" if place else "")
        yield from unusual_checks(
            system, ambiguity, fit.readings, check=f"reply.{ambiguity}", clauses=clauses, got=got, step=step
        )
