"""Packets that are right, bent and broken: `fuzz.rss2000.grammar` says what may answer each, `fuzz.rss2000.rules` what answers say together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fuzzing.session import Session
from harness.fuzzing.testing import must_conform
from harness.strategies import PacketStrategies


@pytest.mark.parametrize("category", ["framing", "xml", "values", "sessions", "bytes"])
def test_scripts(category: str, fuzz_session: Session, strategies: PacketStrategies) -> None:
    """Every script of a category is answered as the document says, and the device is alive behind it."""

    @given(data=st.data())
    def conforms(data: st.DataObject) -> None:
        must_conform(fuzz_session, data.draw(strategies.scripts(category)))

    conforms()
