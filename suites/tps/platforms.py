"""What replies tell on some kinds of device only: it is there on those, and on no other."""

from __future__ import annotations

from collections.abc import Iterator

from harness.calldut import CallDut
from harness.derive_call_told import Told
from harness.flow import CaseInconclusive, CaseSkipped
from harness.spec.callmodel import Circumstance
from harness.spec.load import load_system
from suites.tps import SUITE
from suites.tps.systemxml import document
from suites.tps.told import CHAPTER, TELLS, Which, absent, there

_STATES = {name: one for name, one in load_system("tps").circumstances.items() if one.platforms}
_LISTED = frozenset(platform for one in _STATES.values() for platform in one.platforms)


def _of_kinds(*states: str) -> Which:
    """Members that are there on these kinds of device, as far as no reading leaves that open."""
    within = TELLS.with_state(*states)

    def which(told: Told) -> bool:
        return within(told) and not any(one.present is not None and one.present.ambiguity for one in told.line)

    return which


def _methods() -> Iterator[str]:
    """The methods that tell such members."""
    for method, operation in load_system("tps").operations.items():
        if operation.call is not None and any(map(_of_kinds(*_STATES), TELLS.members(method))):
            yield method


def _holds(known: Circumstance, platform: str) -> bool:
    return any(one.casefold() in platform.casefold() for one in known.platforms)


async def on_platforms(dut: CallDut, state: str) -> bool:
    """Whether the device is of a platform that has something for certain.

    Raises:
        CaseInconclusive: it does not tell its platform.
        CaseSkipped: it tells it to nobody who has not logged in by HTTP.
    """
    _, root = await document(dut)
    return _holds(_STATES[state], root.get(dut.model.files["system.xml"].by or "") or "")


def _register(method: str) -> None:
    every = _of_kinds(*_STATES)

    @SUITE.scenario(
        f"told.platform.{method}",
        *TELLS.clauses(method, every),
        *TELLS.absent(method, every),
        chapter=CHAPTER,
        after=(f"{method}.success", "system-xml.served"),
    )
    async def told(dut: CallDut) -> None:
        """Members of some kinds of device are told on these, and not on others."""
        _, root = await document(dut)
        platform = root.get(dut.model.files["system.xml"].by or "") or ""
        if not any(one.casefold() in platform.casefold() for one in _LISTED):
            raise CaseSkipped(f"the document does not say what a device of the platform {platform!r} tells")
        reply = dut.ok(await dut.call(method), check="asked")
        for name, known in _STATES.items():
            look = there if _holds(known, platform) else absent
            look(dut, reply, reply.struct, method, _of_kinds(name))


for _method in _methods():
    _register(_method)


@SUITE.scenario(
    "told.warning.no-end",
    "TPS-flex.conference.sendWarning.secondsRemaining",
    chapter=CHAPTER,
    after=("flex.conference.sendWarning.success",),
)
async def warning(dut: CallDut) -> None:
    """A warning needs no time where the conference has no end, for then there is a default."""
    where = await dut.shared("conference", "busy")
    told = await dut.setup("flex.conference.status", {"conferenceID": where})
    if told.has("endTime"):
        raise CaseInconclusive("the conference has an end")
    reply = await dut.call("flex.conference.sendWarning", {"conferenceID": where})
    dut.ok(reply, "TPS-flex.conference.sendWarning.secondsRemaining", check="sent")
