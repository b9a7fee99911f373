"""What DEVICELIST, DEVICESTATUS and DEVICERECORDINGSTATUS tell of devices, each and together."""

from __future__ import annotations

from datetime import datetime

from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from harness.wire.xmltree import Element
from suites.uptivity import SUITE
from suites.uptivity.naming import alias_of
from suites.uptivity.seen import (
    DATA,
    NO,
    USERS,
    YES,
    begin,
    instance_of,
    instances,
    is_over,
    is_up,
    listed,
    numbers_in,
    shows,
    status,
    statuses,
    unlike,
    until,
    value_of,
    values,
)
from suites.uptivity.world import Fields, agent_of, device, fresh

CHAPTER = "Status Functions"
_LIST, _ONE, _ALL = "DEVICELIST.success", "DEVICESTATUS.success", "DEVICERECORDINGSTATUS.success"
_CALL, _STOP = "CALLSTART.success", "CALLSTOP.success"
_NAMES = ("DEVICEID", "DEVICEALIAS", "SYS_USER", "CRM_USER")
_NAMED = tuple(f"UPT-{function}.{name}" for function in ("DEVICESTATUS", "DEVICERECORDINGSTATUS") for name in _NAMES)
_SAME = (
    *DATA,
    "DEVICEALIAS",
    "SYS_USER",
    "CRM_USER",
    "ISTRUNK",
    "STARTTIME",
    "STOPTIME",
    "ISRECORDING",
    "CALLINSTANCE",
)


def count_of(result: Result) -> tuple[str | None, int]:
    """The count of a list of devices, and how many there are."""
    counts = result.everywhere("COUNT")
    return counts[0].value if counts else None, len(result.everywhere("DEVICE"))


@SUITE.scenario(
    "devices.count", "UPT-DEV-003", "UPT-DEV-001", "UPT-DEV-002", chapter=CHAPTER, after=(_LIST, _ONE, _CALL)
)
async def count(dut: DocumentDut) -> None:
    """COUNT is the number of devices that follow, whatever number of them is in a call; each is listed once."""
    on = dut.fixtures("agent_device_ids", count=2)[:2]
    begun: list[str] = []
    for number in range(3):
        for road in dut.roads:
            result = dut.ok(await dut.call("DEVICELIST", road=road))
            told, there = count_of(result)
            if told is not None:
                passed = told == str(there)
                dut.check(f"list.{number}.{road}", passed, "UPT-DEV-003", expected=str(there), got=told)
            names = [value_of(one, "DEVICEID") for one in result.everywhere("DEVICE")]
            twice = {one for one in names if names.count(one) > 1}
            dut.check(f"once.{number}.{road}", not twice, "UPT-DEV-002", expected="each once", got=", ".join(twice))
            lost = [one for one in begun if one not in names]
            dut.check(
                f"there.{number}.{road}", not lost, "UPT-DEV-001", expected="those in a call", got=", ".join(lost)
            )
            told, there = count_of(await dut.call("DEVICESTATUS", {"DEVICEID": on[0]}, road=road))
            if told is not None:
                passed = told == str(there)
                dut.check(f"status.{number}.{road}", passed, "UPT-DEV-003", expected=str(there), got=told)
        if number < 2:
            begun.append((await begin(dut, on[number])).device)


@SUITE.scenario(
    "devices.every", "UPT-DEV-001", "UPT-DEV-020", "UPT-DEV-017", chapter=CHAPTER, after=(_LIST, _ONE, _CALL)
)
async def every(dut: DocumentDut) -> None:
    """Devices of every kind that are in a call are listed, and each that is listed is found by its number."""
    keys = ("agent_device_ids", "device_ids_without_agent", "trunk_device_ids")
    last = [known[-1] for key in keys if (known := dut.target.fixture_texts(key))]
    calls = [await begin(dut, on) for on in dict.fromkeys((*last, device(dut, 0)))]
    for call in calls:

        async def look(call: str = call.device) -> str:
            found = [one for one in await listed(dut) if value_of(one, "DEVICEID") == call]
            return "" if found else "it is not there"

        wrong = await until(dut, look)
        dut.check("listed", not wrong, "UPT-DEV-001", expected=call.device, got=wrong)
        await shows(dut, call, call.given, "UPT-CAL-003")
    names = [value_of(one, "DEVICEID") for one in await listed(dut)]
    lost = [one for one in names[:12] if await status(dut, one) is None]
    dut.check("found", not lost, "UPT-DEV-020", expected="each device that is listed", got=", ".join(lost))
    trunks = dut.target.fixture_texts("trunk_device_ids")
    for one in await listed(dut):
        word, trunk = value_of(one, "ISTRUNK").lower(), value_of(one, "DEVICEID") in trunks
        if word and trunks:
            passed = word in (YES if trunk else NO)
            dut.check(
                "trunk",
                passed,
                "UPT-DEV-017",
                expected="yes" if trunk else "no",
                got=f"{word} of {one.get('DEVICEID')}",
            )
    for call in calls:
        await dut.setup("CALLSTOP", call.named)


@SUITE.scenario("devices.agree", "UPT-DEV-011", "UPT-DEV-010", chapter=CHAPTER, after=(_LIST, _ONE, _ALL, _CALL))
async def agree(dut: DocumentDut) -> None:
    """DEVICELIST, DEVICESTATUS and DEVICERECORDINGSTATUS tell the same of a call, on every road."""
    for road in dut.roads:
        call = await begin(dut, **values(dut, "O"))
        await shows(dut, call, call.given, "UPT-CAL-003", check=f"shown.{road}")

        async def look(on: str = call.device, road: str = road) -> str:
            one = await status(dut, on)
            other = next((two for two in await listed(dut, road=road) if value_of(two, "DEVICEID") == on), None)
            if one is None or other is None:
                return "it is not there"
            both = {name: value_of(one, name) for name in _SAME if _has(one, name) and _has(other, name)}
            return unlike(other, both)

        wrong = await until(dut, look)
        dut.check(f"list.{road}", not wrong, "UPT-DEV-011", expected="what DEVICESTATUS tells", got=wrong)
        two = await instance_of(dut, call, road=road)
        wrong = unlike(two, call.given)
        dut.check(f"instances.{road}", not wrong, "UPT-DEV-010", expected="what the call was given", got=wrong)
        await dut.setup("CALLSTOP", call.named)


def _has(one: Element, name: str) -> bool:
    return any(part.first(name) is not None for part in (one, *one.all("RECORDING")))


@SUITE.scenario(
    "devices.by-name", "UPT-DEV-005", "UPT-DEV-009", "UPT-DEV-004", *_NAMED, chapter=CHAPTER, after=(_ONE, _ALL, _CALL)
)
async def by_name(dut: DocumentDut) -> None:
    """A device is told of by number, by alias and by user alike, and no other device with it."""
    for index in range(min(2, len(dut.fixtures("agent_device_ids")))):
        agent, call = agent_of(dut, index), await begin(dut, device(dut, index), **values(dut))
        names: Fields = {"DEVICEID": call.device, "DEVICEALIAS": await alias_of(dut, call.device)}
        names |= {"SYS_USER": agent.get("sys", ""), "CRM_USER": agent.get("crm", "")}
        await shows(dut, call, call.given, "UPT-CAL-003", check=f"shown.{index}")
        for road in dut.roads:
            for name, value in names.items():
                if value:
                    await _asked_by(dut, name, value, call.device, call.given, f"{name}.{index}.{road}", road)
        await dut.setup("CALLSTOP", call.named)


async def _asked_by(dut: DocumentDut, name: str, value: str, on: str, given: Fields, check: str, road: str) -> None:
    for function in ("DEVICESTATUS", "DEVICERECORDINGSTATUS"):
        clauses = ("UPT-DEV-005", "UPT-DEV-009", f"UPT-{function}.{name}")
        found = await dut.call(function, {name: value}, road=road)
        devices = dut.ok(found, *clauses, check=f"found.{check}").everywhere("DEVICE")
        own = [one for one in devices if value_of(one, "DEVICEID") == on]
        parts = own if function == "DEVICESTATUS" else found.everywhere("RECORDING")
        wrong = "it is not there" if not own else min((unlike(one, given) for one in parts), key=len, default="no call")
        dut.check(f"{function}.{check}", not wrong, *clauses, expected=f"{on} with what the call has", got=wrong)
        # A user may have other devices, but what is told is then told as this user's.
        more = [
            one
            for one in devices
            if value_of(one, "DEVICEID") != on and (name[-4:] != "USER" or value_of(one, name) != value)
        ]
        got = ", ".join(value_of(one, "DEVICEID") for one in more)
        dut.check(f"only.{function}.{check}", not more, "UPT-DEV-004", expected=f"only {on}", got=got)


@SUITE.scenario("devices.agents", "UPT-DEV-004", "UPT-DEV-009", chapter=CHAPTER, after=(_LIST, _ONE))
async def agents(dut: DocumentDut) -> None:
    """The users that a device is shown with are those of its agent, and of nobody else."""
    for key, name in (("sys_users", "SYS_USER"), ("crm_users", "CRM_USER")):
        known = dut.target.fixture_texts(key)
        for on, own in zip(dut.fixtures("agent_device_ids"), known, strict=False):
            one = await status(dut, on)
            got = value_of(one, name) if one is not None else ""
            wrong = got if got in known and got != own else ""
            clauses = (f"UPT-DEVICESTATUS.answer.DEVICES.DEVICE.{name}", "UPT-DEV-009", "UPT-DEV-004")
            dut.check(name, not wrong, *clauses, expected=f"{own} or none for {on}", got=wrong)


@SUITE.scenario("devices.last-call", "UPT-DEV-008", "UPT-DEV-014", chapter=CHAPTER, after=(_ONE, _STOP))
async def last_call(dut: DocumentDut) -> None:
    """When no call is up, the last one is shown with its values; its end is not before its beginning."""
    for road in dut.roads:
        for _ in range(2):
            call = await begin(dut, device(dut, 0), **values(dut))
            await shows(dut, call, call.given, "UPT-CAL-003", check=f"up.{road}")
            _times(dut, await status(dut, call.device, road=road), up=True)
            dut.ok(await dut.call("CALLSTOP", call.named, road=road))
            await is_over(dut, call, "UPT-CAL-018", check=f"over.{road}")
            await shows(dut, call, call.given, "UPT-DEV-008", check=f"last.{road}", road=road)
            _times(dut, await status(dut, call.device, road=road), up=False)


def _times(dut: DocumentDut, one: Element | None, *, up: bool) -> None:
    first, last = (value_of(one, name) if one is not None else "" for name in ("STARTTIME", "STOPTIME"))
    if up:
        dut.check("stop-time", not last, "UPT-DEV-014", expected="no STOPTIME of a call that is up", got=last)
        return
    if (began := _time(first)) and (ended := _time(last)):
        passed = began <= ended
        dut.check("times", passed, "UPT-DEV-014", expected="STARTTIME before STOPTIME", got=f"{first} and {last}")


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p")  # noqa: DTZ007 - the zone is not told
    except ValueError:
        return None


@SUITE.scenario("devices.nobody", "UPT-DEV-016", "UPT-DEV-004", chapter=CHAPTER, after=(_ONE, _ALL))
async def nobody(dut: DocumentDut) -> None:
    """A number, an alias or a user that fits no device brings up none, by an error or an empty list."""
    for road in dut.roads:
        for function in ("DEVICESTATUS", "DEVICERECORDINGSTATUS"):
            for name in _NAMES:
                result = await dut.call(function, {name: f"no{fresh(dut)}"}, road=road)
                found = [value_of(one, "DEVICEID") for one in result.everywhere("DEVICE")]
                check = f"none.{function}.{name}.{road}"
                dut.check(check, not found, "UPT-DEV-016", expected="no device", got=", ".join(found))
                dut.either(result, "UPT-AMB-092", check=f"answer.{function}.{name}.{road}")


@SUITE.scenario("devices.read-only", "UPT-DEV-015", chapter=CHAPTER, after=(_LIST, _ONE, _ALL, _CALL, "EVENTS.success"))
async def read_only(dut: DocumentDut) -> None:
    """Asking for status, however often and over either road, changes no call and causes no event."""
    await dut.subscribe(link="watcher")
    call = await begin(dut, **values(dut))
    await shows(dut, call, call.given, "UPT-CAL-003")
    await dut.wait_for("watcher", "CALLSTART", call.mine)
    if await dut.shared("recorded", call.device) == "yes":
        await dut.wait_for("watcher", "RECORDINGSTARTED", call.mine)
    before = len(dut.told("watcher", "", call.mine))
    for road in dut.roads:
        for _ in range(3):
            for function in ("DEVICESTATUS", "DEVICERECORDINGSTATUS", "DEVICELIST", "SYSTEMSTATUS", "CHANNELS"):
                fields = {"DEVICEID": call.device} if function in ("DEVICESTATUS", "DEVICERECORDINGSTATUS") else {}
                await dut.call(function, fields, road=road)
    await shows(dut, call, call.given, "UPT-DEV-015", check="unchanged")
    up = [one for one in await instances(dut, call.device) if is_up(one) and not unlike(one, call.given)]
    dut.check("up", len(up) == 1, "UPT-DEV-015", expected="the call, once", got=f"{len(up)} times")
    await dut.settle("watcher")
    after = len(dut.told("watcher", "", call.mine))
    dut.check("untold", before == after, "UPT-DEV-015", expected="no event", got=f"{after - before} more")


@SUITE.scenario("devices.core", "UPT-DEV-018", chapter=CHAPTER, after=(_ONE, _CALL))
async def core(dut: DocumentDut) -> None:
    """COREIDENT is one of the cores to which CALLSTART says that it was sent."""
    on = device(dut)
    result = await dut.setup("CALLSTART", {"DEVICEID": on, "CALLINSTANCE": fresh(dut, 6)})
    cores = numbers_in(result.text)
    one = await status(dut, on)
    got = value_of(one, "COREIDENT") if one is not None else ""
    if cores and got and result.code == dut.model.errors[dut.syntax.success].code and "could not" not in result.text:
        dut.check("core", got in cores, "UPT-DEV-018", expected=" or ".join(cores), got=got)


@SUITE.scenario("devices.open.names", chapter=CHAPTER, after=(_ONE, _ALL))
async def names_open(dut: DocumentDut) -> None:
    """Without a device, with two, and for one that was in no call, the answer is one of those that the document allows."""
    for function in ("DEVICESTATUS", "DEVICERECORDINGSTATUS"):
        result = await dut.call(function)
        found = len(result.everywhere("DEVICE"))
        if dut.either(result, "UPT-AMB-093", check=f"none.{function}"):
            dut.observe(f"without.{function}", "UPT-AMB-093", "all" if found else "none")
        agent = agent_of(dut)
        fields = {"DEVICEID": device(dut, 0), "SYS_USER": agent.get("sys", "")}
        dut.either(await dut.call(function, fields), "UPT-AMB-094", check=f"two.{function}")
    for on in dut.fixtures("device_ids_never_recorded")[:1]:
        result = await dut.call("DEVICESTATUS", {"DEVICEID": on})
        if dut.either(result, "UPT-AMB-119", check="idle"):
            rows = await statuses(dut, {"DEVICEID": on})
            if any(value_of(one, name) for one in rows for name in USERS):
                continue  # it was in a call, which was not recorded
            dut.observe("quiet", "UPT-AMB-119", "blank" if rows else "none")
