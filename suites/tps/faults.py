"""Faults: their form, and those that the table has for every method."""

from __future__ import annotations

from dataclasses import replace

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of, opened_by
from harness.messages.callreply import CallReply
from harness.spec.callmodel import Slip
from harness.wire.xmlrpc import Kind, MessageKind
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.talk import LISTING, MOST, PROBE, alive, destroy, own, room

CHAPTER = "faults"
_AFTER = ("transport.post",)
_QUERY, _CREATE, _MODIFY = "flex.conference.query", "flex.conference.create", "flex.conference.modify"


def _form(dut: CallDut, reply: CallReply, check: str) -> None:
    """A fault is a struct of a code, an int of the table, and a text; nothing else comes with it."""
    message = reply.message
    kinds = {name: value.kind for name, value in ((one.name, one.value) for one in reply.struct.members)}
    passed = message.kind is MessageKind.FAULT and not message.params
    passed = passed and kinds == {"faultCode": Kind.INT, "faultString": Kind.STRING}
    dut.check(
        check,
        passed,
        "TPS-FLT-001",
        expected="a fault alone, of faultCode and faultString",
        got=f"{reply.describe()} with {', '.join(kinds)}",
        step=reply.step,
    )
    known = {row.code for row in dut.model.errors.values()}
    dut.check(
        f"{check}.code",
        reply.code in known,
        "TPS-FLT-013",
        expected="a code of the table",
        got=reply.code,
        step=reply.step,
    )


@SUITE.scenario(
    "faults.form", "TPS-FLT-001", "TPS-FLT-013", "TPS-ENC-002", "TPS-TRN-006", chapter=CHAPTER, after=_AFTER
)
async def form(dut: CallDut) -> None:
    """A call that fails, for whatever reason, is answered by a fault alone, and the next call as ever."""
    sample = await dut.sample(_CREATE)
    calls: dict[str, tuple[str, dict[str, Writable]]] = {
        "method": ("clausewise.nothing", {}),
        "missing": (_QUERY, {}),
        "type": (_QUERY, {"conferenceID": 5}),
        "unknown": (_QUERY, {"conferenceID": dut.unknown_id()}),
        "choice": (_CREATE, {**sample, "optimizationProfile": "clausewise"}),
        "range": (_CREATE, {**sample, "voiceSwitchingSensitivity": 101}),
        "length": (_CREATE, {**sample, "conferenceName": "a" * 81}),
        "cookie": (LISTING, {"cookie": "clausewise"}),
    }
    for check, (method, members) in calls.items():
        reply = await dut.call(method, members, link="faults")
        dut.refused(reply, "TPS-FLT-001", check=f"{check}.refused")
        if reply.ok is False:
            _form(dut, reply, check)
        own(dut, dut.ok(await dut.call(PROBE, link="faults"), "TPS-TRN-006", check="next"), "TPS-TRN-006")
    reply = await dut.call(PROBE, user=("clausewise", "wrong"))
    if reply.ok is False:
        _form(dut, reply, "user")


_NEAR = (
    "clausewise.query", "query", "device", "device.quer", "device.queryy", "device.query.query", "device..query", "flex",
    "flex.conference", "flex.conference.enumerat", "conference.enumerate", "system.inf", "user.enumerat",
)  # fmt: skip


@SUITE.scenario("faults.unknown-method", "TPS-FLT-002", "TPS-FLT-013", chapter=CHAPTER, after=_AFTER)
async def unknown_method(dut: CallDut) -> None:
    """Names that are near those of methods are none: fault 1, with members and without."""
    for name in _NEAR:
        for members in ({}, dict(MOST)):
            dut.fault(await dut.call(name, members), "method-not-supported", "TPS-FLT-002", check="unknown")
    await alive(dut)


@SUITE.scenario("faults.missing", "TPS-FLT-003", "TPS-FLT-004", "TPS-FLT-013", chapter=CHAPTER, after=_AFTER)
async def missing(dut: CallDut) -> None:
    """A required member that is absent is told by fault 101, with its name, also within structs and beside others."""
    conference = await room(dut)
    calls: tuple[tuple[str, dict[str, Writable], str], ...] = (
        (_QUERY, {}, "conferenceID"),
        (_MODIFY, {"conferenceName": "a"}, "conferenceID"),
        (_CREATE, {}, "participantMediaResources"),
        (_CREATE, {"conferenceName": "a", "locked": False}, "participantMediaResources"),
        ("flex.participant.query", {}, "participantID"),
        ("flex.participant.setMute", {"audioRxMute": True}, "participantID"),
        ("flex.participant.create", {"conferenceID": conference}, "calls"),
    )
    for method, members, member in calls:
        reply = await dut.call(method, members)
        dut.fault(
            reply,
            expected_of(dut.model, method, member, Slip.MISSING),
            "TPS-FLT-003",
            "TPS-FLT-004",
            check=f"{method}.{member}",
        )
        if reply.code == "101" and "Resources" not in member:
            dut.check(
                "named",
                member.lower() in reply.text.lower(),
                "TPS-FLT-004",
                expected=f"missing parameter: {member}",
                got=reply.text,
                step=reply.step,
            )


_TYPES: tuple[tuple[str, Writable], ...] = (
    ("int", 5),
    ("boolean", True),
    ("bytes", b"abc"),
    ("array", ["a"]),
    ("struct", {"a": "b"}),
)
_OF_TEXT = ("conferenceID", "conferenceName")


@SUITE.scenario("faults.malformed", "TPS-FLT-005", "TPS-FLT-006", "TPS-FLT-013", chapter=CHAPTER, after=_AFTER)
async def malformed(dut: CallDut) -> None:
    """A member of another type is told by fault 103, with its name: texts, numbers, booleans, bytes, structs and arrays."""
    sample = await dut.sample(_CREATE)
    cases: list[tuple[str, dict[str, Writable], str]] = [
        (_QUERY, {"conferenceID": value}, "conferenceID") for _, value in _TYPES
    ]
    cases += [(_CREATE, {**sample, "conferenceName": value}, "conferenceName") for _, value in _TYPES]
    cases += [(LISTING, {"max": value}, "max") for value in ("5", "five", b"a", [5], {"a": 5})]
    cases += [(_CREATE, {**sample, "locked": value}, "locked") for value in ("true", "1", b"1", [True], {"a": True})]
    cases += [(_CREATE, {**sample, "metadata": value}, "metadata") for value in (5, [b"a"])]
    cases += [
        (_CREATE, {**sample, "participantMediaResources": value}, "participantMediaResources")
        for value in ("a", 5, [sample["participantMediaResources"]])
    ]
    cases += [(_CREATE, {**sample, "URIs": value}, "URIs") for value in ("a", 5, True, {"URI": "a"})]
    for method, members, member in cases:
        reply = await dut.call(method, members)
        expected = expected_of(dut.model, method, member, Slip.MALFORMED)
        if member in _OF_TEXT and isinstance(members[member], int | bytes):
            expected = opened_by(dut.model, expected, dut.open_point("near-type"))  # as text it has a plain meaning
            if member == "conferenceID":
                expected = replace(expected, outcomes={**expected.outcomes, "no-such-conference": {}})
        dut.fault(reply, expected, "TPS-FLT-005", "TPS-FLT-006", check=f"{member}")


@SUITE.scenario(
    "faults.limits",
    "TPS-FLT-007",
    "TPS-FLT-008",
    "TPS-FLT-009",
    "TPS-FLT-010",
    "TPS-STR-010",
    chapter=CHAPTER,
    after=_AFTER,
)
async def limits(dut: CallDut) -> None:
    """Numbers, texts, bytes and words beyond their limits are refused, by one and by far; nothing is made."""
    sample = await dut.sample(_CREATE)
    for member, values, slip, clauses in (
        ("voiceSwitchingSensitivity", (-1, 101, 2147483647, -2147483648), Slip.RANGE, ("TPS-FLT-007",)),
        ("startTime", (-1, -2147483648), Slip.RANGE, ("TPS-FLT-007",)),
        ("conferenceName", ("a" * 81, "a" * 500), Slip.LENGTH, ("TPS-FLT-008",)),
        ("conferenceReference", ("a" * 51,), Slip.LENGTH, ("TPS-FLT-008",)),
        ("customPINEntryMessage", ("a" * 201,), Slip.LENGTH, ("TPS-FLT-008",)),
        ("metadata", (b"a" * 513, b"\xff" * 5000), Slip.BYTES, ("TPS-FLT-009",)),
        (
            "optimizationProfile",
            ("clausewise", "FAVOREXPERIENCE", "favor", "favorExperiences"),
            Slip.CHOICE,
            ("TPS-STR-010", "TPS-FLT-010"),
        ),
        ("guestControlLevel", ("controlNothing", "controllocal"), Slip.CHOICE, ("TPS-STR-010", "TPS-FLT-010")),
    ):
        expected = expected_of(dut.model, _CREATE, member, slip)
        for value in values:
            dut.fault(await dut.call(_CREATE, {**sample, member: value}), expected, *clauses, check=member)


@SUITE.scenario("faults.unknown-objects", "TPS-FLT-011", "TPS-FLT-012", "TPS-FLT-013", chapter=CHAPTER, after=_AFTER)
async def unknown(dut: CallDut) -> None:
    """The id of no conference is told by fault 4, that of no participant by fault 5; an id of the other kind, and one that is gone, are such."""
    gone, there = await room(dut), await room(dut)
    await destroy(dut, gone, check="destroyed")
    for wanted in (dut.unknown_id(), "clausewise", "0"):
        for method in (_QUERY, "flex.conference.status", "flex.conference.getMetadata", "flex.conference.destroy"):
            dut.fault(
                await dut.call(method, {"conferenceID": wanted}, undo=False),
                "no-such-conference",
                "TPS-FLT-011",
                check=f"{method}.unknown",
            )
        for method in (
            "flex.participant.query",
            "flex.participant.status",
            "flex.participant.destroy",
            "flex.participant.clearImportant",
        ):
            dut.fault(
                await dut.call(method, {"participantID": wanted}, undo=False),
                "no-such-participant",
                "TPS-FLT-012",
                check=f"{method}.unknown",
            )
    if len(there) < 50:
        reply = await dut.call(_QUERY, {"conferenceID": there + "0"})
        dut.fault(reply, expected_of(dut.model, _QUERY, "conferenceID", Slip.UNKNOWN), "TPS-FLT-011", check="longer")
    dut.fault(
        await dut.call("flex.participant.query", {"participantID": there}),
        "no-such-participant",
        "TPS-FLT-012",
        check="other-kind",
    )
    reply = await dut.call(_QUERY, {"conferenceID": gone})
    if not (reply.ok and reply.value("terminating") is True):
        dut.fault(reply, "no-such-conference", "TPS-FLT-011", check="gone")
