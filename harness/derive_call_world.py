"""What generated cases of calls need of a suite: valid calls, structs and values that hold on the device, and what is special about a member."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.calldut import CallDut
from harness.derive_call_places import Place, Tree
from harness.derive_call_values import Probe

# A call that must succeed, and into which a value can be put at the place; None: a call without anything that it does not need.
Sample = Callable[[CallDut, str, Place | None], Awaitable[Tree]]
# A valid struct of this name with the members that it needs.
Fill = Callable[[CallDut, str], Awaitable[Tree]]
# Values of a member that hold in this call, by the names of checks.
Values = Callable[[CallDut, Place, Tree], Awaitable[list[tuple[str, Any]]]]
# The call with what a value at the place needs beside it.
Beside = Callable[[CallDut, Place, Tree], Awaitable[Tree]]
# The name of a value that is not told as it was sent, but rounded.
BETWEEN = "between"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWorld:
    """What the suite knows.

    Attributes:
        sample: see `Sample`.
        fill: see `Fill`.
        unknown: an id of no object of a kind.
        spelled: how the device spells a member of a method's call that the document spells in several ways.
        values: `Place.key` -> values to try instead of those of the type.
        beside: `Place.key` -> what must stand beside the member.
        instead: `Place.key:aspect` -> the fault of the method (a key of its `faults`) that answers that mistake.
        also: `Place.key:aspect` -> faults of the catalogue that answer that mistake too.
        anyway: method -> faults that may answer whatever else is wrong with its call.
        single: `Place.key` of members that are in no combination.
        refused_only: methods that are never called so that they succeed -> the method whose success stands for the device's health.
        volatile: method of a query -> members that change by themselves.
        ours: methods whose objects are made for the run, so that nothing has to be put back.
        passive: circumstances that no case brings about; what depends on them is judged where it is told.
        without: ids of cases, without the system's, that the suite does not want.
    """

    sample: Sample
    fill: Fill
    unknown: Callable[[CallDut, str], Awaitable[Any]]
    spelled: Callable[[CallDut, str, str], Awaitable[str]]
    values: Mapping[str, Values] = field(default_factory=dict)
    beside: Mapping[str, Beside] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    anyway: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    single: frozenset[str] = frozenset()
    refused_only: Mapping[str, str] = field(default_factory=dict)
    volatile: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    passive: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


async def value_of(dut: CallDut, probe: Probe, place: Place, tree: Tree) -> Any:
    """The value of a probe: a limit is asked of the device, or stands beside the member."""
    if probe.bound is None:
        return probe.make(dut.rng)
    if probe.bound.method is None:
        struct: Any = tree
        for step in place.steps[:-1]:
            struct = struct[step]
        return struct[probe.bound.member] + probe.shift
    limit = await dut.bound(probe.bound)
    return None if limit is None else limit + probe.shift
