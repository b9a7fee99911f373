"""Scripts and findings as tests: what `fuzz/<system>` and exported findings call."""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness.certify import redactor_for
from harness.fuzzing.finding import Finding, finding_from_json, without_secrets, write_finding
from harness.fuzzing.receive import Played
from harness.fuzzing.replay import replay_on
from harness.fuzzing.script import Script
from harness.fuzzing.session import Session
from harness.messages.reply import readable
from harness.transcript import Step

# Where a failing script is kept, below the folder that pytest runs in.
FINDINGS = Path("reports") / "runs" / "findings"


def must_conform(session: Session, script: Script) -> bool:
    """Play a script and fail if the device breaks a check; gives False if it could not be played here.

    A failing script is written as a finding, for `clausewise replay`; under Hypothesis the smallest is the last that is written.

    Raises:
        AssertionError: what was expected and what came, clauses, transcript, and where the finding is.
    """
    played = session.player.play(script, careful=True)
    if not played.broken:
        return not played.skipped
    finding = without_secrets(_finding(session, script, played), redactor_for(session.target))
    FINDINGS.mkdir(parents=True, exist_ok=True)
    path = write_finding(FINDINGS, finding)
    raise AssertionError(
        f"{finding.check}: expected {finding.expected}, got {finding.got}\n"
        f"contradicts {', '.join(finding.clauses)}\n"
        + "\n".join(f"  {_shown(step)}" for step in finding.transcript)
        + f"\nclausewise replay {path} --target FILE"
    )


def must_be_gone(session: Session, row: dict[str, object]) -> None:
    """Play a finding and fail if it breaks the same check again; for exported tests.

    Raises:
        AssertionError: it is still there; the message is for people.
        UsageError: the data is no finding, or the target cannot play it.
    """
    broken = replay_on(session, finding_from_json(row)).broken
    if broken is not None:
        raise AssertionError(
            f"{broken.id}: expected {broken.expected}, got {broken.got}\ncontradicts {', '.join(broken.clauses)}"
        )


def _finding(session: Session, script: Script, played: Played) -> Finding:
    broken = played.broken[0]
    kind = hashlib.blake2b(f"{broken.id} {broken.clauses}".encode(), digest_size=4).hexdigest()
    return Finding(
        id=f"{session.system.system}-{script.name}-{kind}",
        system=session.system.system,
        document=session.system.document.sha256,
        seed=0,
        number=0,
        check=broken.id,
        clauses=broken.clauses or script.clauses,
        expected=broken.expected,
        got=broken.got,
        script=script,
        transcript=tuple(played.transcript),
        reproduced=False,
        careful=True,
        original_bytes=script.size,
        target=session.target.name,
    )


def _shown(step: Step) -> str:
    ending = f" ({step.ending.value})" if step.ending is not None else ""
    return f"{step.at_s:8.3f} {step.action:8} {readable(step.data)}{ending}"
