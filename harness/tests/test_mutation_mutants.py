"""The mutants of a spec: each breaks a clause that there is, and says exactly what its name promises."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from harness.ending import Ending
from harness.errors import UsageError
from harness.messages.lines import LineBinding
from harness.mutation.catalogue import mutants_of, sample_of, select_mutants
from harness.mutation.framing import line_parser
from harness.mutation.mutant import Exchange, Mutant, Operator, Piece
from harness.spec.clauses import catalogue
from harness.spec.model import Level
from harness.tests.devices import hmp

ID = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"


@lru_cache(maxsize=1)
def known() -> dict[str, Mutant]:
    return {mutant.id: mutant for mutant in mutants_of(hmp())}


def exchange(asked: str, told: str, connection: int = 1) -> Exchange:
    system = hmp()
    assert system.lines is not None
    binding = LineBinding(system, system.lines)
    call = line_parser(binding.quoting)(asked.encode() + b"\n")
    assert call is not None
    reply = binding.reply(call, told.encode() + b"\n", Ending.ANSWERED, -1)
    return Exchange(connection=connection, call=call, line=asked.encode() + b"\n", reply=reply)


def said(mutant: str, *talk: tuple[str, str]) -> list[bytes | None]:
    """What the client gets for each exchange; None: the true reply."""
    behaviour = known()[mutant].make()
    told = [behaviour.reply(exchange(*one)) for one in talk]
    return [None if pieces is None else b"".join(piece.data for piece in pieces) for pieces in told]


def test_every_clause_that_a_device_can_break_has_a_mutant() -> None:
    """Those that only permit, and those that a spec gives up on with a reason, have none to have."""
    broken = {mutant.clause for mutant in known().values() if not mutant.harmless}
    assert [] == [
        name
        for name, entry in catalogue(hmp()).items()
        if name not in broken and entry.level is not Level.MAY and not entry.untested
    ]


def test_ids_name_the_clause_and_stay_the_same() -> None:
    first, second = mutants_of(hmp()), mutants_of(hmp())
    assert [mutant.id for mutant in first] == [mutant.id for mutant in second]
    assert [] == [mutant.id for mutant in first if not mutant.id.startswith(mutant.clause)]
    assert not [name for name, count in Counter(mutant.id for mutant in first).items() if count > 1]


def test_every_operator_is_used() -> None:
    assert set(Operator) == {mutant.operator for mutant in known().values()}


def test_a_new_behaviour_remembers_nothing_of_another_trial() -> None:
    mutant = known()["HMP-SES-002:found-by-setLiveSession"]
    one, other = mutant.make(), mutant.make()
    for made in (("createSession x", f"OK|{ID}"), (f"deleteSession {ID}", "OK")):
        one.reply(exchange(*made))
    gone = exchange(f"setLiveSession {ID} true", "ERROR|040006|Session not found")
    assert (True, None) == (one.reply(gone) is not None, other.reply(gone))


UNKNOWN = "ERROR|040006|Session not found"
NO_UUID = "ERROR|010001|'x' is not a UUID"


@pytest.mark.parametrize(
    ("mutant", "asked", "told", "expected"),
    [
        ("HMP-setLiveSession:refused", f"setLiveSession {ID} true", "OK", b"ERROR|040006|Session not found\n"),
        ("HMP-setLiveSession:value", f"setLiveSession {ID} true", "OK", b"OK|1\n"),
        ("HMP-setLiveSession:refused", f"deleteSession {ID}", "OK", None),
        ("HMP-createSession.result:missing", "createSession x", f"OK|{ID}", b"OK\n"),
        ("HMP-createSession.result:number", "createSession x", f"OK {ID}", b"OK 12345\n"),
        ("HMP-createSession.result:run-on", "createSession x", f"OK|{ID}", f"OK|{ID}0\n".encode()),
        ("HMP-setLiveSession.arity:missing-taken", "setLiveSession", "ERROR|010003|Expected 2 parameter(s). Got 0 parameter(s)", b"OK\n"),
        ("HMP-setLiveSession.arity:surplus-taken", "setLiveSession", "ERROR|010003|Expected 2 parameter(s). Got 0 parameter(s)", None),
        ("HMP-setLiveSession.sessionId.unknown:taken", f"setLiveSession {ID} true", UNKNOWN, b"OK\n"),
        ("HMP-setLiveSession.sessionId.type:takes-too-short", f"setLiveSession {ID[:-1]} true", f"ERROR|010001|'{ID[:-1]}' is not a uuid", b"OK\n"),
        ("HMP-setLiveSession.sessionId.type:takes-too-long", "setLiveSession x true", NO_UUID, None),
        ("HMP-setLiveSession.active:refuses-false", f"setLiveSession {ID} false", "OK", b"ERROR|010001|'false' is not a boolean\n"),
        ("HMP-setLiveSession.active:refuses-false", f"setLiveSession {ID} true", "OK", None),
        ("HMP-setLiveSession.error.session-not-found:other-code", f"setLiveSession {ID} true", UNKNOWN, b"ERROR|010003|Session not found\n"),
        ("HMP-setLiveSession.error.session-not-found:full-stop", f"setLiveSession {ID} true", UNKNOWN, b"ERROR|040006|Session not found.\n"),
        ("HMP-createSession.sessionTitle.not-empty:taken", 'createSession ""', "ERROR|010001|Session name must be at least 1 character",
         b"OK|5eed5eed-5eed-45ee-85ee-5eed5eed5eed\n"),
        ("HMP-CAT-002.setCategory:taken-far-apart", f"setCategory {ID} {ID} a b a", "ERROR|010001|Please verify that values are unique", b"OK\n"),
        ("HMP-CAT-002.setCategory:taken-far-apart", f"setCategory {ID} {ID} a a b", "ERROR|010001|Please verify that values are unique", None),
        ("HMP-SES-004.deleteSession:recording-taken", f"deleteSession {ID}", "ERROR|060003|Recording currently in progress", b"OK\n"),
        ("HMP-SYN-002:crlf-errors", "x", "ERROR|000002|Command not found", b"ERROR|000002|Command not found\r\n"),
        ("HMP-SYN-004:cut-characters", "x", "ERROR|010001|'é' is not a UUID", b"ERROR|010001|'\xc3' is not a UUID\n"),
        ("HMP-EXE-002:lost-every-error", "x", "ERROR|000002|Command not found", b""),
        ("HMP-EXE-002:doubled-every-error", "x", "ERROR|000002|Command not found", b"ERROR|000002|Command not found\n" * 2),
        ("HMP-RSP-001:lower-case", f"deleteSession {ID}", "OK", b"ok\n"),
        ("HMP-RSP-002:colon", "createSession x", "OK | 1", b"OK:1\n"),
        ("HMP-RSP-003:text-first", "x", "ERROR|000002|Command not found", b"ERROR|Command not found|000002\n"),
        ("HMP-RSP-004:five-digits", "x", "ERROR|000002|Command not found", b"ERROR|00002|Command not found\n"),
        ("HMP-RSP-006:lower-case", "deleteSession ABC", "ERROR 010001 'ABC' is not a UUID", b"ERROR 010001 'abc' is not a UUID\n"),
        ("HMP-RSP-007:got-one-more", "createSession a b", "ERROR|010003|Expected 1 parameter(s). Got 2 parameter(s)",
         b"ERROR|010003|Expected 1 parameter(s). Got 3 parameter(s)\n"),
        ("HMP-EXE-004:other-error", "x", "ERROR|000002|Command not found", b"ERROR|000001|Syntax Error\n"),
    ],
)  # fmt: skip
def test_what_is_said_instead(mutant: str, asked: str, told: str, expected: bytes | None) -> None:
    assert [expected] == said(mutant, (asked, told))


def test_a_stale_message_repeats_the_first_value_of_its_connection() -> None:
    talk = [
        ("deleteSession a", "ERROR|010001|'a' is not a uuid"),
        ("deleteSession b", "ERROR|010001|'b' is not a uuid"),
    ]
    assert [None, b"ERROR|010001|'a' is not a uuid\n"] == said("HMP-RSP-006:first-again", *talk)


def test_a_refusal_is_forgotten_once_it_was_given() -> None:
    first, second = (f"setLiveSession {ID} true", UNKNOWN), (f"setLiveSession {ID} false", UNKNOWN)
    told = said("HMP-setLiveSession.error.session-not-found:forgotten", first, second, first)
    assert [None, None, b"OK\n"] == told


def test_what_may_be_taken_in_its_state_is_no_refusal_to_remember() -> None:
    """HMP-AMB-018: a paused recording may take a HotMark, so taking it the second time breaks nothing."""
    assert "HMP-addHotmark.error.hotmark-exists:forgotten" in known()
    assert "HMP-addHotmark.error.not-active:forgotten" not in known()


def test_every_tenth_reply_is_lost() -> None:
    assert [None] * 9 + [b""] == said("HMP-EXE-002:lost-every-tenth", *[("x", "OK")] * 10)


def test_of_two_replies_under_way_the_later_goes_first() -> None:
    behaviour = known()["HMP-EXE-001:swapped"].make()
    behaviour.received(1, b"a\nb\n")
    first, second = (behaviour.reply(exchange(*one)) for one in (("a", "OK|1"), ("b", "OK|2")))
    assert ((), (Piece(data=b"OK|2\nOK|1\n"),)) == (first, second)
    behaviour.received(1, b"c\n")
    assert behaviour.reply(exchange("c", "OK|3")) is None


@pytest.mark.parametrize(
    ("mutant", "line", "understood"),
    [
        ("HMP-SYN-003:composed", 'x "e\u0301"', 'x "é"'),
        ("HMP-SYN-003:basic-plane", "x 😀", "x ?"),
        ("HMP-SYN-005:apostrophes", "x 'a b'", 'x "a b"'),
        ("HMP-SYN-005:commas", "x a,b c", "x a b c"),
        ("HMP-SYN-006:collapsed", 'x "a   b"', 'x "a b"'),
        ("HMP-SYN-006:split", 'x "a b" c', "x a b c"),
        ("HMP-SYN-007:kept", 'x "a" b', 'x "\\"a\\"" b'),
        ("HMP-SYN-007:empty-dropped", 'x a "" b', "x a  b"),
        ("HMP-SYN-008:letter", r'x "a\nb"', 'x "anb"'),
        ("HMP-SYN-009:dropped", r'x "a\"b"', 'x "ab"'),
        ("HMP-SYN-009:ends", r'x "a\" b" c', 'x "a" " b" c'),
        ("HMP-SYN-010:kept-double", r'x "a\\b"', r'x "a\\\\b"'),
        ("HMP-SYN-011:escape", r"x a\nb", r'x "a\nb"'),
        ("HMP-SYN-011:joins", "x a\\ b", r'x "a b"'),
    ],
)
def test_how_a_line_is_misread(mutant: str, line: str, understood: str) -> None:
    behaviour = known()[mutant].make()
    raw = line.encode() + b"\n"
    assert [understood.encode() + b"\n"] == list(behaviour.request(1, exchange(line, "OK").call, raw))


@pytest.mark.parametrize("raw", [b'createSession "open\n', b"caf\xe9\n", b"plain words\n"])
def test_what_a_misreader_has_no_opinion_on_is_left_alone(raw: bytes) -> None:
    behaviour = known()["HMP-SYN-006:collapsed"].make()
    assert [raw] == list(behaviour.request(1, exchange("x", "OK").call, raw))


CREATED = ("createSession x", f"OK|{ID}")
RECORDED = (f"startRecording {ID}", f"OK|{OTHER}")
STATUS = f"getRecordingStatus {OTHER}"


@pytest.mark.parametrize(
    ("mutant", "talk", "last"),
    [
        ("HMP-REC-003:stays-active", (RECORDED, (f"pauseRecording {OTHER}", "OK"), (STATUS, "OK|PAUSED")), b"OK|RECORDING\n"),
        ("HMP-REC-003:stays-active", (RECORDED, (STATUS, "OK|RECORDING")), None),
        ("HMP-OBJ-001:session-twice", (CREATED, ("createSession y", f"OK|{OTHER}")), f"OK|{ID}\n".encode()),
        ("HMP-SES-006:held-for-ever", (CREATED, RECORDED, (f"stopRecording {OTHER}", "OK"), (f"deleteSession {ID}", "OK")),
         b"ERROR|060003|Recording currently in progress\n"),
        ("HMP-SES-006:held-for-ever", (CREATED, (f"deleteSession {ID}", "OK")), None),
        ("HMP-EXE-003:deleted-later", (CREATED, (f"deleteSession {ID}", "OK"), (f"setLiveSession {ID} true", UNKNOWN)), b"OK\n"),
        ("HMP-EXE-003:deleted-later",
         (CREATED, (f"deleteSession {ID}", "OK"), (f"setLiveSession {ID} true", UNKNOWN), (f"setLiveSession {ID} true", UNKNOWN)), None),
        ("HMP-SHR-007:refused-once", ((f"shareSessionWithUser u p {ID}", "ERROR|030003|Cannot share"),) * 2, b"OK\n"),
        ("HMP-SHR-007:refused-once", ((f"shareSessionWithUser u p {ID}", "ERROR|030003|Cannot share"),), None),
    ],
)  # fmt: skip
def test_what_a_pretended_device_remembers(mutant: str, talk: tuple[tuple[str, str], ...], last: bytes | None) -> None:
    assert last == said(mutant, *talk)[-1]


def test_selection_goes_by_clause_or_mutant_and_is_never_empty() -> None:
    mutants = list(known().values())
    assert {"HMP-SES-002"} == {mutant.clause for mutant in select_mutants(mutants, ["HMP-SES-002"])}
    assert ["HMP-SES-002:found-elsewhere"] == [one.id for one in select_mutants(mutants, ["HMP-SES-002:found-e*"])]
    assert mutants == select_mutants(mutants, [])
    some = sample_of(mutants, 20, seed=3)
    assert some == sample_of(mutants, 20, seed=3) == [one for one in mutants if one in some]
    assert (len(some), sample_of(mutants, None, seed=3)) == (20, mutants)
    with pytest.raises(UsageError, match="no mutant and no clause"):
        select_mutants(mutants, ["HMP-XYZ"])
