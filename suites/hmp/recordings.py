"""The life cycle of recordings, and that commands that fail change nothing."""

from harness.checks.answer import Answer
from harness.dut import Dut
from suites.hmp import SUITE
from suites.hmp.world import exists, recording, recording_of, session, status

CHAPTER = "Recordings"
_REFUSED = (Answer(error="active-recording-not-found"), Answer(error="state-failed"))


@SUITE.scenario(
    "recording.lifecycle",
    "HMP-REC-001",
    "HMP-REC-003",
    "HMP-REC-004",
    "HMP-REC-005",
    "HMP-REC-010",
    "HMP-EXE-003",
    chapter=CHAPTER,
)
async def lifecycle(dut: Dut) -> None:
    """Start, pause, resume, pause, resume, stop: the status tells each state at once."""
    name = dut.ok(await dut.call("startRecording", await session(dut, "sourced")), "HMP-startRecording")
    await status(dut, name, "RECORDING", "HMP-REC-001", "HMP-EXE-003", check="started")
    for turn in ("first", "second"):
        dut.ok(await dut.call("pauseRecording", name), "HMP-REC-003", "HMP-pauseRecording", check=f"pauses-{turn}")
        await status(dut, name, "PAUSED", "HMP-REC-003", "HMP-EXE-003", check=f"paused-{turn}")
        dut.ok(await dut.call("resumeRecording", name), "HMP-REC-004", "HMP-resumeRecording", check=f"resumes-{turn}")
        await status(dut, name, "RECORDING", "HMP-REC-004", "HMP-EXE-003", check=f"resumed-{turn}")
    dut.ok(await dut.call("stopRecording", name), "HMP-REC-005", "HMP-stopRecording", check="stops")
    await status(dut, name, "FINISHED", "HMP-REC-005", "HMP-EXE-003", check="finished")


@SUITE.scenario("recording.lifecycle.without-reading", "HMP-REC-003", "HMP-REC-004", "HMP-REC-006", chapter=CHAPTER)
async def lifecycle_without_reading(dut: Dut) -> None:
    """The same without a look at the status in between: the states are real and not what was last read."""
    name = await recording(dut, "RECORDING")
    for operation in ("pauseRecording", "resumeRecording", "pauseRecording"):
        await dut.setup(operation, name)
    await status(dut, name, "PAUSED", "HMP-REC-003", check="paused-again")
    dut.ok(await dut.call("stopRecording", name), "HMP-REC-006", check="stops")
    await status(dut, name, "FINISHED", "HMP-REC-006", check="finished")
    dut.answers(await dut.call("resumeRecording", name), _REFUSED, "HMP-REC-008", check="not-resumed")
    await status(dut, name, "FINISHED", "HMP-REC-008", "HMP-EXE-005", check="still-finished")


@SUITE.scenario("recording.status.well-formed-id", "HMP-getRecordingStatus.recordingId.unknown", chapter=CHAPTER)
async def well_formed_id(dut: Dut) -> None:
    """A well-formed id is looked up and not called malformed; what the cases about malformed ones rest on."""
    answers = [Answer(error="active-recording-not-found"), Answer(error="status-not-found")]
    for _ in range(2):
        reply = await dut.call("getRecordingStatus", dut.unknown_id())
        dut.answers(reply, answers, "HMP-getRecordingStatus.recordingId.unknown", check="looked-up")


@SUITE.scenario("recording.status.repeated", "HMP-REC-015", "HMP-REC-010", chapter=CHAPTER)
async def status_repeated(dut: Dut) -> None:
    """Reading the status again and again gives the same and changes nothing."""
    name = await recording(dut, "RECORDING")
    for _ in range(3):
        await status(dut, name, "RECORDING", "HMP-REC-015", check="active")
    dut.ok(await dut.call("pauseRecording", name), "HMP-REC-003", "HMP-REC-015")
    for _ in range(3):
        await status(dut, name, "PAUSED", "HMP-REC-015", check="paused")
    dut.ok(await dut.call("resumeRecording", name), "HMP-REC-004", "HMP-REC-015")
    await status(dut, name, "RECORDING", "HMP-REC-015", check="active-again")


def _register_finished(way: str, first: str) -> None:
    @SUITE.scenario(
        f"recording.finished.{way}",
        "HMP-REC-007",
        "HMP-REC-008",
        "HMP-REC-009",
        "HMP-EXE-005",
        chapter=CHAPTER,
        after=("pauseRecording.success", "resumeRecording.success", "stopRecording.success"),
    )
    async def finished(dut: Dut) -> None:
        """A finished recording can be neither paused nor resumed, whatever state it was stopped in, and stays finished."""
        name = await recording(dut, first)
        await dut.setup("stopRecording", name)
        stop_answers = (
            Answer(error="active-recording-not-found", reading="refused"),
            Answer(error="stop-failed", reading="refused"),
            Answer(reading="accepted"),
        )
        dut.answers(await dut.call("resumeRecording", name), _REFUSED, "HMP-REC-008", check="not-resumed")
        dut.answers(await dut.call("pauseRecording", name), _REFUSED, "HMP-REC-007", check="not-paused")
        dut.answers(
            await dut.call("stopRecording", name),
            stop_answers,
            "HMP-REC-016",
            ambiguity="HMP-AMB-067",
            check="stopped-again",
        )
        await status(dut, name, "FINISHED", "HMP-EXE-005", "HMP-REC-009", check="still-finished")


_register_finished("from-active", "RECORDING")
_register_finished("from-paused", "PAUSED")


@SUITE.scenario("recording.independent", "HMP-REC-011", "HMP-OBJ-001", chapter=CHAPTER)
async def independent(dut: Dut) -> None:
    """Pausing, resuming and stopping one recording leaves another as it is."""
    first, second = await recording(dut, "RECORDING"), await recording(dut, "RECORDING")
    dut.check("two-ids", first != second, "HMP-OBJ-001", expected="another id", got=second)
    await dut.setup("pauseRecording", first)
    await status(dut, second, "RECORDING", "HMP-REC-011", "HMP-REC-003", check="not-paused-with-it")
    await dut.setup("pauseRecording", second)
    await dut.setup("resumeRecording", first)
    await status(dut, second, "PAUSED", "HMP-REC-011", "HMP-REC-004", check="not-resumed-with-it")
    await dut.setup("stopRecording", first)
    await status(dut, second, "PAUSED", "HMP-REC-011", "HMP-REC-005", check="not-stopped-with-it")
    await status(dut, first, "FINISHED", "HMP-REC-005", check="stopped")


@SUITE.scenario("recording.siblings", "HMP-REC-011", chapter=CHAPTER)
async def siblings(dut: Dut) -> None:
    """Two recordings of one session are independent too, where a session can have two."""
    session_id = await session(dut, "sourced")
    first = await recording_of(dut, session_id)
    reply = await dut.call("startRecording", session_id)
    answers = [Answer(reading="accepted"), Answer(error="*", reading="refused")]
    dut.answers(reply, answers, "HMP-REC-012", ambiguity="HMP-AMB-044", check="second")
    await status(dut, first, "RECORDING", "HMP-REC-011", check="first-goes-on")
    if not reply.ok or not reply.value:
        return
    second = reply.value
    for one, other in ((first, second), (second, first)):
        await dut.setup("pauseRecording", one)
        await status(dut, other, "RECORDING", "HMP-REC-011", "HMP-REC-003", check="not-paused-with-it")
        await dut.setup("resumeRecording", one)
        await status(dut, other, "RECORDING", "HMP-REC-011", "HMP-REC-004", check="not-resumed-with-it")
    await dut.setup("stopRecording", first)
    await status(dut, second, "RECORDING", "HMP-REC-011", "HMP-REC-005", check="not-stopped-with-it")


@SUITE.scenario("recording.again", "HMP-OBJ-001", "HMP-REC-001", "HMP-REC-011", chapter=CHAPTER)
async def again(dut: Dut) -> None:
    """A session is recorded again after a stop: another recording, and the first one stays finished."""
    session_id = await session(dut, "sourced")
    first = await recording_of(dut, session_id, "FINISHED")
    second = dut.ok(
        await dut.call("startRecording", session_id), "HMP-startRecording", "HMP-REC-001", check="starts-again"
    )
    dut.check("two-ids", first != second, "HMP-OBJ-001", expected="another id", got=second)
    await status(dut, second, "RECORDING", "HMP-REC-001", check="second-active")
    await status(dut, first, "FINISHED", "HMP-REC-011", check="first-still-finished")


def _register_rejected(operation: str, state: str, after_word: str) -> None:
    @SUITE.scenario(f"recording.rejected.{operation}", "HMP-EXE-005", chapter=CHAPTER, after=(f"{operation}.success",))
    async def rejected(dut: Dut) -> None:
        """A command that is answered with an error does nothing all the same."""
        name = await recording(dut, state)
        dut.error(await dut.call(operation, name, "extra"), "arity", f"HMP-{operation}.arity", check="too-many")
        await status(dut, name, after_word, "HMP-EXE-005", check="after-too-many")
        call, _ = dut.binding.call(operation, [name])
        reply = await dut.line(f'{operation} "{name}', call)
        dut.error(reply, "syntax", "HMP-SYN-012", check="unbalanced")
        await status(dut, name, after_word, "HMP-EXE-005", check="after-unbalanced")
        dut.error(await dut.call(operation, name[:-1]), "not-a-uuid", "HMP-EXE-005", about=0, check="cut-short")
        await status(dut, name, after_word, "HMP-EXE-005", check="after-cut-short")
        head = name.partition("-")[0]
        other = f"{head}-{dut.unknown_id().partition('-')[2]}"
        dut.error(
            await dut.call(operation, other),
            "active-recording-not-found",
            f"HMP-{operation}.recordingId.unknown",
            check="same-start",
        )
        await status(dut, name, after_word, "HMP-OBJ-003", "HMP-EXE-005", check="after-same-start")


_register_rejected("pauseRecording", "RECORDING", "RECORDING")
_register_rejected("resumeRecording", "PAUSED", "PAUSED")
_register_rejected("stopRecording", "RECORDING", "RECORDING")


@SUITE.scenario("recording.no-source", "HMP-REC-002", chapter=CHAPTER, after=("startRecording.success",))
async def no_source(dut: Dut) -> None:
    """Without a source there is no recording, and the session stays usable."""
    source_id = dut.fixture("source_ids")
    name = await session(dut, "empty")
    dut.error(await dut.call("startRecording", name), "no-source", "HMP-REC-002", check="refused")
    await exists(dut, name, "HMP-EXE-005")
    await dut.setup("addSourceToSession", name, source_id)
    dut.ok(await dut.call("startRecording", name), "HMP-startRecording", check="starts-with-a-source")


@SUITE.scenario("recording.multi-source", "HMP-REC-014", "HMP-REC-001", chapter=CHAPTER)
async def multi_source(dut: Dut) -> None:
    """A session of several sources gives one recording."""
    name = await session(dut, "multi")
    recording_id = dut.ok(await dut.call("startRecording", name), "HMP-startRecording", "HMP-REC-014")
    await status(dut, recording_id, "RECORDING", "HMP-REC-014")
    await dut.setup("stopRecording", recording_id)
    await status(dut, recording_id, "FINISHED", "HMP-REC-014", check="finished")


_FIXTURE_STATES = (
    ("recording_active", "RECORDING"),
    ("recording_paused", "PAUSED"),
    ("recording_finished", "FINISHED"),
    ("recording_error", "ERROR"),
)


def _register_fixture(key: str, state: str) -> None:
    @SUITE.scenario(f"recording.fixture.{state}", "HMP-REC-010", "HMP-getRecordingStatus", chapter=CHAPTER)
    async def fixture(dut: Dut) -> None:
        """A recording of the target file is in the state that the file says."""
        await status(dut, dut.fixture(key), state, "HMP-getRecordingStatus")


for _key, _state in _FIXTURE_STATES:
    _register_fixture(_key, _state)


def _register_after_stop(operation: str, arguments: tuple[str, ...]) -> None:
    @SUITE.scenario(f"recording.any-state.{operation}", "HMP-MET-002", f"HMP-{operation}", chapter=CHAPTER)
    async def any_state(dut: Dut) -> None:
        """A recording is described and shared whatever its state."""
        fixtures = {"{user}": "user_names", "{group}": "group_names", "{category}": "category_ids"}
        values = [dut.fixture(fixtures[slot]) if slot in fixtures else slot for slot in arguments]
        name = await recording(dut, "RECORDING")
        values = [name if value == "{recording}" else value for value in values]
        for step, state in (("", "active"), ("pauseRecording", "paused"), ("stopRecording", "finished")):
            if step:
                await dut.setup(step, name)
            dut.ok(await dut.call(operation, *values), f"HMP-{operation}", "HMP-MET-002", check=f"when-{state}")


_register_after_stop("updateMetadata", ("{recording}", "title", "any state"))
_register_after_stop("setCategory", ("{recording}", "{category}", "any", "state"))
_register_after_stop("shareRecordingWithUser", ("{user}", "EDIT", "{recording}"))
_register_after_stop("shareRecordingWithGroup", ("{group}", "EDIT", "{recording}"))
