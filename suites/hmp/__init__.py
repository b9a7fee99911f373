"""The suite of the HMP Command Line API: generated cases, and behaviour across commands written by hand."""

from harness.suite import Suite

SUITE = Suite("hmp")
