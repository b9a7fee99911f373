"""Mutants of the rules about what is refused: methods, sizes, users and rights, and the names that faults tell."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutation.call_seen import CallMaker, Say
from harness.mutation.call_speech import fault
from harness.mutation.mutant import Operator
from harness.spec.callmodel import Slip
from harness.spec.model import System

Row = tuple[str, str, Operator, str, Say]


class RefusalMaker(CallMaker):
    """Rows of rule, name, operator, words and what is said."""

    def refusals(self) -> Iterator[Row]:
        """What is refused otherwise, or not at all."""
        syntax = self.syntax
        missing, malformed = syntax.wrong[Slip.MISSING].fault, syntax.wrong[Slip.MALFORMED].fault
        method = syntax.unknown_method.fault
        yield (
            "missing-name",
            "unnamed",
            Operator.DROP,
            "The fault does not name what is missing.",
            _fault_as(self.system, missing),
        )
        yield (
            "malformed-name",
            "unnamed",
            Operator.DROP,
            "The fault does not name what is malformed.",
            _fault_as(self.system, malformed),
        )
        yield (
            "unknown-method",
            "taken",
            Operator.ACCEPT,
            "Methods that there are none of succeed.",
            lambda seen: (
                seen.tree({syntax.status: syntax.success}) if seen.fails("", method) and not seen.name else None
            ),
        )
        yield (
            "unknown-method",
            "other-fault",
            Operator.SWAP,
            "Methods that there are none of are refused as something else.",
            lambda seen: seen.faulted("no-such-conference") if seen.fails("", method) and not seen.name else None,
        )
        size = syntax.too_large.fault
        yield (
            "request-size",
            "taken",
            Operator.ACCEPT,
            "Calls that are too large succeed.",
            lambda seen: (
                (seen.accepted() if seen.call is not None else seen.tree({syntax.status: syntax.success}))
                if seen.fails("", size)
                else None
            ),
        )
        yield from self._rights()

    def _rights(self) -> Iterator[Row]:
        syntax = self.syntax
        strangers = [*syntax.unauthorized.faults.values(), syntax.unauthorized.fault]
        yield (
            "authentication",
            "taken",
            Operator.ACCEPT,
            "Anybody may call.",
            lambda seen: (
                seen.accepted()
                if seen.fails("", *filter(None, strangers)) and seen.call is not None and not seen.slips
                else None
            ),
        )
        required = syntax.rules.get("authentication-required", "")
        yield (
            "authentication-required",
            "taken",
            Operator.ACCEPT,
            "Calls without user or password succeed.",
            lambda seen: seen.accepted() if seen.faulty and seen.call is not None and required in seen.slips else None,
        )
        fewer = [*syntax.unprivileged.faults.values(), syntax.unprivileged.fault]
        yield (
            "privileges",
            "taken",
            Operator.ACCEPT,
            "Who has no rights may do everything.",
            lambda seen: (
                seen.accepted()
                if seen.fails("", *filter(None, fewer)) and seen.call is not None and not seen.slips
                else None
            ),
        )
        both = self.syntax.wrong[Slip.BOTH].faults.values()
        yield (
            "unlimited-both",
            "taken",
            Operator.ACCEPT,
            "Both halves of an unlimited pair are taken.",
            lambda seen: (
                seen.accepted() if seen.fails("", *both) and any(one.endswith(":both") for one in seen.slips) else None
            ),
        )


def _fault_as(system: System, name: str) -> Say:
    row = system.errors[name]
    text = fault(system, name).replace(b"something", b"").replace(b": <", b"<")
    return lambda seen: seen.says(text) if seen.faulty and seen.code == row.code else None
