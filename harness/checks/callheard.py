"""Checks of messages that a device sends by itself: an HTTP request with a call of a method that the document names. Pure functions."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence

from harness.checks.callfaults import syntax_of
from harness.checks.callfound import Held, Setting
from harness.checks.callmembers import Members
from harness.messages.callheard import Heard
from harness.spec.callmodel import CallSyntax
from harness.spec.model import System
from harness.usual import unusual_checks
from harness.verdict import Check, Severity
from harness.wire.xmlrpc import Kind, MessageKind, Weight
from harness.wire.xmlrpc_writing import Writable

FORM = "message-form"  # open point: whether messages are calls
_CALL, _RESPONSE = "call", "response"  # its readings
# What a request got wrong and every reader passes over.
_HARMLESS = {"line-end", "empty-line", "header-fold", "header-value", "content-length-twice"}


def heard_checks(
    system: System,
    heard: Heard,
    wanted: Sequence[str],
    *,
    clauses: Sequence[str] = (),
    sent: Mapping[str, Writable] | None = None,
    version: str | None = None,
    held: Held | None = None,
) -> Iterator[Check]:
    """What a message must be, whatever has brought it about.

    Args:
        wanted: the callbacks that may come here.
        clauses: of how it comes.
        sent: members of the request that it answers, some of which come back.
        version: of the API that the device has; None: the newest.
        held: takes the members that are as they must be, which give no checks of their own.
    """
    cited = (*clauses, *(_clause(system, one) for one in wanted))
    yield from _road(heard, cited)
    if heard.request is None:
        return
    name = yield from _form(system, syntax_of(system), heard, wanted)
    if not name or heard.struct.kind is not Kind.STRUCT:
        return
    callback = system.callbacks[name]
    judge = Members(
        Setting(system=system, sent=sent or {}, version=version, step=heard.step, check="heard", held=held or Held())
    )
    judge.struct(_clause(system, name), callback.takes, heard.struct)
    yield from judge.checks()


def _clause(system: System, name: str) -> str:
    return f"{system.prefix}-callback.{name}"


def _road(heard: Heard, cited: Sequence[str]) -> Iterator[Check]:
    request = heard.request
    passed = request is not None and request.method == "POST"
    yield Check(
        id="heard.request", clauses=tuple(cited), passed=passed, expected="an HTTP POST", got="" if passed else heard.describe(), step=heard.step
    )  # fmt: skip
    for one in heard.oddities:
        yield Check(
            id=f"heard.{one.rule}", clauses=tuple(cited), passed=False, expected=one.expected, got=one.got, step=heard.step,
            severity=Severity.SHOULD if one.rule in _HARMLESS else Severity.MUST,
        )  # fmt: skip


def _form(system: System, syntax: CallSyntax, heard: Heard, wanted: Sequence[str]) -> Generator[Check, None, str]:
    """A call with one struct; gives the callback that it is, "" for none."""
    message = heard.message
    cited = tuple(_clause(system, one) for one in wanted)
    ambiguity = syntax.open_points.get(FORM)
    name = heard.method if heard.method in wanted else ""
    if message.kind is MessageKind.RESPONSE and ambiguity is not None and len(wanted) == 1:
        name = wanted[0]
        fits = frozenset((_RESPONSE,))
        yield Check(id="heard.form", clauses=cited, passed=True, step=heard.step, readings={ambiguity: fits})
        yield from unusual_checks(
            system, ambiguity, fits, check="heard.form", clauses=cited, got="a methodResponse", step=heard.step
        )
    passed = bool(name)
    yield Check(
        id="heard.method",
        clauses=cited,
        passed=passed,
        expected=f"a call of {' or '.join(wanted)}",
        got="" if passed else heard.describe(),
        step=heard.step,
    )
    told: set[str] = set()
    for one in message.deviations if passed else ():
        if one.weight is not Weight.LOOSE and one.rule not in told:
            told.add(one.rule)
            yield Check(
                id=f"heard.{one.rule}", clauses=cited, passed=False, expected="XML-RPC", got=str(one), step=heard.step
            )
    lacks = passed and heard.struct.kind is not Kind.STRUCT
    if lacks:
        yield Check(
            id="heard.struct", clauses=cited, passed=False, expected="a struct", got=heard.describe(), step=heard.step
        )
    return name
