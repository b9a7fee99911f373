"""Who is told of events: several connections at a time, each of its own classes, those that leave and those that come."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from suites.uptivity import SUITE
from suites.uptivity.events import STARTED, STOPPED, ended, fence, told
from suites.uptivity.seen import Call, begin, instance_of, needs_recording, pause, under_way, values, watch
from suites.uptivity.world import device

CHAPTER = "Event Interface"
_AFTER = ("EVENTS.success", "CALLSTART.success", "CALLSTOP.success")
_CALLS, _RECORDINGS = ("CALLSTART", "CALLSTOP"), (STARTED, STOPPED)


async def one_call(dut: DocumentDut, *, road: str | None = None) -> Call:
    """A call that begins and ends."""
    call = await begin(dut, device(dut, 0), road=road, **values(dut))
    await ended(dut, call, road=road)
    return call


@SUITE.scenario(
    "subscribers.classes",
    "UPT-EVT-001",
    "UPT-EVT-002",
    "UPT-EVT-006",
    "UPT-EVENTS.EVENTCLASS",
    chapter=CHAPTER,
    after=_AFTER,
)
async def classes(dut: DocumentDut) -> None:
    """A connection is told of the class that it asked for and of no other, ALL of both, and one that did not ask of none."""
    on = device(dut, 0)
    await needs_recording(dut, on)
    wanted = {"all": None, "call": "CALL", "record": "RECORD"}
    await dut.settle("nobody")
    await dut.settle("main")
    for link, event_class in wanted.items():
        await watch(dut, event_class, link=link)
    for road in dut.roads:
        call = await begin(dut, on, road=road, **values(dut))
        await under_way(dut, call, link="all")
        await ended(dut, call, road=road)
        for link, event_class in wanted.items():
            due = {"CALL": _CALLS, "RECORD": _RECORDINGS}.get(event_class or "", (*_CALLS, *_RECORDINGS))
            for name in due:
                await told(dut, name, call, "UPT-EVT-001", check=f"{name}.{link}.{road}", link=link)
    await fence(dut, *wanted)
    for link in ("nobody", "main"):
        await dut.settle(link)
        got = dut.told(link)
        shown = got[0].describe() if got else ""
        dut.check(f"none.{link}", not got, "UPT-EVT-006", expected="nothing was asked for, nothing is told", got=shown)
    for link, other in (("call", _RECORDINGS), ("record", _CALLS)):
        wrong = [event for name in other for event in dut.told(link, name)]
        shown = wrong[0].describe() if wrong else ""
        dut.check(f"other.{link}", not wrong, "UPT-EVT-006", expected="no event of the other class", got=shown)


@SUITE.scenario("subscribers.several", "UPT-EVT-008", "UPT-EVT-001", "UPT-EVT-005", chapter=CHAPTER, after=_AFTER)
async def several(dut: DocumentDut) -> None:
    """Four connections are told of the same, each once and with the same values."""
    links = ("first", "second", "third", "fourth")
    for link in links:
        await watch(dut, link=link)
    made = [await one_call(dut, road=road) for road in dut.roads for _ in range(2)]
    for call in made:
        for name in _CALLS:
            shown = set()
            for link in links:
                event = await told(dut, name, call, "UPT-EVT-008", "UPT-EVT-001", check=f"{name}.{link}", link=link)
                if event is not None:
                    shown.add(tuple(event.data.pairs()))
            passed = len(shown) < 2
            dut.check(
                f"same.{name}", passed, "UPT-EVT-008", expected="the same values for all", got=f"{len(shown)} kinds"
            )
    await fence(dut, *links)
    for call in made:
        for link in links:
            for name in _CALLS:
                found = len(dut.told(link, name, call.mine))
                dut.check(f"once.{link}", found < 2, "UPT-EVT-005", expected=f"{name} once", got=f"{found} times")


@SUITE.scenario(
    "subscribers.leave", "UPT-EVT-008", "UPT-EVT-001", "UPT-MSG-014", "UPT-MSG-011", chapter=CHAPTER, after=_AFTER
)
async def leave(dut: DocumentDut) -> None:
    """Those who stay are told when others close or reset their connections, and so is who comes instead."""
    for link in ("closes", "stays", "resets", "also"):
        await watch(dut, link=link)
    before = await one_call(dut)
    for link in ("closes", "stays", "resets", "also"):
        await told(dut, "CALLSTOP", before, "UPT-EVT-008", check=f"before.{link}", link=link)
    for link, how in (("closes", "close"), ("resets", "reset")):
        await dut.close(link, how)
        for road in dut.roads:
            call = await one_call(dut, road=road)
            for name in _CALLS:
                for other in ("stays", "also"):
                    await told(dut, name, call, "UPT-EVT-008", "UPT-EVT-001", check=f"{name}.{how}.{other}", link=other)
    await watch(dut, link="comes")
    call = await one_call(dut)
    for link in ("comes", "stays"):
        for name in _CALLS:
            await told(dut, name, call, "UPT-EVT-008", "UPT-EVT-001", check=f"{name}.{link}", link=link)
    dut.ok(await dut.call("TEST"), "UPT-MSG-011", check="alive")


@SUITE.scenario("subscribers.late", "UPT-EVT-001", "UPT-EVT-006", chapter=CHAPTER, after=_AFTER)
async def late(dut: DocumentDut) -> None:
    """A connection is not told of what happened before it subscribed, and is of what happens then."""
    await watch(dut, link="early")
    await dut.settle("late")
    before = await one_call(dut)
    await told(dut, "CALLSTOP", before, "UPT-EVT-001", check="early", link="early")
    await pause(dut, 0.2)  # a device may take that long to tell of what has happened
    await watch(dut, link="late")
    call = await one_call(dut)
    for name in _CALLS:
        await told(dut, name, call, "UPT-EVT-001", check=f"{name}.late", link="late")
    found = len(dut.told("late", "CALLSTART", before.mine))
    dut.check("before", not found, "UPT-EVT-006", expected="nothing of before", got=f"{found} events")


@SUITE.scenario("subscribers.busy", "UPT-EVT-001", "UPT-EVT-010", "UPT-MSG-013", chapter=CHAPTER, after=_AFTER)
async def busy(dut: DocumentDut) -> None:
    """A connection goes on being told after it has sent other requests, good ones and bad ones, and many events."""
    await watch(dut)
    asked: list[tuple[str, dict[str, str]]] = [("TEST", {}), ("DEVICESTATUS", {"DEVICEID": device(dut, 0)})]
    asked += [("CALLUPDATE", {"USER3": "of nobody"}), ("STATIONS", {}), ("CHANNELS", {}), ("SYSTEMSTATUS", {})]
    for _ in range(5):
        for function, fields in asked:
            await dut.call(function, fields, road=dut.stream, link="watcher")
            call = await one_call(dut)
            for name in _CALLS:
                await told(dut, name, call, "UPT-EVT-001", "UPT-EVT-010", check=f"{name}.{function}")


@SUITE.scenario("subscribers.idle", "UPT-EVT-008", "UPT-MSG-011", chapter=CHAPTER, after=_AFTER)
async def idle(dut: DocumentDut) -> None:
    """One that does not read what it is told keeps nothing from those who do."""
    await watch(dut, link="idle")
    await watch(dut)
    for number in range(8):
        call = await one_call(dut, road=dut.roads[number % len(dut.roads)])
        await told(dut, "CALLSTOP", call, "UPT-EVT-008", "UPT-EVT-001", check="told")
    dut.ok(await dut.call("TEST"), "UPT-MSG-011", check="alive")


@SUITE.scenario("events.open", chapter=CHAPTER, after=_AFTER)
async def opens(dut: DocumentDut) -> None:
    """EVENTS again, without a class, with a value, and over the web: the device does one of what the document allows."""
    await watch(dut, "CALL", link="again")
    again = await dut.subscribe("RECORD", link="again")
    dut.either(again, "UPT-AMB-042", check="again")
    dut.subscribed["again"] = {"CALL", "RECORD"}
    for part, fields in (("none", {}), ("blank", {"EVENTCLASS": ""})):
        dut.subscribed[part] = {dut.syntax.every_class}  # whichever it is
        result = await dut.call("EVENTS", fields, road=dut.stream, link=part, judged=False)
        dut.either(result, "UPT-AMB-055", check=f"class.{part}")
    on = device(dut, 0)
    value = await dut.subscribe(link="value", EVENTVALUE=on)
    taken = dut.either(value, "UPT-AMB-058", check="value")
    for road in dut.url_roads:
        result = await dut.call("EVENTS", {"EVENTCLASS": "ALL"}, road=road, judged=False, deadline_s=2.0)
        dut.either(result, "UPT-AMB-053", check=f"web.{road}")
    own, other = await begin(dut, on), await begin(dut, device(dut, 1))
    for call in (own, other):
        await ended(dut, call)
    await fence(dut, "again", "none", "blank")
    if taken:
        await dut.settle("value")
        heard = [bool(dut.told("value", "CALLSTART", call.mine)) for call in (own, other)]
        dut.observe("value-kind", "UPT-AMB-058", "ignored" if all(heard) else "filter")
    both = [bool(dut.told("again", name, own.mine)) for name in ("CALLSTART", STARTED)]
    if dut.succeeded(again) and await instance_of(dut, own) is None:
        reading = {(True, True): "both", (True, False): "first", (False, True): "replaced"}.get((both[0], both[1]), "")
        twice = len(dut.told("again", "CALLSTART", own.mine)) > 1
        dut.observe("again-kind", "UPT-AMB-042", "twice" if twice else reading)
