"""A rule-based state machine over sessions, sources, recordings, HotMarks and re-streams: two clients use one device in any order.

A step is a command with what shows its effect, sent in one go; each answer is judged by the model of the device (`world`). Hypothesis
chooses the steps and makes a failing run of them small. There are few rules, because choosing among many takes longer than an exchange.
"""

from __future__ import annotations

import random
import uuid
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule

from fuzz.hmp.client import Clients, Command
from fuzz.hmp.state import Recording

# Every so many steps the other client looks at everything that was made.
LOOK_EVERY = 5
# A run of steps makes no more objects of a kind than this, so that little is left on a device, where recordings cannot be removed.
MOST = 6

_NAMES = random.Random(20260801)  # of ids that name nothing, and of titles
_UNKNOWN = tuple(str(uuid.UUID(int=_NAMES.getrandbits(128), version=4)) for _ in range(4))
_NOBODY = "nobody is called like this"
_TEXTS = ("x", "two words", "Ünï 日本", 'say "so"', "back\\slash", "a\nb", "OK|1", " edges ", "")
_TWIN = _TEXTS[0]  # a session gets the title of the one before
_STATUS, _LIVE = "getRecordingStatus", "setLiveSession"

# Programs, a letter a command: p(ause), r(esume) and s(top) a recording, each with a look at its status; + and - a source of that number
# (u: one that nobody knows) to or from its session; d(elete) that session, l: look whether it is there, o: whether others are; h: set a HotMark.
_SOURCES = (
    "+0", "+1", "+2", "-0", "-1", "+u", "-u", "+0+0", "+0+1+0", "+1+0+2-1-2", "+0+1+2+3+4", "-0+0+0", "+0-0-0", "-3", "+3-3+3+3", "-0-1-2-3-4",
    "-0+4+0",
)  # fmt: skip
_DELETIONS = ("do", "dl", "dld", "ld")
_CONTROLS = ("p", "r", "s", "pp", "rr", "ss", "pr", "prp", "ps", "prs", "sp", "sr", "psp", "psr")
_HELD = (
    "dl",
    "-0-1",
    "+3",
    "pdl",
    "p-0-1",
    "p+3",
    "p+3-3",
    "prdl",
    "pr-0",
    "pr+4",
    "ps+3-3",
    "s+4-4",
    "s-0+0",
    "sdl",
    "prp-0",
    "rp+2",
)
_MARKS = ("h", "hh", "hhh", "php", "phrh", "sh")
_OPERATIONS = {
    "p": "pauseRecording", "r": "resumeRecording", "s": "stopRecording", "+": "addSourceToSession", "-": "removeSourceFromSession",
    "d": "deleteSession", "l": "setLiveSession", "h": "addHotmark",
}  # fmt: skip
_VALUES: tuple[tuple[str, ...], ...] = (
    ("one",), ("one", "two"), ("a b", "a  b", "ab"), ("one", "two", "one"), ("same", "same"), ("a", ""), ("",), (" lead",), ("ok", " lead"),
    ("ok", "trail "), ("x", "X"), ("tab\t",), ("é", "e"), tuple(f"v{number}" for number in range(20)),
    (*(f"v{number}" for number in range(20)), "v3"),
)  # fmt: skip
_FIELDS = ("title", "description", "createdby", "createdBy", "other")
_PERMISSIONS = (
    "WATCH",
    "EDIT",
    "OWN",
    "RECORD",
    "watch",
    "Unlisted",
    "",
    "{permission_ids}",
    "{permission_ids_cannot_share}",
    _UNKNOWN[2],
)
_PEOPLE = ("user_names", "user_names_role_via_group", "user_names_no_roles", "group_names", "group_names_no_roles")
# What is said of a session or a recording that leaves it as it is: what, and two choices.
_SAYINGS = (
    *(("field", field, text) for field in _FIELDS for text in _TEXTS),
    *(("values", "", number) for number in range(len(_VALUES))),
    *(("share", permission, key) for permission in _PERMISSIONS for key in (*_PEOPLE, _NOBODY, f"group {_NOBODY}", "")),
)
_WRONG = (
    "x",
    "not-a-uuid",
    "two words",
    _UNKNOWN[0][:-1],
    _UNKNOWN[0] + "0",
    _UNKNOWN[1] + "-x",
    "z" + _UNKNOWN[2][1:],
    *_UNKNOWN,
)
# What has a first parameter that is an id; what else it needs follows.
_BY_ID: tuple[Command, ...] = (
    (_LIVE, "true"), (_LIVE, "1"), ("startRecording",), ("deleteSession",), ("addSourceToSession", "{source_ids}"),
    ("removeSourceFromSession", "{source_ids}"), ("pauseRecording",), ("resumeRecording",), ("stopRecording",), (_STATUS,), ("addHotmark", "mark"),
    ("stopRestreamRecording",), ("updateMetadata", "title", "x"), ("updateSessionMetadata", "description", "x"),
)  # fmt: skip
_SPELLINGS = (
    str, str.upper, lambda text: text.replace("-", ""), lambda text: "{" + text + "}", lambda text: "urn:uuid:" + text, lambda text: text[:-1],
    lambda text: text + "0",
)  # fmt: skip
_SURPLUS = ("extra", "", "two words")
_SAID_AT_ONCE = 3
_OF_A_SESSION = ("updateSessionMetadata", "setSessionCategory", "shareSessionWith")
_OF_A_RECORDING = ("updateMetadata", "setCategory", "shareRecordingWith")
_NO_COMMANDS = ("undefinedCommand", "createSessions", "getRecordingStatu", "recordingStatus")
_AT_A_SOURCE = 8
# Where recordings are streamed to: what stands for address and port, else those of this number.
_PLACES = (
    *(("", "", number) for number in (*range(6), 2, 3, 2, _AT_A_SOURCE)), ("", "65536", 1), ("", "port", 1), ("", "-1", 1), ("256.1.1.1", "", 1),
    ("10.1.1.256", "", 1), ("10.1.1", "", 1), ("10.1.1.1.1", "", 1), ("a.b.c.d", "", 1),
)  # fmt: skip

# What a rule may do: the method, and what it is told.
_TO_A_SESSION = (
    *(("_run", program) for program in (*_SOURCES, *_DELETIONS) * 4),
    *(("_say", number) for number in range(0, len(_SAYINGS), _SAID_AT_ONCE)),
    *(("_misspell", command) for command in _BY_ID),
    *(("_mistake", command) for command in _BY_ID),
    *(("_reconnect", how) for how in ("close", "reset") * 2),
)
_TO_A_RECORDING = (
    *(("_run", program) for program in (*_CONTROLS, *_HELD, *_MARKS) * 3),
    *(("_say", number) for number in range(0, len(_SAYINGS), _SAID_AT_ONCE)),
    *(("_misspell", command) for command in _BY_ID),
    *(("_miscount", (letter, extra)) for letter in "prs" * 3 for extra in _SURPLUS),
    *(("_reconnect", how) for how in ("close", "reset") * 2),
)


class HmpMachine(RuleBasedStateMachine):
    """Set `clients` before it is run."""

    clients: ClassVar[Clients]

    sessions: Bundle[str] = Bundle("sessions")
    recordings: Bundle[str] = Bundle("recordings")
    streams: Bundle[str] = Bundle("streams")

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, list[str]] = {"createSession": [], "startRecording": [], "startRestreamRecording": []}
        self._steps = 0
        self._title = ""
        self._fixtures = self.clients.target.fixture_texts

    # steps

    def _do(self, *commands: Command) -> None:
        """One step: the clients take turns, not quite regularly, and sometimes quote everything."""
        self._steps += 1
        steps = self._steps
        self.clients.burst((steps ^ steps >> 2) & 1, *commands, quoted=steps & 7 == 0)
        if steps % LOOK_EVERY == 0:
            self._look(~(steps ^ steps >> 2) & 1)

    def _look(self, who: int) -> None:
        """The invariant: recordings have the status that the model knows, and sessions are there or not."""
        recordings, sessions = self._made["startRecording"], self._made["createSession"]
        looks = [*((_STATUS, name) for name in recordings), *((_LIVE, name, "true") for name in sessions)]
        if looks:
            self.clients.burst(who, *looks)

    def _make(self, operation: str, *values: str) -> Any:
        """A step that makes an object; gives its id for a bundle, or nothing."""
        self._steps += 1
        made = self.clients.made(self._steps & 1, operation, *values)
        if made is None:
            return multiple()
        self._made[operation].append(made)
        return made

    def teardown(self) -> None:
        """Remove what this run of steps made."""
        self.clients.clean(*self._made.values())

    def _fixture(self, key: str, number: int = 0) -> str:
        found = self._fixtures(key)
        return found[number % len(found)] if found else _UNKNOWN[3]

    def _filled(self, text: str) -> str:
        return self._fixture(text[1:-1]) if text[:1] == "{" else text

    # rules

    @initialize(target=sessions)
    def begin(self) -> Any:
        """Two sessions to begin with, one with a source."""
        made = [self.create(title) for title in _TEXTS[:2]]
        names = [name for name in made if isinstance(name, str)]
        if names:
            self._run(names[0], "+0")
        return multiple(*names)

    @rule(target=sessions, title=st.sampled_from(_TEXTS))
    def create(self, title: str) -> Any:
        """Make a session."""
        known = self._made["createSession"]
        if not title:
            self._do(("createSession", ""), ("createSession",))
            return multiple()
        if len(known) >= MOST:
            self._run(known[self._steps % MOST], _SOURCES[self._steps % len(_SOURCES)])
            return multiple()
        if title != _TWIN or not self._title:
            self._title = f"{title}-{_NAMES.getrandbits(40):010x}"
        return self._make("createSession", self._title)

    @rule(session=sessions, what=st.sampled_from(_TO_A_SESSION))
    def use_session(self, session: str, what: tuple[str, Any]) -> None:
        """Add and remove sources, describe, share or delete a session."""
        getattr(self, what[0])(self._alive(session), what[1])

    @rule(target=recordings, session=sessions, how=st.sampled_from(range(4)))
    def start(self, session: str, how: int) -> Any:
        """Record a session, which most of the time gets a source if it has none."""
        known = self._made["startRecording"]
        if len(known) >= MOST or self.clients.may_still_leave <= 0:
            self._run(known[self._steps % len(known)] if known else _UNKNOWN[0], _HELD[self._steps % len(_HELD)])
            return multiple()
        session = self._alive(session)
        if how and not getattr(self.clients.world.memory.find(session), "sources", True):
            self._run(session, _SOURCES[how])
        return self._make("startRecording", session)

    @rule(recording=recordings, what=st.sampled_from(_TO_A_RECORDING))
    def use_recording(self, recording: str, what: tuple[str, Any]) -> None:
        """Control a recording, use its session meanwhile, set HotMarks, describe or share it."""
        getattr(self, what[0])(recording, what[1])

    @rule(target=streams, recording=recordings, where=st.sampled_from(_PLACES))
    def restream(self, recording: str, where: tuple[str, str, int]) -> Any:
        """Stream it somewhere; an active one is stopped first, most of the time."""
        ip, port, number = where
        thing = self.clients.world.memory.find(recording)
        if number and isinstance(thing, Recording) and thing.states != {"FINISHED"}:
            self._do(("stopRecording", recording))
        place = (ip or self._fixture("restream_ips", number), port or self._fixture("restream_ports", number >> 1))
        if number == _AT_A_SOURCE and self._fixtures("source_addresses"):
            ip, _, port = self._fixture("source_addresses").rpartition(":")
            place = (ip, port)
        made = self._make("startRestreamRecording", recording, *place)
        self._do((_STATUS, recording), ("stopRestreamRecording", recording))
        return made

    @rule(stream=streams, times=st.sampled_from((1, 2)))
    def stop_stream(self, stream: str, times: int) -> None:
        """Stop a stream."""
        self._do(*(("stopRestreamRecording", stream),) * times)

    # what rules do

    def _alive(self, session: str) -> str:
        """Instead of a session that was deleted, most of the time another one."""
        memory = self.clients.world.memory
        if memory.find(session) is not None or self._steps & 3 == 0:
            return session
        return next((name for name in self._made["createSession"] if memory.find(name) is not None), session)

    def _run(self, name: str, program: str) -> None:
        """Run a program on a recording and its session, or on a session alone."""
        thing = self.clients.world.memory.find(name)
        recording = session = name
        if isinstance(thing, Recording):
            session = thing.session.text if thing.session is not None else _UNKNOWN[1]
        commands: list[Command] = []
        letters = iter(program)
        for letter in letters:
            operation = _OPERATIONS.get(letter, "")
            if letter in "+-":
                number = next(letters)
                source = _UNKNOWN[2] if number == "u" else self._fixture("source_ids", int(number))
                commands.append((operation, session, source))
            elif letter in "prs":
                commands += [(operation, recording), (_STATUS, recording)]
            elif letter == "o":
                commands += [(_LIVE, other, "true") for other in self._made["createSession"][-3:]]
            elif letter == "h":
                commands.append((operation, recording, _TEXTS[self._steps % len(_TEXTS)]))
            else:
                commands.append((operation, session) if letter == "d" else (operation, session, "true"))
        self._do(*commands)

    def _say(self, name: str, first: int) -> None:
        """Describe and share an object, one of the ways twice; it stays as it is."""
        recording = isinstance(self.clients.world.memory.find(name), Recording)
        look: Command = (_STATUS, name) if recording else (_LIVE, name, "false")
        operations = _OF_A_RECORDING if recording else _OF_A_SESSION
        said = [self._said(saying, name, operations) for saying in _SAYINGS[first : first + _SAID_AT_ONCE]]
        self._do(*said, said[0], look)

    def _said(self, saying: tuple[str, str, Any], name: str, operations: tuple[str, str, str]) -> Command:
        kind, one, other = saying
        if kind == "field":
            return operations[0], name, one, other
        if kind == "values":
            return operations[1], name, self._fixture("category_ids"), *_VALUES[other]
        key = str(other)
        found = self._fixtures(key) or ((_NOBODY,) if key in _PEOPLE else (key,))
        called = found[self._steps % len(found)].removeprefix("group ")
        if self._steps & 3 == 0 and called.isascii():
            called = called.swapcase()
        return operations[2] + ("Group" if key.startswith("group") else "User"), called, self._filled(one), name

    def _misspell(self, name: str, what: Command) -> None:
        """An id in every spelling, and where one of another kind belongs."""
        known = isinstance(self.clients.world.memory.find(name), Recording)
        operation, *rest = what
        values = tuple(map(self._filled, rest))
        spellings = [spell(name) for spell in _SPELLINGS]
        if operation == "startRecording":
            self._make(operation, spellings[self._steps % len(spellings)])
            return
        self._do(
            *((operation, spelled, *values) for spelled in spellings),
            (_STATUS, name) if known else (_LIVE, name, "false"),
        )

    def _mistake(self, name: str, what: Command) -> None:
        """Ids that name nothing, or are none; then the object is still there."""
        operation, *rest = what
        values = tuple(map(self._filled, rest))
        self._do(*((operation, wrong, *values) for wrong in _WRONG), (_LIVE, name, "true"))

    def _reconnect(self, name: str, how: str) -> None:
        """A client goes and comes back, and finds what it left."""
        self.clients.end(self._steps & 1, how)
        recordings = ((_STATUS, one) for one in (name, *self._made["startRecording"][-2:]))
        self._do(*recordings, *((_LIVE, one, "false") for one in self._made["createSession"][-2:]))

    def _miscount(self, recording: str, what: tuple[str, str]) -> None:
        """A parameter too many, or none, and a command that does not exist; nothing happens."""
        letter, extra = what
        operation = _OPERATIONS[letter]
        unknown = (_NO_COMMANDS[self._steps % len(_NO_COMMANDS)], recording)
        look = (_STATUS, recording)
        self._do((operation, recording, extra), look, (operation,), look, unknown, look)
