"""Cookies: presented a second time, empty, or those of another list; and lists too large for one page."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.listed import lists_of, page_of
from harness.flow import CaseSkipped
from suites.tps import SUITE
from suites.tps.lists import (
    BEGINS,
    CHAPTER,
    ENDED,
    ENDS,
    ENDS_TOLD,
    GOES_ON,
    GONE,
    LIVE,
    MORE,
    Reader,
    Watch,
    another,
    names,
    several,
    short,
)  # fmt: skip
from suites.tps.live import LIST
from suites.tps.told import LISTS
from suites.tps.world import Members, figure

_PAGE_BYTES = 32 * 1024
_MANY = 18  # conferences with the longest texts: more than a page holds
_REFUSED = "TPS-ENM-005"


def _again(method: str) -> None:
    @SUITE.scenario(
        f"lists.{short(method)}.cookie-again", GOES_ON, chapter=CHAPTER, after=(*ENDED, f"{method}.success")
    )
    async def again(dut: CallDut) -> None:
        """A cookie that is presented a second time is refused, or tells again what has happened since it was given."""
        watch = Watch(dut)
        where, made = await several(watch, method, 3)
        reader = Reader(watch, method)
        await reader.rest()
        old = reader.cookie
        made.append(await another(watch, method, where))
        await reader.rest()
        if reader.cookie == old:
            raise CaseSkipped("the device goes on with the same cookie, so that none is presented again")
        sent: Members = {"cookie": old}
        reply = await dut.call(method, sent)
        if dut.either(reply, "cookie-again", GOES_ON, check="again"):
            second = Reader(watch, method)
            found = names([watch.heard(method, sent, reply)])
            second.cookie = reply.value("cookie")
            found += names(await second.rest()) if reply.value("moreAvailable") is True else []
            dut.check("told", made[-1] in found, GOES_ON, expected=made[-1], got=repr(found))
        watch.done()


def _strange(method: str) -> None:
    @SUITE.scenario(
        f"lists.{short(method)}.cookie-strange", _REFUSED, chapter=CHAPTER, after=(*ENDED, f"{method}.success")
    )
    async def strange(dut: CallDut) -> None:
        """An empty cookie and those of other lists are refused, or lead to a list in which nothing of what lives is lost and nothing else told."""
        watch = Watch(dut)
        _, made = await several(watch, method if method in LIVE else LISTS[0] if method == GONE else LIST, 3)
        reply = await dut.call(method, {"cookie": ""})
        if dut.either(reply, "cookie-empty", _REFUSED, check="empty"):
            watch.heard(method, {}, reply)
        for other in (*LIVE, ENDS, GONE):
            if other == method:
                continue
            reader = Reader(watch, other)
            await reader.rest()
            reply = await dut.call(method, {"cookie": reader.cookie})
            if not dut.either(reply, "cookie-other", _REFUSED, check=f"of-{short(other)}"):
                continue
            # What it has been told by then only another list of the same objects says.
            ended = names([page_of(lists_of(dut.model)[method], reply.members)]) if method in (ENDS, GONE) else []
            dead = [one for one in made if one in ended]
            clause = ENDS_TOLD if method in (ENDS, GONE) else GOES_ON
            dut.check("strange.dead", not dead, clause, expected="nothing of what lives", got=repr(dead))
        watch.done()


async def _read(watch: Watch, made: list[str], most: int | None) -> None:
    """Every page is short enough, and all that there is stands on them."""
    dut, reader, found, more = watch.dut, Reader(watch, LIST), list[str](), True
    while more:
        page = await reader.page(most)
        found, more = [*found, *names([page])], page.more
        size = len(reader.reply.body) if reader.reply is not None else 0
        expected = f"{_PAGE_BYTES} bytes at most"
        dut.check("size", size <= _PAGE_BYTES, "TPS-SIZ-004", expected=expected, got=f"{size} bytes")
    missing = [one for one in made if one not in found]
    dut.check("all", not missing, BEGINS, MORE, expected="all conferences", got=f"without {missing}")


@SUITE.scenario("lists.conferences.large", BEGINS, MORE, "TPS-SIZ-004", chapter=CHAPTER, after=ENDED)
async def large(dut: CallDut) -> None:
    """A list of what no page can hold comes in pages of 32 KB at most, and nothing of it is lost."""
    most = await figure(dut, "maxConferences")
    watch = Watch(dut)
    made = []
    for number in range(min(_MANY, most // 2)):
        name = f"{number:02} {'Clausewise ' * 8}"[:80]
        made.append(await watch.conference(conferenceName=name, conferenceReference=f"{number:02}{'r' * 48}"))
    reply = await dut.call(LIST)
    if dut.either(reply, "reply-too-large", BEGINS, "TPS-SIZ-004", check="whole"):
        await _read(watch, made, None)
    await _read(watch, made, 4)
    watch.done()


for _method in LIVE:
    _again(_method)
for _method in (*LIVE, ENDS, GONE):
    _strange(_method)
