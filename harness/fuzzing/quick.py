"""Accepts the usual conforming replies at a fraction of what the full checks cost. What it does not accept is judged in full.

Sound, not complete: whatever is accepted here passes `harness.checks.message` and `harness.checks.answer`, and a test holds that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.datatypes import is_value
from harness.fuzzing.expect import Expectation
from harness.messages.book import ErrorBook, codes_of, text_pattern, texts_of
from harness.messages.reply import Reply
from harness.spec.model import DataType


@dataclass(frozen=True, slots=True)
class _Row:
    """One error of an operation: its codes and texts, and whether its numbers are those of the arity error."""

    codes: frozenset[str]
    texts: tuple[re.Pattern[str], ...]
    counts: bool


class Acceptor:
    """Made once for a system."""

    def __init__(self, book: ErrorBook) -> None:
        system = book.system
        self._results: Mapping[str, DataType | None] = {
            name: system.types[operation.result.type] if operation.result is not None else None
            for name, operation in system.operations.items()
        }
        self._wanted = {name: str(len(operation.parameters)) for name, operation in system.operations.items()}
        self._rows = {
            name: {
                error: _Row(frozenset(codes_of(row)), tuple(map(text_pattern, texts_of(row))), operation.arity == error)
                for error, row in book.rows(name).items()
            }
            for name, operation in system.operations.items()
        }

    def accepts(self, reply: Reply, expectation: Expectation) -> bool:
        """Whether the reply surely conforms to the expectation."""
        call = reply.call
        if reply.problems or call.operation not in self._results:
            return False
        if reply.ok:
            kind, value = self._results[call.operation], reply.value
            if (kind is None) != (value is None) or (kind is not None and not is_value(kind, value or "")):
                return False
            return any(one.error is None and one.value in (None, value) for one in expectation.answers)
        if reply.ok is None or not reply.code:
            return False
        rows = self._rows[call.operation]
        for answer in expectation.answers:
            row = rows.get(answer.error or "")
            if row is None or reply.code not in row.codes:
                continue
            for text in row.texts:
                match = text.fullmatch(reply.message)
                if match is None:
                    continue
                parts = match.groupdict()
                if not parts:
                    return True
                if "value" in parts:
                    known = call.values if answer.about is None else call.values[answer.about : answer.about + 1]
                    if parts["value"] in known:
                        return True
                elif row.counts and parts == {"wanted": self._wanted[call.operation], "got": str(len(call.values))}:
                    return True
        return False
