"""Indications among other traffic: their order, clients that watch and change, connections with several sessions."""

from __future__ import annotations

from harness.messages.packetreply import Packet
from harness.packetdut import PacketDut
from harness.packetsample import fresh
from suites.rss2000 import SUITE
from suites.rss2000.indications import watch
from suites.rss2000.people import user
from suites.rss2000.watching import Change, await_told, forget, life, listen, make, none_of, once, tells, told_of

CHAPTER = "Indications"
_TOLD = ("RSS-IND-001", "RSS-IND-003")
_ROW = 20
_MANY = 8


def _order(dut: PacketDut, link: str, changes: list[Change]) -> None:
    """The indications came in the order of the changes."""
    news: list[Packet] = dut.news.get(link, [])
    places = [next((number for number, one in enumerate(news) if tells(dut, one, change)), -1) for change in changes]
    there = [place for place in places if place >= 0]
    good = there == sorted(there)
    names = [change.operation for _, change in sorted(zip(places, changes, strict=True), key=lambda pair: pair[0])]
    expected = ", ".join(one.operation for one in changes)
    dut.check("order", good, "RSS-IND-006", expected=expected[:300], got="" if good else ", ".join(names)[:300])


@SUITE.scenario(
    "told.in-order", *_TOLD, "RSS-IND-006", chapter=CHAPTER, after=("ADDENDPOINT.success", "ADDDEVUSER.success")
)
async def in_order(dut: PacketDut) -> None:
    """Many changes in a row, of several kinds and by two clients, are all told once, in their order."""
    await watch(dut, "first", "second")
    changes: list[Change] = []
    for number in range(_ROW):
        kind, key = ("ENDPOINT", "SOURCENAME") if number % 2 else ("DEVUSER", "USERNAME")
        link = "main" if number % 3 else "other"
        changes.append(await make(dut, f"ADD{kind}", await fresh(dut, f"ADD{kind}"), key, link=link))
    for one in changes[::3]:
        remove = one.operation.replace("ADD", "DEL")
        changes.append(await make(dut, remove, {one.naming[0]: one.naming[1]}, one.naming[0]))
    for link in ("first", "second"):
        for one in changes:
            await await_told(dut, link, one)
        _order(dut, link, changes)
        await once(dut, link, changes)


@SUITE.scenario("told.life-in-order", *_TOLD, "RSS-IND-006", chapter=CHAPTER, after=("ADDGROUP.success",))
async def life_in_order(dut: PacketDut) -> None:
    """The changes of objects that live one after the other are told in their order."""
    await watch(dut, "watcher")
    changes: list[Change] = []
    for kind in ("user", "group", "endpoint", "user", "room"):
        changes += await life(dut, kind)
    for one in changes:
        await await_told(dut, "watcher", one)
    _order(dut, "watcher", changes)
    await once(dut, "watcher", changes)


@SUITE.scenario("told.changes-itself", *_TOLD, "RSS-IND-007", chapter=CHAPTER, after=("ADDENDPOINT.success",))
async def changes_itself(dut: PacketDut) -> None:
    """A client that watches and makes changes gets its answers; of its own changes it is told once or not at all, of others once."""
    await watch(dut, "busy", "other")
    for kind in ("endpoint", "group"):
        own = await life(dut, kind, link="busy")
        theirs = await life(dut, kind, link="other")
        await once(dut, "other", own)
        await once_besides(dut, "busy", theirs, own)


async def once_besides(dut: PacketDut, link: str, theirs: list[Change], own: list[Change]) -> None:
    """A client is told of what others did once, and at most once of each change of its own (RSS-AMB-037)."""
    for one in theirs:
        await await_told(dut, link, one)
    await dut.settle(link)
    counts = [len(told_of(dut, link, one)) for one in own]
    dut.check("own", max(counts) <= 1, "RSS-IND-003", expected="own changes told once or not at all", got=str(counts))
    dut.observe("own", "RSS-AMB-037", "all" if min(counts) else "others" if not max(counts) else "")
    await once(dut, link, theirs)


@SUITE.scenario(
    "told.while-asking", *_TOLD, "RSS-IND-007", "RSS-TPK-007", chapter=CHAPTER, after=("GETDEVUSER.success",)
)
async def while_asking(dut: PacketDut) -> None:
    """Indications do not disturb the answers of a client that asks meanwhile, and come in packets of their own."""
    await watch(dut, "watcher")
    changes: list[Change] = []
    asked = ("GETDEVUSER", "GETENDPOINT", "GETMEMBER", "GETDEVINFO")
    for number in range(6):
        questions = [asked[(number + place) % len(asked)] for place in range(2)]
        for question in questions:
            await dut.send(await dut.written(question, link="watcher"), link="watcher")
        changes += await life(dut, ("endpoint", "user")[number % 2])
        for question in questions:
            dut.ok(await dut.answer(question, link="watcher"), f"RSS-{question}", "RSS-IND-007")
    await once(dut, "watcher", changes, "RSS-IND-007")


@SUITE.scenario("told.in-the-middle", *_TOLD, "RSS-TPK-005", chapter=CHAPTER, after=("GETDEVINFO.success",))
async def in_the_middle(dut: PacketDut) -> None:
    """A change while a watching client has sent one half of a command: it is told, and the command is answered."""
    await watch(dut, "watcher")
    changes: list[Change] = []
    for place in (1, 4, 60):
        data = await dut.written("GETDEVINFO", link="watcher")
        await dut.send(data[:place], link="watcher")
        changes += await life(dut, "endpoint")
        await dut.send(data[place:], link="watcher")
        dut.ok(await dut.answer("GETDEVINFO", link="watcher"), "RSS-GETDEVINFO", "RSS-TPK-005")
    await once(dut, "watcher", changes)


@SUITE.scenario(
    "told.many-clients", *_TOLD, "RSS-IND-002", "RSS-SES-013", chapter=CHAPTER, after=("ADDENDPOINT.success",)
)
async def many_clients(dut: PacketDut) -> None:
    """Of many clients those that asked are told once, those between them that did not are not."""
    watchers = [f"watcher-{number}" for number in range(_MANY)]
    for link in watchers:
        await dut.login(link=f"{link}-not")
        await watch(dut, link)
    changes = await life(dut, "group")
    for link in watchers:
        await once(dut, link, changes)
        await dut.settle(f"{link}-not")
        none_of(dut, f"{link}-not", changes, "RSS-IND-002")


@SUITE.scenario("told.others-leave", *_TOLD, chapter=CHAPTER, after=("ADDENDPOINT.success",))
async def others_leave(dut: PacketDut) -> None:
    """Watching clients that vanish, or never read, leave the others told of everything."""
    await watch(dut, "closes", "resets", "half", "deaf", "stays")
    await dut.close("closes")
    await dut.close("resets", "reset")
    await dut.close("half", "half-close")
    changes: list[Change] = []
    for kind in ("endpoint", "user", "group") * 2:
        changes += await life(dut, kind)
    await once(dut, "stays", changes)
    await once(dut, "deaf", changes)
    await listen(dut, "half")


@SUITE.scenario(
    "told.to-ordinary", *_TOLD, "RSS-SES-013", chapter=CHAPTER, after=("ADDENDPOINT.success", "ADDDEVUSER.success")
)
async def to_ordinary(dut: PacketDut) -> None:
    """Who asked is told, whatever its privilege; an ordinary user that did not ask is not."""
    made = await user(dut, PRIVILEGE="1")
    await dut.login(link="asked", user=made["USERNAME"], password=made["PASSWORD"], indications=True)
    await dut.login(link="not", user=made["USERNAME"], password=made["PASSWORD"])
    await watch(dut, "administrator")
    changes = await life(dut, "endpoint")
    await once(dut, "administrator", changes)
    for one in changes:
        await await_told(dut, "asked", one)
    for link in ("asked", "not"):
        await listen(dut, link)
    counts = [len(told_of(dut, "asked", one)) for one in changes]
    dut.check("told", set(counts) == {1}, *_TOLD, expected="each change once", got=str(counts))
    none_of(dut, "not", changes, "RSS-IND-002")


@SUITE.scenario("told.from-login-on", "RSS-IND-001", "RSS-IND-003", chapter=CHAPTER, after=("ADDENDPOINT.success",))
async def from_login_on(dut: PacketDut) -> None:
    """A client that comes later is told of what is changed then, not of what was told before."""
    await watch(dut, "early")
    before = await life(dut, "endpoint")
    await once(dut, "early", before)
    await watch(dut, "late")
    after = await life(dut, "endpoint")
    for link in ("early", "late"):
        for one in after:
            await await_told(dut, link, one)
    none_of(dut, "late", before, "RSS-IND-003")
    for link in ("early", "late"):
        await once(dut, link, after)


@SUITE.scenario("told.two-sessions", chapter=CHAPTER, after=("ADDENDPOINT.success",))
async def two_sessions(dut: PacketDut) -> None:
    """A connection on which two sessions have asked is told once for each that lasts; the document leaves open which do."""
    await watch(dut, "twice", "once")
    packet = await dut.try_login(link="twice", indications=True, judged=False)
    if not packet.ok:
        dut.observe("second", "RSS-AMB-035", "refused", step=packet.step)
        return
    changes = await life(dut, "endpoint")
    await once(dut, "once", changes)
    for one in changes:
        await await_told(dut, "twice", one)
    await dut.settle("twice")
    counts = [len(told_of(dut, "twice", one)) for one in changes]
    dut.check("told", all(count in (1, 2) for count in counts), *_TOLD, expected="one or two of each", got=str(counts))
    forget(dut, "twice")
