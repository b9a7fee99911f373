"""Replies to bytes, and how the framing faults spoil them."""

from __future__ import annotations

from collections.abc import Sequence

from harness.reference.faults import FaultSet
from harness.reference.hmp.commands import Reply

# Fault every-25th-reply-lost.
_LOST = 25
# Fault burst-out-of-order: the first of the two replies that change places, counted from 0.
_SWAPPED = 8


class Transmission:
    """The sending side of one connection.

    Args:
        faults: those that are on.
    """

    def __init__(self, faults: FaultSet) -> None:
        self._faults = faults
        self._replies = 0
        self._errors_in_a_row = 0
        self._unfinished = False

    def frame(self, reply: Reply) -> bytes | None:
        """The bytes of one reply under faults; None if it is lost."""
        self._replies += 1
        self._errors_in_a_row = self._errors_in_a_row + 1 if reply.error else 0
        if self._faults.on("every-25th-reply-lost") and self._replies % _LOST == 0:
            return None
        end = b"\n"
        status = reply.operation == "getRecordingStatus" and not reply.error
        if self._faults.on("crlf-everywhere") or (self._faults.on("crlf-on-status") and status):
            end = b"\r\n"
        data = reply.text.encode("utf-8") + end
        if self._unfinished:
            data, self._unfinished = b"\n" + data, False
        if self._faults.on("syntax-error-unfinished") and reply.error == "syntax":
            data, self._unfinished = data[:-1], True
        if self._faults.on("second-error-doubled") and self._errors_in_a_row == 2:
            data += data
        return data

    def join(self, replies: Sequence[bytes]) -> bytes:
        """The bytes of the replies to one segment."""
        if self._faults.on("burst-out-of-order") and len(replies) > _SWAPPED + 1:
            first, second = replies[_SWAPPED : _SWAPPED + 2]
            replies = [*replies[:_SWAPPED], second, first, *replies[_SWAPPED + 2 :]]
        return b"".join(replies)
