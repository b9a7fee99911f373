"""Scripts of packets: the same seed gives the same ones, they survive a file, and their headers follow their payloads."""

from __future__ import annotations

import pytest

from fuzz.rss2000.kit import KIT
from harness.errors import UsageError
from harness.fuzzing.build import rng_of
from harness.fuzzing.packet_build import PACKET_CATEGORIES, PacketBuilder
from harness.fuzzing.packet_guard import PacketGuard
from harness.fuzzing.packet_kit import Asked
from harness.fuzzing.packet_slots import CHANGES, PacketSlots
from harness.fuzzing.script import Slot, script_from_json, script_to_json
from harness.messages.packets import PacketBinding
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.target import Allow, Target

SYSTEM = load_system("rss2000")
TARGET = Target(
    system="rss2000", name="t", host="h", ports={"xml": 1}, credentials={"user": "Admin", "password": "secret"}, allow=Allow(write=True)
)  # fmt: skip
SESSION = "0b2f6d5c-1111-2222-3333444455556666"
SLOTS = PacketSlots(
    TARGET, "~~~~~~", lambda _name: SESSION, lambda what: f"<{what}>", lambda data: data, (b"<S v=", b"/>")
)


def test_the_same_seed_builds_the_same_scripts_of_every_category() -> None:
    one, other = (PacketBuilder(SYSTEM, TARGET, KIT) for _ in range(2))
    scripts = [one.script(rng_of(7, number)) for number in range(150)]
    assert scripts == [other.script(rng_of(7, number)) for number in range(150)]
    assert {script.name.partition(".")[0] for script in scripts} == set(PACKET_CATEGORIES)
    known = catalogue(SYSTEM)
    assert all(clause in known for script in scripts for clause in script.clauses)
    assert [script_from_json(script_to_json(script)) for script in scripts] == scripts


def test_a_target_that_may_not_be_written_gets_commands_that_read() -> None:
    builder = PacketBuilder(SYSTEM, Target(system="rss2000", name="t", host="h", ports={"xml": 1}), KIT)
    adds = [kind.add.lower().encode() for kind in KIT.kinds.values()]
    literals = [builder.script(rng_of(3, number)).literal for number in range(150)]
    assert not any(one in literal for literal in literals for one in adds)


def test_an_unknown_category_is_refused() -> None:
    with pytest.raises(UsageError, match="framing, xml, values"):
        PacketBuilder(SYSTEM, TARGET, KIT, ("paging",))


def test_headers_follow_what_they_hold() -> None:
    shown, sent = SLOTS.bytes_of((Slot("packet:+0"), b"abc", Slot("packet:-1"), b"de", Slot("packet:+0:4:7"), b""), ())
    assert shown == sent == b"\x03\x00\x00\x07abc" + b"\x03\x00\x00\x05de" + b"\x04\x07\x00\x04"


def test_slots_stand_for_what_only_the_device_knows() -> None:
    parts = (Slot("login:user"), Slot("login:password"), Slot("value:0:"), Slot("spelled:root"), Slot("session:own"))
    assert SLOTS.bytes_of(parts, ("a&b",))[0] == b"Admin~~~~~~a&amp;b<root>" + SESSION.encode()


@pytest.mark.parametrize("how", sorted(CHANGES))
def test_a_changed_session_leaves_as_another_and_is_seen_by_nobody(how: str) -> None:
    shown, sent = SLOTS.bytes_of((Slot("packet:+0"), Slot(f"session:own:{how}")), ())
    assert sent[4:] != SESSION.encode()
    assert len(shown) == len(sent)
    assert set(shown[4:]) == {ord("!")}


def asked(operation: str, **fields: str) -> Asked:
    return Asked(raw=b"", operation=operation, fields=tuple(fields.items()))


def test_the_guard_lets_pass_what_is_ours_only() -> None:
    assert SYSTEM.messages is not None
    guard = PacketGuard(PacketBinding(SYSTEM, SYSTEM.messages, TARGET), list(KIT.kinds.values()))
    ours, theirs = asked("DELGROUP", GROUPNAME="cw-0123abcd"), asked("DELGROUP", GROUPNAME="Group1")
    assert guard.objection([ours], b'xmlid="delgroup"') == ""
    assert guard.objection([theirs], b'xmlid="delgroup"')
    assert guard.objection([], b'xmlid="delgroup"')  # not whole, or no command that is certain
    assert guard.objection([ours, asked("")], b'xmlid="delgroup" xmlid="shutdown"')
    assert guard.objection([asked("GETGROUP")], b'xmlid="getgroup"') == ""
    assert guard.objection([asked("DELROOM", INDEX="3")], b'xmlid="delroom"')
    assert guard.objection([asked("DELROOM", INDEX="3")], b'xmlid="delroom"', {"3"}) == ""
    login = Asked(raw=b"", operation="LOGIN", outcomes=frozenset({"failure"}), fields=(("USERNAME", "Admin"),))
    assert "lock" in guard.objection([login], b'xmlid="login"')
    assert (
        PacketGuard(PacketBinding(SYSTEM, SYSTEM.messages, TARGET), [], guarded=False).objection([theirs], b"x") == ""
    )
