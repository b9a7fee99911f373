"""`junit.xml`: one suite a chapter, one test case a case. Characters that XML 1.0 forbids are shown, not dropped.

failed is a failure, error an error; skipped, inconclusive and waived are skipped, told apart by their type; warned
passes and says why in system-out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from harness.report.readable import one_line, visible
from harness.report.summary import Summary
from harness.verdict import CaseResult, Outcome

_SKIPPED = frozenset({Outcome.SKIPPED, Outcome.INCONCLUSIVE, Outcome.WAIVED})


def write_junit(folder: Path, summary: Summary) -> Path:
    """Write `junit.xml`."""
    path = folder / "junit.xml"
    path.write_text("".join(_document(summary)), encoding="utf-8", newline="\n")
    return path


def _document(summary: Summary) -> Iterator[str]:
    suites: dict[tuple[str, str], list[CaseResult]] = {}
    for result in summary.results:
        suites.setdefault((result.system, result.chapter), []).append(result)
    name = f"clausewise {' '.join(summary.started.systems)}"
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites name={_quoted(name)}{_counts(summary.results)}>\n"
    for (system, chapter), results in suites.items():
        yield f"  <testsuite name={_quoted(f'{system}: {chapter}')}{_counts(results)} skipped={_skipped(results)}"
        yield f" timestamp={_quoted(summary.started.started)}>\n"
        yield from _properties(summary)
        for result in results:
            yield from _case(result)
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


def _counts(results: Iterable[CaseResult]) -> str:
    outcomes = [result.outcome for result in results]
    seconds = sum(result.duration_s for result in results)
    failed, errors = outcomes.count(Outcome.FAILED), outcomes.count(Outcome.ERROR)
    return f' tests="{len(outcomes)}" failures="{failed}" errors="{errors}" time="{seconds:.6f}"'


def _skipped(results: Iterable[CaseResult]) -> str:
    return f'"{sum(result.outcome in _SKIPPED for result in results)}"'


def _properties(summary: Summary) -> Iterator[str]:
    started = summary.started
    values = {
        "seed": str(started.seed),
        "target": str(started.target.get("name", "")),
        "profile": started.profile,
        "tool": started.tool,
        "complete": str(summary.complete).lower(),
    }
    yield "    <properties>\n"
    for name, value in values.items():
        yield f"      <property name={_quoted(name)} value={_quoted(value)}/>\n"
    yield "    </properties>\n"


def _case(result: CaseResult) -> Iterator[str]:
    head = f"    <testcase name={_quoted(result.id)} classname={_quoted(f'{result.system}.{result.chapter}')}"
    head += f' time="{result.duration_s:.6f}"'
    if result.outcome is Outcome.PASSED:
        yield f"{head}/>\n"
        return
    message = _quoted(one_line(result.message or result.title, 1000))
    text = escape(visible(_text(result), breaks=True), quote=False)
    if result.outcome in _SKIPPED:
        body = f"<skipped type={_quoted(result.outcome.value)} message={message}>{text}</skipped>"
    elif result.outcome is Outcome.WARNED:
        body = f"<system-out>{text}</system-out>"
    else:
        tag = "failure" if result.outcome is Outcome.FAILED else "error"
        kind = result.broken[0] if result.broken else result.outcome.value
        body = f"<{tag} type={_quoted(kind)} message={message}>{text}</{tag}>"
    yield f"{head}>\n      {body}\n    </testcase>\n"


def _text(result: CaseResult) -> str:
    rows = {
        "title": result.title,
        "outcome": result.outcome.value,
        "message": result.message,
        "expected": result.expected,
        "got": result.got,
        "clauses": ", ".join(result.broken or result.clauses),
        "transcript": result.transcript,
        "run it again": result.replay,
    }
    return "\n".join(f"{name}: {value}" for name, value in rows.items() if value)


def _quoted(text: str) -> str:
    return f'"{escape(visible(text))}"'
