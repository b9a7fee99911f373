"""The conferences and participants that a device begins with, and its fixtures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.reference.tps.asking import Ask, Handler, User
from harness.reference.tps.endpoints import addresses
from harness.reference.tps.media import CREDITS, KINDS
from harness.reference.tps.meetings import MeetingWorld, Struct

_NAMES = ("Weekly review", "Board", "Open room")
_MADE = User(id="admin", password="", rights="administrator")


def resources(tokens: tuple[int, int, int] = (315, 105, 52), media_credits: int = 630) -> Struct:
    """Media resources with no limit for a channel."""
    given: Struct = {kind: {"total": total} for kind, total in zip(KINDS, tokens, strict=True)}
    return {**given, CREDITS: media_credits}


class Start:
    """Makes them.

    Args:
        meetings: to fill.
        create: flex.conference.create.
        join: flex.participant.create.
    """

    def __init__(self, meetings: MeetingWorld, create: Handler, join: Handler) -> None:
        self._all, self._create, self._join = meetings, create, join
        meetings.furnish = self.furnish

    def furnish(self) -> None:
        """Make what there is at the start."""
        conferences: list[str] = []
        participants: list[str] = []
        uris: list[str] = []
        for number, name in enumerate(_NAMES, start=1):
            uri = f"room{number}@{addresses('answering')[0].partition('@')[2]}"
            conference = self._made(
                self._create, "conferenceID", conferenceName=name, conferenceReference=f"standing-{number}",
                participantMediaResources=resources(), URIs=[{"URI": uri, "callBandwidth": 2_000_000}],
            )  # fmt: skip
            conferences.append(conference)
            uris.append(uri)
        definition = {"URI": "guest-line", "callBandwidth": 1_000_000}
        participants.append(
            self._made(
                self._join, "participantID", conferenceID=conferences[0], calls=[definition], displayName="Guest line"
            )
        )
        self._all.fixed = {
            "answering_addresses": addresses("answering"),
            "unanswered_addresses": addresses("unanswered"),
            "multiscreen_addresses": addresses("multiscreen"),
            "audio_only_addresses": addresses("audio-only"),
            "presenting_addresses": addresses("presenting"),
            "conference_ids": conferences,
            "participant_ids": participants,
            "conference_uris": uris,
        }

    @staticmethod
    def _made(method: Callable[[Ask], Any], name: str, **values: Any) -> str:
        return str(method(Ask(method="", values=values, user=_MADE))[name])
