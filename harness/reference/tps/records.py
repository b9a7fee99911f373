"""Call detail records and the servers that logs are sent to."""

from __future__ import annotations

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told, Values
from harness.reference.tps.common import PAGE_BYTES, Common

_PAGE = 20


class Records:
    """The methods cdrlog.* and logs.syslog.*.

    Args:
        common: world, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices = common, common.world, common.choices
        match common.choices.of("TPS-AMB-207"):
            case "one":
                self._world.first_index = self._world.next_index = 1
            case "next":
                self._world.first_index = self._world.next_index = 1 + 100 * (self._world.seed % 7)

    def methods(self) -> dict[str, Handler]:
        """The methods by name."""
        return {
            "cdrlog.enumerate": self.enumerate,
            "cdrlog.query": self.query,
            "logs.syslog.modify": self.modify_syslog,
            "logs.syslog.query": self.query_syslog,
        }

    def _first(self) -> int:
        records = self._world.records
        return int(records[0]["index"]) if records else self._world.next_index

    def enumerate(self, ask: Ask) -> Told:
        """cdrlog.enumerate."""
        wanted = self._filter(ask)
        first, behind = self._first(), self._world.next_index
        index = ask.get("index", -1)
        start = first if index < first or index > behind else index
        count = ask.get("numEvents", _PAGE)
        count = count if 1 <= count <= _PAGE else _PAGE
        events: list[Values] = []
        after, room = start, PAGE_BYTES
        skipped = start - first
        rest = list(self._world.records)[skipped:]
        for one in rest:
            if wanted is not None and one["type"] not in wanted:
                after = one["index"] + 1
                continue
            room -= self._common.size(one) + 20
            if len(events) == count or room < 0:
                break
            events.append(one)
            after = one["index"] + 1
        left = rest[after - start :]
        if wanted is not None and self._choices.of("TPS-AMB-206") == "any" and events:
            after = events[-1]["index"] + 1
            left = rest[after - start :]
        elif wanted is not None:
            left = [one for one in left if one["type"] in wanted]
        return {
            "startIndex": start,
            "nextIndex": after,
            "eventsRemaining": bool(left),
            "currentTime": self._world.now(),
            "events": events,
        }

    def _filter(self, ask: Ask) -> set[str] | None:
        given = ask.get("filter")
        if given:
            return set(given)
        if given is not None:
            match self._choices.of("TPS-AMB-204"):
                case "refused":
                    raise RefusedError("invalid-parameter", ("filter",))
                case "none":
                    return set()
        return None

    def query(self, _ask: Ask) -> Told:
        """cdrlog.query."""
        return {"firstIndex": self._first(), "numEvents": len(self._world.records)}

    def modify_syslog(self, ask: Ask) -> Told:
        """logs.syslog.modify."""
        if not ask.values and self._choices.of("TPS-AMB-201") == "refused":
            raise RefusedError("missing-parameter", ("servers",))
        settings = self._world.settings["syslog"]
        if "servers" in ask:
            settings["servers"] = [
                {"address": one["address"], "packetsSent": 0} for one in ask["servers"] if "address" in one
            ]
        settings["facilityValue"] = ask.get("facilityValue", settings["facilityValue"])
        return None

    def query_syslog(self, _ask: Ask) -> Told:
        """logs.syslog.query."""
        settings = self._world.settings["syslog"]
        servers = settings["servers"]
        if self._choices.of("TPS-AMB-259") == "any":
            servers = sorted(servers, key=lambda one: str(one["address"]))
        return {"servers": servers, "facilityValue": settings["facilityValue"]}
