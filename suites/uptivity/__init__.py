"""The suite of the Uptivity Discover API: generated cases on both roads, and behaviour across calls written by hand."""

from harness.suite import Suite

SUITE = Suite("uptivity")
