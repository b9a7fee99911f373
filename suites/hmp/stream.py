"""The byte stream: where commands are cut or joined on their way must not matter."""

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.ending import Ending
from suites.hmp import SUITE
from suites.hmp.world import counts, exists, gone, in_order, marks, recording, session

CHAPTER = "Connections"
_STATUS = "getRecordingStatus"


def _register_pipelined(count: int) -> None:
    @SUITE.scenario(
        f"stream.pipelined.{count}",
        "HMP-EXE-001",
        "HMP-EXE-002",
        "HMP-SYN-001",
        chapter=CHAPTER,
        after=("recording.status.well-formed-id",),
    )
    async def pipelined(dut: Dut) -> None:
        """Commands sent in one go are answered one by one, in order."""
        in_order(dut, await marks(dut, count), "HMP-EXE-001", "HMP-EXE-002")


for _count in (2, 3, 5, 25, 200):
    _register_pipelined(_count)


@SUITE.scenario("stream.pipelined.mixed", "HMP-EXE-001", "HMP-EXE-003", "HMP-EXE-006", chapter=CHAPTER)
async def mixed(dut: Dut) -> None:
    """Successes, errors and unknown commands in one go keep their order, and each sees what the one before did."""
    name = await session(dut, "empty")
    calls = (
        (_STATUS, "one"),
        ("setLiveSession", name, "true"),
        ("undefinedCommand",),
        ("setLiveSession", name, "maybe"),
        ("deleteSession", name),
        ("setLiveSession", name, "true"),
        (_STATUS, "seven"),
        ("deleteSession", name),
    )
    order = ("HMP-EXE-001", "HMP-EXE-003")
    replies = await dut.pipeline(*calls, clauses=order)
    dut.error(replies[0], "not-a-uuid", *order, about=0, check="first")
    dut.answers(replies[1], [Answer()], *order, check="second")
    dut.error(replies[2], "command-not-found", *order, check="third")
    dut.error(replies[3], "not-a-boolean", *order, about=1, check="fourth")
    dut.answers(replies[4], [Answer()], *order, check="fifth")
    dut.error(replies[5], "session-not-found", *order, check="sixth")
    dut.error(replies[6], "not-a-uuid", *order, about=0, check="seventh")
    dut.error(replies[7], "session-not-found", *order, check="eighth")


@SUITE.scenario("stream.pipelined.life", "HMP-EXE-001", "HMP-EXE-003", chapter=CHAPTER)
async def life(dut: Dut) -> None:
    """The whole life of a recording in one go: each command finds what the one before left."""
    name = await recording(dut, "RECORDING")
    steps = (
        "pauseRecording",
        _STATUS,
        "resumeRecording",
        _STATUS,
        "pauseRecording",
        "resumeRecording",
        _STATUS,
        "stopRecording",
        _STATUS,
    )
    replies = await dut.pipeline(*((step, name) for step in steps), clauses=("HMP-EXE-001", "HMP-EXE-002"))
    states = iter(("PAUSED", "RECORDING", "RECORDING", "FINISHED"))
    for step, reply in zip(steps, replies, strict=True):
        answers = [Answer(value=next(states))] if step == _STATUS else [Answer()]
        if step == _STATUS and answers[0].value == "FINISHED":
            answers.append(Answer(error="active-recording-not-found"))
        dut.answers(reply, answers, "HMP-EXE-001", "HMP-EXE-003", check=step)


def _register_cut(name: str, value: str, pieces: tuple[int, ...], clauses: tuple[str, ...], pause_s: float) -> None:
    @SUITE.scenario(f"stream.cut.{name}", *clauses, chapter=CHAPTER, after=("recording.status.well-formed-id",))
    async def cut(dut: Dut) -> None:
        """A command that comes in pieces is one command."""
        call, data = dut.binding.call(_STATUS, [value])
        lengths = pieces or (1,) * (len(data) - 1)
        await dut.send(data, pieces=lengths, pause_s=pause_s)
        dut.error(await dut.receive(call), "not-a-uuid", *clauses, about=0, check="one-command")
        dut.error(await dut.call(_STATUS, "next"), "not-a-uuid", "HMP-EXE-002", about=0, check="next")


_UMLAUT = len(_STATUS) + 1
for _name, _value, _pieces, _clauses, _pause in (
    ("in-the-name", "word", (3,), ("HMP-SYN-001",), 0.02),
    ("before-the-argument", "word", (_UMLAUT,), ("HMP-SYN-001",), 0.02),
    ("in-the-argument", "word", (_UMLAUT + 2,), ("HMP-SYN-001",), 0.02),
    ("before-the-line-feed", "word", (_UMLAUT + 4,), ("HMP-SYN-001",), 0.02),
    ("byte-by-byte", "word", (), ("HMP-SYN-001",), 0.001),
    ("in-a-character", "zwölf", (_UMLAUT + 3,), ("HMP-SYN-001", "HMP-SYN-003"), 0.02),
    ("in-a-long-character", "a😀b", (_UMLAUT + 2, 1, 1), ("HMP-SYN-001", "HMP-SYN-003"), 0.02),
    ("in-quotes", "two words", (_UMLAUT + 5,), ("HMP-SYN-001", "HMP-SYN-006"), 0.02),
    ("for-a-second", "word", (_UMLAUT + 2,), ("HMP-SYN-001",), 1.0),
):
    _register_cut(_name, _value, _pieces, _clauses, _pause)


def _register_cut_line(name: str, arguments: str, at: int, count: int, clause: str) -> None:
    @SUITE.scenario(f"stream.cut.{name}", clause, "HMP-SYN-001", chapter=CHAPTER, after=("createSession.success",))
    async def cut_line(dut: Dut) -> None:
        """Where a line is cut does not change how its quotes and escapes are read."""
        call, _ = dut.binding.call("createSession", ["x"] * count)
        data = f"createSession {arguments}\n".encode()
        await dut.send(data, pieces=(len("createSession ") + at,), pause_s=0.02)
        counts(dut, await dut.receive(call), count, clause, "HMP-SYN-001")


_register_cut_line("after-a-backslash", '"a\\" b" c', 3, 2, "HMP-SYN-009")
_register_cut_line("between-backslashes", '"a\\\\" b', 3, 2, "HMP-SYN-010")
_register_cut_line("after-the-quote", '"a b" c', 1, 2, "HMP-SYN-006")
_register_cut_line("in-a-space", '"a b" c', 5, 2, "HMP-SYN-005")


@SUITE.scenario(
    "stream.joined.half", "HMP-SYN-001", "HMP-EXE-001", chapter=CHAPTER, after=("recording.status.well-formed-id",)
)
async def joined_half(dut: Dut) -> None:
    """One and a half commands, then the other half and one more: three replies in order."""
    built = [dut.binding.call(_STATUS, [word]) for word in ("one", "two", "three")]
    data = b"".join(line for _, line in built)
    await dut.send(data, pieces=(len(built[0][1]) + 10,), pause_s=0.05)
    in_order(dut, [await dut.receive(call) for call, _ in built], "HMP-SYN-001", "HMP-EXE-001")


@SUITE.scenario("stream.no-reply-before-line-feed", "HMP-SYN-001", chapter=CHAPTER)
async def no_reply_before(dut: Dut) -> None:
    """Before its line feed a command is not complete: no reply comes and nothing is executed."""
    name = await session(dut, "empty")
    await dut.send(f"deleteSession {name}".encode(), link="half")
    call, _ = dut.binding.call("deleteSession", [name])
    early = await dut.receive(call, link="half", judged=False, deadline_s=0.2)
    dut.check(
        "silent",
        early.ending is Ending.SILENT,
        "HMP-SYN-001",
        expected="no reply yet",
        got=early.describe(),
        step=early.step,
    )
    await exists(dut, name, "HMP-SYN-001", "HMP-EXE-007")
    await dut.send(b"\n", link="half")
    dut.answers(await dut.receive(call, link="half"), [Answer()], "HMP-SYN-001", check="now")
    await gone(dut, name, "HMP-OBJ-003")


def _register_many_errors(count: int) -> None:
    @SUITE.scenario(
        f"stream.errors.{count}",
        "HMP-EXE-006",
        "HMP-EXE-002",
        chapter=CHAPTER,
        after=("recording.status.well-formed-id",),
    )
    async def errors(dut: Dut) -> None:
        """Errors one after the other do not end the connection."""
        for number in range(count):
            in_order(dut, [await dut.call(_STATUS, f"mark-{number}")], "HMP-EXE-006", check="answered")


_register_many_errors(12)
_register_many_errors(120)


@SUITE.scenario("stream.errors.unknown-commands", "HMP-EXE-004", "HMP-EXE-006", "HMP-EXE-002", chapter=CHAPTER)
async def unknown_commands(dut: Dut) -> None:
    """Forty commands that do not exist, on one connection, and then one that does."""
    for _ in range(40):
        dut.error(
            await dut.call("undefinedCommand"), "command-not-found", "HMP-EXE-004", "HMP-EXE-006", check="not-found"
        )
    in_order(dut, await marks(dut, 1), "HMP-EXE-006", check="next")


@SUITE.scenario(
    "stream.errors.of-each-kind",
    "HMP-RSP-003",
    "HMP-RSP-004",
    "HMP-RSP-005",
    "HMP-EXE-006",
    "HMP-EXE-002",
    chapter=CHAPTER,
    after=("createSession.success",),
)
async def errors_of_each_kind(dut: Dut) -> None:
    """After every kind of error, and after a success, the next command on the connection is answered."""
    name = await session(dut, "empty")
    unknown = dut.unknown_id()
    lines = (
        ("undefinedCommand",),
        ("createSession",),
        ("createSession", ""),
        ("deleteSession", "word"),
        ("deleteSession", unknown),
        ("setLiveSession", name, "maybe"),
        ("startRecording", name),
        ("setLiveSession", name, "true"),
        ("updateSessionMetadata", name, "nothing", "x"),
        ("stopRestreamRecording", unknown),
    )
    for line in lines:
        await dut.call(*line)
        in_order(dut, [await dut.call(_STATUS, "next")], "HMP-EXE-006", check="next")


@SUITE.scenario("stream.one-reply", "HMP-EXE-002", "HMP-RSP-001", chapter=CHAPTER)
async def one_reply(dut: Dut) -> None:
    """After a success and after an error nothing more comes for a while."""
    name = await session(dut, "empty")
    for line in (("setLiveSession", name, "true"), (_STATUS, "word"), ("undefinedCommand",), ("createSession", "")):
        reply = await dut.call(*line)
        more = await dut.receive(reply.call, judged=False, deadline_s=0.05)
        dut.check(
            "no-more",
            more.ending is Ending.SILENT,
            "HMP-EXE-002",
            expected="one reply",
            got=f"one more: {more.describe()}",
            step=more.step,
        )
