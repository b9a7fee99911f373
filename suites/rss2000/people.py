"""Accounts and groups as the lists tell of them, compared so that others may add and remove some meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.flow import CaseStopped
from harness.messages.packetreply import Packet, Part
from harness.packetdut import PacketDut
from harness.packetsample import FieldList, Values, add_record
from suites.rss2000.cited import asked

# Kind of account -> the list's command, the name's field, the GUID's field, and the fields that tell of it in groups.
LISTS = {
    "user": ("GETDEVUSER", "USERNAME", "USERID", "MEMBER_USER", "NOTIN_USER"),
    "endpoint": ("GETENDPOINT", "SOURCENAME", "SOURCEID", "MEMBER_EP", "NOTIN_EP"),
}
_SHOWN = 6


def plain(guid: str | None) -> str:
    """A GUID without what does not count."""
    return (guid or "").strip("{}").lower()


async def user(dut: PacketDut, opens: str | None = None, **values: str) -> Values:
    """A new user's account with its id, by default that of an ordinary user; `opens` is its password."""
    password = f"Pw-{dut.rng.getrandbits(40):010x}" if opens is None else opens
    name = dut.unique("Clausewise User")
    made = await add_record(dut, "user", {"USERNAME": name, "PRIVILEGE": "1", **values, "PASSWORD": password})
    return {**made, **values, "PASSWORD": password}  # as sent: the confirm may say something else


async def endpoint(dut: PacketDut, **values: str) -> Values:
    """A new endpoint's account with its id."""
    return {**await add_record(dut, "endpoint", values), **values}


async def modify(dut: PacketDut, kind: str, made: Values, **values: str) -> Packet:
    """Change fields of an account, and send the others as they are; `made` has the new values then."""
    operation = dut.model.records[kind].modify or ""
    made.update(values)
    fields = {name: made[name] for name in dut.model.operations[operation].parameters}
    return await dut.command(operation, fields)


async def entries(dut: PacketDut, kind: str) -> list[Part]:
    """The entries of a list."""
    return dut.ok(await dut.command(dut.model.records[kind].list), check="list").listed()


async def entry(dut: PacketDut, kind: str, key: str, *clauses: str) -> Part:
    """The only entry of a name.

    Raises:
        CaseStopped: there is none.
    """
    field = dut.model.records[kind].key
    found = [one for one in await entries(dut, kind) if one.get(field) == key]
    dut.check("once", len(found) == 1, *clauses, expected=f"one entry {key!r}", got=f"{len(found)}")
    if not found:
        raise CaseStopped(f"{key} is not listed")
    return found[0]


async def absent(dut: PacketDut, kind: str, key: str, *clauses: str, check: str = "absent") -> bool:
    """A list has no entry of a name."""
    field = dut.model.records[kind].key
    found = [one for one in await entries(dut, kind) if one.get(field) == key]
    return dut.check(check, not found, *clauses, expected=f"no entry {key!r}", got=f"{len(found)}" if found else "")


def same(
    dut: PacketDut, part: Part, wanted: Mapping[str, str], *clauses: str, rows: Sequence[str] = (), check: str = "is"
) -> None:
    """A part has these values; what it does not have is for others to say.

    Args:
        rows: beginnings of the clauses of the fields, such as `RSS-GETENDPOINT.confirm`.
    """
    for name, value in wanted.items():
        told = part.all(name)
        good = not told or value in told
        own = (*clauses, *(f"{row}.{name}" for row in rows))
        dut.check(
            f"{check}.{name}", good, *own, expected=f"{name} {value!r}", got="" if good else f"{', '.join(told)!r}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The accounts of a kind: GUID to the names that it may have. `steady` were there before and after, `seen` at any of the times."""

    steady: Mapping[str, Sequence[str]]
    seen: Mapping[str, Sequence[str]]


async def listed(dut: PacketDut, kind: str) -> dict[str, list[str]]:
    """The GUIDs of a list of accounts or groups, plain, with the names that may stand beside them.

    The full name of somebody else's user is a name, too.
    """
    record = dut.model.records[kind]
    found: dict[str, list[str]] = {}
    for part in await entries(dut, kind):
        full = part.get("FULLNAME") if kind == "user" else None
        found[plain(part.get(record.id or ""))] = [part.get(record.key) or "", *([full] if full else [])]
    return found


def known(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> Known:
    """What two looks at a list have told."""
    return Known(
        steady={guid: [*names, *after[guid]] for guid, names in before.items() if guid in after},
        seen={**before, **after},
    )


def pairs(part: Part, field: str) -> list[tuple[str, str]]:
    """GUIDs, plain, and names of every field."""
    return [(plain(guid), name) for guid, name in part.pairs(field, "name")]


def few(guids: Sequence[str] | set[str]) -> str:
    """Some of these, for people."""
    return ", ".join(sorted(guids)[:_SHOWN]) + (f" and {len(guids) - _SHOWN} more" if len(guids) > _SHOWN else "")


async def group(dut: PacketDut, members: Sequence[str], description: str = "", **values: str) -> tuple[Values, Packet]:
    """A new group with these members; gives its name, id and description, and the confirm.

    Raises:
        CaseStopped: it was refused.
    """
    made = {"GROUPNAME": dut.unique("clausewise"), "DESCRIPTION": description or dut.unique("about"), **values}
    packet = dut.ok(await dut.command("ADDGROUP", with_members(made, members)), "RSS-GRP-002", check="add")
    made["GROUPID"] = packet.first.get("GROUPID") or ""
    return made, packet


async def change(dut: PacketDut, made: Values, members: Sequence[str], **values: str) -> Packet:
    """Modify a group, which must succeed; `made` has the new values then."""
    made.update(values)
    packet = await dut.command("MODGROUP", with_members(made, members))
    return dut.ok(packet, "RSS-GRP-003", "RSS-GRP-011", check="modify")


def with_members(made: Values, members: Sequence[str]) -> FieldList:
    """The fields of ADDGROUP and MODGROUP."""
    fields = [(name, made[name]) for name in ("GROUPNAME", "DESCRIPTION")]
    return [*fields, *(("MEMBER", guid) for guid in members)]


async def specific(dut: PacketDut, made: Values, *clauses: str) -> Part:
    """What GETGROUP tells of one group, and of no other.

    Raises:
        CaseStopped: it tells of none.
    """
    packet = await dut.command("GETGROUP", {"GROUPNAME": made["GROUPNAME"], "GROUPID": made["GROUPID"]})
    found = dut.ok(packet, "RSS-GRP-010", *asked(packet), *clauses, check="specific").listed()
    own = [one for one in found if plain(one.get("GROUPID")) == plain(made["GROUPID"])]
    renewed = not own and made["GROUPNAME"] in [one.get("GROUPNAME") for one in found]  # the group, with another id
    dut.check(
        "alone",
        len(found) == 1 and len(own) == 1,
        "RSS-GRP-010",
        *(("RSS-GRP-012",) if renewed else ()),
        *clauses,
        expected=f"the group {made['GROUPNAME']!r} alone",
        got=", ".join(str(one.get("GROUPNAME")) for one in found[:_SHOWN]) if found else "none",
        step=packet.step,
    )
    if not own:
        raise CaseStopped("the group is not told of")
    same(dut, own[0], {name: made[name] for name in ("GROUPNAME", "DESCRIPTION")}, "RSS-GRP-010", "RSS-GRP-018")
    return own[0]


def members_of(dut: PacketDut, part: Part, wanted: Sequence[Values], clause: str, *, step: int = -1) -> None:
    """MEMBER, MEMBER_USER, MEMBER_EP and MEMBER_COUNT tell of these members.

    In GETGROUP they may be left out, as a reading of RSS-AMB-062.
    """
    guids = {plain(one.get("USERID") or one.get("SOURCEID")) for one in wanted}
    told = [plain(guid) for guid in part.all("MEMBER")]
    count = part.get("MEMBER_COUNT") or ""
    right = count.isdecimal() and int(count) == len(guids)
    row = f"RSS-{(part.name or '').strip().upper()}.confirm.MEMBER_COUNT"
    dut.check("count", right, "RSS-GRP-006", clause, row, expected=f"{len(guids)} members", got=count, step=step)
    detailed = told or part.all("MEMBER_USER") or part.all("MEMBER_EP")
    if (part.name or "").strip().lower() == "getgroup" and guids:
        dut.observe("details", "RSS-AMB-062", *(("details", "always") if detailed else ("absent",)), step=step)
        if not detailed:
            return
    wrong = {*guids} ^ {*told}
    got = f"wrong {few(wrong)}" if wrong else f"{len(told)} fields"
    dut.check(
        "members",
        sorted(guids) == sorted(told),
        clause,
        "RSS-GRP-006",
        "RSS-GRP-007",
        expected=f"MEMBER for each of {len(guids)}, once",
        got="" if sorted(guids) == sorted(told) else got,
        step=step,
    )
    for kind, (_, key, guid, field, _notin) in LISTS.items():
        own = sorted((plain(one[guid]), one[key]) for one in wanted if guid in one)
        found = sorted(pairs(part, field))
        wanted_guids, found_guids = [one for one, _ in own], [one for one, _ in found]
        good = wanted_guids == found_guids
        got = "" if good else few({*wanted_guids} ^ {*found_guids}) + f" of {len(found)}"
        expected = f"{len(own)} {field}, each {kind} once"
        dut.check(f"members.{kind}", good, "RSS-GRP-007", clause, expected=expected, got=got, step=step)
        if good:
            named = own == found
            got = "" if named else repr(sorted({*found} - {*own})[:2])
            dut.check(f"names.{kind}", named, "RSS-GRP-009", expected=f"{own[:2]!r}", got=got, step=step)


def complement_of(
    dut: PacketDut, part: Part, accounts: Mapping[str, Known], wanted: Sequence[Values], gone: Sequence[str] = ()
) -> None:
    """NOTIN_USER and NOTIN_EP tell of everybody else, or are never sent (RSS-AMB-063).

    Args:
        accounts: kind -> who is there.
        gone: GUIDs of accounts that were removed.
    """
    inside = {plain(one.get("USERID") or one.get("SOURCEID")) for one in wanted}
    missing = {kind: {*one.steady} - inside for kind, one in accounts.items()}
    told = {kind: pairs(part, LISTS[kind][4]) for kind in accounts}
    if not any(missing.values()):
        return
    dut.observe("complement", "RSS-AMB-063", "present" if any(told.values()) else "absent", clauses=("RSS-GRP-008",))
    if not any(told.values()):
        return
    for kind, one in accounts.items():
        guids = [guid for guid, _ in told[kind]]
        lacking = missing[kind] - {*guids}
        wrong = {*guids} & (inside | {plain(guid) for guid in gone} | _others(accounts, kind))
        good = not lacking and not wrong and len({*guids}) == len(guids)
        dut.check(
            f"complement.{kind}",
            good,
            "RSS-GRP-008",
            expected=f"every {kind} that is no member once, and no member",
            got="" if good else f"lacks {few(lacking)}; has {few(wrong)}; {len(guids)} fields",
        )
        misnamed = [
            f"{guid} {name!r}" for guid, name in told[kind] if guid in one.steady and name not in one.steady[guid]
        ]
        expected = f"names as in {LISTS[kind][0]}"
        dut.check(f"complement.names.{kind}", not misnamed, "RSS-GRP-009", expected=expected, got=few(misnamed))


def _others(accounts: Mapping[str, Known], kind: str) -> set[str]:
    """The accounts of the other kinds."""
    return {guid for other, one in accounts.items() if other != kind for guid in one.steady}


async def both(dut: PacketDut) -> dict[str, dict[str, list[str]]]:
    """The two lists of accounts."""
    return {kind: await listed(dut, kind) for kind in LISTS}


def between(
    before: Mapping[str, Mapping[str, Sequence[str]]], after: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, Known]:
    """Who was there all the time between two looks, by kind."""
    return {kind: known(before[kind], after[kind]) for kind in LISTS}


async def described(
    dut: PacketDut, made: Values, wanted: Sequence[Values], *clauses: str, gone: Sequence[str] = (), others: bool = True
) -> Part:
    """GETGROUP describes a group as it must be: members, count and names; so does its entry in the list.

    Args:
        gone: GUIDs of accounts that were removed.
        others: look at the users and endpoints that are no members, too.
    """
    before = await both(dut) if others else {}
    part = await specific(dut, made, *clauses)
    members_of(dut, part, wanted, clauses[0])
    if others:
        complement_of(dut, part, between(before, await both(dut)), wanted, gone)
    general = await entry(dut, "group", made["GROUPNAME"], "RSS-GRP-019", "RSS-GRP-018", *clauses)
    same(dut, general, {"DESCRIPTION": made["DESCRIPTION"]}, "RSS-GRP-018", *clauses, check="listed")
    count = general.get("MEMBER_COUNT")
    right, expected = count == str(len(wanted)), f"{len(wanted)} members"
    dut.check("listed.count", right, "RSS-GRP-006", "RSS-GRP-018", *clauses, expected=expected, got=str(count))
    general_id = plain(general.get("GROUPID"))
    dut.check(
        "listed.id", general_id == plain(made["GROUPID"]), "RSS-GRP-012", expected=made["GROUPID"], got=general_id
    )
    return part
