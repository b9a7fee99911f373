"""One command on its way through the device: what was asked, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.sessions import Session

# A field's value, or what a list has: values and the names beside them.
Value = str | Sequence[tuple[str, str]]
Values = Mapping[str, Value]


class RefusedError(Exception):
    """A command fails. The text tells people why."""


@dataclass(slots=True, kw_only=True)
class Call:
    """A command that was read and may be carried out.

    Args:
        name: of the operation.
        given: parameter -> its values, in their order.
        session: in which it came; None for a login.
        client: the connection on which it came, for who needs to know which it was.
    """

    name: str
    given: Mapping[str, list[str]]
    session: Session | None
    client: object

    def has(self, name: str) -> bool:
        """Whether the parameter was given."""
        return name in self.given

    def text(self, name: str, default: str = "") -> str:
        """A parameter's first value."""
        values = self.given.get(name)
        return values[0] if values else default

    def all(self, name: str) -> list[str]:
        """Every value of a repeated parameter that says something."""
        return [value for value in self.given.get(name, ()) if value]

    def changes(self, *names: str) -> dict[str, str]:
        """Those of these parameters that were given."""
        return {name: self.given[name][0] for name in names if name in self.given}


@dataclass(slots=True, kw_only=True)
class Outcome:
    """A success.

    Args:
        confirms: the fields of each confirm.
        told: those of the indication, where they are not those of the first confirm.
        changed: whether others are told.
        none: that no confirm is sent where there are none, whatever the reading about lists.
        after: what happens once the answer is sent.
    """

    confirms: Sequence[Values]
    told: Values | None = None
    changed: bool = True
    none: bool = False
    after: list[Callable[[], None]] = field(default_factory=list)


Handler = Callable[[Call], Outcome]


def nothing(choices: Choices, reason: str) -> Outcome:
    """The answer to a command that reads one object, of which there is none.

    Raises:
        RefusedError: under the reading that it fails.
    """
    if choices.unknown_one == "failed":
        raise RefusedError(reason)
    return Outcome(confirms=[{}] if choices.unknown_one == "nothing" else [], changed=False, none=True)


def one(**values: Value) -> Outcome:
    """A success with one confirm."""
    return Outcome(confirms=[values])
