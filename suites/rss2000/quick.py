"""Calls that the device makes to record: their answer, their connection, their hanging up, and the archives that come of recordings."""

from __future__ import annotations

from collections.abc import Sequence

from harness.flow import CaseInconclusive, CaseSkipped, Note
from harness.messages.packetreply import Packet, Part, spelled
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.access import ENDED
from suites.rss2000.cited import asked, cited
from suites.rss2000.links import (
    PAUSE,
    RUNNING,
    SOON,
    STOP,
    all_links,
    begin,
    calm,
    end,
    patiently,
    reaches,
    state_of,
    step,
)  # fmt: skip
from suites.rss2000.rights import VIEW, all_groups, judge_lists, lasting, one_told, own, own_groups, stored, told

CHAPTER = "Dial out and Record"
QUICK = "STARTQUICKRECORD"
_CONTROL = ("GETEPLINK.success",)
_MOST_CALLS = 3
_GOES_ON = ("STATUS", "STATUS_INDEX", "PARTINOW", "DESCRIPTION")


async def addresses(dut: PacketDut) -> list[str]:
    """Addresses of endpoints of the target file, to call."""
    names = dut.fixtures("endpoint_names")
    parts = (await dut.setup("GETENDPOINT")).listed()
    known = {one_told(dut, "GETENDPOINT", part, "SOURCENAME"): one_told(dut, "GETENDPOINT", part, "SOURCEIP") for part in parts}  # fmt: skip
    return [address for name in names if (address := known.get(name))][:_MOST_CALLS]


async def call(
    dut: PacketDut, reference: str, *, view: str = "1", groups: Sequence[str] = (), judged: bool = True
) -> tuple[Packet, str, list[tuple[str, str]]]:
    """Let the device call an endpoint and record; gives the answer, the address and what was sent.

    Raises:
        CaseInconclusive: nobody answers, or the device has no room for a call.
    """
    packet = None
    for address in await addresses(dut):
        sent = [
            ("IP_NUM", address),
            ("RATE", "384"),
            ("DUALVIDEO", "1"),
            ("IFRAMEINTERVAL", "3"),
            ("BROADCAST", "0"),
            ("VIEWRIGHT", view),
        ]
        sent += [*(("VIEWID", one) for one in groups), ("REFERENCEID", reference)]
        packet = await dut.command(QUICK, sent, judged=judged)
        if packet.ending in ENDED:  # a call that finds nobody is refused
            dut.check("answered", False, f"RSS-{QUICK}", expected="an answer", got=packet.describe(), step=packet.step)
            break
        if packet.ok:
            index = one_told(dut, QUICK, packet.first, "INDEX") or ""
            await Note("gone", arguments=(f"INDEX={index}",))  # it may be the index of somebody else's (RSS-AMB-084)
            return packet, address, sent
    raise CaseInconclusive("no endpoint could be called" + (f": {packet.describe()}" if packet is not None else ""))


async def connection(dut: PacketDut, before: Sequence[str], address: str, awake: str | None = None) -> str | None:
    """The connection that a call has made; None where there is none to be seen. The session of `awake` is kept from ending meanwhile."""
    for turn in range(len(SOON) + 1):
        new = {index: part for index, part in (await all_links(dut)).items() if index not in before}
        found = [
            index
            for index, part in new.items()
            if address in (one_told(dut, "GETEPLINK", part, name) for name in ("IP", "E164", "H323"))
        ]
        if found:
            await Note("add", "HANGUP", (f"INDEX={found[0]}",))
            return found[0]
        if turn < len(SOON):
            await patiently(dut, turn)
            if awake is not None:
                await dut.settle(awake)
    return None


async def connected(dut: PacketDut) -> str:
    """A connection of our own, that may be hung up.

    Raises:
        CaseInconclusive: there is none.
    """
    before = list(await all_links(dut))
    _, address, _ = await call(dut, dut.unique("r")[:20])
    index = await connection(dut, before, address)
    if index is None:
        raise CaseInconclusive("the call is not among the connections")
    return index


async def ring_off(dut: PacketDut, index: str | None) -> None:
    """Hang up a connection of our own that is still there."""
    if index is not None and index in await all_links(dut):
        await step(dut, "HANGUP", index, judged=False)


@SUITE.scenario(
    "quick.answer",
    *cited("STARTQUICKRECORD", "confirm"),
    "RSS-STARTQUICKRECORD.result",
    "RSS-QRC-001",
    "RSS-QRC-002",
    "RSS-QRC-003",
    "RSS-QRC-004",
    "RSS-QRC-005",
    "RSS-STARTQUICKRECORD",
    "RSS-STARTQUICKRECORD.REFERENCEID",
    "RSS-STARTQUICKRECORD.VIEWID",
    "RSS-STARTQUICKRECORD.VIEWRIGHT",
    chapter=CHAPTER,
    after=_CONTROL,
)
async def answer(dut: PacketDut) -> None:
    """A call tells what it was asked for, with the groups that may view and a reference of 30 characters."""
    one, two, three = own(await own_groups(dut))
    there = await all_groups(dut)
    for view, wanted in (("2", [one, two]), ("1", [three]), ("2", [three])):
        before = list(await all_links(dut))
        reference = dut.unique("r<&>").ljust(30, "x")[:30]
        packet, address, _ = await call(dut, reference, view=view, groups=wanted)
        index = await connection(dut, before, address)
        number = one_told(dut, QUICK, packet.first, "INDEX")
        dut.check(
            "result", bool(number), f"RSS-{QUICK}.result", expected="an INDEX", got=repr(number), step=packet.step
        )
        try:
            for name, value, clauses in (
                ("ROOM_ID", address, ("RSS-QRC-001",)),
                ("REFERENCEID", reference, ("RSS-QRC-002", "RSS-STARTQUICKRECORD.REFERENCEID")),
                ("VIEWRIGHT", view, ("RSS-STARTQUICKRECORD.VIEWRIGHT",)),
                ("H239", one_told(dut, QUICK, packet.first, "DUALVIDEO") or "", ("RSS-QRC-003",)),
            ):
                got = told(dut, QUICK, packet.first, name)
                dut.check(
                    name,
                    value in got,
                    *clauses,
                    f"RSS-{QUICK}.confirm.{name}",
                    expected=f"{name} {value!r}",
                    got=", ".join(got),
                    step=packet.step,
                )
            if view == "2":
                stored(
                    dut,
                    "groups",
                    told(dut, QUICK, packet.first, "VIEWID"),
                    wanted,
                    "RSS-QRC-005",
                    f"RSS-{QUICK}.confirm.VIEWID",
                    step=packet.step,
                )
                judge_lists(
                    dut, QUICK, packet.first, VIEW, await lasting(dut, there),
                    same=("RSS-QRC-005",), apart=("RSS-QRC-005", f"RSS-{QUICK}.confirm.NOTIN_VIEW"), step=packet.step,
                )  # fmt: skip
            dut.check(
                "connected", index is not None, "RSS-QRC-004", expected=f"a connection with {address}", got="none"
            )
            if index is not None:
                state, _ = await reaches(dut, index, RUNNING)
                dut.check("recording", state == RUNNING, "RSS-QRC-004", expected="state 1", got=str(state))
        finally:
            await ring_off(dut, index)


@SUITE.scenario("quick.reference", "RSS-QRC-002", "RSS-STARTQUICKRECORD.REFERENCEID", chapter=CHAPTER, after=_CONTROL)
async def reference_lengths(dut: PacketDut) -> None:
    """A reference of more than 30 characters is refused or cut; one of 30 and a short one come back whole."""
    before = list(await all_links(dut))
    for length in (30, 31, 5, 60, 21):
        reference = (f"{dut.rng.getrandbits(32):08x}" * 8)[:length]
        try:
            packet, address, _ = await call(dut, reference, judged=length <= 30)
        except CaseInconclusive:
            if length <= 30:
                raise
            continue  # refused, which is one of the readings
        try:
            got = one_told(dut, QUICK, packet.first, "REFERENCEID") or ""
            right = got == reference if length <= 30 else len(got) <= 30
            dut.check(
                "reference",
                right,
                "RSS-QRC-002",
                "RSS-STARTQUICKRECORD.REFERENCEID",
                f"RSS-{QUICK}.confirm.REFERENCEID",
                expected=f"{reference!r}, 30 characters at most",
                got=got,
                step=packet.step,
            )
        finally:
            await ring_off(dut, await connection(dut, before, address))


@SUITE.scenario(
    "quick.told",
    *cited("STARTQUICKRECORD", "indication"),
    "RSS-STARTQUICKRECORD.indication.REFERENCEID",
    "RSS-IND-001",
    "RSS-IND-003",
    "RSS-IND-004",
    "RSS-HANGUP.indication.INDEX",
    chapter=CHAPTER,
    after=_CONTROL,
)
async def watched(dut: PacketDut) -> None:
    """A watcher is told of each call once, with what its answer says, and of its hanging up."""
    groups = own(await own_groups(dut, 2))
    await dut.login(link="watcher", indications=True)
    for view, viewers in (("1", []), ("2", groups)):
        before = list(await all_links(dut))
        dut.news.pop("watcher", None)
        packet, address, sent = await call(dut, dut.unique("r")[:25], view=view, groups=viewers)
        await dut.wait_for("watcher", QUICK)
        index = await connection(dut, before, address, awake="watcher")
        await dut.settle("watcher")
        message = dut.model.operations[QUICK].indication
        names = spelled(message.fields["REFERENCEID"].names, "REFERENCEID") if message is not None else ()
        wanted = dict(sent)
        found = dut.told("watcher", QUICK)
        near = [one for one in found if address in one.parts[0].all("ROOM_ID")] or found
        dut.check(
            "told-once",
            len(near) == 1 == len(near[0].parts),
            "RSS-STARTQUICKRECORD.indication",
            "RSS-IND-001",
            "RSS-IND-003",
            expected="one indication",
            got="; ".join(one.describe() for one in found) or "none",
        )
        for one in near[:1]:
            part = dut.judge(QUICK, one, sent)
            _as_confirmed(dut, part, packet, one.step)
            dut.check(
                "reference",
                part.get(*names) == wanted["REFERENCEID"],
                "RSS-STARTQUICKRECORD.indication.REFERENCEID",
                "RSS-IND-004",
                expected=wanted["REFERENCEID"],
                got=str(part.get(*names)),
                step=one.step,
            )
        if index is None:
            continue
        dut.ok(await step(dut, "HANGUP", index), "RSS-HANGUP", check="hang-up")
        await dut.wait_for("watcher", "HANGUP")
        await dut.settle("watcher")
        ends = [part for one in dut.told("watcher", "HANGUP") for part in one.parts if part.get("INDEX") == index]
        dut.check(
            "end-told-once",
            len(ends) == 1,
            "RSS-HANGUP.indication",
            "RSS-HANGUP.indication.INDEX",
            "RSS-IND-001",
            expected=f"one indication of {index}",
            got=str(len(ends)),
        )


def _as_confirmed(dut: PacketDut, part: Part, packet: Packet, step: int) -> None:
    """An indication says what the confirm said, but for the state, which goes on meanwhile."""
    message = dut.model.operations[QUICK].indication
    for name, known in message.fields.items() if message is not None else ():
        said, shown = sorted(told(dut, QUICK, packet.first, name)), sorted(part.all(*spelled(known.names, name)))
        if name in _GOES_ON or not (said and shown):
            continue
        dut.check(
            f"same.{name}",
            said == shown,
            f"RSS-STARTQUICKRECORD.indication.{name}",
            "RSS-IND-004",
            expected=f"{name} {', '.join(said)}, as the confirm has it",
            got=", ".join(shown),
            step=step,
        )


def _register_hang_up(way: str, operation: str | None, language: str = "en") -> None:
    @SUITE.scenario(
        f"hang-up.{way}",
        *cited("HANGUP", "confirm", "indication"),
        "RSS-CON-008",
        "RSS-CON-009",
        "RSS-QRC-008",
        "RSS-HANGUP",
        "RSS-HANGUP.INDEX",
        "RSS-HANGUP.confirm.INDEX",
        chapter="H.323 Connections",
        after=_CONTROL,
    )
    async def hang_up(dut: PacketDut) -> None:
        """A connection that was hung up is listed no more, and another one records on."""
        other = await _recording(dut)
        try:
            index = await connected(dut)
            if operation is not None:
                state, _ = await reaches(dut, index, RUNNING)
                if state != RUNNING:
                    raise CaseInconclusive(f"the call is in state {state}")
                await dut.setup(operation, {"LANG": "en", "INDEX": index})
            wanted = None if other is None else state_of(dut, (await all_links(dut)).get(other))
            ended = await dut.command("HANGUP", {"LANG": language, "INDEX": index})
            dut.ok(ended, *asked(ended), "RSS-CON-008", check="hang-up")
            state, _ = await reaches(dut, index, None)
            dut.check(
                "gone",
                state is None,
                "RSS-CON-008",
                "RSS-QRC-008",
                "RSS-HANGUP",
                expected="no such connection",
                got=f"state {state}",
            )
            if other is not None:
                now = state_of(dut, (await all_links(dut)).get(other))
                dut.check(
                    "other",
                    now == wanted,
                    "RSS-CON-009",
                    "RSS-HANGUP",
                    "RSS-HANGUP.INDEX",
                    expected=f"{other} in state {wanted}",
                    got=str(now),
                )
            if state is None:
                for _ in range(2):
                    dut.either(await step(dut, "HANGUP", index), "RSS-AMB-108", "RSS-CON-008", check="again")
        finally:
            await end(dut, *([other] if other is not None else []))


async def _recording(dut: PacketDut) -> str | None:
    """A connection of the target file that records; None where there is none to be had."""
    try:
        (index,) = await calm(dut)
        await begin(dut, index)
    except (CaseSkipped, CaseInconclusive):
        return None
    return index


for _way, _operation in (("recording", None), ("paused", PAUSE), ("stopped", STOP)):
    _register_hang_up(_way, _operation)
_register_hang_up("in-chinese", None, "cn")
