"""One failure in words: what was sent, what came, what the document asks and where, how to run it again."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.ending import Ending
from harness.report.readable import one_line, readable, visible
from harness.spec.clauses import ClauseEntry
from harness.transcript import Step, Transcript
from harness.verdict import CaseResult, Check, Severity, worst

# What a person reads at once; the transcript and results.json hold the rest.
MAX_CHECKS = 3
MAX_CLAUSES = 4
MAX_STEPS = 4
MAX_CHARACTERS = 400
_LABEL = 10
_ENDINGS = {
    Ending.ANSWERED: "",
    Ending.SILENT: "nothing before the deadline",
    Ending.CLOSED: "the connection was closed",
    Ending.RESET: "the connection was reset",
    Ending.FLOODED: "more bytes than a message may have, without an end",
}


def describe_failure(
    result: CaseResult, transcript: Transcript | None, clauses: Mapping[str, ClauseEntry], *, width: int = 0
) -> str:
    """The failure as text of several lines, for a terminal and for pytest.

    Args:
        result: the case; any outcome is described, failed ones are what it is for.
        transcript: what was sent and what came, None if it is not at hand.
        clauses: the clause catalogue.
        width: columns to wrap at, 0 for as long as the lines are.
    """
    lines = [f"{result.outcome.value.upper()} {visible(result.id)}"]
    if result.title:
        lines += _row("", result.title, width)
    if result.message:
        lines += _row("why", result.message, width)
    broken = _worst_first(result.checks)
    sent, came = _dialogue(transcript, broken[0].step if broken else -1)
    for step in sent[-MAX_STEPS:]:
        lines += _row("sent", readable(step.data, MAX_CHARACTERS), width)
    for step in came[:MAX_STEPS]:
        lines += _row("came", _arrival(step), width)
    for check in broken[:MAX_CHECKS]:
        lines += _row("check", f"{check.id} ({check.severity.value})", width) if len(broken) > 1 else []
        lines += _row("expected", check.expected, width) + _row("got", check.got, width)
    if len(broken) > MAX_CHECKS:
        lines += _row("", f"and {len(broken) - MAX_CHECKS} more broken checks", width)
    if not broken:
        lines += _row("expected", result.expected, width) + _row("got", result.got, width)
    lines += _document(result, clauses, width)
    lines += _row("details", result.transcript, width)
    if result.replay:  # never wrapped: it is there to be copied
        lines.append(f"  {'again':<{_LABEL}}{visible(result.replay)}")
    return "\n".join(lines)


def summarise_failure(result: CaseResult) -> tuple[str, str, str]:
    """A failure in three lines for a progress display: case, clauses, expected and got."""
    check = worst(result.checks)
    expected, got = (check.expected, check.got) if check is not None else (result.expected, result.got)
    named = ", ".join(result.broken[:MAX_CLAUSES]) or "no clause"
    if len(result.broken) > MAX_CLAUSES:
        named += f" and {len(result.broken) - MAX_CLAUSES} more"
    detail = f"expected {expected or '-'}, got {got or '-'}" if expected or got else result.message
    return f"{result.outcome.value.upper()} {one_line(result.id)}", f"  {one_line(named)}", f"  {one_line(detail, 240)}"


def _worst_first(checks: Iterable[Check]) -> list[Check]:
    order = list(Severity)
    return sorted((check for check in checks if not check.passed), key=lambda check: order.index(check.severity))


def _dialogue(transcript: Transcript | None, decided: int) -> tuple[Sequence[Step], Sequence[Step]]:
    """The sends before the deciding step, and what came after the last of them."""
    steps = transcript.steps if transcript is not None else []
    until = decided + 1 if 0 <= decided < len(steps) else len(steps)
    heard = [index for index, step in enumerate(steps[:until]) if step.action == "receive"]
    last = max((index for index, step in enumerate(steps[:until]) if step.action == "send"), default=-1)
    before = max((index for index in heard if index < last), default=-1)
    sent = [step for step in steps[before + 1 : until] if step.action == "send"]
    came = [step for step in steps[last + 1 : until] if step.action == "receive"]
    if not came and decided >= 0:  # the check names the send itself; what answered it stands behind
        after = [step for step in steps[until:] if step.action in ("send", "receive")]
        came = after[:1] if after and after[0].action == "receive" else []
    return sent, came


def _arrival(step: Step) -> str:
    how = _ENDINGS[step.ending] if step.ending is not None else ""
    took = f"{step.took_s:.3f} s"
    said = readable(step.data, MAX_CHARACTERS) if step.data else ""
    return f"{said}  ({', '.join(part for part in (how, took) if part)})" if said else f"{how or 'nothing'} ({took})"


def _document(result: CaseResult, clauses: Mapping[str, ClauseEntry], width: int) -> Iterator[str]:
    named = result.broken or result.clauses
    for name in named[:MAX_CLAUSES]:
        entry = clauses.get(name)
        if entry is None:
            yield from _row("document", name, width)
            continue
        yield from _row("document", f"{name} ({entry.level.value}): {entry.text}", width)
        yield from _row("", place(entry), width)
    if len(named) > MAX_CLAUSES:
        yield from _row("", f"and {len(named) - MAX_CLAUSES} more clauses", width)


def place(entry: ClauseEntry) -> str:
    """Where the document says it."""
    first, last = entry.lines
    return f'section "{entry.section}", ' + (f"line {first}" if first == last else f"lines {first}-{last}")


def _row(label: str, text: str, width: int) -> list[str]:
    if not text:
        return []
    shown = one_line(text, MAX_CHARACTERS)
    indent = " " * (2 + _LABEL) if label or width else "  "
    first = f"  {label:<{_LABEL}}" if label else indent
    if width <= len(indent) + 20:
        return [first + shown]
    return textwrap.wrap(
        shown, width, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False, drop_whitespace=True
    )
