"""The fuzzer of tps: what the engine asks of a system, answered."""

from __future__ import annotations

from fuzz.tps.grammar import Grammar
from fuzz.tps.models import Models
from harness.fuzzing.call_kit import CallKit

END = b"</methodCall>"
_NOTHING = {"total": 0}


def cut(data: bytes) -> tuple[list[bytes], bytes]:
    """The calls in what was sent."""
    *whole, rest = data.split(END)
    return [one + END for one in whole], rest


def strains(data: bytes) -> tuple[str, ...]:
    """The clauses about spelling that these bytes put to use."""
    found = {"TPS-ENC-001"} if not data.isascii() else set()
    if b"<!--" in data or b"CDATA" in data or b"&#" in data:
        found.add("TPS-ENC-002")
    return tuple(sorted(found))


KIT = CallKit(
    system="tps",
    cut=cut,
    strains=strains,
    end=END,
    reader=Grammar,
    model=Models,
    probe="device.query",
    told=("flex.resource.query",),
    never=frozenset(
        (
            "callHome.configure", "device.feature.add", "device.feature.remove", "device.restart", "device.network.modify", "device.time.modify",
            "services.modify", "sip.modify", "logs.syslog.modify", "flex.licenseMode.modify", "flex.licenseMode.verify",
            "flex.participant.requestDiagnostics", "flex.participant.requestPreview", "feedbackReceiver.reconfigure",
        )
    ),
    usual={
        "participantMediaResources": (
            {
                "mediaTokensMainVideo": _NOTHING,
                "mediaTokensExtendedVideo": _NOTHING,
                "mediaTokensAudio": _NOTHING,
                "numMediaCredits": 0,
            },
        ),
        "callBandwidth": (1_000_000, 2_000_000, 4_000_000),
        "startTime": (0,),
        "duration": (3600, 86400),
        "maxParticipants": (10, 20),
        "receiverIndex": (-1,),
        "receiverURI": ("http://192.0.2.1/a", "http://192.0.2.2:8080/b/c"),
        "accessRights": ("apiOnly", "none"),
        "max": (1, 2, 5),
    },
    fixtures={"remoteAddress": "answering_addresses"},
    unique={"URI": ("fz{}", "fz.{}@example.com", "{}-FZ_{}"), "newUserId": ("fz{}", "fz {}")},
    left=frozenset(
        (
            "PIN", "PINs", "cascadeRole", "audioIndex", "contentIndex", "conferenceMediaTokens", "conferenceMediaCredits", "toOverride",
            "resourceOptimizationMode", "participantMediaResources", "cookie", "enumerateID", "locked", "version", "index", "startIndex",
            "waitForChair",
        )
    ),
    few=frozenset(("cdrlog.enumerate", "device.restartlog.query", "system.info")),
)  # fmt: skip
