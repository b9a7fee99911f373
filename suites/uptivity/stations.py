"""Which device stands at which workstation: a mapping that is imported takes the place of those of its device and its station.

Nothing removes a mapping, so cases move the devices of the target file about and put each back where the file has it.
"""

from __future__ import annotations

from collections.abc import Mapping

from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.agents import other_road
from suites.uptivity.seen import until
from suites.uptivity.world import Fields, fresh

CHAPTER = "Import Functions"
_AFTER = ("IMPORTWORKSTATION.success", "STATIONS.success")
_LONGEST_DEVICE = 15  # the sizes have char(15) for DEVICEID of imports

Pairs = list[tuple[str, str]]


async def place(dut: DocumentDut, on: str, station: str, road: str | None = None) -> Result:
    """Import a mapping."""
    fields = {"DEVICEID": on, "STATIONNAME": station, "LOCATIONID": dut.fixture("location_ids")}
    return await dut.call("IMPORTWORKSTATION", fields, road=road)


async def mappings(dut: DocumentDut, road: str | None = None) -> Pairs:
    """Station and device of every mapping that STATIONS tells."""
    result = dut.ok(await dut.call("STATIONS", road=road), "UPT-WST-002", check="stations")
    found = []
    for one in (*result.everywhere("STATION"), *result.everywhere("STATIONS")):
        name, on = one.get("STATIONNAME", "STATION"), one.get("DEVICEID")
        if name and on:
            found.append((name, on))
    return found


async def two_places(dut: DocumentDut, count: int = 2) -> Pairs:
    """Devices and their stations, as the target file has them, put back there first.

    Raises:
        CaseSkipped: the target file has fewer.
    """
    names, devices = (dut.target.fixture_texts(key) for key in ("station_names", "station_device_ids"))
    known = [(on, name) for on, name in zip(devices, names, strict=False) if len(on) <= _LONGEST_DEVICE][:count]
    if len(known) < count or len({on for on, _ in known}) < count:
        raise CaseSkipped(f"needs the fixtures station_names and station_device_ids with {count} entries")
    for on, name in known:
        if (name, on) not in await mappings(dut):
            await put_back(dut, [(on, name)])
    return known


async def put_back(dut: DocumentDut, known: Pairs) -> None:
    """Import mappings as the target file has them."""
    for on, name in known:
        await place(dut, on, name)


def _odd(found: Pairs, wanted: Mapping[str, str | None], on: str) -> str:
    """How mappings differ from where devices must be: each in `wanted` at its station and no other, at None nowhere."""
    for one, station in wanted.items():
        here = [name for name, device in found if device == one]
        if here != ([station] if station is not None else []):
            return f"{one} is at {here or 'no station'}"
    twice = [name for name, device in found if device != on and name == wanted.get(on)]
    return f"{twice[0]} has another device, too" if twice else ""


async def stand(
    dut: DocumentDut, wanted: Mapping[str, str | None], on: str, before: Pairs, *clauses: str, road: str | None = None
) -> None:
    """STATIONS must come to tell these places, and every other mapping as before; `on` was imported last."""

    async def look() -> str:
        return _odd(await mappings(dut, road), wanted, on)

    odd = await until(dut, look)
    dut.check("places", not odd, "UPT-WST-002", "UPT-WST-003", *clauses, expected=str(dict(wanted)), got=odd)
    found = await mappings(dut, road)
    touched = {*wanted.values()}
    lost = [one for one in before if one[1] not in wanted and one[0] not in touched and one not in found]
    more = [one for one in found if one[1] not in wanted and one not in before]
    dut.check("others", not lost and not more, "UPT-WST-004", expected="other mappings as before", got=f"{lost} {more}")


def _told(dut: DocumentDut, result: Result, on: str, station: str) -> None:
    got = (result.get("DEVICEID") or "", result.get("STATIONNAME") or "")
    dut.check(
        "told", got == (on, station), "UPT-WST-005", expected=f"{on} at {station}", got=str(got), step=result.step
    )


@SUITE.scenario(
    "stations.moved", "UPT-WST-002", "UPT-WST-003", "UPT-WST-004", "UPT-WST-005", "UPT-IMPORTWORKSTATION.DEVICEID",
    "UPT-IMPORTWORKSTATION.STATIONNAME", chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def moved(dut: DocumentDut) -> None:
    """A device that is imported at a new station is there and nowhere else, on every road; others stay."""
    known = await two_places(dut)
    (on, home), _ = known
    before = await mappings(dut)
    try:
        for road in dut.roads:
            for station in (f"CW{fresh(dut)}", f"CW{fresh(dut)}", home):
                result = dut.ok(await place(dut, on, station, road), "UPT-WST-002", check=f"import.{road}")
                _told(dut, result, on, station)
                await stand(dut, {on: station}, on, before, road=other_road(dut, road))
    finally:
        await put_back(dut, known)


@SUITE.scenario(
    "stations.swapped", "UPT-WST-002", "UPT-WST-003", "UPT-WST-004", "UPT-WST-005", chapter=CHAPTER, after=_AFTER
)
async def swapped(dut: DocumentDut) -> None:
    """A device that takes another's station leaves its own empty and the other without; then they change places."""
    known = await two_places(dut)
    (one, here), (two, there) = known
    before = await mappings(dut)
    try:
        for road in dut.roads:
            steps: tuple[tuple[str, str, Mapping[str, str | None]], ...] = (
                (one, there, {one: there, two: None}),
                (two, here, {one: there, two: here}),
                (one, here, {one: here, two: None}),
                (two, there, {one: here, two: there}),
            )
            for on, station, wanted in steps:
                result = dut.ok(await place(dut, on, station, road), "UPT-WST-003", check=f"import.{road}")
                _told(dut, result, on, station)
                await stand(dut, wanted, on, before, road=other_road(dut, road))
    finally:
        await put_back(dut, known)


@SUITE.scenario("stations.again", "UPT-WST-007", "UPT-WST-004", "UPT-WST-005", chapter=CHAPTER, after=_AFTER)
async def again(dut: DocumentDut) -> None:
    """A mapping that is imported again is there once, and others stay."""
    known = await two_places(dut)
    before = await mappings(dut)
    for road in dut.roads:
        for on, station in (known[0], known[0], known[1]):
            result = dut.ok(await place(dut, on, station, road), "UPT-WST-007", check=f"again.{road}")
            _told(dut, result, on, station)
            await stand(dut, {on: station}, on, before, "UPT-WST-007")


def _register_refused(name: str) -> None:
    @SUITE.scenario(
        f"stations.without-{name}", "UPT-WST-001", "UPT-WST-006", f"UPT-IMPORTWORKSTATION.{name}",
        chapter=CHAPTER, after=_AFTER,
    )  # fmt: skip
    async def refused(dut: DocumentDut) -> None:
        """An import that lacks what it must have should be refused; the mappings then stay as they are."""
        known = await two_places(dut)
        (on, _), (_, there) = known
        whole = {"DEVICEID": on, "STATIONNAME": there, "LOCATIONID": dut.fixture("location_ids")}
        before = sorted(await mappings(dut))
        try:
            for road in dut.roads:
                fields = {one: value for one, value in whole.items() if one != name}
                result = await dut.call("IMPORTWORKSTATION", fields, road=road)
                if dut.either(result, "UPT-AMB-007", "UPT-WST-001", check=f"without.{road}"):
                    break
                after = sorted(await mappings(dut, road))
                same = after == before
                dut.check("same", same, "UPT-WST-006", expected="the mappings as before", got=str(after))
        finally:
            await put_back(dut, known)


for _name in ("DEVICEID", "STATIONNAME", "LOCATIONID"):
    _register_refused(_name)


async def _open(dut: DocumentDut, ambiguity: str, change: Fields) -> None:
    known = await two_places(dut)
    (on, home), _ = known
    fields = {"DEVICEID": on, "STATIONNAME": home, "LOCATIONID": dut.fixture("location_ids"), **change}
    before = await mappings(dut)
    try:
        result = await dut.call("IMPORTWORKSTATION", fields, judged=False)
        if dut.either(result, ambiguity):
            stored = (result.get("DEVICEID") or fields["DEVICEID"]).strip()
            wanted = {stored: home} if stored == on else {stored: home, on: None}
            await stand(dut, wanted, stored, before)
    finally:
        await put_back(dut, known)


@SUITE.scenario("stations.open.device", chapter=CHAPTER, after=_AFTER)
async def open_device(dut: DocumentDut) -> None:
    """Whether a device that nobody knows may be imported is open; the mappings agree with the answer."""
    await _open(dut, "UPT-AMB-158", {"DEVICEID": fresh(dut)})


@SUITE.scenario("stations.open.location", chapter=CHAPTER, after=_AFTER)
async def open_location(dut: DocumentDut) -> None:
    """Whether a location that there is none of is refused is open; the mappings agree with the answer."""
    await _open(dut, "UPT-AMB-159", {"LOCATIONID": str(1_900_000_000 + dut.rng.randrange(1_000_000))})
