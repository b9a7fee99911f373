"""The suite of the TelePresence Server API: generated cases of every call, the transport, and behaviour written by hand."""

from harness.suite import Suite

SUITE = Suite("tps")
