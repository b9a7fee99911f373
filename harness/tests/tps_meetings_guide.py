"""Means for a tour through conferences and participants: a client that keeps what it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.tests.tps_scene import Scene
from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import encode_call

CON, PRT = "flex.conference.", "flex.participant."
LISTS = (f"{CON}enumerate", f"{PRT}enumerate", f"{PRT}advanced.enumerate", f"{PRT}media.enumerate")
HERE = "http://192.0.2.1/"
_KINDS = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")


def resources(*tokens: int, media_credits: int = 630, **audio: Any) -> dict[str, Any]:
    """Media resources; `audio` are more members of the tokens for audio."""
    found: dict[str, Any] = {kind: {"total": one} for kind, one in zip(_KINDS, tokens or (315, 105, 52), strict=True)}
    found["mediaTokensAudio"] = {**found["mediaTokensAudio"], **audio}
    return {**found, "numMediaCredits": media_credits}


def uri(name: str, **more: Any) -> dict[str, Any]:
    """One URI of a conference or a call that comes in."""
    return {"URI": name, "callBandwidth": 1_000_000, **more}


class Guide:
    """A client of a device.

    Args:
        faults: those that are on.
        readings: ambiguity -> reading.
        version: of the API.
    """

    def __init__(
        self, faults: Iterable[str] = (), readings: Mapping[str, str] | None = None, version: str | None = None
    ) -> None:
        self.scene, self.version = Scene(faults, readings, version), version
        self.replies: list[tuple[str, dict[str, Any], bytes]] = []
        self.held: list[str] = []

    def do(self, method: str, given: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Call a method; the members of the reply."""
        members = {**(given or {}), **more}
        body = self.scene.raw(encode_call(method, {**self.scene.login, **members}))
        self.replies.append((method, members, body))
        plain = read(body).struct.plain()
        return plain if isinstance(plain, dict) else {}

    def conference(self, **more: Any) -> str:
        """Make a conference; its id, "" if it is refused."""
        given = {"participantMediaResources": resources(), "welcomeScreen": False, **more}
        made = str(self.do(f"{CON}create", given).get("conferenceID", ""))
        self.held += [made] if made else []
        return made

    def join(self, conference: str, *calls: Any, **more: Any) -> str:
        """Make a participant; calls are structs, or names of fixtures such as answering:2."""
        made = self.do(f"{PRT}create", more, conferenceID=conference, calls=[self.call(one) for one in calls])
        return str(made.get("participantID", ""))

    def call(self, one: Any) -> dict[str, Any]:
        """The definition of a call."""
        if isinstance(one, dict):
            return one
        fixture, _, place = one.partition(":")
        address = self.scene.fixtures[f"{fixture}_addresses"][int(place or 0)]
        return {"remoteAddress": address, "protocol": "sip", "callBandwidth": 1_000_000}

    def ask(self, conference: str = "", participant: str = "") -> None:
        """Query and status."""
        for what in ("query", "status"):
            if conference:
                self.do(f"{CON}{what}", conferenceID=conference)
            if participant:
                self.do(f"{PRT}{what}", participantID=participant)

    def look(self) -> None:
        """All lists."""
        for method in (*LISTS, "flex.resource.status"):
            self.do(method)

    def leave(self) -> None:
        """Destroy what was made."""
        for name in self.held:
            self.do(f"{CON}destroy", conferenceID=name)
        self.held.clear()
