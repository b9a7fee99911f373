"""The mutants of what no structure of the spec says, and those that follow from the spec and yet break nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fuzz.tps import breaches
from harness.mutation.mutant import Mutant
from harness.spec.callmodel import Member
from harness.spec.load import load_system
from harness.spec.model import System

# The readings in which most members are told.
SERVE = ("--reading", "TPS-AMB-100=there", "--reading", "TPS-AMB-102=there")
# No case calls them so that they succeed: what they do ends calls or connections, or needs a licence.
_REFUSED_ONLY = (
    "device.restart", "device.network.modify", "services.modify", "flex.licenseMode.verify", "flex.participant.call.disconnect",
)  # fmt: skip
_STATUS = ("other", "missing", "number", "renamed")
# Circumstances that cases bring about, and those that cases know not to hold; of others the device alone knows.
_BROUGHT = ("call-established", "duration-limited", "important-chosen")
_KNOWN = (*_BROUGHT, "presenting", "far-end-known", "video-sent")
# What is told if it is not empty, and only the far end or the device decides that.
_FAR = (
    "flex.call.status.returned.participantID",
    "flex.call.status.returned.remoteName",
    "struct.participantCallStatus.returned.remoteName",
)


def _states(system: System) -> Iterator[tuple[str, str]]:
    """The members of replies that depend on a circumstance, with it."""
    owners: dict[str, Mapping[str, Member]] = {f"struct.{name}": one.members for name, one in system.structs.items()}
    owners |= {name: one.call.returns for name, one in system.operations.items() if one.call is not None}
    for owner, members in owners.items():
        for name, member in members.items():
            if member.present is not None and member.present.state is not None:
                yield f"{system.prefix}-{owner}.returned.{name}", member.present.state


# What is wrong with a value that the bundled server never tells, whatever it is.
_VALUES = (
    ":absent:there",
    *(f":{aspect}:outside" for aspect in ("choice", "range", "length", "bytes")),
    ":type:other-type",
)


def _unseen(system: System) -> Iterator[tuple[str, str]]:
    for clause, state in _states(system):
        why = f"whether it holds ({state}) is the device's to know"
        for word in (":missing", ":renamed") if state not in _BROUGHT else ():
            yield f"{clause}{word}", why
        for word in _VALUES if state not in _KNOWN else ():
            yield f"{clause}{word}", why


# What follows from the structure of the spec and is no breach, or cannot be seen here.
ALLOWED = {
    **dict(_unseen(load_system("tps"))),
    **{
        f"TPS-{name}{word}": "whether there is something to tell is not known"
        for name in _FAR
        for word in (":missing", ":renamed")
    },
    **{
        f"TPS-{method}:status:{word}": "no case calls it so that it succeeds"
        for method in _REFUSED_ONLY
        for word in _STATUS
    },
    "TPS-device.health.query.returned.fanStatusWorst:choice:outside": "the bundled server is a blade, which has no fans of its own",
    **{
        f"TPS-STR-012:{method}.more": "no case leaves out a boolean that its query tells"
        for method in ("callHome.configure", "flex.participant.setMute")
    },
    **{
        f"TPS-flex.conference.{method}.customBackgroundImageURL:refused": "TPS-AMB-109: where no spelling is taken it is inconclusive"
        for method in ("create", "modify")
    },
}


def mutants(system: System) -> Sequence[Mutant]:
    """Every mutant that a person wrote, but for those that a reading allows."""
    return [one for one in breaches.mutants(system) if one.id not in ALLOWED]
