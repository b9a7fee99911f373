"""What the faults of the device do: its clock, its records, its restarts, and what it tells of its settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from harness.reference.tps.asking import Ask, Values
from harness.reference.tps.spoil import Spoiler
from harness.reference.tps.world import World

_WORDS = {"conferenceStarted": "conference_started", "conferenceFinished": "conference_finished"}
_WEB = "User requested reboot from web interface"


class DeviceSpoiler(Spoiler):
    """Without faults it is never asked."""

    def __init__(self, on: Callable[[str], bool], world: World) -> None:
        super().__init__(on, world)
        self._began = 0.0
        self._set_at: float | None = None  # when the clock was set
        self._looks = 0
        self._added: set[str] = set()

    def asked(self, ask: Ask) -> None:
        """As `Spoiler`."""
        part = getattr(self, "_" + ask.method.replace(".", "_").lower(), None)
        if part is not None:
            part(ask.values)

    def done(self, ask: Ask, told: Values) -> None:
        """As `Spoiler`."""
        part = getattr(self, "_done_" + ask.method.replace(".", "_").lower(), None)
        if part is not None:
            part(told, ask)

    # what is asked

    def _device_restart(self, values: Values) -> None:
        self._began = self.world.began
        if values.get("shutdownOnly") and self.on("shutdown-restarts"):
            values["shutdownOnly"] = False

    def _device_feature_add(self, values: Values) -> None:
        self._added.add(values["key"])

    def _device_time_modify(self, values: Values) -> None:
        if "currentTime" in values:
            self._set_at = self.world.clock()

    def _cdrlog_enumerate(self, values: Values) -> None:
        number = values.get("numEvents", 0)
        if 1 <= number <= 10 and self.on("any-number-of-records"):
            values["numEvents"] = 2 * number
        if len(values.get("filter", [])) > 1 and self.on("one-type-of-filter"):
            values["filter"] = values["filter"][:1]
        if values.get("index") == self.world.next_index and self.on("last-index-again"):
            values["index"] = -1

    # what is told

    def _done_device_restart(self, _told: Values, _ask: Ask) -> None:
        world = self.world
        if world.shut_down:
            return
        if self.on("restart-unlogged"):
            world.restarts.pop()
        if self.on("restart-by-others"):
            world.restarts[-1] = (world.restarts[-1][0], _WEB)
        if self.on("uptime-goes-on"):
            world.began = self._began

    def _done_device_query(self, told: Values, _ask: Ask) -> None:
        if self.on("start-moves"):
            told["restartTime"] = told["currentTime"] - timedelta(minutes=10)
            told["uptime"] = 600
        if self.on("key-untold"):
            for name in ("activatedFeatures", "activatedLicenses"):
                told[name] = [one for one in told[name] if one["key"] not in self._added]

    def _done_device_time_query(self, told: Values, _ask: Ask) -> None:
        if self._set_at is not None and self.on("clock-stops"):
            told["currentTime"] -= timedelta(seconds=int(self.world.clock()) - int(self._set_at))

    def _done_device_health_query(self, told: Values, _ask: Ask) -> None:
        self._looks += 1
        if "voltagesStatusWorst" in told and self.on("worst-forgotten"):
            told["voltagesStatusWorst"] = "outOfSpec" if self._looks % 2 else "ok"
        if self.on("fan-alone"):
            told["fanStatus"] = "ok"
            told.pop("fanStatusWorst", None)

    def _done_device_network_query(self, told: Values, _ask: Ask) -> None:
        if self.on("ipv6-untold"):
            told["portA"] = {name: value for name, value in told["portA"].items() if name != "ipv6Enabled"}

    def _done_services_query(self, told: Values, _ask: Ask) -> None:
        for port in told["ports"]:
            for one in port["services"]:
                if not one["setting"] and self.on("off-but-enabled"):
                    one["enabled"] = True
            if self.on("service-twice"):
                twice = [
                    one for one in port["services"] if (one["serviceName"], one["connectionType"]) == ("SIP", "tcp")
                ]
                port["services"] = [*port["services"], *twice]

    def _done_sip_query(self, told: Values, _ask: Ask) -> None:
        if self.on("local-certificate-moved") and told.pop("useLocalCertificate", None) is None:
            told["useLocalCertificate"] = False
        if self.on("srtp-without-key"):
            told.setdefault("negotiateSRTPUsingSDES", self.world.settings["sip"]["negotiateSRTPUsingSDES"])

    def _done_logs_syslog_query(self, told: Values, _ask: Ask) -> None:
        if self.on("fourth-server-lost"):
            told["servers"] = told["servers"][:3]

    def _done_system_info(self, told: Values, _ask: Ask) -> None:
        if self.on("no-server-controlled"):
            told["numControlledServers"] = 0
        if self.on("other-licence-mode"):
            told["licenseMode"] = "fullHD"
        if self.on("other-platform"):
            told["platform"] = f"{told['platform']} mark II"

    def _done_cdrlog_enumerate(self, told: Values, ask: Ask) -> None:
        events: list[Values] = told["events"]
        index, highest = ask.get("index", -1), self.world.next_index - 1
        if ask.get("numEvents") == 0 and self.on("no-records-for-zero"):
            told["events"] = []
        if index > highest + 1 and self.on("far-index-empty"):
            told |= {"events": [], "eventsRemaining": False, "nextIndex": highest + 1}
        if self.on("start-is-first"):
            told["startIndex"] = self.world.records[0]["index"] if self.world.records else told["startIndex"]
        if self.on("more-records-said"):
            told["eventsRemaining"] = True
        if self.on("indexes-from-zero"):
            told["events"] = [{**one, "index": place} for place, one in enumerate(events)]
        if self.on("records-in-underscores"):
            told["events"] = [{**one, "type": _WORDS.get(one["type"], one["type"])} for one in told["events"]]
        if self.on("records-in-local-time"):
            told["currentTime"] += self._offset()

    def _offset(self) -> Any:
        time = self.world.settings["time"]
        sign = -1 if time["utcOffsetHours"] < 0 else 1
        return timedelta(hours=time["utcOffsetHours"], minutes=sign * time["utcOffsetMinutes"])
