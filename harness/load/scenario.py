"""What a load run sends: scenarios of weighted operations, and the requests that they become.

The requests of a run are made before it begins, so that making values costs the measurement nothing: a round of `ROUND` requests in
an order drawn from the seed, in which each operation has its share to within one request. Every connection goes round it, each from
a place of its own.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.checks.answer import Answer
from harness.errors import InternalError, PermitError, UsageError
from harness.flow import Action
from harness.messages.binding import Binding
from harness.messages.reply import Call
from harness.permit import Permit

# Requests in a round. Enough for hundreds of different values of each operation; they are ready within a tenth of a second.
ROUND = 4096


class Values:
    """What makers of values draw from: the objects of the scenario by name, and one generator of random values."""

    def __init__(self, objects: Mapping[str, str], rng: random.Random) -> None:
        self._objects = objects
        self._number = 0
        self.rng = rng

    def __getitem__(self, name: str) -> str:
        """The id of an object of the scenario."""
        return self._objects[name]

    @property
    def number(self) -> int:
        """How many requests, or sequences of such, were made before this one: for names of which no two are the same."""
        return self._number

    def advance(self) -> None:
        """What is made now belongs to the next request or sequence."""
        self._number += 1

    def unknown_id(self) -> str:
        """A well-formed random id that names nothing."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOperation:
    """One kind of request of a scenario.

    Attributes:
        name: stable name in reports, one a scenario.
        weight: its share among the weights of the scenario, 1 or more.
        operation: the operation of the spec.
        values: makes the values of one request.
        answers: every answer that conforms to any request of this kind.
        ambiguity: what the readings of the answers belong to.
        clauses: the clauses that a wrong answer contradicts.
        objects: names of the scenario's objects that `values` uses; without them the operation is left out.
        quoted: choose the longest spelling of each value.
    """

    name: str
    weight: int
    operation: str
    values: Callable[[Values], Sequence[str]]
    answers: tuple[Answer, ...] = (Answer(),)
    ambiguity: str | None = None
    clauses: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadScenario:
    """Operations that belong together, and the objects that they need.

    No operation may leave something behind on the device: what a run creates is made before it by the suite's providers and removed
    after it; what a sequence has begun when the load ends, `tidy` removes.

    Attributes:
        objects: name -> kind and state, as the suite provides them; made in this order.
        sequence: the operations follow each other in this order on one connection, and weights do not count; if one has no object, none is sent.
        tidy: a flow that removes what was left.
        interface: the one that is loaded; "" for the first that the target file names.
    """

    name: str
    about: str
    operations: tuple[LoadOperation, ...]
    objects: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sequence: bool = False
    tidy: Callable[[Any], Coroutine[Action[Any], Any, str]] | None = None
    interface: str = ""

    def __post_init__(self) -> None:
        names = [operation.name for operation in self.operations]
        unknown = {name for operation in self.operations for name in operation.objects} - set(self.objects)
        if not names or len(set(names)) != len(names) or unknown or any(one.weight < 1 for one in self.operations):
            raise InternalError(
                f"scenario {self.name}: expected operations with names of their own, weights of 1 or more and known objects, "
                f"got {names} and the unknown objects {sorted(unknown)}"
            )


def together(name: str, about: str, *parts: tuple[int, LoadScenario]) -> LoadScenario:
    """A scenario of other ones, each with a share; an operation that several have counts once for each.

    Args:
        name: of the new scenario.
        about: of the new scenario.
        parts: share and scenario; the shares of all operations of a part sum up to the part's.
    """
    operations = [_reweighted(operation, share, part, parts) for share, part in parts for operation in part.operations]
    objects = {key: value for _, part in parts for key, value in part.objects.items()}
    return LoadScenario(name=name, about=about, operations=tuple(operations), objects=objects)


def _reweighted(
    operation: LoadOperation, share: int, part: LoadScenario, parts: Sequence[tuple[int, LoadScenario]]
) -> LoadOperation:
    """The operation with a weight that keeps its share in its part; whole numbers, exact."""
    weight = operation.weight * share
    for _, other in parts:
        if other is not part:
            weight *= sum(one.weight for one in other.operations)
    return LoadOperation(
        name=f"{part.name}.{operation.name}",
        weight=weight,
        operation=operation.operation,
        values=operation.values,
        answers=operation.answers,
        ambiguity=operation.ambiguity,
        clauses=operation.clauses,
        objects=operation.objects,
        quoted=operation.quoted,
    )


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be sent."""

    kind: LoadOperation
    call: Call
    data: bytes


def make_requests(
    operations: Iterable[LoadOperation],
    objects: Mapping[str, str],
    binding: Binding,
    permit: Permit,
    rng: random.Random,
    count: int = ROUND,
) -> list[Request]:
    """The round of requests of a run; no bytes are in it that the permit does not cover.

    Args:
        operations: those whose objects there are.
        objects: name -> id.
        binding: makes the bytes.
        permit: asked for the bytes of every request.
        rng: of values and order.
        count: requests in the round; each operation has at least one all the same.

    Raises:
        UsageError: the target's permit does not cover an operation.
    """
    kinds = list(operations)
    total = sum(kind.weight for kind in kinds)
    values = Values(objects, rng)
    requests = []
    for kind in kinds:
        for _ in range(max(1, round(kind.weight * count / total))):
            requests.append(_request(kind, values, binding, permit))
            values.advance()
    rng.shuffle(requests)
    return requests


def make_sequences(
    operations: Iterable[LoadOperation],
    objects: Mapping[str, str],
    binding: Binding,
    permit: Permit,
    rng: random.Random,
    connections: int,
) -> list[Request]:
    """The round of a scenario whose operations follow each other, one sequence or more for each connection; see `make_requests`."""
    kinds = list(operations)
    values = Values(objects, rng)
    requests = []
    for _ in range(max(connections, ROUND // len(kinds))):
        requests += [_request(kind, values, binding, permit) for kind in kinds]
        values.advance()
    return requests


def _request(kind: LoadOperation, values: Values, binding: Binding, permit: Permit) -> Request:
    call, data = binding.call(kind.operation, kind.values(values), quoted=kind.quoted)
    try:
        permit.check(binding, data)
    except PermitError as error:
        raise not_permitted(kind, str(error)) from None
    return Request(kind, call, data)


def not_permitted(kind: LoadOperation, why: str) -> UsageError:
    """The permit does not cover what the scenario sends."""
    return UsageError(
        f"the scenario's operation {kind.name}: {why}; permit it in the target file or name another --scenario"
    )
