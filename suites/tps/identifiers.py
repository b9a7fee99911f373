"""Identifiers that the device gives, and references that clients give."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.talk import destroy, opened, room
from suites.tps.world import participant

CHAPTER = "identifiers"
_AFTER = ("transport.post",)


async def _people(dut: CallDut, where: str, count: int, **members: Writable) -> list[str]:
    """Participants of a conference, each with an URI of its own."""
    return [await participant(dut, where, **members) for _ in range(count)]


def _short(dut: CallDut, ids: list[str], check: str) -> None:
    long = [one for one in ids if not 1 <= len(one) <= 50]
    dut.check(f"{check}.length", not long, "TPS-IDN-001", expected="ids of 50 characters at most", got=str(long[:3]))
    twice = {one for one in ids if ids.count(one) > 1}
    dut.check(
        f"{check}.unique", not twice, "TPS-IDN-002", expected="an id of its own for each", got=str(sorted(twice)[:3])
    )


@SUITE.scenario("identifiers.conferences", "TPS-IDN-001", "TPS-IDN-002", chapter=CHAPTER, after=_AFTER)
async def conferences(dut: CallDut) -> None:
    """Conferences get ids of 50 characters at most, each its own, by which they are found."""
    ids = {name: await room(dut, conferenceName=name) for name in ("One", "Two", "Three", "Four", "Five", "Six")}
    _short(dut, list(ids.values()), "conferences")
    for name, one in ids.items():
        told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": one}), "TPS-IDN-002", check="found")
        got = told.value("conferenceName")
        dut.check("own", got == name, "TPS-IDN-002", expected=name, got=repr(got), step=told.step)


@SUITE.scenario("identifiers.participants", "TPS-IDN-001", "TPS-IDN-002", chapter=CHAPTER, after=_AFTER)
async def participants(dut: CallDut) -> None:
    """Participants of one conference, and of two, get ids of 50 characters at most, each its own."""
    first, second = await room(dut), await room(dut)
    _short(dut, [*await _people(dut, first, 3), *await _people(dut, second, 2)], "participants")


@SUITE.scenario("identifiers.again", "TPS-IDN-002", chapter=CHAPTER, after=_AFTER)
async def again(dut: CallDut) -> None:
    """What is gone is found by its id no more, also when something new has come."""
    gone = await room(dut, conferenceName="gone")
    await destroy(dut, gone, check="destroyed")
    there = [await room(dut, conferenceName="new") for _ in range(3)]
    dut.check(
        "other", gone not in there, "TPS-IDN-002", expected="other ids than that of what was there before", got=gone
    )


@SUITE.scenario("references.kept", "TPS-IDN-004", "TPS-IDN-001", "TPS-IDN-003", chapter=CHAPTER, after=_AFTER)
async def kept(dut: CallDut) -> None:
    """A reference comes back as it was set: of one character and of 50, with signs, blanks and letters beyond ASCII; on making and on asking."""
    for number, text in enumerate(
        (
            "a",
            "r" * 50,
            "a & b <c> \"d\" 'e'",
            "0",
            "true",
            "{6f030fa0-08c4-11e2}",
            "a/b?c=d#e%20f",
            "Gr\u00f6\u00dfe \u6f22",
            "A",
            "No Such Reference",
        )
    ):
        made = dut.ok(
            await dut.call(
                "flex.conference.create", {**await dut.sample("flex.conference.create"), "conferenceReference": text}
            ),
            "TPS-IDN-004",
            check=f"{number}.taken",
        )
        told = dut.ok(
            await dut.call("flex.conference.query", {"conferenceID": str(made.value("conferenceID"))}),
            check=f"{number}.query",
        )
        for check, reply in (("made", made), ("told", told)):
            got = reply.value("conferenceReference")
            dut.check(
                f"{number}.{check}",
                got == text,
                "TPS-IDN-004",
                "TPS-IDN-003",
                expected=repr(text),
                got=repr(got),
                step=reply.step,
            )


@SUITE.scenario("references.participants", "TPS-IDN-004", "TPS-IDN-005", "TPS-IDN-003", chapter=CHAPTER, after=_AFTER)
async def of_participants(dut: CallDut) -> None:
    """References of participants come back as they were set, also if two have the same; without one none comes back."""
    conference = await room(dut)
    for text in ("p" * 50, "R&D <1>", ""):
        for one in await _people(dut, conference, 2, participantReference=text):
            told = dut.ok(await dut.call("flex.participant.query", {"participantID": one}), check="query")
            got = told.value("participantReference")
            clauses = ("TPS-IDN-004", "TPS-IDN-005") if text else ("TPS-IDN-003",)
            dut.check(
                "kept",
                got == (text or None),
                *clauses,
                expected=repr(text) if text else "no reference",
                got=repr(got),
                step=told.step,
            )


@SUITE.scenario("references.none", "TPS-IDN-003", "TPS-IDN-004", "TPS-CON-044", chapter=CHAPTER, after=_AFTER)
async def none(dut: CallDut) -> None:
    """A reference that is empty, was never set, or was taken away, does not come back."""
    sample = await dut.sample("flex.conference.create")
    for check, members in (("never", {}), ("empty", {"conferenceReference": ""})):
        made = dut.ok(await dut.call("flex.conference.create", {**sample, **members}), check=check)
        told = dut.ok(
            await dut.call("flex.conference.query", {"conferenceID": str(made.value("conferenceID"))}),
            check=f"{check}.query",
        )
        for reply in (made, told):
            found = reply.value("conferenceReference")
            dut.check(
                f"{check}.none",
                not reply.has("conferenceReference"),
                "TPS-IDN-003",
                expected="no reference",
                got=repr(found),
                step=reply.step,
            )
    conference = await room(dut, conferenceReference="before")
    for text in ("", "again", ""):
        dut.ok(
            await dut.call("flex.conference.modify", {"conferenceID": conference, "conferenceReference": text}),
            "TPS-IDN-004",
            check="changed",
        )
        told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check="query")
        got = told.value("conferenceReference")
        passed = got == text if text else not told.has("conferenceReference")
        dut.check(
            "gone",
            passed,
            "TPS-IDN-003",
            "TPS-IDN-004",
            *([] if text else ["TPS-CON-044"]),
            expected=repr(text) if text else "no reference",
            got=repr(got),
            step=told.step,
        )


@SUITE.scenario("references.same", "TPS-IDN-005", "TPS-IDN-002", chapter=CHAPTER, after=_AFTER)
async def same(dut: CallDut) -> None:
    """Several conferences may have the same reference, and it stands for none of them."""
    text = dut.unique("same")
    ids = [
        await opened(dut, "TPS-IDN-005", check="made", conferenceReference=text, conferenceName=f"{number}")
        for number in range(3)
    ]
    _short(dut, ids, "same")
    for number, one in enumerate(ids):
        told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": one}), "TPS-IDN-005", check="query")
        got = (told.value("conferenceReference"), told.value("conferenceName"))
        dut.check(
            "own", got == (text, f"{number}"), "TPS-IDN-005", expected=f"{text}, {number}", got=str(got), step=told.step
        )
    reply = await dut.call("flex.conference.query", {"conferenceID": text})
    dut.fault(reply, "no-such-conference", "TPS-IDN-005", "TPS-FLT-011", check="no-id")
    await destroy(dut, ids[1], check="destroyed")
    for one in (ids[0], ids[2]):
        dut.ok(await dut.call("flex.conference.query", {"conferenceID": one}), "TPS-IDN-005", check="others")


@SUITE.scenario("references.listed", "TPS-IDN-003", "TPS-IDN-004", chapter=CHAPTER, after=_AFTER)
async def listed(dut: CallDut) -> None:
    """The list of conferences tells references that are not empty, and no others."""
    text = dut.unique("listed")
    wanted = {
        await room(dut, conferenceReference=text): text,
        await room(dut): None,
        await room(dut, conferenceReference=""): None,
    }
    asked: dict[str, Writable] = {}
    seen: dict[str, object] = {}
    for _ in range(60):
        page = dut.ok(await dut.call("flex.conference.enumerate", asked), check="page")
        found = page.value("conferences", [])
        for one in found if isinstance(found, list) else []:
            if isinstance(one, dict):
                seen[str(one.get("conferenceID"))] = one.get("conferenceReference")
        if page.value("moreAvailable") is not True:
            break
        asked = {"cookie": str(page.value("cookie"))}
    got = {one: seen.get(one, "not listed") for one in wanted}
    dut.check(
        "references",
        got == wanted,
        "TPS-IDN-003",
        "TPS-IDN-004",
        expected=str(list(wanted.values())),
        got=str(list(got.values())),
    )
