"""How waiting for a device ended. Silence, close and reset are different observations."""

from __future__ import annotations

from enum import StrEnum


class Ending(StrEnum):
    """How one wait on a connection ended."""

    ANSWERED = "answered"  # what was waited for came
    SILENT = "silent"  # the deadline passed, the connection is still open
    CLOSED = "closed"  # the other side closed in order (FIN)
    RESET = "reset"  # the other side tore the connection down (RST)
    FLOODED = "flooded"  # more bytes came without an end of message than the codec may hold
