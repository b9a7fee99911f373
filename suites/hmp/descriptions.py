"""Metadata and categories."""

from harness.checks.answer import Answer
from harness.dut import Dut
from suites.hmp import SUITE
from suites.hmp.world import session

CHAPTER = "Metadata and categories"
_OF = {"Session": ("updateSessionMetadata", "setSessionCategory"), "Recording": ("updateMetadata", "setCategory")}


async def _subject(dut: Dut, what: str) -> str:
    return await session(dut, "empty") if what == "Session" else await dut.shared("recording", "FINISHED")


def _register(what: str) -> None:
    update, categorise = _OF[what]
    base = what.lower()

    @SUITE.scenario(
        f"metadata.{base}.repeated", "HMP-MET-001", f"HMP-{update}", chapter=CHAPTER, after=(f"{update}.success",)
    )
    async def repeated(dut: Dut) -> None:
        """Every field can be set, and set again to the same and to another value."""
        subject = await _subject(dut, what)
        for field in ("title", "description"):
            for value in ("one", "one", "two words", "x" * 100):
                dut.ok(
                    await dut.call(update, subject, field, value), "HMP-MET-001", f"HMP-{update}", check=f"sets-{field}"
                )

    @SUITE.scenario(
        f"metadata.{base}.creator", f"HMP-{update}.fieldName", chapter=CHAPTER, after=(f"{update}.success",)
    )
    async def creator(dut: Dut) -> None:
        """The creator is set under one of the two spellings that the document prints."""
        subject = await _subject(dut, what)
        lower = await dut.call(update, subject, "createdby", "me")
        camel = await dut.call(update, subject, "createdBy", "me")
        spellings = ["createdby"] * bool(lower.ok) + ["createdBy"] * bool(camel.ok)
        dut.check(
            "one-spelling",
            bool(spellings),
            f"HMP-{update}.fieldName",
            expected="createdby or createdBy is accepted",
            got=lower.describe(),
            step=lower.step,
        )
        reading = "both" if len(spellings) == 2 else "".join(spellings) or "createdby"
        for reply in (lower, camel):
            answers = [Answer(reading=reading), Answer(error="bad-field", about=1, reading=reading)]
            dut.answers(reply, answers, f"HMP-{update}.fieldName", ambiguity="HMP-AMB-014", check="either")
        if what == "Recording":
            dut.answers(lower, [Answer()], f"HMP-{update}.fieldName", check="as-printed")

    @SUITE.scenario(f"metadata.{base}.empty", chapter=CHAPTER)
    async def empty(dut: Dut) -> None:
        """An empty value: no rule forbids it, no rule allows it."""
        reply = await dut.call(update, await _subject(dut, what), "description", "")
        answers = [Answer(reading="accepted"), Answer(error="*", reading="refused")]
        dut.answers(reply, answers, f"HMP-{update}.value", ambiguity="HMP-AMB-058", check="either")

    @SUITE.scenario(
        f"category.{base}.values", "HMP-CAT-001", f"HMP-{categorise}", chapter=CHAPTER, after=(f"{categorise}.success",)
    )
    async def values(dut: Dut) -> None:
        """One value, several, many, with words of several, and the same set again: all are taken."""
        category_id, subject = dut.fixture("category_ids"), await _subject(dut, what)
        for given in (
            ("one",),
            ("one", "two"),
            ("a b", "c  d", "c d"),
            ("a", "b", "c", "d", "e"),
            tuple(f"v{n}" for n in range(40)),
            ("one",),
            ("one",),
        ):
            dut.ok(
                await dut.call(categorise, subject, category_id, *given),
                "HMP-CAT-001",
                f"HMP-{categorise}.value",
                check="taken",
            )

    @SUITE.scenario(
        f"category.{base}.identity",
        "HMP-SYN-003",
        "HMP-SYN-006",
        "HMP-SYN-011",
        "HMP-CAT-002",
        chapter=CHAPTER,
        after=(f"{categorise}.success",),
    )
    async def identity(dut: Dut) -> None:
        """Values that differ in anything a quoted string preserves are not duplicates."""
        category_id, subject = dut.fixture("category_ids"), await _subject(dut, what)
        pairs = {
            "spaces": ("a b", "a  b"),
            "words": ("ab", "a b"),
            "prefix": ("abc", "abcd"),
            "accents": ("e", "é"),
            "scripts": ("日", "本"),
            "beyond-the-basic-plane": ("😀", "😁"),
            "backslash": ("a\\b", "ab"),
            "two-backslashes": ("a\\b", "a\\\\b"),
            "tab": ("a\tb", "a b"),
            "inner-quote": ('a"b', "ab"),
        }
        for name, pair in pairs.items():
            dut.ok(
                await dut.call(categorise, subject, category_id, *pair),
                "HMP-SYN-003",
                "HMP-SYN-006",
                "HMP-CAT-002",
                check=f"differ-{name}",
            )

    @SUITE.scenario(f"category.{base}.letter-case", chapter=CHAPTER)
    async def letter_case(dut: Dut) -> None:
        """Whether values that differ only in case are duplicates."""
        reply = await dut.call(categorise, await _subject(dut, what), dut.fixture("category_ids"), "Same", "same")
        answers = [Answer(reading="different"), Answer(error="duplicate-value", reading="same")]
        dut.answers(reply, answers, "HMP-CAT-002", ambiguity="HMP-AMB-056", check="either")

    @SUITE.scenario(f"category.{base}.blank", "HMP-CAT-003", "HMP-CAT-004", chapter=CHAPTER)
    async def blank(dut: Dut) -> None:
        """A value of one space is refused, as empty or as untrimmed; white space other than spaces may be."""
        category_id, subject = dut.fixture("category_ids"), await _subject(dut, what)
        refused = [Answer(error="untrimmed-value"), Answer(error="empty-value")]
        dut.answers(
            await dut.call(categorise, subject, category_id, " "), refused, "HMP-CAT-004", "HMP-CAT-003", check="space"
        )
        either = [
            Answer(reading="spaces-only"),
            *(Answer(error=answer.error, reading="white-space") for answer in refused),
        ]
        for name, value in (("tab", "x\t"), ("line-feed", "x\n"), ("no-break-space", "\u00a0x")):
            dut.answers(
                await dut.call(categorise, subject, category_id, value),
                either,
                "HMP-CAT-004",
                ambiguity="HMP-AMB-055",
                check=name,
            )

    @SUITE.scenario(
        f"category.{base}.independent-calls", "HMP-CAT-002", chapter=CHAPTER, after=(f"{categorise}.success",)
    )
    async def independent_calls(dut: Dut) -> None:
        """Values need to be unique in one command only; a refused command does not count."""
        category_id, subject = dut.fixture("category_ids"), await _subject(dut, what)
        dut.ok(await dut.call(categorise, subject, category_id, "a", "b"), "HMP-CAT-002", check="first")
        dut.error(
            await dut.call(categorise, subject, category_id, "a", "a"),
            "duplicate-value",
            "HMP-CAT-002",
            check="twice-in-one",
        )
        dut.ok(await dut.call(categorise, subject, category_id, "b", "a"), "HMP-CAT-002", check="again")

    @SUITE.scenario(
        f"category.{base}.every-category",
        f"HMP-{categorise}.categoryId",
        chapter=CHAPTER,
        after=(f"{categorise}.success",),
    )
    async def every_category(dut: Dut) -> None:
        """Each category of the target file is known."""
        subject = await _subject(dut, what)
        for category_id in dut.fixtures("category_ids"):
            dut.ok(await dut.call(categorise, subject, category_id, "x"), f"HMP-{categorise}.categoryId", check="known")


_register("Session")
_register("Recording")
