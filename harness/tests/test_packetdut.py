"""Flows of XML messages: logins, what comes in between, what is asked of a device, what is undone, what the permit sees."""

from __future__ import annotations

import pytest

from harness.messages.packets import PacketBinding
from harness.packetdut import PacketDut
from harness.packetview import MOST_INDICATIONS
from harness.spec.model import Effect
from harness.tests.packets_made import GUID, TARGET, confirm, indication, polite, run, syntax, system
from harness.wire.tpkt import encode, split
from harness.wire.xmlmessage import Document, Spelling, read_message


def names(sent: list[Document]) -> list[str]:
    return [one.elements[0].attributes["xmlid"] for one in sent]


def value(document: Document, field: str) -> str | None:
    return next((one.attributes["value"] for one in document.elements[0].fields if one.name == field), None)


def test_a_command_logs_in_first_and_carries_the_session() -> None:
    async def flow(dut: PacketDut) -> None:
        await dut.command("GETDEVINFO", judged=False)
        await dut.command("GETGK", judged=False)
        await dut.leave()

    dut, made, ended = run(flow, polite)
    assert (names(made.sent), ended) == (["login", "getdevinfo", "getgk", "logout"], "")
    assert value(made.sent[0], "SESSIONID") is None
    assert {value(one, "SESSIONID") for one in made.sent[1:]} == {dut.sessions["main"]}
    assert value(made.sent[0], "LANG") == "0"


def test_no_device_is_blamed_for_a_session_that_was_idle_for_too_long() -> None:
    def forgetful(document: Document, link: str) -> list[tuple[str, bytes]]:
        return polite(document, link) if names([document]) == ["login"] else [(link, confirm("getdevinfo", result="1"))]

    async def flow(dut: PacketDut, seconds: float) -> None:
        await dut.login()
        await dut.wait(seconds)
        dut.ok(await dut.command("GETDEVINFO", judged=False))

    assert "may have ended" in run(lambda dut: flow(dut, syntax().idle_s), forgetful)[2]
    assert "did not succeed" in run(lambda dut: flow(dut, syntax().idle_s / 2), forgetful)[2]


def test_each_connection_has_a_session_of_its_own() -> None:
    async def flow(dut: PacketDut) -> None:
        await dut.command("GETDEVINFO", link="one", judged=False)
        await dut.command("GETDEVINFO", link="two", judged=False)

    dut, made, _ = run(flow, polite)
    assert dut.sessions["one"] != dut.sessions["two"]
    assert names(made.sent) == ["login", "getdevinfo", "login", "getdevinfo"]


def test_indications_are_kept_for_who_asked_and_blamed_where_nobody_did() -> None:
    def talkative(document: Document, link: str) -> list[tuple[str, bytes]]:
        return [(link, indication("delroom", [("INDEX", "7")])), *polite(document, link)]

    async def flow(dut: PacketDut) -> None:
        await dut.login(link="watcher", indications=True)
        await dut.command("GETDEVINFO", link="watcher", judged=False)
        await dut.command("GETDEVINFO", link="other", judged=False)

    dut, _, _ = run(flow, talkative)
    assert len(dut.told("watcher", "DELROOM")) == 2
    wrong = [check for check in dut.checks if not check.passed]
    assert {check.clauses for check in wrong} == {("RSS-IND-002",)}
    assert all("other" in check.expected for check in wrong[1:])


def test_a_flood_of_indications_ends_the_case_as_a_finding() -> None:
    def flood(document: Document, link: str) -> list[tuple[str, bytes]]:
        if names([document]) == ["login"]:
            return polite(document, link)
        return [(link, indication("delroom", [("INDEX", "7")]))] * (MOST_INDICATIONS + 5)

    async def flow(dut: PacketDut) -> None:
        await dut.login(indications=True)
        await dut.command("GETDEVINFO", judged=False)

    dut, _, ended = run(flow, flood)
    assert "without end" in ended
    assert [check.clauses for check in dut.checks if check.id == "reply.comes" and not check.passed] == [
        ("RSS-TPK-007",)
    ]


def test_waiting_for_an_indication_ends_at_the_deadline() -> None:
    async def flow(dut: PacketDut) -> None:
        await dut.login(link="watcher", indications=True)
        assert await dut.wait_for("watcher", "DELROOM") == []

    assert run(flow, polite)[2] == ""


def test_what_was_added_is_noted_and_dropped_when_it_was_removed() -> None:
    async def flow(dut: PacketDut) -> None:
        await dut.command("ADDENDPOINT", {"SOURCENAME": "lab", "SOURCEIP": "10.0.0.1"}, judged=False)
        await dut.command("DELENDPOINT", {"SOURCENAME": "lab"}, judged=False)

    notes = [(note.what, note.operation, note.arguments) for note in run(flow, polite)[1].notes]
    assert ("add", "DELENDPOINT", ("SOURCENAME=lab",)) in notes
    assert ("drop", "DELENDPOINT", ("SOURCENAME=lab",)) in notes
    assert ("gone", "", ("SOURCENAME=lab",)) in notes


def test_the_index_of_a_new_room_is_looked_up_and_not_believed() -> None:
    """To remove another room than our own would be worse than to leave ours."""

    def rooms(document: Document, link: str) -> list[tuple[str, bytes]]:
        match names([document]):
            case ["addrroom"]:
                return [(link, confirm("addrroom", [("INDEX", "0")]))]
            case ["getroom"]:
                return [(link, confirm("getroom", [("INDEX", "5"), ("ROOM_ID", "clausewise room")]))]
        return polite(document, link)

    async def flow(dut: PacketDut) -> None:
        dut.spell("ADDROOM", "addrroom")
        packet = await dut.command("ADDROOM", {"ROOM_ID": "clausewise room", "RATE": "768"}, judged=False)
        assert dut.adopted[packet.step] == "5"

    notes = [(note.operation, note.arguments) for note in run(flow, rooms)[1].notes if note.what == "add"]
    assert notes == [("DELROOM", ("INDEX=5",))]


def test_either_answer_is_taken_and_tells_the_reading() -> None:
    def refusing(document: Document, link: str) -> list[tuple[str, bytes]]:
        name = names([document])[0]
        return polite(document, link) if name == "login" else [(link, confirm(name, result="1"))]

    async def flow(dut: PacketDut) -> None:
        dut.either(await dut.command("GETDEVINFO", judged=False), "RSS-AMB-030")

    for answers, reading in ((polite, "allowed"), (refusing, "refused")):
        dut, _, _ = run(flow, answers)
        assert dut.checks[-1].passed
        assert dut.checks[-1].readings == {"RSS-AMB-030": {reading}}


def test_what_only_should_be_is_no_failure() -> None:
    async def flow(dut: PacketDut) -> None:
        dut.check("one", False, "RSS-XML-012", expected="a", got="b")
        dut.check("two", False, "RSS-XML-012", "RSS-XML-002", expected="a", got="b")

    checks = run(flow, polite)[0].checks
    assert [check.severity.value for check in checks] == ["should", "must"]


# What bytes may do


def binding() -> PacketBinding:
    return PacketBinding(system(), syntax(), TARGET)


def command(operation: str, fields: list[tuple[str, str]], name: str | None = None, **more: bool) -> bytes:
    spelling = Spelling(**more)  # type: ignore[arg-type]  # by name
    return encode(binding().message(operation, fields, session=GUID, name=name, spelling=spelling))


@pytest.mark.parametrize(
    ("data", "effect"),
    [
        (command("GETENDPOINT", []), Effect.READ),
        (command("ADDENDPOINT", [("SOURCENAME", "x")]), Effect.WRITE),
        (command("ADDENDPOINT", [("SOURCENAME", "x")], "AddEndpoint"), Effect.WRITE),
        (command("SHUTDOWN", [("POWEROFF", "0")]), Effect.DESTRUCTIVE),
        (command("SETLDAP", [("LANG", "en"), ("USE_LDAP", "1")], "get_cfs"), Effect.DISRUPTIVE),
        (command("GETLDAP", [("LANG", "en")], "get_cfs"), Effect.READ),
        (command("GETENDPOINT", [("X", "shutdown")]), Effect.DESTRUCTIVE),
        (b"\x03\x00" + command("SETIP", [("INDEX", "0")]), Effect.DESTRUCTIVE),
        # what could not be taken back counts as what takes it back
        (command("STARTROOMRECORD", [("INDEX", "1024")]), Effect.DISRUPTIVE),
    ],
)
def test_the_permit_sees_the_strongest_command_that_any_device_could_see(data: bytes, effect: Effect) -> None:
    assert binding().effect(data)[0] is effect


def test_an_undo_is_complete_though_the_journal_knows_only_what_matters() -> None:
    _, data = binding().call("STOPROOMRECORD", ["INDEX=1024"])
    document = read_message(split(data)[0][0])
    assert (value(document, "INDEX"), value(document, "LANG")) == ("1024", "en")
