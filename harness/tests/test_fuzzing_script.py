"""Scripts as data: cut, joined, written to JSON and read again, and what is wrong in a file told in one message."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.fuzzing.script import (
    MAX_PAUSE_S,
    WAYS,
    Part,
    Script,
    Slot,
    Step,
    bytes_from_json,
    bytes_to_json,
    joined,
    pieces,
    script_from_json,
    script_to_json,
)

slots = st.sampled_from(("object:session:any", "fixture:source_ids:1", "value:0:", "value:12")).map(Slot)
parts = st.lists(st.one_of(st.binary(max_size=12), slots), max_size=6)
steps = st.builds(
    Step,
    parts=parts.map(tuple),
    cuts=st.lists(st.integers(0, 9), max_size=4).map(tuple),
    pause_s=st.floats(0, MAX_PAUSE_S),
    how=st.sampled_from(WAYS),
)
scripts = st.builds(
    Script,
    name=st.text(max_size=12),
    clauses=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    steps=st.lists(steps, max_size=4).map(tuple),
)


@settings(max_examples=40)
@given(scripts)
def test_a_script_survives_json(script: Script) -> None:
    assert script == script_from_json(json.loads(json.dumps(script_to_json(script))))


@given(st.binary(max_size=40))
def test_bytes_survive_json_and_utf8_stays_readable(data: bytes) -> None:
    row = bytes_to_json(data)
    assert data == bytes_from_json(json.loads(json.dumps(row)))
    assert ("text" in row) == (data.decode("utf-8", "replace").encode() == data)


@given(st.binary(max_size=40), st.lists(st.integers(0, 15), max_size=6))
def test_pieces_are_the_data_in_lengths_as_asked(data: bytes, cuts: list[int]) -> None:
    found = pieces(data, cuts)
    assert data == b"".join(found)
    assert all(found)
    wanted = [length for length in cuts if length]
    whole = [len(piece) for piece in found[:-1]]
    assert wanted[: len(whole)] == whole


def test_pieces_leave_the_rest_to_the_last() -> None:
    assert [b"ab", b"c", b"def"] == pieces(b"abcdef", (2, 1))
    assert [b"abcdef"] == pieces(b"abcdef", ())
    assert [] == pieces(b"", (3,))


@given(parts)
def test_joined_keeps_the_order_and_no_two_neighbours_are_bytes(row: list[Part]) -> None:
    found = joined(row)
    assert _flat(row) == _flat(found)
    assert b"" not in found
    assert not any(isinstance(a, bytes) and isinstance(b, bytes) for a, b in pairwise(found))


def _flat(row: list[Part] | tuple[Part, ...]) -> list[object]:
    """Every byte and slot on its own."""
    return [one for part in row for one in (part if isinstance(part, bytes) else [part])]


def test_slots_are_found_in_order_and_size_counts_them_once() -> None:
    one, two = Slot("object:session:any"), Slot("value:0:")
    script = Script(
        name="x", steps=(Step(parts=(b"ab", one)), Step(how="close"), Step(parts=(two, b"\n"), cuts=(1,), pause_s=0.1))
    )
    assert [one, two] == script.slots()
    # 2 bytes + slot, slot + 1 byte; three steps, a cut, a pause
    assert 5 + 3 + 1 + 1 == script.size


def row(**changes: Any) -> dict[str, Any]:
    """A script's data with the first step changed."""
    step: dict[str, Any] = {"how": "send", "parts": [{"text": "a\n"}]}
    return {"name": "x.y", "clauses": ["HMP-SYN-001"], "steps": [{**step, **changes}]}


def test_a_plain_row_is_read() -> None:
    assert Script(name="x.y", clauses=("HMP-SYN-001",), steps=(Step(parts=(b"a\n",)),)) == script_from_json(row())


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({}, "steps"),
        ({"name": "x", "steps": []}, "clauses"),
        ({"name": "x", "clauses": "HMP-SYN-001", "steps": []}, "clauses"),
        ({"name": "x", "clauses": [], "steps": ["send"]}, "get"),
        ({"name": "x", "clauses": [], "steps": 3}, "iterable"),
        (row(how="sned"), "sned"),
        (row(parts=[{"slot": "object:session"}]), "object:session"),
        (row(parts=[{"slot": "value:-1:"}]), "value:-1:"),
        (row(parts=[{"slot": "fixture:source_ids:x"}]), "fixture:source_ids:x"),
        (row(parts=[{"slot": "fiat:source_ids:1"}]), "fiat"),
        (row(parts=[{"slot": 7}]), "7"),
        (row(parts=[{}]), "base64"),
        (row(parts=[{"base64": "***"}]), "base64"),
        (row(parts=[{"text": "\ud800"}]), "surrogate"),
        (row(parts=["text"]), "ndices"),
        (row(cuts=[-1]), "cuts"),
        (row(cuts=["x"]), "x"),
        (row(pause_s=-1), "pause_s"),
        (row(pause_s=float("nan")), "pause_s"),
        (row(pause_s=1e9), "pause_s"),
        (row(cuts=[float("inf")]), "infinity"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_script_is_one_message_for_people(data: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError, match="script: expected steps with parts") as caught:
        script_from_json(data)
    assert word in str(caught.value)
