"""What the tests of XML messages share: the rules of a system that speaks them."""

from __future__ import annotations

from functools import lru_cache

from harness.spec.load import load_system
from harness.spec.messagemodel import MessageSyntax
from harness.spec.model import System


@lru_cache(maxsize=1)
def system() -> System:
    return load_system("rss2000")


def syntax() -> MessageSyntax:
    found = system().messages
    assert found is not None
    return found
