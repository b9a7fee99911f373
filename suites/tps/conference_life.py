"""When conferences begin and end, what the seconds say that they tell, and what goes with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from suites.tps import SUITE
from suites.tps.live import (
    AFTER,
    COMPLETE,
    MODIFY,
    QUERY,
    QUIET_S,
    STATUS,
    STEP_S,
    begun,
    dialled,
    inside,
    joined,
    listed,
    slack,
    state,
    status,
    there,
    unknown_conference,
    unknown_participant,
    until,
    up,
    waiting,
)
from suites.tps.talk import destroy
from suites.tps.world import Members, conference

CHAPTER = "conferences"
_LOBBY_S = 20.0  # device seconds for an exit lobby


class _Wrong:
    """What was seen to be wrong first, of each thing that is looked at again and again."""

    def __init__(self) -> None:
        self.first: dict[str, tuple[str, str, int]] = {}

    def note(self, name: str, right: bool, expected: str, reply: CallReply) -> None:
        """Keep it if it is wrong and the first of its name."""
        if not right:
            self.first.setdefault(name, (expected, reply.describe(), reply.step))

    def tell(self, dut: CallDut, name: str, *clauses: str) -> None:
        """One check for all looks."""
        expected, got, step = self.first.get(name, ("", "", -1))
        dut.check(name, name not in self.first, *clauses, expected=expected, got=got, step=step)


async def _look(dut: CallDut, ask: Callable[[], Awaitable[CallReply]]) -> tuple[float, CallReply, float]:
    """A reply with the device seconds before and after it."""
    before = await dut.clock()
    reply = await ask()
    return before, reply, await dut.clock()


def _number(reply: CallReply, name: str) -> int | None:
    value = reply.value(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


@SUITE.scenario(
    "conference.start", "TPS-CON-013", "TPS-CON-014", "TPS-CON-015", "TPS-CON-016", "TPS-CON-083", "TPS-CON-012",
    chapter=CHAPTER, after=AFTER[:1], device_s=14.0, patient=True,
)  # fmt: skip
async def start(dut: CallDut) -> None:
    """A conference begins when its seconds have passed, not before, and tells how many are left or gone."""
    now = await conference(dut, startTime=0)
    told = await until(dut, lambda: status(dut, now), lambda one: one.value("active") is True, slack(dut))
    dut.check("at-once", told.value("active") is True, "TPS-CON-013", expected="active", got=told.describe())
    wait = 5 + int(slack(dut))
    began = await dut.clock()
    later = await conference(dut, startTime=wait)
    made = await dut.clock()
    reply, item = await listed(dut, later)
    early = await dut.clock() - began < wait - 1
    passed = not early or (item.get("active"), item.get("terminating")) == (False, False)
    dut.check("listed", passed, "TPS-CON-083", "TPS-CON-012", expected="not active", got=repr(item), step=reply.step)
    wrong = _Wrong()
    while True:
        before, told, after = await _look(dut, lambda: status(dut, later))
        active, left = told.value("active"), _number(told, "startTime")
        if after - began < wait - 1:
            wrong.note("early", active is False, f"not active before {wait} s", told)
            fits = left is not None and wait - (after - began) - 1.5 <= left <= wait - (before - made) + 1.5
            wrong.note("left", fits, f"startTime: {wait - (after - began):.1f} or so", told)
        elif active or before - made > wait + slack(dut):
            wrong.note("late", active is True, f"active after {wait} s", told)
            break
        await dut.wait(STEP_S)
    wrong.tell(dut, "early", "TPS-CON-014")
    wrong.tell(dut, "left", "TPS-CON-015")
    wrong.tell(dut, "late", "TPS-CON-014")
    await dut.wait(2.5)
    await _gone_by(dut, now, later, (began + wait, made + wait))


async def _gone_by(dut: CallDut, first: str, second: str, begins: tuple[float, float]) -> None:
    """The seconds since the start are told as negative numbers, and fall."""
    before, told, after = await _look(dut, lambda: status(dut, second))
    gone = _number(told, "startTime")
    if gone == 0:
        dut.observe("zero", "TPS-AMB-107", "zero", clauses=("TPS-CON-016",), got="startTime: 0", step=told.step)
        return
    fits = gone is not None and begins[0] - after - 1.5 <= gone <= min(begins[1] - before + slack(dut), -1)
    expected = f"startTime: {begins[0] - after:.1f} or so"
    dut.check("negative", fits, "TPS-CON-016", expected=expected, got=told.describe(), step=told.step)
    earlier = _number(await status(dut, first), "startTime") or 0
    await dut.wait(2.2)
    told = await status(dut, first)
    later = _number(told, "startTime")
    fits = later is not None and later < earlier
    dut.check("falls", fits, "TPS-CON-016", expected=f"less than {earlier}", got=repr(later), step=told.step)


async def _ends(dut: CallDut, where: str, starts: tuple[float, float], duration: int) -> None:
    """A conference ends when its duration is over, and not before, and tells the seconds that are left."""
    wrong = _Wrong()
    first, last = starts[0] + duration, starts[1] + duration
    while True:
        before, told, after = await _look(dut, lambda: dut.call(STATUS, {"conferenceID": where}, undo=False))
        if after < first - 1:
            wrong.note("early", told.ok is True, f"to be there for {first - after:.1f} s more", told)
            if not told.ok:
                break
            left = _number(told, "endTime")
            fits = left is not None and first - after - 1.5 <= left <= last - before + 1.5
            wrong.note("left", fits, f"endTime: {first - after:.1f} or so", told)
        elif not told.ok:
            dut.observe("end", "TPS-AMB-113", "gone", step=told.step)
            break
        elif before > first and told.value("active") is False:
            dut.observe("end", "TPS-AMB-113", "inactive", clauses=("TPS-CON-018",), got="inactive", step=told.step)
            break
        elif before > last + slack(dut):
            _, item = await listed(dut, where)
            wrong.note("late", item.get("terminating") is True, f"over after {duration} s", told)
            break
        await dut.wait(STEP_S)
    wrong.tell(dut, "early", "TPS-CON-018")
    wrong.tell(dut, "left", "TPS-CON-017")
    wrong.tell(dut, "late", "TPS-CON-018")


@SUITE.scenario(
    "conference.duration", "TPS-CON-017", "TPS-CON-018", chapter=CHAPTER, after=AFTER[:1], device_s=14.0, patient=True
)
async def duration(dut: CallDut) -> None:
    """A conference that begins later ends by itself when its duration, counted from the start, is over."""
    wait, lasts = 3 + int(0.1 * dut.target.clock_scale), 5 + int(slack(dut))
    began = await dut.clock()
    where = await conference(dut, startTime=wait, duration=lasts)
    made = await dut.clock()
    await _ends(dut, where, (began + wait, made + wait), lasts)


@SUITE.scenario(
    "conference.duration.changed", "TPS-CON-001", "TPS-CON-017", "TPS-CON-018", "TPS-flex.conference.modify.duration:shown",
    chapter=CHAPTER, after=AFTER[:1], device_s=14.0, patient=True,
)  # fmt: skip
async def changed(dut: CallDut) -> None:
    """A duration that is changed counts from the start of the conference, be it shorter or longer than what was before."""
    short = 5 + int(slack(dut) + 0.3 * dut.target.clock_scale)
    long = 4 * short
    began = await dut.clock()
    shortened, lengthened = [await conference(dut, startTime=0, duration=one) for one in (long, short)]
    made = await dut.clock()
    await dut.wait(3.5)
    for where, lasts in ((lengthened, long), (shortened, short)):
        reply = await dut.call(MODIFY, {"conferenceID": where, "duration": lasts})
        if not reply.ok and await dut.clock() > began + short - 1:
            raise CaseInconclusive(f"it took more than {short} s of the device to change a duration")
        dut.ok(reply, check="changed")
    reply = await dut.call(QUERY, {"conferenceID": shortened})
    got = repr(reply.value("duration"))
    if reply.ok or await dut.clock() < began + short - 1:
        shows = "TPS-flex.conference.modify.duration:shown"
        dut.check("told", got == repr(short), shows, "TPS-CON-001", expected=str(short), got=got, step=reply.step)
    await _ends(dut, shortened, (began, made), short)
    passed = await dut.clock() > began + long - 1 or await there(dut, lengthened)
    dut.check("longer", passed, "TPS-CON-018", expected=f"to be there for {long} s", got="gone")


@SUITE.scenario(
    "conference.destroyed", "TPS-CON-009", "TPS-CON-010", "TPS-CON-007", "TPS-CON-061", "TPS-PRT-004",
    chapter=CHAPTER, after=AFTER,
)  # fmt: skip
async def destroyed(dut: CallDut) -> None:
    """A conference that is destroyed is gone at once, and so are its participants and calls; others stay."""
    where, other = await begun(dut), await begun(dut, conferenceName="Other")
    stays = await waiting(dut, other)
    people = [await waiting(dut, where), await waiting(dut, where, 2)]
    call = None
    if dut.target.fixture_texts("answering_addresses"):
        people.append(await joined(dut, where))
        call = (await state(dut, people[-1])).value("calls[0].callID")
    await destroy(dut, where)
    await unknown_conference(dut, where, "TPS-CON-009")
    for who in people:
        await unknown_participant(dut, who, "TPS-CON-010", check="participant")
    if isinstance(call, str):
        reply = await dut.call("flex.call.status", {"callID": call})
        dut.refused(reply, "TPS-PRT-004", check="call")
    left = await dut.call("flex.participant.query", {"participantID": stays})
    for check, reply in (("stays", left), ("other", await dut.call(STATUS, {"conferenceID": other}))):
        dut.check(check, reply.ok is True, "TPS-CON-061", expected="to be there", got=reply.describe(), step=reply.step)


@SUITE.scenario("conference.destroyed.several", "TPS-CON-009", "TPS-CON-007", chapter=CHAPTER, after=AFTER[:1])
async def several(dut: CallDut) -> None:
    """Of several conferences each is found by the id that it got, and gone when that one is destroyed."""
    rooms = {name: await conference(dut, conferenceName=name) for name in ("First", "Second", "Third", "Fourth")}
    for name, where in rooms.items():
        reply = dut.ok(await dut.call("flex.conference.query", {"conferenceID": where}), "TPS-CON-007", check="found")
        got = reply.value("conferenceName")
        dut.check("own", got == name, "TPS-CON-007", expected=name, got=repr(got), step=reply.step)
    for where in rooms.values():
        await destroy(dut, where)
    for where in rooms.values():
        reply = await dut.call(STATUS, {"conferenceID": where})
        dut.fault(reply, "no-such-conference", "TPS-CON-009", check="gone")


_AT_ONCE = "TPS-flex.conference.destroy.allowExitScreen:default"


@SUITE.scenario(
    "conference.lobby", "TPS-CON-011", "TPS-CON-009", "TPS-CON-012", "TPS-PRT-036", _AT_ONCE, chapter=CHAPTER, after=AFTER, device_s=14.0
)  # fmt: skip
async def lobby(dut: CallDut) -> None:
    """Without leave for an exit lobby a conference with calls is gone at once; with leave it terminates first."""
    where = await begun(dut, exitScreen=True)
    await joined(dut, where)
    reply, item = await listed(dut, where)
    passed = item.get("terminating") is False
    dut.check("before", passed, "TPS-CON-012", expected="not terminating", got=repr(item), step=reply.step)
    dut.ok(await dut.call("flex.conference.destroy", {"conferenceID": where}), check="destroyed")
    reply = await dut.call(STATUS, {"conferenceID": where})
    dut.fault(reply, "no-such-conference", "TPS-CON-009", _AT_ONCE, check="at-once")
    where = await begun(dut, exitScreen=True)
    who = await joined(dut, where)
    dut.ok(
        await dut.call("flex.conference.destroy", {"conferenceID": where, "allowExitScreen": True}), check="with-lobby"
    )
    reply = await dut.call(STATUS, {"conferenceID": where})
    if reply.ok:
        reply, item = await listed(dut, where)
        passed = item.get("terminating") is True
        dut.check("terminating", passed, "TPS-CON-011", expected="terminating", got=repr(item), step=reply.step)
        left = await until(dut, lambda: there(dut, where), lambda one: not one, _LOBBY_S)
        dut.check("gone", not left, "TPS-CON-009", expected="gone after its exit lobby", got="there")
        reply = await dut.call("flex.participant.status", {"participantID": who})
        dut.fault(reply, "no-such-participant", "TPS-CON-010", check="participant")
    dut.observe("lobby", "TPS-AMB-126", "lobby" if reply.ok else "gone", step=reply.step)


@SUITE.scenario(
    "conference.warning", "TPS-CON-019", "TPS-CON-055", "TPS-CON-023", chapter=CHAPTER, after=AFTER, device_s=8.0
)
async def warning(dut: CallDut) -> None:
    """A warning needs no seconds where there is no end, and the seconds of one end nothing."""
    where = await begun(dut)
    who = await joined(dut, where)
    send = "flex.conference.sendWarning"
    dut.ok(await dut.call(send, {"conferenceID": where}), "TPS-CON-055", check="without")
    dut.ok(await dut.call(send, {"conferenceID": where, "secondsRemaining": 1}), check="with")
    told = await status(dut, where)
    got = told.value("endTime")
    dut.check("no-end", got is None, "TPS-CON-019", expected="no endTime", got=repr(got), step=told.step)
    await dut.wait(2.0 + slack(dut))
    reply = await dut.call(STATUS, {"conferenceID": where})
    passed = reply.ok is True and reply.value("active") is True
    dut.check("there", passed, "TPS-CON-019", expected="to be there and active", got=reply.describe(), step=reply.step)
    reply = await dut.call("flex.participant.status", {"participantID": who})
    passed = reply.ok is True and up(reply)
    dut.check("call", passed, "TPS-CON-019", expected="the call to go on", got=reply.describe(), step=reply.step)
    message: Members = {"conferenceID": where, "message": "Clausewise", "duration": 0}
    reply = await dut.call("flex.conference.sendUserMessage", message)
    dut.check("no-time", reply.ok is True, "TPS-CON-023", expected="to be taken", got=reply.describe(), step=reply.step)


@SUITE.scenario(
    "conference.empty", "TPS-CON-031", "TPS-CON-012", chapter=CHAPTER, after=AFTER, device_s=QUIET_S, patient=True
)
async def empty(dut: CallDut) -> None:
    """A conference that ends with its last call is not ended by participants that never had one."""
    where = await begun(dut, terminateWithLastCall=True)
    who = await waiting(dut, where)
    dut.ok(await dut.call("flex.participant.destroy", {"participantID": who}), check="destroyed")
    await dut.wait(QUIET_S)
    reply = await dut.call(STATUS, {"conferenceID": where})
    dut.check("there", reply.ok is True, "TPS-CON-031", expected="to be there", got=reply.describe(), step=reply.step)
    if reply.ok:
        page, item = await listed(dut, where)
        passed = item.get("terminating") is False
        dut.check("goes-on", passed, "TPS-CON-012", expected="not terminating", got=repr(item), step=page.step)


@SUITE.scenario("conference.welcome", "TPS-CON-063", chapter=CHAPTER, after=AFTER, device_s=10.0)
async def welcome(dut: CallDut) -> None:
    """A call that joins is welcomed for five seconds where that is wanted, and not where it is not."""
    where = await conference(dut, startTime=0, welcomeScreen=True)
    who = await dialled(dut, where)
    reply = await until(dut, lambda: state(dut, who), up)
    place = reply.value("calls[0].conferenceState")
    if place == COMPLETE and dut.target.clock_scale > 1:
        raise CaseSkipped("five seconds of the device are too short to be seen here")
    seen = await dut.clock()
    reply = await until(dut, lambda: state(dut, who), inside)
    took, late = await dut.clock() - seen, slack(dut) + STEP_S
    passed = place == "welcome" and inside(reply) and 5.0 - late <= took <= 5.0 + late
    expected, got = "welcome for 5 s, then complete", f"{place!r}, {took:.1f} s later {reply.describe()}"
    dut.check("welcomed", passed, "TPS-CON-063", expected=expected, got=got, step=reply.step)
    who = await dialled(dut, await begun(dut))
    reply = await until(dut, lambda: state(dut, who), up)
    got = repr(reply.value("calls[0].conferenceState"))
    dut.check("unwelcomed", "welcome" not in got, "TPS-CON-063", expected="no welcome", got=got, step=reply.step)
