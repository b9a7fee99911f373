"""Requests that are right, bent and broken: `fuzz.cds.grammar` says what may answer each, `fuzz.cds.rules` what several answers say together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fuzzing.session import Session
from harness.fuzzing.testing import must_conform
from harness.strategies import HttpStrategies


@pytest.mark.parametrize("category", ["query", "headers", "dates", "paging", "bytes", "framing"])
def test_scripts(category: str, fuzz_session: Session, strategies: HttpStrategies) -> None:
    """Every script of a category is answered as the document says, and the device is alive behind it."""

    @given(data=st.data())
    def conforms(data: st.DataObject) -> None:
        must_conform(fuzz_session, data.draw(strategies.scripts(category)))

    conforms()
