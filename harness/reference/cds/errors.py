"""Errors of streams: a few each minute, some of them about a stream that ran then."""

from __future__ import annotations

import random
from dataclasses import dataclass

from harness.reference.cds.contents import NETWORK, SERVER_IDS, SERVICE_GROUPS
from harness.reference.cds.streams import BUSY, DATA_BEGIN, HOUR, LATER, Streams

# Errors in the busy hour, where it has streams enough.
_MOST, _STREAMS_FOR_ONE = 420, 25

_KINDS = (
    (5005, "AVS_CMPT_OUT_OF_SVC"),
    (5012, 'Session "setup" failed: QAM & GQI'),
    (5020, "Bandwidth < requested > available"),
    (5021, ""),
    (5103, "Überlauf – 再生エラー"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamError:
    """One error; `stream` is the one it is about, if any."""

    at: int
    code: int
    text: str
    stream: int | None
    address: str
    group: int
    number: int


def stream_errors(streams: Streams, seed: int) -> tuple[StreamError, ...]:
    """All errors in the order of their times."""
    draw = random.Random(f"errors {seed}")  # noqa: S311  a seeded world
    busy = min(_MOST, -(-streams.busy.count // _STREAMS_FOR_ONE))
    made: list[StreamError] = []
    for begin, count, seconds in ((DATA_BEGIN, busy // 10, HOUR - 60), (BUSY, busy, HOUR), (LATER, busy // 10, HOUR)):
        for when in sorted(begin + draw.randrange(seconds) for _ in range(count)):
            code, text = draw.choice(_KINDS)
            near = streams.between(when - 60, when)
            stream = draw.choice(near) if near and draw.random() < 0.6 else None
            made.append(
                StreamError(
                    at=when,
                    code=code,
                    text=text,
                    stream=stream,
                    address=f"{NETWORK}.{50 + draw.randrange(len(SERVER_IDS))}",
                    group=draw.choice(SERVICE_GROUPS) if stream is None else streams.group(stream),
                    number=len(made),
                )
            )
    return tuple(made)
