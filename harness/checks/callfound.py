"""What checks of the members of structs have found: what is broken, by clause, and which readings were seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.checks.callvalues import Problem
from harness.spec.callmodel import Member
from harness.spec.model import Level, System
from harness.usual import unusual_checks
from harness.verdict import Check, Severity
from harness.wire.xmlrpc import format_path
from harness.wire.xmlrpc_values import Path
from harness.wire.xmlrpc_writing import Writable

_ALONE = frozenset(("absent", "count", "echo", "always"))  # aspects that a sound value alone says nothing of


class Held:
    """The members that were found as they must be, under every reading; what a case may say that it has upheld."""

    def __init__(self) -> None:
        self._there: set[str] = set()
        self._sound: set[str] = set()

    def there(self, clause: str) -> None:
        """What the clause says was seen; that of a member: it is there."""
        self._there.add(clause)

    def sound(self, clause: str) -> None:
        """A value of the member that the clause is about is one of its type."""
        self._sound.add(clause)

    def of(self, clauses: Iterable[str]) -> Iterator[str]:
        """Those of the clauses that were upheld."""
        for clause in clauses:
            member, _, aspect = clause.partition(":")
            if clause in self._there or (aspect and aspect not in _ALONE and member in self._sound):
                yield clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a struct is judged against.

    Attributes:
        sent, taken: the members of the call, and what the document says of them.
        settled: members of the call that another one has settled, so that what stands here does not count.
        version: of the API; None: the newest.
        check: how the checks' names begin.
        held: takes what is as it must be.
    """

    system: System
    sent: Mapping[str, Writable] = field(default_factory=dict)
    taken: Mapping[str, Member] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()
    version: str | None = None
    step: int = -1
    check: str = "reply"
    held: Held = field(default_factory=Held)


class FoundMembers:
    """Gathers what is found in structs."""

    def __init__(self, setting: Setting) -> None:
        self._set = setting
        self._system = setting.system
        self._held = setting.held
        assert setting.system.calls is not None
        self._syntax = setting.system.calls
        self._broken: dict[str, Check] = {}  # by clause: of many elements of an array the first one tells
        self._fits: dict[tuple[str, str], str] = {}  # ambiguity and reading -> clause
        self._fits_any: dict[str, tuple[str, frozenset[str]]] = {}  # by ambiguity: clause, and readings that all fit

    def checks(self) -> Iterator[Check]:
        """What was found: what is broken, and which readings were seen."""
        yield from self._broken.values()
        setting = self._set
        for (ambiguity, reading), clause in self._fits.items():
            name = f"{setting.check}.{ambiguity}"
            fits = frozenset((reading,))
            yield Check(id=name, clauses=(clause,), passed=True, step=setting.step, readings={ambiguity: fits})
            yield from unusual_checks(
                self._system, ambiguity, fits, check=name, clauses=(clause,), got=f"{reading}, as {clause} shows", step=setting.step
            )  # fmt: skip
        for ambiguity, (clause, fits) in self._fits_any.items():
            if fits < set(self._system.ambiguities[ambiguity].readings):
                yield Check(
                    id=f"{setting.check}.{ambiguity}", clauses=(clause,), passed=True, step=setting.step, readings={ambiguity: fits}
                )  # fmt: skip

    def _rules(self, problem: Problem) -> tuple[str, ...]:
        rules = self._syntax.rules
        return {"choice": (rules["choice-returned"],), "type": (rules["reply-types"],)}.get(problem.aspect, ())

    def _broke(self, clause: str, place: Path, aspect: str, expected: str, got: str, *rules: str) -> None:
        cited = f"{clause}:{aspect}" if aspect else clause
        if cited in self._broken:
            return
        names = ".".join(str(one) for one in place if isinstance(one, str))
        known = self._system.clauses.get(rules[0]) if rules else None
        severity = Severity.SHOULD if known is not None and known.level is not Level.MUST else Severity.MUST
        self._broken[cited] = Check(
            id=f"{self._set.check}.{names}" + (f":{aspect}" if aspect else ""),
            clauses=(cited, *rules),
            passed=False,
            severity=severity,
            expected=f"{format_path(place)}: {expected}",
            got=f"{format_path(place)}: {got}",
            step=self._set.step,
        )

    def _see(self, ambiguity: str, reading: str, clause: str) -> None:
        """A reading was seen, of an ambiguity or an open point."""
        name = self._syntax.open_points.get(ambiguity, ambiguity)
        if name in self._system.ambiguities and reading in self._system.ambiguities[name].readings:
            self._fits.setdefault((name, reading), clause)

    def _see_any(self, ambiguity: str, clause: str, readings: set[str]) -> None:
        """Any of these readings fits."""
        known = self._fits_any.get(ambiguity)
        fits = frozenset(readings) if known is None else known[1] & readings or known[1]
        self._fits_any[ambiguity] = (clause, fits)
