"""Requests that are answered later, by a message to a place that they name: how they are made, heard, and how many may be due."""

from __future__ import annotations

from dataclasses import dataclass

from harness.calldut import CallDut
from harness.callears import Ear
from harness.messages.callheard import Heard
from harness.messages.callreply import CallReply
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from suites.tps.listening import by_address
from suites.tps.world import Members

MOST, _BURST = 10, 24
_BUSY = "too-many-requests"
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
    heard = await dut.hear(ear)
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
        step=more[0].step if more else -1,
    )  # fmt: skip


async def many(dut: CallDut, kind: Kind, members: Members) -> None:
    """Ten requests at a time are taken; what is refused beyond them has the fault for that, and is not answered; then all goes on."""
    ear = await place(dut, kind)
    sent = {"receiverURI": ear.uri, **members, "sourceIdentifier": "many"}
    ear.sent = sent
    taken, refused = await _burst(dut, kind, ear, sent)
    if refused is not None and taken < MOST:  # what other cases have asked for may still be due
        await dut.quiet(ear, _AGAIN_S)
        taken, refused = await _burst(dut, kind, ear, sent)
    if refused is not None:
        dut.fault(refused, _BUSY, kind.refused, f"TPS-{kind.method}:fault.{_BUSY}", check="refused")
    enough = refused is None or taken >= MOST
    dut.check("ten", enough, kind.allowed, kind.refused, expected=f"{MOST} requests at a time", got=f"{taken}")
    await dut.quiet(ear, 5.0)
    answers = len(ear.news)
    dut.check(
        "answers", answers >= taken, kind.answered, kind.form, expected=f"{taken} answers", got="" if answers >= taken else f"{answers}"
    )  # fmt: skip
    dut.check(
        "no-others", answers <= taken, kind.answered, "TPS-DIA-006", expected=f"{taken} answers", got="" if answers <= taken else f"{answers}"
    )  # fmt: skip
    again = await dut.call(kind.method, sent, busy=True)
    dut.ok(again, kind.allowed, kind.refused, check="freed")
    await dut.quiet(ear)


async def _burst(dut: CallDut, kind: Kind, ear: Ear, sent: Members) -> tuple[int, CallReply | None]:
    """As many requests as are taken, and the first refusal."""
    ear.mark = len(ear.heard)
    for taken in range(_BURST):
        reply = await dut.call(kind.method, sent, busy=True)
        if not reply.ok:
            return taken, reply
    return _BURST, None
