"""Quoting and escaping: every spelling of a value, and lines whose quotes are wrong. The grammar of `fuzz.hmp.grammar` says what must be answered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.fuzzing.session import Session
from harness.fuzzing.testing import must_conform
from harness.strategies import Strategies


@given(data=st.data())
def test_every_spelling_is_one_value(data: st.DataObject, fuzz_session: Session) -> None:
    """Right and wrong values, quoted or not, get the reply that their meaning asks for."""
    must_conform(fuzz_session, data.draw(_strategies(fuzz_session).spelled()))


@given(data=st.data())
def test_two_spellings_of_a_value_are_duplicates(data: st.DataObject, fuzz_session: Session) -> None:
    """Values that must differ are compared by what they mean, not by how they are written."""
    must_conform(fuzz_session, data.draw(_strategies(fuzz_session).twins()))


@given(data=st.data())
def test_broken_quotes(data: st.DataObject, fuzz_session: Session) -> None:
    """Quotes and escapes lost, added or moved: a syntax error where the grammar says so, one documented reply elsewhere."""
    must_conform(fuzz_session, data.draw(_strategies(fuzz_session).mutated("escaping")))


@given(data=st.data())
def test_broken_bytes(data: st.DataObject, fuzz_session: Session) -> None:
    """Bytes flipped, lost, doubled; invalid UTF-8; odd characters and names."""
    must_conform(fuzz_session, data.draw(_strategies(fuzz_session).mutated("bytes")))


def _strategies(session: Session) -> Strategies:
    return Strategies(session.system, session.target)
