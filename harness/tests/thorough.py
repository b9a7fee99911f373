"""What takes longer than CI may: all of it runs with CLAUSEWISE_THOROUGH in the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

THOROUGH = bool(os.environ.get("CLAUSEWISE_THOROUGH"))


def some(names: Sequence[T], step: int) -> list[T]:
    """Every so many of them."""
    return list(names if THOROUGH else names[::step])


def first(names: Sequence[T], count: int) -> list[T]:
    """As many of them."""
    return list(names if THOROUGH else names[:count])


def takes_minutes(test: Callable[..., None]) -> Callable[..., None]:
    """A test that runs only there, and for an hour at most."""
    mark = pytest.mark.skipif(not THOROUGH, reason="takes minutes; CLAUSEWISE_THOROUGH=1 runs it")
    marked: Callable[..., None] = pytest.mark.slow(pytest.mark.timeout(3600)(mark(test)))
    return marked
