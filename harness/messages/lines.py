"""Binds a spec with a line syntax to the wire: commands to bytes, bytes to replies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypedDict

from harness.ending import Ending
from harness.errors import DecodeError
from harness.messages.binding import Plain
from harness.messages.reply import Call, Problem, Reply, readable
from harness.spec.clauses import resolve_error
from harness.spec.model import Effect, LineSyntax, System
from harness.wire.lines import LineDecoder, Quoting, argument, decode_text, encode_line, quote

# A reply is a word and a sentence. A thousand times that is read, so that an absurd one is seen whole; then it is a flood.
MAX_REPLY_BYTES = 1024 * 1024
# Replies of so many bytes are remembered as they were read, so many of them.
_SHORT, _KEPT = 200, 1000
_NO_LETTERS = bytes(set(range(256)) - set(b"0123456789abcdefghijklmnopqrstuvwxyz"))
_ORDER = (Effect.READ, Effect.WRITE, Effect.DISRUPTIVE, Effect.DESTRUCTIVE)


class _Shape(TypedDict, total=False):
    """The fields of a `Reply` that its form gives."""

    ok: bool
    value: str
    form: str
    code: str
    message: str


class LineFramer:
    """Lines as messages, line feed included."""

    def __init__(self, decoder: LineDecoder) -> None:
        self._decoder = decoder

    @property
    def leftover(self) -> bytes:
        """What has come since the last line feed."""
        return self._decoder.leftover

    def feed(self, data: bytes) -> None:
        """Take more bytes."""
        self._decoder.feed(data)

    def next_message(self) -> bytes | None:
        """The next line; see `harness.messages.binding.Framer`."""
        line = self._decoder.next_line()
        return None if line is None else line.data + b"\n"


class LineBinding(Plain):
    """The line protocol of one system."""

    def __init__(self, system: System, syntax: LineSyntax) -> None:
        self.system = system
        self._syntax = syntax
        self.quoting = Quoting(
            separator=syntax.separator, quote=syntax.quote, escape=syntax.escape, escapes=syntax.escapes
        )
        self._read: dict[bytes, tuple[str, tuple[Problem, ...], _Shape]] = {}  # the same few replies come over and over
        self._success = [(name, _pattern(form)) for name, form in _longest_first(syntax.success_value.items())]
        self._errors = [(name, _pattern(form)) for name, form in _longest_first(syntax.error.items())]
        effects = {**{name: operation.effect for name, operation in system.operations.items()}, **syntax.other_commands}
        self._effects = {
            name.lower().encode(): (effect, name) for name, effect in effects.items() if effect is not Effect.READ
        }
        # Looked for at every place; in reverse order a longer name comes before one that it begins with.
        self._effect_names = re.compile(b"(?=(" + b"|".join(sorted(self._effects, reverse=True)) + b"))")

    def framer(self) -> LineFramer:
        """A new framer for one connection."""
        return LineFramer(LineDecoder(MAX_REPLY_BYTES))

    def unfinished(self, data: bytes) -> bytes:
        """See `harness.messages.binding.Binding`."""
        return data.rpartition(b"\n")[2]

    def requests(self, data: bytes) -> int:
        """See `harness.messages.binding.Binding`."""
        return data.count(b"\n")

    def call(self, operation: str, values: Sequence[str], *, quoted: bool = False) -> tuple[Call, bytes]:
        """A command line.

        Args:
            operation: name as it shall stand on the line.
            values: decoded values.
            quoted: quote every value, needed or not.
        """
        typed = tuple(quote(value, self.quoting) if quoted else argument(value, self.quoting) for value in values)
        line = self._syntax.separator.join((operation, *typed))
        return Call(operation=operation, values=tuple(values), typed=typed), encode_line(line)

    def effect(self, data: bytes) -> tuple[Effect, str]:
        """The strongest effect of any command that a device could possibly see in `data`, and its name.

        Deliberately generous: letter case, quotes, escapes and control characters are ignored, and a name counts wherever it stands,
        since a lenient device may find it there.
        """
        folded = data.lower().translate(None, _NO_LETTERS)
        found = (self._effects[letters] for letters in self._effect_names.findall(folded))
        return max(found, key=lambda effect: _ORDER.index(effect[0]), default=(Effect.READ, ""))

    def reply(self, call: Call, raw: bytes, ending: Ending, step: int) -> Reply:
        """Read a reply under every reading of the format.

        Args:
            raw: the bytes with their terminator; what came before the end, if `ending` is not ANSWERED.
        """
        if ending is not Ending.ANSWERED:
            return Reply(call=call, ending=ending, raw=raw, step=step)
        read = self._read.get(raw)
        if read is None:
            read = self._read_line(raw)
            if len(raw) <= _SHORT:
                if len(self._read) >= _KEPT:
                    self._read.clear()
                self._read[raw] = read
        text, problems, shape = read
        return Reply(call=call, ending=ending, raw=raw, step=step, text=text, problems=problems, **shape)

    def _read_line(self, raw: bytes) -> tuple[str, tuple[Problem, ...], _Shape]:
        """Text, problems and shape of one line, whatever it answers."""
        problems: list[Problem] = []
        body = raw.removesuffix(b"\n")
        if body.endswith(b"\r"):
            problems.append(Problem(rule="terminator", expected="the line feed alone", got=readable(raw)))
            body = body.removesuffix(b"\r")
        try:
            text = decode_text(body)
        except DecodeError as error:
            problems.append(
                Problem(rule="encoding", expected="valid UTF-8", got=f"{readable(raw)} (byte {error.offset})")
            )
            text = body.decode("utf-8", "replace")
        shape = self._shape(text, raw, problems)
        return text, tuple(problems), shape

    def _shape(self, text: str, raw: bytes, problems: list[Problem]) -> _Shape:
        """What the text says, under the first form that it fits; what it breaks is added to `problems`."""
        if text == self._syntax.success:
            return {"ok": True}
        for name, pattern in self._success:
            if match := pattern.fullmatch(text):
                return {"ok": True, "value": match["value"], "form": name}
        for name, pattern in self._errors:
            match = pattern.fullmatch(text)
            if match is None:
                continue
            parts = match.groupdict()
            code, message = parts.get("code", ""), parts["message"]
            if name in self._syntax.only and message not in self._texts(self._syntax.only[name]):
                continue
            if "code" in parts and not self._code_known(code):
                problems.append(Problem(rule="error-code", expected="six digits", got=readable(raw)))
            return {"ok": False, "code": code, "message": message, "form": name}
        rule = "success" if text.lower().startswith(self._syntax.success.lower()) else "error"
        forms = [self._syntax.success, *self._syntax.success_value.values(), *self._syntax.error.values()]
        problems.append(Problem(rule=rule, expected="one of " + ", ".join(forms), got=readable(raw)))
        return {}

    def _texts(self, errors: Iterable[str]) -> set[str]:
        return {
            text
            for name in errors
            for text in (self.system.errors[name].text, *self.system.errors[name].texts.values())
        }

    def _code_known(self, code: str) -> bool:
        if len(code) == 6 and code.isascii() and code.isdecimal():
            return True
        return any(
            code in resolve_error(self.system, row).codes.values()
            for operation in self.system.operations.values()
            for row in operation.errors.values()
        )


def _longest_first(forms: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(forms, key=lambda form: -len(form[1]))


def _pattern(form: str) -> re.Pattern[str]:
    parts = {"{value}": r"(?P<value>.+)", "{code}": r"(?P<code>[0-9]\w*)", "{message}": r"(?P<message>.*)"}
    pieces = re.split(r"(\{value\}|\{code\}|\{message\})", form)
    return re.compile("".join(parts.get(piece, re.escape(piece)) for piece in pieces), re.DOTALL)
