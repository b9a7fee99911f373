"""Settings of the project's own tests."""

from __future__ import annotations

import time
from zlib import crc32

import pytest
from hypothesis import settings

# A busy machine is no finding: examples are bounded in number, not each in time.
settings.register_profile("clausewise", deadline=None, max_examples=100)
settings.load_profile("clausewise")

STARTED = time.monotonic()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--within` bounds a run whose tests are more than there is time for."""
    parser.addoption(
        "--within",
        type=float,
        metavar="SECONDS",
        help="begin no test later than this; what runs until then is a fair share, the same ones on machines of one speed",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--within`, an order that is no file's, so that what is left out is a little of everything."""
    if config.getoption("within") is not None:
        items.sort(key=lambda item: crc32(item.nodeid.encode()))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what would begin too late."""
    within = item.config.getoption("within")
    if within is not None and time.monotonic() - STARTED > within:
        pytest.skip(f"not begun within {within:g} s")
