"""An emulator of the interface as somebody wrote it for tests of an application: a few methods, and some of what they tell is wrong.

With the server of Python's library, in this process: `emulator()` serves until its block ends. Every other method is fault 1.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from xmlrpc.client import Fault
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

Struct = dict[str, Any]
USER, PASSWORD = "admin", "emulated"
RIGHT = ("flex.conference.create", "flex.conference.destroy", "flex.conference.getMetadata")
# Method -> its members that are wrong, and how.
WRONG = {
    "device.query": {"serial": "is missing", "uptime": "is a text", "shutdownStatus": "is a word that is not listed"},
    "system.info": {"licenseMode": "is a word that is not listed", "tpdUptime": "is less than 0"},
    "flex.resource.query": {"maxCallsPerParticipant": "is missing"},
    "flex.conference.query": {
        "locked": "is an integer",
        "conferenceName": "is cut after 31 characters",
        "voiceSwitchingSensitivity": "has another default",
    },
}
_FLAGS = {
    "MutedCanUnmute": True,
    "MutedCannotUnmute": True,
    **dict.fromkeys(
        ("PINEntry", "OptionalPINEntry", "PINIncorrect", "WaitingForChair", "OnlyVideoParticipant", "ConferenceEnding"),
        False,
    ),
    "ConferenceEndedExit": False,
    "ParticipantDisconnectedExit": False,
}
_DEFAULTS: Struct = {
    **{f"useCustom{name}Message": value for name, value in _FLAGS.items()},
    "conferenceMediaCreditsUnlimited": True,
    "conferenceMediaTokensUnlimited": True,
    "durationUnlimited": True,
    "maxParticipantsUnlimited": True,
    "URIs": [],
    "waitForChair": True,
    "disconnectOnChairExit": False,
    "terminateWithLastCall": False,
    "locked": False,
    "startTime": 0,
    "voiceSwitchingSensitivity": 50,
    "welcomeScreen": True,
    "exitScreen": True,
    "unlockWithLastCall": True,
    "guestControlLevel": "controlLocal",
    "chairControlLevel": "controlConference",
    "optimizationProfile": "favorExperience",
}
_PAIRS = ("conferenceMediaCredits", "conferenceMediaTokens", "duration", "maxParticipants")


class Emulator:
    """Its conferences and its methods."""

    def __init__(self) -> None:
        self._conferences: dict[str, Struct] = {}
        self._methods: dict[str, Callable[[Struct], Struct]] = {
            "device.query": self._device,
            "system.info": self._system,
            "flex.resource.query": self._resources,
            "flex.conference.create": self._create,
            "flex.conference.query": self._query,
            "flex.conference.getMetadata": self._metadata,
            "flex.conference.destroy": self._destroy,
        }

    def _dispatch(self, method: str, params: tuple[Any, ...]) -> Struct:
        """What the server calls for every request."""
        known = self._methods.get(method)
        if known is None:
            raise Fault(1, "method not supported")
        asked: Struct = params[0] if len(params) == 1 and isinstance(params[0], dict) else {}
        if (asked.get("authenticationUser"), asked.get("authenticationPassword")) != (USER, PASSWORD):
            raise Fault(14, "authorization failed")
        return known(asked)

    @staticmethod
    def _device(_: Struct) -> Struct:
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        return {
            "currentTime": now,
            "restartTime": now,
            "uptime": "12",
            "apiVersion": "4.3",
            "activatedFeatures": [],
            "activatedLicenses": [],
            "shutdownStatus": "running",
            "mediaResourceRestarts": 0,
        }

    @staticmethod
    def _system(_: Struct) -> Struct:
        kinds = ("portsVideo", "portsAudio", "portsContent")
        sizes = ("Video", "Audio", "Content")
        return {
            **{f"{kind}{which}": 0 for kind in kinds for which in ("Total", "Free")},
            **{f"maxConferenceSize{kind}": 0 for kind in sizes},
            "platform": "8710",
            "operationMode": "flexible",
            "licenseMode": "premium",
            "numControlledServers": 1,
            "clusterType": "unclustered",
            "depHash": "",
            "gateKeeperOK": False,
            "tpsNumberOK": 1,
            "tpdVersion": "4.3",
            "tpdName": "emulated",
            "tpdUptime": -1,
            "tpdSerial": "0",
            "makeCallsOK": True,
            "softwareVersion": "4.3",
        }

    @staticmethod
    def _resources(_: Struct) -> Struct:
        level = {"numMediaTokens": 315, "maxMBps": 48600, "maxVideoArea": 407040}
        return {
            "maxConferences": 200,
            "maxParticipants": 200,
            "maxCalls": 400,
            "maxParticipantsPerConference": 100,
            "minCallBandwidth": 64000,
            "maxCallBandwidth": 6000000,
            "maxMediaTokensPerChannel": 2520,
            "mediaTokensLimit": 10000,
            "mediaTokensAvailable": 10000,
            "maxMediaCredits": 10000,
            "mediaCreditTokenRanges": [315, 630, 1260],
            "mediaTokenLevelsMainVideo": [level],
            "mediaTokenLevelsExtendedVideo": [level],
            "mediaTokenLevelsAudio": [{"numMediaTokens": 52, "stereo": False}],
        }

    def _create(self, asked: Struct) -> Struct:
        if "participantMediaResources" not in asked:
            raise Fault(101, "missing parameter: participantMediaResources")
        name = str(uuid.uuid4())
        self._conferences[name] = {key: value for key, value in asked.items() if not key.startswith("authentication")}
        reference = asked.get("conferenceReference")
        return {"conferenceID": name, **({"conferenceReference": reference} if reference else {})}

    def _conference(self, asked: Struct) -> Struct:
        if "conferenceID" not in asked:
            raise Fault(101, "missing parameter: conferenceID")
        found = self._conferences.get(str(asked["conferenceID"]))
        if found is None:
            raise Fault(4, "no such conference")
        return found

    def _query(self, asked: Struct) -> Struct:
        sent = self._conference(asked)
        given = {name: value for name, value in sent.items() if value != ""}
        told = {**_DEFAULTS, **given, "conferenceID": asked["conferenceID"], "callAttributes": {}}
        for one in (told, *(told.get("URIs") or ())):
            if "participantMediaResources" in one:
                one["participantMediaResources"] = {
                    name: _no_limit(value) if isinstance(value, dict) else value
                    for name, value in one["participantMediaResources"].items()
                }
        told["hasMetadata"] = bool(told.pop("metadata", None))
        told["locked"] = int(told["locked"])
        if "conferenceName" in told:
            told["conferenceName"] = told["conferenceName"][:31]
        for name in _PAIRS:
            told.pop(f"{name}Unlimited" if name in told else name, None)
        return told

    def _metadata(self, asked: Struct) -> Struct:
        return {"metadata": self._conference(asked).get("metadata", b"")}

    def _destroy(self, asked: Struct) -> Struct:
        self._conference(asked)
        del self._conferences[str(asked["conferenceID"])]
        return {"status": "operation successful"}


def _no_limit(tokens: Struct) -> Struct:
    """Tokens with the half of their pair that holds."""
    limited = "maxPerChannel" in tokens
    return {**tokens, **({} if limited else {"maxPerChannelUnlimited": True})}


class _Handler(SimpleXMLRPCRequestHandler):
    rpc_paths = ("/RPC2",)
    protocol_version = "HTTP/1.1"


class _Server(ThreadingMixIn, SimpleXMLRPCServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Connections that end in the middle are not worth a word."""


@contextmanager
def emulator() -> Iterator[int]:
    """Serve, as long as the block lasts; gives the port."""
    with _Server(("127.0.0.1", 0), requestHandler=_Handler, logRequests=False, use_builtin_types=True) as server:
        server.register_instance(Emulator())
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
