"""All wire probes of the XML API on a socket and by URL: `PROBES`, and `play` to run one."""

from __future__ import annotations

from harness.tests.probes import (
    uptivity_calls,
    uptivity_control,
    uptivity_effects,
    uptivity_events,
    uptivity_groups,
    uptivity_imports,
    uptivity_lists,
    uptivity_messages,
    uptivity_status,
    uptivity_web,
)
from harness.tests.probes.uptivity_wire import PROBES, NotHere, Probe, World, play

__all__ = ["PARTS", "PROBES", "NotHere", "Probe", "World", "play"]

# Each registers its probes when it is imported.
PARTS = (
    uptivity_messages,
    uptivity_status,
    uptivity_lists,
    uptivity_calls,
    uptivity_control,
    uptivity_effects,
    uptivity_imports,
    uptivity_groups,
    uptivity_web,
    uptivity_events,
)
