"""The cases that the spec itself gives; their ids stand in cases.txt."""

from harness.derive_call_world import CallWorld
from harness.derive_calls import derive_calls
from harness.spec.load import load_system
from suites.tps import SUITE
from suites.tps.samples import fill, sample, spelled, unknown
from suites.tps.special import BESIDE, COOKIES, VALUES

# Never called so that they succeed: what they do ends calls or connections, or is not for everyone to use. The other method shows that the
# device is well.
REFUSED_ONLY = {
    "device.restart": "device.query",
    "device.network.modify": "device.network.query",
    "services.modify": "services.query",
    "flex.licenseMode.modify": "system.info",
    "flex.licenseMode.verify": "system.info",
    "flex.participant.call.disconnect": "flex.participant.query",
}
# Their objects are made for the run.
OURS = frozenset(
    (
        "flex.conference.modify",
        "flex.participant.modify",
        "flex.participant.setMute",
        "user.modify",
        "feedbackReceiver.reconfigure",
    )
)
# Only keys of the target file are right ones. Name servers that are known from before may be enough for a device.
ELSEWHERE = frozenset(
    ("device.feature.add.key.given", "device.feature.add.key.longest", "device.network.modify.dns.needs.0")
)
# A cookie or key that is too long is none that the device gave or knows.
_COOKIE = ("malformed-cookie", "invalid-parameter")
ALSO = {
    **{f"{method}.cookie:length": _COOKIE for method in COOKIES},
    "user.enumerate.enumerateID:length": (*_COOKIE, "operation-failed"),
    "device.feature.add.key:length": ("invalid-key", "too-many-invalid-keys"),
}

WORLD = CallWorld(
    sample=sample,
    fill=fill,
    unknown=unknown,
    spelled=spelled,
    values=VALUES,
    beside=BESIDE,
    instead={
        "incomingCall.URI:required": "call-of-no-kind",
        "outgoingCall.remoteAddress:required": "call-of-no-kind",
    },
    also=ALSO,
    # Where the licence mode cannot be changed nothing is said of what else is wrong: TPS-AMB-252, TPS-AMB-253.
    anyway={
        "flex.licenseMode.modify": (
            "method-not-supported",
            "operation-failed",
            "invalid-parameter",
            "insufficient-privileges",
            "https-required",
            "active-conferences",
        ),
    },
    single=frozenset(
        (
            "user.modify.newUserId",
            *(f"flex.participant.create.{name}" for name in ("cascadeRole", "audioIndex", "contentIndex")),
        )
    ),
    refused_only=REFUSED_ONLY,
    volatile={
        "flex.conference.query": frozenset(("startTime", "hasMetadata")),
        "flex.reservation.query": frozenset(("totalReservedCredits",)),  # goes with the other figures
        "device.time.query": frozenset(("currentTime", "ntpStatus")),
        "flex.participant.status": frozenset(
            ("calls", "participantMediaInfo", "layout", "participantType", "important")
        ),
    },
    ours=OURS,
    passive=frozenset(
        (
            "ip-enabled",
            "interface-configured",
            "temporary-key",
            "password-change-due",
            "encryption-key",
            "virtual-machine",
            "not-slave",
        )
    ),
    without=ELSEWHERE,
)

for case in derive_calls(load_system("tps"), __name__, WORLD):
    SUITE.add(case)
