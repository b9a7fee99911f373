"""The cases that the spec itself gives; their ids stand in cases.txt."""

from harness.derive_documents import derive_documents
from harness.derive_roads import derive_roads
from harness.spec.load import load_system
from suites.uptivity import SUITE
from suites.uptivity.samples import sample

# A device without a mail server refuses them as documented: see `exports`.
ELSEWHERE = ("EMAIL", "COMBINEDEMAIL")
# What samples have besides what a function needs: see `world`.
SAMPLED = {
    "CALLSTART": ("DEVICEID",),
    "CALLSTOP": ("DEVICEID",),
    "CALLUPDATE": ("DEVICEID",),
    "RECORDSTART": ("DEVICEID",),
    "RECORDSTOP": ("DEVICEID",),
    "CHATSTART": ("AGENTID",),
    "IMPORTUSER": ("SITEID",),
}
# Examples that may fit no recording, or no call, or only one format: whether that is an error is open. See `filters`, `calllist`,
# `blackouts` and `exports`.
_FILTERS = ("CRM_USER", "SYS_USER", "DEVICEALIAS", "GROUP", "GATE", "ANI", "DNIS", "CALLDATEEND")
OPEN = {
    *(f"uptivity.CALLLIST.{name}.given" for name in (*_FILTERS, *(f"USER{number}" for number in range(1, 16)))),
    *(f"uptivity.{name}.CALLINSTANCE.given" for name in ("BLACKOUTSTART", "BLACKOUTSTOP")),
    "uptivity.EXPORT.ENCRYPT.given",
}

_MODEL = load_system("uptivity")
for case in (
    *derive_documents(_MODEL, __name__, sample, without=ELSEWHERE, sampled=SAMPLED),
    *derive_roads(_MODEL, __name__, sample, without=ELSEWHERE),
):
    if case.id not in OPEN:
        SUITE.add(case)
