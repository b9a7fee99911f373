"""The cases that the spec itself gives; their ids stand in cases.txt."""

from harness.derive import derive
from harness.spec.load import load_system
from suites.hmp import SUITE, world

__all__ = ["world"]  # the providers register when it is imported

for case in derive(load_system("hmp"), SUITE, __name__):
    SUITE.add(case)
