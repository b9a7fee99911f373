"""Quoting, escapes and command names.

How a device reads an argument shows in three ways: the number of parameters that it counts, the value that it repeats, and the rule
that category values are unique.
"""

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.messages.reply import Call
from suites.hmp import SUITE
from suites.hmp.world import counts, session

CHAPTER = "Command Line API Syntax"
_STATUS = "getRecordingStatus"


def _register_echo(name: str, value: str, clause: str, *, quoted: bool) -> None:
    @SUITE.scenario(
        f"syntax.echo.{name}", clause, "HMP-RSP-006", chapter=CHAPTER, after=("recording.status.well-formed-id",)
    )
    async def echo(dut: Dut) -> None:
        """The message about a wrong value repeats it character by character."""
        reply = await dut.call(_STATUS, value, quoted=quoted)
        dut.error(reply, "not-a-uuid", clause, "HMP-RSP-006", about=0, check="repeated")


_ECHOES: dict[str, tuple[str, str]] = {
    "letter-case": ("MixedCase", "HMP-RSP-006"),
    "accents": ("Grüße", "HMP-SYN-003"),
    "scripts": ("日本語テスト", "HMP-SYN-003"),
    "beyond-the-basic-plane": ("a😀b", "HMP-SYN-003"),
    "combining": ("e\u0301", "HMP-SYN-003"),
    "composed": ("\u00e9", "HMP-SYN-003"),
    "right-to-left": ("שלום", "HMP-SYN-003"),
    "last-character": ("\U0010fffd", "HMP-SYN-003"),
    "separator": ("a|b", "HMP-RSP-006"),
    "apostrophe": ("it's", "HMP-RSP-006"),
    "braces": ("{0}%s$1", "HMP-RSP-006"),
    "backslash": ("a\\nb", "HMP-SYN-011"),
    "backslash-last": ("a\\", "HMP-SYN-011"),
    "two-backslashes": ("a\\\\b", "HMP-SYN-011"),
}
for _name, (_value, _clause) in _ECHOES.items():
    _register_echo(_name, _value, _clause, quoted=False)
for _name, (_value, _clause) in {
    "quoted.plain": ("plain", "HMP-SYN-007"),
    "quoted.two-words": ("two words", "HMP-SYN-006"),
    "quoted.capitals": ("Two WORDS", "HMP-SYN-006"),
    "quoted.spaces": ("a  b   c", "HMP-SYN-006"),
    "quoted.edges": (" a ", "HMP-SYN-006"),
    "quoted.tab": ("a\tb", "HMP-SYN-006"),
    "quoted.apostrophe": ("it's one", "HMP-SYN-006"),
    "quoted.accents": ("zwölf Boxkämpfer", "HMP-SYN-003"),
    "quoted.empty": ("", "HMP-SYN-006"),
    "quoted.backslash": ("a\\b c", "HMP-SYN-010"),
}.items():
    _register_echo(_name, _value, _clause, quoted=True)


def _register_long(length: int) -> None:
    @SUITE.scenario(
        f"syntax.echo.{length}-characters",
        "HMP-RSP-006",
        "HMP-SYN-001",
        chapter=CHAPTER,
        after=("recording.status.well-formed-id",),
    )
    async def long(dut: Dut) -> None:
        """A longer value is repeated whole, and its reply ends like any other."""
        value = "".join(f"{number:05d}" for number in range(length // 5))
        dut.error(await dut.call(_STATUS, value), "not-a-uuid", "HMP-RSP-006", "HMP-SYN-001", about=0, check="repeated")


for _length in (35, 65, 100, 130, 260, 300, 515, 600, 1025, 1100, 2100):
    _register_long(_length)


# What stands after createSession, the number of parameters it holds, and the clause that says so. One is a success.
_COUNTED: dict[str, tuple[str, int, str]] = {
    "quoted-words": ('"a b" c', 2, "HMP-SYN-006"),
    "quoted-first": ('"a b" "c d" e', 3, "HMP-SYN-006"),
    "quoted-last": ('e "a b" "c d"', 3, "HMP-SYN-006"),
    "empty-string": ('"" a', 2, "HMP-SYN-007"),
    "empty-strings": ('"" "" ""', 3, "HMP-SYN-007"),
    "escaped-quote": ('"a\\" b" c', 2, "HMP-SYN-009"),
    "escaped-quote-first": ('"\\"a b" c', 2, "HMP-SYN-009"),
    "escaped-quotes": ('"\\"a\\" \\"b\\"" c', 2, "HMP-SYN-009"),
    "escaped-backslash-last": ('"a\\\\" b', 2, "HMP-SYN-010"),
    "escaped-backslash-then-quote": ('"a\\\\\\" b" c', 2, "HMP-SYN-010"),
    "two-escaped-backslashes-last": ('"a\\\\\\\\" "b c"', 2, "HMP-SYN-010"),
    "line-feed": ('"a\\nb c" d', 2, "HMP-SYN-008"),
    "backslash-before-space": ("a\\ b", 2, "HMP-SYN-011"),
    "backslash-alone": ("\\ a", 2, "HMP-SYN-011"),
    "apostrophes": ("'a b'", 2, "HMP-SYN-005"),
    "commas": ("a, b", 2, "HMP-SYN-005"),
    "commas-without-spaces": ("a,b c", 2, "HMP-SYN-005"),
    "twelve": ("a b c d e f g h i j k l", 12, "HMP-SYN-005"),
}


def _register_counted(name: str, arguments: str, count: int, clause: str) -> None:
    @SUITE.scenario(f"syntax.counted.{name}", clause, "HMP-RSP-007", chapter=CHAPTER, after=("createSession.success",))
    async def counted(dut: Dut) -> None:
        """The arity message counts the arguments that the line holds."""
        call = Call(operation="createSession", values=("",) * count)
        counts(dut, await dut.line(f"createSession {arguments}", call), count, clause)


for _name, (_arguments, _count, _clause) in _COUNTED.items():
    _register_counted(_name, _arguments, _count, _clause)

_ACCEPTED: dict[str, tuple[str, str]] = {
    "quoted": ('"clausewise plain"', "HMP-SYN-006"),
    "one-word-quoted": ('"clausewise"', "HMP-SYN-007"),
    "escaped-quote": ('"clausewise \\" title"', "HMP-SYN-009"),
    "escaped-quote-last": ('"clausewise \\""', "HMP-SYN-009"),
    "only-escaped-quote": ('"\\"x"', "HMP-SYN-009"),
    "escaped-backslash-last": ('"clausewise \\\\"', "HMP-SYN-010"),
    "only-escaped-backslash": ('"\\\\"', "HMP-SYN-010"),
    "line-feed": ('"clausewise \\n title"', "HMP-SYN-008"),
    "unquoted-backslash": ("clausewise\\title", "HMP-SYN-011"),
    "unquoted-backslash-last": ("clausewise\\", "HMP-SYN-011"),
    "unquoted-escapes": ("clausewise\\n\\\\", "HMP-SYN-011"),
    "accents": ("clausewise-Übergröße", "HMP-SYN-003"),
    "apostrophe": ("clausewise's", "HMP-SYN-005"),
    "one-character": ("x", "HMP-createSession.sessionTitle"),
}


def _register_accepted(name: str, argument: str, clause: str) -> None:
    @SUITE.scenario(f"syntax.accepted.{name}", clause, chapter=CHAPTER, after=("createSession.success",))
    async def accepted(dut: Dut) -> None:
        """A well-formed argument is one argument."""
        dut.ok(
            await dut.line(f"createSession {argument}", Call(operation="createSession", values=("",))),
            clause,
            check="accepted",
        )


for _name, (_argument, _clause) in _ACCEPTED.items():
    _register_accepted(_name, _argument, _clause)

_UNBALANCED = {
    "open": '"clausewise',
    "open-with-spaces": '"clausewise open title',
    "only-a-quote": '"',
    "escaped-end": '"clausewise\\"',
    "escaped-backslash-and-end": '"clausewise\\\\\\"',
}


def _register_unbalanced(name: str, arguments: str) -> None:
    @SUITE.scenario(
        f"syntax.unbalanced.{name}", "HMP-SYN-012", "HMP-EXE-006", chapter=CHAPTER, after=("createSession.success",)
    )
    async def unbalanced(dut: Dut) -> None:
        """Quotes that do not balance are a syntax error, and the next line is read afresh."""
        call = Call(operation="createSession", values=("",))
        for word in ("quoted and next", "next"):
            reply = await dut.line(f"createSession {arguments}", call)
            dut.error(reply, "syntax", "HMP-SYN-012", check="refused")
            after = await dut.call(_STATUS, word)
            dut.error(after, "not-a-uuid", "HMP-EXE-006", "HMP-SYN-001", "HMP-SYN-012", about=0, check="next")


for _name, _arguments in _UNBALANCED.items():
    _register_unbalanced(_name, _arguments)


@SUITE.scenario("syntax.unbalanced.second-argument", "HMP-SYN-012", chapter=CHAPTER, after=("setLiveSession.success",))
async def unbalanced_second(dut: Dut) -> None:
    """An argument that is open at the end of the line is a syntax error wherever it stands."""
    subject = await session(dut, "empty")
    call = Call(operation="setLiveSession", values=(subject, "false"))
    for text in (f'{subject} "false', f'"{subject}" "false', f'"{subject} false'):
        dut.error(await dut.line(f"setLiveSession {text}", call), "syntax", "HMP-SYN-012", check="refused")


# Pairs of category values: the same once decoded, so the device must call them duplicates, or different, so it must not.
_SAME: dict[str, tuple[str, str]] = {
    "quoted-and-not": ('"same" same', "HMP-SYN-007"),
    "backslash": ('"a\\\\b" a\\b', "HMP-SYN-010"),
    "two-backslashes": ('"a\\\\\\\\b" a\\\\b', "HMP-SYN-010"),
    "backslash-n": ('"a\\\\nb" a\\nb', "HMP-SYN-010"),
    "quoted-words": ('"a b" x "a b"', "HMP-SYN-006"),
    "accents": ("\u00e9 x \u00e9", "HMP-SYN-003"),
}
_DIFFERENT: dict[str, tuple[str, str]] = {
    "line-feed-is-not-escaped-backslash-n": ('"a\\\\nb" "a\\nb"', "HMP-SYN-008"),
    "line-feed-is-not-nothing": ('"a\\nb" ab', "HMP-SYN-008"),
    "line-feed-is-not-a-space": ('"a\\nb" "a b"', "HMP-SYN-008"),
    "unquoted-backslash-n-is-no-line-feed": ('"a\\nb" a\\nb', "HMP-SYN-011"),
    "line-feed-is-not-n": ('"a\\nb" anb', "HMP-SYN-008"),
    "line-feed-is-not-backslash-n": ('"a\\nb" a\\nb', "HMP-SYN-008"),
    "backslash-not-dropped": ('"a\\\\b" ab', "HMP-SYN-010"),
    "backslash-not-doubled": ('"a\\\\b" a\\\\b', "HMP-SYN-010"),
    "unquoted-not-escaped": ("a\\\\b a\\b", "HMP-SYN-011"),
    "escaped-quote-not-dropped": ('"a\\"b" ab', "HMP-SYN-009"),
    "escaped-quote-not-kept-escaped": ('"a\\"b" "a\\\\b"', "HMP-SYN-009"),
    "spaces-kept": ('"a b" "a  b"', "HMP-SYN-006"),
}


def _register_pair(operation: str, name: str, arguments: str, clause: str, *, same: bool) -> None:
    @SUITE.scenario(
        f"syntax.decoded.{'same' if same else 'different'}.{name}.{operation}",
        clause,
        "HMP-CAT-002",
        chapter=CHAPTER,
        after=(f"{operation}.success",),
    )
    async def pair(dut: Dut) -> None:
        """Two spellings of one value are duplicates; two values are not."""
        subject = (
            await session(dut, "empty")
            if operation == "setSessionCategory"
            else await dut.shared("recording", "FINISHED")
        )
        category_id = dut.fixture("category_ids")
        call = Call(operation=operation, values=(subject, category_id, "", ""))
        reply = await dut.line(f"{operation} {subject} {category_id} {arguments}", call)
        answers = [Answer(error="duplicate-value") if same else Answer()]
        dut.answers(reply, answers, clause, "HMP-CAT-002", check="recognised" if same else "told-apart")


for _operation in ("setSessionCategory", "setCategory"):
    for _name, (_arguments, _clause) in _SAME.items():
        _register_pair(_operation, _name, _arguments, _clause, same=True)
    for _name, (_arguments, _clause) in _DIFFERENT.items():
        _register_pair(_operation, _name, _arguments, _clause, same=False)


@SUITE.scenario("syntax.escaped-quote", "HMP-SYN-009", chapter=CHAPTER, after=("setSessionCategory.success",))
async def escaped_quote(dut: Dut) -> None:
    """An escaped quote is a quote, or by the code that the table lists for it a space; a value may not begin with a space."""
    subject, category_id = await session(dut, "empty"), dut.fixture("category_ids")
    call = Call(operation="setSessionCategory", values=(subject, category_id, ""))
    answers = [Answer(reading="quote"), Answer(error="untrimmed-value", reading="space")]
    for name, value in (("first", '"\\"a"'), ("last", '"a\\""')):
        reply = await dut.line(f"setSessionCategory {subject} {category_id} {value}", call)
        dut.answers(reply, answers, "HMP-SYN-009", ambiguity="HMP-AMB-013", check=name)


_UNKNOWN = (
    "undefinedCommand",
    "createSessions",
    "createSessio",
    "getRecordingStatu",
    "create",
    "x",
    "recordingStatus",
    "日本",
)


def _register_unknown(name: str) -> None:
    @SUITE.scenario(f"command.unknown.{name}", "HMP-EXE-004", "HMP-EXE-006", chapter=CHAPTER)
    async def unknown(dut: Dut) -> None:
        """A command that does not exist is told so, with and without arguments, and the connection goes on."""
        for arguments in ("", ' "Example of \\"Error\\""', f" {dut.unknown_id()}"):
            reply = await dut.line(name + arguments, Call(operation=""))
            dut.error(reply, "command-not-found", "HMP-EXE-004", check="not-found")
        dut.error(await dut.call(_STATUS, "next"), "not-a-uuid", "HMP-EXE-006", about=0, check="next")


for _name in _UNKNOWN:
    _register_unknown(_name)


@SUITE.scenario(
    "syntax.nothing-left-over",
    "HMP-RSP-006",
    "HMP-RSP-007",
    "HMP-RSP-005",
    "HMP-EXE-001",
    chapter=CHAPTER,
    after=("createSession.success",),
)
async def nothing_left_over(dut: Dut) -> None:
    """Each message is about its own command: nothing of the one before shows in it."""
    subject = await session(dut, "empty")
    unknown = dut.unknown_id()
    for number in range(2):
        for values in (("a", "b"), ("a", "b", "c", "d"), (), ("a b", "", "c")):
            dut.error(
                await dut.call("createSession", *values),
                "arity",
                "HMP-RSP-007",
                "HMP-createSession.arity",
                check="counts",
            )
        for word in (f"one-{number}", f"Two {number}"):
            dut.error(await dut.call("setLiveSession", word, "true"), "not-a-uuid", "HMP-RSP-006", about=0, check="id")
            dut.error(
                await dut.call("setLiveSession", subject, word),
                "not-a-boolean",
                "HMP-RSP-006",
                about=1,
                check="boolean",
            )
            dut.error(
                await dut.call("updateSessionMetadata", subject, word, "x y"),
                "bad-field",
                "HMP-RSP-006",
                about=1,
                check="field",
            )
        dut.error(
            await dut.call("setLiveSession", unknown, "true"), "session-not-found", "HMP-RSP-005", check="session"
        )
        dut.error(await dut.call("stopRestreamRecording", unknown), "stream-not-found", "HMP-RSP-005", check="stream")
        dut.error(
            await dut.call("updateMetadata", unknown, "title", "x"),
            "recording-not-found",
            "HMP-RSP-005",
            check="recording",
        )
        dut.answers(await dut.call("setLiveSession", subject, "true"), [Answer()], "HMP-EXE-001", check="success")


def _register_title(length: int) -> None:
    @SUITE.scenario(
        f"syntax.accepted.{length}-characters",
        "HMP-createSession.sessionTitle",
        "HMP-RSP-002",
        chapter=CHAPTER,
        after=("createSession.success",),
    )
    async def title(dut: Dut) -> None:
        """A title of this length is taken, quoted or not."""
        text = "".join(chr(ord("a") + number % 26) for number in range(length))
        for quoted in (False, True):
            reply = await dut.call("createSession", text, quoted=quoted)
            name = dut.ok(reply, "HMP-createSession.sessionTitle", "HMP-RSP-002", check="taken")
            await dut.setup("deleteSession", name)


for _length in (2, 16, 31, 32, 33, 63, 64, 65, 100):
    _register_title(_length)
