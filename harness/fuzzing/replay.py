"""Sends a finding again and tells, step by step, whether what comes is the same, has changed, or is gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from harness.ending import Ending
from harness.errors import UsageError
from harness.fuzzing.finding import Finding, same_break
from harness.fuzzing.receive import Played
from harness.fuzzing.run import replaying
from harness.fuzzing.session import Session
from harness.messages.reply import Call, Reply, readable
from harness.transcript import Step
from harness.verdict import Check

# Ids, the words that the player puts into its own calls, and the time of an HTTP response differ from run to run and mean the same.
_VOLATILE = re.compile(
    rb"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|marker[0-9]+x|(?<=\r\n)[Dd]ate: [^\r\n]*"
)


class Fate(StrEnum):
    """What became of a step of the recorded transcript."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"  # something came then, and nothing does now, or the script ended before


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One step then and now."""

    action: str
    fate: Fate
    then: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The outcome of a replay. `broken` is the broken check if it is the finding's; `others` are different ones."""

    finding: Finding
    steps: tuple[Compared, ...]
    broken: Check | None
    others: tuple[Check, ...]


def replay(finding: Finding, target: Path | None) -> Replayed:
    """Play the finding's script on a target, or on a reference server.

    Raises:
        UsageError: the target cannot play it: another system, or objects and permits that it lacks.
        TransportError: it cannot be connected.
    """
    with replaying(target, finding.system) as session:
        return replay_on(session, finding)


def replay_on(session: Session, finding: Finding) -> Replayed:
    """As `replay`, on a target that is ready."""
    tries: list[Replayed] = []
    for careful in (
        finding.careful,
        not finding.careful,
    ):  # some breaks only show when the next request follows at once
        played = session.player.play(finding.script, careful=careful)
        if played.skipped:
            raise UsageError(f"{finding.id}: cannot be played on {session.target.name}: {played.skipped}")
        broken = same_break(finding.check, finding.clauses, played)
        others = tuple(check for check in played.broken if check is not broken)
        tries.append(Replayed(finding=finding, steps=compare(finding.transcript, played), broken=broken, others=others))
        if broken is not None:
            return tries[-1]
        if played.gone:
            break
    return tries[0]


def compare(then: Sequence[Step], played: Played) -> tuple[Compared, ...]:
    """Each step of the recorded transcript against the one at its place now."""
    found = []
    now = played.transcript
    for index, step in enumerate(then):
        other = now[index] if index < len(now) else None
        if other is None or (other.action == "receive" and not other.data and step.data):
            fate = Fate.GONE
        elif _plain(step) == _plain(other):
            fate = Fate.SAME
        else:
            fate = Fate.CHANGED
        found.append(
            Compared(action=step.action, fate=fate, then=_shown(step), now="" if other is None else _shown(other))
        )
    return tuple(found)


def _plain(step: Step) -> tuple[str, bytes, Ending | None]:
    return step.action, _VOLATILE.sub(b"id", step.data), step.ending


def _shown(step: Step) -> str:
    if step.action == "receive" and step.ending is not None and step.ending is not Ending.ANSWERED:
        return Reply(call=Call(operation=""), ending=step.ending, raw=step.data).describe()
    return readable(step.data, 200)
