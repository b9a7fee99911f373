"""What is seen of calls: in the status of devices, in the list of recordings and in events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from harness.documentdut import DocumentDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.documentreply import Result
from harness.wire.xmltree import Element
from suites.uptivity import SUITE
from suites.uptivity.world import Fields, device, fresh

USERS = tuple(f"USER{number}" for number in range(1, 16))
DATA = ("GROUP", "GATE", "ANI", "DNIS", *USERS, "CALLDIRECTION")
ROOM = {"GROUP": 20, "GATE": 20, "ANI": 20, "DNIS": 20} | {
    name: 20 if number < 3 else 255 if number < 8 else 50 for number, name in enumerate(USERS)
}
YES, NO = frozenset({"y", "true", "1"}), frozenset({"n", "false", "0"})
UPDATED = "RECORDINGUPDATE"
# Cores may lag: so long we look again, in wall seconds.
_PAUSES = (0.01, 0.04, 0.1, 0.25, 0.5, 0.6)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of ours: what names it, and what it was given."""

    named: Fields
    given: Fields = field(default_factory=dict)

    @property
    def device(self) -> str:
        """The device that it is on."""
        return self.named["DEVICEID"]

    @property
    def instance(self) -> str:
        """Which call of the device it is."""
        return self.named.get("CALLINSTANCE", "")

    def mine(self, event: Result) -> bool:
        """Whether an event tells of it: by the instance, or by a value that no other call has."""
        marks = [(name, self.given[name]) for name in ("USER2",) if self.given.get(name)]
        if self.instance:
            marks.append(("CALLINSTANCE", self.instance))
        return any(event.data.get(name) == value for name, value in marks)


def values(dut: DocumentDut, direction: str = "I", *, full: bool = False) -> Fields:
    """A value for each field of a call, which no other call has; `full`: as long as any of the tables has room for."""
    found: Fields = {}
    for name, room in ROOM.items():
        number = fresh(dut, 8)
        text = f"00{number}" if name in ("USER8", "ANI", "DNIS", "USER1") else f"{name[-3:].title()} {number}"
        more = "0123456789" if name in ("ANI", "DNIS") else "abcdefghijklmnopqrstuvwxyz"
        found[name] = (text + more * 26)[:room] if full else text
    return {**found, "CALLDIRECTION": direction}


async def begin(
    dut: DocumentDut, on: str | None = None, *, road: str | None = None, instance: str | None = None, **given: str
) -> Call:
    """Start a call in an instance of its own, with a value of USER2 of its own.

    Raises:
        CaseInconclusive: it did not start.
    """
    named = {"DEVICEID": on or device(dut), "CALLINSTANCE": instance or fresh(dut, 6)}
    given = {"USER2": f"T{fresh(dut)}", **given}
    await dut.setup("CALLSTART", {**named, **given}, road=road)
    return Call(named=named, given=given)


async def pause(dut: DocumentDut, wall_s: float) -> None:
    """Let some wall time pass, whatever the device's clock."""
    await dut.wait(wall_s * dut.target.clock_scale)


async def until(dut: DocumentDut, look: Callable[[], Awaitable[str]], *, patient: bool = True) -> str:
    """Look again until nothing is wrong, or for about a second and a half; gives what was wrong the last time."""
    wrong = await look()
    for pause_s in _PAUSES if patient else ():
        if not wrong:
            break
        await pause(dut, pause_s)
        wrong = await look()
    return wrong


# status


async def statuses(dut: DocumentDut, fields: Fields, *, road: str | None = None) -> list[Element]:
    """The devices that DEVICESTATUS tells of."""
    return (await dut.call("DEVICESTATUS", fields, road=road)).everywhere("DEVICE")


async def status(dut: DocumentDut, on: str, *, road: str | None = None) -> Element | None:
    """What DEVICESTATUS tells of a device."""
    found = await statuses(dut, {"DEVICEID": on}, road=road)
    return next((one for one in found if one.get("DEVICEID") == on), None)


async def listed(dut: DocumentDut, *, road: str | None = None) -> list[Element]:
    """The devices of DEVICELIST."""
    return (await dut.call("DEVICELIST", road=road)).everywhere("DEVICE")


async def instances(dut: DocumentDut, on: str, *, road: str | None = None) -> list[Element]:
    """The calls that DEVICERECORDINGSTATUS tells of a device, wherever they stand; those that are over are among them at most."""
    result = await dut.call("DEVICERECORDINGSTATUS", {"DEVICEID": on}, road=road)
    return result.everywhere("RECORDING")


async def instance_of(dut: DocumentDut, call: Call, *, road: str | None = None) -> Element | None:
    """A call that is up, as DEVICERECORDINGSTATUS tells of it."""
    found = [
        one for one in await instances(dut, call.device, road=road) if value_of(one, "CALLINSTANCE") == call.instance
    ]
    return next((one for one in found if is_up(one)), None)


def value_of(one: Element, *names: str) -> str:
    """A value of a device or call; what is left out is none."""
    for part in (one, *one.all("RECORDING")):
        if (found := part.get(*names)) is not None:
            return found
    return ""


def is_up(one: Element) -> bool:
    """Whether a call that DEVICERECORDINGSTATUS tells of is one that goes on."""
    return not value_of(one, "STOPTIME") or value_of(one, "ISRECORDING").lower() in YES


def unlike(one: Element | None, wanted: Fields) -> str:
    """How an element differs from these values, "" if it does not."""
    if one is None:
        return "it is not there"
    odd = [(name, value, value_of(one, name)) for name, value in wanted.items() if value_of(one, name) != value.strip()]
    return "; ".join(f"{name} {got!r} instead of {value!r}" for name, value, got in odd[:3])


async def shows(
    dut: DocumentDut, call: Call, wanted: Fields, *clauses: str, check: str = "shown", road: str | None = None
) -> bool:
    """The device's status must have these values of a call that is the only one on it."""
    wanted = {**call.named, **wanted}

    async def look() -> str:
        return unlike(await status(dut, call.device, road=road), wanted)

    wrong = await until(dut, look)
    return dut.check(
        check, not wrong, *clauses, expected=f"device {call.device} with what the call was given", got=wrong
    )


async def stands(
    dut: DocumentDut, call: Call, wanted: Fields, *clauses: str, check: str = "instance", road: str | None = None
) -> bool:
    """A call must be up, with these values, among all calls of its device."""

    async def look() -> str:
        return unlike(await instance_of(dut, call, road=road), wanted)

    wrong = await until(dut, look)
    return dut.check(check, not wrong, *clauses, expected=f"instance {call.instance} of {call.device}, up", got=wrong)


async def is_over(dut: DocumentDut, call: Call, *clauses: str, check: str = "over", road: str | None = None) -> bool:
    """A call must be no active one."""

    async def look() -> str:
        one = await instance_of(dut, call, road=road)
        # Without a recording its times may be blank whether it is up or not: UPT-AMB-118.
        tells = one is not None and (value_of(one, "STARTTIME") or value_of(one, "ISRECORDING").lower() in YES)
        return "it is up" if tells else ""

    wrong = await until(dut, look)
    return dut.check(check, not wrong, *clauses, expected=f"instance {call.instance} of {call.device} over", got=wrong)


# recordings


@SUITE.provides("recorded")
async def recorded(dut: DocumentDut, on: str) -> str:
    """Whether calls on a device are recorded, "yes" or "no": by an event, or by its status."""
    await dut.subscribe("RECORD", link="recorded")
    call = await begin(dut, on)

    async def look() -> str:
        await dut.settle("recorded")
        one = await instance_of(dut, call)
        told = dut.told("recorded", "RECORDINGSTARTED", call.mine)
        return "" if told or (one is not None and value_of(one, "ISRECORDING").lower() in YES) else "no"

    found = await until(dut, look) or "yes"
    await dut.setup("CALLSTOP", call.named)
    return found


async def needs_recording(dut: DocumentDut, *on: str) -> None:
    """What follows is about calls that are recorded.

    Raises:
        CaseSkipped: those of the device are not.
    """
    for one in on or (device(dut, 0),):
        if await dut.shared("recorded", one) != "yes":
            raise CaseSkipped(f"calls on {one} are not recorded: UPT-AMB-068")


async def recorded_devices(dut: DocumentDut, count: int) -> list[str]:
    """So many devices that agents have and calls on which are recorded.

    Raises:
        CaseSkipped: there are fewer.
    """
    found: list[str] = []
    for one in dut.fixtures("agent_device_ids", count=count):
        found += [one] if await dut.shared("recorded", one) == "yes" else []
        if len(found) == count:
            return found
    raise CaseSkipped(f"calls on fewer than {count} devices that agents have are recorded: UPT-AMB-068")


async def watch(dut: DocumentDut, event_class: str | None = None, *, link: str = "watcher") -> None:
    """A connection that is told of events; one that is already may be refused to ask again.

    Raises:
        CaseStopped: it did not succeed.
    """
    if (event_class or dut.syntax.every_class) in dut.subscribed.get(link, ()):
        return
    dut.ok(await dut.subscribe(event_class, link=link), "UPT-EVT-001", check="subscribed")


async def under_way(dut: DocumentDut, call: Call, *, link: str = "watcher") -> None:
    """Wait until a call is recorded.

    Raises:
        CaseInconclusive: it is not, so far as events and status tell.
    """
    if await dut.wait_for(link, "RECORDINGSTARTED", call.mine, deadline_s=1.5):
        return
    one = await instance_of(dut, call)
    if one is None or value_of(one, "ISRECORDING").lower() not in YES:
        raise CaseInconclusive(f"instance {call.instance} of {call.device} is not recorded, though others were")


async def recording_of(dut: DocumentDut, on: str, *, road: str | None = None, **given: str) -> tuple[Call, str]:
    """A call that was recorded, has ended and is saved, as the connection `watcher` is told; with the number of its recording.

    Raises:
        CaseInconclusive: it was not.
    """
    call = await begin(dut, on, road=road, **given)
    await under_way(dut, call)
    await dut.setup("CALLSTOP", call.named, road=road)
    numbers = await saved(dut, call)
    if not numbers:
        raise CaseInconclusive(f"the recording of {on} was not told as ended")
    return call, numbers[0]


async def saved(dut: DocumentDut, call: Call, *, link: str = "watcher", count: int = 1) -> list[str]:
    """The numbers under which the recordings of a call that has ended were saved, as its events tell."""
    found = await dut.wait_for(link, "RECORDINGSTOPPED", call.mine, count=count, deadline_s=2.0)
    numbers = [event.data.get("RECORDID") or "" for event in found]
    for number in numbers:
        await dut.wait_for(link, UPDATED, lambda event, own=number: event.data.get("RECORDID") == own)  # type: ignore[misc]
    return numbers


async def records(dut: DocumentDut, *, road: str | None = None, **filters: str) -> list[Element]:
    """The recordings that CALLLIST lists; none where it says by an error that there is none."""
    return (await dut.call("CALLLIST", filters, road=road)).everywhere("SEARCHRESULT")


async def record(dut: DocumentDut, on: str, user2: str) -> Element | None:
    """The recording of a device with a value of USER2 that no other has."""
    found = [one for one in await records(dut, DEVICEID=on, USER2=user2) if one.get("USER2") == user2]
    return found[0] if found else None


async def kept(
    dut: DocumentDut, call: Call, wanted: Fields, *clauses: str, check: str = "kept", user2: str | None = None
) -> Element | None:
    """The record of a call that has ended must have these values; gives it."""
    mark = user2 or call.given["USER2"]
    found: list[Element | None] = [None]

    async def look() -> str:
        found[0] = await record(dut, call.device, mark)
        return unlike(found[0], wanted)

    wrong = await until(dut, look)
    dut.check(
        check, not wrong, *clauses, expected=f"a recording of {call.device} with what the call was given", got=wrong
    )
    return found[0]


def numbers_in(text: str) -> list[str]:
    """The numbers at the end of a text that tells of cores."""
    return [one.strip() for one in text.rpartition(":")[2].split(",") if one.strip().isdecimal()]


def only(fields: Fields, names: Iterable[str]) -> Fields:
    """Some of the fields."""
    return {name: fields[name] for name in names if name in fields}
