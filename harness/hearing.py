"""The actions of flows that listen: a place to which the device sends messages, and what has come there. See `harness.flow`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.ending import Ending
from harness.flow import Action

TOKEN_BYTES = 8  # of chance at the end of a place's path, in hexadecimal digits behind a hyphen

SLOW_S = 3.0  # seconds of the wall clock after which a slow place answers


class Manner(StrEnum):
    """What a place does with a message that it is sent."""

    ANSWER = "answer"  # takes it, with status 200
    ERROR = "error"  # answers with status 500
    SLOW = "slow"  # answers with status 200 after some seconds
    HANG = "hang"  # takes it and never answers
    REFUSE = "refuse"  # nobody listens there


@dataclass(frozen=True, slots=True)
class Caught:
    """What a wait at a place gave: one HTTP request, whole or (CLOSED, RESET) not, or SILENT and nothing.

    Attributes:
        at_s: when it had come, in seconds since the case began.
        step: its place in the transcript.
    """

    data: bytes
    ending: Ending
    at_s: float
    step: int


@dataclass(frozen=True, slots=True)
class Listen(Action[str]):
    """Open a place called `link` for HTTP requests; gives its URI, in which nobody has been before.

    Its path begins with `path`. With `secure` the requests come with TLS. Port 0 is any that is free; where it is the default one of
    the scheme the URI names none.

    Raises in the flow: CaseInconclusive if nobody can listen at that address.
    """

    link: str
    host: str
    port: int
    path: str
    manner: Manner = Manner.ANSWER
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Behave(Action[None]):
    """From now on a place does something else with what it is sent."""

    link: str
    manner: Manner


@dataclass(frozen=True, slots=True)
class Hear(Action[Caught]):
    """Wait for the next request that was sent to a place, at most so many device seconds, but at least `least_s` of the wall clock.

    With the link "" it is one that was sent to no place of the case.
    """

    link: str
    within_s: float
    least_s: float = 0.0
