"""What the options of several commands have in common: names of systems, times, and those for the bundled reference server."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

import click

from harness.errors import UsageError
from harness.spec.load import system_names

_SECONDS = {"s": 1, "m": 60, "h": 3600}
Command = TypeVar("Command", bound=Callable[..., Any])


def known_system(name: str) -> str:
    """The name of a system, as it was given.

    Raises:
        UsageError: there is no such system.
    """
    known = system_names()
    if name not in known:
        raise UsageError(f"{name!r} is no system; the known ones are {', '.join(known)}")
    return name


@overload
def duration(text: str, option: str = ...) -> float: ...
@overload
def duration(text: str | None, option: str = ...) -> float | None: ...
def duration(text: str | None, option: str = "--max-time") -> float | None:
    """Seconds from `90s`, `15m`, `2h` or a plain number; None where nothing was given.

    Raises:
        UsageError: it is neither.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None or float(match[1]) == 0:
        raise UsageError(f"{option} {text}: write a time such as 90s, 15m or 2h")
    return float(match[1]) * _SECONDS[match[2] or "s"]


def reference_options(command: Command) -> Command:
    """Give a command `--fault` and `--reading`; it gets the tuples `fault` and `reading`, for `serve_options`."""
    fault = click.option(
        "--fault",
        multiple=True,
        metavar="NAME",
        help="Switch on a seeded fault of the reference server (see serve --list-faults).",
    )
    reading = click.option(
        "--reading", multiple=True, metavar="AMBIGUITY=READING", help="Let the reference server follow this reading."
    )
    return fault(reading(command))


def serve_options(
    fault: Sequence[str], reading: Sequence[str], *, with_target: bool, options: str = "--target"
) -> tuple[str, ...]:
    """Faults and readings as `clausewise serve` takes them.

    Args:
        with_target: a target is given, so that no reference server is started.
        options: how that is given, for the message.

    Raises:
        UsageError: there are some, and a target as well.
    """
    if with_target and (fault or reading):
        raise UsageError(f"--fault and --reading are for the reference server and do not go with {options}")
    pairs = [*(("--fault", name) for name in fault), *(("--reading", name) for name in reading)]
    return tuple(part for pair in pairs for part in pair)
