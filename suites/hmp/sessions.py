"""Life cycles of sessions, and how recordings hold them."""

from itertools import pairwise

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.flow import CaseStopped
from suites.hmp import SUITE
from suites.hmp.world import exists, gone, recording_of, session, status

CHAPTER = "Sessions"


@SUITE.scenario("session.lifecycle", "HMP-SES-001", "HMP-SES-002", "HMP-SES-003", "HMP-EXE-003", chapter=CHAPTER)
async def lifecycle(dut: Dut) -> None:
    """A session exists from its creation to its deletion, and no longer."""
    nobody = dut.unknown_id()
    dut.error(await dut.call("setLiveSession", nobody, "true"), "session-not-found", "HMP-SES-001", check="not-yet")
    name = dut.ok(await dut.call("createSession", dut.unique("clausewise life")), "HMP-createSession", "HMP-SES-001")
    dut.check("own-id", name != nobody, "HMP-OBJ-001", expected="an id of its own", got=name)
    for _ in range(2):
        live = await dut.call("setLiveSession", name, "true", quoted=True)
        dut.ok(live, "HMP-SES-003", "HMP-SYN-007", check="live-quoted")
    for state in ("true", "false", "false", "true", "true"):
        dut.ok(
            await dut.call("setLiveSession", name, state), "HMP-SES-003", "HMP-setLiveSession", check=f"live-{state}"
        )
    dut.ok(await dut.call("updateSessionMetadata", name, "description", "a b"), "HMP-updateSessionMetadata")
    dut.ok(await dut.call("deleteSession", name), "HMP-deleteSession")
    await gone(dut, name, "HMP-SES-002")
    dut.error(await dut.call("deleteSession", name), "session-not-found", "HMP-SES-002", check="deleted-once")


# What is sent about a session that was deleted; a name after the operation tells several apart.
_AFTER_DELETION: dict[str, tuple[str, ...]] = {
    "addSourceToSession": ("{session}", "{source}"),
    "removeSourceFromSession": ("{session}", "{source}"),
    "shareSessionWithUser": ("{user}", "WATCH", "{session}"),
    "shareSessionWithGroup": ("{group}", "WATCH", "{session}"),
    "updateSessionMetadata": ("{session}", "title", "x"),
    "updateSessionMetadata.description": ("{session}", "description", "two words"),
    "setSessionCategory": ("{session}", "{category}", "x"),
    "setSessionCategory.several": ("{session}", "{category}", "x", "y", "z"),
    "setLiveSession": ("{session}", "true"),
    "setLiveSession.false": ("{session}", "false"),
    "startRecording": ("{session}",),
    "deleteSession": ("{session}",),
}
_FIXTURES = {"{source}": "source_ids", "{user}": "user_names", "{group}": "group_names", "{category}": "category_ids"}


def _register_deleted(name: str, arguments: tuple[str, ...]) -> None:
    operation = name.partition(".")[0]

    @SUITE.scenario(
        f"session.deleted.{name}",
        "HMP-SES-002",
        f"HMP-{operation}.error.session-not-found",
        chapter=CHAPTER,
        after=(f"{operation}.success",),
    )
    async def deleted(dut: Dut) -> None:
        """A deleted session is unknown to every command, over every connection, whether it had been recorded or not."""
        fixtures = {slot: dut.fixture(_FIXTURES[slot]) for slot in arguments if slot in _FIXTURES}
        for history in ("sourced", "recorded"):
            subject = await session(dut, history if dut.target.fixture_texts("source_ids") else "empty")
            await dut.setup("deleteSession", subject)
            values = [subject if slot == "{session}" else fixtures.get(slot, slot) for slot in arguments]
            for link in ("main", "another"):
                reply = await dut.call(operation, *values, link=link)
                dut.error(
                    reply,
                    "session-not-found",
                    "HMP-SES-002",
                    f"HMP-{operation}.sessionId.unknown",
                    check=f"{history}-{link}",
                )


for _name, _arguments in _AFTER_DELETION.items():
    _register_deleted(_name, _arguments)


@SUITE.scenario("session.ids", "HMP-RSP-002", "HMP-OBJ-001", "HMP-OBJ-002", "HMP-SES-002", chapter=CHAPTER)
async def ids(dut: Dut) -> None:
    """Every session gets an id of its own, also after a deletion, and ids do not follow from each other."""
    seen: list[str] = []
    for _ in range(6):
        name = dut.ok(await dut.call("createSession", dut.unique("clausewise id")), "HMP-createSession.result")
        dut.check("new", name not in seen, "HMP-OBJ-001", expected="an id that was not given before", got=name)
        seen.append(name)
        if len(seen) in (2, 4):
            await dut.setup("deleteSession", name)
            await gone(dut, name, "HMP-SES-002")
    numbers = [int(name.replace("-", ""), 16) for name in seen]
    steps = {later - earlier for earlier, later in pairwise(numbers)}
    dut.check("random", len(steps) > 1, "HMP-OBJ-002", expected="ids without an order", got=", ".join(seen))


@SUITE.scenario("session.same-title", "HMP-OBJ-001", "HMP-SES-008", "HMP-deleteSession", chapter=CHAPTER)
async def same_title(dut: Dut) -> None:
    """Two sessions of one title are two sessions."""
    title = dut.unique("clausewise twin")
    first = dut.ok(await dut.call("createSession", title), "HMP-createSession")
    reply = await dut.call("createSession", title)
    answers = [Answer(reading="accepted"), Answer(error="*", reading="refused")]
    dut.answers(reply, answers, "HMP-createSession", ambiguity="HMP-AMB-052", check="second")
    if not reply.ok:
        return
    second = reply.value or ""
    if not dut.check("two-ids", first != second, "HMP-OBJ-001", expected="another id", got=second):
        raise CaseStopped("one session, not two")
    dut.ok(await dut.call("deleteSession", first), "HMP-deleteSession")
    await exists(dut, second, "HMP-SES-008", "HMP-deleteSession")
    await gone(dut, first, "HMP-SES-002")


@SUITE.scenario("session.by-title", chapter=CHAPTER)
async def by_title(dut: Dut) -> None:
    """Deleting by title, as one example does, works or is refused; it never deletes something else."""
    title = dut.unique("clausewise title")
    name = await dut.setup("createSession", title)
    other = await dut.setup("createSession", dut.unique("clausewise other"))
    answers = [
        Answer(reading="title"),
        Answer(error="not-a-uuid", about=0, reading="id-only"),
        Answer(error="session-not-found", reading="id-only"),
    ]
    reply = await dut.call("deleteSession", title)
    dut.answers(reply, answers, "HMP-deleteSession.sessionId.type", ambiguity="HMP-AMB-006", check="either")
    await exists(dut, other, "HMP-SES-008")
    if reply.ok is False:
        await exists(dut, name, "HMP-EXE-005", check="not-deleted")


@SUITE.scenario(
    "session.held.recording",
    "HMP-SES-004",
    "HMP-SES-006",
    "HMP-EXE-005",
    chapter=CHAPTER,
    after=("deleteSession.success",),
)
async def held_by_recording(dut: Dut) -> None:
    """A recording holds its session until it is stopped, paused and resumed or not; the refused deletion changes nothing."""
    name = await session(dut, "sourced")
    recording_id = await recording_of(dut, name)
    dut.error(await dut.call("deleteSession", name), "recording-in-progress", "HMP-SES-004", check="held-active")
    await exists(dut, name, "HMP-EXE-005")
    await status(dut, recording_id, "RECORDING", "HMP-EXE-005")
    await dut.setup("pauseRecording", recording_id)
    dut.error(await dut.call("deleteSession", name), "recording-in-progress", "HMP-SES-005", check="held-paused")
    await status(dut, recording_id, "PAUSED", "HMP-EXE-005")
    await dut.setup("resumeRecording", recording_id)
    dut.error(await dut.call("deleteSession", name), "recording-in-progress", "HMP-SES-004", check="held-resumed")
    await exists(dut, name, "HMP-EXE-005", check="still-there-resumed")
    await dut.setup("pauseRecording", recording_id)
    dut.error(await dut.call("deleteSession", name), "recording-in-progress", "HMP-SES-005", check="held-paused-again")
    await dut.setup("stopRecording", recording_id)
    dut.ok(await dut.call("deleteSession", name), "HMP-SES-006", check="released")
    await gone(dut, name, "HMP-SES-002")


@SUITE.scenario("session.held.stopped-while-paused", "HMP-SES-006", "HMP-SRC-008", chapter=CHAPTER)
async def released_from_pause(dut: Dut) -> None:
    """A recording that is stopped while paused holds its session no longer."""
    sources = dut.fixtures("source_ids", count=2)
    name = await session(dut, "sourced")
    recording_id = await recording_of(dut, name, "PAUSED")
    await dut.setup("stopRecording", recording_id)
    dut.ok(await dut.call("addSourceToSession", name, sources[1]), "HMP-SRC-008", check="adds")
    dut.ok(await dut.call("removeSourceFromSession", name, sources[1]), "HMP-SRC-008", check="removes")
    dut.ok(await dut.call("deleteSession", name), "HMP-SES-006", check="deletes")


def _register_several_recordings(count: int, last: int) -> None:
    @SUITE.scenario(
        f"session.held.{count}-recordings.{last}-last",
        "HMP-SES-004",
        "HMP-SES-006",
        "HMP-SRC-006",
        "HMP-SRC-007",
        chapter=CHAPTER,
        after=("deleteSession.success",),
    )
    async def several_recordings(dut: Dut) -> None:
        """All recordings of a session must be stopped before it can be deleted, where a session can have several."""
        sources = dut.fixtures("source_ids")
        name = await session(dut, "sourced")
        names = [await recording_of(dut, name)]
        while len(names) < count:
            reply = await dut.call("startRecording", name)
            answers = [Answer(reading="accepted"), Answer(error="*", reading="refused")]
            dut.answers(reply, answers, "HMP-REC-012", ambiguity="HMP-AMB-044", check="one-more")
            if not reply.ok:
                await status(dut, names[0], "RECORDING", "HMP-EXE-005")
                return
            dut.check("new-id", reply.value not in names, "HMP-OBJ-001", expected="another id", got=str(reply.value))
            names.append(reply.value or "")
        remaining = names.pop(last - 1)
        for stopped in names:
            await dut.setup("stopRecording", stopped)
            await status(dut, stopped, "FINISHED", "HMP-REC-005", check="stopped")
        await status(dut, remaining, "RECORDING", "HMP-REC-011", check="other-goes-on")
        for operation, arguments, clause in (
            ("deleteSession", (name,), "HMP-SES-004"),
            ("removeSourceFromSession", (name, sources[0]), "HMP-SRC-007"),
            ("addSourceToSession", (name, sources[-1]), "HMP-SRC-006"),
        ):
            if operation != "addSourceToSession" or len(sources) > 1:
                dut.error(
                    await dut.call(operation, *arguments), "recording-in-progress", clause, check=f"held-{operation}"
                )
        await exists(dut, name, "HMP-EXE-005")
        await dut.setup("stopRecording", remaining)
        await status(dut, remaining, "FINISHED", "HMP-REC-005", check="last-stopped")
        dut.ok(await dut.call("deleteSession", name), "HMP-SES-006", check="released")


for _count in (2, 3):
    for _last in range(1, _count + 1):
        _register_several_recordings(_count, _last)


@SUITE.scenario("session.independent", "HMP-SES-008", chapter=CHAPTER)
async def independent(dut: Dut) -> None:
    """A recording holds its own session and no other; deleting one session leaves the others."""
    other_source = dut.fixtures("source_ids")[-1]
    held = await session(dut, "recording")
    free = await session(dut, "empty")
    kept = await session(dut, "empty")
    adding = await dut.call("addSourceToSession", kept, other_source)
    answers = [Answer(), *(Answer(error=error) for error in ("track-failed", "source-not-found", "internal"))]
    dut.answers(adding, answers, "HMP-SES-008", "HMP-SRC-006", check="other-takes-a-source")
    if adding.ok:
        dut.answers(
            await dut.call("removeSourceFromSession", kept, other_source),
            [Answer()],
            "HMP-SES-008",
            "HMP-SRC-007",
            check="other-gives-it-back",
        )
    dut.ok(await dut.call("deleteSession", free), "HMP-SES-008", "HMP-deleteSession", check="other-can-go")
    await exists(dut, kept, "HMP-SES-008")
    await exists(dut, held, "HMP-SES-008", check="held-still-there")


@SUITE.scenario("session.recordings-outlive", "HMP-OBJ-003", chapter=CHAPTER)
async def recordings_outlive(dut: Dut) -> None:
    """What becomes of finished recordings when their session goes: they stay or go, and the device says so properly."""
    name = await session(dut, "sourced")
    recording_id = await recording_of(dut, name, "FINISHED")
    await dut.setup("deleteSession", name)
    reply = await dut.call("updateMetadata", recording_id, "title", "kept")
    answers = [Answer(reading="kept"), Answer(error="recording-not-found", reading="deleted")]
    dut.answers(reply, answers, "HMP-OBJ-003", ambiguity="HMP-AMB-062", check="either")


@SUITE.scenario("session.blank-title", chapter=CHAPTER)
async def blank_title(dut: Dut) -> None:
    """A title of spaces has characters, yet a device may call it empty."""
    reply = await dut.call("createSession", "  ")
    answers = [Answer(reading="not-empty"), Answer(error="empty-title", reading="empty")]
    dut.answers(reply, answers, "HMP-createSession.sessionTitle", ambiguity="HMP-AMB-066", check="either")


_WHILE_RECORDED: dict[str, tuple[str, ...]] = {
    "setLiveSession": ("{session}", "true"),
    "updateSessionMetadata": ("{session}", "description", "while recorded"),
    "setSessionCategory": ("{session}", "{category}", "while", "recorded"),
    "shareSessionWithUser": ("{user}", "EDIT", "{session}"),
    "shareSessionWithGroup": ("{group}", "EDIT", "{session}"),
}


def _register_while_recorded(operation: str, arguments: tuple[str, ...]) -> None:
    @SUITE.scenario(
        f"session.any-state.{operation}",
        f"HMP-{operation}",
        "HMP-EXE-003",
        chapter=CHAPTER,
        after=(f"{operation}.success",),
    )
    async def while_recorded(dut: Dut) -> None:
        """A session is described, shared and set live whether it is being recorded or not, and the recording goes on."""
        values = [dut.fixture(_FIXTURES[slot]) if slot in _FIXTURES else slot for slot in arguments]
        name = await session(dut, "sourced")
        values = [name if value == "{session}" else value for value in values]
        recording_id = await recording_of(dut, name)
        for step, state in (("", "RECORDING"), ("pauseRecording", "PAUSED"), ("stopRecording", "FINISHED")):
            if step:
                await dut.setup(step, recording_id)
            dut.answers(await dut.call(operation, *values), [Answer()], f"HMP-{operation}", check=f"when-{state}")
            await status(dut, recording_id, state, "HMP-EXE-003", check=f"still-{state}")


for _operation, _arguments in _WHILE_RECORDED.items():
    _register_while_recorded(_operation, _arguments)
