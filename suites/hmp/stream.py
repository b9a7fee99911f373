"""The byte stream: where commands are cut or joined on their way must not matter; many connections, one world."""

from collections.abc import Sequence

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.ending import Ending
from harness.messages.reply import Reply
from harness.verdict import Severity
from suites.hmp import SUITE
from suites.hmp.world import destinations, exists, gone, recording, session, status

CHAPTER = "Connections"
_STATUS = "getRecordingStatus"


def _in_order(dut: Dut, replies: Sequence[Reply], *clauses: str, check: str = "in-order") -> None:
    """Each reply repeats the value of its own command."""
    for reply in replies:
        dut.error(reply, "not-a-uuid", *clauses, about=0, check=check)


async def _marks(dut: Dut, count: int, *, link: str = "main", word: str = "mark") -> list[Reply]:
    return await dut.pipeline(
        *((_STATUS, f"{word}-{number}") for number in range(count)), clauses=("HMP-EXE-001", "HMP-EXE-002"), link=link
    )


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
        _in_order(dut, await _marks(dut, count), "HMP-EXE-001", "HMP-EXE-002")


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
        dut.error(await dut.receive(call), "arity", clause, "HMP-SYN-001", check="counted")


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
    _in_order(dut, [await dut.receive(call) for call, _ in built], "HMP-SYN-001", "HMP-EXE-001")


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
            _in_order(dut, [await dut.call(_STATUS, f"mark-{number}")], "HMP-EXE-006", check="answered")


_register_many_errors(12)
_register_many_errors(120)


@SUITE.scenario("stream.errors.unknown-commands", "HMP-EXE-004", "HMP-EXE-006", "HMP-EXE-002", chapter=CHAPTER)
async def unknown_commands(dut: Dut) -> None:
    """Forty commands that do not exist, on one connection, and then one that does."""
    for _ in range(40):
        dut.error(
            await dut.call("undefinedCommand"), "command-not-found", "HMP-EXE-004", "HMP-EXE-006", check="not-found"
        )
    _in_order(dut, await _marks(dut, 1), "HMP-EXE-006", check="next")


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
        _in_order(dut, [await dut.call(_STATUS, "next")], "HMP-EXE-006", check="next")


@SUITE.scenario("connection.shared-world", "HMP-OBJ-003", "HMP-EXE-003", "HMP-EXE-007", chapter=CHAPTER)
async def shared_world(dut: Dut) -> None:
    """What one connection does another sees at once, the older one too, and each gets its own replies."""
    dut.fixtures("source_ids")
    older, newer = "older", "newer"
    _in_order(dut, await _marks(dut, 1, link=older, word="older"), "HMP-EXE-007")
    _in_order(dut, await _marks(dut, 1, link=newer, word="newer"), "HMP-EXE-007")
    name = dut.ok(
        await dut.call("createSession", dut.unique("clausewise shared"), link=older),
        "HMP-EXE-007",
        check="created-on-the-older",
    )
    await exists(dut, name, "HMP-OBJ-003", link=newer, check="seen-on-the-newer")
    dut.ok(
        await dut.call("addSourceToSession", name, dut.fixture("source_ids"), link=newer),
        "HMP-OBJ-003",
        check="source-from-the-newer",
    )
    recording_id = dut.ok(
        await dut.call("startRecording", name, link=older), "HMP-OBJ-003", "HMP-EXE-007", check="started-on-the-older"
    )
    dut.ok(await dut.call("pauseRecording", recording_id, link=newer), "HMP-OBJ-003", check="paused-on-the-newer")
    dut.answers(
        await dut.call(_STATUS, recording_id, link=older),
        [Answer(value="PAUSED")],
        "HMP-OBJ-003",
        "HMP-EXE-003",
        check="seen-on-the-older",
    )
    dut.ok(await dut.call("stopRecording", recording_id, link=older), "HMP-OBJ-003", check="stopped-on-the-older")
    dut.ok(await dut.call("deleteSession", name, link=newer), "HMP-OBJ-003", check="deleted-on-the-newer")
    reply = await dut.call("setLiveSession", name, "true", link=older)
    dut.error(reply, "session-not-found", "HMP-SES-002", "HMP-OBJ-003", check="gone-on-the-older")


@SUITE.scenario("connection.outlived", "HMP-OBJ-003", "HMP-SES-001", "HMP-REC-001", chapter=CHAPTER)
async def outlived(dut: Dut) -> None:
    """Objects outlive the connection that made them, however it ends."""
    source_id = dut.fixture("source_ids")
    for how in ("close", "reset"):
        name = dut.ok(
            await dut.call("createSession", dut.unique("clausewise outlived"), link=how),
            "HMP-createSession",
            check=f"created-{how}",
        )
        await dut.setup("addSourceToSession", name, source_id, link=how)
        recording_id = await dut.setup("startRecording", name, link=how)
        await dut.close(how, how)
        await exists(dut, name, "HMP-SES-001", "HMP-OBJ-003", check=f"session-after-{how}")
        await status(dut, recording_id, "RECORDING", "HMP-OBJ-003", "HMP-REC-001", check=f"recording-after-{how}")


@SUITE.scenario(
    "connection.outlived.stream",
    "HMP-OBJ-003",
    "HMP-STR-001",
    chapter=CHAPTER,
    after=("startRestreamRecording.success",),
)
async def outlived_stream(dut: Dut) -> None:
    """A re-stream outlives the connection that started it."""
    ip, port = destinations(dut)[-1]
    recording_id = await dut.shared("recording", "FINISHED")
    name = dut.ok(
        await dut.call("startRestreamRecording", recording_id, ip, port, link="first"),
        "HMP-startRestreamRecording",
        check="started",
    )
    await dut.close("first")
    await dut.wait(0.05)
    dut.ok(await dut.call("stopRestreamRecording", name), "HMP-STR-001", "HMP-OBJ-003", check="still-runs")


@SUITE.scenario(
    "connection.left-half-way",
    "HMP-SYN-001",
    "HMP-EXE-007",
    chapter=CHAPTER,
    after=("recording.status.well-formed-id",),
)
async def left_half_way(dut: Dut) -> None:
    """What one connection left unfinished does not reach another."""
    for turn in range(3):
        await dut.send(b"getRecordingStatus half", link=f"left-{turn}")
        await dut.wait(0.02)
        await dut.close(f"left-{turn}")
        await dut.wait(0.02)
        _in_order(dut, await _marks(dut, 2, link=f"next-{turn}", word=f"next-{turn}"), "HMP-SYN-001", "HMP-EXE-007")


@SUITE.scenario(
    "connection.interleaved", "HMP-EXE-007", "HMP-EXE-001", chapter=CHAPTER, after=("recording.status.well-formed-id",)
)
async def interleaved(dut: Dut) -> None:
    """Commands of several connections at the same time: each gets its own replies in its own order."""
    links = [f"link-{number}" for number in range(4)]
    built = {link: [dut.binding.call(_STATUS, [f"{link}-mark-{number}"]) for number in range(5)] for link in links}
    for number in range(5):
        for link in links:
            await dut.send(built[link][number][1], link=link)
    for link in reversed(links):
        _in_order(dut, [await dut.receive(call, link=link) for call, _ in built[link]], "HMP-EXE-007", "HMP-EXE-001")


@SUITE.scenario("connection.not-blocked", "HMP-EXE-007", chapter=CHAPTER, after=("recording.status.well-formed-id",))
async def not_blocked(dut: Dut) -> None:
    """Half a command on one connection keeps nobody else waiting and is completed later."""
    call, data = dut.binding.call(_STATUS, ["slow"])
    await dut.send(data[:9], link="slow")
    _in_order(dut, await _marks(dut, 3, link="quick", word="quick"), "HMP-EXE-007")
    await dut.send(data[9:], link="slow")
    _in_order(dut, [await dut.receive(call, link="slow")], "HMP-EXE-007", "HMP-SYN-001")


@SUITE.scenario("connection.many", "HMP-EXE-007", chapter=CHAPTER, after=("recording.status.well-formed-id",))
async def many(dut: Dut) -> None:
    """Sixty connections at a time: who is served gets its own replies; that some are not is unusual but no fault."""
    served = 0
    links = [f"link-{number}" for number in range(60)]
    for link in links:
        if await dut.connect(link) is not Ending.ANSWERED:
            break
        call, data = dut.binding.call(_STATUS, [link])
        await dut.send(data, link=link)
        reply = await dut.receive(call, link=link, judged=False)
        if reply.ending is not Ending.ANSWERED:
            break
        _in_order(dut, [reply], "HMP-EXE-007", check="own-reply")
        served += 1
    dut.check(
        "all",
        served == len(links),
        "HMP-EXE-007",
        expected="60 connections served",
        got=str(served),
        severity=Severity.READING,
    )
    for link in links[:served]:
        _in_order(dut, await _marks(dut, 1, link=link, word=link), "HMP-EXE-007", check="again")


@SUITE.scenario(
    "connection.eight", "HMP-EXE-007", "HMP-EXE-002", chapter=CHAPTER, after=("recording.status.well-formed-id",)
)
async def eight(dut: Dut) -> None:
    """Eight connections at a time are all served, in any order."""
    links = [f"link-{number}" for number in range(8)]
    for link in (*links, *reversed(links)):
        _in_order(dut, await _marks(dut, 1, link=link, word=link), "HMP-EXE-007", "HMP-EXE-002")


@SUITE.scenario(
    "stream.pipelined.creations",
    "HMP-OBJ-001",
    "HMP-EXE-001",
    "HMP-EXE-002",
    chapter=CHAPTER,
    after=("createSession.success",),
)
async def creations(dut: Dut) -> None:
    """Sessions created in one go on two connections at the same time are as many sessions."""
    calls = {
        link: [dut.binding.call("createSession", [dut.unique("clausewise go")]) for _ in range(10)]
        for link in ("left", "right")
    }
    for link, built in calls.items():
        await dut.send(b"".join(data for _, data in built), link=link)
    names = [
        dut.ok(await dut.receive(call, link=link), "HMP-createSession", check="created")
        for link, built in calls.items()
        for call, _ in built
    ]
    dut.check("all-new", len(set(names)) == 20, "HMP-OBJ-001", expected="20 ids", got=f"{len(set(names))} ids")
    for name in (names[0], names[9], names[10], names[19]):
        await exists(dut, name, "HMP-SES-001")


@SUITE.scenario("connection.half-closed", chapter=CHAPTER, loose=True)
async def half_closed(dut: Dut) -> None:
    """A client that closes its sending side after a command: the reply comes, or the connection ends."""
    call, data = dut.binding.call(_STATUS, ["last"])
    await dut.send(data)
    await dut.close(how="half-close")
    reply = await dut.receive(call, judged=False)
    ended = reply.ending in (Ending.CLOSED, Ending.RESET)
    if not ended:
        dut.error(reply, "not-a-uuid", "HMP-EXE-002", about=0, check="answered")
    dut.check(
        "ended-or-answered",
        ended or reply.ok is False,
        "HMP-EXE-002",
        expected="the reply or the end",
        got=reply.describe(),
        step=reply.step,
    )


@SUITE.scenario("connection.idle", "HMP-EXE-001", chapter=CHAPTER, device_s=1.2)
async def idle(dut: Dut) -> None:
    """A connection that was idle for a while is still served."""
    _in_order(dut, await _marks(dut, 1), "HMP-EXE-001", check="before")
    await dut.wait(1.2)
    reply = await dut.call(_STATUS, "after")
    dut.error(reply, "not-a-uuid", "HMP-EXE-001", about=0, check="after")


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
