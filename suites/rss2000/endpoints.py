"""Accounts of endpoints, and what holds of both kinds of accounts: ids, lists, neighbours, what a removal tells."""

from __future__ import annotations

from harness.packetdut import PacketDut
from harness.packetsample import Values, add_record, fresh
from suites.rss2000 import SUITE
from suites.rss2000.people import absent, endpoint, entries, entry, modify, plain, same, user

CHAPTER = "Accounts"
_ADD, _MODIFY, _DELETE = "ADDENDPOINT", "MODENDPOINT", "DELENDPOINT"
_ROWS = ("RSS-MODENDPOINT", "RSS-GETENDPOINT.confirm")


def _shown(made: Values) -> Values:
    return {name: made[name] for name in ("SOURCENAME", "SOURCEIP", "FLAG", "E164", "H323")}


def _sent(dut: PacketDut, operation: str, made: Values, **values: str) -> Values:
    return {name: {**made, **values}[name] for name in dut.model.operations[operation].parameters}


def _number(dut: PacketDut) -> str:
    return str(100_000 + dut.rng.randrange(900_000))


@SUITE.scenario(
    "endpoint.options",
    "RSS-ACC-003",
    "RSS-ACC-005",
    "RSS-ACC-018",
    "RSS-ADDENDPOINT.FLAG",
    "RSS-MODENDPOINT.FLAG",
    chapter=CHAPTER,
    after=("MODENDPOINT.success",),
)
async def options(dut: PacketDut) -> None:
    """FLAG, number and alias of each endpoint are its own: as added, and after each of many changes."""
    kinds = [("0", "", ""), ("1", _number(dut), ""), ("0", "", "alias"), ("1", _number(dut), "alias 2")]
    made = [await endpoint(dut, FLAG=flag, E164=number, H323=alias) for flag, number, alias in kinds]
    digits = f"00{dut.rng.randrange(10**9):09d}"
    made.append(await endpoint(dut, SOURCENAME=digits))
    kinds.append((made[-1]["FLAG"], made[-1]["E164"], made[-1]["H323"]))
    for one, (flag, number, alias) in zip(made, kinds, strict=True):
        one.update(FLAG=flag, E164=number, H323=alias)
        named = ("RSS-ADDENDPOINT.SOURCENAME", "RSS-GETENDPOINT.confirm.SOURCENAME")
        part = await entry(dut, "endpoint", one["SOURCENAME"], "RSS-ACC-003", *named)
        same(dut, part, _shown(one), "RSS-ACC-003", "RSS-ACC-018", rows=("RSS-ADDENDPOINT", "RSS-GETENDPOINT.confirm"))
    own = made[1]
    same_number = _number(dut)
    for values in (
        {"FLAG": "0"}, {"FLAG": "1"}, {"FLAG": "0", "E164": ""}, {"H323": "new"}, {"FLAG": "1"}, {"E164": same_number, "H323": ""},
        {"FLAG": "0", "H323": same_number}, {"E164": "", "H323": "x y"}, {"H323": ""},
    ):  # fmt: skip
        packet = dut.ok(await modify(dut, "endpoint", own, **values), "RSS-MODENDPOINT", check="modify")
        same(dut, packet.first, _shown(own), "RSS-ACC-005", rows=("RSS-MODENDPOINT.confirm",), check="confirm")
        parts = {part.get("SOURCENAME"): part for part in await entries(dut, "endpoint")}
        for one in made:
            there = parts.get(one["SOURCENAME"])
            clauses = ("RSS-ACC-005", "RSS-ACC-018") if one is own else ("RSS-ACC-014", "RSS-MODENDPOINT")
            dut.check("there", there is not None, *clauses, expected=one["SOURCENAME"], got="not listed")
            if there is not None:
                same(dut, there, _shown(one), *clauses, rows=_ROWS, check="is" if one is own else "others")


@SUITE.scenario(
    "endpoint.refused",
    "RSS-XML-013",
    "RSS-ACC-014",
    "RSS-ADDENDPOINT.SOURCEIP.not-empty",
    "RSS-MODENDPOINT.SOURCEIP.not-empty",
    chapter=CHAPTER,
    after=("MODENDPOINT.success",),
)
async def refused(dut: PacketDut) -> None:
    """A blank address is refused, also after a change and once more, and nothing else of the command is done."""
    made = await endpoint(dut, E164=_number(dut), H323="before", FLAG="0")
    new = {"E164": _number(dut), "H323": "after", "FLAG": "1"}
    for number in range(3):
        if number == 2:
            dut.ok(await modify(dut, "endpoint", made, H323="between"), "RSS-MODENDPOINT", check="modify")
        packet = await dut.command(_MODIFY, _sent(dut, _MODIFY, made, SOURCEIP="", **new))
        dut.refused(packet, "RSS-MODENDPOINT.SOURCEIP.not-empty")
        part = await entry(dut, "endpoint", made["SOURCENAME"], "RSS-XML-013")
        same(dut, part, _shown(made), "RSS-XML-013", "RSS-ACC-014", "RSS-MODENDPOINT.SOURCEIP.not-empty")
        name = dut.unique("clausewise")
        packet = await dut.command(_ADD, _sent(dut, _ADD, made, SOURCENAME=name, SOURCEIP=""))
        dut.refused(packet, "RSS-ADDENDPOINT.SOURCEIP.not-empty")
        await absent(dut, "endpoint", name, "RSS-XML-013")
    fields = {**dict(await fresh(dut, _ADD)), "SOURCENAME": name}
    dut.ok(await dut.command(_ADD, fields), "RSS-ADDENDPOINT", check="then")
    part = await entry(dut, "endpoint", name, "RSS-ACC-003")
    same(dut, part, {one: fields[one] for one in ("SOURCEIP", "FLAG")}, "RSS-ACC-003")


@SUITE.scenario(
    "endpoint.refused-again",
    "RSS-ACC-001",
    "RSS-ACC-021",
    "RSS-XML-013",
    chapter=CHAPTER,
    after=("ADDENDPOINT.success",),
)
async def refused_again(dut: PacketDut) -> None:
    """A name is there once however often it is added, with another address or the same; what is refused changes nothing."""
    made = await endpoint(dut, E164="", H323="first", FLAG="1")
    for number in range(4):
        if number == 2:
            dut.ok(await modify(dut, "endpoint", made, H323="second"), "RSS-MODENDPOINT", check="modify")
        address = made["SOURCEIP"] if number % 2 else dict(await fresh(dut, _ADD))["SOURCEIP"]
        new = {**made, "SOURCEIP": address, "H323": f"new {number}", "FLAG": "0", "E164": _number(dut)}
        taken = dut.either(await dut.command(_ADD, _sent(dut, _ADD, new)), "RSS-AMB-042", "RSS-ACC-021")
        made = new if taken else made
        part = await entry(dut, "endpoint", made["SOURCENAME"], "RSS-ACC-001")
        same(
            dut,
            part,
            _shown(made),
            *(("RSS-ACC-001", "RSS-ACC-021") if taken else ("RSS-XML-013", "RSS-ACC-014", "RSS-ACC-021")),
        )
    other = await endpoint(dut)
    await entry(dut, "endpoint", other["SOURCENAME"], "RSS-ACC-003")


@SUITE.scenario(
    "endpoint.refused-unknown",
    "RSS-ACC-009",
    "RSS-XML-013",
    "RSS-ACC-014",
    chapter=CHAPTER,
    after=("MODENDPOINT.success", "DELENDPOINT.success"),
)
async def refused_unknown(dut: PacketDut) -> None:
    """Changing or removing an endpoint that is not there adds none, changes none and removes none, each time."""
    made, removed = await endpoint(dut, H323="stays"), await endpoint(dut)
    dut.ok(await dut.command(_DELETE, {"SOURCENAME": removed["SOURCENAME"]}), "RSS-DELENDPOINT")
    for name in (removed["SOURCENAME"], dut.unique("nobody"), made["SOURCENAME"] + "x", made["SOURCENAME"][:-1]):
        fields = _sent(dut, _MODIFY, removed, SOURCENAME=name, H323="nobody")
        for operation, sent in ((_MODIFY, fields), (_DELETE, {"SOURCENAME": name}), (_MODIFY, fields)):
            dut.refused(await dut.command(operation, sent), "RSS-ACC-009")
        await absent(dut, "endpoint", name, "RSS-XML-013", "RSS-ACC-007")
        part = await entry(dut, "endpoint", made["SOURCENAME"], "RSS-XML-013", "RSS-ACC-014")
        same(dut, part, _shown(made), "RSS-XML-013", "RSS-ACC-014")


@SUITE.scenario(
    "endpoint.removal-told", "RSS-ACC-019", "RSS-DELENDPOINT.confirm", chapter=CHAPTER, after=("DELENDPOINT.success",)
)
async def removal_told(dut: PacketDut) -> None:
    """The confirm of a removal tells of the account that was removed, with what it was changed to."""
    await dut.login(link="watcher", indications=True)
    made = [await endpoint(dut, H323=f"alias {number}", E164=_number(dut), FLAG=str(number % 2)) for number in range(3)]
    dut.ok(await modify(dut, "endpoint", made[1], H323="changed", FLAG="0", E164=""), "RSS-MODENDPOINT", check="modify")
    for number, one in enumerate((made[1], made[0], made[2])):
        packet = dut.ok(await dut.command(_DELETE, {"SOURCENAME": one["SOURCENAME"]}), "RSS-DELENDPOINT")
        same(
            dut, packet.first, _shown(one), "RSS-ACC-019", *(f"RSS-DELENDPOINT.confirm.{name}" for name in _shown(one))
        )
        if len(await dut.wait_for("watcher", _DELETE, count=number + 1)) <= number:
            await dut.settle("watcher")  # it may come with the next answer
        parts = [part for known in dut.told("watcher", _DELETE) for part in known.parts]
        own = [part for part in parts if plain(part.get("SOURCEID")) == plain(one["SOURCEID"])]
        clauses = ("RSS-IND-004", *(f"RSS-DELENDPOINT.indication.{name}" for name in _shown(one)))
        dut.check(
            "told", bool(own), "RSS-IND-001", *clauses, expected=f"the removal of {one['SOURCEID']}", got="not told"
        )
        for part in own[:1]:
            same(dut, part, _shown(one), *clauses, check="told.is")
        told = plain(packet.first.get("SOURCEID"))
        dut.check(
            "id", told == plain(one["SOURCEID"]), "RSS-ACC-019", "RSS-ACC-012", expected=one["SOURCEID"], got=told
        )
    users = [await user(dut) for _ in range(3)]
    for one in (users[1], users[0], users[2]):
        packet = dut.ok(await dut.command("DELDEVUSER", {"USERNAME": one["USERNAME"]}), "RSS-DELDEVUSER")
        same(dut, packet.first, {"USERNAME": one["USERNAME"]}, "RSS-ACC-019")
        told = plain(packet.first.get("USERID"))
        dut.check("id", told == plain(one["USERID"]), "RSS-ACC-019", "RSS-ACC-012", expected=one["USERID"], got=told)


@SUITE.scenario(
    "account.ids",
    "RSS-ACC-011",
    "RSS-ACC-012",
    "RSS-GRP-012",
    chapter=CHAPTER,
    after=("ADDDEVUSER.success", "ADDENDPOINT.success"),
)
async def ids(dut: PacketDut) -> None:
    """Every account and every group has an id that no other account or group has, also after removals."""
    for _ in range(2):
        made: list[tuple[str, str, str]] = []
        for number in range(3):
            for kind in ("user", "endpoint", "group"):
                one = await add_record(dut, kind)
                record = dut.model.records[kind]
                key, guid = one[record.key], plain(one.get(record.id or ""))
                if number != 1:
                    made.append((kind, key, guid))
                    continue
                dut.ok(await dut.command(record.remove, {record.key: key}), record.removed, check="remove")
        seen: dict[str, str] = {}
        for kind in ("user", "endpoint", "group"):
            record = dut.model.records[kind]
            for part in await entries(dut, kind):
                name, guid = f"{kind} {part.get(record.key)}", plain(part.get(record.id or ""))
                clause = "RSS-GRP-012" if kind == "group" else "RSS-ACC-011"
                new = guid not in seen
                dut.check("own", new, clause, expected=f"an id of its own for {name}", got=f"that of {seen.get(guid)}")
                seen.setdefault(guid, name)
        for kind, key, guid in made:
            clause = "RSS-GRP-012" if kind == "group" else "RSS-ACC-012"
            dut.check(
                "told", seen.get(guid) == f"{kind} {key}", clause, expected=f"{kind} {key}", got=str(seen.get(guid))
            )


@SUITE.scenario("endpoint.open.blank-name", chapter=CHAPTER, after=("ADDENDPOINT.success",))
async def blank_name(dut: PacketDut) -> None:
    """Whether an endpoint may have a blank name is open; the list agrees with the answer."""
    before = [one for one in await entries(dut, "endpoint") if not one.get("SOURCENAME")]
    fields = {**dict(await fresh(dut, _ADD)), "SOURCENAME": ""}
    if before:
        return
    if dut.either(await dut.command(_ADD, fields), "RSS-AMB-045"):
        await entry(dut, "endpoint", "", "RSS-ACC-003")
        return
    await absent(dut, "endpoint", "", "RSS-XML-013")


@SUITE.scenario("endpoint.open.letter-case", chapter=CHAPTER, after=("ADDENDPOINT.success",))
async def letter_case(dut: PacketDut) -> None:
    """Whether names that differ in the case of letters are the same is open; then there are two or there is one."""
    name = dut.unique("Clausewise")
    made = await endpoint(dut, SOURCENAME=name, H323="first")
    new = {**made, "SOURCENAME": name.upper(), "H323": "second"}
    taken = dut.either(await dut.command(_ADD, _sent(dut, _ADD, new), judged=False), "RSS-AMB-043")
    parts = [one for one in await entries(dut, "endpoint") if (one.get("SOURCENAME") or "").lower() == name.lower()]
    aliases = sorted(one.get("H323") or "" for one in parts)
    allowed = [["first", "second"], ["second"]] if taken else [["first"]]
    clause = "RSS-ACC-003" if taken else "RSS-XML-013"
    dut.check("agrees", aliases in allowed, clause, expected=f"{allowed[0]}", got=f"{aliases}")
