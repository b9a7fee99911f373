"""The dialect of a target: which reading of each ambiguity its answers fit, and the `dialect.toml` that pins it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.report.readable import one_line
from harness.spec.model import Ambiguity, Reading, System
from harness.verdict import CaseResult, Outcome

_BARE_KEY = re.compile(r"^[A-Za-z0-9_-]+$")
# Cases whose observations count; in the others a precondition, a control or the harness itself was missing.
CONCLUSIVE = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.WARNED, Outcome.WAIVED})

Dialects = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectEntry:
    """One ambiguity and what was seen of it.

    Attributes:
        readings: every reading the document supports, by name.
        left: readings that fit everything seen; None if nothing was seen, empty if the answers fit no single reading.
    """

    system: str
    ambiguity: str
    about: str
    readings: Mapping[str, Reading]
    left: tuple[str, ...] | None

    @property
    def reading(self) -> str:
        """The one reading that is left, else ""."""
        return self.left[0] if self.left is not None and len(self.left) == 1 else ""

    @property
    def unusual(self) -> bool:
        """Whether the reading that is left conforms but is one that few would choose."""
        return bool(self.reading) and self.reading in self.readings and self.readings[self.reading].unusual

    @property
    def state(self) -> str:
        """`followed`, `open`, `mixed` or `unseen`."""
        if self.left is None:
            return "unseen"
        return "followed" if self.reading else ("open" if self.left else "mixed")

    def text(self, reading: str) -> str:
        """What a reading means."""
        return self.readings[reading].text if reading in self.readings else reading


def observed(results: Iterable[CaseResult]) -> dict[str, dict[str, tuple[str, ...]]]:
    """The dialect that the checks of finished cases leave, for a record without a footer."""
    fits: dict[str, dict[str, frozenset[str]]] = {}
    for result in results:
        if result.outcome not in CONCLUSIVE:
            continue
        for check in result.checks:
            for ambiguity, readings in check.readings.items():
                seen = fits.setdefault(result.system, {})
                seen[ambiguity] = seen.get(ambiguity, readings) & readings
    return {
        system: {name: tuple(sorted(left)) for name, left in sorted(fits[system].items())} for system in sorted(fits)
    }


def entries(dialects: Dialects, systems: Mapping[str, System], names: Iterable[str]) -> tuple[DialectEntry, ...]:
    """Every ambiguity of the systems of a run, in the order of their specs, and those that only the record knows."""
    rows: list[DialectEntry] = []
    for system in names:
        spec, seen = systems.get(system), dialects.get(system, {})
        known: Mapping[str, Ambiguity] = spec.ambiguities if spec is not None else {}
        for name in dict.fromkeys((*known, *seen)):
            ambiguity = known.get(name)
            rows.append(
                DialectEntry(
                    system=system,
                    ambiguity=name,
                    about=ambiguity.about if ambiguity is not None else "",
                    readings=ambiguity.readings if ambiguity is not None else {},
                    left=tuple(seen[name]) if name in seen else None,
                )
            )
    return tuple(rows)


def dialect_toml(rows: Iterable[DialectEntry], systems: Iterable[str]) -> str:
    """A table for the target file: ambiguity = reading where one reading is left, a comment for the rest."""
    rows, systems = tuple(rows), tuple(systems)
    lines = ["# The dialect of the target, as this run saw it. Copied into the target file, it pins these readings."]
    for system in systems:
        lines += ["", "[target.dialect]" if len(systems) == 1 else f"[{_key(system)}.target.dialect]"]
        lines += [_line(row) for row in rows if row.system == system]
    return "\n".join(lines) + "\n"


def _line(row: DialectEntry) -> str:
    about = one_line(row.about)
    if row.reading:
        meaning = one_line(row.text(row.reading)) + (" (unusual)" if row.unusual else "")
        return f"{_key(row.ambiguity)} = {_quoted(row.reading)}  # {about}: {meaning}"
    left = ", ".join(one_line(name) for name in row.left or ())
    said = {"open": f"still open: {left}", "mixed": "the answers fit no single reading", "unseen": "not observed"}
    return f"# {one_line(row.ambiguity)}: {about}: {said[row.state]}"


def _key(name: str) -> str:
    return name if _BARE_KEY.match(name) else _quoted(name)


def _quoted(text: str) -> str:
    shown = one_line(text)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'
