"""Feedback receivers: their configuration. What they are sent is issue 9: `World.happened` is where it begins."""

from __future__ import annotations

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told, Values
from harness.reference.tps.common import Common
from harness.reference.tps.world import MAC, Receiver

SLOTS = range(1, 21)
_ACK = "configureAck"


class Receivers:
    """The methods feedbackReceiver.*.

    Args:
        common: world, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._choices = common, common.choices
        self._slots = common.world.receivers

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
        self._slots[slot] = receiver
        self._common.world.happened(_ACK)
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
        events = self._events(ask)
        receiver.uri = ask.get("receiverURI", receiver.uri)
        receiver.source = ask.get("sourceIdentifier", receiver.source)
        if "subscribedEvents" in ask:
            receiver.events = events
        self._common.world.happened(_ACK)
        return None

    def remove(self, ask: Ask) -> Told:
        """feedbackReceiver.remove."""
        self._slots.pop(ask["receiverIndex"], None)
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
        return [one for one in dict.fromkeys(events) if one in self._known()]

    def _known(self) -> list[str]:
        kind = self._common.model.scalars["feedback-event"]
        return [one for one in kind.choices if one not in kind.since or self._common.at_least(kind.since[one])]

    def _shown(self, receiver: Receiver) -> list[str]:
        events = self._known() if receiver.events is None else receiver.events
        return sorted(events) if self._choices.of("TPS-AMB-244") == "any" else events

    def _source(self, receiver: Receiver) -> Values:
        if receiver.source:
            return {"sourceIdentifier": receiver.source}
        match self._choices.of("TPS-AMB-234"):
            case "mac":
                return {"sourceIdentifier": self._mac()}
            case "absent":
                return {}
        return {"sourceIdentifier": ""}

    def _mac(self) -> str:
        match self._choices.of("TPS-AMB-235"):
            case "small":
                return MAC.lower()
            case "colons":
                return ":".join(MAC[place : place + 2] for place in range(0, 12, 2))
        return MAC
