"""The line binding: commands to bytes, replies read under every form, and what effect bytes might have."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.ending import Ending
from harness.messages.lines import LineBinding
from harness.messages.reply import Call, Reply, readable
from harness.spec.load import load_system
from harness.spec.model import Effect

HMP = load_system("hmp")
assert HMP.lines is not None
BINDING = LineBinding(HMP, HMP.lines)
CALL = Call(operation="createSession", values=("x",), typed=("x",))


def read(raw: bytes, ending: Ending = Ending.ANSWERED) -> Reply:
    return BINDING.reply(CALL, raw, ending, 3)


# Commands


@pytest.mark.parametrize(
    ("values", "quoted", "wire"),
    [
        (["plain"], False, b"op plain\n"),
        (["plain"], True, b'op "plain"\n'),
        (["two words", "b"], False, b'op "two words" b\n'),
        ([""], False, b'op ""\n'),
        (['a"b c'], True, b'op "a\\"b c"\n'),
        (["a\\b c"], False, b'op "a\\\\b c"\n'),
        (["a\\b"], False, b"op a\\b\n"),
        (["a\nb"], False, b'op "a\\nb"\n'),
        (["zwölf 日"], False, 'op "zwölf 日"\n'.encode()),
        ([], False, b"op\n"),
    ],
)
def test_a_command_on_the_wire(values: list[str], quoted: bool, wire: bytes) -> None:
    """Command Line API Syntax: words, quotes and the three escapes."""
    call, data = BINDING.call("op", values, quoted=quoted)
    assert data == wire
    assert call.values == tuple(values)
    assert " ".join(("op", *call.typed)).encode() + b"\n" == wire


# Replies

GOOD = [
    (b"OK\n", True, None, "", "", ""),
    (b"OK|abc\n", True, "abc", "", "", "pipe"),
    (b"OK abc\n", True, "abc", "", "", "space"),
    (b"OK | abc\n", True, "abc", "", "", "spaced-pipe"),
    (b"ERROR|010001|'x' is not a UUID\n", False, None, "010001", "'x' is not a UUID", "pipe"),
    (b"ERROR 010001 'x' is not a UUID\n", False, None, "010001", "'x' is not a UUID", "space"),
    (b"ERROR Command not found\n", False, None, "", "Command not found", "bare"),
    (b"ERROR|040004|User | not found\n", False, None, "040004", "User | not found", "pipe"),
    ("ERROR|010001|'zwölf' is not a UUID\n".encode(), False, None, "010001", "'zwölf' is not a UUID", "pipe"),
    (b"ERROR|010001|\n", False, None, "010001", "", "pipe"),
]


@pytest.mark.parametrize(
    ("raw", "ok", "value", "code", "message", "form"),
    GOOD,
    ids=lambda part: repr(part) if isinstance(part, bytes) else None,
)
def test_a_reply_in_each_documented_form(
    raw: bytes, ok: bool, value: str | None, code: str, message: str, form: str
) -> None:
    reply = read(raw)
    assert (reply.ok, reply.value, reply.code, reply.message, reply.form) == (ok, value, code, message, form)
    assert (reply.problems, reply.ending, reply.raw, reply.step) == ((), Ending.ANSWERED, raw, 3)


@pytest.mark.parametrize(
    ("raw", "rule", "ok"),
    [
        (b"OK\r\n", "terminator", True),
        (b"ERROR|010001|x\r\n", "terminator", False),
        (b"OK|\xff\n", "encoding", True),
        (b"ERROR|1000|x\n", "error-code", False),
        (b"ERROR|1234567|x\n", "error-code", False),
        (b"ERROR|12345x|x\n", "error-code", False),
        ("ERROR|01000١|x\n".encode(), "error-code", False),
        (b"OKAY\n", "success", None),
        (b"OK|\n", "success", None),
        (b"OK: x\n", "success", None),
        (b"ERROR\n", "error", None),
        (b"ERROR|abc|x\n", "error", None),
        (b"ERROR Something else\n", "error", None),
        (b"ERRORS|010001|x\n", "error", None),
        (b"Error|010001|x\n", "error", None),
        (b"\n", "error", None),
        (b"garbage\x00\x01\n", "error", None),
        (b" OK\n", "error", None),
    ],
)
def test_a_damaged_reply_names_the_rule_that_it_breaks(raw: bytes, rule: str, ok: bool | None) -> None:
    reply = read(raw)
    assert [problem.rule for problem in reply.problems] == [rule]
    assert reply.ok is ok
    assert all(problem.expected and problem.got for problem in reply.problems)


def test_a_reply_may_break_several_rules_and_all_are_told() -> None:
    assert [problem.rule for problem in read(b"ERROR|1000|\xff\r\n").problems] == [
        "terminator",
        "encoding",
        "error-code",
    ]


@pytest.mark.parametrize("ending", [Ending.SILENT, Ending.CLOSED, Ending.RESET, Ending.FLOODED])
def test_no_reply_is_neither_success_nor_error(ending: Ending) -> None:
    reply = read(b"OK|ab", ending)
    assert (reply.ok, reply.ending, reply.raw, reply.problems, reply.text) == (None, ending, b"OK|ab", (), "")
    assert reply.describe().endswith("after OK|ab")
    assert "after" not in read(b"", ending).describe() or ending is Ending.FLOODED


@given(st.binary(max_size=60).filter(lambda body: b"\n" not in body))
@example(b"OK|" + b"\r" * 3)
def test_any_line_is_read_and_described_without_an_exception(body: bytes) -> None:
    reply = read(body + b"\n")
    assert reply.ok is not None or reply.problems
    assert "\n" not in reply.describe()


def test_what_people_read_has_no_control_characters_and_an_end() -> None:
    assert readable(b"a\x00\xff\n") == "a\\x00\\xff\\n"
    assert len(readable(b"x" * 100_000)) < 400


# Effects

WRITES = [name for name, operation in HMP.operations.items() if operation.effect is not Effect.READ]
READS = [name for name, operation in HMP.operations.items() if operation.effect is Effect.READ]


@pytest.mark.parametrize("name", HMP.operations)
def test_a_plain_command_has_the_effect_that_the_spec_gives(name: str) -> None:
    effect, named = BINDING.effect(f"{name} x\n".encode())
    assert effect is HMP.operations[name].effect
    assert named == (name if effect is not Effect.READ else "")


@pytest.mark.parametrize(
    "data",
    [
        b"DELETESESSION x\n",
        b"DeLeTeSeSsIoN x\n",
        b'"deleteSession" x\n',
        b'"deleteSession\n',
        b"'deleteSession' x\n",
        b" deleteSession x\n",
        b"\tdeleteSession\tx\n",
        b"delete\tSession x\n",
        b"delete\x00Session x\n",
        b"\x00deleteSession x\n",
        b"delete\rSession x\n",
        b"delete\\Session x\n",
        b'delete"Session" x\n',
        b"deleteSession\r\n",
        b"d.e.l.e.t.e.S.e.s.s.i.o.n\n",
        b"\xef\xbb\xbfdeleteSession x\n",
        b"dele\xfftesession x\n",
        b"getRecordingStatus x\ndeleteSession y\n",
        b"getRecordingStatus x;deleteSession y\n",
        b"getRecordingStatus deleteSession\n",
        b"getRecordingStatus x\rdeleteSession y\n",
        b"deleteSession",
        b"xdeleteSessionx\n",
    ],
)
def test_a_hidden_write_command_is_found(data: bytes) -> None:
    """A lenient device may find the name there; the permit must not depend on how strict it is."""
    assert BINDING.effect(data) == (Effect.WRITE, "deleteSession")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"getRecordingStatus x\n",
        b"undefinedCommand x\n",
        b"delete Session".replace(b" ", b"x") + b"\n",
        b"createSessio x\n",
        bytes(range(256)),
    ],
)
def test_what_names_no_write_command_is_a_read(data: bytes) -> None:
    assert BINDING.effect(data) == (Effect.READ, "")


def test_the_suite_has_both_kinds_of_commands_to_tell_apart() -> None:
    assert READS
    assert len(WRITES) > 10
