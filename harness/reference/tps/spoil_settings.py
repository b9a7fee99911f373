"""What the faults of settings, users, receivers, records and figures do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from harness.reference.tps.asking import Ask, Values
from harness.reference.tps.spoil import Spoiler
from harness.reference.tps.world import EPOCH, Key, World

_HIGHEST = 2**31 - 1


class SettingsSpoiler(Spoiler):
    """Without faults it is never asked."""

    def __init__(self, on: Callable[[str], bool], world: World) -> None:
        super().__init__(on, world)
        self._passwords: dict[str, str] = {}  # of before
        self._old_ids: dict[str, str] = {}  # old id -> new
        self._once: set[str] = set()  # users who are served once more
        self._removed: Key | None = None

    def lets_in(self, method: str, given: Values, *, known: bool) -> bool:  # noqa: ARG002
        """As `Spoiler`."""
        name, password = given.get("authenticationUser", ""), given.get("authenticationPassword")
        if "rights" in given:
            served = name in self._once and self.on("rights-late")
            self._once.discard(name)
            return known or served
        if (
            not known
            and password is not None
            and self._passwords.get(name) == password
            and self.on("old-password-works")
        ):
            return True
        user = self.world.users.get(self._old_ids.get(name, ""))
        return known or (user is not None and user.password == password and self.on("old-id-works"))

    def asked(self, ask: Ask) -> None:
        """As `Spoiler`."""
        part = getattr(self, "_" + ask.method.replace(".", "_").lower(), None)
        if part is not None:
            part(ask.values, ask)

    def done(self, ask: Ask, told: Values) -> None:
        """As `Spoiler`."""
        part = getattr(self, "_done_" + ask.method.replace(".", "_").lower(), None)
        if part is not None:
            part(told, ask)

    # what is set

    def _logs_syslog_modify(self, values: Values, _ask: Ask) -> None:
        servers = values.get("servers")
        if servers is None and "facilityValue" in values and self.on("facility-clears-servers"):
            values["servers"] = []
        if servers and self.on("servers-added"):
            there = self.world.settings["syslog"]["servers"]
            values["servers"] = [{"address": one["address"]} for one in there] + servers
        if servers == [] and self.on("no-servers-ignored"):
            del values["servers"]

    def _feedbackreceiver_reconfigure(self, values: Values, _ask: Ask) -> None:
        receiver = self.world.receivers[values["receiverIndex"]]
        if "sourceIdentifier" not in values and self.on("reconfigure-clears-source"):
            receiver.source = None
        if "subscribedEvents" not in values and self.on("reconfigure-subscribes-all"):
            receiver.events = None

    def _feedbackreceiver_configure(self, values: Values, _ask: Ask) -> None:
        if values.get("receiverIndex", 1) < 0 and self.on("negative-takes-first"):
            values["receiverIndex"] = 1
        if "receiverIndex" not in values and self.on("default-slot-free"):
            values["receiverIndex"] = -1

    def _feedbackreceiver_remove(self, values: Values, _ask: Ask) -> None:
        if self.on("remove-takes-next"):
            self.world.receivers.pop(values["receiverIndex"] + 1, None)

    def _device_time_modify(self, values: Values, _ask: Ask) -> None:
        time, hours = self.world.settings["time"], values.get("utcOffsetHours", 0)
        if hours < 0 and "utcOffsetMinutes" in values and self.on("minutes-lost-in-the-west"):
            values["utcOffsetMinutes"] = 0
        if "utcOffsetHours" in values and self.on("offset-moves-clock"):
            self.world.offset += timedelta(hours=hours - time["utcOffsetHours"])
        if (
            "currentTime" in values
            and time["ntpEnabled"]
            and "ntpEnabled" not in values
            and self.on("clock-set-under-ntp")
        ):
            self.world.offset = values["currentTime"] - EPOCH - timedelta(seconds=int(self.world.clock()))

    def _services_modify(self, values: Values, _ask: Ask) -> None:
        for port in list(values.get("ports", [])):
            if port["protocolVersion"] == "IPv6" and self.on("other-protocol-too"):
                values["ports"].append({**port, "protocolVersion": "IPv4"})
            for service in port["services"]:
                if "portNumber" in service and "setting" not in service and self.on("port-switches-off"):
                    service["setting"] = False
        settings = self.world.settings["services"]
        low = values.get("ephemeralPortRangeMin")
        if low is not None and "ephemeralPortRangeMax" not in values and self.on("lowest-moves-highest"):
            settings["high"] = min(65_535, low + settings["high"] - settings["low"])

    def _sip_modify(self, values: Values, _ask: Ask) -> None:
        if "username" in values and self.on("user-name-cut"):
            values["username"] = values["username"][:64]

    def _device_network_modify(self, values: Values, _ask: Ask) -> None:
        for one in values.get("dns", []):
            if "domainName" in one and "nameServer" not in one and self.on("domain-kept-out"):
                del one["domainName"]

    def _callhome_configure(self, values: Values, _ask: Ask) -> None:
        if "mode" in values and "automatic" not in values and self.on("automatic-remembered"):
            values["automatic"] = False

    def _device_feature_remove(self, values: Values, _ask: Ask) -> None:
        self._removed = next((one for one in self.world.keys if one.key == values["key"]), None)

    def _device_feature_add(self, _values: Values, _ask: Ask) -> None:
        self._removed = None

    def _user_create(self, values: Values, _ask: Ask) -> None:
        there = self.world.users.get(values["newUserId"])
        if there is not None and not there.immortal and self.on("duplicate-user-replaced"):
            del self.world.users[there.id]

    def _user_modify(self, values: Values, _ask: Ask) -> None:
        user = self.world.users.get(values["currentUserId"])
        if user is None:
            return
        if "password" in values:
            self._passwords[user.id] = user.password
        if values.get("newUserId", user.id) != user.id:
            self._old_ids[user.id] = values["newUserId"]
        if values.get("accessRights") == "none" and user.rights != "none":
            self._once.add(user.id)
        if "accessRights" in values and "name" not in values and self.on("name-cleared"):
            user.name = ""

    # what is told

    def _done_device_query(self, told: Values, _ask: Ask) -> None:
        if self._removed is not None and not self._removed.licence and self.on("key-stays"):
            told["activatedFeatures"] = [
                *told["activatedFeatures"],
                {"feature": self._removed.feature, "key": self._removed.key},
            ]
        if self.on("uptime-ahead"):
            told["uptime"] += 600

    def _done_device_time_query(self, told: Values, _ask: Ask) -> None:
        if self.on("ntp-never-on"):
            told["ntpStatus"] = "disabled"

    def _done_device_health_query(self, told: Values, _ask: Ask) -> None:
        if self.on("health-lacks-load"):
            del told["cpuLoad"]
        if self.on("worst-is-better"):
            told["temperatureStatus"] = "outOfSpec"

    def _done_device_network_query(self, told: Values, _ask: Ask) -> None:
        if self.on("bytes-clipped"):
            told["portA"] = {**told["portA"], "bytesSent": _HIGHEST}

    def _done_system_info(self, told: Values, _ask: Ask) -> None:
        if self.on("cluster-unlisted"):
            told["clusterType"] = "standalone"

    def _done_feedbackreceiver_status(self, told: Values, _ask: Ask) -> None:
        if self.on("third-event-lost"):
            told["subscribedEvents"] = [*told["subscribedEvents"][:2], *told["subscribedEvents"][3:]]

    def _done_feedbackreceiver_query(self, told: Values, _ask: Ask) -> None:
        if not told["receivers"] and self.on("empty-receivers-absent"):
            told["receivers"] = None
        for one in (told["receivers"] or [])[1:]:
            if self.on("receiver-lacks-uri"):
                del one["receiverURI"]

    def _done_services_query(self, told: Values, _ask: Ask) -> None:
        for port in told["ports"]:
            for service in port["services"]:
                if not service["setting"] and self.on("service-lacks-enabled"):
                    del service["enabled"]

    def _done_user_enumerate(self, told: Values, ask: Ask) -> None:
        users = told["users"]
        for one in users:
            if one["accessRights"] == "none" and self.on("user-rights-absent"):
                del one["accessRights"]
        more = told["moreAvailable"]
        if ask.get("max", 0) > 0 and more and self.on("one-above-max"):
            place = list(self.world.users).index(users[-1]["currentUserid"]) + 1
            user = list(self.world.users.values())[place]
            users.append({"currentUserid": user.id, "name": user.name, "immortal": False, "accessRights": user.rights})
        if more and "enumerateID" not in ask and self.on("no-more-said"):
            told["moreAvailable"] = False
        if not more and self.on("token-at-the-end"):
            told["enumerateID"] = "u0-0-0"

    def _user_enumerate(self, values: Values, _ask: Ask) -> None:
        token = values.get("enumerateID")
        parts = [] if token is None else token[1:].split("-")
        if len(parts) != 3 or not all(part.isdecimal() for part in parts):
            return  # no token of ours
        place, changed, _ = map(int, parts)
        if self.on("user-told-twice"):
            place -= 1
        if place == 3 and self.on("user-skipped"):
            place += 1
        values["enumerateID"] = f"u{place}-{changed}-{(place + changed) * 7919 % 100_003}"

    def _done_cdrlog_enumerate(self, told: Values, ask: Ask) -> None:
        events: list[Any] = told["events"]
        records = list(self.world.records)
        after = [one for one in records if one["index"] >= told["nextIndex"]]
        if "numEvents" not in ask and len(events) == 20 and after and self.on("record-page-of-21"):
            told["events"] = [*events, after[0]]
            told["nextIndex"] += 1
        if told["eventsRemaining"] and self.on("record-skipped"):
            told["nextIndex"] += 1
        if ask.get("filter") and events and self.on("record-filter-leaks"):
            before = [one for one in records if one["index"] == events[0]["index"] - 1]
            told["events"] = [*before, *events]

    def _done_cdrlog_query(self, told: Values, _ask: Ask) -> None:
        if told["numEvents"] and self.on("record-count-off"):
            told["numEvents"] += 1

    def _done_flex_resource_query(self, told: Values, _ask: Ask) -> None:
        ranges = told["mediaCreditTokenRanges"]
        if self.on("ranges-fall"):
            told["mediaCreditTokenRanges"] = [*ranges[:-2], ranges[-1], ranges[-2]]
        if self.on("more-than-there-is"):
            told["mediaTokensAvailable"] = told["mediaTokensLimit"] + 1
        if self.on("lowest-above-highest"):
            told["minCallBandwidth"], told["maxCallBandwidth"] = told["maxCallBandwidth"], told["minCallBandwidth"]

    def told(self, ask: Ask, told: Values) -> Values:
        """As `Spoiler`."""
        if ask.method == "callHome.configure" and self.on("status-left-out"):
            return {}
        return told
