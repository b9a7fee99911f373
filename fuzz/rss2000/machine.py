"""A rule-based state machine over accounts, groups, rooms, archives and connections: two clients in any order, one of them is told of changes.

Each step is sent through the player, which judges every answer and every indication; what several answers say together is judged by
`fuzz.rss2000.rules`. A step that breaks something is played again with all before it as one script, so that it can be replayed.
"""

from __future__ import annotations

import random
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule

from fuzz.rss2000.kit import KINDS
from fuzz.rss2000.recording import LATE, STEPS
from fuzz.rss2000.rules import Model
from harness.fuzzing.packet_commands import packet, plain_value
from harness.fuzzing.packet_framing import WATCH
from harness.fuzzing.packet_kit import Kind
from harness.fuzzing.packet_player import PacketPlayer
from harness.fuzzing.packet_xml import Fields, Value, command
from harness.fuzzing.script import Script, Slot, Step
from harness.fuzzing.session import Session
from harness.fuzzing.testing import FindingError, must_conform
from harness.spec.model import Effect
from harness.verdict import Check

MOST = 8  # objects of a kind in one run of steps
TEXTS = ("x", "two words", "a&b <c>", 'say "so"', "it's", "Ünï 日本", "a  b", "😀", "0", "", "x" * 40)
_NAMES = random.Random(20261121)
Thing = tuple[str, str, int]  # kind, name, number of the answer that told its id


class RssMachine(RuleBasedStateMachine):
    """Set `session` before it is run."""

    session: ClassVar[Session]

    things: Bundle[Thing] = Bundle("things")

    def __init__(self) -> None:
        super().__init__()
        assert isinstance(self.session.player, PacketPlayer)
        self._player = self.session.player
        self._target = self.session.target
        self._operations = self.session.system.operations
        self._played = self._player.begin()
        self._steps: list[Step] = []
        self._broken: list[Check] = []
        self._model = Model(self.session.system, list(KINDS.values()), self._found)
        self._seen = 0
        self._made: dict[str, list[Thing]] = {name: [] for name in KINDS}
        self._restore: dict[str, dict[str, str]] = {}
        self._recorded: set[str] = set()
        links = list(self._target.fixture_texts("h323_links"))[:3]
        self._links = links if self.session.permit.allow.disruptive else []
        self._archives = list(self._target.fixture_texts("archive_ids"))[:2]
        for operation in STEPS:
            self._player.guard.own(operation, links)

    # steps

    def _found(self, name: str, clauses: tuple[str, ...], expected: str, got: str, step: int) -> None:
        self._broken.append(
            Check(id=f"model.{name}", clauses=clauses, passed=False, expected=expected, got=got, step=step)
        )

    def _do(self, *steps: Step) -> int:
        """Send them; gives the number of the first answer. What is wrong, alone or with what was before, fails the run."""
        first = len(self._player.turns)
        self._steps += steps
        played = self._player.go_on(steps)
        for turn in self._player.turns[self._seen :]:
            self._model.see(turn)
        self._seen = len(self._player.turns)
        if played.skipped:
            self._steps = self._steps[: -len(steps)]
            played.skipped = ""
        broken = [*played.broken, *self._broken]
        if broken:
            self._set_back()
            self._player.end()
            script = Script(name="machine.steps", clauses=broken[0].clauses, steps=tuple(self._steps))
            must_conform(self.session, script)
            told = "\n".join(
                f"{one.id}: expected {one.expected}, got {one.got} ({', '.join(one.clauses)})" for one in broken
            )
            raise FindingError(f"seen once, and not when the same was sent again:\n{told}")
        return first

    def _step(self, operation: str, fields: Fields = (), *, who: int = 0, pause_s: float = 0.0) -> Step:
        known = self._operations[operation].command
        name: Value = operation.lower() if known is None else known.name or operation.lower()
        if known is not None and len(set(known.names.values())) > 1:
            name = Slot(f"spelled:{operation}")
        made = packet(
            command(name, fields, Slot("session:watch") if who else Slot("session:own")), link=WATCH if who else ""
        )
        return Step(parts=made.parts, link=made.link, pause_s=pause_s)

    def teardown(self) -> None:
        """Set back what was changed, remove what was made."""
        self._set_back()
        self._player.end()

    def _set_back(self) -> None:
        """Stop what runs, and say of archives what was said of them before."""
        for index in sorted(self._recorded):
            self._player.sessions.ask("STOPROOMRECORD", [("LANG", "en"), ("INDEX", index)])
        for archive, fields in self._restore.items():
            self._player.sessions.ask("SETMEDIAINFO", [("CONF_ID", archive), *fields.items()])
        self._recorded.clear()

    # what is there

    @initialize()
    def begin(self) -> None:
        """The watching client is there before anything happens."""
        self._do(self._step("GETDEVINFO", who=1))

    def _fields(self, kind: Kind, name: str, text: int) -> Fields:
        texts = {field: TEXTS[(text + at) % len(TEXTS)] for at, field in enumerate(kind.texts)}
        bent = {
            "PRIVILEGE": str(text & 1),
            "FLAG": str(text & 1),
            "BROADCAST": str(text & 1),
            "VIEWRIGHT": str(text % 2),
            "VIDEO_FORMAT": str(text % 4),
        }
        return tuple(
            (field, texts.get(field, bent.get(field, plain_value(value, name)))) for field, value in kind.plain
        )

    def _members(self, which: int) -> Fields:
        """Some of the accounts that are there."""
        there = [one for kind in ("endpoint", "user") for one in self._made[kind] if self._is_there(one)]
        return tuple(("MEMBER", Slot(f"value:{one[2]}:")) for at, one in enumerate(there) if which >> at & 1)

    def _is_there(self, thing: Thing) -> bool:
        known = self._model.things.get((KINDS[thing[0]].add, thing[1]))
        return known is not None and known.there is True

    @rule(
        target=things,
        kind=st.sampled_from(sorted(KINDS)),
        text=st.integers(0, 31),
        which=st.integers(0, 255),
        who=st.sampled_from((0, 0, 0, 1)),
    )
    def add(self, kind: str, text: int, which: int, who: int) -> Thing:
        """Add an object, or another of a name that was given before and is free again."""
        known = KINDS[kind]
        made = self._made[kind]
        free = [one for one in made if not self._is_there(one)]
        name = free[0][1] if free and text & 16 else f"cw-{_NAMES.getrandbits(32):08x}"
        if len(made) - len(free) >= MOST:
            self._do(self._step(known.list, who=who))
            return made[text % len(made)]
        fields: Fields = (
            (known.name, name),
            *self._fields(known, name, text),
            *(self._members(which) if kind == "group" else ()),
        )
        number = self._do(self._step(known.add, fields, who=who), self._step(known.list, who=1 - who))
        thing = (kind, name, number)
        self._made[kind] = [one for one in made if one[1] != name] + [thing]
        return thing

    @rule(thing=things, text=st.integers(0, 31), which=st.integers(0, 255), who=st.sampled_from((0, 0, 0, 1)))
    def modify(self, thing: Thing, text: int, which: int, who: int) -> None:
        """Change it, if it is there or not."""
        thing = self._now(thing)
        kind = KINDS[thing[0]]
        if kind.modify is None:
            return
        fields: Fields = ((kind.name, thing[1]), *self._fields(kind, thing[1], text))
        steps = []
        if thing[0] == "group":
            members = self._members(which | 1)
            if not members:
                return
            fields = (*fields, *members)
        if kind.key != kind.name:
            if not self._is_there(thing) or (index := self._index(kind, thing)) is None:
                return
            fields = (fields[0], (kind.key, index), *fields[1:])
        if kind.key == kind.name and thing[0] != "group" and text & 4:  # twice, the second time with other values
            steps.append(
                self._step(kind.modify, ((kind.name, thing[1]), *self._fields(kind, thing[1], text + 3)), who=who)
            )
        steps += [self._step(kind.modify, fields, who=who), self._step(kind.list, who=1 - who)]
        self._do(*steps)
        if thing[0] == "group":
            self.describe(thing, who)

    @rule(thing=things, again=st.booleans(), who=st.sampled_from((0, 0, 0, 1)))
    def remove(self, thing: Thing, again: bool, who: int) -> None:
        """Remove it, perhaps once more."""
        thing = self._now(thing)
        kind = KINDS[thing[0]]
        field: Fields = ((kind.name, thing[1]),)
        if kind.key != kind.name:
            if not self._is_there(thing) or (index := self._index(kind, thing)) is None:
                return
            field = ((kind.key, index),)
            again = False
            self._do(self._step(kind.remove, field, who=who))
            self._do(self._step(kind.list))
            return
        times = 2 if again else 1
        self._do(*(self._step(kind.remove, field, who=who) for _ in range(times)), self._step(kind.list, who=1 - who))

    @rule(thing=things, who=st.sampled_from((0, 1)))
    def describe(self, thing: Thing, who: int) -> None:
        """Look at one object, and at all of its kind."""
        thing = self._now(thing)
        kind = KINDS[thing[0]]
        steps = [self._step(kind.list, who=who)]
        if kind.by is not None and self._is_there(thing):
            operation, name, id_ = kind.by
            steps.append(self._step(operation, ((name, thing[1]), (id_, Slot(f"value:{thing[2]}:"))), who=who))
        self._do(*steps)

    @rule(
        what=st.sampled_from(("GETMEMBER", "GETALLGROUP", "GETROOM", "GETENDPOINT", "GETDEVUSER", "GETGROUP")),
        who=st.sampled_from((0, 1)),
    )
    def look(self, what: str, who: int) -> None:
        """Look at everything."""
        self._do(self._step(what, who=who))

    def _now(self, thing: Thing) -> Thing:
        return next((one for one in self._made[thing[0]] if one[1] == thing[1]), thing)

    def _index(self, kind: Kind, thing: Thing) -> str | None:
        """Where an object is now whose key the device has chosen."""
        self._do(self._step(kind.list))
        for part in self._player.turns[-1].packet.confirms:
            if part.get(kind.name) == thing[1]:
                index = part.get(kind.key)
                if index:
                    self._player.facts.known.add(index)
                return index
        return None

    # recordings

    @rule(
        which=st.integers(0, 2),
        steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4),
        who=st.sampled_from((0, 0, 1)),
    )
    def record(self, which: int, steps: list[str], who: int) -> None:
        """Legal and illegal steps of a recording, each with a look at its effect."""
        if not self._links:
            return
        index = self._links[which % len(self._links)]
        look = self._step("GETEPLINK", (("LANG", "en"),))
        self._do(look)
        if index not in self._model.recordings.links or self._model.recordings.links[index].states - {"0", "1", "2"}:
            return
        for operation in steps:
            self._recorded.add(index)
            self._do(self._step(operation, (("LANG", "en"), ("INDEX", index)), who=who), look)
            for number in range(LATE + 1):
                if not self._model.recordings.unsettled:
                    break
                self._do(self._step("GETEPLINK", (("LANG", "en"),), pause_s=0.02 * 2**number))
                self._do(look)

    # archives

    @rule(
        which=st.integers(0, 1),
        name=st.sampled_from(TEXTS[:9]),
        text=st.sampled_from(TEXTS),
        deny=st.sampled_from("01"),
        who=st.sampled_from((0, 0, 1)),
    )
    def describe_archive(self, which: int, name: str, text: str, deny: str, who: int) -> None:
        """Change what is said of an archive; it is set back at the end."""
        if len(self._archives) <= which or not self.session.permit.allow.covers(Effect.WRITE):
            return
        archive = self._archives[which]
        read = self._step("GETMEDIAINFO", _one(archive), who=1 - who)
        if archive not in self._restore and not self._remember(archive):
            self._archives = [one for one in self._archives if one != archive]
            return
        fields = {**self._restore[archive], "NAME": name, "DESCRIPTION": text, "DENY_AUTO_DELETE": deny}
        self._player.sessions.spelled("SETMEDIAINFO.ACCESSTYPE")
        spelled = self._player.facts.names.get("SETMEDIAINFO.ACCESSTYPE", "ACCESSTYPE")
        given: Fields = tuple((spelled if field == "ACCESSTYPE" else field, value) for field, value in fields.items())
        others = [self._step("GETMEDIAINFO", _one(other)) for other in self._restore if other != archive]
        self._do(self._step("SETMEDIAINFO", (("CONF_ID", archive), *given), who=who), read, *others)

    def _remember(self, archive: str) -> bool:
        """Keep what is said of it now; False if it cannot be set back."""
        told = self._player.sessions.ask("GETMEDIAINFO", list(_one(archive)))
        parts = told.listed()
        if not told.ok or len(parts) != 1:
            return False
        part = parts[0]
        wanted = ("NAME", "DESCRIPTION", "ACCESSTYPE", "DENY_AUTO_DELETE", "PIN", "CATALOG")
        values = {name: part.all(name)[-1] for name in wanted if part.all(name)}
        if part.get("ACCESSID") or values.get("ACCESSTYPE") == "2" or set(wanted) - values.keys():
            return False
        self._restore[archive] = values
        self._player.guard.own("SETMEDIAINFO", [archive])
        return True


def _one(archive: str) -> tuple[tuple[str, str], ...]:
    return (("CATALOG", "0"), ("START", "0"), ("END", "0"), ("SORT", "0"), ("CONF_ID", archive))
