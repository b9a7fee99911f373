"""Previews of participants, which are sent later: one picture for each stream, of the size that was asked for, and how many may be due."""

from __future__ import annotations

from typing import Any

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.flow import CaseInconclusive
from harness.messages.callheard import Heard
from harness.pictures import opened
from harness.spec.callmodel import Slip
from harness.verdict import Severity
from suites.tps import SUITE
from suites.tps.live import joined
from suites.tps.replied_later import DUE_S, PREVIEWS, answered, many, only_one, place
from suites.tps.world import conference

CHAPTER = "previews"
AFTER = (f"{PREVIEWS.method}.success",)
_WIDEST, _HIGHEST, _WIDTH, _HEIGHT = 176, 144, 88, 72
_STRUCT = "TPS-struct.preview.returned"
_CONTENT = {"noCurrentPresentation", "contentInMain"}
_TURNS = 3
_SIZES = ((_WIDTH, _HEIGHT), (_WIDEST, _HIGHEST), (100, 80), (176, 72), (88, 144), (640, 480))
Stream = dict[str, Any]
_TAKEN = "TPS-struct.previewRequest"
FORM = (*PREVIEWS.clauses, "TPS-CBK-009", "TPS-PRV-011")


def main(direction: str, position: int = 0, **more: int) -> Stream:
    """A stream of the main video."""
    return {"streamIdentifier": f"{direction}MainVideo", "position": position, **more}


def shown(heard: Heard | None) -> list[Stream]:
    """The structs of a message of previews."""
    found = heard.value("streams") if heard is not None else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _key(one: Stream) -> tuple[str, str, int]:
    """Which stream of the main video a preview is of; those of content are alike."""
    if one.get("context") == "extended":
        return "extended", "", 0
    position = one.get("position")
    return "main", str(one.get("direction")), position if isinstance(position, int) else -1


def _wanted(one: Stream) -> tuple[str, str, int]:
    name = str(one["streamIdentifier"])
    return ("extended", "", 0) if name == "extendedVideo" else ("main", name[:2], int(one["position"]))


async def asked(dut: CallDut, heard: Heard | None, streams: list[Stream], check: str) -> list[Stream]:
    """There is one preview for each stream that was asked for, and it is what it says; gives those of pictures."""
    rows = shown(heard)
    if heard is None:
        return []
    step = heard.step
    dut.check(
        f"{check}.count", len(rows) == len(streams), "TPS-CBK-009", f"TPS-callback.{PREVIEWS.callback}.streams",
        f"TPS-callback.{PREVIEWS.callback}", expected=f"{len(streams)} previews", got=f"{len(rows)}", step=step,
    )  # fmt: skip
    wanted, got = sorted(map(_wanted, streams)), sorted(map(_key, rows))
    for name, index, clauses in (
        ("context", 0, ("TPS-PRV-003", f"{_STRUCT}.context")),
        ("direction", 1, ("TPS-PRV-003", f"{_STRUCT}.direction")),
        ("position", 2, ("TPS-CBK-014", f"{_STRUCT}.position")),
    ):
        ours, theirs = sorted(str(one[index]) for one in wanted), sorted(str(one[index]) for one in got)
        dut.check(
            f"{check}.{name}", ours == theirs, *clauses, "TPS-CBK-009", expected=str(ours), got=str(theirs), step=step
        )
    dut.check(
        f"{check}.streams", wanted == got, "TPS-CBK-009", "TPS-PRV-003", expected=str(wanted), got=str(got), step=step
    )
    by_key = {_wanted(one): one for one in streams}
    found = [one for one in rows if one.get("status") == "ok"]
    for one in rows:
        _content_only(dut, one, check, step)
    for one in found:
        _drawn(dut, one, by_key.get(_key(one), {}), check, step)
    return found


def _content_only(dut: CallDut, one: Stream, check: str, step: int) -> None:
    if one.get("context") == "main":
        odd = one.get("status") in _CONTENT
        dut.check(
            f"{check}.status", not odd, "TPS-PRV-013", f"{_STRUCT}.status", expected="no state of content", got=str(one.get("status")),
            step=step,
        )  # fmt: skip


def _drawn(dut: CallDut, one: Stream, sent: Stream, check: str, step: int) -> None:
    """The picture of a preview that could be taken."""
    data = one.get("preview")
    wide, high = sent.get("maxWidth", _WIDTH), sent.get("maxHeight", _HEIGHT)
    most = min(wide, _WIDEST), min(high, _HIGHEST)
    found = opened(data if isinstance(data, bytes) else b"", *most)
    about = ("TPS-PRV-008", "TPS-PRV-011", f"{_STRUCT}.preview")
    dut.check(
        f"{check}.picture", not found.problem, *about, expected="a whole JPEG", got=found.problem, step=step
    )  # fmt: skip
    if found.problem:
        return
    fits = found.fits(*most)
    plain = (
        ("TPS-PRV-017", f"{_TAKEN}.maxWidth:default", f"{_TAKEN}.maxHeight:default")
        if not {"maxWidth", "maxHeight"} & sent.keys()
        else ()
    )
    dut.check(
        f"{check}.size", fits, "TPS-PRV-008", *plain, expected=f"at most {most[0]} by {most[1]}", got=f"{found.width} by {found.height}",
        step=step,
    )  # fmt: skip
    exact = (found.width, found.height) == most
    dut.check(
        f"{check}.exact", exact or not fits, "TPS-PRV-009", expected=f"{most[0]} by {most[1]}", got=f"{found.width} by {found.height}",
        severity=Severity.SHOULD, step=step,
    )  # fmt: skip


@SUITE.scenario(
    "preview.sent", "TPS-PRV-003", "TPS-PRV-008", "TPS-PRV-009", "TPS-PRV-012", "TPS-PRV-013", "TPS-PRV-017", "TPS-CBK-014",
    f"{_TAKEN}.maxWidth:default",
    f"{_TAKEN}.maxHeight:default", *PREVIEWS.members, *FORM,
    chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def sent(dut: CallDut) -> None:
    """Previews of a connected participant have a picture for each stream, under the name that was given or the address of the device."""
    who = await joined(dut, await conference(dut, startTime=0))
    ear = await place(dut, PREVIEWS)
    streams: list[Stream] = [main("rx"), main("tx"), {"streamIdentifier": "extendedVideo"}]
    first = await answered(
        dut, PREVIEWS, ear, {"participantID": who, "streams": streams}, source="Clausewise 1", check="named"
    )
    found = await asked(dut, first, streams, "first")
    await only_one(dut, PREVIEWS, ear)
    for one in shown(first):
        if one.get("context") == "extended":
            status = one.get("status")
            good = ("TPS-PRV-012", f"{_STRUCT}.status")
            dut.check(
                "nobody",
                status in ("noCurrentPresentation", "internalError"),
                *good,
                expected="noCurrentPresentation",
                got=str(status),
            )
    for number, some in enumerate(([main("tx")], [main("rx")], [{"streamIdentifier": "extendedVideo"}, main("tx")])):
        ear = await place(dut, PREVIEWS, f"few.{number}")
        heard = await answered(dut, PREVIEWS, ear, {"participantID": who, "streams": some}, check=f"few.{number}")
        found += await asked(dut, heard, some, f"few.{number}")
    if first is not None and not found:
        raise CaseInconclusive("no preview could be taken")


@SUITE.scenario("preview.sizes", "TPS-PRV-008", "TPS-PRV-009", "TPS-PRV-014", *FORM, chapter=CHAPTER, after=AFTER)
async def sizes(dut: CallDut) -> None:
    """Pictures are as large as was asked for, and never larger than the largest."""
    who = await dut.shared("participant", "connected")
    for width, height in _SIZES:
        streams = [main("rx", maxWidth=width, maxHeight=height), main("tx", maxWidth=width, maxHeight=height)]
        check = f"{width}x{height}"
        ear = await place(dut, PREVIEWS, check)  # its own: an answer that comes twice is no answer to the next request
        heard = await answered(
            dut, PREVIEWS, ear, {"participantID": who, "streams": streams}, source=check, check=check
        )
        await asked(dut, heard, streams, check)


@SUITE.scenario("preview.audio-only", "TPS-PRV-013", "TPS-PRV-015", *FORM, chapter=CHAPTER, after=AFTER)
async def audio_only(dut: CallDut) -> None:
    """Previews of an endpoint that has audio alone say so."""
    address = dut.fixture("audio_only_addresses")
    who = await joined(dut, await conference(dut, startTime=0), address)
    streams = [main("rx"), main("tx")]
    told: dict[str, list[str]] = {}
    for turn in range(_TURNS):
        ear = await place(dut, PREVIEWS, f"turn.{turn}")
        heard = await answered(
            dut, PREVIEWS, ear, {"participantID": who, "streams": streams}, source="audio", check=f"turn.{turn}"
        )
        await asked(dut, heard, streams, f"turn.{turn}")
        for one in shown(heard):
            told.setdefault(str(one.get("direction")), []).append(str(one.get("status")))
    about = ("TPS-PRV-015", f"{_STRUCT}.status")
    for direction, states in told.items():
        odd = [one for one in states if one not in ("audioOnly", "internalError")]
        dut.check(f"state.{direction}", not odd, *about, expected="audioOnly", got=", ".join(odd))
        good = "audioOnly" in states  # an error that is not expected may come once in a while
        dut.check(
            f"said.{direction}", good, *about, expected="audioOnly", got=", ".join(states), severity=Severity.SHOULD
        )


@SUITE.scenario("preview.screens", "TPS-CBK-014", f"{_STRUCT}.position", *FORM, chapter=CHAPTER, after=AFTER)
async def screens(dut: CallDut) -> None:
    """Each screen of an endpoint that has several is previewed under its own position."""
    who = await joined(dut, await conference(dut, startTime=0), dut.fixture("multiscreen_addresses"))
    for position in range(1, 4):
        ear = await place(dut, PREVIEWS, f"screen.{position}")
        streams = [main("rx", position), main("tx", position)]
        sent: dict[str, Any] = {
            "participantID": who,
            "receiverURI": ear.uri,
            "streams": streams,
            "sourceIdentifier": "screens",
        }
        ear.sent = sent
        if not (await dut.call(PREVIEWS.method, sent)).ok:
            break
        await asked(dut, await dut.hear(ear, DUE_S), streams, f"screen.{position}")


@SUITE.scenario("preview.presented", "TPS-PRV-003", "TPS-PRV-008", "TPS-PRV-013", *FORM, chapter=CHAPTER, after=AFTER)
async def presented(dut: CallDut) -> None:
    """While somebody presents, the extended video of all is previewed, or told as shown in the main one."""
    where = await conference(dut, startTime=0)
    who = [await joined(dut, where, dut.fixture("presenting_addresses")), await joined(dut, where)]
    status = await dut.setup("flex.conference.status", {"conferenceID": where})
    presents = status.value("presenterID") in who
    for number, one in enumerate(who):
        ear = await place(dut, PREVIEWS, f"one.{number}")
        streams: list[Stream] = [{"streamIdentifier": "extendedVideo"}, main("rx")]
        heard = await answered(
            dut, PREVIEWS, ear, {"participantID": one, "streams": streams}, source="all", check=f"one.{number}"
        )
        await asked(dut, heard, streams, f"one.{number}")
        for row in shown(heard):
            if presents and row.get("context") == "extended":
                good = row.get("status") != "audioOnly"
                dut.check(
                    f"state.{number}", good, f"{_STRUCT}.status", "TPS-PRV-013", expected="what is so of an endpoint with video", got="audioOnly"
                )  # fmt: skip


@SUITE.scenario(
    "preview.many", "TPS-PRV-001", "TPS-PRV-010", "TPS-DIA-005", "TPS-DIA-006", *FORM, f"TPS-{PREVIEWS.method}:fault.too-many-requests",
    chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def ten(dut: CallDut) -> None:
    """Ten requests for previews may be due, each is answered, and then there is room for others."""
    await many(dut, PREVIEWS, {"participantID": await dut.shared("participant", "connected"), "streams": [main("rx")]})


@SUITE.scenario("preview.asked", "TPS-PRV-016", f"{_TAKEN}.position:ignored", chapter=CHAPTER, after=AFTER)
async def wanted(dut: CallDut) -> None:
    """A request that names no stream is refused and not answered; the position of the extended video does not count."""
    who = await dut.shared("participant", "connected")
    ear = await place(dut, PREVIEWS)
    sent: dict[str, Any] = {"participantID": who, "receiverURI": ear.uri}
    few = expected_of(dut.model, PREVIEWS.method, "streams", Slip.FEW)
    dut.fault(await dut.call(PREVIEWS.method, {**sent, "streams": []}), few, "TPS-PRV-016", check="none")
    found = await dut.quiet(ear)
    dut.check(
        "nothing", not found, "TPS-DIA-006", expected="nothing", got=found[0].describe() if found else "", severity=Severity.SHOULD
    )  # fmt: skip
    streams: list[Stream] = [{"streamIdentifier": "extendedVideo", "position": 3}]
    reply = await dut.call(PREVIEWS.method, {**sent, "streams": streams})
    reading = "ignored" if reply.ok else "checked"
    dut.observe("position", "TPS-AMB-160", reading, clauses=(f"{_TAKEN}.position:ignored",), got=reply.describe())
    if reply.ok:
        await dut.hear(ear, DUE_S)
