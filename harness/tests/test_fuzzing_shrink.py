"""Making scripts smaller: what is left is needed, byte by byte; tries are bounded; references stay what they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.fuzzing.script import Part, Script, Slot, Step, joined
from harness.fuzzing.shrink import BYTE_BY_BYTE, fewest, shrink

ENOUGH = 100_000
OBJECT = Slot("object:session:any")


def script(*steps: Step) -> Script:
    return Script(name="tests.shrink", steps=steps)


def sent(made: Script) -> bytes:
    """Every byte of a script; an object stands as O, a value by its number."""
    shown = (
        part if isinstance(part, bytes) else f"<{part.name[:7]}>".encode() for step in made.steps for part in step.parts
    )
    return b"".join(shown)


def counted(still: Callable[[Script], bool]) -> tuple[Callable[[Script], bool], list[Script]]:
    """The predicate, and every script that it was asked about."""
    asked: list[Script] = []

    def count(candidate: Script) -> bool:
        asked.append(candidate)
        return still(candidate)

    return count, asked


def without_one(made: Script) -> list[Script]:
    """The script without any single byte, slot, cut, pause or step."""
    found = [replace(made, steps=made.steps[:at] + made.steps[at + 1 :]) for at in range(len(made.steps))]
    if len(made.steps) == 1:
        found = []  # a script without steps is none
    for at, step in enumerate(made.steps):
        flat: list[Part] = [
            one
            for part in step.parts
            for one in ([bytes((byte,)) for byte in part] if isinstance(part, bytes) else [part])
        ]
        smaller = [replace(step, parts=joined(flat[:n] + flat[n + 1 :])) for n in range(len(flat))]
        smaller += [replace(step, cuts=step.cuts[:n] + step.cuts[n + 1 :]) for n in range(len(step.cuts))]
        smaller += [replace(step, pause_s=0.0)] if step.pause_s else []
        found += [replace(made, steps=(*made.steps[:at], one, *made.steps[at + 1 :])) for one in smaller]
    return found


sends = st.builds(
    Step,
    parts=st.lists(st.one_of(st.text("abX\n", max_size=8).map(str.encode), st.just(OBJECT)), max_size=4).map(joined),
    cuts=st.lists(st.integers(1, 5), max_size=2).map(tuple),
    pause_s=st.sampled_from((0.0, 0.5)),
)
many_steps = st.lists(st.one_of(sends, st.sampled_from((Step(how="close"), Step(how="reset")))), min_size=1, max_size=5)

# What may be true of a script and of smaller ones, and stops being true somewhere.
PREDICATES: dict[str, Callable[[Script], bool]] = {
    "has X": lambda made: b"X" in sent(made),
    "has a before b": lambda made: b"b" in sent(made).partition(b"a")[2],
    "an even number of a, but some": lambda made: sent(made).count(b"a") in (2, 4, 6, 8, 10),
    "two requests": lambda made: sent(made).count(b"\n") >= 2,
    "an object": lambda made: OBJECT in made.slots(),
    "a pause": lambda made: any(step.pause_s for step in made.steps),
    "a cut and an X": lambda made: any(step.cuts for step in made.steps) and b"X" in sent(made),
    "X behind an end": lambda made: (
        any(step.how != "send" for step in made.steps[:-1])
        and any(b"X" in part for part in made.steps[-1].parts if isinstance(part, bytes))
    ),
}


@pytest.mark.slow
@settings(max_examples=60)
@given(many_steps.map(lambda steps: script(*steps)), st.sampled_from(sorted(PREDICATES)))
def test_nothing_that_is_left_can_be_left_out(made: Script, name: str) -> None:
    predicate = PREDICATES[name]
    if not predicate(made):
        return
    still, asked = counted(predicate)
    small = shrink(made, still, tries=ENOUGH)
    assert predicate(small)
    assert [] == [sent(one) for one in without_one(small) if predicate(one)]
    assert small == made or small.size < made.size
    assert all(one.size < made.size for one in asked)


@pytest.mark.slow
@settings(max_examples=40)
@given(many_steps.map(lambda steps: script(*steps)), st.integers(0, 30))
def test_no_more_tries_than_allowed_and_never_a_result_that_was_not_seen(made: Script, tries: int) -> None:
    still, asked = counted(PREDICATES["has X"])
    small = shrink(made, still, tries=tries)
    assert len(asked) <= tries
    assert small == made or (small in asked and PREDICATES["has X"](small))


def test_what_always_holds_shrinks_to_the_empty_request() -> None:
    made = script(Step(parts=(b"createSession ", OBJECT, b" more\n"), cuts=(3, 4), pause_s=0.1), Step(how="close"))
    assert shrink(made, lambda _: True, tries=ENOUGH).size <= 1


def test_what_never_holds_for_less_stays_as_it_is() -> None:
    made = script(Step(parts=(b"createSession x\n",)), Step(how="reset"))
    assert made is shrink(made, lambda _: False, tries=ENOUGH)


def test_long_values_shrink_in_few_tries() -> None:
    """Of a part that is longer than BYTE_BY_BYTE whole pieces go first."""
    made = script(Step(parts=(b"createSession " + b"long" * 50_000 + b"X\n",)))
    still, asked = counted(lambda one: b"X" in sent(one))
    assert b"X" == sent(shrink(made, still, tries=400))
    assert len(asked) < 100
    assert BYTE_BY_BYTE < 1000


# References

MAKING = Step(parts=(b"createSession title\n",))


def requests_before(made: Script, at: int) -> int:
    return sent(replace(made, steps=made.steps[:at])).count(b"\n")


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from((b"getRecordingStatus x\n", b"createSession a b c\n", b"un", b"ended\n")), max_size=4),
    st.lists(st.sampled_from(("close", "reset")), max_size=1),
    st.integers(0, 2**16),
)
def test_references_keep_pointing_at_the_same_request(before: list[bytes], ends: list[str], salt: int) -> None:
    """A reference counts requests; whatever is tried, it names the one that makes its object, which here stands right before."""
    steps = [Step(parts=(line,)) for line in before] + [Step(how=how) for how in ends]
    if sent(script(*steps)) and not sent(script(*steps)).endswith(b"\n"):
        steps.append(Step(parts=(b"\n",)))
    number = requests_before(script(*steps), len(steps))
    steps += [MAKING, Step(parts=(b"deleteSession ", Slot(f"value:{number}:"), b" surplus\n"))]

    def still(candidate: Script) -> bool:
        for at, step in enumerate(candidate.steps):
            for slot in (part for part in step.parts if isinstance(part, Slot)):
                assert f"value:{requests_before(candidate, at) - 1}:" == slot.name
        return crc32(sent(candidate), salt + len(candidate.steps)) % 3 > 0  # anything goes, but the same each time

    shrink(script(*steps), still, tries=300)


def test_requests_between_a_reference_and_what_it_names_can_go() -> None:
    made = script(
        Step(parts=(b"getRecordingStatus x\ncreateSession title\n",)),
        Step(parts=(b"getRecordingStatus y\ngetRecordingStatus z\n", b"deleteSession ", Slot("value:1:"), b"\n")),
    )

    def still(candidate: Script) -> bool:
        return b"createSession" in sent(candidate) and any(isinstance(part, Slot) for part in candidate.steps[-1].parts)

    small = shrink(made, still, tries=ENOUGH)
    assert [Slot("value:0:")] == small.slots()
    assert 2 == sent(small).count(b"\n")


# Subsequences


@pytest.mark.slow
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(0, 2**16))
def test_fewest_leaves_no_item_that_can_go(items: list[int], salt: int) -> None:
    def still(some: Sequence[int]) -> bool:
        return len(some) == len(items) or crc32(bytes(some), salt) % 2 == 0

    kept = fewest(items, still)
    assert still(kept)
    assert [] == [
        kept[:n] + kept[n + 1 :] for n in range(len(kept)) if len(kept) > 1 and still(kept[:n] + kept[n + 1 :])
    ]
    rest = iter(items)
    assert all(item in rest for item in kept)  # a subsequence


@pytest.mark.parametrize("wanted", [(0,), (63,), (3, 40), (0, 1, 62, 63), (31, 32)])
def test_fewest_finds_those_that_matter(wanted: tuple[int, ...]) -> None:
    asked: list[Sequence[int]] = []

    def still(some: Sequence[int]) -> bool:
        asked.append(some)
        return set(wanted) <= set(some)

    assert list(wanted) == fewest(range(64), still)
    assert all(asked)  # never the empty one
