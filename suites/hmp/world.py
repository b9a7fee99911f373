"""How to get sessions, recordings and the rest into a state, and the exchange that a healthy device always answers."""

import re
from collections.abc import Sequence

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.ending import Ending
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.reply import Reply
from suites.hmp import SUITE


@SUITE.provides("session")
async def session(dut: Dut, state: str) -> str:
    """A new session: `empty`, `sourced`, `multi`, or with a recording that is going on (`recording`, `busy`), `paused` or over (`recorded`)."""
    count = {"any": 0, "empty": 0, "multi": 2}.get(state, 1)
    sources = dut.fixtures("source_ids", count=count) if count else ()
    if dut.lasting:  # the cases begin with the first source; a device may not let two sessions have it
        sources = tuple(reversed(sources))
    name = await dut.setup("createSession", dut.unique("clausewise session"))
    for source_id in sources[:count]:
        await dut.setup("addSourceToSession", name, source_id)
    if state in ("recording", "busy", "paused", "recorded"):
        recording_id = await dut.setup("startRecording", name)
        if state in ("paused", "recorded"):
            await dut.setup("pauseRecording" if state == "paused" else "stopRecording", recording_id)
    return name


@SUITE.provides("recording")
async def recording(dut: Dut, state: str) -> str:
    """A new recording of a new session with one source (`multi`: two), in a state."""
    session_id = await session(dut, "multi" if state == "multi" else "sourced")
    name = await recording_of(dut, session_id, state)
    if dut.lasting and state in ("FINISHED", "any"):
        await dut.setup("removeSourceFromSession", session_id, dut.fixtures("source_ids")[-1])
    return name


async def recording_of(dut: Dut, session_id: str, state: str = "RECORDING") -> str:
    """A new recording of this session."""
    name = await dut.setup("startRecording", session_id)
    if state == "PAUSED":
        await dut.setup("pauseRecording", name)
    elif state in ("FINISHED", "any", "multi"):
        await dut.setup("stopRecording", name)
    return name


@SUITE.provides("stream")
async def stream(dut: Dut, _state: str) -> str:
    """A new re-stream of a finished recording to a destination of the target file."""
    ip, port = destinations(dut)[0]
    return await dut.setup("startRestreamRecording", await dut.shared("recording", "FINISHED"), ip, port)


def destinations(dut: Dut, count: int = 1) -> list[tuple[str, str]]:
    """Destinations that may be streamed to, at least `count`, no two with the same address or port where the fixtures allow.

    Generated cases use the first one. Cases that would find it blocked by a device that frees nothing use the last.
    """
    ips, ports = dut.fixtures("restream_ips"), dut.fixtures("restream_ports")
    if len(ports) < count:
        raise CaseSkipped(f"needs the fixture restream_ports with {count} entries")
    return [(ips[index % len(ips)], port) for index, port in enumerate(ports)]


@SUITE.provides("source")
async def source(dut: Dut, state: str) -> str:
    """A source: the one that a `sourced` session has if it shall be `added`, else another where there are two."""
    sources = dut.fixtures("source_ids")
    return sources[0] if state == "added" else sources[-1]


@SUITE.provides("user")
async def user(dut: Dut, _state: str) -> str:
    """A user that may be shared with."""
    return dut.fixture("user_names", "user_names_role_via_group")


@SUITE.provides("group")
async def group(dut: Dut, _state: str) -> str:
    """A group that may be shared with."""
    return dut.fixture("group_names")


@SUITE.provides("category")
async def category(dut: Dut, _state: str) -> str:
    """A category."""
    return dut.fixture("category_ids")


@SUITE.provides("destination-ip")
async def destination_ip(dut: Dut, _state: str) -> str:
    """An address that may be streamed to."""
    return destinations(dut)[0][0]


@SUITE.provides("destination-port")
async def destination_port(dut: Dut, _state: str) -> str:
    """A port that may be streamed to."""
    return destinations(dut)[0][1]


async def status(dut: Dut, recording_id: str, state: str, *clauses: str, check: str = "") -> None:
    """The recording must be in this state, as getRecordingStatus tells it."""
    reply = await dut.call("getRecordingStatus", recording_id)
    answers = [Answer(value=state, reading="finished" if state == "FINISHED" else "")]
    if state == "FINISHED":
        answers.append(Answer(error="active-recording-not-found", reading="not-active"))
    dut.answers(
        reply,
        answers,
        *clauses,
        "HMP-REC-010",
        ambiguity="HMP-AMB-017" if state == "FINISHED" else None,
        check=check or f"is-{state}",
    )


async def exists(dut: Dut, session_id: str, *clauses: str, link: str = "main", check: str = "still-there") -> None:
    """The session must be there; setting it not live, as it was born, shows it."""
    dut.answers(await dut.call("setLiveSession", session_id, "false", link=link), [Answer()], *clauses, check=check)


async def gone(dut: Dut, session_id: str, *clauses: str, check: str = "gone") -> None:
    """The session must not be there."""
    dut.error(await dut.call("setLiveSession", session_id, "false"), "session-not-found", *clauses, check=check)


def counts(dut: Dut, reply: Reply, count: int, *clauses: str) -> None:
    """The reply must be the arity message, and count so many parameters; how the line is read shows in it."""
    dut.error(reply, "arity", *clauses, f"HMP-{reply.call.operation}.arity", check="counted")
    told = re.search(r"Got (\d+)", reply.message)
    if told is not None:
        dut.check(
            "count",
            int(told[1]) == count,
            *clauses,
            "HMP-RSP-007",
            expected=f"{count} parameters counted",
            got=reply.describe(),
            step=reply.step,
        )


def in_order(dut: Dut, replies: Sequence[Reply], *clauses: str, check: str = "in-order") -> None:
    """Each reply repeats the value of its own command."""
    for reply in replies:
        dut.error(reply, "not-a-uuid", *clauses, about=0, check=check)


async def marks(dut: Dut, count: int, *, link: str = "main", word: str = "mark") -> list[Reply]:
    """The replies to commands that change nothing and can be told apart, sent in one go."""
    return await dut.pipeline(
        *(("getRecordingStatus", f"{word}-{number}") for number in range(count)),
        clauses=("HMP-EXE-001", "HMP-EXE-002"),
        link=link,
    )


async def known_good(dut: Dut) -> None:
    """A well-formed command that changes nothing; a healthy device answers it whatever else happened."""
    if await dut.connect() is not Ending.ANSWERED:
        raise CaseInconclusive("the device accepts no connection")
    reply = await dut.call("getRecordingStatus", dut.unknown_id())
    answers = [Answer(error=error) for error in ("active-recording-not-found", "status-not-found")]
    dut.answers(
        reply, answers, "HMP-EXE-002", "HMP-ACC-003", "HMP-getRecordingStatus.recordingId.unknown", check="answers"
    )


SUITE.known_good = known_good
