"""The network and the clock."""

from __future__ import annotations

from datetime import timedelta

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told, Values
from harness.reference.tps.common import FAULTS, Common
from harness.reference.tps.world import EPOCH, MAC

_COUNTS = (
    "packetsSent", "packetsReceived", "multicastPacketsSent", "multicastPacketsReceived", "bytesSent", "bytesReceived",
    "queueDrops", "collisions", "transmitErrors", "receiveErrors",
)  # fmt: skip
_ADDRESSES = (
    "ipv4Address", "ipv4SubnetMask", "defaultIpv4Gateway", "ipv6Address", "defaultIpv6Gateway", "linkLocalIpv6Address",
)  # fmt: skip
_EARLIEST, _LATEST = 2000, 2037
_HALF = 2**31


class Network:
    """The methods device.network.* and device.time.*.

    Args:
        common: world, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices = common, common.world, common.choices

    def methods(self) -> dict[str, Handler]:
        """The methods by name."""
        return {
            "device.network.modify": self.modify,
            "device.network.query": self.query,
            "device.time.modify": self.modify_time,
            "device.time.query": self.query_time,
        }

    def modify(self, ask: Ask) -> Told:
        """device.network.modify."""
        port = ask.get("portA", {})
        if not port and not ask.get("dns") and self._choices.of("TPS-AMB-201") == "refused":
            raise RefusedError("missing-parameter", ("portA",))
        settings = self._changing()
        new = {**settings["portA"]}
        for name, value in port.items():
            if (name == "dhcpv4" and "ipv4Enabled" not in port) or (name == "ipv6Conf" and "ipv6Enabled" not in port):
                continue
            new[name] = value
        if not new["ipv4Enabled"] and not new["ipv6Enabled"] and not self._common.on("both-interfaces-off"):
            raise RefusedError("disables-interface")
        settings["portA"] = new
        servers = ask.get("dns", [])
        for place, one in enumerate(servers[:1] if self._choices.of("TPS-AMB-217") == "one" else servers):
            if place == len(settings["dns"]):
                settings["dns"].append({})
            settings["dns"][place].update(one)
        return None

    def _changing(self) -> Values:
        """The settings that a change is made to: those that are told, or those that will hold after a restart."""
        settings = self._world.settings
        if self._choices.of("TPS-AMB-218") != "later":
            return settings["network"]  # type: ignore[no-any-return]  # values of any type
        now = settings["network"]
        waiting = {"portA": dict(now["portA"]), "dns": [dict(one) for one in now["dns"]]}
        return settings.setdefault("next network", waiting)  # type: ignore[no-any-return]

    def query(self, _ask: Ask) -> Told:
        """device.network.query."""
        settings = self._world.settings["network"]
        return {"portA": self._port(settings["portA"]), "dns": [self._blanked(one) for one in settings["dns"]]}

    def _port(self, port: Values) -> Values:
        told: Values = {"enabled": True}
        told |= {name: port[name] for name in ("ipv4Enabled", "ipv6Enabled")}
        told |= {"linkStatus": True, "speed": 1000, "fullDuplex": True, "macAddress": MAC}
        seconds = self._world.uptime()
        sent, received = 3_000_000_000 + 900 * seconds, 12_000_000 + 1_500 * seconds
        counts = dict.fromkeys(_COUNTS, 0) | {
            "packetsSent": 31_000 + 3 * seconds,
            "packetsReceived": 52_000 + 5 * seconds,
            "bytesSent": _lower(sent),
            "bytesReceived": _lower(received),
        }
        told |= {**counts, "bytesSent64": str(sent), "bytesReceived64": str(received)}
        told |= {name: value for name, value in port.items() if name not in told}
        return self._blanked(told)

    def _blanked(self, told: Values) -> Values:
        """Addresses that are not configured: left out, or empty."""
        empty = self._choices.of("TPS-AMB-076") == "empty"
        return {
            name: value
            for name, value in told.items()
            if value not in ("", None) or (empty and name not in ("ipv6PrefixLength",))
        }

    # the clock

    def modify_time(self, ask: Ask) -> Told:
        """device.time.modify."""
        if not ask.values and self._choices.of("TPS-AMB-201") == "refused":
            raise RefusedError("missing-parameter", ("currentTime",))
        time = self._world.settings["time"]
        unknown = not ask.get("ntpHost", time["ntpHost"]) and not self._common.on("ntp-without-server")
        if ask.get("ntpEnabled") and unknown:
            raise RefusedError("missing-parameter", ("ntpHost",))
        before = time["ntpEnabled"]
        under = (
            ask.get("ntpEnabled", before)
            if self._choices.of("TPS-AMB-228") == "accepted"
            else before or ask.get("ntpEnabled", False)
        )
        moved = ask.get("currentTime")
        if moved is not None and under:
            self._common.fail(ask.method, "under-ntp", ("currentTime",))
            moved = None
        hours, minutes = (
            ask.get("utcOffsetHours", time["utcOffsetHours"]),
            ask.get("utcOffsetMinutes", time["utcOffsetMinutes"]),
        )
        far = hours * 60 + (minutes if hours >= 0 else -minutes)
        strange = moved is not None and not _EARLIEST <= moved.year <= _LATEST
        if strange or (not -12 * 60 <= far <= 14 * 60 and ("utcOffsetHours" in ask or "utcOffsetMinutes" in ask)):
            reading = self._choices.of("TPS-AMB-227")
            if reading != "accepted":
                raise RefusedError(FAULTS[reading], ("currentTime" if strange else "utcOffsetHours",))
        for name in ("ntpEnabled", "utcOffsetHours", "utcOffsetMinutes", "ntpHost"):
            if name in ask:
                time[name] = ask[name]
        if moved is not None:
            self._world.offset = moved - EPOCH - timedelta(seconds=int(self._world.clock()))
        return None

    def query_time(self, _ask: Ask) -> Told:
        """device.time.query."""
        time = self._world.settings["time"]
        return {
            "currentTime": self._world.now(),
            **time,
            "ntpStatus": "synchronized" if time["ntpEnabled"] else "disabled",
        }


def _lower(number: int) -> int:
    """The lower 32 bits as a number with a sign."""
    return (number + _HALF) % (2 * _HALF) - _HALF
