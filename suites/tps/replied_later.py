"""Requests that are answered later, by a message to a place that they name: how they are made, heard, and how many may be due."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.calldut import CallDut
from harness.callears import WITHIN_S, Ear
from harness.hearing import SLOW_S, Manner
from harness.messages.callheard import Heard
from harness.messages.callreply import CallReply
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.verdict import Severity
from suites.tps.listening import by_address, now
from suites.tps.live import until
from suites.tps.world import Members

MOST, _BURST = 10, 24
_BUSY = "too-many-requests"
DUE_S = 60.0  # device seconds in which an answer comes; how long a device may take is not said
_AGAIN_S = 12.0  # device seconds in which what other cases have asked for is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the methods that are answered later."""

    method: str
    callback: str
    form: str  # the clause that says what the message is
    answered: str  # ... that each request is answered
    refused: str  # ... that one too many is refused
    allowed: str  # ... that so many are taken

    @property
    def clauses(self) -> tuple[str, ...]:
        """What every message shows."""
        return (self.form, self.answered, "TPS-CBK-003", f"TPS-callback.{self.callback}")

    @property
    def members(self) -> tuple[str, ...]:
        """The clauses of all that a message has, in structs too."""
        system = load_system("tps")
        takes = system.callbacks[self.callback].takes.values()
        places = [
            f"TPS-callback.{self.callback}",
            *(f"TPS-struct.{one.struct}.returned" for one in takes if one.struct),
        ]
        return tuple(one for one in catalogue(system) if one.startswith(tuple(f"{place}." for place in places)))


DIAGNOSTICS = Kind(
    method="flex.participant.requestDiagnostics", callback="participantDiagnosticsResponse", form="TPS-CBK-001",
    answered="TPS-DIA-002", refused="TPS-DIA-004", allowed="TPS-DIA-005",
)  # fmt: skip
PREVIEWS = Kind(
    method="flex.participant.requestPreview", callback="participantPreviewResponse", form="TPS-CBK-002",
    answered="TPS-PRV-001", refused="TPS-PRV-010", allowed="TPS-DIA-005",
)  # fmt: skip


async def place(dut: CallDut, kind: Kind, name: str = "main") -> Ear:
    """Where answers are heard."""
    return await dut.listen(name, wanted=(kind.callback,), clauses=(kind.form,))


async def answered(
    dut: CallDut, kind: Kind, ear: Ear, members: Members, *, source: str = "", check: str = ""
) -> Heard | None:
    """A request that is taken, and its one answer; the sender is who it should be."""
    sent: Members = {"receiverURI": ear.uri, **members, **({"sourceIdentifier": source} if source else {})}
    ear.sent = sent
    ear.mark = len(ear.heard)
    dut.ok(await dut.call(kind.method, sent), check=f"{check or 'request'}.taken")
    heard = await dut.hear(ear, DUE_S)
    dut.check(
        check or "answered", heard is not None, kind.answered, kind.form, f"TPS-callback.{kind.callback}",
        expected=f"a {kind.callback} at {ear.name}", got="" if heard is not None else "nothing",
        step=heard.step if heard is not None else -1,
    )  # fmt: skip
    if heard is not None and not source:
        await by_address(dut, [heard], "TPS-CBK-003")
    return heard


async def only_one(dut: CallDut, kind: Kind, ear: Ear) -> None:
    """Nothing else comes."""
    count = len(ear.heard)
    await dut.quiet(ear)
    more = ear.heard[count:]
    dut.check(
        "one", not more, kind.answered, expected="one answer to one request", got=more[0].describe() if more else "",
        step=more[0].step if more else -1, severity=Severity.SHOULD,  # the document counts no answers in so many words
    )  # fmt: skip


async def many(dut: CallDut, kind: Kind, members: Members) -> None:
    """Ten requests at a time are taken although their answers are taken slowly, one beyond them has the fault for that; then all goes on."""
    ear = await place(dut, kind)
    burst = await _burst(dut, kind, ear, members)
    if burst.refused is not None and burst.taken < MOST:  # what other cases have asked for may still be due
        await _rest(dut, ear, burst, _AGAIN_S)
        burst = await _burst(dut, kind, ear, members)
    taken, refused = burst.taken, burst.refused
    about = (kind.refused, f"TPS-{kind.method}:fault.{_BUSY}")
    if refused is not None:
        dut.fault(refused, _BUSY, *about, check="refused")
    enough = refused is None or taken >= MOST
    dut.check("ten", enough, kind.allowed, kind.refused, expected=f"{MOST} requests at a time", got=f"{taken}")
    if burst.took_s < SLOW_S:  # no answer has been taken in full; that those count which are on their way is not said
        dut.check(
            "eleventh", taken <= MOST, *about, expected=f"{MOST} requests at a time, and no more", got="" if taken <= MOST else f"{taken}",
            severity=Severity.SHOULD,
        )  # fmt: skip
    await _rest(dut, ear, burst)
    answers = _answered(ear)
    lost = sorted(burst.sources - answers)
    dut.check(
        "answers", not lost, kind.answered, kind.form, expected=f"{taken} answers", got=f"none to {', '.join(lost)}" if lost else ""
    )  # fmt: skip
    odd = sorted(map(str, answers - burst.sources))
    dut.check(
        "no-others", not odd, "TPS-DIA-006", expected="no answer to what was refused", got=", ".join(odd), severity=Severity.SHOULD
    )  # fmt: skip

    async def again() -> CallReply:
        return await dut.call(kind.method, _request(ear, members, "again"), busy=True)

    slow_s = (SLOW_S + dut.target.timeout) * dut.target.clock_scale
    freed = await until(dut, again, lambda reply: reply.ok is not False, slow_s + _AGAIN_S)
    dut.ok(freed, kind.allowed, kind.refused, check="freed")
    await dut.quiet(ear)


@dataclass(slots=True, kw_only=True)
class _Burst:
    """Requests one after the other until one is refused.

    Attributes:
        sources: the senders that those taken have named.
        refused: the reply that ended it; None if all were taken.
        took_s: seconds of the wall clock.
    """

    sources: set[str] = field(default_factory=set)
    refused: CallReply | None = None
    took_s: float = 0.0

    @property
    def taken(self) -> int:
        return len(self.sources)


async def _burst(dut: CallDut, kind: Kind, ear: Ear, members: Members) -> _Burst:
    """As many requests as are taken, while a message that comes is answered late."""
    found = _Burst()
    ear.mark = len(ear.heard)
    await dut.behave(ear, Manner.SLOW)
    began = await now(dut)
    for number in range(_BURST):
        source = f"turn {ear.mark} request {number}"
        reply = await dut.call(kind.method, _request(ear, members, source), busy=True)
        if not reply.ok:
            found.refused = reply
            break
        found.sources.add(source)
    found.took_s = await now(dut) - began
    await dut.behave(ear, Manner.ANSWER)
    return found


def _answered(ear: Ear) -> set[object]:
    """The senders that messages name."""
    return {heard.value("sourceIdentifier") for heard in ear.news}


def _request(ear: Ear, members: Members, source: str) -> Members:
    ear.sent = {"receiverURI": ear.uri, **members}
    return {**ear.sent, "sourceIdentifier": source}


async def _rest(dut: CallDut, ear: Ear, burst: _Burst, within_s: float = WITHIN_S) -> None:
    """Hear all answers, and then what comes until nothing has come for so long that even an answer taken slowly would be over."""
    least_s = SLOW_S + dut.target.timeout / 2
    while True:
        due = bool(burst.sources - _answered(ear))
        if await dut.hear(ear, DUE_S if due else within_s, least_s=least_s) is None:
            return
