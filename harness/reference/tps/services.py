"""Network services and SIP."""

from __future__ import annotations

from typing import Any

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told, Values
from harness.reference.tps.common import Common

ENCRYPTION = "Encryption"
_PORTS = 5000
_OWN_HARDWARE = ("8710", "7010")


class Services:
    """The methods services.* and sip.*.

    Args:
        common: world, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices = common, common.world, common.choices

    def methods(self) -> dict[str, Handler]:
        """The methods by name."""
        return {
            "services.modify": self.modify,
            "services.query": self.query,
            "sip.modify": self.modify_sip,
            "sip.query": self.query_sip,
        }

    def modify(self, ask: Ask) -> Told:
        """services.modify."""
        settings = self._world.settings["services"]
        if not ask.values and self._choices.of("TPS-AMB-201") == "refused":
            raise RefusedError("missing-parameter", ("ports",))
        low = ask.get("ephemeralPortRangeMin", settings["low"])
        high = ask.get("ephemeralPortRangeMax", settings["high"])
        needed = _PORTS - (self._choices.of("TPS-AMB-264") == "inclusive")
        if high - low < needed and not (high - low >= _PORTS * 0.8 and self._common.on("small-range")):
            self._common.fail(ask.method, "range-too-small", ("ephemeralPortRangeMin",))
        ports = [{**one, "services": [{**service} for service in one["services"]]} for one in settings["ports"]]
        for place, asked in enumerate(ask.get("ports", [])):
            self._set(ports, asked, place)
        self._no_conflicts(ports)
        settings.update(low=low, high=high, ports=ports)
        return None

    def _set(self, ports: list[Values], asked: Values, place: int) -> None:
        """Set the services of one port and protocol."""
        found = next((one for one in ports if one["protocolVersion"] == asked["protocolVersion"]), None)
        if asked["ethernetPort"] != "A" or found is None:
            self._refuse_unknown("TPS-AMB-263", ("ports", place, "ethernetPort"))
            return
        for number, service in enumerate(asked["services"]):
            key = (service["serviceName"], service["connectionType"])
            known = next((one for one in found["services"] if (one["serviceName"], one["connectionType"]) == key), None)
            if known is None:
                self._refuse_unknown("TPS-AMB-262", ("ports", place, "services", number, "serviceName"))
                continue
            if key == ("HTTP", "tcp") and service.get("setting") is False and found["protocolVersion"] == "IPv4":
                raise RefusedError("disables-interface")
            known.update({name: service[name] for name in ("setting", "portNumber") if name in service})

    def _refuse_unknown(self, ambiguity: str, path: tuple[str | int, ...]) -> None:
        if self._choices.of(ambiguity) == "refused":
            raise RefusedError("invalid-parameter", path)

    def _no_conflicts(self, ports: list[Values]) -> None:
        if self._common.on("shared-port"):
            return
        for one in ports:
            used = [(this["connectionType"], this["portNumber"]) for this in one["services"] if this["setting"]]
            if len(set(used)) < len(used):
                raise RefusedError("port-conflict")

    def query(self, _ask: Ask) -> Told:
        """services.query."""
        settings = self._world.settings["services"]
        ports = [
            {**one, "services": [{**service, "enabled": self._enabled(service)} for service in one["services"]]}
            for one in settings["ports"]
        ]
        return {
            "ports": ports,
            "ephemeralPortRangeMin": settings["low"],
            "ephemeralPortRangeMax": settings["high"],
        }

    def _enabled(self, service: Values) -> bool:
        return bool(service["setting"]) and (service["serviceName"] != "HTTPS" or has_key(self._common, ENCRYPTION))

    # SIP

    def modify_sip(self, ask: Ask) -> Told:
        """sip.modify."""
        if not ask.values and self._choices.of("TPS-AMB-201") == "refused":
            raise RefusedError("missing-parameter", ("callConfiguration",))
        settings = self._world.settings["sip"]
        encrypted = has_key(self._common, ENCRYPTION)
        if ask.get("outboundTransport") == "tls" and not encrypted and not self._common.on("tls-without-key"):
            self._common.fail(ask.method, "encryption-missing", ("outboundTransport",))
        if "negotiateSRTPUsingSDES" in ask and not encrypted and self._choices.of("TPS-AMB-269") == "refused":
            raise RefusedError("needs-activation-key", ("negotiateSRTPUsingSDES",))
        new: dict[str, Any] = {**settings, **ask.values}
        if new["callConfiguration"] == "callDirect" and self._choices.of("TPS-AMB-266") == "dropped":
            new |= {name: settings[name] for name in ("outboundAddress", "outboundDomain")}
        if (
            new["callConfiguration"] == "useTrunk"
            and not new["outboundAddress"].strip()
            and not self._common.on("blank-trunk")
            and not (settings["outboundAddress"] and self._common.on("trunk-blanked"))
        ):
            raise RefusedError("invalid-parameter", ("outboundAddress",))
        if self._world.settings["platform"] not in _OWN_HARDWARE:
            new["useLocalCertificate"] = settings["useLocalCertificate"]
        settings.update(new)
        return None

    def query_sip(self, _ask: Ask) -> Told:
        """sip.query."""
        told: Values = dict(self._world.settings["sip"])
        if not has_key(self._common, ENCRYPTION):
            del told["negotiateSRTPUsingSDES"]
        if self._world.settings["platform"] not in _OWN_HARDWARE:
            del told["useLocalCertificate"]
        match self._choices.of("TPS-AMB-270"):
            case "masked":
                told["password"] = "*" * len(told["password"])
            case "absent":
                del told["password"]
        return told


def has_key(common: Common, feature: str) -> bool:
    """Whether the key of a feature is there."""
    return any(one.feature == feature for one in common.world.keys)
