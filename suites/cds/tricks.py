"""Normal play time: it goes on while a stream plays, back while it plays backwards, and stays while it is paused.

How far it moves is told by the clock of the device, in whole seconds, some time after it happened: the document's own examples are off by
up to two seconds of play. So only the direction is binding, and the speed is looked at with room.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from harness.verdict import Severity
from suites.cds import SUITE
from suites.cds.history import first_few, values
from suites.cds.world import MANY, history, period, some_rows

TRICKS = ("TrickModeHistory", "TrickModeListHistory", "PlayServerHistory")
# Milliseconds of play by which what a device tells may be off; the document's examples need 1.9 s.
SLACK_MS = 2500


@dataclass(frozen=True, slots=True)
class Action:
    """One trick mode: when (seconds), where (milliseconds), how fast the play goes on, in which content."""

    at_s: float
    npt: int
    scale: float
    segment: str = ""

    @property
    def ends(self) -> bool:
        """Whether it may be the end of the play, whose time is told as 0."""
        return self.npt == 0 and self.scale == 0


@dataclass(frozen=True, slots=True)
class Broken:
    """Two actions in a row that do not fit together."""

    rule: str
    about: str


def breaches(actions: Sequence[Action]) -> Iterator[Broken]:
    """Every two neighbours that contradict the rules of normal play time.

    `paused` is binding where a pause is followed by a pause, `forward` and `backward` where a pause follows: there is no other place to
    which a player might have jumped. All else is `jump`.
    """
    at_once = Counter(action.at_s for action in actions)
    for before, after in pairwise(actions):
        if before.ends or after.ends or before.segment != after.segment:
            continue
        if at_once[before.at_s] > 1 or at_once[after.at_s] > 1:
            continue  # which of several actions of one second came last is not told
        moved = after.npt - before.npt
        slack = SLACK_MS * max(1.0, abs(before.scale))
        told = f"{before.npt} ms at scale {before.scale:g}, {after.npt} ms {after.at_s - before.at_s:g} s later"
        stays = after.scale == 0
        if before.scale == 0 and abs(moved) > SLACK_MS:
            yield Broken("paused" if stays else "jump", told)
        elif before.scale > 0 and moved < 0 and -moved > (0 if stays else slack):
            yield Broken("forward" if stays else "jump", told)
        elif before.scale < 0 and moved > 0 and moved > (0 if stays else slack):
            yield Broken("backward" if stays else "jump", told)
        elif before.scale == 1 and stays and abs(moved - 1000 * (after.at_s - before.at_s)) > 2 * SLACK_MS:
            yield Broken("speed", told)


def goes_on(actions: Sequence[Action]) -> Iterator[str]:
    """Pauses after which the play time has moved on as if nothing had been paused, which no jump of a player explains."""
    at_once = Counter(action.at_s for action in actions)
    for before, after in pairwise(actions):
        passed = after.at_s - before.at_s
        if before.scale or before.ends or after.ends or before.segment != after.segment or 1000 * passed < 4 * SLACK_MS:
            continue
        if at_once[before.at_s] == at_once[after.at_s] == 1 and abs(after.npt - before.npt - 1000 * passed) < SLACK_MS:
            yield f"{before.npt} ms in a pause, {after.npt} ms {passed:g} s later"


def number(text: str | None) -> float | None:
    """A number as it stands in a row; None if it is none."""
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def by_session(rows: Sequence[tuple[str | None, ...]]) -> dict[str, list[Action]]:
    """The actions of each session, in the order of the rows; what is no number is left out, other cases tell of it."""
    found: dict[str, list[Action]] = {}
    for session, at, npt, scale, *more in rows:
        numbers = [number(at), number(npt), number(scale)]
        if session and None not in numbers:
            at_s, place, speed = (value or 0.0 for value in numbers)
            found.setdefault(session, []).append(Action(at_s, int(place), speed, (more[0] or "") if more else ""))
    return found


_CLAUSES = {
    "paused": "CDS-TRK-001",
    "forward": "CDS-TRK-002",
    "backward": "CDS-TRK-003",
    "jump": "CDS-TRK-008",
    "speed": "CDS-TRK-002",
    "goes-on": "CDS-TRK-001",
}
# Once it may be an action that was not told; several times it is not.
_SEVERAL_TIMES = ("speed", "goes-on")


async def play_time(operation: str, dut: HttpDut) -> None:
    """Normal play time goes on in play, back in reverse, and stays in a pause."""
    keep = ["sessionID", "eventTime", "NPT", "scale"]
    if "segmentIndex" in _row(dut, operation):
        keep.append("segmentIndex")
    first, last = await period(dut, "busy")
    reply = await history(dut, operation, first, last, keep=keep)
    if reply.scan is None or not 0 < reply.scan.rows <= MANY:
        reply = await some_rows(dut, operation, keep)
    sessions = by_session(values(reply))
    seen: dict[str, list[str]] = {rule: [] for rule in _CLAUSES}
    pairs = 0
    seen["goes-on"] = []
    for session, actions in sessions.items():
        ordered = sorted(actions, key=lambda action: action.at_s)
        seen["goes-on"] += [f"{session}: {told}" for told in goes_on(ordered)]
        pairs += len(ordered) - 1
        for broken in breaches(ordered):
            seen[broken.rule].append(f"{session}: {broken.about}")
    if pairs < 3:
        raise CaseInconclusive("hardly any session has two actions in the period")
    for rule, found in seen.items():
        dut.check(
            rule,
            not found,
            _CLAUSES[rule],
            severity=Severity.SHOULD
            if rule == "jump" or (rule in _SEVERAL_TIMES and len(found) < 3)
            else Severity.MUST,
            expected=_RULES[rule],
            got=first_few(found),
            step=reply.step,
        )


_RULES = {
    "paused": "a play time that stays where it is in a pause",
    "forward": "a play time that goes on in play",
    "backward": "a play time that goes back in reverse",
    "jump": "a play time that moves as its scale says",
    "speed": "a play time that moves a second in a second of normal play",
    "goes-on": "a play time that stays where it is in a pause",
}


def _row(dut: HttpDut, operation: str) -> Sequence[str]:
    document = dut.model.replies[dut.model.operations[operation].reply or ""]
    return list(document.elements[document.row or document.root].attributes)


async def not_negative(operation: str, dut: HttpDut) -> None:
    """Normal play time begins at 0, so it is never before it."""
    reply = await some_rows(dut, operation, ("sessionID", "NPT"))
    found = [row for row in values(reply) if (number(row[1]) or 0) < 0]
    dut.check(
        "from-0",
        not found,
        "CDS-TRK-004",
        expected="NPT of 0 or more",
        got=first_few(f"{row[0]}: {row[1]}" for row in found),
        step=reply.step,
    )


for _operation in TRICKS:
    for _name, _flow, _clauses in (
        ("play-time", play_time, tuple(dict.fromkeys(_CLAUSES.values()))),
        ("from-zero", not_negative, ("CDS-TRK-004",)),
    ):
        _bound = partial(_flow, _operation)
        _bound.__doc__ = f"{_operation}: {_flow.__doc__}"
        _bound.__module__ = __name__
        SUITE.scenario(f"{_operation}.{_name}", *_clauses, chapter=_operation, after=(f"{_operation}.rows",))(_bound)
