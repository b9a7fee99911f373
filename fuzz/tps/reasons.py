"""When a reason for which a method may refuse a right call can apply at all; one that is not here always can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Members = Mapping[str, Any]


def _named(*names: str) -> Callable[[Members], bool]:
    return lambda members: any(name in members for name in names)


def _elements(members: Members, name: str) -> list[Members]:
    found = members.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _several_uris(members: Members) -> bool:
    return len(_elements(members, "URIs")) > 1 or len(_elements(members, "calls")) > 1


def _any_tokens(members: Members) -> bool:
    """Whether something takes tokens, so that credits may not do for them."""
    return any(
        (name == "total" and value != 0)
        or (name in ("conferenceMediaTokens", "conferenceMediaCredits"))
        or (isinstance(value, Mapping) and _any_tokens(value))
        or (isinstance(value, list) and any(isinstance(one, Mapping) and _any_tokens(one) for one in value))
        for name, value in members.items()
    )


def _outgoing(members: Members) -> bool:
    return any("remoteAddress" in one for one in _elements(members, "calls"))


def _both_kinds(members: Members) -> bool:
    return any("remoteAddress" in one and "URI" in one for one in _elements(members, "calls"))


def _never(_members: Members) -> bool:
    return False


def uris_of(members: Members) -> set[str]:
    """The URIs that a call claims."""
    named = (one.get("URI") for name in ("URIs", "calls") for one in _elements(members, name))
    return {one for one in named if isinstance(one, str)}


# Reasons that a device is full: not where it has just taken as much.
FULL = frozenset(("too-many-conferences", "too-many", "too-many-users", "no-free-slot", "too-many-requests"))
APPLIES: Mapping[str, Callable[[Members], bool]] = {
    "same-uri-twice": _several_uris,
    "too-few-credits": _any_tokens,
    "below-use": _named("participantMediaResources", "conferenceMediaTokens", "conferenceMediaCredits"),
    "limit-below-active": _named("maxParticipants"),
    "ends-in-the-past": _named("duration"),
    "shut-down": _never,  # nothing here shuts the device down
    "audio-or-content-index": _named("audioIndex", "contentIndex"),
    "cascade-of-several-calls": _named("cascadeRole"),
    "invalid-parameter": _named("PIN", "PINs", "streams", "receiverURI"),
    "pins-not-wanted": _named("PINs"),
    "call-of-both-kinds": _both_kinds,
    "call-of-no-kind": _never,
    "unsupported-participant-type": _outgoing,
    "no-sip-registration": _outgoing,
    "conference-beside-cookie": _named("cookie"),
    "bad-token": _named("enumerateID"),
    "immortal-user": _never,  # of users that scripts have made
    "immortal-same": _never,
    "beyond-rights": _never,
    "too-high": _never,
    "itself": _never,
}
