"""Lists of groups beside a right: what rooms, single-point settings, quick records and archives have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.messages.packetreply import Part, spelled
from harness.packetdut import PacketDut
from harness.packetsample import Values, add_record

WEB = "RSS-AMB-063"
_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Where an answer tells the groups that have a right: their GUIDs, the same with names, and the other groups."""

    ids: str
    named: str
    others: str


JOIN = Lists(ids="RECORDID", named="RECORDIDEXT", others="NOTIN_REC")
VIEW = Lists(ids="VIEWID", named="VIEWIDEXT", others="NOTIN_VIEW")
SINGLE = Lists(ids="RECORDID", named="RECORDIDEXT", others="NOTIN")
ACCESS = Lists(ids="ACCESSID", named="ACCESSIDEXT", others="NOTIN")


def told(dut: PacketDut, operation: str, part: Part, name: str) -> list[str]:
    """The values of a field of a confirm, however the document spells it."""
    message = dut.model.operations[operation].confirm
    known = message.fields.get(name) if message is not None else None
    return part.all(*spelled(known.names if known is not None else {}, name))


def one_told(dut: PacketDut, operation: str, part: Part, name: str) -> str | None:
    """The first value of a field of a confirm; None where there is none."""
    return next(iter(told(dut, operation, part, name)), None)


async def own_groups(dut: PacketDut, count: int = 3) -> list[Values]:
    """Groups of this case's own, that nobody else changes."""
    return [await add_record(dut, "group") for _ in range(count)]


async def all_groups(dut: PacketDut) -> dict[str, str]:
    """The names of all groups by GUID."""
    packet = await dut.setup("GETALLGROUP")
    return {guid: name for part in packet.confirms for guid, name in part.pairs("GROUP", "name")}


async def lasting(dut: PacketDut, before: Mapping[str, str]) -> dict[str, str]:
    """The groups that were there before and still are, with the same name: every list in between has to tell them."""
    now = await all_groups(dut)
    return {guid: name for guid, name in before.items() if guid and now.get(guid) == name}


def number(text: str | None) -> int | None:
    """A number that a device tells; None where it is something else, or too long to be counted with."""
    return int(text) if text is not None and text.isdecimal() and len(text) <= _DIGITS else None


def stored(dut: PacketDut, name: str, got: Sequence[str], wanted: Sequence[str], *clauses: str, step: int) -> bool:
    """A list of groups is the one that was sent, in any order."""
    return dut.check(
        name,
        sorted(got) == sorted(wanted),
        *clauses,
        expected=f"the groups {', '.join(wanted)}",
        got=", ".join(got) or "none",
        step=step,
    )


def judge_lists(
    dut: PacketDut,
    operation: str,
    part: Part,
    lists: Lists,
    groups: Mapping[str, str],
    *,
    same: Sequence[str],
    apart: Sequence[str],
    names: Sequence[str] = (),
    complete: bool = True,
    step: int = -1,
) -> None:
    """The fields of the user interface tell the same groups with their names, and every other group.

    Args:
        groups: GUID -> name of groups that are there all the time.
        same, apart: clauses of the groups with names, and of the others.
        names: those of the names, where they are others.
        complete: the right asks for groups, so that none may be missing.
    """
    ids = told(dut, operation, part, lists.ids)
    named, others = told(dut, operation, part, lists.named), told(dut, operation, part, lists.others)
    label = f"{operation}.{lists.ids}"
    if not named and not others and (ids or groups):
        if complete:  # lists that no right asks for may be left out with all that belongs to them (RSS-AMB-081)
            dut.observe(f"{label}.web", WEB, "absent", clauses=apart, step=step)
        return
    dut.observe(f"{label}.web", WEB, "present", clauses=apart, step=step)
    dut.check(
        f"{label}.named",
        sorted(set(named)) == sorted(set(ids)),
        *same,
        expected=f"{lists.named} as {lists.ids}: {', '.join(ids) or 'none'}",
        got=", ".join(named) or "none",
        step=step,
    )
    both = set(ids) & set(others)
    lost = [one for one in groups if one not in ids and one not in others] if complete else []
    dut.check(
        f"{label}.apart",
        not both and not lost,
        *apart,
        expected=f"each group either in {lists.ids} or in {lists.others}",
        got="; ".join(filter(None, (_list("in both", both), _list("in none", lost)))),
        step=step,
    )
    pairs = [*part.pairs(lists.named, "name"), *part.pairs(lists.others, "name")]
    wrong = [f"{guid} {name!r}" for guid, name in pairs if name and guid in groups and groups[guid] != name]
    dut.check(
        f"{label}.names",
        not wrong,
        *(names or same),
        expected="each with the name of its group",
        got=", ".join(wrong[:3]),
        step=step,
    )


def own(groups: Iterable[Values]) -> list[str]:
    """The GUIDs of groups."""
    return [one["GROUPID"] for one in groups]


def _list(word: str, what: Iterable[str]) -> str:
    found = ", ".join(sorted(what)[:3])
    return f"{word} {found}" if found else ""
