"""Feedback receivers: their configuration. `notify` tells them what happens."""

from __future__ import annotations

from dataclasses import replace

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told, Values
from harness.reference.tps.common import Common
from harness.reference.tps.letters import mac_of
from harness.reference.tps.notify import Notifier
from harness.reference.tps.world import Receiver

SLOTS = range(1, 21)


class Receivers:
    """The methods feedbackReceiver.*.

    Args:
        common: world, readings.
        notifier: tells receivers.
    """

    def __init__(self, common: Common, notifier: Notifier) -> None:
        self._common, self._choices, self._notifier = common, common.choices, notifier
        self._slots = common.world.receivers
        self._back_to_first = self._choices.of("TPS-AMB-345") == "original"
        self._once = self._choices.of("TPS-AMB-346") == "once"

    def methods(self) -> dict[str, Handler]:
        """The methods by name."""
        return {
            "feedbackReceiver.configure": self.configure,
            "feedbackReceiver.query": self.query,
            "feedbackReceiver.reconfigure": self.reconfigure,
            "feedbackReceiver.remove": self.remove,
            "feedbackReceiver.status": self.status,
        }

    def configure(self, ask: Ask) -> Told:
        """feedbackReceiver.configure."""
        receiver = Receiver(ask["receiverURI"], ask.get("sourceIdentifier"), self._events(ask))
        slot = ask.get("receiverIndex", 1)
        if slot < 0:
            free = [one for one in SLOTS if one not in self._slots]
            if not free:
                self._common.fail(ask.method, "no-free-slot", ("receiverIndex",))
            slot = free[0]
        if self._once and any(one.uri == receiver.uri for place, one in self._slots.items() if place != slot):
            raise RefusedError("invalid-parameter", ("receiverURI",))
        receiver.first = replace(receiver)
        replaced, self._slots[slot] = self._slots.get(slot), receiver
        self._notifier.added(receiver, replaced)
        return {"receiverIndex": slot}

    def query(self, _ask: Ask) -> Told:
        """feedbackReceiver.query."""
        receivers = [
            {"index": slot, **self._source(one), "receiverURI": one.uri} for slot, one in sorted(self._slots.items())
        ]
        return {"receivers": receivers}

    def reconfigure(self, ask: Ask) -> Told:
        """feedbackReceiver.reconfigure."""
        if len(ask.values) == 1 and self._choices.of("TPS-AMB-201") == "refused":
            raise RefusedError("missing-parameter", ("receiverURI",))
        receiver = self._slots[ask["receiverIndex"]]
        events, before = self._events(ask), replace(receiver)
        kept = receiver.first if self._back_to_first and receiver.first is not None else before
        receiver.uri = ask.get("receiverURI", kept.uri)
        receiver.source = ask.get("sourceIdentifier", kept.source)
        receiver.events = events if "subscribedEvents" in ask else kept.events
        self._notifier.reconfigured(receiver, before)
        return None

    def remove(self, ask: Ask) -> Told:
        """feedbackReceiver.remove."""
        receiver = self._slots.pop(ask["receiverIndex"], None)
        if receiver is not None:
            self._notifier.removed(receiver)
        return None

    def status(self, ask: Ask) -> Told:
        """feedbackReceiver.status."""
        slot = ask["receiverIndex"]
        receiver = self._slots.get(slot)
        if receiver is None:
            return {
                "receiverIndex": slot,
                "sourceIdentifier": "",
                "receiverURI": "http://0.0.0.0/",
                "subscribedEvents": [],
            }
        return {
            "receiverIndex": slot,
            **self._source(receiver),
            "receiverURI": receiver.uri,
            "subscribedEvents": self._shown(receiver),
        }

    def _events(self, ask: Ask) -> list[str] | None:
        """The events that a call subscribes to; None for all."""
        events: list[str] | None = ask.get("subscribedEvents")
        if events is None:
            return None
        if not events:
            match self._choices.of("TPS-AMB-233"):
                case "refused":
                    raise RefusedError("invalid-parameter", ("subscribedEvents",))
                case "all":
                    return None
        return [one for one in dict.fromkeys(events) if one in self._notifier.known]

    def _shown(self, receiver: Receiver) -> list[str]:
        events = self._notifier.known if receiver.events is None else receiver.events
        return sorted(events) if self._choices.of("TPS-AMB-244") == "any" else events

    def _source(self, receiver: Receiver) -> Values:
        if receiver.source:
            return {"sourceIdentifier": receiver.source}
        if self._common.on("nameless-told-as-slot"):
            return {"sourceIdentifier": f"receiver {sum(map(ord, receiver.uri)) % 100}"}
        match self._choices.of("TPS-AMB-234"):
            case "mac":
                return {"sourceIdentifier": mac_of(self._choices)}
            case "absent":
                return {}
        return {"sourceIdentifier": ""}
