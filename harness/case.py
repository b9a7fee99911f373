"""A case: one flow with a stable id, what it probes and what it needs."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from harness.flow import Action

# Its argument is the protocol's view of the device (`harness.view.View`).
Flow = Callable[[Any], Coroutine[Action[Any], Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One flow.

    Attributes:
        id: stable, built from names in the spec, without values or seeds.
        title: one line for people.
        chapter: the group it is reported under.
        clauses: the clauses that its checks probe.
        after: cases whose success is the positive control of this one; without it this one is inconclusive.
        loose: what may come on a connection after the last reply is not judged.
        device_s: device seconds that the case waits on purpose.
        patient: it mostly waits, and neither minds what other such cases do meanwhile nor disturbs them, so they are played side by side.
        module: the suite file that it stands in, for pytest; "" for generated ones.
    """

    id: str
    system: str
    title: str
    chapter: str
    clauses: tuple[str, ...]
    flow: Flow
    after: tuple[str, ...] = ()
    loose: bool = False
    device_s: float = 0.0
    patient: bool = False
    module: str = ""


def rng_for(run_seed: int, case_id: str) -> random.Random:
    """One generator per case: the same seed and id give the same values on any machine."""
    digest = hashlib.blake2b(f"{run_seed}:{case_id}".encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - test values, not secrets
