"""The model of a reply of which the call is not known: nothing depends on what was asked, and nothing is repeated."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from harness.spec.callmodel import Member
from harness.spec.model import System

_UNKNOWN = "unknown"  # a circumstance of which nothing is known
_ALONE: dict[int, tuple[System, System]] = {}


def alone(system: System) -> System:
    """The model of a reply of which the call is not known: nothing depends on what was asked, and nothing is repeated."""
    known = _ALONE.get(id(system))
    if known is None or known[0] is not system:
        operations = {
            name: structs.replace(one, call=structs.replace(one.call, returns=unasked(one.call.returns)))
            if one.call is not None
            else one
            for name, one in system.operations.items()
        }
        parts = {name: structs.replace(one, members=unasked(one.members)) for name, one in system.structs.items()}
        known = system, structs.replace(system, operations=operations, structs=parts)
        _ALONE.clear()
        _ALONE[id(system)] = known
    return known[1]


def unasked(members: Mapping[str, Member]) -> dict[str, Member]:
    """The members of a struct, as far as they depend on nothing in the call."""
    found = {}
    for name, one in members.items():
        present = one.present
        if present is not None and present.asked:
            present = structs.replace(present, asked={}, state=present.state or _UNKNOWN, only=True)
        found[name] = structs.replace(one, present=present, echo=None)
    return found


def spellings(members: Mapping[str, Member]) -> set[str]:
    """Every name under which members may stand."""
    return {*members, *(text for one in members.values() for text in one.names.values())}
