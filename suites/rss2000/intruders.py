"""Changes without a valid session: none of them is made."""

from __future__ import annotations

from harness.messages.packetreply import spelled
from harness.packetdut import PacketDut
from harness.packetsample import add_record, as_it_is, other_value, read_setting
from suites.rss2000 import SUITE
from suites.rss2000.access import ask, logged_out, other_session

CHAPTER = "Sessions"


@SUITE.scenario("session.nothing-done", "RSS-SES-003", "RSS-SES-004", "RSS-SES-008", "RSS-XML-013", chapter=CHAPTER,
                after=("ADDENDPOINT.success", "DELENDPOINT.success", "GETENDPOINT.success"))  # fmt: skip
async def nothing_done(dut: PacketDut) -> None:
    """A change without a valid session is not made: nothing is added, changed or removed."""
    made = await add_record(dut, "endpoint")
    name, added = made["SOURCENAME"], dut.unique("clausewise never")
    gone = await dut.login(link="gone")
    await logged_out(dut, "gone")
    before = await _endpoint(dut, name)
    for number, session in enumerate((None, "", other_session(dut.sessions["main"]), gone)):
        fields = {"SOURCENAME": added, "SOURCEIP": "10.7.7.7", "E164": "", "H323": "", "FLAG": "0"}
        clause = ("RSS-SES-003", "RSS-SES-003", "RSS-SES-004", "RSS-SES-008")[number]
        for operation, changed in (
            ("MODENDPOINT", {**fields, "SOURCENAME": name, "H323": "clausewise"}),
            ("DELENDPOINT", {"SOURCENAME": name}),
            ("ADDENDPOINT", fields),
        ):
            packet = await ask(dut, operation, changed, link=f"{operation}-{number}", session=session)
            dut.refused(packet, clause)
        after = await _endpoint(dut, name)
        same = sorted(after) == sorted(before)
        dut.check("unchanged", same, "RSS-XML-013", clause, expected=str(before), got="" if same else str(after))
        got = await _endpoint(dut, added)
        dut.check("not-added", not got, "RSS-XML-013", clause, expected=f"no endpoint {added}", got=str(got or ""))


async def _endpoint(dut: PacketDut, name: str) -> list[tuple[str, str]]:
    """What the list says of an endpoint."""
    packet = await dut.setup("GETENDPOINT")
    message = dut.model.operations["GETENDPOINT"].confirm
    known = message.fields if message is not None else {}
    for part in packet.listed():
        if part.get("SOURCENAME") == name:
            return [(one, value) for one, field in known.items() for value in part.all(*spelled(field.names, one))]
    return []


def _register_setting(command: str, field: str) -> None:
    @SUITE.scenario(
        f"session.nothing-set.{command}",
        "RSS-SES-003",
        "RSS-SES-004",
        "RSS-XML-013",
        chapter=CHAPTER,
        after=(f"{command}.success",),
    )
    async def nothing_set(dut: PacketDut) -> None:
        """A setting without a valid session fails, and is as it was."""
        setting = next(one for one in dut.model.settings.values() if one.set == command)
        now = await as_it_is(dut, setting)
        old = dict(now).get(field, "")
        new = other_value(dut.model.types[dut.model.operations[command].parameters[field].type], old)
        given = [(name, new if name == field else value) for name, value in now]
        for number, session in enumerate((None, other_session(dut.sessions["main"]), "")):
            clause = "RSS-SES-004" if session else "RSS-SES-003"
            dut.refused(await ask(dut, command, dict(given), link=f"no-{number}", session=session), clause)
            after = dict(await read_setting(dut, setting)).get(field, "")
            dut.check("unchanged", after != new, "RSS-XML-013", clause, expected=f"{field} {old}", got=after)


for _command, _field in (("SETLANG", "LANG"), ("SETGK", "GKPORT")):
    _register_setting(_command, _field)
