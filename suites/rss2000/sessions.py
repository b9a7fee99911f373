"""Sessions: several at a time, their ids, their connections, and their end by LOGOUT."""

from __future__ import annotations

from harness.ending import Ending
from harness.flow import CaseInconclusive
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.access import (
    ENDED,
    READS,
    ask,
    ended,
    fails,
    log_out,
    logged_out,
    other_session,
    serves,
    session_in,
    works,
)

CHAPTER = "Sessions"
_IN = ("LOGIN.success", "GETDEVINFO.success")
_OUT = (*_IN, "LOGOUT.success")


@SUITE.scenario(
    "session.several", "RSS-SES-001", "RSS-SES-002", "RSS-SES-013", "RSS-SES-012", chapter=CHAPTER, after=_OUT
)
async def several(dut: PacketDut) -> None:
    """Five sessions of one user have five ids, are taken in any order, and end one by one."""
    links = [f"one-of-{number}" for number in range(5)]
    for link in links:
        await dut.login(link=link)
    ids = [dut.sessions[link] for link in links]
    dut.check("ids", len({*ids}) == 5, "RSS-SES-001", expected="five ids", got=", ".join(ids))
    for link in (*links, *reversed(links), links[2], links[0]):
        await works(dut, link, "RSS-SES-002", "RSS-SES-013", check="taken")
    for number in (2, 0, 4, 1):
        await logged_out(dut, links[number])
        await fails(dut, links[number], ids[number], "RSS-SES-008", check="over", reads=1)
        for other in (one for one in links if one in dut.sessions and one != links[number]):
            await works(dut, other, "RSS-SES-012", "RSS-SES-013", "RSS-LOGOUT", check="others-stay")
        del dut.sessions[links[number]]
    await works(dut, links[3], "RSS-SES-012", check="last-stays")


@SUITE.scenario("session.many", "RSS-SES-001", "RSS-SES-002", "RSS-SES-013", "RSS-TPK-007", chapter=CHAPTER, after=_IN)
async def many(dut: PacketDut) -> None:
    """Of thirty connections those that get a session have one of their own, each is served, and ends of others do not matter."""
    links: list[str] = []
    for number in range(30):
        link = f"many-{number}"
        if await dut.connect(link) is not Ending.ANSWERED:
            break
        packet = await dut.try_login(link=link, judged=False)
        if not packet.ok:
            break
        session_in(dut, packet)
        links.append(link)
    if len(links) < 2:
        raise CaseInconclusive("the device did not give two sessions at a time")
    ids = [dut.sessions[link] for link in links]
    got = f"{len({*ids})} for {len(ids)} sessions"
    dut.check("ids", len({*ids}) == len(ids), "RSS-SES-001", expected="an id for each", got=got)
    for link in links:
        await works(dut, link, "RSS-SES-002", "RSS-SES-013", check="taken")
    for link in links[::2]:
        await log_out(dut, link)
        await dut.close(link)
    for link in links[1::2]:
        await works(dut, link, "RSS-SES-012", check="others-stay")
        await log_out(dut, link)


@SUITE.scenario("session.end", "RSS-SES-008", "RSS-SES-012", "RSS-LOGOUT", chapter=CHAPTER, after=_OUT)
async def end(dut: PacketDut) -> None:
    """After LOGOUT nothing takes the id again, on its own connection or another, whatever happens after it."""
    session = await dut.login(link="gone")
    await dut.login(link="stays")
    await dut.login(link="third")
    await works(dut, "gone", check="before")
    await logged_out(dut, "gone")
    await fails(dut, "gone", session, "RSS-SES-008", check="over", reads=len(READS))
    for link in ("gone", "second", "third"):  # a device may close the connection on which it is tried
        packet = await ask(dut, "LOGOUT", {"LANG": "0"}, link=link, session=session)
        dut.refused(packet, "RSS-SES-008", check="no-second-logout")
    await works(dut, "stays", "RSS-SES-012", check="other-stays")
    await dut.login(link="later")
    await fails(dut, "fresh", session, "RSS-SES-008", check="over-after-login", reads=2)
    await works(dut, "later", check="later")


@SUITE.scenario("session.again", "RSS-SES-001", "RSS-SES-002", "RSS-SES-008", chapter=CHAPTER, after=_OUT)
async def again(dut: PacketDut) -> None:
    """On a connection whose session has ended another may begin, if the device keeps it; the first one stays ended."""
    first = await dut.login(link="kept")
    for number in (1, 2):
        await logged_out(dut, "kept")
        dut.sessions.pop("kept")
        if await ended(dut, "kept"):
            dut.observe("kept", "RSS-AMB-036", "closed")
            await dut.close("kept")
        packet = await dut.try_login(link="kept", closable=True)
        if not packet.ok and packet.ending is not Ending.ANSWERED:
            dut.observe("kept", "RSS-AMB-036", "closed")
            return
        dut.ok(packet, "RSS-LOGIN", check=f"login-{number}")
        await works(dut, "kept", check="taken")
        if dut.sessions["kept"] != first:
            await fails(dut, f"elsewhere-{number}", first, "RSS-SES-008", check="first-stays-ended", reads=1)


@SUITE.scenario("session.required", "RSS-SES-003", chapter=CHAPTER, after=_IN)
async def required(dut: PacketDut) -> None:
    """The connection of a session does not stand for it: each command needs the id, before and after others that had it."""
    for number, operation in enumerate(READS):
        for session in (None, ""):
            link = f"required-{number}-{session is None}"
            await dut.login(link=link)
            await works(dut, link, check="with-it")
            dut.refused(await ask(dut, operation, link=link, session=session), "RSS-SES-003")
            await dut.close(link)
    await serves(dut)


@SUITE.scenario("session.wrong", "RSS-SES-004", "RSS-SES-012", chapter=CHAPTER, after=_IN)
async def wrong(dut: PacketDut) -> None:
    """An id that is near to a right one is a wrong one, whichever command has it, and the right one stays right."""
    session = await dut.login(link="right")
    near = (f"{session}0", f"0{session}", other_session(session), session[:-1], f"{session}{session}", "0", "*")
    for number, other in enumerate(near):
        for operation in READS[number % 3 :: 3]:
            link = f"wrong-{number}-{operation}"
            dut.refused(await ask(dut, operation, link=link, session=other), "RSS-SES-004")
            await dut.close(link)
        await works(dut, "right", "RSS-SES-012", "RSS-SES-002", check="right-stays")
    upper = session.swapcase()
    if upper != session:
        dut.either(await dut.command("GETDEVINFO", link="letters", session=upper, judged=False), "RSS-AMB-043")


@SUITE.scenario("session.twice", "RSS-SES-003", "RSS-SES-004", chapter=CHAPTER, after=_IN)
async def twice(dut: PacketDut) -> None:
    """A command with two ids, of which one is wrong, may be taken; with two wrong ones it is not."""
    session = await dut.login(link="right")
    name, unknown = dut.syntax.session, other_session(session)
    for number, ids in enumerate(((session, unknown), (unknown, session))):
        packet = await dut.command("GETDEVINFO", [(name, ids[1])], link="right", session=ids[0], judged=False)
        if packet.ending is not Ending.ANSWERED:
            return
        reading = ("first", "last")[number] if packet.ok else ("last", "first")[number]
        dut.observe(f"pair-{number}", "RSS-AMB-046", reading, "refused" if not packet.ok else "", step=packet.step)
    packet = await dut.command("GETDEVINFO", [(name, unknown)], link="right", session=unknown, judged=False)
    dut.refused(packet, "RSS-SES-004")


@SUITE.scenario("session.elsewhere", "RSS-SES-002", "RSS-SES-012", chapter=CHAPTER, after=_OUT)
async def elsewhere(dut: PacketDut) -> None:
    """Whether a session may be used on another connection is open; on its own it stays, and a logout elsewhere ends it or not."""
    session = await dut.login(link="home")
    await dut.login(link="neighbour")
    for number, link in enumerate(("fresh", "neighbour")):
        dut.either(await ask(dut, "GETDEVINFO", link=link, session=session), "RSS-AMB-034", check=f"used-{number}")
        await works(dut, "home", check="home")
    if dut.links.get("neighbour") is Ending.ANSWERED and not await ended(dut, "neighbour"):
        await works(dut, "neighbour", "RSS-SES-012", check="neighbour")
    packet = await log_out(dut, "away", session)
    if dut.either(packet, "RSS-AMB-034", check="logout"):
        await fails(dut, "home", session, "RSS-SES-008", check="over", reads=2)
    else:
        await works(dut, "home", "RSS-SES-012", check="home-stays")


def _register_closed(how: str) -> None:
    @SUITE.scenario(f"session.connection.{how}", "RSS-SES-012", chapter=CHAPTER, after=_IN)
    async def closed(dut: PacketDut) -> None:
        """The end of a connection leaves the sessions of others; its own may outlive it or not."""
        await dut.login(link="stays")
        session = await dut.login(link="ends")
        await dut.close("ends", how)
        await works(dut, "stays", "RSS-SES-012", check="other-stays")
        dut.either(await ask(dut, "GETDEVINFO", link="next", session=session), "RSS-AMB-034", check="outlives")
        await works(dut, "stays", "RSS-SES-012", check="other-stays-on")
        await serves(dut)


for _how in ("close", "reset"):
    _register_closed(_how)


@SUITE.scenario("session.second-login", "RSS-SES-001", "RSS-SES-002", chapter=CHAPTER, after=_IN)
async def second_login(dut: PacketDut) -> None:
    """A second login on a connection makes a session of its own, which ends the first one or does not; or it fails."""
    first = await dut.login(link="shared")
    other = await dut.login(link="other")
    packet = await dut.try_login(link="shared", judged=False)
    if not packet.ok:
        dut.observe("second", "RSS-AMB-035", "refused", got=packet.describe(), step=packet.step)
        return
    second = session_in(dut, packet)
    dut.check("new", second not in (first, other), "RSS-SES-001", expected="another id", got=second, step=packet.step)
    await works(dut, "shared", check="second", session=second)
    packet = await dut.command("GETDEVINFO", link="shared", session=first, judged=False)
    dut.observe("first", "RSS-AMB-035", "both" if packet.ok else "replaced", step=packet.step)
    await works(dut, "other", "RSS-SES-012", check="other-stays")


@SUITE.scenario("session.failed-login", "RSS-SES-012", "RSS-SES-009", chapter=CHAPTER, after=_IN)
async def failed_login(dut: PacketDut) -> None:
    """A login that fails on the connection of a session leaves it, unless the device closes the connection."""
    session = await dut.login(link="home")
    for number, user in enumerate(("clausewise nobody", "")):
        packet = await dut.try_login(link="home", user=user)
        dut.refused(packet, "RSS-SES-009")
        if packet.ending is not Ending.ANSWERED or await ended(dut, "home"):
            dut.observe(f"kept-{number}", "RSS-AMB-036", "closed")
            return
        packet = await ask(dut, "GETDEVINFO", link="home", session=session)
        if packet.ending in ENDED:
            return
        dut.ok(packet, "RSS-SES-012", "RSS-SES-002", check="stays")
