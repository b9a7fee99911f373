"""Ranges of numbers as regular expressions over their digits."""

from __future__ import annotations

PLAIN = "(?:0|[1-9][0-9]*+)"
NOTHING = "(?!)"


def between(low: int | None, high: int | None) -> str:
    """A group that matches the plain spelling of the numbers from `low` to `high`, not below 0; None: no limit.

    Plain: digits without sign and leading zeros. What follows the number must not be a digit.
    """
    low = max(low or 0, 0)
    if high is None:
        if low == 0:
            return PLAIN
        digits = len(str(low))
        longer = f"[1-9][0-9]{{{digits},}}+"
        return f"(?:{_same(str(low), '9' * digits)}|{longer})"
    if high < low:
        return NOTHING
    parts = []
    for digits in range(len(str(high)), len(str(low)) - 1, -1):
        first = max(low, 10 ** (digits - 1) if digits > 1 else 0)
        parts.append(_same(str(first), str(min(high, 10**digits - 1))))
    return f"(?:{'|'.join(parts)})"


def _same(low: str, high: str) -> str:
    """Between two numbers of the same number of digits."""
    if not low:
        return ""
    rest = len(low) - 1
    if low[0] == high[0]:
        return low[0] + _same(low[1:], high[1:])
    if set(low[1:]) <= {"0"} and set(high[1:]) <= {"9"}:
        return _digit(low[0], high[0]) + _any(rest)
    parts = []
    first, last = low[0], high[0]
    if set(low[1:]) > {"0"} or set(low[1:]) not in ({"0"}, set()):
        parts.append(low[0] + _same(low[1:], "9" * rest))
        first = chr(ord(first) + 1)
    ending = ""
    if set(high[1:]) not in ({"9"}, set()):
        ending = high[0] + _same("0" * rest, high[1:])
        last = chr(ord(last) - 1)
    if first <= last:
        parts.append(_digit(first, last) + _any(rest))
    if ending:
        parts.append(ending)
    return f"(?:{'|'.join(parts)})"


def _digit(first: str, last: str) -> str:
    return first if first == last else f"[{first}-{last}]"


def _any(count: int) -> str:
    return "" if count == 0 else "[0-9]" if count == 1 else f"[0-9]{{{count}}}"
