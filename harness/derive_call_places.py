"""The places of a call's members, nested ones too: each with its path, the clause of its member and what it stands in.

    flex.conference.create  URIs.callAttributes.encryption  TPS-struct.callAttributes.encryption

A path names members; where an element of an array is one of several structs, the struct's name follows the array's. In the calls made
here what is wrong or new stands in the first element, so that paths have no numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from harness.spec.callmodel import Member
from harness.spec.model import System

Path = tuple[str, ...]
Tree = dict[str, Any]  # members of a call or a struct by name, as `harness.calldut` takes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One member of a method's call.

    Attributes:
        method: whose call it is.
        path: as above; also a part of the ids of its cases.
        steps: names of members and numbers of elements on the way to it.
        member: what the document says of it.
        clause: of the member; with `:aspect` behind it, those about the aspect.
        above: the members that it stands in, the outermost first.
        structs: the struct that is within each of them.
        beside: all members of the struct, or of the call, that it belongs to.
    """

    method: str
    path: Path
    steps: tuple[str | int, ...]
    member: Member
    clause: str
    above: tuple[Member, ...] = ()
    structs: tuple[str, ...] = ()
    beside: Mapping[str, Member]

    @property
    def name(self) -> str:
        """Of the member itself."""
        return self.path[-1]

    @property
    def label(self) -> str:
        """The path as text."""
        return ".".join(self.path)

    @property
    def at(self) -> str:
        """The path as replies and faults have it, such as `URIs[0].PIN`."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps).lstrip(".")

    @property
    def key(self) -> str:
        """The member apart from where it stands: `struct.member`, or `method.member` for one of the call itself."""
        return f"{self.structs[-1] if self.structs else self.method}.{self.name}"

    @property
    def line(self) -> tuple[Member, ...]:
        """The member with those that it stands in."""
        return (*self.above, self.member)

    def aspect(self, name: str) -> str:
        """The clause about an aspect of it."""
        return f"{self.clause}:{name}"


def places(system: System, method: str) -> Iterator[Place]:
    """Every place of a method's call, each behind the one that it stands in."""
    call = system.operations[method].call
    if call is not None:
        for name, member in call.takes.items():
            yield from _walk(
                system,
                Place(
                    method=method,
                    path=(name,),
                    steps=(name,),
                    member=member,
                    clause=f"{system.prefix}-{method}.{name}",
                    beside=call.takes,
                ),
            )


def _walk(system: System, place: Place) -> Iterator[Place]:
    yield place
    member = place.member
    several = (member.struct, *member.other_structs) if member.struct is not None else ()
    steps = (*place.steps, 0) if member.array else place.steps
    for struct in several:
        assert struct is not None
        path = (*place.path, struct) if len(several) > 1 else place.path
        members = system.structs[struct].members
        for name, below in members.items():
            yield from _walk(
                system,
                Place(
                    method=place.method,
                    path=(*path, name),
                    steps=(*steps, name),
                    member=below,
                    clause=f"{system.prefix}-struct.{struct}.{name}",
                    above=place.line,
                    structs=(*place.structs, struct),
                    beside=members,
                ),
            )


# Values in a call


def struct_of(tree: Tree, place: Place) -> Tree | None:
    """The struct of a call that the place's member stands in; None if something above it is absent."""
    found: Any = tree
    for step in place.steps[:-1]:
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and step < len(found) else None
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def get(tree: Tree, place: Place) -> Any:
    """The value at a place; None if it is absent."""
    struct = struct_of(tree, place)
    return None if struct is None else struct.get(place.name)


def put(tree: Tree, place: Place, value: Any, *, drop: tuple[str, ...] = ()) -> Tree:
    """A copy of the call with another value at the place, whose struct must be there, and without what `drop` names beside it."""
    made = deepcopy(tree)
    struct = struct_of(made, place)
    assert struct is not None, place.label
    for name in drop:
        struct.pop(name, None)
    struct[place.name] = value
    return made


def without(tree: Tree, place: Place) -> Tree:
    """A copy of the call without the member at the place."""
    made = deepcopy(tree)
    struct = struct_of(made, place)
    if struct is not None:
        struct.pop(place.name, None)
    return made


def partners(place: Place) -> tuple[str, ...]:
    """The other halves of an 'unlimited' pair."""
    mine = place.member.unlimited
    return tuple(name for name, one in place.beside.items() if name == mine or one.unlimited == place.name)
