"""One connection's dialogue: bytes to lines to commands, and replies to bytes."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.errors import DecodeError, FramingError
from harness.reference.hmp.commands import Commands, Reply
from harness.reference.hmp.operations import Dialogue
from harness.reference.hmp.replies import Replies, line_syntax
from harness.reference.hmp.state import World
from harness.reference.hmp.transmission import Transmission
from harness.reference.hmp.words import WordReader
from harness.reference.system import Setup
from harness.wire.lines import LineDecoder, decode_text

# HMP-AMB-048 speaks of many thousand characters; beyond this a line is long.
LONG_LINE_BYTES = 16 * 1024

# What a connection may hold of a line that does not end: far above any title, and still 2 GB for 8,000 connections that
# all send one. Longer lines are read over and refused, unless the reading is to close or to ignore.
MAX_LINE_BYTES = 256 * 1024

# HMP-AMB-064, limited: a device for a handful of control panels.
FEW_CONNECTIONS = 32

# Fault long-line-truncated.
_CUT_BYTES = 1000
# Faults closes-after-50-errors and deaf-after-30-unknown.
_MANY_ERRORS, _MANY_UNKNOWN = 50, 30


@dataclass(slots=True, kw_only=True)
class Line:
    """What all connections share.

    Args:
        setup: model, readings and faults.
        world: the objects.
        commands: carries out commands.
        replies: makes replies.
    """

    setup: Setup
    world: World
    commands: Commands
    replies: Replies
    open: set[HmpConversation] = field(default_factory=set)
    leftover: bytes = b""  # fault leftover-leaks
    last: tuple[HmpConversation, bytes] | None = None  # fault reply-of-another
    words: WordReader = field(init=False)

    def __post_init__(self) -> None:
        self.words = WordReader(line_syntax(self.setup.model), self.setup.readings, self.setup.faults)


class HmpConversation:
    """One connection.

    Args:
        line: what all connections share.
        peer: the client's address.
    """

    def __init__(self, line: Line, peer: str) -> None:
        self._line, self._words, self._commands = line, line.words, line.commands
        self._faults, self._readings = line.setup.faults, line.setup.readings
        self._syntax = line_syntax(line.setup.model)
        self._decoder = LineDecoder(MAX_LINE_BYTES)
        self._skipping = False  # over the rest of a line that is too long
        self._refused = peer in line.world.unauthorised
        self._crowded = self._readings.of("HMP-AMB-064") == "limited" and len(line.open) >= FEW_CONNECTIONS
        self._bad_text, self._long = self._readings.of("HMP-AMB-047"), self._readings.of("HMP-AMB-048")
        self._answer_empty = self._readings.of("HMP-AMB-031") == "answered"
        self._dialogue = Dialogue()
        self._transmission = Transmission(self._faults)
        self._errors = self._unknown = 0
        self._mute = False
        self._held = b""  # fault last-of-burst-waits
        self._open_quote = b""  # fault quote-spans-lines
        self.closing = False
        self.dropped = False
        line.open.add(self)

    def greet(self) -> bytes:
        """The refusal of a client that may not connect, or nothing (HMP-ACC-001)."""
        if self._crowded:
            self.closing = True
            return b""
        if self._refused and self._readings.of("HMP-AMB-061") == "at-connect":
            return self._refuse()
        return b""

    def _refuse(self) -> bytes:
        self.closing = not self._faults.on("unauthorised-stays-open")
        if self._faults.on("unauthorised-silent"):
            return b""
        return self._line.replies.error("", self._syntax.refused).encode() + b"\n"

    def receive(self, data: bytes) -> bytes:
        """Bytes came, cut anywhere; returns the bytes to send."""
        if self.closing:
            return b""
        if self._refused:
            return b"" if self._readings.of("HMP-AMB-061") == "at-connect" else self._refuse()
        if self._faults:
            data = self._spoil(data)
        replies = []
        for line in self._lines(data):
            reply = self._answer(line)
            if reply is not None and not self._mute:
                replies.append(reply)
            if self._is_ending():
                break
        return self._transmission.join(replies)

    def _is_ending(self) -> bool:
        return self.closing

    def eof(self) -> bytes:
        """The peer sends no more; returns the bytes still to send (HMP-AMB-049, 050)."""
        if self._readings.of("HMP-AMB-050") == "dropped":
            self.closing = self.dropped = True
            return b""
        sent = b""
        rest = self._decoder.leftover
        if rest and self._readings.of("HMP-AMB-049") == "executed" and not self.closing:
            sent = self.receive(b"\n")
        self.closing = True
        return sent

    def closed(self) -> None:
        """The connection is gone."""
        self._line.open.discard(self)
        if self._faults.on("leftover-leaks"):
            self._line.leftover = self._decoder.leftover
        for end in self._dialogue.ending:
            end()

    def _lines(self, data: bytes) -> list[bytes]:
        """The lines that are complete now; None of one that is too long stays in memory."""
        lines: list[bytes] = []
        if self._skipping:
            end = data.find(b"\n")
            if end < 0:
                return lines
            self._skipping = False
            lines.append(b"\n")  # no line holds an LF: this one stands for the line read over
            data = data[end + 1 :]
        self._decoder.feed(data)
        while True:
            try:
                line = self._decoder.next_line()
            except FramingError:
                rest = self._decoder.leftover
                self._decoder = LineDecoder(MAX_LINE_BYTES)
                if self._long == "closed":
                    return [*lines, b"\n"]
                self._skipping = True
                return lines + self._lines(rest)
            if line is None:
                return lines
            lines.append(line.data)

    def _answer(self, line: bytes) -> bytes | None:
        """The reply to one line; None where there is none."""
        if self._open_quote:
            line, self._open_quote = self._open_quote + line, b""
        if len(line) > LONG_LINE_BYTES or line == b"\n":
            if self._long == "closed":
                self.closing = True
            if self._long in ("closed", "ignored"):
                return None
            if self._long == "refused" or line == b"\n":
                return self._done(self._syntax_error())
        try:
            text = decode_text(line)
        except DecodeError:
            self._mute = self._mute or self._faults.on("mute-after-bad-utf8")
            if self._bad_text == "closed":
                self.closing = True
            if self._bad_text in ("closed", "ignored"):
                return None
            if self._bad_text == "refused":
                return self._done(self._syntax_error())
            text = line.decode("utf-8", "replace")
        try:
            words = self._words.read(text)
        except DecodeError:
            if self._faults.on("quote-spans-lines"):
                self._open_quote = line + b" "
                return None
            if self._faults.on("closes-after-syntax-error"):
                self.closing = True
            return self._done(self._syntax_error())
        if not words:
            return self._done(self._command_error(self._syntax.unknown_command)) if self._answer_empty else None
        return self._done(self._commands.execute(words, self._dialogue))

    def _syntax_error(self) -> Reply:
        return self._command_error(self._syntax.syntax_error)

    def _command_error(self, error: str) -> Reply:
        return Reply(text=self._line.replies.error("", error), operation="", error=error)

    def _done(self, reply: Reply) -> bytes | None:
        """The bytes of a reply."""
        if not self._faults:
            return reply.text.encode("utf-8") + b"\n"
        if reply.error:
            self._errors += 1
            self._unknown += reply.error == self._syntax.unknown_command
            if self._faults.on("closes-after-50-errors") and self._errors >= _MANY_ERRORS:
                self.closing = True
            if self._faults.on("deaf-after-30-unknown") and self._unknown > _MANY_UNKNOWN:
                self._mute = True
        sent = self._transmission.frame(reply)
        if sent is not None and self._faults.on("reply-of-another"):
            last, self._line.last = self._line.last, (self, sent)
            if last is not None and last[0] is not self and last[0] in self._line.open:
                return last[1]
        return sent

    def _spoil(self, data: bytes) -> bytes:
        """What arrived, as the faults of reading leave it."""
        if self._line.leftover:
            data, self._line.leftover = self._line.leftover + data, b""
        if self._faults.on("split-character-corrupted"):
            # Each segment is decoded on its own.
            data = data.decode("utf-8", "replace").encode()
        if self._faults.on("long-line-truncated"):
            data = b"\n".join(line[:_CUT_BYTES] for line in data.split(b"\n"))
        if self._held:
            data, self._held = self._held + data, b""
        if self._faults.on("last-of-burst-waits") and data.count(b"\n") > 1:
            end = data.rstrip(b"\n").rfind(b"\n") + 1
            data, self._held = data[:end], data[end:]
        return data
