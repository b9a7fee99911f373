"""Framing: commands cut, joined, unfinished and broken off. How bytes are cut must never matter; only line feeds end commands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.fuzzing.script import Script
from harness.fuzzing.session import Session
from harness.fuzzing.testing import must_conform
from harness.strategies import Strategies


@given(data=st.data())
def test_segments_end_anywhere(data: st.DataObject, fuzz_session: Session) -> None:
    """However a few commands are cut into segments, each gets its reply."""
    must_conform(fuzz_session, data.draw(_strategies(fuzz_session).segmented()))


@given(data=st.data())
def test_nothing_is_answered_before_its_line_feed(data: st.DataObject, fuzz_session: Session) -> None:
    """A command without its line feed gets no reply, and gets one with it."""
    must_conform(fuzz_session, data.draw(_strategies(fuzz_session).unfinished()))


@given(data=st.data())
def test_a_broken_off_command_leaves_nothing_behind(data: st.DataObject, fuzz_session: Session) -> None:
    """After a connection that ends within a command, the next one begins anew."""
    must_conform(fuzz_session, data.draw(_strategies(fuzz_session).broken_off()))


@given(number=st.integers(0, 2**32 - 1))
def test_long_and_many(number: int, fuzz_session: Session) -> None:
    """Very long lines and very many commands at once, from the fast layer."""
    from harness.fuzzing.build import Builder, rng_of

    builder = Builder(fuzz_session.system, fuzz_session.target, ("framing",))
    script: Script = builder.script(rng_of(1, number))
    must_conform(fuzz_session, script)


def _strategies(session: Session) -> Strategies:
    return Strategies(session.system, session.target)
