"""The independent reading of packets and commands: what is certain is what the document shows, all else is open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.rss2000.grammar import Grammar
from fuzz.rss2000.reading import is_safe, packets, tree
from harness.fuzzing.packet_kit import ANSWERED, ANY, DONE, NOT_DONE, Facts
from harness.spec.load import load_system
from harness.target import Target

SYSTEM = load_system("rss2000")
GRAMMAR = Grammar(SYSTEM, Target(system="rss2000", name="t", host="h", ports={"xml": 1}))
SESSION = "0b2f6d5c-1111-2222-3333444455556666"


def facts() -> Facts:
    return Facts(root="DVCRMAGER", sessions={SESSION: ""}, user="Admin", password="~~~~", logins={""}, ended={"gone"})


def packed(payload: str) -> bytes:
    data = payload.encode()
    return b"\x03\x00" + (len(data) + 4).to_bytes(2, "big") + data


def command(name: str, fields: str, root: str = "DVCRMAGER", attributes: str = ' version="1.0.0.0"') -> bytes:
    return packed(f'<{root}{attributes}><COMMAND xmlid="{name}">{fields}</COMMAND></{root}>')


def session(value: str = SESSION) -> str:
    return f'<SESSIONID value="{value}"/>'


def test_a_documented_command_is_certain() -> None:
    asked = GRAMMAR.read(command("getdevinfo", session()), facts(), "")
    assert (asked.operation, asked.outcomes, asked.certain) == ("GETDEVINFO", DONE, True)


def test_the_values_of_a_change_must_come_back_if_nothing_speaks_against_it() -> None:
    fields = '<GROUPNAME value="cw-00000000"/><DESCRIPTION value=" a&amp;b"/>'
    asked = GRAMMAR.read(command("addgroup", session() + fields), facts(), "")
    assert asked.outcomes == ANSWERED
    assert asked.fields == (("GROUPNAME", "cw-00000000"), ("DESCRIPTION", " a&b"))
    assert asked.echoed == (("GROUPNAME", "cw-00000000"),)  # blanks at the ends may be taken off (RSS-AMB-044)


@pytest.mark.parametrize(
    ("given_session", "clause"),
    [
        ("", "RSS-SES-003"),
        (session(""), "RSS-SES-003"),
        (session("gone"), "RSS-SES-008"),
        (session("never"), "RSS-SES-004"),
    ],
)
def test_without_a_session_it_must_not_succeed(given_session: str, clause: str) -> None:
    asked = GRAMMAR.read(command("getdevinfo", given_session), facts(), "")
    assert (asked.outcomes, asked.clauses) == (NOT_DONE, (clause,))


@pytest.mark.parametrize(
    "packet",
    [
        command("getdevinfo", session(), root="DVCRMANAGER"),
        command("getdevinfo", session(), attributes=""),
        command("GetDevInfo", session()),
        command("getnothing", session()),
        command("getdevinfo", session() + '<X value="1"/>'),
        command("getdevinfo", session() + session()),
        command("getdevinfo", "<!-- -->" + session()),
        command("getdevinfo", session(SESSION.upper())),
        command("addgroup", session() + '<DESCRIPTION value="a"/>'),
        command("addgroup", session() + '<DESCRIPTION value="a"/><GROUPNAME value="b"/>'),
        command("get_cfs", session() + '<LANG value="en"/>'),
        packed("no xml"),
        packed("<!DOCTYPE x><DVCRMAGER/>"),
        b"\x03\x00\x00\x04",
    ],
)
def test_what_the_document_does_not_show_is_open(packet: bytes) -> None:
    asked = GRAMMAR.read(packet, facts(), "")
    assert asked.outcomes == ANY
    assert not asked.certain


def test_a_session_is_certain_on_its_own_connection_only() -> None:
    assert not GRAMMAR.read(command("getdevinfo", session()), facts(), "x").certain


def test_logins() -> None:
    def read(user: str, password: str, link: str) -> frozenset[str]:
        fields = f'<USERNAME value="{user}"/><PASSWORD value="{password}"/><LANG value="0"/><INDICATION value="0"/>'
        return GRAMMAR.read(command("login", fields), facts(), link).outcomes

    assert read("Admin", "~~~~", "x") == DONE
    assert read("cw-00000000nobody", "~~~~", "x") == NOT_DONE
    assert (
        read("Admin", "wrong", "x") == ANY
    )  # what a wrong password does is for the suite; here it might lock the account
    assert read("Admin", "~~~~", "") == ANY  # the second login of a connection


@given(st.lists(st.binary(max_size=40), max_size=5), st.binary(max_size=3))
def test_packets_are_found_as_they_were_written(payloads: list[bytes], rest: bytes) -> None:
    data = b"".join(b"\x03\x00" + (len(one) + 4).to_bytes(2, "big") + one for one in payloads)
    found, left, _ = packets(data + rest[:1].replace(b"\x03", b""))
    assert [one[4:] for one in found] == payloads
    assert left == rest[:1].replace(b"\x03", b"")


@given(st.binary(max_size=200))
def test_nothing_raises(data: bytes) -> None:
    found, rest, _ = packets(data)
    assert b"".join(found) + rest == data
    asked = GRAMMAR.read(data, facts(), "")
    assert asked.outcomes <= ANY
    tree(data)


def test_safe_texts() -> None:
    assert all(map(is_safe, ("", "a b", "äß日😀", "<&>\"'")))
    assert not any(map(is_safe, (" a", "a ", "a\tb", "a\nb", "x" * 65, "a\u200db", "\ufeff")))
