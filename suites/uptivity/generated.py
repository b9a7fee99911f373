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

_MODEL = load_system("uptivity")
for case in (
    *derive_documents(_MODEL, __name__, sample, without=ELSEWHERE, sampled=SAMPLED),
    *derive_roads(_MODEL, __name__, sample, without=ELSEWHERE),
):
    SUITE.add(case)
