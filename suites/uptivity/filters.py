"""The filters of the list of recordings: each takes effect, whichever others are beside it, and all must fit."""

from __future__ import annotations

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.wire.xmltree import Element
from suites.uptivity import SUITE
from suites.uptivity.calllist import CHAPTER, ask, ids, known, new_mark
from suites.uptivity.seen import USERS, begin, needs_recording, record, saved, until, values, watch
from suites.uptivity.world import Fields, device, fresh

_AFTER = ("CALLLIST.success", "CALLSTOP.success", "EVENTS.success")
_DATA = ("DEVICEALIAS", "GROUP", "GATE", "ANI", "DNIS", *USERS)
_PEOPLE = ("SYS_USER", "CRM_USER")
_EACH = ("UPT-LST-001", "UPT-LST-015", *(f"UPT-CALLLIST.{name}" for name in _DATA))


@SUITE.provides("own-recording")
async def own_recording(dut: DocumentDut, _state: str) -> str:
    """A finished recording of ours whose call had a value for everything; gives its value of USER2, which no other has.

    Raises:
        CaseSkipped: no call is recorded, or the record is not as it was given, which other cases judge.
    """
    on = device(dut, 0)
    await needs_recording(dut, on)
    await watch(dut)
    call = await begin(dut, on, **{**values(dut), "USER2": await new_mark(dut)})
    await dut.setup("CALLSTOP", call.named)
    await saved(dut, call)

    async def look() -> str:
        return "" if await record(dut, on, call.given["USER2"]) is not None else "it is not there"

    if wrong := await until(dut, look):
        raise CaseSkipped(f"a recording of ours is not in the list: {wrong}")
    return call.given["USER2"]


async def _own(dut: DocumentDut) -> Element:
    """The recording with all values, ours or one that the target file tells of.

    Raises:
        CaseSkipped: there is none.
    """
    mark = await dut.shared("own-recording", "any")
    _, found = await ask(dut, USER2=mark)
    if len(found) != 1:
        raise CaseSkipped(f"the recording with USER2 {mark} is not listed alone")
    return found[0]


def _values(record: Element, names: tuple[str, ...]) -> Fields:
    """The values of a recording that are there and have no sign that may stand for others."""
    found = {name: record.get(name) or "" for name in names}
    return {name: value for name, value in found.items() if value and not set("%*_?[") & set(value)}


def _other(value: str) -> str:
    """A value that differs from another in its last character."""
    last = value[-1]
    return value[:-1] + ("7" if last != "7" else "3")


def _alike(one: str | None, other: str) -> bool:
    return (one or "").casefold() == other.casefold()


@SUITE.scenario("filters.each", *_EACH, chapter=CHAPTER, after=_AFTER)
async def each(dut: DocumentDut) -> None:
    """Each filter lets recordings with its value through, and no others: none that differs in a letter, lacks one, or has more."""
    own = await _own(dut)
    number, mark = own.get("RECORDID") or "", own.get("USER2") or ""
    for road in dut.roads:
        for name, value in _values(own, _DATA).items():
            clauses = ("UPT-LST-001", "UPT-LST-015", f"UPT-CALLLIST.{name}")
            beside = {"DEVICEID": own.get("DEVICEID") or ""} if name == "USER2" else {"USER2": mark}
            _, found = await ask(dut, road, **beside, **{name: value})
            dut.check(
                f"{road}.{name}", ids(found) == [number], *clauses, expected=f"{number} alone", got=str(ids(found))
            )
            odd = (_other(value), value[:-1], f"{value}x", value[1:])
            for wrong in dict.fromkeys(odd if road == dut.roads[0] else odd[:1]):
                if not wrong.strip():
                    continue
                _, found = await ask(dut, road, **beside, **{name: wrong})
                dut.check(
                    f"{road}.{name}.wrong", number not in ids(found), *clauses, expected=f"not {number}, where {name} is {value!r}",
                    got=f"it is listed for {wrong!r}",
                )  # fmt: skip


@SUITE.scenario("filters.alone", *_EACH, "UPT-CALLLIST.DEVICEID", chapter=CHAPTER, after=_AFTER)
async def alone(dut: DocumentDut) -> None:
    """With one filter, all that is listed has its value, and what is known to have it is among it."""
    own = await _own(dut)
    for road in dut.roads:
        for name, value in _values(own, ("DEVICEID", *_DATA)).items():
            clauses = ("UPT-LST-001", "UPT-LST-015", f"UPT-CALLLIST.{name}")
            _, found = await ask(dut, road, **{name: value}, CALLCOUNT="15")
            odd = [one.get(name) for one in found if not _alike(one.get(name), value)]
            dut.check(f"{road}.{name}", not odd, *clauses, expected=f"{name} {value!r} alone", got=str(odd[:3]))
            if len(found) < 15:
                there = own.get("RECORDID") in ids(found)
                dut.check(
                    f"{road}.{name}.own",
                    there,
                    "UPT-LST-002",
                    *clauses,
                    expected=own.get("RECORDID") or "",
                    got=str(ids(found)[:9]),
                )


@SUITE.scenario("filters.all", "UPT-LST-001", "UPT-LST-015", chapter=CHAPTER, after=_AFTER)
async def together(dut: DocumentDut) -> None:
    """All filters at once let a recording through that fits all, and not if one of them, whichever, does not fit."""
    own = await _own(dut)
    number = own.get("RECORDID") or ""
    every = _values(own, ("DEVICEID", *_DATA))
    for road in dut.roads:
        for more in ({}, {"CALLCOUNT": "3"}):
            _, found = await ask(dut, road, **every, **more)
            dut.check(
                f"{road}.all",
                ids(found) == [number],
                "UPT-LST-001",
                "UPT-LST-002",
                expected=number,
                got=str(ids(found)),
            )
        for name, value in every.items():
            _, found = await ask(dut, road, **{**every, name: _other(value)})
            dut.check(
                f"{road}.{name}",
                not found,
                "UPT-LST-001",
                "UPT-LST-015",
                f"UPT-CALLLIST.{name}",
                expected="none",
                got=str(ids(found)),
            )


@SUITE.scenario("filters.two", "UPT-LST-001", "UPT-LST-010", chapter=CHAPTER, after=("CALLLIST.success",))
async def two(dut: DocumentDut) -> None:
    """Of two filters that two recordings fit one each, neither is the only one that counts, in whichever order they stand."""
    listed = known(dut, 2)
    pairs = [(one, other) for one in listed[:4] for other in listed[:4] if one.device != other.device]
    if not pairs:
        raise CaseSkipped("needs recording_device_ids with two devices")
    for one, other in pairs:
        for road in dut.roads:
            for filters in (
                {"DEVICEID": one.device, "USER2": other.user2},
                {"USER2": other.user2, "DEVICEID": one.device},
            ):
                _, found = await ask(dut, road, **filters)
                dut.check(
                    f"{road}.{'.'.join(filters)}",
                    not found,
                    "UPT-LST-001",
                    "UPT-LST-010",
                    expected="none",
                    got=str(ids(found)),
                )
            _, found = await ask(dut, road, DEVICEID=one.device, USER2=one.user2)
            dut.check(
                f"{road}.both", ids(found) == [one.number], "UPT-LST-001", expected=one.number, got=str(ids(found))
            )


@SUITE.scenario("filters.people", "UPT-LST-001", "UPT-LST-015", "UPT-CALLLIST.SYS_USER", "UPT-CALLLIST.CRM_USER",
                chapter=CHAPTER, after=_AFTER)  # fmt: skip
async def people(dut: DocumentDut) -> None:
    """A SYS_USER or CRM_USER of nobody lets nothing through; that of the agent, or that of the call, lets its recording through."""
    on = device(dut, 0)
    places = dut.target.fixture_texts("agent_device_ids")
    if on not in places:
        raise CaseSkipped("needs the fixture agent_device_ids")
    index = places.index(on)
    await needs_recording(dut, on)
    await watch(dut)
    for name, key in (("SYS_USER", "sys_users"), ("CRM_USER", "crm_users")):
        texts = dut.target.fixture_texts(key)
        if len(texts) <= index + 1:
            continue
        for road in dut.roads:
            call = await begin(dut, on, **{name: texts[index], "USER2": await new_mark(dut)})
            await dut.setup("CALLSTOP", call.named)
            await saved(dut, call)
            mark = call.given["USER2"]

            async def look(mark: str = mark) -> str:
                return "" if await record(dut, on, mark) is not None else "it is not there"

            if await until(dut, look):
                raise CaseSkipped("a recording of ours is not in the list")
            clauses = ("UPT-LST-015", "UPT-LST-001", f"UPT-CALLLIST.{name}")
            _, found = await ask(dut, road, USER2=mark, **{name: texts[index]})
            dut.check(f"{road}.{name}", len(found) == 1, *clauses, expected="the recording", got=str(ids(found)))
            for wrong in (f"no{fresh(dut)}", texts[index + 1], texts[index][:-1], f"{texts[index]}x"):
                _, found = await ask(dut, road, USER2=mark, **{name: wrong})
                dut.check(
                    f"{road}.{name}.wrong", not found, *clauses, expected="none", got=f"{ids(found)} for {wrong!r}"
                )


@SUITE.scenario("filters.open", chapter=CHAPTER, after=_AFTER)
async def left_open(dut: DocumentDut) -> None:
    """Filters that differ in letter case, are blank, or have signs for others, are compared as they may be."""
    own = await _own(dut)
    mark, number = own.get("USER2") or "", own.get("RECORDID") or ""
    for road in dut.roads:
        _, found = await ask(dut, road, USER2=mark.lower())
        fits = ("folded",) if number in ids(found) else ("exact", "pattern")
        dut.observe(f"{road}.compared", "UPT-AMB-115", *fits, clauses=("UPT-LST-001",))
        for sign in ("%", "*"):
            _, found = await ask(dut, road, USER2=mark[:-2] + sign)
            if number in ids(found):
                dut.observe(f"{road}.pattern", "UPT-AMB-115", "pattern", clauses=("UPT-LST-001",), got=sign)
        _, found = await ask(dut, road, USER2=mark, USER3="")
        dut.observe(
            f"{road}.blank", "UPT-AMB-114", "ignored" if number in ids(found) else "blank", clauses=("UPT-LST-015",)
        )
