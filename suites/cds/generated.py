"""The cases that the spec itself gives; their ids stand in cases.txt."""

from harness.derive_open import derive_open
from harness.derive_query import derive_queries
from harness.spec.load import load_system
from suites.cds import SUITE, world

__all__ = ["world"]  # the providers register when it is imported

for case in (*derive_queries(load_system("cds"), __name__), *derive_open(load_system("cds"), __name__)):
    SUITE.add(case)
