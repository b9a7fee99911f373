"""The endpoints that can be dialled, by address: who answers, with what, and what each could take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.reference.tps.media import AUDIO, EXTENDED, MAIN

DOMAIN = "endpoints.example"
COUNT = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint.

    Attributes:
        answers: it takes calls.
        screens: how many it has.
        video: it has cameras and screens; else sound alone.
        presents: it shows a presentation once it is in a conference.
        name: what it calls itself.
        type: a word of `participant-type`.
        tokens: what it could take of each kind, over all channels.
    """

    answers: bool = True
    screens: int = 1
    video: bool = True
    presents: bool = False
    name: str = ""
    type: str = "Standard"
    tokens: dict[str, int]


_NOBODY = Endpoint(answers=False, tokens={MAIN: 0, EXTENDED: 0, AUDIO: 0})
_ADDRESSES: dict[str, dict[str, Any]] = {
    "answering": {"name": "Room {0}", "tokens": {MAIN: 630, EXTENDED: 105, AUDIO: 52}},
    "presenting": {"name": "Lectern {0}", "presents": True, "tokens": {MAIN: 630, EXTENDED: 315, AUDIO: 52}},
    "audio-only": {"name": "Telephone {0}", "video": False, "tokens": {MAIN: 0, EXTENDED: 0, AUDIO: 26}},
    "multiscreen": {
        "name": "Suite {0}", "screens": 3, "type": "TANDBERG T3", "tokens": {MAIN: 1890, EXTENDED: 315, AUDIO: 104},
    },
}  # fmt: skip


def addresses(kind: str) -> list[str]:
    """The addresses of one kind: answering, presenting, audio-only, multiscreen, unanswered."""
    return [f"{kind}-{number}@{DOMAIN}" for number in range(1, COUNT + 1)]


_KNOWN = {
    address: Endpoint(**{**made, "name": made["name"].format(number)})
    for kind, made in _ADDRESSES.items()
    for number, address in enumerate(addresses(kind), start=1)
}


def endpoint_at(address: str) -> Endpoint:
    """Who is at an address; one who never answers where nobody is."""
    return _KNOWN.get(address, _NOBODY)
