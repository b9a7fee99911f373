"""HotMarks: now, on an active recording, one in a second."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.flow import CaseInconclusive
from harness.messages.reply import Reply
from harness.verdict import Severity
from suites.hmp import SUITE
from suites.hmp.world import recording, recording_of, session, status

CHAPTER = "HotMarks"
_EITHER = (Answer(), Answer(error="hotmark-exists"))
# So many HotMarks within a second at least: two may lie in two seconds.
LEAST_MARKS = 3
# With so many more, a device that takes every other one takes too many at any pace at which three fall within a second.
MORE_MARKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A HotMark that was asked for: surely executed between these two device seconds of the case."""

    since: float
    until: float
    reply: Reply


async def _mark(dut: Dut, recording_id: str, title: str) -> Mark:
    since = await dut.clock()
    reply = await dut.call("addHotmark", recording_id, title)
    return Mark(since=since, until=await dut.clock(), reply=reply)


def _rows(marks: Sequence[Mark]) -> Iterator[Sequence[Mark]]:
    """Every row of marks that follow each other."""
    for first in range(len(marks)):
        for last in range(first, len(marks)):
            yield marks[first : last + 1]


def _seconds_touched(length: float) -> int:
    """How many seconds of any clock a time of so many of its seconds touches at most."""
    return int(length) + 2


def _most_within_a_second(marks: Sequence[Mark]) -> int:
    """How many marks surely lie within some time shorter than a second."""
    return max(len(row) for row in ((), *_rows(marks)) if not row or row[-1].until - row[0].since < 1.0)


def _too_many(marks: Sequence[Mark]) -> Sequence[Mark]:
    """The first row of which more were taken than it touches seconds; empty if there is none."""
    for row in _rows(marks):
        if sum(mark.reply.ok is True for mark in row) > _seconds_touched(row[-1].until - row[0].since):
            return row
    return ()


@SUITE.scenario(
    "hotmark.same-second",
    "HMP-addHotmark.error.hotmark-exists",
    "HMP-HOT-001",
    "HMP-HOT-002",
    chapter=CHAPTER,
    after=("addHotmark.success",),
    device_s=3.3,
)
async def same_second(dut: Dut) -> None:
    """Of HotMarks within a second two at most are taken, whatever their titles; a second later the next is taken, every time."""
    name = await recording(dut, "RECORDING")
    marks = [await _mark(dut, name, title) for title in ("first", "second", "second", "third", "third")]
    # A slow device gets more, each title twice: fewer within a second prove less, a longer row makes up for it.
    quickest = min(mark.until - mark.since for mark in marks)
    if marks[-1].until - marks[0].since >= 1.0 and quickest * LEAST_MARKS < 1.0:
        marks += [await _mark(dut, name, f"more {number // 2}") for number in range(MORE_MARKS)]
    replies = [mark.reply for mark in marks]
    dut.answers(replies[0], [Answer()], "HMP-HOT-001", "HMP-addHotmark", check="first")
    for reply in replies[1:]:
        dut.answers(reply, _EITHER, "HMP-HOT-002", check="later")
    row, most = _too_many(marks), _most_within_a_second(marks)
    if not row and most < LEAST_MARKS:
        raise CaseInconclusive(
            f"{most} HotMarks fell surely within a device second; it takes {LEAST_MARKS} to tell anything"
        )
    shown = row or marks
    took = shown[-1].until - shown[0].since
    dut.check(
        "two-taken",
        not row,
        "HMP-HOT-002",
        "HMP-addHotmark.error.hotmark-exists",
        expected=f"060004 for all but {_seconds_touched(took)} of {len(shown)} HotMarks within {took:.2f} s, which lie in so many seconds at most",
        got=", ".join(mark.reply.describe() for mark in shown),
        step=shown[-1].reply.step,
    )
    last = marks[-1]
    for turn in (1, 2, 3):  # of two steps of little more than a second one at least leads into the very next one
        await dut.wait(max(0.0, last.until + 1.05 - await dut.clock()))
        last = await _mark(dut, name, "first")
        dut.answers(last.reply, [Answer()], "HMP-HOT-002", "HMP-HOT-001", check=f"next-second-{turn}")
        early = await _mark(dut, name, "too early")
        dut.answers(early.reply, _EITHER, "HMP-HOT-002", check=f"too-early-{turn}")
        last = early if early.reply.ok else last
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
