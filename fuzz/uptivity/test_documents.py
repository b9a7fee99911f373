"""Documents and URLs that are right, bent and broken: `fuzz.uptivity.grammar` says what may answer each, `fuzz.uptivity.model` what shows behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.fuzzing.document_build import DOCUMENT_CATEGORIES
from harness.fuzzing.session import Session
from harness.fuzzing.testing import must_conform
from harness.strategies import DocumentStrategies


@pytest.mark.parametrize("category", DOCUMENT_CATEGORIES)
def test_scripts(category: str, fuzz_session: Session, strategies: DocumentStrategies) -> None:
    """Every script of a category is answered as the document says, and the device is alive behind it."""
    if category not in strategies.categories:
        pytest.skip("the target offers no road, device or permit for it")

    @given(data=st.data())
    def conforms(data: st.DataObject) -> None:
        must_conform(fuzz_session, data.draw(strategies.scripts(category)))

    conforms()
