"""Which systems have a reference server; the one module that knows them all by name."""

from __future__ import annotations

from harness.reference.cds.faults import FAULTS as CDS_FAULTS
from harness.reference.cds.faulty import start as start_cds
from harness.reference.faults import require_known
from harness.reference.hmp.device import Device as HmpDevice
from harness.reference.hmp.faults import FAULTS as HMP_FAULTS
from harness.reference.rss2000.device import Device as RssDevice
from harness.reference.rss2000.faults import FAULTS as RSS_FAULTS
from harness.reference.system import Implementation
from harness.reference.tps.device import Device as TpsDevice
from harness.reference.tps.faults import FAULTS as TPS_FAULTS
from harness.reference.uptivity.device import Device as UptivityDevice
from harness.reference.uptivity.faults import FAULTS as UPTIVITY_FAULTS

IMPLEMENTATIONS = {
    "cds": Implementation(faults=CDS_FAULTS, start=start_cds),
    "hmp": Implementation(faults=HMP_FAULTS, start=HmpDevice),
    "rss2000": Implementation(faults=RSS_FAULTS, start=RssDevice),
    "tps": Implementation(faults=TPS_FAULTS, start=TpsDevice),
    "uptivity": Implementation(faults=UPTIVITY_FAULTS, start=UptivityDevice),
}


def implementation(system: str) -> Implementation:
    """The reference server of a system.

    Raises:
        UsageError: there is none; the message names the nearest system that has one.
    """
    require_known("system", system, IMPLEMENTATIONS)
    return IMPLEMENTATIONS[system]
