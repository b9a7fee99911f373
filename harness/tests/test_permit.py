"""What a run may send, and how what it did is taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import PermitError
from harness.flow import Note, Undo
from harness.messages.lines import LineBinding
from harness.permit import Journal, Permit
from harness.spec.load import load_system
from harness.spec.model import Effect
from harness.target import Allow, Target

HMP = load_system("hmp")
assert HMP.lines is not None
BINDING = LineBinding(HMP, HMP.lines)
WRITES = [name for name, operation in HMP.operations.items() if operation.effect is not Effect.READ]
READ_ONLY = Permit(Allow(), 1.0)
# Characters that a careless device may skip in a name: control characters, white space, quotes, escapes.
IGNORED = st.text(alphabet="".join(map(chr, range(0x21))) + "\"'\\\x7f\u00a0\u200b\ufeff", max_size=3)


@given(st.sampled_from(WRITES), st.data())
def test_no_spelling_of_a_write_command_passes_a_read_only_permit(name: str, data: st.DataObject) -> None:
    """Any letter case, and control characters, quotes or spaces put in anywhere."""
    spelled = "".join(
        data.draw(IGNORED) + (char.upper() if data.draw(st.booleans()) else char.lower()) for char in name
    )
    line = data.draw(st.text(max_size=5)) + spelled + data.draw(st.text(max_size=5))
    with pytest.raises(PermitError):
        READ_ONLY.check(BINDING, line.encode("utf-8", "surrogatepass"))


@given(st.sampled_from(WRITES), st.binary(max_size=10), st.binary(max_size=10))
def test_no_bytes_around_a_write_command_hide_it(name: str, before: bytes, after: bytes) -> None:
    with pytest.raises(PermitError):
        READ_ONLY.check(BINDING, before + name.encode() + after)


def test_a_refusal_names_operation_and_effect() -> None:
    with pytest.raises(
        PermitError, match=r"^deleteSession is write, which \[target.allow\] does not permit$"
    ) as caught:
        READ_ONLY.check(BINDING, b"deleteSession x\n")
    assert (caught.value.effect, caught.value.operation) == ("write", "deleteSession")


def test_reads_pass_every_permit_and_writes_pass_where_they_are_allowed() -> None:
    READ_ONLY.check(BINDING, b"getRecordingStatus x\n")
    READ_ONLY.check(BINDING, b"")
    Permit(Allow(write=True), 1.0).check(BINDING, b"deleteSession x\n")


@pytest.mark.parametrize("effect", [effect for effect in Effect if effect is not Effect.READ])
def test_one_permission_does_not_cover_another(effect: Effect) -> None:
    """DESIGN.md, Vocabulary: permit."""
    allow = Allow(**{effect.value: True})
    assert [other for other in Effect if allow.covers(other)] == [Effect.READ, effect]


def test_the_acceptance_profile_takes_everything_but_reading_and_waiting_away() -> None:
    everything = Allow(write=True, disruptive=True, destructive=True, slow=True, load=True)
    target = Target(system="hmp", name="t", host="h", ports={}, allow=everything, clock_scale=2.0)
    assert Permit.of(target).allow == everything
    assert Permit.of(target, read_only=True).allow == Allow(slow=True)


@pytest.mark.parametrize(
    ("device_s", "scale", "slow", "covered"),
    [(15, 1.0, False, True), (15.1, 1.0, False, False), (15.1, 1.0, True, True), (1800, 600.0, False, True)],
)
def test_a_wait_is_slow_above_fifteen_seconds_of_wall_time(
    device_s: float, scale: float, slow: bool, covered: bool
) -> None:
    """DESIGN.md, Contracts: a case that waits more than 15 s of wall time is slow."""
    assert Permit(Allow(slow=slow), scale).covers_wait(device_s) is covered


def journal(*notes: Note) -> Journal:
    made = Journal()
    for note in notes:
        made.note(note, "case")
    return made


def entry(operation: str, *arguments: str) -> Undo:
    return Undo(operation=operation, arguments=arguments, case="case")


def test_what_was_done_is_undone_newest_first() -> None:
    made = journal(Note("add", "a", ("1",)), Note("add", "b", ("2",)), Note("add", "c", ("3",)))
    done: list[Undo] = []
    assert made.undo(lambda one: done.append(one) or True, lambda _: "") == []  # type: ignore[func-returns-value]
    assert done == [entry("c", "3"), entry("b", "2"), entry("a", "1")]
    assert made.entries == []


def test_what_a_case_took_back_itself_is_dropped() -> None:
    made = journal(
        Note("add", "delete", ("1",)),
        Note("add", "delete", ("2",)),
        Note("drop", "delete", ("1",)),
        Note("drop", "other", ("2",)),
    )
    assert made.entries == [entry("delete", "2")]


def test_what_belonged_to_an_object_that_is_gone_needs_no_undo() -> None:
    made = journal(
        Note("add", "delete", ("s",)),
        Note("add", "remove", ("s", "x")),
        Note("add", "delete", ("t",)),
        Note("gone", arguments=("s",)),
    )
    assert made.entries == [entry("delete", "t")]


def test_what_could_not_be_undone_is_told_and_the_rest_is_undone_all_the_same() -> None:
    made = journal(Note("add", "a"), Note("add", "b"), Note("add", "c"))
    assert made.undo(lambda one: one.operation != "b", lambda _: "") == [entry("b")]
    assert made.entries == []


def test_what_could_not_be_undone_counts_as_undone_once_its_object_is_removed() -> None:
    made = journal(Note("add", "delete", ("s",)), Note("add", "remove", ("s", "x")), Note("add", "remove", ("t", "x")))
    left = made.undo(
        lambda one: one.operation == "delete", lambda one: one.arguments[0] if one.operation == "delete" else ""
    )
    assert left == [entry("remove", "t", "x")]
