"""What somebody has made and ended on a device, and the pages of the lists that tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.spec.callmodel import Listing
from harness.spec.model import System

# Kind and id: ids of objects of different kinds may be the same.
Key = tuple[str, str]
NOTHING: Key = ("", "")


@dataclass(slots=True, kw_only=True)
class Thing:
    """An object.

    Attributes:
        home: the object in which it is, `NOTHING` for none.
        values: what lists tell of it, by member.
        since: when each of these was set last; "" is its beginning.
        stirred: how often something was done to it that may have it told again.
        ended: when it ended; None while it lives.
        listed: a list has told of it.
    """

    home: Key = NOTHING
    values: dict[str, object] = field(default_factory=dict)
    since: dict[str, int] = field(default_factory=dict)
    stirred: int = 0
    ended: int | None = None
    listed: bool = False


class Things:
    """The objects that somebody has made, by kind and id.

    Attributes:
        moment: how much has happened to them so far.
    """

    def __init__(self) -> None:
        self.moment = 0
        self._all: dict[Key, Thing] = {}
        self._used: set[Key] = set()

    def made(self, key: Key, home: Key = NOTHING, values: Mapping[str, object] | None = None) -> None:
        """An object has been made. If another one had its id before, nothing is known of either from then on."""
        self.moment += 1
        if key in self._used:
            self.drop(key)
            return
        self._used.add(key)
        given = dict(values or {})
        since = {"": self.moment, **dict.fromkeys(given, self.moment)}
        self._all[key] = Thing(home=home, values=given, since=since)
        self._stir(home)

    def changed(self, key: Key, values: Mapping[str, object]) -> None:
        """Members of an object have been set; what they were before does not count as a change."""
        self.moment += 1
        thing = self._all.get(key)
        if thing is None or thing.ended is not None:
            return
        for member, value in values.items():
            if thing.values.get(member) != value:
                thing.values[member] = value
                thing.since[member] = self.moment
        self._stir(key)

    def unsure(self, key: Key, members: Iterable[str]) -> None:
        """What these members of an object are is not known."""
        thing = self._all.get(key)
        for member in members if thing is not None else ():
            assert thing is not None
            thing.values.pop(member, None)
            thing.since.pop(member, None)

    def stirred(self, key: Key) -> None:
        """Something was done to an object: lists may tell again of it, of that in which it is, and of all that is in there."""
        self.moment += 1
        self._stir(key)

    def _stir(self, key: Key) -> None:
        thing = self._all.get(key)
        if thing is None:
            return
        whole = thing.home if thing.home in self._all else key
        for one, other in self._all.items():
            other.stirred += one == whole or other.home == whole

    def ended(self, key: Key) -> None:
        """An object has ended, and with it what is in it."""
        thing = self._all.get(key)
        if thing is not None and thing.ended is None:
            self._stir(thing.home)
        both = [one for at, one in self._all.items() if (at == key or one.home == key != NOTHING) and one.ended is None]
        self.moment += max(len(both), 1)
        for one in both:
            one.ended = self.moment

    def drop(self, key: Key) -> None:
        """What became of an object is not known, nor of what is in it."""
        self.moment += 1
        self._all.pop(key, None)
        for inner in [one for one, thing in self._all.items() if thing.home == key != NOTHING]:
            del self._all[inner]

    def get(self, key: Key) -> Thing | None:
        """An object, None if it is somebody else's."""
        return self._all.get(key)

    def of(self, kind: str, home: Key = NOTHING) -> Iterator[tuple[str, Thing]]:
        """The objects of a kind, by id, in one object or anywhere."""
        return ((one[1], thing) for one, thing in self._all.items() if one[0] == kind and home in (NOTHING, thing.home))

    def live(self, kind: str, home: Key = NOTHING) -> dict[str, Thing]:
        """Those that live."""
        return {name: one for name, one in self.of(kind, home) if one.ended is None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One reply of a list.

    Attributes:
        items: ids, in their order, each with the members that stand beside it; none for deletions that are only named.
        arrays: the members in which they stand.
    """

    more: bool
    cookie: str | None
    items: tuple[tuple[str, Mapping[str, object]], ...]
    arrays: tuple[str, ...] = ()


def page_of(listing: Listing, members: Mapping[str, object]) -> Page:
    """The page that a reply is."""
    items: list[tuple[str, Mapping[str, object]]] = []
    arrays = tuple(name for name in listing.items if isinstance(members.get(name), list) and members[name])
    for name in arrays:
        found = members[name]
        assert isinstance(found, list)
        for one in found:
            if isinstance(one, Mapping):
                items.append((str(one.get(listing.key or "")), one))
            else:
                items.append((str(one), {}))
    cookie = members.get(listing.cookie)
    return Page(
        more=members.get(listing.more) is True,
        cookie=cookie if isinstance(cookie, str) else None,
        items=tuple(items),
        arrays=arrays,
    )


def lists_of(system: System) -> dict[str, Listing]:
    """The methods of a system that list what lives, of which another one tells the ends, and those others."""
    found: dict[str, Listing] = {}
    for name, one in system.operations.items():
        listing = one.call.listing if one.call is not None and not one.call.experimental else None
        if listing is not None and (listing.deleted or listing.deletions is not None):
            found[name] = listing
    return found
