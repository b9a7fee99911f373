"""The mutants of XML messages: each breaks its clause on an answer that was right, and harmless ones break nothing."""

from __future__ import annotations

import pytest

from harness.checks.packets import indication_checks, reply_checks
from harness.ending import Ending
from harness.messages.packetreply import Fields
from harness.mutation.catalogue import mutants_of
from harness.mutation.mutant import Behaviour, Exchange, Mutant
from harness.spec.clauses import catalogue
from harness.spec.model import Level
from harness.tests.test_mutation_packet import BINDING, SYSTEM, command, confirm, exchange, told
from harness.verdict import Severity
from harness.wire.tpkt import split

MUTANTS = {mutant.id: mutant for mutant in mutants_of(SYSTEM)}
CLAUSES = catalogue(SYSTEM)
GUID = "9a12fdd4-45ee-4de9-9caedbb1e6ae6f06"
SENT: Fields = (("USERNAME", "ann"), ("FULLNAME", "Ann"), ("EMAIL", "a@b"), ("PASSWORD", "x"), ("PRIVILEGE", "1"))
ADDED = (("USERID", GUID), *SENT, ("OPTIONS", ""))
GK = (
    ("USEGK", "1"),
    ("GKIP", "10.0.0.1"),
    ("GKSTATUS", "Registered"),
    ("GKCOLOR", "1"),
    ("GKPORT", "1719"),
    ("E164", "7"),
    ("H323", "x"),
)


def broken(mutant: Mutant, one: Exchange, operation: str, sent: Fields) -> set[str]:
    """The clauses of the broken checks of the first packet that comes."""
    said = mutant.make().reply(one)
    raw = one.raw if said is None else b"".join(piece.data for piece in said)
    whole = bool(split(raw)[0])
    ending = Ending.ANSWERED if whole and not split(raw)[1] else Ending.SILENT if len(raw) < 5 else Ending.FLOODED
    packet = BINDING.packet(raw, ending, 0, operation=operation, sent=sent)
    checks = (
        list(reply_checks(SYSTEM, packet)) if one.line else list(indication_checks(SYSTEM, operation, packet, sent))
    )
    return {
        clause
        for check in checks
        if not check.passed and check.severity is not Severity.READING
        for clause in check.clauses
    }


ANSWER = exchange(command("GETGK"), confirm("getgk", *GK))
ADDING = exchange(command("ADDDEVUSER", "s1", *SENT), confirm("adddevuser", *ADDED))
TOLD = Exchange(
    connection=1, call=ADDING.call, line=b"", reply=exchange(b"", told("INDICATION", "adddevuser", *ADDED)).reply
)


@pytest.mark.parametrize(
    ("start", "one", "operation", "sent"),
    [
        ("RSS-GETGK.confirm.", ANSWER, "GETGK", ()),
        ("RSS-ADDDEVUSER.confirm.", ADDING, "ADDDEVUSER", SENT),
        ("RSS-ADDDEVUSER.indication.", TOLD, "ADDDEVUSER", SENT),
    ],
)
def test_a_spoilt_field_breaks_the_clause_of_its_mutant(
    start: str, one: Exchange, operation: str, sent: Fields
) -> None:
    # what is only compared with the confirm is none of its own message
    wanted = [
        mutant for name, mutant in MUTANTS.items() if name.startswith(start) and not name.endswith("OPTIONS:other")
    ]
    assert len(wanted) >= 10
    assert set() == broken(
        Mutant(id="", clause="", operator=wanted[0].operator, about="", make=_same), one, operation, sent
    )
    assert [] == [mutant.id for mutant in wanted if mutant.clause not in broken(mutant, one, operation, sent)]


def _same() -> Behaviour:
    return MUTANTS["RSS-GETLANG:refused"].make()


def test_rules_are_broken_by_any_answer() -> None:
    needs_more = (
        "later",
        "failed-missing",
        "parts",
        "none",
        "late",
        "closed",
        "twice",
        "one-fails",
        "line-feed",
        "halves",
    )
    rules = [
        mutant
        for name, mutant in MUTANTS.items()
        if mutant.clause.startswith(("RSS-TPK", "RSS-XML")) and not mutant.harmless and not name.endswith(needs_more)
        and mutant.clause in ("RSS-XML-002", "RSS-XML-003", "RSS-XML-004", "RSS-XML-005", "RSS-XML-006", "RSS-XML-007", "RSS-XML-008", "RSS-XML-012")
    ]  # fmt: skip
    assert len(rules) > 30
    assert [] == [mutant.id for mutant in rules if mutant.clause not in broken(mutant, ANSWER, "GETGK", ())]


def test_harmless_mutants_break_nothing() -> None:
    harmless = [mutant for mutant in MUTANTS.values() if mutant.harmless]
    assert len(harmless) > 12
    assert {} == {mutant.id: found for mutant in harmless if (found := broken(mutant, ANSWER, "GETGK", ()))}


def test_no_mutant_breaks_what_only_may_be_and_most_clauses_have_one() -> None:
    assert set() == {one.id for one in MUTANTS.values() if CLAUSES[one.clause].level is Level.MAY}
    bare = {name for name, entry in CLAUSES.items() if entry.level is not Level.MAY and not entry.untested}
    assert len(bare - {one.clause for one in MUTANTS.values()}) < 8


def test_all_operators_but_few_are_used() -> None:
    assert len({one.operator for one in MUTANTS.values()}) > 11


@pytest.mark.parametrize(
    ("name", "one", "result"),
    [
        ("RSS-GETGK:refused", ANSWER, "1"),
        ("RSS-SES-003:GETGK.no-session", exchange(command("GETGK", None), confirm("getgk", result="1")), "0"),
        ("RSS-SES-003:GETGK.blank-session", exchange(command("GETGK", ""), confirm("getgk", result="1")), "0"),
        ("RSS-SES-004:GETGK.unknown-session", exchange(command("GETGK", "zz"), confirm("getgk", result="1")), "0"),
    ],
)
def test_commands_are_taken_and_refused_wrongly(name: str, one: Exchange, result: str) -> None:
    if name not in MUTANTS:  # of the sessions each command has some
        pytest.skip(name)
    said = MUTANTS[name].make().reply(one)
    assert said is not None
    packet = BINDING.packet(said[0].data, Ending.ANSWERED, 0, operation="GETGK")
    assert result == packet.first.get("RESULT")


@pytest.mark.parametrize(
    ("allowed", "breach"),
    [
        # Of settings that need each other one value may be refused, but not each (RSS-AMB-117).
        ("RSS-SETOS.NTP:refused-1", "RSS-SETOS.NTP:refused"),
        # What needs no session may look at none (RSS-AMB-105).
        ("RSS-SES-008:GETMULTICAST.after-logout", "RSS-SES-008:GETGK.after-logout"),
        # A room may keep its name when another one is sent (RSS-AMB-082).
        ("RSS-MODROOM.ROOM_ID:room.stale", "RSS-MODROOM.RATE:room.stale"),
        # That GETIP tells what SETIP has set is no more than a wish.
        ("RSS-SETIP.DEVIP:not-kept", "RSS-SETGK.GKIP:not-kept"),
        # A group may be taken under a name in use, as long as there are not two of it (RSS-AMB-070).
        ("RSS-GRP-001:used-taken.ADDGROUP", "RSS-GRP-001:group.two.ADDGROUP"),
    ],
)
def test_what_a_reading_allows_is_no_mutant_and_its_breach_is(allowed: str, breach: str) -> None:
    assert (False, True) == (allowed in MUTANTS, breach in MUTANTS)


@pytest.mark.parametrize("name", ["RSS-GETLDAP:refused", "RSS-GETLDAP.LANG:refused-en"])
def test_a_command_is_refused_under_the_name_that_it_shares(name: str) -> None:
    """One that goes by that name alone would conform."""
    fields = (("USE_LDAP", "0"), ("LDAP_SERVER", ""), ("LDAP_USER", ""), ("LDAP_PASSWORD", ""))
    asked = command("GETLDAP", "s1", ("LANG", "en"))
    for sent in (asked, asked.replace(b"getldap", b"get_cfs")):
        said = MUTANTS[name].make().reply(exchange(sent, confirm("getldap", *fields)))
        assert said is not None
        assert "1" == BINDING.packet(said[0].data, Ending.ANSWERED, 0, operation="GETLDAP").first.get("RESULT")
    other = command("GETCFSINFO", "s1", ("LANG", "en"))
    assert MUTANTS[name].make().reply(exchange(other, confirm("get_cfs", ("SERIAL", "7")))) is None


def test_two_of_a_name_are_listed_once_the_second_is_taken() -> None:
    behaviour = MUTANTS["RSS-ACC-002:user.two.ADDDEVUSER"].make()
    listed = exchange(command("GETDEVUSER"), confirm("getdevuser", *ADDED))
    assert behaviour.reply(ADDING) is None
    assert behaviour.reply(listed) is None
    taken = behaviour.reply(exchange(ADDING.line, confirm("adddevuser", ("DESCRIPTION", "It is in use"), result="1")))
    assert taken is not None
    assert b'RESULT value="0"' in taken[0].data
    twice = behaviour.reply(listed)
    assert twice is not None
    assert 2 == twice[0].data.count(GUID.encode())
