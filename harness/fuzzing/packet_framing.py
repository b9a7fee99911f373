"""Scripts of packets cut, joined, unfinished, with wrong headers, on connections that end; and of indications among answers."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from harness.fuzzing.build import PAUSE_S
from harness.fuzzing.packet_commands import HEADER, Commands, new_token, packet
from harness.fuzzing.script import Part, Script, Slot, Step, joined

MANY = 30
WATCH = "watch"


class Framing(Commands):
    """The category `framing`."""

    def framing(self, rng: Random) -> Script:
        """One script."""
        ways = (
            self._cut, self._cut, self._joined, self._joined, self._headers, self._headers, self._unfinished, self._broken_off, self._behind,
            self._watched, self._watched, self._long,
        )  # fmt: skip
        return ways[int(rng.random() * len(ways))](rng)

    def _any(self, rng: Random) -> tuple[Part, ...]:
        return (HEADER, *self._read(rng).parts())

    def _cut(self, rng: Random) -> Script:
        parts = joined(part for _ in range(1 + int(rng.random() * 3)) for part in self._any(rng))
        choice = rng.random()
        if choice < 0.35:
            cuts: tuple[int, ...] = (1 + int(rng.random() * 5),)  # within the header, or behind it
        elif choice < 0.5:
            cuts = (1,) * (1 + int(rng.random() * 40))
        else:
            cuts = tuple(1 + int(rng.random() * 120) for _ in range(1 + int(rng.random() * 6)))
        pause_s = PAUSE_S / 2 if rng.random() < 0.7 else 0.0
        return self._script("framing.cut", self._rules["stream"], Step(parts=parts, cuts=cuts, pause_s=pause_s))

    def _joined(self, rng: Random) -> Script:
        count = 2 + int(rng.random() * (4 if rng.random() < 0.7 else MANY))
        parts = joined(part for _ in range(count) for part in self._any(rng))
        return self._script("framing.joined", self._rules["one-reply"], Step(parts=parts))

    def _headers(self, rng: Random) -> Script:
        """A header that is wrong, then a right packet behind it."""
        choice = int(rng.random() * 6)
        payload = self._read(rng).parts()
        if choice == 0:
            parts: tuple[Part, ...] = (b"\x03\x00\x00" + bytes((int(rng.random() * 4),)), *payload)  # length 0 to 3
            word = "length-below"
        elif choice == 1:
            parts, word = (b"\x03\x00\x00\x04",), "empty"
        elif choice == 2:
            version = (0, 1, 2, 4, 5, 131, 255)[int(rng.random() * 7)]
            parts, word = (Slot(f"packet:+0:{version}:0"), *payload), "version"
        elif choice == 3:
            parts, word = (Slot(f"packet:+0:3:{1 + int(rng.random() * 255)}"), *payload), "reserved"
        elif choice == 4:
            parts, word = (Slot(f"packet:-{1 + int(rng.random() * 60)}"), *payload), "length-short"
        else:
            parts, word = (Slot(f"packet:+{1 + int(rng.random() * 60000)}"), *payload), "length-long"
        steps = [Step(parts=parts)]
        if rng.random() < 0.5:
            steps.append(packet(self._read(rng)))
        if rng.random() < 0.5:
            steps.append(Step(how="close" if rng.random() < 0.5 else "half-close"))
        steps.append(packet(self._read(rng), link="x"))
        rule = {"version": "version", "reserved": "reserved"}.get(word, "length")
        return self._script(f"framing.{word}", self._rules[rule], *steps)

    def _unfinished(self, rng: Random) -> Script:
        """The rest comes later; meanwhile another connection is served."""
        parts = self._read(rng).parts()
        last = parts[-1]
        assert isinstance(last, bytes)
        at = 1 + int(rng.random() * max(len(last) - 1, 1))
        first = Step(parts=(Slot(f"packet:+{len(last) - at}"), *parts[:-1], last[:at]), pause_s=PAUSE_S)
        others = [packet(self._read(rng, Slot("session:watch")), link=WATCH)] if rng.random() < 0.5 else []
        return self._script("framing.unfinished", self._rules["stream"], first, *others, Step(parts=(last[at:],)))

    def _broken_off(self, rng: Random) -> Script:
        parts = self._read(rng).parts()
        last = parts[-1]
        assert isinstance(last, bytes)
        at = int(rng.random() * len(last))
        how = ("close", "reset", "half-close")[int(rng.random() * 3)]
        first = Step(parts=(Slot(f"packet:+{(len(last) - at) * int(rng.random() * 2)}"), *parts[:-1], last[:at]))
        return self._script("framing.broken-off", self._rules["stream"], first, Step(how=how), packet(self._read(rng)))

    def _behind(self, rng: Random) -> Script:
        """A right packet and bytes that begin none."""
        tail = (b"\n", b"\x00", b"\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n", b"\x03", b"\x02\xf0\x80")[int(rng.random() * 6)]
        steps = (Step(parts=joined(self._any(rng))), Step(parts=(tail,)), packet(self._read(rng), link="x"))
        return self._script("framing.behind", self._rules["stream"], *steps)

    def _watched(self, rng: Random) -> Script:
        """Changes by one client while another, which is told of them, sends commands of its own."""
        if not self._kinds:
            return self._joined(rng)
        ask = [packet(self._read(rng, Slot("session:watch")), link=WATCH) for _ in range(2)]
        kind = self._kind(rng)
        steps = [ask[0]]
        for _ in range(1 + int(rng.random() * 3)):
            name = new_token(rng)
            steps.append(packet(self._add(kind, name, rng, hard=rng.random() < 0.4)))
            steps += ask[: int(rng.random() * 2)]
            if kind.key != kind.name:
                continue
            if kind.modify is not None and rng.random() < 0.5:
                steps.append(packet(self._add(kind, name, rng, operation=kind.modify)))
            if rng.random() < 0.6:
                steps.append(packet(self._command(kind.remove, ((kind.name, name),))))
        return self._script("framing.indications", self._rules["indication-apart"], *steps, ask[1])

    def _long(self, rng: Random) -> Script:
        """A long packet: blanks where XML has them, up to the longest that there may be."""
        size = (4096, 8192, 20000, 32768, 60000, 64900)[int(rng.random() * 6)] - int(rng.random() * 3)
        doc = replace(self._read(rng), between=b" " * (size // 4))
        cuts = (int(rng.random() * size),) if rng.random() < 0.5 else ()
        return self._script("framing.long", self._rules["length"], Step(parts=(HEADER, *doc.parts()), cuts=cuts))
