"""What stands in the slots of a script of calls: the target's user, lengths, ids that earlier replies gave."""

from __future__ import annotations

from collections.abc import Sequence

from harness.flow import CaseSkipped
from harness.fuzzing.script import Part, Slot
from harness.fuzzing.slots import NoValue
from harness.target import Target
from harness.wire.xmlspelling import text_of

_CHUNK_END = b"</methodCall>"


class CallSlots:
    """The slots of one run.

    Args:
        user: name and password of the target, as far as flows see them.
    """

    def __init__(self, target: Target, user: tuple[str, str]) -> None:
        self._target = target
        self._login = {"user": user[0], "password": user[1]}

    def bytes_of(self, parts: Sequence[Part], values: Sequence[str]) -> bytes:
        """The bytes of a step.

        Raises:
            CaseEnd: the target has no such thing.
            NoValue: no reply of this script carried it.
        """
        pieces: list[bytes] = []
        lengths: list[tuple[int, str]] = []
        fills: list[tuple[int, int]] = []
        for part in parts:
            if isinstance(part, bytes):
                pieces.append(part)
                continue
            kind, _, rest = part.name.partition(":")
            if kind == "body":
                lengths.append((len(pieces), rest))
            elif kind == "fill":
                fills.append((len(pieces), int(rest)))
            pieces.append(b"" if kind in ("body", "fill") else self._text(kind, rest, part, values))
        for index, size in fills:
            begin = next((one for one, _ in lengths if one < index), -1)
            pieces[index] = b"x" * max(size - len(_content(pieces[begin + 1 :])), 0)
        for number, (index, how) in enumerate(lengths):
            end = lengths[number + 1][0] if number + 1 < len(lengths) else len(pieces)
            content = _content(pieces[index + 1 : end])
            if how == "chunk":
                pieces[index] = b"%x" % (
                    content.rfind(_CHUNK_END) + len(_CHUNK_END) if _CHUNK_END in content else len(content)
                )
            else:
                pieces[index] = b"%d" % max(_size(content, last=number + 1 == len(lengths)) + int(how), 0)
        return b"".join(pieces)

    def _text(self, kind: str, rest: str, slot: Slot, values: Sequence[str]) -> bytes:
        name, _, more = rest.partition(":")
        if kind == "login":
            return text_of(self._login[name]).encode(more or "utf-8", "replace")
        if kind == "fixture":
            texts = self._target.fixture_texts(name)
            if len(texts) <= int(more):
                raise CaseSkipped(f"needs the fixture {name}")
            return text_of(texts[int(more)]).encode("utf-8", "replace")
        if kind == "value":
            if int(name) >= len(values) or not values[int(name)]:
                raise NoValue
            return text_of(values[int(name)]).encode("utf-8", "replace")
        raise CaseSkipped(f"nothing stands in a slot {slot.name}")


def _content(pieces: Sequence[bytes]) -> bytes:
    """What stands behind the first empty line."""
    return b"".join(pieces).partition(b"\r\n\r\n")[2] or b"".join(pieces).partition(b"\n\n")[2]


def _size(content: bytes, *, last: bool) -> int:
    """Bytes of the content; of one that another request follows, up to the end of the call."""
    if last or _CHUNK_END not in content:
        return len(content)
    return content.index(_CHUNK_END) + len(_CHUNK_END)
