"""Diagnostics and previews of participants that have several calls or screens: each stream is told of, under its own position."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.callears import Ear
from harness.flow import CaseSkipped
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.callbacks_diagnostics import streams
from suites.tps.callbacks_previews import FORM, Stream, asked, main, shown
from suites.tps.live import addresses, joined
from suites.tps.replied_later import DIAGNOSTICS, DUE_S, PREVIEWS, answered, place
from suites.tps.world import Members, conference, figure

CHAPTER = "previews"
_AFTER = (f"{DIAGNOSTICS.method}.success", f"{PREVIEWS.method}.success")
_CALLS, _SCREENS = 2, 4
_WAYS = ("rx", "tx")
_PLACE = f"TPS-callback.{DIAGNOSTICS.callback}"


async def group(dut: CallDut) -> str:
    """A participant of two endpoints, each with a call; gives its id.

    Raises:
        CaseSkipped: the device has no such, or the target file names no address.
    """
    dut.fixture("answering_addresses")
    if await figure(dut, "maxCallsPerParticipant") < _CALLS:
        raise CaseSkipped(f"a participant has fewer than {_CALLS} calls here")
    return await joined(dut, await conference(dut, startTime=0), *addresses(dut, _CALLS))


@SUITE.scenario("preview.group", "TPS-CBK-014", "TPS-PRV-003", "TPS-PRV-013", *FORM, chapter=CHAPTER, after=_AFTER)
async def previewed(dut: CallDut) -> None:
    """Each endpoint of a group is previewed under its position, all in one request, and what is told of it is of the main video."""
    who = await group(dut)
    ear = await place(dut, PREVIEWS)
    wanted = [main(way, position) for position in range(_CALLS) for way in _WAYS]
    heard = await answered(dut, PREVIEWS, ear, {"participantID": who, "streams": wanted}, source="group", check="all")
    await asked(dut, heard, wanted, "all")


@SUITE.scenario("diagnostics.group", "TPS-DIA-003", *DIAGNOSTICS.clauses, chapter="diagnostics", after=_AFTER)
async def diagnosed(dut: CallDut) -> None:
    """Diagnostics of a group tell of the video of each endpoint that can be previewed."""
    await _counted(dut, await group(dut), _CALLS)


@SUITE.scenario("diagnostics.screens", "TPS-DIA-003", *DIAGNOSTICS.clauses, chapter="diagnostics", after=_AFTER)
async def screens(dut: CallDut) -> None:
    """Diagnostics of an endpoint with several screens tell of the video of each that can be previewed."""
    address = dut.fixture("multiscreen_addresses")
    # One call may carry the screens in one stream.
    await _counted(dut, await joined(dut, await conference(dut, startTime=0), address), _SCREENS, Severity.SHOULD)


async def _counted(dut: CallDut, who: str, most: int, severity: Severity = Severity.MUST) -> None:
    """There are no fewer streams of video than are previewed both before and after."""
    pictures, ear = await place(dut, PREVIEWS, "previews"), await place(dut, DIAGNOSTICS)
    before = await _there(dut, pictures, who, most)
    heard = await answered(dut, DIAGNOSTICS, ear, {"participantID": who}, source="group")
    after = await _there(dut, pictures, who, most)
    for way, kind in zip(_WAYS, ("videoRx", "videoTx"), strict=True) if heard is not None else ():
        least = len({place for place in before & after if place[0] == way})
        count = len(streams(heard, kind))
        dut.check(
            f"streams.{kind}", count >= least, "TPS-DIA-003", f"{_PLACE}.{kind}", expected=f"{least} structs in {kind}, as so many are previewed",
            got=f"{count}", severity=severity, step=heard.step if heard is not None else -1,
        )  # fmt: skip


async def _there(dut: CallDut, ear: Ear, who: str, most: int) -> set[tuple[str, int]]:
    """The streams of the main video of which there are pictures now, by direction and position."""
    found: set[tuple[str, int]] = set()
    for position in range(most):
        wanted: list[Stream] = [main(way, position) for way in _WAYS]
        sent: Members = {"participantID": who, "receiverURI": ear.uri, "streams": wanted, "sourceIdentifier": "group"}
        ear.sent = sent
        if not (await dut.call(PREVIEWS.method, sent)).ok:
            break
        for one in shown(await dut.hear(ear, DUE_S)):
            if one.get("status") == "ok" and one.get("position") == position:
                found.add((str(one.get("direction")), position))
    return found
