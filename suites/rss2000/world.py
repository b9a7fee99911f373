"""What cases need to find on a device: the known-good exchange, spellings, accounts, rooms, archives, connections."""

from __future__ import annotations

from harness.flow import CaseSkipped
from harness.packetdut import PacketDut
from harness.packetsample import find_spelling, from_list, make_record
from suites.rss2000 import SUITE


@SUITE.provides("spelling")
async def spelling(dut: PacketDut, what: str) -> str:
    """See `harness.packetsample.find_spelling`."""
    if what == "DELMEDIAINFO.TYPE":
        return "TYPE"  # to find it out would take an archive; table and example agree on it
    if what != "CONTINUEROOMRECORD":
        return await find_spelling(dut, what)
    index = await link(dut, "paused")  # else it would fail however it is spelled
    found = await find_spelling(dut, what)
    await dut.command("STOPROOMRECORD", {"LANG": "en", "INDEX": index}, judged=False)
    return found


async def known_good(dut: PacketDut) -> None:
    """A login and what the device says of itself."""
    dut.ok(await dut.try_login(), check="login")
    dut.ok(await dut.command("GETDEVINFO"), check="succeeds")


SUITE.known_good = known_good


@SUITE.provides("endpoint")
async def endpoint(dut: PacketDut, _state: str) -> str:
    """The name of an endpoint's account."""
    return await make_record(dut, "endpoint")


@SUITE.provides("user")
async def user(dut: PacketDut, _state: str) -> str:
    """The name of a user's account."""
    return await make_record(dut, "user")


@SUITE.provides("group")
async def group(dut: PacketDut, _state: str) -> str:
    """The name of a group."""
    return await make_record(dut, "group")


@SUITE.provides("room")
async def room(dut: PacketDut, _state: str) -> str:
    """The index of a room."""
    return await make_record(dut, "room")


@SUITE.provides("group-id")
async def group_id(dut: PacketDut, _state: str) -> str:
    """The GUID of a group that is on the device."""
    return await _first(dut, "group_ids", "group", "GROUPID")


@SUITE.provides("member")
async def member(dut: PacketDut, _state: str) -> str:
    """The GUID of a user or an endpoint that is on the device."""
    return await _first(dut, "user_ids", "user", "USERID")


@SUITE.provides("archive")
async def archive(dut: PacketDut, _state: str) -> str:
    """The GUID of an archive."""
    known = dut.target.fixture_texts("archive_ids")
    if known:
        return known[0]
    packet = await dut.setup("GETMEDIAINFO", {"CATALOG": "0", "START": "0", "END": "0", "SORT": "0"})
    found = [part.get("CONF_ID") for part in packet.listed()]
    if not found or not found[0]:
        raise CaseSkipped("needs the fixture archive_ids")
    return found[0]


@SUITE.provides("link")
async def link(dut: PacketDut, state: str) -> str:
    """The index of a connection that may be recorded, brought into a state: menu, running or paused.

    Raises:
        CaseInconclusive: somebody else is recording it, or it does not get there.
    """
    index = dut.fixture("h323_links")
    steps = {"running": ["STARTROOMRECORD"], "paused": ["STARTROOMRECORD", "PAUSEROOMRECORD"]}.get(state, [])
    for operation in steps:
        await dut.setup(operation, {"LANG": "en", "INDEX": index})
    return index


async def _first(dut: PacketDut, fixture: str, kind: str, field: str) -> str:
    known = dut.target.fixture_texts(fixture)
    return known[0] if known else await from_list(dut, kind, field)
