"""HotMarks: now, on an active recording, one in a second."""

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.flow import CaseInconclusive
from harness.verdict import Severity
from suites.hmp import SUITE
from suites.hmp.world import recording, recording_of, session, status

CHAPTER = "HotMarks"
_EITHER = (Answer(), Answer(error="hotmark-exists"))


@SUITE.scenario(
    "hotmark.same-second",
    "HMP-addHotmark.error.hotmark-exists",
    "HMP-HOT-001",
    "HMP-HOT-002",
    chapter=CHAPTER,
    after=("addHotmark.success",),
    device_s=2.2,
)
async def same_second(dut: Dut) -> None:
    """Of five HotMarks within a second two at most are taken, whatever their titles; a second later the next is taken, every time."""
    name = await recording(dut, "RECORDING")
    began = await dut.clock()
    titles = ("first", "second", "second", "third", "third")
    replies = [await dut.call("addHotmark", name, title) for title in titles]
    took = await dut.clock() - began
    dut.answers(replies[0], [Answer()], "HMP-HOT-001", "HMP-addHotmark", check="first")
    for reply in replies[1:]:
        dut.answers(reply, _EITHER, "HMP-HOT-002", check="later")
    if took >= 1.0:
        raise CaseInconclusive(f"five HotMarks took {took:.1f} device seconds, so they may lie in different seconds")
    dut.check(
        "two-taken",
        sum(reply.ok is True for reply in replies) <= 2,
        "HMP-HOT-002",
        "HMP-addHotmark.error.hotmark-exists",
        expected="060004 for three of five HotMarks within a second, which lie in two seconds at most",
        got=", ".join(reply.describe() for reply in replies),
        step=replies[-1].step,
    )
    for turn in (1, 2):
        await dut.wait(1.05)
        dut.answers(
            await dut.call("addHotmark", name, "first"),
            [Answer()],
            "HMP-HOT-002",
            "HMP-HOT-001",
            check=f"next-second-{turn}",
        )
        dut.answers(await dut.call("addHotmark", name, "too early"), _EITHER, "HMP-HOT-002", check=f"too-early-{turn}")
    await status(dut, name, "RECORDING", "HMP-HOT-001", check="undisturbed")


@SUITE.scenario("hotmark.rounded-down", "HMP-HOT-002", chapter=CHAPTER, after=("addHotmark.success",), device_s=1.5)
async def rounded_down(dut: Dut) -> None:
    """0.3 s and 0.7 s after the start of a recording lie in the same second, whenever it was started."""
    taken = await _early_and_late(dut)
    for _ in range(3):  # a busy machine misses tenths of a second
        if len(taken) >= 2:
            break
        taken += await _early_and_late(dut)
    if len(taken) < 2:
        raise CaseInconclusive("the device or the machine was too slow to hit tenths of a second")
    got = f"{sum(taken)} of {len(taken)} were taken"
    expected = "060004 at 0.7 s after a HotMark at 0.3 s"
    dut.check(
        "same-second", not all(taken), "HMP-HOT-002", expected=f"{expected} on at least one of the recordings", got=got
    )
    dut.check(
        "own-clock",
        not any(taken),
        "HMP-HOT-001",
        expected=f"{expected} on every recording",
        got=got,
        severity=Severity.SHOULD,
    )


async def _early_and_late(dut: Dut) -> list[bool]:
    """Whether the late HotMark was taken, for those of four recordings that surely got both in their first second."""
    sessions = [await session(dut, "sourced") for _ in range(4)]
    schedule = sorted(
        (0.25 * number + after, number, what) for number in range(len(sessions)) for after, what in _MARKS
    )
    recordings: dict[int, str] = {}
    starts: dict[int, float] = {}
    taken: list[bool] = []
    began = await dut.clock()
    for due, number, what in schedule:
        await dut.wait(max(0.0, began + due - await dut.clock()))
        if what == "start":
            starts[number] = await dut.clock()
            recordings[number] = await recording_of(dut, sessions[number])
            continue
        reply = await dut.call("addHotmark", recordings[number], what)
        dut.answers(reply, _EITHER if what == "late" else (Answer(),), "HMP-HOT-001", check=what)
        if what == "late" and await dut.clock() - starts[number] < 1.0:
            taken.append(reply.ok is True)
    for recording_id in recordings.values():
        await dut.setup("stopRecording", recording_id)
    return taken


_MARKS = ((0.0, "start"), (0.3, "early"), (0.7, "late"))


@SUITE.scenario("hotmark.two-recordings", "HMP-HOT-005", chapter=CHAPTER, after=("addHotmark.success",))
async def two_recordings(dut: Dut) -> None:
    """HotMarks of two recordings in the same second do not hinder each other."""
    first, second = await recording(dut, "RECORDING"), await recording(dut, "RECORDING")
    dut.answers(await dut.call("addHotmark", first, "mark"), [Answer()], "HMP-HOT-005", check="first")
    dut.answers(await dut.call("addHotmark", second, "mark"), [Answer()], "HMP-HOT-005", check="second")


@SUITE.scenario("hotmark.after-resume", "HMP-HOT-001", chapter=CHAPTER, after=("addHotmark.success",))
async def after_resume(dut: Dut) -> None:
    """A recording that was paused and resumed takes HotMarks."""
    name = await recording(dut, "PAUSED")
    await dut.setup("resumeRecording", name)
    began = await dut.clock()
    replies = [await dut.call("addHotmark", name, f"resumed {number}") for number in range(3)]
    dut.answers(replies[0], [Answer()], "HMP-HOT-001", check="taken")
    if await dut.clock() - began < 1.0:
        refused = any(reply.ok is False for reply in replies[1:])
        got = ", ".join(reply.describe() for reply in replies)
        dut.check(
            "one-refused",
            refused,
            "HMP-HOT-002",
            "HMP-addHotmark.error.hotmark-exists",
            expected="060004 for one of three",
            got=got,
        )


@SUITE.scenario("hotmark.empty-title", chapter=CHAPTER)
async def empty_title(dut: Dut) -> None:
    """A HotMark without a title: no rule forbids it, no rule allows it."""
    reply = await dut.call("addHotmark", await recording(dut, "RECORDING"), "")
    answers = [Answer(reading="accepted"), Answer(error="*", reading="refused")]
    dut.answers(reply, answers, "HMP-addHotmark.title", ambiguity="HMP-AMB-058", check="either")
