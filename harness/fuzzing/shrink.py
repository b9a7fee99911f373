"""Makes a script smaller while something stays true of it: first whole steps and requests, then bytes. No device knowledge.

The usual delta debugging, greedy and with a bound on tries: a finding that is small enough to read is worth more than the smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from harness.fuzzing.script import Part, Script, Slot, Step, joined

T = TypeVar("T")
# Bytes of one part up to which it is tried to leave out single ones.
BYTE_BY_BYTE = 200
_NOWHERE = Slot("value:nowhere:")


def shrink(script: Script, still: Callable[[Script], bool], *, tries: int, end: bytes = b"\n") -> Script:
    """The smallest script found for which `still` holds.

    Args:
        script: one for which it holds.
        still: plays a script; expensive.
        tries: calls of `still` at most.
        end: what ends a request.
    """
    left = tries
    best = script
    progress = True
    while progress and left > 0:
        progress = False
        for candidate in _candidates(best, end):
            if left <= 0:
                break
            if candidate.size >= best.size:
                continue
            left -= 1
            if still(candidate):
                best, progress = candidate, True
                break
    return best


def fewest(items: Sequence[T], still: Callable[[Sequence[T]], bool]) -> list[T]:
    """A short subsequence for which `still` holds, which it does for all of them; order is kept (ddmin).

    None of those that are left can be left out alone.
    """
    kept = list(items)
    chunk = len(kept)
    while chunk:
        start, before = 0, len(kept)
        while start < len(kept):
            candidate = kept[:start] + kept[start + chunk :]
            if candidate and still(candidate):
                kept = candidate
            else:
                start += chunk
        if chunk > 1 or len(kept) == before:  # what was needed at first may not be, now that others are gone
            chunk //= 2
    return kept


def _candidates(script: Script, end: bytes) -> Iterator[Script]:
    """Smaller scripts, those that take away most first."""
    steps = script.steps
    if not _refers(script):
        size = len(steps) // 2
        while size:
            for start in range(0, len(steps), size):
                yield replace(script, steps=steps[:start] + steps[start + size :])
            size //= 2
    else:
        yield replace(script, steps=steps[:-1])
        yield from _without_requests(script, end)
        for index, step in enumerate(steps):
            if step.how != "send":
                yield replace(script, steps=steps[:index] + steps[index + 1 :])
    for index, step in enumerate(steps):
        for smaller in _smaller_steps(step, end, keep_requests=_refers(script)):
            yield replace(script, steps=(*steps[:index], smaller, *steps[index + 1 :]))


def _without_requests(script: Script, end: bytes) -> Iterator[Script]:
    """Without some of the requests; references to those behind them are moved, and none to them may be left."""
    rows = [(at, request) for at, step in enumerate(script.steps) for request in _requests(step.parts, end)]
    if any(step.cuts for step in script.steps) or not all(_ends(request, end) for _, request in rows):
        return
    size = max(len(rows) // 2, 1)
    while size:
        for start in range(0, len(rows), size):
            places = [*range(start), *range(start + size, len(rows))]
            new = {f"value:{old}:": Slot(f"value:{at}:") for at, old in enumerate(places)}
            kept: dict[int, list[Part]] = {}
            for at, request in (rows[place] for place in places):
                kept.setdefault(at, []).extend(
                    new.get(part.name, _NOWHERE) if isinstance(part, Slot) and part.name.startswith("value:") else part
                    for part in request
                )
            if not any(_NOWHERE in parts for parts in kept.values()):
                yield replace(
                    script,
                    steps=tuple(
                        replace(step, parts=joined(kept.get(at, []))) if step.how == "send" else step
                        for at, step in enumerate(script.steps)
                        if step.how != "send" or at in kept
                    ),
                )
        size //= 2


def _ends(request: Sequence[Part], end: bytes) -> bool:
    last = request[-1]
    return isinstance(last, bytes) and last.endswith(end)


def _refers(script: Script) -> bool:
    return any(slot.name.startswith("value:") for slot in script.slots())


def _smaller_steps(step: Step, end: bytes, *, keep_requests: bool) -> Iterator[Step]:
    if step.cuts:
        yield replace(step, cuts=(), pause_s=0.0)
        for index in range(len(step.cuts)):
            yield replace(step, cuts=step.cuts[:index] + step.cuts[index + 1 :])
    if step.pause_s:
        yield replace(step, pause_s=0.0)
    if not keep_requests:
        requests = _requests(step.parts, end)
        size = len(requests) // 2 if len(requests) > 1 else 0
        while size:
            for start in range(0, len(requests), size):
                rest = [part for request in requests[:start] + requests[start + size :] for part in request]
                yield replace(step, parts=joined(rest))
            size //= 2
    for index, part in enumerate(step.parts):
        if isinstance(part, Slot):
            yield replace(step, parts=joined((*step.parts[:index], *step.parts[index + 1 :])))
        else:
            for smaller in _smaller_bytes(part, keep_ends=keep_requests):
                yield replace(step, parts=joined((*step.parts[:index], smaller, *step.parts[index + 1 :])))


def _requests(parts: Sequence[Part], end: bytes) -> list[list[Part]]:
    """The parts by request: each list ends with `end`, but for what is unfinished."""
    found: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Slot):
            found[-1].append(part)
            continue
        *ended, rest = part.split(end)
        for line in ended:
            found[-1].append(line + end)
            found.append([])
        if rest:
            found[-1].append(rest)
    return [request for request in found if request]


def _smaller_bytes(data: bytes, *, keep_ends: bool) -> Iterator[bytes]:
    """The bytes without a piece of them, large pieces first; single bytes only where there are few."""
    size = len(data) // 2
    while size and (size > 1 or len(data) <= BYTE_BY_BYTE):
        for start in range(0, len(data), size):
            gone = data[start : start + size]
            if not (keep_ends and b"\n" in gone):
                yield data[:start] + data[start + size :]
        size //= 2
    if len(data) == 1 and not (keep_ends and data == b"\n"):
        yield b""
