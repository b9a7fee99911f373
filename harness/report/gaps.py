"""What a run did not test and why: for want of a fixture, of a permission, or for another reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.spec.model import System
from harness.verdict import CaseResult, Outcome

_PERMITS = re.compile(r"\b(write|disruptive|destructive|slow|load)\b")
_PERMIT_WORDS = re.compile(r"target\.allow|\bpermit|\ballowed\b|\bnot permitted\b", re.IGNORECASE)
_FIXTURE_TABLE = re.compile(r"target\.fixtures[\].:\s]+([A-Za-z_]\w*)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class Want(StrEnum):
    """What was missing."""

    FIXTURE = "fixture"
    PERMIT = "permit"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Cases that taught nothing, grouped by what was missing.

    Attributes:
        key: fixture key, kind of permit, or the reason itself.
        about: what the fixture is, "" where the spec does not say.
    """

    want: Want
    system: str
    key: str
    about: str
    outcome: Outcome
    cases: tuple[str, ...]


def gaps(results: Iterable[CaseResult], systems: Mapping[str, System]) -> tuple[Gap, ...]:
    """Skipped and inconclusive cases by what they lacked; a case that lacks two fixtures stands under both."""
    groups: dict[tuple[Want, str, str, Outcome], list[str]] = {}
    for result in results:
        if result.outcome is Outcome.SKIPPED:
            for want, key in _wants(result.message, systems.get(result.system)):
                groups.setdefault((want, result.system, key, result.outcome), []).append(result.id)
        elif result.outcome is Outcome.INCONCLUSIVE:
            reason = result.message or "no reason given"
            groups.setdefault((Want.OTHER, result.system, reason, result.outcome), []).append(result.id)
    found = [
        Gap(
            want=want,
            system=system,
            key=key,
            about=_about(systems.get(system), want, key),
            outcome=outcome,
            cases=tuple(cases),
        )
        for (want, system, key, outcome), cases in groups.items()
    ]
    order = list(Want)
    return tuple(sorted(found, key=lambda gap: (order.index(gap.want), gap.system, -len(gap.cases), gap.key)))


def _wants(message: str, system: System | None) -> list[tuple[Want, str]]:
    if _PERMIT_WORDS.search(message):
        kinds = dict.fromkeys(_PERMITS.findall(message))
        return [(Want.PERMIT, next(iter(kinds)) if kinds else message)]
    keys = dict.fromkeys(_FIXTURE_TABLE.findall(message))
    if system is not None:
        # A key that is an ordinary word counts only where the message speaks of fixtures.
        spoken = "fixture" in message.lower()
        keys |= {word: None for word in _WORD.findall(message) if word in system.fixtures and (spoken or "_" in word)}
    return [(Want.FIXTURE, key) for key in keys] or [(Want.OTHER, message or "no reason given")]


def _about(system: System | None, want: Want, key: str) -> str:
    if want is Want.FIXTURE and system is not None and key in system.fixtures:
        return system.fixtures[key].about
    return ""
