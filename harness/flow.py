"""The actions that a case may ask for. A flow is a coroutine that awaits them; whoever drives it performs them.

Flows do no input or output themselves: live, a driver performs each action on sockets and keeps a transcript; when a run is judged again, another
driver answers from the transcript. The same flow gives the same verdict both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from harness.ending import Ending

R = TypeVar("R")


class CaseEnd(Exception):  # noqa: N818 - an ending, not an error
    """Ends a case before its last step."""


class CaseSkipped(CaseEnd):
    """The case does not apply or is not permitted; the message says why."""


class CaseInconclusive(CaseEnd):
    """A precondition could not be set up; the message says which."""


class CaseStopped(CaseEnd):
    """What follows depends on a step that a check has already found broken."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a wait gave: one message with its terminator, or what came instead. `step` is its place in the transcript."""

    raw: bytes
    ending: Ending
    step: int


class Action(Generic[R]):
    """Base of the actions; awaiting one gives its result."""

    __slots__ = ()

    def __await__(self) -> Generator[Action[R], R, R]:
        return (yield self)


@dataclass(frozen=True, slots=True)
class Connect(Action[Ending]):
    """Open a connection called `link`. ANSWERED: it is open; CLOSED: refused; SILENT: no answer."""

    link: str
    interface: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Send(Action["Ending | None"]):
    """Send bytes, in pieces of these lengths with a pause between. The result is None, or how the connection ended instead."""

    link: str
    data: bytes
    pieces: tuple[int, ...] = ()
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Receive(Action[Received]):
    """Wait for one whole message, at most `deadline_s` seconds (None: the target's timeout).

    `rest` takes what is there, without waiting, instead of a message.
    """

    link: str
    deadline_s: float | None = None
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Close(Action[None]):
    """Close a connection: `close`, `half-close` (only the sending side) or `reset`."""

    link: str
    how: str = "close"


@dataclass(frozen=True, slots=True)
class Wait(Action[None]):
    """Let the device's clock move on."""

    device_s: float


@dataclass(frozen=True, slots=True)
class Provide(Action[str]):
    """The id of an object that several cases share; made on first use.

    Raises in the flow: CaseSkipped or CaseInconclusive if there is none.
    """

    kind: str
    state: str


@dataclass(frozen=True, slots=True)
class Note(Action[None]):
    """Tell the journal: `add` what would undo the last success, `drop` what is undone, `gone` an object that no longer exists."""

    what: str
    operation: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock(Action[float]):
    """Seconds since the case began."""


@dataclass(frozen=True, slots=True)
class Later:
    """What a driver that does not wait itself gives for a result: after so many seconds `then` gives it, or another one of these."""

    wall_s: float
    then: Callable[[], Any]


class Driver(Protocol):
    """Performs actions."""

    def perform(self, action: Action[Any]) -> Any:
        """Do it and give its result, or when to ask again (`Later`); may raise a CaseEnd, which the flow then sees."""


def play(flow: Coroutine[Action[Any], Any, R], driver: Driver) -> R:
    """Run a flow to its end with a driver that waits itself; gives its result.

    Raises:
        CaseEnd: the flow ended before its last step.
    """
    return at_once(turns(flow, driver))


def at_once(flow: Generator[float, None, R]) -> R:
    """The result of `turns` whose driver waits itself.

    Raises:
        RuntimeError: the driver does not.
    """
    try:
        next(flow)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    raise RuntimeError("the driver left a wait to who cannot wait")


def turns(flow: Coroutine[Action[Any], Any, R], driver: Driver) -> Generator[float, None, R]:
    """As `play`, but gives the seconds of each wait that the driver leaves to the caller, who goes on after them.

    Raises:
        CaseEnd: the flow ended before its last step.
    """
    result: Any = None
    problem: CaseEnd | None = None
    try:
        while True:
            action = flow.send(result) if problem is None else flow.throw(problem)
            problem = None
            try:
                result = driver.perform(action)
                while isinstance(result, Later):
                    yield result.wall_s
                    result = result.then()
            except CaseEnd as end:
                problem = end
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    finally:
        flow.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """One entry of the journal: an operation that takes a change back."""

    operation: str
    arguments: tuple[str, ...]
    case: str
