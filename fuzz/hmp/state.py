"""What the model of a device remembers: sessions, recordings, streams and what they hold, each with the states that it may be in.

An object whose state is not known is in several states at once; `GONE` is one of them. Everything is bounded: what is old and finished is forgotten
down to its id, of which the model then knows only that there is, or may be, such an object.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from harness.fuzzing.remembered import Recent, Sieve
from harness.fuzzing.spellings import canonical_uuid, folded

GONE = ""
THERE = "there"
# Begins the name of a source that a session has without our knowing which.
NAMELESS = "?"
# Objects of each kind that are remembered whole; then the oldest are forgotten.
KEPT = 4000
# Ids of objects that are gone, for telling that none is given out again.
KEPT_IDS = 20_000

_IP = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")
_PORT = re.compile(r"0|[1-9][0-9]{0,4}")

STATES = ("RECORDING", "PAUSED", "FINISHED", "ERROR")
UNFINISHED = frozenset(("RECORDING", "PAUSED", "ERROR"))
_HOLDING = frozenset(("RECORDING", "PAUSED"))  # these surely keep a session as it is


@dataclass(slots=True, eq=False, kw_only=True)
class Thing:
    """One object: its id as the device gave it out, and the states it may be in.

    `exact` is False for a phantom: something that a lost reply may have made, of which not even the id is known.
    """

    kind: str
    text: str
    states: frozenset[str] = frozenset((THERE,))

    @property
    def gone(self) -> bool:
        """Whether it surely no longer exists."""
        return self.states == {GONE}

    @property
    def doubtful(self) -> bool:
        """Whether it may no longer exist."""
        return GONE in self.states


@dataclass(slots=True, eq=False, kw_only=True)
class Session(Thing):
    """A session.

    Attributes:
        sources: source -> whether it surely has it; in the order in which they were added.
        sources_open: it may have sources that the model does not know.
        recordings: recordings of it that exist or may exist.
        unfinished: those of them that may be unfinished.
        recordings_open: it may have unfinished recordings that the model does not know.
        titles: what its title is or may be, folded.
    """

    sources: dict[str, bool] = field(default_factory=dict)
    sources_open: bool = False
    recordings: dict[str, Recording] = field(default_factory=dict)
    unfinished: dict[str, Recording] = field(default_factory=dict)
    recordings_open: bool = False
    titles: set[str] = field(default_factory=set)

    def has(self, source: str) -> bool | None:
        """Whether it has a source; None if that is not known."""
        if (known := self.sources.get(source)) is not None:
            return known or None
        return None if self.sources_open or any(name.startswith(NAMELESS) for name in self.sources) else False

    @property
    def least_sources(self) -> int:
        """Sources that it surely has."""
        return sum(self.sources.values())

    @property
    def most_sources(self) -> int:
        """Sources that it may have; four at the most, as section Session says."""
        return 4 if self.sources_open else min(4, len(self.sources))

    def is_in(self, state: str) -> bool | None:
        """Whether it is in a state that the spec names; None if that is not known."""
        match state:
            case "empty":
                return True if not self.most_sources else None if not self.least_sources else False
            case "recording":
                return self._holds("RECORDING")
            case "paused":
                return self._holds("PAUSED")
        return None

    @property
    def busy(self) -> bool | None:
        """Whether it has a recording that is not stopped; None if that is not known."""
        for recording in self.unfinished.values():
            if recording.states <= _HOLDING:
                return True
        return None if self.recordings_open or self.unfinished else False

    def _holds(self, state: str) -> bool | None:
        if not self.unfinished:
            return None if self.recordings_open else False
        states = [recording.states for recording in self.unfinished.values()]
        if any(known == {state} for known in states):
            return True
        return None if self.recordings_open or any(state in known or "ERROR" in known for known in states) else False


@dataclass(slots=True, eq=False, kw_only=True)
class Mark:
    """A HotMark that was taken: between these seconds of our clock; `paused_s`: how long the recording had been paused before it, at the most."""

    since_s: float
    until_s: float
    paused_s: float


@dataclass(slots=True, eq=False, kw_only=True)
class Recording(Thing):
    """A recording.

    Attributes:
        session: of which it is; None if that is not known.
        least_sources, most_sources: how many sources it has.
        marks: the last two HotMarks that it took.
        marks_open: it may have HotMarks that the model does not know.
        paused_s: how many seconds of our clock it has been paused, at the most; without the pause that goes on.
        paused_since_s: since when it may be paused, None if it is not.
    """

    session: Session | None = None
    least_sources: int = 1
    most_sources: int = 4
    marks: list[Mark] = field(default_factory=list)
    marks_open: bool = False
    paused_s: float = 0.0
    paused_since_s: float | None = None

    @property
    def several_sources(self) -> bool | None:
        """Whether it has several sources, by what its session had at the start and by what it has now; None if they differ or are not known."""
        if self.most_sources <= 1 and (self.session is None or self.session.doubtful or self.session.most_sources <= 1):
            return False
        now = self.session is not None and not self.session.doubtful and self.session.least_sources > 1
        return True if self.least_sources > 1 and now else None


@dataclass(slots=True, eq=False, kw_only=True)
class Stream(Thing):
    """A re-stream to an address and port; None if those are open."""

    recording: Recording | None = None
    to: tuple[str, str] | None = None


def place_of(values: Sequence[str]) -> tuple[str, str] | None:
    """The address and port to which a call starts a stream; None if they are spelled so that it is not sure which."""
    if len(values) < 3 or not _IP.fullmatch(values[1]) or not _PORT.fullmatch(values[2]):
        return None
    return values[1], values[2]


class Memory:
    """Every object that the model knows, found by any spelling of its id."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self.by_text: dict[str, Thing] = {}
        self._by_digits: dict[str, Thing] = {}
        self._by_kind: dict[str, dict[str, Thing]] = {}
        self._forgotten = Sieve()
        self._dead = Recent(KEPT_IDS)
        self._titles: Counter[str] = Counter()
        self.titles_lost = False
        self._phantoms: dict[str, int] = {}  # kind -> objects without a known id that there may be
        self.users: Counter[str] = Counter()  # source -> sessions that have it or may have it
        self.unfinished: dict[str, Recording] = {}
        self.unclear_sources = 0  # sessions that may have any source
        self.unclear_recordings = 0  # sessions that may have an unfinished recording of which nothing is known

    # finding

    def find(self, text: str) -> Thing | None:
        """The object that has this id in some spelling."""
        found = self.by_text.get(text)
        if found is None and (digits := canonical_uuid(text)) is not None:
            found = self._by_digits.get(digits)
        return found

    def may_be_forgotten(self, text: str) -> bool:
        """Whether an id that is not found may be that of an object that the model has forgotten."""
        return (canonical_uuid(text) or text) in self._forgotten

    def was_given(self, text: str) -> bool:
        """Whether an id was given out before, as far as that is remembered."""
        return text in self.by_text or (canonical_uuid(text) or text) in self._dead

    def count(self, kind: str) -> int:
        """Objects of a kind that there are or may be."""
        return len(self._by_kind.get(kind, ())) + self._phantoms.get(kind, 0)

    def phantoms(self, kind: str) -> int:
        """How many objects of a kind there may be of which nothing is known; of recordings only unfinished ones count."""
        return self._phantoms.get(kind, 0)

    def of_kind(self, kind: str) -> Iterable[Thing]:
        """Objects of a kind that are remembered."""
        return self._by_kind.get(kind, {}).values()

    # keeping

    def add(self, thing: Thing, *, permanent: bool = False) -> None:
        """Know one more object.

        Args:
            permanent: never forget it.
        """
        self.by_text[thing.text] = thing
        self._by_digits[canonical_uuid(thing.text) or thing.text] = thing
        if not permanent:
            known = self._by_kind.setdefault(thing.kind, {})
            known[thing.text] = thing
            if len(known) > self._kept:
                self.forget(next(iter(known.values())))

    def phantom(self, kind: str) -> None:
        """There may be an object of this kind of which nothing is known."""
        self._phantoms[kind] = self._phantoms.get(kind, 0) + 1

    def forget(self, thing: Thing) -> None:
        """Remember only that there may be an object of this id."""
        self._forgotten.add(canonical_uuid(thing.text) or thing.text)
        if not isinstance(thing, Recording) or thing.states & UNFINISHED:
            self.phantom(thing.kind)
        if isinstance(thing, Session):
            self.titles_lost = True
            for title in thing.titles:
                self._lose_title(title)
            # Its recordings still ask what it has, which from now on nobody knows.
            thing.sources_open, thing.states = True, frozenset((THERE, GONE))
        elif isinstance(thing, Recording) and thing.session is not None:
            if thing.states & UNFINISHED:
                thing.session.recordings_open = True
            thing.session.recordings.pop(thing.text, None)
            thing.session.unfinished.pop(thing.text, None)
        self._drop(thing)

    def bury(self, thing: Thing) -> None:
        """It surely exists no longer."""
        thing.states = frozenset((GONE,))
        if isinstance(thing, Session):
            for title in thing.titles:
                self._lose_title(title)
            for source in thing.sources:
                self.users[source] -= 1
            thing.sources.clear()
        elif isinstance(thing, Recording) and thing.session is not None:
            thing.session.recordings.pop(thing.text, None)
            thing.session.unfinished.pop(thing.text, None)
        self._dead.add(canonical_uuid(thing.text) or thing.text)
        self._drop(thing)

    def _drop(self, thing: Thing) -> None:
        self.by_text.pop(thing.text, None)
        self._by_digits.pop(canonical_uuid(thing.text) or thing.text, None)
        self._by_kind.get(thing.kind, {}).pop(thing.text, None)
        self.unfinished.pop(thing.text, None)

    # what objects hold

    def settle(self, recording: Recording, states: frozenset[str]) -> None:
        """The recording is in one of these states."""
        recording.states = states
        session = recording.session
        for unfinished in (self.unfinished, *([session.unfinished] if session is not None else [])):
            if states & UNFINISHED:
                unfinished[recording.text] = recording
            else:
                unfinished.pop(recording.text, None)
        if states == {GONE}:
            self.bury(recording)

    def hold(self, session: Session, source: str, *, sure: bool, told: bool = False) -> None:
        """The session has a source, or may have it.

        Args:
            told: it is not new there, so it may be one of the nameless.
        """
        if source not in session.sources:
            self.users[source] += 1
            nameless = [name for name in session.sources if name.startswith(NAMELESS)]
            if told and len(nameless) == 1 and not session.sources_open:
                del session.sources[nameless[0]]
        session.sources[source] = sure or session.sources.get(source, False)

    def release(self, session: Session, source: str, *, sure: bool) -> None:
        """The session has a source no longer, or may have it no longer."""
        if sure and session.sources.pop(source, None) is not None:
            self.users[source] -= 1
        elif source in session.sources:
            session.sources[source] = False
        else:
            for name in session.sources:
                session.sources[name] = session.sources[name] and not name.startswith(NAMELESS)

    # titles

    def entitle(self, session: Session | None, title: str, *, sure: bool) -> None:
        """A session (None: of which nothing else is known) is called so, or may be."""
        name = folded(title)
        if session is None:
            self.titles_lost = self.titles_lost or len(self._titles) > KEPT
            self._titles[name] += not self.titles_lost
            return
        if sure:
            for old in session.titles - {name}:
                self._lose_title(old)
            session.titles &= {name}
        if name not in session.titles:
            session.titles.add(name)
            self._titles[name] += 1

    def entitled(self, title: str) -> bool:
        """Whether some session is called so, or may be."""
        return bool(self._titles) and folded(title) in self._titles

    def _lose_title(self, name: str) -> None:
        self._titles[name] -= 1
        if self._titles[name] <= 0:
            del self._titles[name]
