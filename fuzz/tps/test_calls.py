"""Calls that are right, bent and broken: `fuzz.tps.grammar` says what may answer each, `fuzz.tps.shown` what must be shown behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.tps.kit import KIT
from harness.fuzzing.call_build import CALL_CATEGORIES
from harness.fuzzing.script import Script
from harness.fuzzing.session import Session
from harness.fuzzing.testing import must_conform
from harness.strategies_calls import CallStrategies


@pytest.mark.parametrize("category", CALL_CATEGORIES)
def test_scripts(category: str, fuzz_session: Session, strategies: CallStrategies) -> None:
    """Every script of a category is answered as the document says, and the device is alive behind it."""

    @given(data=st.data())
    def conforms(data: st.DataObject) -> None:
        must_conform(fuzz_session, data.draw(strategies.scripts(category)))

    conforms()


def test_reading_calls(fuzz_session: Session, strategies: CallStrategies) -> None:
    """Calls that only read, with any members inside of their types."""
    operations = fuzz_session.system.operations
    methods = [one for one in strategies.methods if operations[one].effect.value == "read" and one not in KIT.never]

    @given(script=strategies.calls(methods))
    def conforms(script: Script) -> None:
        must_conform(fuzz_session, script)

    conforms()
