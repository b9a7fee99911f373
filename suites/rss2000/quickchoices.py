"""Calls that differ in one choice: where one is taken another one is, for the document knows no reason why it should not be."""

from __future__ import annotations

from collections.abc import Mapping

from harness.flow import CaseInconclusive, Note
from harness.messages.packetreply import Packet
from harness.packetdut import PacketDut
from suites.rss2000 import SUITE
from suites.rss2000.cited import cited
from suites.rss2000.links import all_links
from suites.rss2000.quick import CHAPTER, QUICK, addresses, connection, ring_off
from suites.rss2000.rights import one_told, own, own_groups

_USUAL = {"RATE": "384", "DUALVIDEO": "1", "IFRAMEINTERVAL": "3", "BROADCAST": "0", "VIEWRIGHT": "1"}
# What differs from the usual, and the parameters that are to blame if only one of the two calls is taken. Live streaming is left
# out where it is asked for: a device may not stream more than so many.
_OTHERS: tuple[tuple[str, Mapping[str, str], bool, tuple[str, ...]], ...] = (
    ("content", {"DUALVIDEO": "0"}, False, ("DUALVIDEO",)),
    ("nobody", {"VIEWRIGHT": "0"}, False, ("VIEWRIGHT",)),
    ("groups", {"VIEWRIGHT": "2"}, True, ("VIEWRIGHT", "VIEWID")),
)
# How often what is refused is tried, and the device's seconds in between: an endpoint may need a moment after the call before.
_TRIES = 3
_MOMENT_S = 3


async def _called(dut: PacketDut, address: str, fields: Mapping[str, str], groups: list[str], tries: int) -> Packet:
    """Call, with some patience, and hang up."""
    for turn in range(tries):
        before = list(await all_links(dut))
        reference = ("REFERENCEID", dut.unique("r")[:20])
        sent = [("IP_NUM", address), *{**_USUAL, **fields}.items(), *(("VIEWID", one) for one in groups), reference]
        packet = await dut.command(QUICK, sent)
        if packet.ok:
            await Note("gone", arguments=(f"INDEX={one_told(dut, QUICK, packet.first, 'INDEX') or ''}",))
            await ring_off(dut, await connection(dut, before, address))
            return packet
        for index, part in (
            await all_links(dut)
        ).items():  # what was refused and is there all the same takes no one's place
            if index not in before and address in [
                one_told(dut, "GETEPLINK", part, name) for name in ("IP", "E164", "H323")
            ]:
                await ring_off(dut, index)
        if turn + 1 < tries:
            await dut.wait(_MOMENT_S)
    return packet


def _register(name: str, fields: Mapping[str, str], with_groups: bool, blamed: tuple[str, ...]) -> None:
    @SUITE.scenario(f"quick.choice.{name}", *cited(QUICK), chapter=CHAPTER, after=("GETEPLINK.success",))
    async def choice(dut: PacketDut) -> None:
        """Of two calls that differ in a choice both are taken, or none since nobody answers."""
        groups = own(await own_groups(dut, 2)) if with_groups else []
        for address in await addresses(dut):
            # The usual call comes first and last: what is refused in between, with more time to it, is refused for what it asks.
            taken = [await _called(dut, address, {}, [], 1)]
            taken += [await _called(dut, address, fields, groups, _TRIES), await _called(dut, address, {}, [], _TRIES)]
            taken += [await _called(dut, address, fields, groups, _TRIES), await _called(dut, address, {}, [], _TRIES)]
            usual, other = [one.ok for one in taken[0::2]], [one.ok for one in taken[1::2]]
            if not any(usual) and not any(other):
                continue
            clear = all(usual) or all(other)
            if not clear:
                raise CaseInconclusive("a call is taken at one time and refused at another")
            refused = next((one for one in taken if not one.ok), None)
            dut.check(
                "taken",
                any(usual) and any(other),
                *(f"RSS-{QUICK}.{one}" for one in blamed),
                f"RSS-{QUICK}",
                expected="both calls to be taken",
                got="" if refused is None else refused.describe(),
                step=taken[-1].step if refused is None else refused.step,
            )
            return
        raise CaseInconclusive("no endpoint could be called")


for _row in _OTHERS:
    _register(*_row)
