"""A tour through users, keys, settings, records and restarts that every seeded fault of these changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from harness.reference.tps.beginning import ADDABLE_KEYS, DISABLED_PASSWORD, DISABLED_USER, ENCRYPTION_KEY
from harness.tests.tps_scene import PASSWORD, USER, Scene
from harness.wire.xmlrpc_write import encode_call

_LONG = "p" * 31


class AdministrationTour:
    """Does everything once or more, and keeps what it sees."""

    def __init__(self, faults: Sequence[str]) -> None:
        self._faults = faults
        self._scene = Scene(faults)
        self._seen: list[object] = []

    def seen(self) -> list[object]:
        """Everything that the system sent."""
        for part in (
            self._reads, self._users, self._many, self._default, self._keys, self._wrong_keys, self._keyless, self._services,
            self._clock, self._network, self._records, self._restarts,
        ):  # fmt: skip
            self._scene = Scene(self._faults)
            part()
        return self._seen

    def _do(self, method: str, members: dict[str, Any] | None = None, **more: Any) -> None:
        self._seen.append(self._scene.raw(encode_call(method, {**self._scene.login, **(members or {}), **more})))

    def _as(self, user: str, password: str, method: str, **members: Any) -> None:
        self._do(method, {USER: user, PASSWORD: password, **members})

    def _reads(self) -> None:
        self._scene.wait(1000)
        for method in (
            "device.query", "device.health.query", "device.health.query", "device.network.query", "services.query", "sip.query",
            "system.info", "user.enumerate",
        ):  # fmt: skip
            self._do(method)
        self._as(DISABLED_USER, DISABLED_PASSWORD, "cdrlog.query")

    def _users(self) -> None:
        for name, rights, password in (
            ("Ann", "apiOnly", "secret-1"),
            ("bob", "administrator", "secret-2"),
            ("eve", "none", _LONG),
        ):
            self._do("user.create", newUserId=name, password=password, accessRights=rights)
        self._as("Ann", "secret-1", "user.enumerate")
        self._do("user.modify", currentUserId="nobody", name="n", accessRights="none")
        self._do("user.modify", currentUserId="bob", newUserId="rob")
        self._do("user.modify", currentUserId="eve", accessRights="apiOnly", password=_LONG)
        self._as("eve", _LONG[:-1] + "x", "device.health.query")
        self._do("user.modify", currentUserId="admin", name="Somebody")
        self._do("user.enumerate")
        self._do("user.enumerate", max=2)
        self._do("user.enumerate", max=2)
        self._do("user.destroy", currentUserId="rob")
        self._do("user.enumerate")

    def _many(self) -> None:
        for number in range(200):
            self._seen.append(
                self._scene.code("user.create", newUserId=f"u{number}", password="p", accessRights="none")
            )

    def _default(self) -> None:
        self._do("user.modify", currentUserId="admin", password="")
        self._scene.login[PASSWORD] = ""
        self._do("user.enumerate")
        self._do("system.info")
        self._do("user.modify", currentUserId="admin", password="other-1")
        self._scene.login[PASSWORD] = "other-1"
        self._do("user.enumerate")
        self._do("system.info")

    def _keys(self) -> None:
        self._do("device.feature.add", key=ADDABLE_KEYS[0])
        self._do("device.query")
        self._do("device.feature.remove", key="nothing")
        self._do("device.feature.remove", key=ENCRYPTION_KEY[:-1])
        self._do("device.query")
        self._do("device.feature.remove", key=ADDABLE_KEYS[0])
        self._do("device.query")

    def _wrong_keys(self) -> None:
        for number in range(6):
            self._do("device.feature.add", key=f"wrong-{number}")
        self._do("device.feature.add", key=ADDABLE_KEYS[0])
        self._scene.wait(6)
        self._do("device.feature.add", key=ADDABLE_KEYS[1])

    def _keyless(self) -> None:
        self._do("callHome.configure", mode="anonymous")
        self._do("callHome.configure", automatic=True)
        self._do("callHome.query")
        self._do("callHome.configure", mode="disabled")
        self._do("device.feature.remove", key=ENCRYPTION_KEY)
        self._do("callHome.configure", mode="anonymous")
        self._do("sip.modify", outboundTransport="tls")
        self._do("sip.modify", callConfiguration="useTrunk", outboundAddress="a.example")
        self._do("sip.modify", outboundAddress="")
        self._do("sip.query")

    def _services(self) -> None:
        one = {"ethernetPort": "A", "protocolVersion": "IPv4"}
        sip = {"serviceName": "SIP", "connectionType": "tcp", "portNumber": 5070}
        clash = {"serviceName": "H.323", "connectionType": "tcp", "portNumber": 5070}
        self._do("services.modify", ports=[{**one, "services": [sip]}, {**one, "services": [clash]}])
        self._do("services.query")
        self._do("services.modify", ports=[{**one, "services": [{**sip, "setting": False}]}])
        self._do("services.query")
        self._do("services.modify", ephemeralPortRangeMin=64_000)
        self._do("services.query")
        self._do("logs.syslog.modify", servers=[{"address": str(number)} for number in range(4)])
        self._do("logs.syslog.query")
        self._do("logs.syslog.modify", servers=[{"address": f"x{number}"} for number in range(5)])
        self._do("logs.syslog.query")

    def _clock(self) -> None:
        self._do("device.time.modify", ntpEnabled=True)
        self._do("device.time.modify", utcOffsetHours=3, utcOffsetMinutes=0)
        self._do("device.time.modify", currentTime=datetime(2030, 1, 1))  # noqa: DTZ001
        self._scene.wait(30)
        self._do("device.time.query")
        self._do("cdrlog.enumerate")

    def _network(self) -> None:
        self._do("device.network.modify", portA={"dhcpv4": True})
        self._do("device.network.query")
        mask = {"ipv4Address": "192.0.2.9", "ipv4SubnetMask": "255.255.255.0"}
        self._do("device.network.modify", portA={"ipv4Enabled": True, "dhcpv4": True, **mask})
        self._do("device.network.modify", dns=[{"hostName": "other"}])
        self._do("device.network.query")

    def _records(self) -> None:
        for number in range(45):
            self._scene.device.world.record("conferenceStarted" if number % 4 else "conferenceFinished")
        for members in (
            {"numEvents": 3}, {"numEvents": 0}, {"index": 900}, {"index": self._scene.device.world.next_index}, {"index": 20},
            {"filter": ["conferenceFinished", "conferenceStarted"]},
        ):  # fmt: skip
            self._do("cdrlog.enumerate", members)

    def _restarts(self) -> None:
        self._scene.wait(100)
        self._do("device.restart", shutdownOnly=True)
        resources = {"total": 0}
        names = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
        media = {**dict.fromkeys(names, resources), "numMediaCredits": 0}
        self._do("flex.conference.create", participantMediaResources=media)
        self._scene.wait(30)
        self._do("device.restart")
        self._do("device.restart")
        self._scene.wait(5)
        self._do("device.query")
        self._do("device.restartlog.query")
