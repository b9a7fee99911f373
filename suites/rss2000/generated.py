"""The cases that the spec itself gives; their ids stand in cases.txt."""

from harness.derive_packets import derive_packets
from harness.derive_records import derive_records
from harness.derive_settings import derive_settings
from harness.spec.load import load_system
from suites.rss2000 import SUITE, world

__all__ = ["world"]  # the providers register when it is imported

# Their success needs an endpoint that answers, a file on the device or a key, or ends the device's service: see the modules for these.
ELSEWHERE = (
    "SHUTDOWN", "STARTQUICKRECORD", "CALLANDPLAY", "STARTFILEMULTICAST", "STOPFILEMULTICAST", "SETCFSKEY", "SETIVR",
    "GETUILOGO", "SETUILOGO", "GETVIDEOLOGO", "SETVIDEOLOGO", "DELMEDIAINFO", "HANGUP",
)  # fmt: skip

_MODEL = load_system("rss2000")
for case in (
    *derive_packets(_MODEL, SUITE, __name__, without=ELSEWHERE),
    *derive_records(_MODEL, __name__),
    *derive_settings(_MODEL, __name__),
):
    SUITE.add(case)
