"""All wire probes of the TelePresence Server: `PROBES`, and `play` to run one."""

from __future__ import annotations

from harness.tests.probes import (
    tps_async,
    tps_attributes,
    tps_calls,
    tps_conferences,
    tps_definitions,
    tps_device,
    tps_extra,
    tps_features,
    tps_http,
    tps_limits,
    tps_media,
    tps_members,
    tps_more,
    tps_network,
    tps_participants,
    tps_services,
    tps_states,
    tps_uris,
    tps_users,
    tps_values,
    tps_xml,
)
from harness.tests.probes.tps_wire import PROBES, NotHere, Probe, World, play

__all__ = ["PARTS", "PROBES", "NotHere", "Probe", "World", "play"]

# Each registers its probes when it is imported.
PARTS = (
    tps_http,
    tps_values,
    tps_xml,
    tps_members,
    tps_attributes,
    tps_uris,
    tps_conferences,
    tps_participants,
    tps_definitions,
    tps_calls,
    tps_async,
    tps_media,
    tps_device,
    tps_services,
    tps_network,
    tps_users,
    tps_limits,
    tps_states,
    tps_more,
    tps_extra,
    tps_features,
)
