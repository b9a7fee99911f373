"""Which URIs conferences and participants may have beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from harness.reference.tps.asking import Path, RefusedError
from harness.reference.tps.common import Common
from harness.reference.tps.meetings import INCOMING, Conference, MeetingWorld
from harness.reference.tps.parts import On

Span = tuple[float, float]


class Uris:
    """Rules of URIs.

    Args:
        common: readings and faults of the model.
        meetings: what there is.
        on: which fault is on.
    """

    def __init__(self, common: Common, meetings: MeetingWorld, on: On) -> None:
        self._common, self._all, self._on = common, meetings, on
        self._folds = common.choices("uri-case") == "one"
        self._times = common.choices("uri-later") == "accepted"
        self.ghosts: set[str] = set()  # of conferences that are gone; for a fault

    def key(self, uri: str) -> str:
        """What two URIs that are the same have in common."""
        if self._on("uri-domain-ignored"):
            uri = uri.partition("@")[0]
        return uri.casefold() if self._folds else uri

    def conference(self, method: str, given: Sequence[Mapping[str, Any]], span: Span, own: Conference | None) -> None:
        """Check the URIs of a conference. `span`: when it begins and ends; `own`: it, if it is there already.

        Raises:
            RefusedError: they are not free, or not apart from each other.
        """
        keys = [self.key(one[INCOMING]) for one in given]
        pins = [one.get("PIN", "") for one in given]
        passed = self._on("blank-pins-twice") and pins == ["", ""]
        if len(keys) > 1 and keys[0] == keys[1] and pins[0] == pins[1] and not passed:
            self._common.fail(method, "same-uri-twice", ("URIs", 1, INCOMING))
        self._free(keys[:1] if self._on("second-uri-unchecked") else keys, "URIs", self._taken(span, own))

    def participant(self, method: str, definitions: Sequence[Mapping[str, Any]], of: Conference) -> None:
        """Check the URIs of a participant.

        Raises:
            RefusedError: as `conference`.
        """
        keys = [self.key(one[INCOMING]) for one in definitions if INCOMING in one]
        if not keys:
            return
        if len(set(keys)) < len(keys):
            self._common.fail(method, "same-uri-twice", ("calls", len(keys) - 1, INCOMING))
        self._free(keys, "calls", self._taken((of.start, of.end), None))

    @staticmethod
    def _free(keys: Iterable[str], name: str, taken: Iterable[str]) -> None:
        keys = set(keys)
        if keys and not keys.isdisjoint(taken):
            place: Path = (name, 0, INCOMING)
            raise RefusedError("duplicate-uri", place)

    def _taken(self, span: Span, own: Conference | None) -> Iterator[str]:
        yield from self.ghosts
        for conference in self._all.conferences.values():
            if conference is own and not conference.participants:
                continue
            if self._times and (conference.start >= span[1] or conference.end <= span[0]):
                continue
            if conference is not own:
                yield from (self.key(one[INCOMING]) for one in conference.uris)
            for participant in () if self._on("people-have-no-uris") else conference.participants.values():
                for definition in participant.definitions:
                    if INCOMING in definition:
                        yield self.key(definition[INCOMING])
