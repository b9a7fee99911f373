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
from harness.fuzzing.build import PAUSE_S
from harness.fuzzing.mutate import BYTES
from harness.fuzzing.packet_kit import Kind, PacketKit
from harness.fuzzing.packet_values import hard_text, odd_value, plain_text
from harness.fuzzing.packet_xml import LEGAL, ODD, Doc, Fields, Value, broken, command
from harness.fuzzing.script import Part, Script, Slot, Step, joined
from harness.spec.model import System
from harness.target import Target

PACKET_CATEGORIES = ("framing", "xml", "values", "sessions", "bytes")
_WEIGHTS = (22, 22, 34, 14, 8)
WATCH = "watch"
HEADER = Slot("packet:+0")
MANY = 30


class PacketBuilder:
    """Scripts for one system on one target.

    Args:
        only: the categories to build; all where it is empty.

    Raises:
        UsageError: there is no such category.
    """

    def __init__(self, system: System, target: Target, kit: PacketKit, only: Sequence[str] = ()) -> None:
        if strange := [name for name in only if name not in PACKET_CATEGORIES]:
            raise UsageError(f"--only {strange[0]}: {system.system} has the categories {', '.join(PACKET_CATEGORIES)}")
        assert system.messages is not None
        self._system = system
        self._syntax = system.messages
        self._rules = system.messages.rules
        self._prefix = system.prefix
        self._kit = kit
        self._kinds = list(kit.kinds.values()) if target.allow.write else []
        self._reads = [(name, fields) for name, choices in kit.reads.items() for fields in choices]
        self._small = [one for one in self._reads if not one[1]]
        makers: dict[str, Callable[[Random], Script]] = {
            "framing": self._framing,
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

    # commands

    def _name(self, operation: str) -> Value:
        known = self._system.operations[operation].command
        if known is None:
            return operation.lower()
        return Slot(f"spelled:{operation}") if len(set(known.names.values())) > 1 else known.name or operation.lower()

    def _command(self, operation: str, fields: Fields = (), session: Value | None = Slot("session:own")) -> Doc:
        return command(self._name(operation), fields, session)

    def _read(self, rng: Random, session: Value | None = Slot("session:own")) -> Doc:
        """A command that only reads."""
        known = self._small if rng.random() < 0.5 else self._reads
        name, fields = known[int(rng.random() * len(known))]
        return self._command(name, fields, session)

    def _login(
        self, *, indications: bool = False, user: Value = Slot("login:user"), password: Value | None = None
    ) -> Doc:
        fields: list[tuple[str, Value]] = []
        for name, one in self._system.operations[self._syntax.login].parameters.items():
            kind = self._system.types[one.type]
            if name == self._syntax.user:
                fields.append((name, user))
            elif name == self._syntax.password:
                fields.append((name, password if password is not None else Slot("login:password")))
            elif name == self._syntax.subscribe:
                fields.append((name, self._syntax.subscribed if indications else "0"))
            elif not one.optional and kind.choices:
                fields.append((name, kind.choices[0]))
        return command(self._name(self._syntax.login), tuple(fields), None)

    def _logout(self, session: Value) -> Doc:
        fields = tuple(
            (name, self._system.types[one.type].choices[0])
            for name, one in self._system.operations[self._syntax.logout].parameters.items()
            if self._system.types[one.type].choices and not one.optional
        )
        return self._command(self._syntax.logout, fields, session)

    def _script(self, name: str, clause: str, *steps: Step) -> Script:
        return Script(name=name, clauses=(clause,), steps=steps)

    def _kind(self, rng: Random) -> Kind:
        return self._kinds[int(rng.random() * len(self._kinds))]

    def _add(self, kind: Kind, name: str, rng: Random, *, hard: bool = False, operation: str = "") -> Doc:
        """A command that adds (or changes) an object."""
        texts = {one: hard_text(rng) if hard and rng.random() < 0.7 else plain_text(rng) for one in kind.texts}
        fields: list[tuple[str, Value]] = [(kind.name, name)]
        fields += [(field, texts.get(field, plain_value(value, name))) for field, value in kind.plain]
        return self._command(operation or kind.add, tuple(fields))

    # categories

    def _xml(self, rng: Random) -> Script:
        if self._kinds and rng.random() < 0.35:
            kind = self._kind(rng)
            name = _token(rng)
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
        name = _token(rng)
        clause = f"{self._prefix}-{kind.add}"
        if choice < 0.3:
            return self._script(
                "values.odd", clause, packet(self._odd(kind, name, rng)), packet(self._command(kind.list))
            )
        if choice < 0.4:
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
            name = _token(rng)
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
            session = (Slot("value:0:"), Slot("value:1:"), Slot("session:own"))[who]
            steps.append(packet(self._read(rng, session), link=("x", "y", "")[who]))
            if rng.random() < 0.15 and who < 2:
                steps.append(packet(self._logout(session), link=("x", "y", "")[who]))
                break
        steps += [packet(self._read(rng, Slot("value:1:")), link="y"), packet(self._read(rng))]
        return self._script("sessions.interleaved", self._rules["session-independent"], *steps)

    def _wrong_login(self, rng: Random) -> Script:
        user = f"{_token(rng)}nobody"
        password = (hard_text(rng), "", Slot("login:password"))[int(rng.random() * 3)]
        steps = [packet(self._login(user=user, password=password), link="x"), packet(self._read(rng))]
        return self._script("sessions.login", self._rules["login-refused"], *steps)

    def _by_another(self, rng: Random) -> Script:
        """The session of one connection on another, which the document leaves open."""
        steps = [packet(self._read(rng), link="x"), packet(self._read(rng))]
        return self._script("sessions.elsewhere", self._rules["session-accepted"], *steps)

    def _bytes(self, rng: Random) -> Script:
        doc = (
            self._add(self._kind(rng), _token(rng), rng, hard=True)
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

    # framing

    def _framing(self, rng: Random) -> Script:
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
            name = _token(rng)
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


# What stands in the place of a session: None leaves the field out.
_SESSIONS: tuple[str | None, ...] = (
    None, None, "", "", "random", "random", "session:ended", "session:own:first", "session:own:middle", "session:own:last", "session:own:short",
    "session:own:half", "session:own:long", "session:own:twice", "session:own:zeros", "session:own:reversed", "0", "*", "%", "' OR 1=1 --",
    "session:watch:last",
)  # fmt: skip


def packet(doc: Doc, *, link: str = "") -> Step:
    """A message in a packet of its own."""
    return Step(parts=joined((HEADER, *doc.parts())), link=link)


def plain_value(value: str, name: str) -> str:
    """The value itself; for the slot of digits, those that no other object of another name has."""
    return value if value != "{digits}" else str(100_000 + int(name[3:11], 16) % 900_000)


def _some(bends: dict[str, Callable[[Doc, Random], Doc]], rng: Random) -> tuple[str, Callable[[Doc, Random], Doc]]:
    names = list(bends)
    name = names[int(rng.random() * len(names))]
    return name, bends[name]


def _token(rng: Random) -> str:
    return f"cw-{rng.getrandbits(32):08x}"
