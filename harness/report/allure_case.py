"""A case as Allure has it: a result made of the model classes of allure-python-commons, and its JSON.

Allure knows four statuses and we seven outcomes, so the outcome is always the case's tag, and of all but passed and failed the message
begins with it; `categories.json` (harness.report.allure) goes by that:

    passed        passed
    warned        passed, "warned: ..."
    failed        failed
    error         broken, "error: ..."
    skipped       skipped, "skipped: ..."
    inconclusive  skipped, "inconclusive: ..."
    waived        skipped, "waived: ...", a known issue

Epic, feature and story are system, chapter and clause. `testCaseId` is made of system and case, `historyId` of those and the target's name: a case
has one history a target, whatever the seed, the machine and the way it was run (harness.pytest_allure). `host` is the target.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from allure_commons.model2 import (
    ATTACHMENT_PATTERN,
    Attachment,
    Label,
    Parameter,
    Status,
    StatusDetails,
    TestResult,
    TestStepResult,
)
from allure_commons.types import AttachmentType, LabelType
from allure_commons.types import Severity as Importance

from harness.report.readable import one_line, shorten, visible
from harness.spec.clauses import ClauseEntry
from harness.spec.model import Level
from harness.verdict import CaseResult, Check, Outcome, Severity

# What a person reads in Allure; results.json holds the rest. A case cites 20 clauses at most today, and each story lists it once more.
MAX_STORIES = 32
MAX_STEPS = 32
MAX_CLAUSES = 8
MAX_MESSAGE_CHARACTERS = 1000
MAX_CHARACTERS = 8000

STATUS: Mapping[Outcome, str] = {
    Outcome.PASSED: Status.PASSED,
    Outcome.WARNED: Status.PASSED,
    Outcome.FAILED: Status.FAILED,
    Outcome.ERROR: Status.BROKEN,
    Outcome.SKIPPED: Status.SKIPPED,
    Outcome.INCONCLUSIVE: Status.SKIPPED,
    Outcome.WAIVED: Status.SKIPPED,
}
# Only these get their transcript attached: a link costs as much as a third of the result.
ATTACHED = frozenset({Outcome.FAILED, Outcome.WARNED})
_IMPORTANCE: Mapping[Level, str] = {
    Level.MUST: Importance.CRITICAL.value,
    Level.SHOULD: Importance.NORMAL.value,
    Level.MAY: Importance.MINOR.value,
}
_LANGUAGE = f"{sys.implementation.name}{sys.version_info.major}"  # as allure-pytest writes it


class _Labels(dict[tuple[str, str], Label]):
    """Every label once: the cases of a run have few different ones."""

    def __missing__(self, key: tuple[str, str]) -> Label:
        made = self[key] = Label(name=key[0], value=key[1])
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the cases of a run share.

    Attributes:
        target: the target's name.
        titles: system -> its title.
        clauses: the clause catalogue; a clause that is missing costs its level and its place.
    """

    target: str
    titles: Mapping[str, str]
    clauses: Mapping[str, ClauseEntry]
    _labels: _Labels = field(default_factory=_Labels)
    _places: dict[str, str] = field(default_factory=dict)

    def place(self, clause: str) -> str:
        """A clause with its level, section and lines."""
        if clause not in self._places:
            entry = self.clauses.get(clause)
            place = f" ({entry.level.value}): {entry.section}, lines {entry.lines[0]}-{entry.lines[1]}" if entry else ""
            self._places[clause] = f"clause: {clause}{place}"
        return self._places[clause]


def allure_result(result: CaseResult, origin: Origin) -> TestResult:
    """A case as Allure has it, without uuid, times and attachments."""
    title = origin.titles.get(result.system, result.system)
    identity = f"{result.system}\n{result.id}"
    broken = [check for check in result.checks if not check.passed]
    told = labels(result.system, result.id, result.chapter, stories(result), origin) + _run_labels(result, origin)
    return TestResult(
        name=visible(result.title or result.id),
        fullName=result.id,
        titlePath=[part for part in (title, result.chapter) if part],
        testCaseId=digest(identity),
        historyId=digest(f"{identity}\n{origin.target}"),
        status=STATUS[result.outcome],
        statusDetails=_details(result, origin),
        stage="finished",
        labels=[label for label in told if label.value],
        steps=[_step(check) for check in broken[:MAX_STEPS]],
    )


def stories(result: CaseResult) -> tuple[str, ...]:
    """The clauses that a case probes, contradicted ones first, at most `MAX_STORIES`."""
    return tuple(dict.fromkeys((*result.broken, *result.clauses)))[:MAX_STORIES]


def labels(system: str, case: str, chapter: str, clauses: tuple[str, ...], origin: Origin) -> list[Label]:
    """The labels that a case has whatever comes of it: where it stands in Allure's trees, and its severity."""
    title = origin.titles.get(system, system)
    label = origin._labels  # noqa: SLF001 - this module's own
    return [
        label[LabelType.EPIC, title],
        label[LabelType.FEATURE, chapter],
        *[label[LabelType.STORY, name] for name in clauses],
        label[LabelType.PARENT_SUITE, title],
        label[LabelType.SUITE, chapter],
        label["package", case.rpartition(".")[0]],
        label[LabelType.SEVERITY, _importance(clauses, origin.clauses)],
    ]


def _importance(clauses: tuple[str, ...], entries: Mapping[str, ClauseEntry]) -> str:
    """By the strictest of the clauses; Allure's own default, normal, where none is known."""
    found = {entries[name].level for name in clauses if name in entries}
    return next((word for level, word in _IMPORTANCE.items() if level in found), Importance.NORMAL.value)


def _run_labels(result: CaseResult, origin: Origin) -> list[Label]:
    label = origin._labels  # noqa: SLF001 - this module's own
    return [
        label[LabelType.TAG, result.outcome.value],
        label[LabelType.HOST, origin.target],
        label[LabelType.FRAMEWORK, "clausewise"],
        label[LabelType.LANGUAGE, _LANGUAGE],
    ]


def digest(text: str) -> str:
    """32 hexadecimal digits, as allure-python-commons' md5 has them, which some machines do not allow."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _details(result: CaseResult, origin: Origin) -> StatusDetails | None:
    if result.outcome is Outcome.PASSED:
        return None
    message = result.message or result.title
    if result.outcome is not Outcome.FAILED:
        message = f"{result.outcome.value}: {message}"
    return StatusDetails(
        known=True if result.outcome is Outcome.WAIVED else None,
        message=one_line(message, MAX_MESSAGE_CHARACTERS),
        trace=shorten(visible("\n".join(_trace(result, origin)), breaks=True), MAX_CHARACTERS),
    )


def _trace(result: CaseResult, origin: Origin) -> Iterator[str]:
    yield f"{result.outcome.value}: {result.id}"
    for name, value in (("expected", result.expected), ("got", result.got)):
        if value:
            yield f"{name}: {shorten(value, MAX_CHARACTERS // 4)}"
    for clause in result.broken[:MAX_CLAUSES]:
        yield origin.place(clause)
    if len(result.broken) > MAX_CLAUSES:
        yield f"and {len(result.broken) - MAX_CLAUSES} more clauses"
    if result.transcript:
        yield f"transcript: {result.transcript}"
    if result.replay:
        yield f"run it again: {result.replay}"


def _step(check: Check) -> TestStepResult:
    """A broken check. An unusual reading contradicts nothing, so it is a passed step with a message."""
    told = f"expected {check.expected or '-'}, got {check.got or '-'}"
    return TestStepResult(
        name=f"{check.id} ({check.severity.value})",
        status=Status.PASSED if check.severity is Severity.READING else Status.FAILED,
        statusDetails=StatusDetails(message=one_line(told, MAX_MESSAGE_CHARACTERS)),
        stage="finished",
        parameters=[Parameter(name="clauses", value=", ".join(check.clauses[:MAX_CLAUSES]))] if check.clauses else [],
    )


def transcript_attachment(uuid: str) -> Attachment:
    """The transcript of the result with that uuid, as an attachment."""
    kind = AttachmentType.JSON
    return Attachment(
        name="transcript", source=ATTACHMENT_PATTERN.format(prefix=uuid, ext=kind.extension), type=kind.mime_type
    )


def encode_result(result: TestResult) -> bytes:
    """The JSON of a result, without what is empty, as Allure's readers want it."""
    plain = _plain(result)
    try:
        return msgspec.json.encode(plain)
    except UnicodeEncodeError:  # half a surrogate pair, from bytes that are no UTF-8
        return json.dumps(msgspec.to_builtins(plain), ensure_ascii=False).encode("utf-8", "backslashreplace")


def _plain(item: Any) -> dict[str, Any]:
    """A model object as a dict without empty values. Labels are left to msgspec: both their members are always there."""
    row = {name: value for name, value in vars(item).items() if value}
    for name in ("steps", "parameters"):
        if name in row:
            row[name] = [_plain(part) for part in row[name]]
    if "statusDetails" in row:
        row["statusDetails"] = _plain(row["statusDetails"])
    return row
