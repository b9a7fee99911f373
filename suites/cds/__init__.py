"""The suite of the CDS monitoring APIs: generated cases, and behaviour across messages written by hand. It only reads."""

from harness.suite import Suite

SUITE = Suite("cds")
