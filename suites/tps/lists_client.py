"""The client that the document describes, beside another one, while things begin, change and end: it ends with exactly what the device has."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.flow import CaseInconclusive
from harness.following import Ask, Follower, Side
from suites.tps import SUITE
from suites.tps.access import person
from suites.tps.admin import rows_of, user_id
from suites.tps.lists import (
    BEGINS,
    CHAPTER,
    ENDED,
    ENDS_TOLD,
    FORGETFUL,
    GOES_ON,
    HEARS,
    LIVE,
    PAGES,
    Watch,
    another,
    ends_of,
    kind_of,
    short,
)  # fmt: skip
from suites.tps.told import LISTS
from suites.tps.world import Members

_STEPS, _MOST, _BUSY = 36, 8, 40
_AGAIN = 3  # cookies that may be too old in one case


class Client:
    """A reference client on a connection of its own."""

    def __init__(self, watch: Watch, method: str, link: str) -> None:
        self.follower = Follower()
        self._watch, self._link = watch, link
        self._methods = {Side.LIVE: method, Side.ENDS: ends_of(method)}
        self._crowded = False  # so much is there of others that small pages would take too long

    async def step(self, most: int | None = None) -> None:
        """One call, if there is anything to ask."""
        asks = self.follower.asks()
        if asks is not None:
            await self._ask(asks, None if self._crowded else most)

    async def _ask(self, asks: Ask, most: int | None) -> None:
        dut, method = self._watch.dut, self._methods[asks.side]
        sent: Members = {} if asks.cookie is None else {"cookie": asks.cookie}
        if most is not None:
            sent["max"] = most
        reply = await dut.call(method, sent, link=self._link)
        if asks.cookie is not None and not reply.ok and reply.code:
            breach = self._watch.lists.refused(method, asks.cookie)
            if breach is not None:
                self._watch.breach(method, breach, reply)
            dut.fault(reply, dut.syntax.bad_cookie, GOES_ON, check="too-old")
            self.follower.refused()
            if self.follower.begun_again > _AGAIN:
                raise CaseInconclusive(FORGETFUL)
            return
        dut.ok(reply, ENDS_TOLD if asks.side is Side.ENDS else GOES_ON if asks.cookie else BEGINS, check="page")
        page = self._watch.heard(method, sent, reply)
        self._crowded = self._crowded or len(self.follower.believed) + len(page.items) > _BUSY
        self.follower.hears(dict(page.items), page.cookie, more=page.more)

    async def drain(self) -> None:
        """Read both lists to their end.

        Raises:
            CaseInconclusive: they have none.
        """
        self.follower.wakes(Side.LIVE, Side.ENDS)
        for _ in range(PAGES):
            if self.follower.asks() is None:
                return
            await self.step()
        raise CaseInconclusive("the lists do not end")


def _compared(watch: Watch, method: str, client: Client, name: str) -> None:
    """What a client believes is what there is."""
    dut, kind = watch.dut, kind_of(method)
    ours = {one for one in client.follower.believed if watch.things.get((kind, one)) is not None}
    live = watch.things.live(kind)
    lacks, dead = sorted(live.keys() - ours), sorted(ours - live.keys())
    got = f"without {lacks}" if lacks else f"with {dead}, which have ended"
    clauses = (HEARS, *((GOES_ON,) if lacks or not dead else ()), *((ENDS_TOLD,) if dead or not lacks else ()))
    dut.check(name, not lacks and not dead, *clauses, expected=f"{len(live)} that live", got=got)
    for one in sorted(ours & live.keys()):
        believed = client.follower.believed[one]
        for member, value in live[one].values.items():
            if member in believed or (value and method != LISTS[2]):
                told = believed.get(member)
                dut.check(
                    f"{name}.{member}", told == value, GOES_ON, "TPS-CON-056" if kind == "conference" else "TPS-PRT-054",
                    expected=f"{member} {value!r}", got=repr(told),
                )  # fmt: skip


async def _change(watch: Watch, method: str, homes: list[str], turn: int) -> None:
    """Something begins, changes or ends."""
    rng, kind = watch.dut.rng, kind_of(method)
    live = sorted(watch.things.live(kind))
    what = rng.choice(("make", "make", "change", "end", "home"))
    if what == "home" and homes and turn % 3 == 0:
        place = rng.randrange(len(homes))
        await watch.end("conference", homes[place])
        homes[place] = await watch.conference(active=True)
    elif what == "end" and live:
        await watch.end(kind, rng.choice(live))
    elif what == "change" and live:
        one = rng.choice(live)
        if kind == "conference" and rng.random() < 0.4:
            await watch.lock(one)
        else:
            await watch.rename(kind, one, f"Turn {turn}")
    elif len(live) < _MOST:
        await another(watch, method, rng.choice(homes) if homes else "", f"Made {turn}")


def _client(method: str) -> None:
    @SUITE.scenario(
        f"lists.{short(method)}.client", HEARS, GOES_ON, ENDS_TOLD, BEGINS, chapter=CHAPTER,
        after=(*ENDED, f"{method}.success", f"{ends_of(method)}.success"),
    )  # fmt: skip
    async def client(dut: CallDut) -> None:
        """Two clients that read in the documented way, now a page and now none, while things happen, both end with what there is."""
        watch = Watch(dut)
        clients = [Client(watch, method, link) for link in ("one", "two")]
        homes = [await watch.conference(active=True) for _ in range(2)] if kind_of(method) == "participant" else []
        for turn in range(3):
            await another(watch, method, homes[turn % 2] if homes else "", f"First {turn}")
        for turn in range(_STEPS):
            if dut.rng.random() < 0.5:
                await _change(watch, method, homes, turn)
            reader = clients[dut.rng.randrange(2)]
            if reader.follower.asks() is None:
                reader.follower.wakes(dut.rng.choice((Side.LIVE, Side.ENDS)))
            await reader.step(dut.rng.choice((None, 1, 1, 2, 3)))
            if turn == _STEPS // 2:
                await clients[0].drain()
                _compared(watch, method, clients[0], "half-way")
        for name, reader in zip(("one", "two"), clients, strict=True):
            await reader.drain()
            _compared(watch, method, reader, name)
        watch.done()


for _method in LIVE:
    _client(_method)


@SUITE.scenario(
    "lists.users.client", "TPS-USR-030", "TPS-USR-033", "TPS-USR-036", chapter=CHAPTER,
    after=("user.enumerate.success", "user.create.success", "user.destroy.success"),
)  # fmt: skip
async def users(dut: CallDut) -> None:
    """Whatever has been read before, a list of users that is read while nothing happens has exactly those that there are."""
    mine = [(await person(dut, "none"))[0] for _ in range(4)]
    gone: list[str] = []
    for most in (1, 2, None):
        page = await dut.setup("user.enumerate", {"max": 1})  # one that nobody reads on
        mine.append((await person(dut, "apiOnly"))[0])
        gone.append(mine.pop(0))
        await dut.setup("user.destroy", {"currentUserId": gone[-1]})
        limit: Members = {} if most is None else {"max": most}
        asked, found = limit, list[str]()
        for _ in range(PAGES):
            page = dut.ok(await dut.call("user.enumerate", asked), "TPS-USR-030", check="page")
            found += [user_id(one) for one in rows_of([page])]
            if page.value("moreAvailable") is not True:
                break
            asked = {**limit, "enumerateID": page.value("enumerateID")}
        missing, dead = [one for one in mine if one not in found], [one for one in gone if one in found]
        twice = [one for one in mine if found.count(one) > 1]
        got = f"without {missing}, with {dead} that are gone, {twice} more than once"
        dut.check("users", not (missing or dead or twice), "TPS-USR-030", expected="all that there are, once", got=got)
