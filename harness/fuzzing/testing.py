"""Scripts and findings as tests: what `fuzz/<system>` and exported findings call."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from harness.certify import redactor_for
from harness.fuzzing.finding import Finding, finding_from_json, new_finding, without_secrets, write_finding
from harness.fuzzing.receive import Played
from harness.fuzzing.replay import replay_on
from harness.fuzzing.script import Script
from harness.fuzzing.session import Session
from harness.messages.reply import readable
from harness.transcript import Step

# Where a failing script is kept, below the folder that pytest runs in.
FINDINGS = Path("reports") / "runs" / "findings"


class FindingError(AssertionError):
    """A device broke a check; the message is the finding, for people."""


@dataclass(slots=True)
class Told:
    """What `must_conform` has told since someone began to listen.

    Attributes:
        findings: how many scripts broke a check.
        first: the first finding of each key (check, clauses, kind of case), as it was told.
    """

    findings: int = 0
    first: dict[tuple[str, ...], str] = field(default_factory=dict)


_LISTENER: ContextVar[Told | None] = ContextVar("_LISTENER", default=None)


@contextmanager
def listening() -> Iterator[Told]:
    """Keep what `must_conform` tells in this block: whoever runs it may lose what it raises, as Hypothesis does."""
    told = Told()
    token = _LISTENER.set(told)
    try:
        yield told
    finally:
        _LISTENER.reset(token)


def must_conform(session: Session, script: Script) -> bool:
    """Play a script and fail if the device breaks a check; gives False if it could not be played here.

    A failing script is written as a finding, for `clausewise replay`; under Hypothesis the smallest is the last that is written.

    Raises:
        FindingError: what was expected and what came, clauses, transcript, and where the finding is.
    """
    played = session.player.play(script, careful=True)
    if not played.broken:
        return not played.skipped
    finding = without_secrets(_finding(session, script, played), redactor_for(session.target))
    FINDINGS.mkdir(parents=True, exist_ok=True)
    path = write_finding(FINDINGS, finding)
    text = (
        f"{finding.check}: expected {finding.expected}, got {finding.got}\n"
        f"contradicts {', '.join(finding.clauses)}\n"
        + "\n".join(f"  {_shown(step)}" for step in finding.transcript)
        + f"\nclausewise replay {path} --target FILE"
    )
    told = _LISTENER.get() or Told()
    told.findings += 1
    told.first.setdefault(finding.key, text)
    raise FindingError(text)


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
    return new_finding(
        script,
        played,
        broken,
        name=f"{session.system.system}-{script.name}-{kind}",
        system=session.system.system,
        document=session.system.document.sha256,
        target=session.target.name,
        careful=True,
    )


def _shown(step: Step) -> str:
    ending = f" ({step.ending.value})" if step.ending is not None else ""
    return f"{step.at_s:8.3f} {step.action:8} {readable(step.data)}{ending}"
