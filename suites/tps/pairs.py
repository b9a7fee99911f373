"""Integers that may be unlimited: the integer, or the boolean that stands for its having no limit, and never both."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import Expected, expected_of
from harness.messages.callreply import CallReply
from harness.spec.callmodel import Slip
from harness.wire.xmlrpc_writing import Writable
from suites.tps import SUITE
from suites.tps.talk import opened, room

CHAPTER = "unlimited"
_AFTER = ("transport.post",)
_CREATE, _MODIFY, _QUERY = "flex.conference.create", "flex.conference.modify", "flex.conference.query"
PAIRS = {"duration": 7200, "maxParticipants": 4, "conferenceMediaTokens": 600}
_STREAMS = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")


def _one_half(dut: CallDut, reply: CallReply, *, check: str) -> None:
    """No struct of a reply has both halves of a pair."""
    for path, value in reply.struct.walk():
        names = set(value.names)
        both = sorted(name for name in names if f"{name}Unlimited" in names)
        if both:
            where = ".".join(map(str, path)) or "the reply"
            dut.check(
                check,
                False,
                "TPS-UNL-002",
                expected="one of two halves",
                got=f"both of {', '.join(both)} in {where}",
                step=reply.step,
            )
            return
    dut.check(check, True, "TPS-UNL-002", expected="one of two halves", got="", step=reply.step)


async def _holds(dut: CallDut, conference: str, name: str, value: int | None, *clauses: str, check: str) -> None:
    """A pair has this value, or none where it is unlimited."""
    told = dut.ok(await dut.call(_QUERY, {"conferenceID": conference}), check=f"{check}.query")
    _one_half(dut, told, check=f"{check}.one")
    got, unlimited = told.value(name), told.value(f"{name}Unlimited")
    passed = (got == value and unlimited is not True) if value is not None else (got is None and unlimited is not False)
    expected = str(value) if value is not None else "no limit"
    dut.check(
        check,
        passed,
        *clauses,
        expected=f"{name}: {expected}",
        got=f"{got!s}, unlimited: {unlimited!s}",
        step=told.step,
    )


def _register(name: str, value: int) -> None:
    other = f"{name}Unlimited"

    @SUITE.scenario(f"unlimited.{name}", "TPS-UNL-003", "TPS-UNL-004", "TPS-UNL-002", chapter=CHAPTER, after=_AFTER)
    async def either(dut: CallDut) -> None:
        """Either half of a pair alone is enough; setting one ends the other, back and forth."""
        conference = await opened(dut, "TPS-UNL-004", check="integer.made", **{name: value})
        await _holds(dut, conference, name, value, "TPS-UNL-004", check="integer")
        unlimited = await opened(dut, "TPS-UNL-004", check="boolean.made", **{other: True})
        await _holds(dut, unlimited, name, None, "TPS-UNL-004", check="boolean")
        for turn in range(2):
            number = value + turn + 1
            dut.ok(
                await dut.call(_MODIFY, {"conferenceID": conference, other: True}), "TPS-UNL-004", check="to-unlimited"
            )
            await _holds(dut, conference, name, None, "TPS-UNL-003", check="unlimited")
            dut.ok(
                await dut.call(_MODIFY, {"conferenceID": conference, name: number}), "TPS-UNL-004", check="to-limited"
            )
            await _holds(dut, conference, name, number, "TPS-UNL-003", check="limited")

    @SUITE.scenario(
        f"unlimited.{name}.both", "TPS-UNL-001", "TPS-UNL-003", chapter=CHAPTER, after=(f"unlimited.{name}",)
    )
    async def both(dut: CallDut) -> None:
        """The integer beside the boolean that is true is refused, on making and on changing, and nothing is made or changed."""
        for pair in ({name: value, other: True}, {other: True, name: 0 if name != "duration" else 60}):
            made = await dut.call(_CREATE, {**await dut.sample(_CREATE), **pair})
            dut.fault(made, _both(dut, _CREATE, name), "TPS-UNL-001", check="create")
        for before in (None, value):
            conference = await room(dut, **({other: True} if before is None else {name: value}))
            reply = await dut.call(_MODIFY, {"conferenceID": conference, name: value + 1, other: True})
            dut.fault(reply, _both(dut, _MODIFY, name), "TPS-UNL-001", check="modify")
            await _holds(dut, conference, name, before, "TPS-UNL-001", check="unchanged")


def _both(dut: CallDut, method: str, name: str) -> Expected:
    """What answers both halves."""
    return expected_of(dut.model, method, name, Slip.BOTH)


for _name, _value in PAIRS.items():
    _register(_name, _value)


def _resources(**main: Writable) -> dict[str, Writable]:
    """Media resources of which only the main video has tokens, if it has."""
    none: dict[str, Writable] = {"total": 0}
    return {
        "numMediaCredits": 0,
        "mediaTokensMainVideo": {**none, **main},
        "mediaTokensExtendedVideo": none,
        "mediaTokensAudio": none,
    }


@SUITE.scenario(
    "unlimited.maxPerChannel", "TPS-UNL-001", "TPS-UNL-002", "TPS-UNL-003", "TPS-UNL-004", chapter=CHAPTER, after=_AFTER
)
async def channel(dut: CallDut) -> None:
    """Tokens of a channel are limited or not: both are refused, in each of the three structs, and only one comes back."""
    place = "participantMediaResources.mediaTokensMainVideo"
    conference = await room(dut, participantMediaResources=_resources())
    told = dut.ok(await dut.call(_QUERY, {"conferenceID": conference}), check="query")
    _one_half(dut, told, check="default")
    mains: tuple[tuple[dict[str, Writable], int | None], ...] = (
        ({"maxPerChannelUnlimited": True}, None),
        ({"maxPerChannel": 0}, 0),
        ({"maxPerChannelUnlimited": True}, None),
    )
    for main, limit in mains:
        members: dict[str, Writable] = {"conferenceID": conference, "participantMediaResources": _resources(**main)}
        changed = await dut.call(_MODIFY, members)
        if limit is not None and not changed.ok:  # it may have to be less than the total
            dut.fault(changed, ("invalid-parameter", "out-of-range"), check="equal")
            continue
        dut.ok(changed, "TPS-UNL-004", check="changed")
        told = dut.ok(await dut.call(_QUERY, {"conferenceID": conference}), check="query")
        _one_half(dut, told, check="one")
        got, unlimited = told.value(f"{place}.maxPerChannel"), told.value(f"{place}.maxPerChannelUnlimited")
        passed = got == limit and (unlimited is not True or limit is None)
        dut.check(
            "kept", passed, "TPS-UNL-003", expected=f"{limit}", got=f"{got!s}, unlimited: {unlimited!s}", step=told.step
        )
    for stream in _STREAMS:
        resources = {**_resources(), stream: {"total": 0, "maxPerChannel": 0, "maxPerChannelUnlimited": True}}
        for method in (_CREATE, _MODIFY):
            given: dict[str, Writable] = (
                {"conferenceID": conference} if method == _MODIFY else await dut.sample(_CREATE)
            )
            reply = await dut.call(method, {**given, "participantMediaResources": resources})
            dut.fault(
                reply,
                _both(dut, method, f"participantMediaResources.{stream}.maxPerChannel"),
                "TPS-UNL-001",
                check=f"{stream}.{method}",
            )


@SUITE.scenario("unlimited.false", "TPS-UNL-004", chapter=CHAPTER, after=_AFTER)
async def false(dut: CallDut) -> None:
    """Beside the boolean that is false the integer is taken as it stands, or the two are refused."""
    for name, value in PAIRS.items():
        conference = await room(dut)
        reply = await dut.call(_MODIFY, {"conferenceID": conference, name: value, f"{name}Unlimited": False})
        if dut.either(reply, "unlimited-false", "TPS-UNL-001", check=name):
            await _holds(dut, conference, name, value, "TPS-UNL-003", check=f"{name}.kept")
