"""All wire probes of the XML API: `PROBES`, and `play` to run one."""

from __future__ import annotations

from harness.tests.probes import rss2000_accounts, rss2000_events, rss2000_groups, rss2000_media, rss2000_sessions
from harness.tests.probes.rss2000_wire import PROBES, NotHere, Probe, play

__all__ = ["PARTS", "PROBES", "NotHere", "Probe", "play"]

# Each registers its probes when it is imported.
PARTS = (rss2000_accounts, rss2000_groups, rss2000_media, rss2000_sessions, rss2000_events)
