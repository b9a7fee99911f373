"""What a method is asked, by whom, and how it says no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
Path = tuple[str | int, ...]


class RefusedError(Exception):
    """A call fails: with a fault of the catalogue, about a member.

    Args:
        fault: name of a row of `errors`.
        path: of the member that it is about; () for none.
    """

    def __init__(self, fault: str, path: Path = ()) -> None:
        super().__init__(fault, path)
        self.fault, self.path = fault, path


class UnansweredError(Exception):
    """What came gets no reply of XML-RPC: an HTTP status instead, or 0 for the end of the connection."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class User:
    """Somebody who may call.

    Attributes:
        id: the name that calls carry.
        password: in plain.
        rights: a word of `access-rights`.
        name: for people.
        immortal: it cannot be removed.
        due: it has default credentials that have to be changed.
    """

    id: str
    password: str
    rights: str
    name: str = ""
    immortal: bool = False
    due: bool = False


@dataclass(slots=True)
class Ask:
    """One call, checked.

    Attributes:
        method: its name.
        values: members as they came, by the document's names: text, int, bool, bytes, datetime, list, dict. What was left out is not in it;
            of an unlimited pair there is the number, or the boolean as true, or nothing.
        user: who calls.
        tls: it came over HTTPS.
        path: where it was posted.
    """

    method: str
    values: Values
    user: User
    tls: bool = False
    client: object = None
    notes: Values = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """A member, or what stands for it."""
        return self.values.get(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


# What a method tells: members by the document's names, those apart that are not there. None: only that it succeeded.
Told = Mapping[str, Any] | None
Handler = Callable[[Ask], Told]
