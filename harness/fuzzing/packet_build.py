"""Builds scripts of packets with XML messages from a spec, quickly and from a seed.

Categories, for `--only`:

    framing    packets cut, joined, unfinished, with wrong headers, on connections that end; indications among answers
    xml        one command in other spellings of XML, legal and not, and what is no command at all
    values     objects of its own: added, changed, read back and removed, with values that are hard to carry
    sessions   no session, none that there is, one that is over; logins and logouts; two sessions at a time
    bytes      packets with mutated bytes
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from harness.errors import UsageError
from harness.fuzzing.mutate import BYTES
from harness.fuzzing.packet_commands import HEADER, PASSWORD, new_token, packet, plain_value
from harness.fuzzing.packet_framing import Framing
from harness.fuzzing.packet_kit import Kind, PacketKit
from harness.fuzzing.packet_values import hard_text, odd_value
from harness.fuzzing.packet_xml import LEGAL, ODD, OWN_SESSION, Doc, Fields, Value, broken
from harness.fuzzing.script import Part, Script, Slot, Step, joined
from harness.spec.model import System
from harness.target import Target

PACKET_CATEGORIES = ("framing", "xml", "values", "sessions", "bytes")
_WEIGHTS = (22, 22, 34, 14, 8)


class PacketBuilder(Framing):
    """Scripts for one system on one target.

    Args:
        only: the categories to build; all where it is empty.

    Raises:
        UsageError: there is no such category.
    """

    def __init__(self, system: System, target: Target, kit: PacketKit, only: Sequence[str] = ()) -> None:
        super().__init__(system, target, kit)
        if strange := [name for name in only if name not in PACKET_CATEGORIES]:
            raise UsageError(f"--only {strange[0]}: {system.system} has the categories {', '.join(PACKET_CATEGORIES)}")
        makers: dict[str, Callable[[Random], Script]] = {
            "framing": self.framing,
            "xml": self._xml,
            "values": self._values,
            "sessions": self._sessions,
            "bytes": self._bytes,
        }
        chosen = [
            (makers[name], weight)
            for name, weight in zip(PACKET_CATEGORIES, _WEIGHTS, strict=True)
            if not only or name in only
        ]
        self._makers = [maker for maker, weight in chosen for _ in range(weight)]

    def script(self, rng: Random) -> Script:
        """One script."""
        return self._makers[int(rng.random() * len(self._makers))](rng)

    # categories

    def _xml(self, rng: Random) -> Script:
        if self._kinds and rng.random() < 0.35:
            kind = self._kind(rng)
            name = new_token(rng)
            doc = self._add(kind, name, rng, hard=rng.random() < 0.5)
            words, bend = _some(LEGAL, rng)
            steps = [packet(bend(doc, rng)), packet(self._command(kind.list))]
            return self._script(f"xml.{words}", self._rules["well-formed"], *steps)
        doc = self._read(rng)
        if rng.random() < 0.3:
            words, bend = _some(LEGAL, rng)
            return self._script(f"xml.{words}", self._rules["well-formed"], packet(bend(doc, rng)))
        if rng.random() < 0.3:
            step = Step(parts=(HEADER, *broken(doc.parts(), rng)))
            return self._script("xml.broken", self._rules["malformed"], step, packet(self._read(rng)))
        words, bend = _some(ODD, rng)
        return self._script(f"xml.{words}", self._rules["malformed"], packet(bend(doc, rng)), packet(self._read(rng)))

    def _values(self, rng: Random) -> Script:
        choice = rng.random()
        if not self._kinds or choice < 0.15:
            return self._odd_read(rng)
        kind = self._kind(rng)
        name = new_token(rng)
        clause = f"{self._prefix}-{kind.add}"
        if choice < 0.3:
            return self._script(
                "values.odd", clause, packet(self._odd(kind, name, rng)), packet(self._command(kind.list))
            )
        if choice < 0.4 or not kind.texts:
            text = name + hard_text(rng)
            steps = [packet(self._add(kind, text, rng)), packet(self._command(kind.list))]
            return self._script("values.name", clause, *steps)
        steps = [packet(self._add(kind, name, rng, hard=choice < 0.9))]
        if kind.by is not None and rng.random() < 0.6:
            operation, by_name, by_id = kind.by
            steps.append(packet(self._command(operation, ((by_name, name), (by_id, Slot("value:0:"))))))
        if rng.random() < 0.6:
            steps.append(packet(self._command(kind.list)))
        if kind.modify is not None and kind.key == kind.name and rng.random() < 0.6:
            for _ in range(1 + int(rng.random() * 2)):
                steps.append(packet(self._add(kind, name, rng, hard=rng.random() < 0.7, operation=kind.modify)))
            steps.append(packet(self._command(kind.list)))
            if kind.by is not None and rng.random() < 0.6:
                operation, by_name, by_id = kind.by
                steps.append(packet(self._command(operation, ((by_name, name), (by_id, Slot("value:0:"))))))
        if kind.key == kind.name and rng.random() < 0.4:
            steps.append(packet(self._command(kind.remove, ((kind.name, name),))))
            if rng.random() < 0.5:
                steps.append(packet(self._command(kind.remove, ((kind.name, name),))))
            steps.append(packet(self._command(kind.list)))
        return self._script("values.carried", clause, *steps)

    def _odd(self, kind: Kind, name: str, rng: Random) -> Doc:
        """A value at or outside of the limits of its type."""
        known = self._system.operations[kind.add].parameters
        wanted = [one for one in (*kind.numbers, *kind.texts) if one in known]
        field = wanted[int(rng.random() * len(wanted))]
        value = odd_value(self._system.types[known[field].type], rng)
        fields = tuple(
            (one, value if one == field else plain_value(text, name)) for one, text in ((kind.name, name), *kind.plain)
        )
        return self._command(kind.add, fields)

    def _odd_read(self, rng: Random) -> Script:
        """A command that only reads, with a value that is none."""
        wanted = [one for one in self._reads if one[1]] or self._reads
        name, fields = wanted[int(rng.random() * len(wanted))]
        at = int(rng.random() * max(len(fields), 1))
        known = self._system.operations[name].parameters
        bent: Fields = tuple(
            (field, odd_value(self._system.types[known[field].type], rng) if index == at else value)
            for index, (field, value) in enumerate(fields)
        )
        return self._script(
            "values.read", f"{self._prefix}-{name}", packet(self._command(name, bent)), packet(self._read(rng))
        )

    def _sessions(self, rng: Random) -> Script:
        ways = (
            self._wrong_session,
            self._wrong_session,
            self._wrong_session,
            self._ended,
            self._two,
            self._wrong_login,
            self._by_another,
        )
        return ways[int(rng.random() * len(ways))](rng)

    def _wrong_session(self, rng: Random) -> Script:
        how = _SESSIONS[int(rng.random() * len(_SESSIONS))]
        session: Value | None = how if how is None or not how.startswith("session:") else Slot(how)
        if isinstance(session, str) and session == "random":
            session = f"{rng.getrandbits(128):032x}"
        link = "" if rng.random() < 0.6 else "x"
        steps = [packet(self._read(rng, session), link=link)]
        if self._kinds and rng.random() < 0.3:
            kind = self._kind(rng)
            name = new_token(rng)
            doc = self._add(kind, name, rng)
            kind_of, attributes, fields = doc.commands[0]
            fields = tuple(one for one in fields if one[0] != self._syntax.session)
            given: Fields = ((self._syntax.session, session), *fields) if session is not None else fields
            steps = [
                packet(replace(doc, commands=((kind_of, attributes, given),)), link=link),
                packet(self._command(kind.list)),
            ]
        steps.append(packet(self._read(rng)))
        word = "missing" if how is None else how.split(":")[-1] or "blank"
        return self._script(f"sessions.{word if word.isalpha() else 'text'}", self._rules["session-wrong"], *steps)

    def _ended(self, rng: Random) -> Script:
        """A session of its own, ended, used again; the others go on."""
        steps = [
            packet(self._login(indications=rng.random() < 0.3), link="x"),
            packet(self._read(rng, Slot("value:0:")), link="x"),
            packet(self._logout(Slot("value:0:")), link="x"),
            packet(self._read(rng, Slot("value:0:")), link="x" if rng.random() < 0.7 else ""),
            packet(self._read(rng)),
        ]
        return self._script("sessions.logout", self._rules["logout"], *steps)

    def _two(self, rng: Random) -> Script:
        """Two sessions of their own and the acting one, interleaved."""
        steps = [packet(self._login(), link="x"), packet(self._login(), link="y")]
        for _ in range(3 + int(rng.random() * 8)):
            who = int(rng.random() * 3)
            session = (Slot("value:0:"), Slot("value:1:"), OWN_SESSION)[who]
            steps.append(packet(self._read(rng, session), link=("x", "y", "")[who]))
            if rng.random() < 0.15 and who < 2:
                steps.append(packet(self._logout(session), link=("x", "y", "")[who]))
                break
        steps += [packet(self._read(rng, Slot("value:1:")), link="y"), packet(self._read(rng))]
        return self._script("sessions.interleaved", self._rules["session-independent"], *steps)

    def _wrong_login(self, rng: Random) -> Script:
        user = f"{new_token(rng)}nobody"
        password = (hard_text(rng), "", PASSWORD)[int(rng.random() * 3)]
        steps = [packet(self._login(user=user, password=password), link="x"), packet(self._read(rng))]
        return self._script("sessions.login", self._rules["login-refused"], *steps)

    def _by_another(self, rng: Random) -> Script:
        """The session of one connection on another, which the document leaves open."""
        steps = [packet(self._read(rng), link="x"), packet(self._read(rng))]
        return self._script("sessions.elsewhere", self._rules["session-accepted"], *steps)

    def _bytes(self, rng: Random) -> Script:
        doc = (
            self._add(self._kind(rng), new_token(rng), rng, hard=True)
            if self._kinds and rng.random() < 0.3
            else self._read(rng)
        )
        parts: list[Part] = [HEADER, *doc.parts()]
        if rng.random() < 0.3:
            parts[0] = b"\x03\x00" + bytes((int(rng.random() * 3), int(rng.random() * 256)))
        mutation, times = BYTES[0], 0
        while not times or rng.random() < 0.3:
            change = BYTES[int(rng.random() * len(BYTES))]
            mutation = change if not times else mutation
            places = [index for index, part in enumerate(parts) if isinstance(part, bytes)]
            place = places[int(rng.random() * len(places))]
            part = parts[place]
            assert isinstance(part, bytes)
            parts[place] = change.change(part, rng.random) if part else part
            times += 1
        steps = (Step(parts=joined(parts)), packet(self._read(rng)))
        return self._script(f"bytes.{mutation.name}", self._rules["malformed"], *steps)


# What stands in the place of a session: None leaves the field out.
_SESSIONS: tuple[str | None, ...] = (
    None, None, None, None, None, "", "", "random", "random", "session:ended", "session:own:first", "session:own:middle",
    "session:own:last", "session:own:short", "session:own:half", "session:own:long", "session:own:twice", "session:own:zeros",
    "session:own:reversed", "0", "*", "%", "' OR 1=1 --", "session:watch:last",
)  # fmt: skip


def _some(bends: dict[str, Callable[[Doc, Random], Doc]], rng: Random) -> tuple[str, Callable[[Doc, Random], Doc]]:
    names = list(bends)
    name = names[int(rng.random() * len(names))]
    return name, bends[name]
