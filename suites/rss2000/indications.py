"""Indications: every watching client is told of every change once and as it was, and nobody else is told."""

from __future__ import annotations

from harness.packetdut import PacketDut
from harness.packetsample import FieldList, as_it_is, fresh, other_value
from suites.rss2000 import SUITE
from suites.rss2000.groups import guids, people
from suites.rss2000.people import user
from suites.rss2000.watching import Change, agrees, await_told, life, listen, make, none_of, not_again, once, told_of

CHAPTER = "Indications"
KINDS = ("endpoint", "user", "group", "room")
ODD = "a<b>&amp; \"Übung' 日本"
_TOLD = ("RSS-IND-001", "RSS-IND-003", "RSS-IND-004")


async def watch(dut: PacketDut, *links: str) -> None:
    """Clients that ask for indications."""
    for link in links:
        await dut.login(link=link, indications=True)


async def quiet(dut: PacketDut) -> None:
    """Two clients that get none: one that did not ask, and one that said 0."""
    await dut.login(link="quiet")
    packet = await dut.try_login(link="zero", more={dut.syntax.subscribe: "0"})
    dut.ok(packet, "RSS-LOGIN.INDICATION", check="zero")


async def quiet_still(dut: PacketDut, changes: list[Change]) -> None:
    """Those two were told nothing; a packet that nobody asked for fails a check of its own."""
    for link in ("quiet", "zero"):
        await dut.settle(link)
        none_of(dut, link, changes, "RSS-IND-002")


def _register_kind(kind: str, operations: tuple[str, ...]) -> None:
    clauses = [f"RSS-{one}.indication" for one in operations]

    @SUITE.scenario(
        f"told.{kind}",
        *_TOLD,
        "RSS-IND-002",
        "RSS-SES-013",
        *clauses,
        chapter=CHAPTER,
        after=(f"{operations[0]}.success",),
    )
    async def told(dut: PacketDut) -> None:
        """Two clients that asked are told of each change once, with what the confirm said; two that did not ask are not."""
        await watch(dut, "first", "second")
        await quiet(dut)
        changes: list[Change] = []
        for text in ("", ODD, ""):
            new = await life(dut, kind, text)
            changes += new
            for link in ("second", "first"):
                await once(dut, link, new)
        for link in ("first", "second"):
            await dut.settle(link)
            not_again(dut, link, changes)
        await quiet_still(dut, changes)


for _kind, _operations in (
    ("endpoint", ("ADDENDPOINT", "MODENDPOINT", "DELENDPOINT")),
    ("user", ("ADDDEVUSER", "MODDEVUSER", "DELDEVUSER")),
    ("group", ("ADDGROUP", "MODGROUP", "DELGROUP")),
    ("room", ("ADDROOM", "MODROOM", "DELROOM")),
):
    _register_kind(_kind, _operations)


@SUITE.scenario(
    "told.members", *_TOLD, "RSS-MODGROUP.indication", "RSS-GRP-006", chapter=CHAPTER, after=("MODGROUP.success",)
)
async def members(dut: PacketDut) -> None:
    """Each change of a group's members is told with the members and the number that it has then."""
    found = await people(dut, 3, 3)
    ids = guids(found)
    await watch(dut, "watcher")
    name = ("GROUPNAME", dut.unique("clausewise"))
    told_before = 0
    for number, own in enumerate((ids[2:4], ids, ids[3:], ids[1:5], ids[:1])):
        fields: FieldList = [name, ("DESCRIPTION", f"change {number}"), *(("MEMBER", guid) for guid in own)]
        one = await make(dut, "MODGROUP" if number else "ADDGROUP", fields, "GROUPNAME")
        told_before = 0 if number < 2 else told_before
        packets = await await_told(dut, "watcher", one, told_before + 1)
        await dut.settle("watcher")
        packets = told_of(dut, "watcher", one)
        base = f"RSS-{one.operation}.indication"
        new = len(packets) - told_before
        dut.check("told-once", new == 1, *_TOLD[:2], base, expected="one more indication", got=f"{new} more")
        told_before = len(packets)
        if new < 1:
            continue
        part = dut.judge(one.operation, packets[-1], fields)
        agrees(dut, part, one, step=packets[-1].step)
        count = part.get("MEMBER_COUNT")
        clauses = (f"{base}.MEMBER_COUNT", "RSS-IND-004")
        dut.check("count", count == str(len(own)), *clauses, expected=f"{len(own)} members", got=str(count))


def _register_setting(operation: str, field: str) -> None:
    @SUITE.scenario(
        f"told.{operation}", *_TOLD[:2], f"RSS-{operation}.indication", chapter=CHAPTER, after=(f"{operation}.success",)
    )
    async def setting(dut: PacketDut) -> None:
        """Every one of several changes of a setting is told, with the new value."""
        known = next(one for one in dut.model.settings.values() if one.set == operation)
        now = await as_it_is(dut, known)
        await watch(dut, "first", "second")
        kind = dut.model.types[dut.model.operations[operation].parameters[field].type]
        value = dict(now).get(field, "")
        message = dut.model.operations[operation].indication
        rows = [f"RSS-{operation}.indication.{name}" for name in (message.fields if message is not None else ())]
        for number in range(4):
            value = other_value(kind, value)
            fields = [(name, value if name == field else text) for name, text in now]
            dut.ok(await dut.command(operation, fields), f"RSS-{operation}")
            for link in ("first", "second"):
                told = await dut.wait_for(link, operation, count=number + 1)
                if len(told) <= number:  # it may come with the next answer
                    await dut.settle(link)
                    told = dut.told(link, operation)
                shown = told[-1].parts[0].get(field) if told else None
                new = len(told) > number and shown in (value, None)
                clauses = (*_TOLD[:2], f"RSS-{operation}.indication", *rows)
                dut.check("told", new, *clauses, expected=f"{field} {value}", got=f"{len(told)} so far, {shown}")


_register_setting("SETSP", "DUALVIDEO")
_register_setting("SETSTORAGE", "START_TIME")


@SUITE.scenario(
    "told.not-after-logout", "RSS-IND-008", "RSS-IND-001", "RSS-SES-013", chapter=CHAPTER, after=("LOGOUT.success",)
)
async def not_after_logout(dut: PacketDut) -> None:
    """A client that has logged out is told nothing more; the others are, also one of the same user."""
    await watch(dut, "leaves", "stays")
    before = await life(dut, "endpoint")
    for link in ("leaves", "stays"):
        await once(dut, link, before)
    dut.ok(await dut.log_out("leaves"), "RSS-LOGOUT")
    changes: list[Change] = []
    for kind in KINDS:
        changes += await life(dut, kind)
    await once(dut, "stays", changes)
    await listen(dut, "leaves")
    none_of(dut, "leaves", changes, "RSS-IND-008")


@SUITE.scenario("told.not-after-second-login", "RSS-IND-002", "RSS-IND-008", chapter=CHAPTER, after=("LOGOUT.success",))
async def not_after_second_login(dut: PacketDut) -> None:
    """A client that logs out and in again without asking is told nothing, where its connection lasts."""
    await watch(dut, "changes", "stays")
    dut.ok(await dut.log_out("changes"), "RSS-LOGOUT")
    dut.sessions.pop("changes", None)
    again = await dut.try_login(link="changes", judged=False)
    if not again.ok:  # RSS-AMB-036
        await dut.close("changes")
        await dut.login(link="changes")
    changes = [*await life(dut, "user"), *await life(dut, "room")]
    await once(dut, "stays", changes)
    await dut.settle("changes")
    none_of(dut, "changes", changes, "RSS-IND-002")


@SUITE.scenario(
    "told.refused", "RSS-IND-005", "RSS-IND-001", chapter=CHAPTER, after=("ADDENDPOINT.success", "ADDGROUP.success")
)
async def refused(dut: PacketDut) -> None:
    """Commands that fail are told to nobody, however often; the change after them is."""
    made = await make(dut, "ADDENDPOINT", await fresh(dut, "ADDENDPOINT"), "SOURCENAME")
    person = await make(dut, "ADDDEVUSER", await fresh(dut, "ADDDEVUSER"), "USERNAME")
    group = await make(dut, "ADDGROUP", await fresh(dut, "ADDGROUP"), "GROUPNAME")
    await watch(dut, "watcher")
    nobody = dut.unique("nobody")
    tries: list[tuple[str, FieldList]] = [
        ("MODENDPOINT", [(n, "" if n == "SOURCEIP" else v) for n, v in made.fields]),
        ("ADDENDPOINT", [(n, {"SOURCENAME": nobody, "SOURCEIP": ""}.get(n, v)) for n, v in made.fields]),
        ("ADDENDPOINT", made.fields),
        ("ADDDEVUSER", person.fields),
        ("ADDGROUP", group.fields),
        ("MODENDPOINT", [(n, nobody if n == "SOURCENAME" else v) for n, v in made.fields]),
        ("MODDEVUSER", [(n, nobody if n == "USERNAME" else v) for n, v in person.fields]),
        ("MODGROUP", [(n, nobody if n == "GROUPNAME" else v) for n, v in group.fields]),
        ("DELENDPOINT", [("SOURCENAME", nobody)]),
        ("DELDEVUSER", [("USERNAME", nobody)]),
        ("DELGROUP", [("GROUPNAME", nobody)]),
    ]
    failed: list[Change] = []
    for _ in range(2):
        for operation, fields in tries:
            packet = await dut.command(operation, fields, judged=False)
            if packet.ok is False:
                key = fields[0][0] if len(fields) == 1 else _key(dut, operation)
                failed.append(
                    Change(operation=operation, fields=fields, packet=packet, naming=(key, dict(fields)[key]))
                )
    sentinel = await life(dut, "endpoint")
    await once(dut, "watcher", sentinel, keep=True)
    none_of(dut, "watcher", failed, "RSS-IND-005")


def _key(dut: PacketDut, operation: str) -> str:
    return next(one.key for one in dut.model.records.values() if operation in (one.add, one.modify, one.remove))


@SUITE.scenario("told.wrong-session", "RSS-IND-005", chapter=CHAPTER, after=("ADDENDPOINT.success",))
async def wrong_session(dut: PacketDut) -> None:
    """A command that fails for want of a session is told to nobody, and done by nobody."""
    await watch(dut, "watcher")
    failed = []
    for number, session in enumerate((None, "", dut.unknown_id())):
        fields = await fresh(dut, "ADDENDPOINT")
        packet = await dut.command("ADDENDPOINT", fields, link=f"wrong-{number}", session=session, closable=True)
        dut.refused(packet, "RSS-SES-003" if not session else "RSS-SES-004")
        failed.append(Change(operation="ADDENDPOINT", fields=fields, packet=packet, naming=("SOURCENAME", dict(fields)["SOURCENAME"])))  # fmt: skip
    await once(dut, "watcher", await life(dut, "endpoint"), keep=True)
    none_of(dut, "watcher", failed, "RSS-IND-005")
    names = {part.get("SOURCENAME") for part in (await dut.command("GETENDPOINT")).listed()}
    done = [one.naming[1] for one in failed if one.naming[1] in names]
    dut.check("not-done", not done, "RSS-XML-013", expected="no endpoint added", got=", ".join(done))


@SUITE.scenario("told.reading", "RSS-IND-005", chapter=CHAPTER, after=("GETENDPOINT.success",))
async def reading(dut: PacketDut) -> None:
    """Commands that only read, logins and logouts are told to nobody under their own names."""
    await watch(dut, "watcher")
    quiet_ones = (
        "GETENDPOINT",
        "GETDEVUSER",
        "GETGROUP",
        "GETMEMBER",
        "GETALLGROUP",
        "GETDEVINFO",
        "REFRESHSTATUS",
        "GETROOM",
        "GETSP",
    )
    for operation in quiet_ones * 2:
        await dut.command(operation, judged=False)
    made = await user(dut)
    await dut.login(link="comes", user=made["USERNAME"], password=made["PASSWORD"])
    await dut.log_out("comes")
    sentinel = await life(dut, "group")
    await once(dut, "watcher", sentinel, keep=True)
    names = {(part.name or "").strip().lower() for one in dut.news.get("watcher", ()) for part in one.parts}
    wrong = names & {one.lower() for one in (*quiet_ones, "LOGIN", "LOGOUT")}
    dut.check("none", not wrong, "RSS-IND-005", expected="no indication of a command that reads", got=", ".join(wrong))
