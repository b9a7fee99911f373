"""A tour through a TelePresence Server that every seeded fault changes, those of conferences, participants and calls apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from harness.reference.tps.beginning import ADDABLE_KEYS, DISABLED_PASSWORD, DISABLED_USER
from harness.tests.tps_scene import PASSWORD, USER, Link, Scene
from harness.wire.xmlrpc_write import encode_call, typed

URI = "http://192.0.2.7:8080/RPC2"
EVENTS = ["restart", "flexAlive", "cdrAdded", "configureAck"]
LARGE = b" " * 40_000


class Tour:
    """Does everything once or more, and keeps what it sees."""

    def __init__(self, faults: Sequence[str]) -> None:
        self._faults = faults
        self._scene = Scene(faults)
        self._seen: list[object] = []

    def seen(self) -> list[object]:
        """Everything that the system sent."""
        for part in (
            self._reads, self._logs, self._receivers, self._users, self._logins, self._settings, self._network,
            self._services, self._clock, self._keys, self._records, self._mistakes, self._http,
        ):  # fmt: skip
            self._scene = Scene(self._faults)
            part()
        return self._seen

    def _do(self, method: str, members: dict[str, Any] | None = None, **more: Any) -> None:
        self._seen.append(self._scene.raw(encode_call(method, {**self._scene.login, **(members or {}), **more})))

    def _reads(self) -> None:
        self._scene.wait(1000)
        for method in (
            "device.query", "device.health.query", "device.network.query", "device.time.query", "device.restartlog.query",
            "system.info", "services.query", "sip.query", "logs.syslog.query", "callHome.query", "user.enumerate",
            "feedbackReceiver.query", "cdrlog.query", "cdrlog.enumerate", "flex.resource.query",
        ):  # fmt: skip
            self._do(method)
        self._seen.append(self._scene.device.file.answer([]))

    def _logs(self) -> None:
        members: dict[str, Any]
        for members in (
            {"servers": [{"address": "a"}]}, {"facilityValue": 5}, {"servers": [{"address": "b"}]}, {"facilityValue": 24},
            {"servers": [{"address": str(one)} for one in range(5)]}, {"servers": []},
        ):  # fmt: skip
            self._do("logs.syslog.modify", members)
            self._do("logs.syslog.query")

    def _receivers(self) -> None:
        receiver = {"receiverURI": URI, "sourceIdentifier": "lab", "subscribedEvents": EVENTS}
        for members in ({"receiverIndex": 1}, {"receiverIndex": 2}, {"receiverIndex": -1}, {}, {"receiverIndex": 0}):
            self._do("feedbackReceiver.configure", receiver, **members)
        self._do("feedbackReceiver.configure", receiver, sourceIdentifier="Größe")
        self._do("feedbackReceiver.reconfigure", receiverIndex=2, receiverURI=URI + "/2")
        for slot in (1, 2, 3):
            self._do("feedbackReceiver.status", receiverIndex=slot)
        self._do("feedbackReceiver.query")
        self._do("feedbackReceiver.remove", receiverIndex=1)
        self._do("feedbackReceiver.query")

    def _users(self) -> None:
        user = {"newUserId": "ann", "password": "secret-123", "accessRights": "apiOnly", "name": "<Ann>"}
        self._do("user.create", user)
        self._do("user.create", user, name="other")
        self._do("user.create", user, newUserId="\u65e5\u672c", name="a\U0001f600b")
        self._do("user.create", user, newUserId="long", name="n" * 32)
        self._do("user.create", user, newUserId="wide", password="p" * 40)
        self._do(
            "user.create", {name: value for name, value in user.items() if name != "accessRights"}, newUserId="less"
        )
        self._do("user.destroy", currentUserId="nobody")
        self._do("user.enumerate")
        self._do("user.modify", currentUserId="ann", accessRights="none")
        self._do("user.modify", currentUserId="ann", accessRights="apiOnly")
        more: dict[str, Any] = {}
        for _ in range(9):
            page = self._scene.call("user.enumerate", more, max=1 if more else 3)
            self._seen.append(page)
            if "enumerateID" not in page or not page["moreAvailable"]:
                break
            more = {"enumerateID": page["enumerateID"]}

    def _logins(self) -> None:
        scene = self._scene
        self._do("user.create", newUserId="bob", password="password-1", accessRights="apiOnly")
        self._do("device.health.query", {USER: "bob", PASSWORD: "password-2"})
        self._do("device.health.query", {USER: "bob", PASSWORD: "PASSWORD-1"})
        self._do("device.health.query", {USER: "bob", PASSWORD: "password-1"})
        self._do("device.health.query", {USER: "bob", PASSWORD: "wrong"})
        self._do("device.query", {USER: DISABLED_USER, PASSWORD: DISABLED_PASSWORD})
        self._do("user.modify", currentUserId="bob", password="password-3", newUserId="rob")
        self._do("device.health.query", {USER: "bob", PASSWORD: "password-3"})
        self._do("user.modify", currentUserId="rob", password="password-4")
        self._do("device.health.query", {USER: "rob", PASSWORD: "password-3"})
        self._do("user.modify", currentUserId="rob", accessRights="none")
        self._do("device.health.query", {USER: "rob", PASSWORD: "password-4"})
        self._seen.append(scene.code("device.query"))

    def _settings(self) -> None:
        self._do("callHome.configure", mode="anonymous", automatic=True)
        self._do("callHome.configure", mode="DISABLED")
        self._do("callHome.configure", mode="disabled")
        self._do("callHome.query")
        self._do("sip.modify", username="a & b" + "c" * 70)
        self._do("sip.query")
        self._do("sip.modify", callConfiguration="useTrunk")
        self._do("sip.modify", callConfiguration="useTrunk", outboundAddress="")
        self._do("sip.query")

    def _network(self) -> None:
        self._do("device.network.modify", dns=[{"domainName": "example.org"}])
        self._do("device.network.modify", dns=[{"domainName": 5}])
        self._do("device.network.modify", portA={"ipv6Enabled": True, "ipv6Conf": "nonsense"})
        self._do("device.network.modify", portA={"ipv4Enabled": True, "dhcpv4": False, "ipv4Address": "192.0.2.1"})
        self._do("device.network.modify", portA={"ipv4Enabled": False, "ipv6Enabled": False})
        self._do("device.network.query")

    def _services(self) -> None:
        def change(version: str, **service: Any) -> None:
            self._do(
                "services.modify", ports=[{"ethernetPort": "A", "protocolVersion": version, "services": [service]}]
            )
            self._do("services.query")

        change("IPv6", serviceName="SIP", connectionType="tcp", portNumber=5080)
        change("IPv4", serviceName="SIP", connectionType="tcp", portNumber=80)
        change("IPv4", serviceName="SIP", connectionType="udp", setting=False)
        for ends in (
            {"ephemeralPortRangeMin": 50_000}, {"ephemeralPortRangeMin": 20_000},
            {"ephemeralPortRangeMin": 20_000, "ephemeralPortRangeMax": 24_500},
        ):  # fmt: skip
            self._do("services.modify", ends)
            self._do("services.query")

    def _clock(self) -> None:
        members: dict[str, Any]
        for members in (
            {"utcOffsetHours": -3, "utcOffsetMinutes": 30}, {"utcOffsetHours": -13, "utcOffsetMinutes": 0},
            {"ntpEnabled": True, "ntpHost": "ntp.example"}, {"currentTime": datetime(2030, 1, 1)},  # noqa: DTZ001
        ):  # fmt: skip
            self._do("device.time.modify", members)
            self._do("device.time.query")
        self._do("device.restart")
        self._do("device.restartlog.query")

    def _keys(self) -> None:
        self._do("device.feature.add", key=ADDABLE_KEYS[0])
        self._do("device.query")
        self._do("device.feature.remove", key=ADDABLE_KEYS[0])
        self._do("device.query")

    def _records(self) -> None:
        for number in range(45):
            self._scene.device.world.record("participantLeft" if number % 4 == 3 else "participantJoined")
        index = -1
        for _ in range(3):
            page = self._scene.call("cdrlog.enumerate", index=index)
            self._seen.append(page)
            index = page["nextIndex"]
        self._do("cdrlog.enumerate", filter=["participantLeft"], numEvents=2)
        self._do("cdrlog.query")

    def _mistakes(self) -> None:
        self._do("flex.conference.explode")
        self._do("services.modify", ports=[{"ethernetPort": "A"}])
        self._do("logs.syslog.modify", facilityValue="x")
        self._do("logs.syslog.modify", facilityValue=typed("int", str(2**32 + 3)))
        self._do("user.create", newUserId="u", password="p" * 32, accessRights="none")

    def _http(self) -> None:
        scene, link = self._scene, Link()
        query = encode_call("callHome.query", scene.login)
        other = encode_call("cdrlog.query", scene.login)
        for number in range(14):
            self._seen.append(scene.http(other if number == 11 else query, link))
        self._seen.append(scene.http(query + LARGE, link))
        self._seen.append(scene.http(query, link))
        self._seen.append(scene.http(query, link))
        self._seen.append(scene.http(b"", link, "/system.xml", "GET"))
        self._seen += [scene.device.idle_s(), scene.device.idle_s(tls=True), scene.raw(other, tls=True)]
