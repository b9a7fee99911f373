"""Mistakes in interfaces and in the rules of a line protocol."""

from __future__ import annotations

from collections.abc import Iterator

from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import LineSyntax, System

# What the codec, the checks and offline validation cite by name; each needs a clause.
LINE_RULES = (
    "terminator", "encoding", "one-reply", "order", "success", "success-value", "error", "error-code", "error-text",
    "echo", "counts", "quoting", "failure-changes-nothing", "command-end", "command-encoding", "command-name",
    "balanced",
)  # fmt: skip


def syntax_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in `interfaces` and `lines`."""
    for name, interface in system.interfaces.items():
        if not 0 < interface.port < 65536:
            yield Mistake(("interfaces", name, "port"), "a port from 1 to 65535", str(interface.port))
    if system.lines is not None:
        yield from _lines(system, system.lines)


def _lines(system: System, syntax: LineSyntax) -> Iterator[Mistake]:
    place: Keys = ("lines",)
    for key in ("syntax_error", "unknown_command", "refused"):
        yield from known((*place, key), getattr(syntax, key), system.errors, "an error of the catalogue")
    for key in ("success_ambiguity", "error_ambiguity", "echo_ambiguity", "name_case_ambiguity"):
        yield from known((*place, key), getattr(syntax, key), system.ambiguities, "the id of an ambiguity")
    for table in ("open_points", "open_commands"):
        for name, ambiguity in getattr(syntax, table).items():
            yield from known((*place, table, name), ambiguity, system.ambiguities, "the id of an ambiguity")
    for key, forms, ambiguity in (
        ("success_value", syntax.success_value, syntax.success_ambiguity),
        ("error", syntax.error, syntax.error_ambiguity),
    ):
        for reading in forms:
            if ambiguity in system.ambiguities:
                readings = system.ambiguities[ambiguity].readings
                yield from known((*place, key, reading), reading, readings, f"a reading of {ambiguity}")
    for form, errors in syntax.only.items():
        yield from known((*place, "only", form), form, syntax.error, "a form of an error reply")
        for index, error in enumerate(errors):
            yield from known((*place, "only", form, str(index)), error, system.errors, "an error of the catalogue")
    for rule, clause in syntax.rules.items():
        yield from known((*place, "rules", rule), rule, LINE_RULES, "a rule of the checks")
        yield from known((*place, "rules", rule), clause, system.clauses, "the id of a stated clause")
    for rule in LINE_RULES:
        if rule not in syntax.rules:
            yield Mistake((*place, "rules"), f"the rule {rule!r} with its clause", "none")
