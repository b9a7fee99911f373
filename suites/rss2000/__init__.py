"""The suite of the RSS 2000 XML API: generated cases, and behaviour across commands and sessions written by hand."""

from harness.suite import Suite

SUITE = Suite("rss2000")
