"""Connections: each gets its own replies, all see one world, and what was made over one outlives it."""

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.ending import Ending
from harness.verdict import Severity
from suites.hmp import SUITE
from suites.hmp.world import destinations, exists, in_order, marks, status

CHAPTER = "Connections"
_STATUS = "getRecordingStatus"


@SUITE.scenario("connection.shared-world", "HMP-OBJ-003", "HMP-EXE-003", "HMP-EXE-007", chapter=CHAPTER)
async def shared_world(dut: Dut) -> None:
    """What one connection does another sees at once, the older one too, and each gets its own replies."""
    dut.fixtures("source_ids")
    older, newer = "older", "newer"
    in_order(dut, await marks(dut, 1, link=older, word="older"), "HMP-EXE-007")
    in_order(dut, await marks(dut, 1, link=newer, word="newer"), "HMP-EXE-007")
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
    dut.answers(
        await dut.call(_STATUS, recording_id, link=newer),
        [Answer(value="PAUSED")],
        "HMP-OBJ-003",
        "HMP-EXE-003",
        check="seen-on-the-newer-itself",
    )
    dut.ok(await dut.call("stopRecording", recording_id, link=newer), "HMP-OBJ-003", check="stopped-on-the-newer")
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
    known = destinations(dut)
    ip, port = known[len(known) // 2]  # neither the first nor the last, which other cases need free
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
        in_order(dut, await marks(dut, 2, link=f"next-{turn}", word=f"next-{turn}"), "HMP-SYN-001", "HMP-EXE-007")


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
        in_order(dut, [await dut.receive(call, link=link) for call, _ in built[link]], "HMP-EXE-007", "HMP-EXE-001")


@SUITE.scenario("connection.not-blocked", "HMP-EXE-007", chapter=CHAPTER, after=("recording.status.well-formed-id",))
async def not_blocked(dut: Dut) -> None:
    """Half a command on one connection keeps nobody else waiting and is completed later."""
    call, data = dut.binding.call(_STATUS, ["slow"])
    await dut.send(data[:9], link="slow")
    in_order(dut, await marks(dut, 3, link="quick", word="quick"), "HMP-EXE-007")
    await dut.send(data[9:], link="slow")
    in_order(dut, [await dut.receive(call, link="slow")], "HMP-EXE-007", "HMP-SYN-001")


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
        in_order(dut, [reply], "HMP-EXE-007", check="own-reply")
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
        in_order(dut, await marks(dut, 1, link=link, word=link), "HMP-EXE-007", check="again")


@SUITE.scenario(
    "connection.eight", "HMP-EXE-007", "HMP-EXE-002", chapter=CHAPTER, after=("recording.status.well-formed-id",)
)
async def eight(dut: Dut) -> None:
    """Eight connections at a time are all served, in any order."""
    links = [f"link-{number}" for number in range(8)]
    for link in (*links, *reversed(links)):
        in_order(dut, await marks(dut, 1, link=link, word=link), "HMP-EXE-007", "HMP-EXE-002")


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
    in_order(dut, await marks(dut, 1), "HMP-EXE-001", check="before")
    await dut.wait(1.2)
    reply = await dut.call(_STATUS, "after")
    dut.error(reply, "not-a-uuid", "HMP-EXE-001", about=0, check="after")
