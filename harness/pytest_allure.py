"""Allure results of the suites under pytest (`--alluredir`): what allure-pytest writes of a case, made to agree with what `certify` writes.

allure-pytest makes a result for each item and hands it to allure-python-commons, where this module sees it before it is written: title, status,
message, labels, steps, `testCaseId` and `historyId` become those of harness.report.allure_case, so a case has one history whichever way it was run.
Left as allure-pytest has them: uuid, times, `fullName` and `titlePath` (its test plans go by the former), and the labels that say who ran it.

Imported only with `--alluredir` or where Allure's options select cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import allure_commons
import msgspec
from allure_commons.model2 import Label, Status, TestResult
from allure_commons.types import LabelType

from harness.case import Case
from harness.events import case_from_json, case_to_json
from harness.report.allure_case import ATTACHED, Origin, allure_result, labels, transcript_attachment
from harness.spec.clauses import ClauseEntry
from harness.spec.model import System
from harness.transcript import Redactor, Transcript, transcript_to_json
from harness.verdict import CaseResult, Outcome

_RUN_LABELS = frozenset({LabelType.HOST, LabelType.THREAD, LabelType.FRAMEWORK, LabelType.LANGUAGE})
_COPIED = ("name", "testCaseId", "historyId", "statusDetails", "stage")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    made: TestResult
    outcome: Outcome
    transcript: bytes


class AllureCases:
    """Knows the cases that have run and corrects their results; a plugin of allure-python-commons."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._origins: dict[str, tuple[Origin, Redactor]] = {}

    def register(self) -> Callable[[], None]:
        """Take part from now on; gives what ends it."""
        allure_commons.plugin_manager.register(self)

        def end() -> None:
            allure_commons.plugin_manager.unregister(self)

        return end

    def start(self, system: System, clauses: Mapping[str, ClauseEntry], target: str, redactor: Redactor) -> None:
        """Cases of that system follow, run against the target of that name; `redactor` knows its secrets."""
        self._origins[system.system] = origin_of(system, clauses, target), redactor

    def add(self, result: CaseResult, transcript: Transcript | None) -> None:
        """A case has ended; its secrets are replaced here."""
        origin, redactor = self._origins[result.system]
        clean = case_from_json(case_to_json(result, redactor)) if redactor.knows_any else result
        data = b""
        if transcript is not None and result.outcome in ATTACHED:
            data = msgspec.json.encode(transcript_to_json(transcript, redactor))
        self._seen[result.id] = _Seen(made=allure_result(clean, origin), outcome=result.outcome, transcript=data)

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: TestResult) -> None:
        """Called before the result is written."""
        seen = self._seen.pop(result.name, None)
        if seen is None:  # a test that is no case, or a case that did not come to run
            return
        if seen.outcome not in (Outcome.FAILED, Outcome.ERROR, Outcome.INCONCLUSIVE) and result.status in (
            Status.FAILED,
            Status.BROKEN,
        ):
            seen.made.statusDetails = result.statusDetails  # something of pytest's own failed around the case
        else:
            result.status = seen.made.status
        for name in _COPIED:
            setattr(result, name, getattr(seen.made, name))
        result.labels = [
            *(label for label in seen.made.labels if label.name not in _RUN_LABELS),
            *(label for label in result.labels if label.name in _RUN_LABELS),
        ]
        for step in seen.made.steps:
            step.start = step.stop = result.stop
        result.steps.extend(seen.made.steps)
        if seen.transcript:
            attachment = transcript_attachment(result.uuid)
            allure_commons.plugin_manager.hook.report_attached_data(body=seen.transcript, file_name=attachment.source)
            result.attachments.append(attachment)


def case_labels(case: Case, origin: Origin) -> list[Label]:
    """The labels of a case that has not run, for Allure's options that select by them."""
    return labels(case.system, case.id, case.chapter, case.clauses, origin)


def origin_of(system: System, clauses: Mapping[str, ClauseEntry], target: str = "") -> Origin:
    """What the cases of a system share."""
    return Origin(target=target, titles={system.system: system.title}, clauses=clauses)
