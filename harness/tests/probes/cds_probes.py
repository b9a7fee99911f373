"""All wire probes of the monitoring messages: `PROBES`, and `play` to run one."""

from __future__ import annotations

from harness.tests.probes import cds_events, cds_http, cds_lists, cds_messages, cds_requests
from harness.tests.probes.cds_wire import PROBES, NotHere, Probe, play

__all__ = ["PARTS", "PROBES", "NotHere", "Probe", "play"]

# Each registers its probes when it is imported.
PARTS = (cds_requests, cds_messages, cds_lists, cds_events, cds_http)
