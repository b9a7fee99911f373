"""XML messages in packets through the proxy: reading commands, pairing answers past indications, packets made of others, and what is put back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.ending import Ending
from harness.messages.packets import PacketBinding
from harness.messages.registry import binding_for
from harness.messages.reply import Reply
from harness.mutation.conversation import Conversation
from harness.mutation.framing import parser_of, rules_of, unasked_of
from harness.mutation.ledger import PacketLedger, ledger_for
from harness.mutation.mutant import Behaviour, Exchange, Piece
from harness.mutation.packet_pretend import Pretending
from harness.mutation.packet_seen import Asked, Said, Seen
from harness.spec.load import load_system
from harness.wire.tpkt import HEADER_BYTES, encode
from harness.wire.xmlmessage import read_message

SYSTEM = load_system("rss2000")
_BINDING = binding_for(SYSTEM, "xml")
assert isinstance(_BINDING, PacketBinding)
BINDING: PacketBinding = _BINDING
PARSE = parser_of(BINDING)


def command(operation: str, session: str | None = "s1", *fields: tuple[str, str]) -> bytes:
    return encode(BINDING.message(operation, fields, session=session))


def told(kind: str, name: str, *fields: tuple[str, str]) -> bytes:
    inside = "".join(f'<{field} value="{value}" />' for field, value in fields)
    return encode(f'<DVCRMAGER version="1.0.0.0"><{kind} xmlid="{name}">{inside}</{kind}></DVCRMAGER>'.encode())


def confirm(name: str, *fields: tuple[str, str], result: str = "0") -> bytes:
    return told("CONFIRM", name, ("RESULT", result), *fields)


def exchange(asked: bytes, answered: bytes, connection: int = 1) -> Exchange:
    call = PARSE(asked)
    assert call is not None
    reply = BINDING.reply(call, answered, Ending.ANSWERED, -1)
    return Exchange(connection=connection, call=call, line=asked, reply=reply)


def seen(asked: bytes, answered: bytes) -> Seen:
    return Seen(SYSTEM, exchange(asked, answered), {}, {})


# reading


@pytest.mark.parametrize(
    ("data", "operation", "values"),
    [
        (command("GETGK"), "GETGK", ()),
        (command("GETDEVINFO", None), "GETDEVINFO", ()),
        (command("DELDEVUSER", "s1", ("USERNAME", "a=b")), "DELDEVUSER", ("USERNAME=a=b",)),
        (command("SETLDAP", "s1", ("LDAP_SERVER", "x")).replace(b"setldap", b"get_cfs"), "SETLDAP", ("LDAP_SERVER=x",)),
        (encode(b"<DVCRMAGER"), "", ()),
        (encode(b""), "", ()),
        (command("GETGK").replace(b"getgk", b"nosuc"), "", ()),
    ],
)
def test_commands_are_read_by_names_and_fields_without_the_session(
    data: bytes, operation: str, values: tuple[str, ...]
) -> None:
    call = PARSE(data)
    assert call is not None
    assert (operation, values) == (call.operation, call.values)


def test_the_session_of_a_command_is_known() -> None:
    assert "s1" == Asked(SYSTEM, command("GETGK"), {}, {}).session
    assert "" == Asked(SYSTEM, command("GETGK", ""), {}, {}).session
    assert None is Asked(SYSTEM, command("GETGK", None), {}, {}).session


def test_indications_answer_nothing() -> None:
    pushed = unasked_of(BINDING)
    assert pushed(told("INDICATION", "addgroup"))
    assert not pushed(confirm("addgroup"))
    assert not pushed(encode(b"<DVCRMAGER/>"))


class _Recorder(Behaviour):
    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def reply(self, exchange: Exchange) -> Sequence[Piece] | None:
        self.seen.append((exchange.call.operation, bool(exchange.line)))
        return None


def test_answers_are_paired_past_indications() -> None:
    behaviour = _Recorder()
    witnessed: list[Reply] = []
    conversation = Conversation(1, BINDING, PARSE, behaviour, lambda: False, witnessed.append)
    conversation.from_client(command("GETGK") + command("GETLANG"))
    answers = told("INDICATION", "addgroup") + confirm("getgk") + told("INDICATION", "delgroup") + confirm("getlang")
    pieces = conversation.from_device(answers)
    assert answers == b"".join(piece.data for piece in pieces)
    assert [("", False), ("GETGK", True), ("", False), ("GETLANG", True)] == behaviour.seen
    assert ["", "GETGK", "", "GETLANG"] == [one.call.operation for one in witnessed]
    assert 0 == conversation.changes


def test_the_rules_of_the_protocol_may_be_broken_by_any_packet() -> None:
    assert {"RSS-TPK-004", "RSS-TPK-007", "RSS-XML-007"} <= rules_of(SYSTEM)
    assert "RSS-SES-003" not in rules_of(SYSTEM)  # its cases say so


# packets made of others


def values(packet: bytes, name: str) -> list[str]:
    document = read_message(packet[HEADER_BYTES:])
    return [field.attributes["value"] for one in document.elements for field in one.fields if field.name == name]


def made(said: Said) -> bytes:
    assert isinstance(said, bytes)
    return said


def test_a_value_is_put_in_the_place_of_another_and_lists_are_spread() -> None:
    found = seen(command("GETGK"), confirm("getgk", ("GKIP", "10.0.0.1"), ("E164", "7")))
    assert ["10.0.0.2"] == values(made(found.setting(GKIP="10.0.0.2")), "GKIP")
    assert [] == values(made(found.setting(GKIP=None)), "GKIP")
    one = found.set(found.elements[0], E164=["1", "2"])
    assert ["RESULT", "GKIP", "E164", "E164"] == [field.name for field in one.fields]
    assert found.setting(GKIP="10.0.0.1") is None


def test_a_failure_becomes_a_success_and_the_other_way_round() -> None:
    failed = seen(command("GETGK"), confirm("getgk", ("DESCRIPTION", "no"), result="1"))
    assert (failed.is_refused("GETGK"), failed.ok) == (True, False)
    accepted = made(failed.accepted(GKPORT="1719"))
    assert (["0"], ["1719"], []) == (
        values(accepted, "RESULT"),
        values(accepted, "GKPORT"),
        values(accepted, "DESCRIPTION"),
    )
    fine = seen(command("GETGK"), confirm("getgk", ("GKPORT", "1719")))
    assert ["1"] == values(fine.refused(), "RESULT")
    assert "GETGK" == seen(command("GETGK"), fine.refused()).operation


def test_an_indication_is_known_by_its_name() -> None:
    found = Seen(SYSTEM, exchange(b"", told("INDICATION", "addgroup", ("GROUPNAME", "a"))), {}, {})
    assert (True, False, "a") == (found.is_told("ADDGROUP"), found.ok, found.value("GROUPNAME"))


def test_a_command_is_asked_with_other_fields_and_another_session() -> None:
    asked = Asked(SYSTEM, command("DELDEVUSER", "s1", ("USERNAME", "a")), {}, {})
    again = Asked(SYSTEM, asked.asking({"USERNAME": "b"}, session="s2"), {}, {})
    assert ("s2", [("USERNAME", "b")]) == (again.session, again.sent)
    assert None is Asked(SYSTEM, asked.asking({}, session=None), {}, {}).session
    assert [] == Asked(SYSTEM, asked.asking({"USERNAME": None}), {}, {}).sent


def test_a_pretended_device_knows_which_sessions_there_are() -> None:
    met: list[tuple[list[str], list[str]]] = []

    def look(found: Seen) -> None:
        met.append((found.live, found.ended))

    device = Pretending(SYSTEM, look)
    device.reply(exchange(command("LOGIN", None), confirm("login", ("PRIVILEGE", "0"), ("SESSIONID", "a1"))))
    device.reply(exchange(command("LOGIN", None), confirm("login", ("PRIVILEGE", "0"), ("SESSIONID", "a2"))))
    device.reply(exchange(command("LOGOUT", "a1"), confirm("logout")))
    assert [(["a1"], []), (["a1", "a2"], []), (["a2"], ["a1"])] == met


# what is put back


def reply(asked: bytes, answered: bytes) -> Reply:
    return exchange(asked, answered).reply


def test_what_a_device_has_made_is_removed_and_what_was_removed_is_forgotten() -> None:
    ledger = ledger_for(SYSTEM, BINDING)
    ledger.see(reply(command("ADDDEVUSER", "s1", ("USERNAME", "a")), confirm("adddevuser")))
    ledger.see(reply(command("ADDDEVUSER", "s1", ("USERNAME", "b")), confirm("adddevuser")))
    ledger.see(reply(command("ADDDEVUSER", "s1", ("USERNAME", "c")), confirm("adddevuser", result="1")))
    ledger.see(reply(command("DELDEVUSER", "s1", ("USERNAME", "a")), confirm("deldevuser")))
    assert [("DELDEVUSER", ("USERNAME=b",))] == [(one.operation, one.arguments) for one in ledger.journal.entries]


def test_a_setting_is_put_back_only_where_it_is_another_one() -> None:
    ledger = ledger_for(SYSTEM, BINDING)
    was = confirm("getlang", ("LANG", "0"))
    ledger.see(reply(command("GETLANG"), was))
    ledger.see(reply(command("SETLANG", "s1", ("LANG", "1")), confirm("setlang", ("LANG", "1"))))
    ledger.see(reply(command("GETLANG"), confirm("getlang", ("LANG", "1"))))
    ledger.restore()
    assert [("SETLANG", ("LANG=0",))] == [(one.operation, one.arguments) for one in ledger.journal.entries]
    ledger.journal.entries.clear()
    ledger.see(reply(command("SETLANG", "s1", ("LANG", "1")), confirm("setlang", ("LANG", "1"))))
    ledger.see(reply(command("SETLANG", "s1", ("LANG", "0")), confirm("setlang", ("LANG", "0"))))
    ledger.restore()
    assert [] == ledger.journal.entries


def test_an_object_whose_key_the_device_chooses_is_looked_up() -> None:
    ledger = ledger_for(SYSTEM, BINDING)
    assert isinstance(ledger, PacketLedger)
    ledger.see(reply(command("ADDROOM", "s1", ("ROOM_ID", "mine")), confirm("addroom", ("INDEX", "9"))))
    ledger.see(reply(command("ADDROOM", "s1", ("ROOM_ID", "other")), confirm("addroom", ("INDEX", "10"))))
    ledger.see(reply(command("DELROOM", "s1", ("INDEX", "10")), confirm("delroom", ("INDEX", "10"))))
    ((record, fields),) = ledger.strays
    assert {"ROOM_ID": "mine"} == ledger.own(fields, record)
    assert [] == ledger.strays
