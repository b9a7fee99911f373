"""What a conforming device may answer to a request, and who knows it: the seam between fuzzers and models of a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from harness.checks.answer import Answer
from harness.messages.reply import Call, Reply
from harness.verdict import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a conforming device may answer to one request.

    Attributes:
        answers: any one of them conforms.
        clauses: cited where none fits.
        ambiguity: the ambiguity that the answers' readings belong to, if any.
    """

    answers: tuple[Answer, ...]
    clauses: tuple[str, ...] = ()
    ambiguity: str | None = None


class World(Protocol):
    """A model of a device's state, fed with what was asked and what came.

    It must never be surer than the document: where it is silent, or what happened is not known, more answers conform.
    """

    def expect(self, call: Call) -> Expectation:
        """What may answer this call now. `call.operation` may be no operation of the system."""

    def further(self, call: Call, reply: Reply) -> list[Check]:
        """Broken checks of what no single answer can say, such as that a new object's id is new; to be asked before `note`."""

    def sending(self) -> None:
        """Bytes leave now. Whoever tells this before every send lets the model be sure of how much time has passed at least."""

    def note(self, call: Call, reply: Reply) -> None:
        """The call was answered so; a reply that did not come (`reply.ending`) leaves open whether it was executed."""

    def blur(self, call: Call) -> None:
        """A line that may be read as this call was sent, and whether it was executed is not known."""

    def adopt(self, kind: str, state: str, name: str) -> None:
        """An object of the device is in this state; both are the spec's names, `any` says nothing of the state."""
