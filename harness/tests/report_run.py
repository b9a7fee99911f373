"""A made-up run with every outcome, hostile strings and transcripts, for the tests of reports."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from harness.ending import Ending
from harness.events import CaseFinished, RecordWriter, RunFinished, RunRecord, RunStarted, read_record
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.spec.model import System
from harness.transcript import Redactor, Step, Transcript, transcript_to_json
from harness.verdict import CaseResult, Check, Outcome, Severity, broken_clauses, exit_code

EVIL = "</script><script>alert(1)</script><!-- \x00\x1b[31m \u202eevil\u202c ]]> & \"' \udcff שלום \u2028 é"
EVIL_BYTES = b"\xff\xfe\x00\x80</script><img src=x onerror=alert(1)>\r\n\xe2\x82\xac\xed\xa0\x80"
BIG = b"x\r\n" * 350_000


def systems() -> dict[str, System]:
    return {"hmp": load_system("hmp")}


def header(planned: int, select: str = "") -> RunStarted:
    return RunStarted(
        tool="clausewise 0.1.0",
        started="2026-11-20T20:00:00Z",
        systems=("hmp",),
        specs={
            "hmp": {"title": "Haivision Media Platform 3.2", "document": "haivision-hmp-3.2.txt", "digest": "ab" * 32}
        },
        target={"name": "lab-hmp-1", "host": "127.0.0.1", "timeout": 5.0},
        claims={"version": "3.2"},
        permit={"write": True, "disruptive": False},
        profile="certification",
        seed=20261120,
        planned=planned,
        select=select,
    )


def footer(results: list[CaseResult], *, dialect: bool = True, interrupted: bool = False) -> RunFinished:
    left = {"HMP-AMB-001": ("pipe",), "HMP-AMB-002": ("bare", "pipe"), "HMP-AMB-003": (), "HMP-AMB-010": ("not-known",)}
    outcomes = [result.outcome for result in results]
    return RunFinished(
        finished="2026-11-20T20:05:00Z",
        totals=dict(Counter(outcome.value for outcome in outcomes)),
        exit_code=exit_code(outcomes, interrupted=interrupted),
        dialect={"hmp": left} if dialect else {},
        notes=("The recording 7 could not be deleted again: " + EVIL,),
        interrupted=interrupted,
    )


def check(name: str, *clauses: str, passed: bool = True, severity: Severity = Severity.MUST, got: str = "") -> Check:
    expected = "" if passed else "ERROR|010003|Expected 1 parameter(s), got 0"
    return Check(
        id=name, clauses=clauses, passed=passed, severity=severity, expected=expected, got=got, step=-1 if passed else 2
    )


def case(
    name: str, outcome: Outcome, *checks: Check, message: str = "", title: str = "", chapter: str = ""
) -> CaseResult:
    clauses = tuple(dict.fromkeys(clause for one in checks for clause in one.clauses))
    worst = next((one for one in checks if not one.passed), None)
    return CaseResult(
        id=name,
        system="hmp",
        title=title or "createSession without its title is refused",
        chapter=chapter or "Create a Session",
        outcome=outcome,
        clauses=clauses,
        broken=broken_clauses(checks),
        checks=checks,
        message=message,
        expected=worst.expected if worst else "",
        got=worst.got if worst else "",
        duration_s=0.0123,
        transcript=f"transcripts/{name}.json",
        replay=f"clausewise certify hmp --target lab.toml --select {name} --seed 20261120",
    )


def all_outcomes() -> list[CaseResult]:
    arity = "HMP-createSession.arity"
    return [
        case("hmp.createSession.valid", Outcome.PASSED, check("reply.success", "HMP-createSession", "HMP-RSP-001")),
        case(
            "hmp.createSession.arity.too-few",
            Outcome.FAILED,
            check("reply.framing", "HMP-SYN-002"),
            check("reply.error", arity, passed=False, got="OK|9eed71ca " + EVIL),
            check("reply.wording", "HMP-RSP-005", passed=False, severity=Severity.SHOULD, got="expected 1 parameter"),
            message="createSession without parameters was accepted " + EVIL,
        ),
        case(
            "hmp.syntax.quotes",
            Outcome.WARNED,
            check("echo", "HMP-RSP-006", passed=False, severity=Severity.SHOULD, got="x"),
            chapter="syntax",
            message="the echo differs",
        ),
        case(
            "hmp.access.other", Outcome.SKIPPED, chapter="access", message="needs [target.fixtures] unauthorised_client"
        ),
        case(
            "hmp.hotmark.add",
            Outcome.SKIPPED,
            chapter="hotmarks",
            message="no fixture recording_active, nor recording_paused",
        ),
        case(
            "hmp.deleteSession.valid",
            Outcome.SKIPPED,
            chapter="Delete a Session",
            message="deleteSession is destructive, which [target.allow] does not permit",
        ),
        case(
            "hmp.recordings.pause",
            Outcome.INCONCLUSIVE,
            check("state", "HMP-REC-003"),
            chapter="recordings",
            message="its positive control was refused",
        ),
        case("hmp.recordings.stop", Outcome.ERROR, chapter="recordings", message=f"KeyError: {EVIL}"),
        case(
            "hmp.sharing.case",
            Outcome.WAIVED,
            check("case", "HMP-SHR-001", passed=False, got="refused"),
            chapter="sharing",
            message="waived until 2027-01-01: fixed in 3.3",
        ),
    ]


def transcript(name: str, received: bytes = b"OK|9eed71ca\n") -> Transcript:
    return Transcript(
        case=name,
        steps=[
            Step(action="connect", link="cli", took_s=0.0011, ending=Ending.ANSWERED, detail="127.0.0.1:23233"),
            Step(action="send", link="cli", at_s=0.0012, data='createSession "é"\n'.encode(), pieces=(9, 10)),
            Step(action="receive", link="cli", at_s=0.002, took_s=0.0102, data=received, ending=Ending.ANSWERED),
            Step(action="receive", link="cli", at_s=0.0122, took_s=5.0, ending=Ending.SILENT),
            Step(action="close", link="cli", at_s=5.0123),
        ],
    )


def write_run(
    folder: Path, results: list[CaseResult], *, finished: RunFinished | None = None, planned: int | None = None
) -> RunRecord:
    """Write record and transcripts as the engine does, and read the record back."""
    (folder / "transcripts").mkdir(parents=True)
    writer = RecordWriter(folder / "run.jsonl", Redactor())
    writer.write(header(len(results) if planned is None else planned))
    for index, result in enumerate(results):
        received = {1: EVIL_BYTES, 2: BIG}.get(index, b"OK|9eed71ca\n")
        data = json.dumps(transcript_to_json(transcript(result.id, received)))
        (folder / result.transcript).write_text(data, encoding="utf-8")
        writer.write(CaseFinished(result=result))
    if finished is not None:
        writer.write(finished)
    else:
        writer.close()
    return read_record(folder)


def many(count: int) -> list[CaseResult]:
    """A run of a usual shape: most cases pass, with four checks each, and every clause is probed."""
    names = list(catalogue(systems()["hmp"]))
    chapters = {name: entry.chapter for name, entry in catalogue(systems()["hmp"]).items()}
    results = []
    for number in range(count):
        clause = names[number % len(names)]
        kinds = {0: Outcome.FAILED, 1: Outcome.WARNED, 2: Outcome.SKIPPED, 3: Outcome.INCONCLUSIVE}
        outcome = kinds.get(number % 41, Outcome.PASSED)
        checks = [check(f"reply.part-{part}", names[(number + part) % len(names)]) for part in range(4)]
        if outcome in (Outcome.FAILED, Outcome.WARNED):
            severity = Severity.MUST if outcome is Outcome.FAILED else Severity.SHOULD
            checks.append(
                check("reply.error-code", clause, passed=False, severity=severity, got="ERROR|010002|Expected a UUID")
            )
        message = {
            Outcome.SKIPPED: "no fixture recording_paused",
            Outcome.INCONCLUSIVE: "its control was refused",
            Outcome.FAILED: "another error than the documented one was reported",
        }.get(outcome, "")
        results.append(
            case(
                f"{clause.lower().replace('-', '.')}.probe-{number}",
                outcome,
                *checks,
                message=message,
                title=f"Probe {number} of {clause}",
                chapter=chapters[clause],
            )
        )
    return results
