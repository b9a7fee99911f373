"""Sources of sessions: four at most, each once, and none changed while a recording goes on."""

from harness.checks.answer import Answer
from harness.dut import Dut
from suites.hmp import SUITE
from suites.hmp.world import recording_of, session, status

CHAPTER = "Sources"


@SUITE.scenario("source.four", "HMP-SRC-001", "HMP-SRC-002", "HMP-SRC-004", "HMP-EXE-005", chapter=CHAPTER)
async def four(dut: Dut) -> None:
    """Four sources fit, a fifth does not, and a removed one makes room."""
    sources = dut.fixtures("source_ids", count=5)
    name = await session(dut, "empty")
    for index, source_id in enumerate(sources[:4], 1):
        dut.ok(await dut.call("addSourceToSession", name, source_id), "HMP-SRC-001", check=f"takes-{index}")
    fifth = [Answer(error="track-failed", reading="track-failed"), Answer(error="*", reading="other")]
    dut.answers(
        await dut.call("addSourceToSession", name, sources[4]),
        fifth,
        "HMP-SRC-002",
        ambiguity="HMP-AMB-051",
        check="no-fifth",
    )
    for gone in (sources[0], sources[2]):
        dut.ok(
            await dut.call("removeSourceFromSession", name, gone),
            "HMP-removeSourceFromSession",
            "HMP-SRC-004",
            check="removes",
        )
        dut.ok(await dut.call("addSourceToSession", name, sources[4]), "HMP-SRC-004", "HMP-SRC-001", check="room-again")
        dut.answers(
            await dut.call("addSourceToSession", name, gone),
            fifth,
            "HMP-SRC-002",
            ambiguity="HMP-AMB-051",
            check="full-again",
        )
        await dut.setup("removeSourceFromSession", name, sources[4])
        await dut.setup("addSourceToSession", name, gone)


@SUITE.scenario(
    "source.twice",
    "HMP-addSourceToSession.error.source-already-added",
    "HMP-SRC-003",
    "HMP-EXE-005",
    chapter=CHAPTER,
    after=("addSourceToSession.success",),
)
async def twice(dut: Dut) -> None:
    """A source that is there already is refused, also after others were added; the refusal does not count."""
    sources = dut.fixtures("source_ids", count=2)
    name = await session(dut, "empty")
    await dut.setup("addSourceToSession", name, sources[0])
    dut.error(
        await dut.call("addSourceToSession", name, sources[0]), "source-already-added", "HMP-SRC-003", check="at-once"
    )
    await dut.setup("addSourceToSession", name, sources[1])
    dut.error(
        await dut.call("addSourceToSession", name, sources[0]), "source-already-added", "HMP-SRC-003", check="later"
    )
    dut.error(
        await dut.call("addSourceToSession", name, sources[1]), "source-already-added", "HMP-SRC-003", check="the-other"
    )
    for source_id in sources[:2]:
        dut.ok(await dut.call("removeSourceFromSession", name, source_id), "HMP-SRC-005", check="removes")
    dut.error(await dut.call("startRecording", name), "no-source", "HMP-SRC-004", "HMP-EXE-005", check="none-left")


@SUITE.scenario("source.refused-does-not-fill", "HMP-SRC-001", "HMP-SRC-003", "HMP-EXE-005", chapter=CHAPTER)
async def refused_does_not_fill(dut: Dut) -> None:
    """Refused additions take no place."""
    sources = dut.fixtures("source_ids", count=4)
    name = await session(dut, "empty")
    await dut.setup("addSourceToSession", name, sources[0])
    for _ in range(4):
        dut.error(
            await dut.call("addSourceToSession", name, sources[0]), "source-already-added", "HMP-SRC-003", check="twice"
        )
    dut.error(
        await dut.call("addSourceToSession", name, dut.unknown_id()),
        "source-not-found",
        "HMP-addSourceToSession.sourceId.unknown",
        check="unknown",
    )
    for source_id in sources[1:4]:
        dut.ok(
            await dut.call("addSourceToSession", name, source_id),
            "HMP-SRC-001",
            "HMP-SRC-003",
            "HMP-EXE-005",
            check="still-room",
        )


@SUITE.scenario("source.again", "HMP-SRC-004", "HMP-SRC-005", "HMP-REC-002", chapter=CHAPTER)
async def again(dut: Dut) -> None:
    """A source can be removed and added again; without any the session is not recorded."""
    source_id = dut.fixture("source_ids")
    name = await session(dut, "empty")
    for turn in ("first", "second"):
        dut.ok(
            await dut.call("addSourceToSession", name, source_id), "HMP-SRC-004", "HMP-SRC-005", check=f"adds-{turn}"
        )
        dut.ok(await dut.call("removeSourceFromSession", name, source_id), "HMP-SRC-004", check=f"removes-{turn}")
        dut.error(
            await dut.call("startRecording", name), "no-source", "HMP-REC-002", "HMP-SRC-004", check=f"none-left-{turn}"
        )
    await dut.setup("addSourceToSession", name, source_id)
    for quoted in (False, True):
        reply = await dut.call("addSourceToSession", name, source_id, quoted=quoted)
        dut.error(reply, "source-already-added", "HMP-SRC-003", "HMP-SRC-005", check="not-twice")
    recording_id = dut.ok(await dut.call("startRecording", name), "HMP-SRC-005", "HMP-startRecording", check="records")
    await dut.setup("stopRecording", recording_id)
    dut.ok(await dut.call("removeSourceFromSession", name, source_id), "HMP-SRC-008", check="removed-after-recording")
    dut.error(
        await dut.call("startRecording", name),
        "no-source",
        "HMP-REC-002",
        "HMP-SRC-004",
        check="none-left-after-recording",
    )


@SUITE.scenario("source.one-of-two", "HMP-SRC-004", "HMP-SRC-005", chapter=CHAPTER)
async def one_of_two(dut: Dut) -> None:
    """Removing one source leaves the other."""
    sources = dut.fixtures("source_ids", count=2)
    name = await session(dut, "multi")
    dut.ok(await dut.call("removeSourceFromSession", name, sources[0]), "HMP-SRC-004", check="removes")
    dut.error(
        await dut.call("addSourceToSession", name, sources[1]),
        "source-already-added",
        "HMP-SRC-003",
        "HMP-SRC-004",
        check="other-still-there",
    )
    dut.ok(await dut.call("startRecording", name), "HMP-SRC-004", "HMP-startRecording", check="records")


@SUITE.scenario("source.two-sessions", "HMP-SRC-003", "HMP-SES-008", chapter=CHAPTER)
async def two_sessions(dut: Dut) -> None:
    """One source may serve two sessions; if a device says no, it must not say that this session has it already."""
    source_id = dut.fixture("source_ids")
    first, second = await session(dut, "sourced"), await session(dut, "empty")
    reply = await dut.call("addSourceToSession", second, source_id)
    others = [Answer(error=error) for error in ("track-failed", "source-not-found", "internal")]
    dut.answers(reply, [Answer(), *others], "HMP-SRC-003", check="either")
    if reply.ok:
        await dut.setup("removeSourceFromSession", second, source_id)
        dut.ok(await dut.call("startRecording", first), "HMP-SES-008", "HMP-SRC-004", check="first-keeps-it")


@SUITE.scenario("source.not-in-session", "HMP-SRC-005", chapter=CHAPTER)
async def not_in_session(dut: Dut) -> None:
    """Removing a source that the session has not: OK or an error, and nothing else is removed."""
    sources = dut.fixtures("source_ids", count=2)
    name = await session(dut, "sourced")
    reply = await dut.call("removeSourceFromSession", name, sources[1])
    dut.answers(
        reply,
        [Answer(reading="accepted"), Answer(error="*", reading="refused")],
        ambiguity="HMP-AMB-045",
        check="either",
    )
    dut.error(
        await dut.call("addSourceToSession", name, sources[0]),
        "source-already-added",
        "HMP-SRC-005",
        "HMP-SRC-003",
        check="own-still-there",
    )


@SUITE.scenario(
    "source.held.recording",
    "HMP-SRC-006",
    "HMP-SRC-007",
    "HMP-SRC-008",
    "HMP-EXE-005",
    chapter=CHAPTER,
    after=("addSourceToSession.success", "removeSourceFromSession.success"),
)
async def held(dut: Dut) -> None:
    """While a recording is active, paused or resumed, sources stay; once it is stopped they can be changed."""
    sources = dut.fixtures("source_ids", count=2)
    name = await session(dut, "sourced")
    recording_id = await recording_of(dut, name)
    for step, state in (("", "active"), ("pauseRecording", "paused"), ("resumeRecording", "resumed")):
        if step:
            await dut.setup(step, recording_id)
        dut.error(
            await dut.call("addSourceToSession", name, sources[1]),
            "recording-in-progress",
            "HMP-SRC-006",
            check=f"no-adding-{state}",
        )
        dut.error(
            await dut.call("removeSourceFromSession", name, sources[0]),
            "recording-in-progress",
            "HMP-SRC-007",
            check=f"no-removing-{state}",
        )
    await status(dut, recording_id, "RECORDING", "HMP-EXE-005", check="undisturbed")
    await dut.setup("stopRecording", recording_id)
    dut.ok(await dut.call("addSourceToSession", name, sources[1]), "HMP-SRC-008", "HMP-EXE-005", check="adds")
    dut.ok(await dut.call("removeSourceFromSession", name, sources[1]), "HMP-SRC-008", check="removes")
    dut.ok(await dut.call("startRecording", name), "HMP-EXE-005", "HMP-SRC-007", check="first-source-still-there")
