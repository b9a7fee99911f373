"""Ends the calls that scripts began."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.errors import PermitError, TransportError
from harness.flow import CaseEnd, Undo
from harness.fuzzing.document_kit import FAILURE, SUCCESS, Asked, DocumentKit
from harness.messages.documentreply import Fields

Call = tuple[str, str]  # device and instance


class DocumentCleaner:
    """Knows every call that may be up; a finished recording of it is for nobody to remove.

    Args:
        ask: calls a function in a way that any device takes; gives the outcome.
    """

    def __init__(self, kit: DocumentKit, devices: Sequence[str], ask: Callable[[str, Fields], str]) -> None:
        self._kit = kit
        self._devices = devices
        self._ask = ask
        self._up: dict[Call, int] = {}  # how often it could not be ended
        self.leftovers = 0
        self.left: Sequence[Undo] = ()

    @property
    def pending(self) -> bool:
        """Whether a call may be up."""
        return bool(self._up)

    def sends(self, asked: Sequence[Asked]) -> None:
        """These requests are about to leave."""
        for one in asked:
            if one.function == self._kit.begins and (device := one.value(self._kit.device)):
                self._up.setdefault((device, one.value(self._kit.instance) or ""), 0)

    def answered(self, asked: Asked, outcome: str) -> None:
        """A request was certainly answered so."""
        call = (asked.value(self._kit.device) or "", asked.value(self._kit.instance) or "")
        if asked.function == self._kit.begins and outcome == SUCCESS:
            self.leftovers += 1
        elif asked.function == self._kit.ends and outcome == SUCCESS and asked.plain and call[1]:
            self._up.pop(call, None)

    def clean(self, *, last: bool = False) -> None:
        """End all calls; `last` tells what stays."""
        for call in list(self._up):
            fields = [
                (name, value) for name, value in zip((self._kit.device, self._kit.instance), call, strict=True) if value
            ]
            try:
                outcome = self._ask(self._kit.ends, fields)
            except (TransportError, CaseEnd, PermitError):
                outcome = ""
            self._up[call] += 1
            # Refused, it is no call any more: the device says so itself.
            if outcome in (SUCCESS, FAILURE) or (self._up[call] > 3 and not last):
                del self._up[call]
        self.left = (
            [
                Undo(
                    operation=self._kit.ends,
                    arguments=(f"{self._kit.device}={device}", f"{self._kit.instance}={instance}"),
                    case="fuzz",
                )
                for device, instance in self._up
            ]
            if last
            else ()
        )
