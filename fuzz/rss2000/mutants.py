"""The mutants of what no structure of the spec says: sessions, indications, states, pages, how commands go together."""

from __future__ import annotations

from collections.abc import Sequence

from fuzz.rss2000 import (
    breaches_accounts,
    breaches_archives,
    breaches_groups,
    breaches_links,
    breaches_media,
    breaches_options,
    breaches_packets,
    breaches_rooms,
    breaches_sessions,
    breaches_settings,
    breaches_told,
)
from harness.mutation.mutant import Mutant
from harness.spec.model import System

# What follows from the structure of the spec and is no breach under a reading of an ambiguity.
ALLOWED = {
    "RSS-GETIP.INDEX:refused-1": "only the first port is supported, line 396",
    "RSS-SETIP.INDEX:refused-1": "only the first port is supported, line 396",
    "RSS-DELMEDIAINFO.TYPE:refused-1": "RSS-AMB-089: a stream may not be deleted",
    "RSS-SETMEDIAINFO.CATALOG:refused-1": "RSS-AMB-089: a stream may not be changed",
    "RSS-GETUILOGO:refused": "RSS-AMB-096: it may not be there",
    "RSS-GETUILOGO:silent": "RSS-AMB-096: it may not be there",
    "RSS-GETVIDEOLOGO:refused": "RSS-AMB-096: it may not be there",
    "RSS-GETVIDEOLOGO:silent": "RSS-AMB-096: it may not be there",
    "RSS-SHUTDOWN:silent": "RSS-AMB-007: it may end the connection",
    "RSS-ADDROOM.INDEX:refused": "the table wants it blank",
}


def mutants(system: System) -> Sequence[Mutant]:
    """Every mutant that a person wrote."""
    modules = (
        breaches_accounts,
        breaches_archives,
        breaches_groups,
        breaches_links,
        breaches_media,
        breaches_options,
        breaches_packets,
        breaches_rooms,
        breaches_sessions,
        breaches_settings,
        breaches_told,
    )
    return [mutant for module in modules for mutant in module.breach.mutants(system)]
