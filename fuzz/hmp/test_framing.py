"""Framing: commands cut, joined, unfinished, long, many and broken off. How bytes are cut must never matter; only line feeds end commands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.fuzzing.build import Builder, rng_of
from harness.fuzzing.session import Session
from harness.fuzzing.testing import must_conform


@given(number=st.integers(0, 2**32 - 1))
def test_however_commands_are_cut(number: int, fuzz_session: Session) -> None:
    """Each gets its reply, none before its line feed, and nothing is left behind by a connection that ended within one."""
    builder = Builder(fuzz_session.system, fuzz_session.target, ("framing",))
    must_conform(fuzz_session, builder.script(rng_of(1, number)))


@given(number=st.integers(0, 2**32 - 1))
def test_dialogues(number: int, fuzz_session: Session) -> None:
    """Objects made, used and changed in any order, several commands at a time."""
    builder = Builder(fuzz_session.system, fuzz_session.target, ("dialogue",))
    must_conform(fuzz_session, builder.script(rng_of(1, number)))
