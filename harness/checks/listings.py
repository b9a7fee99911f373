"""What lists that go on from a cookie must tell: every live object, each change, each end once, and nothing of what is gone.

What somebody has made is known; objects of others are never judged. For each cookie that a list gave there is what was told up to it. Pages are
judged against both, whoever reads them and in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from harness.checks.listed import NOTHING, Key, Page, Thing, Things, lists_of
from harness.spec.callmodel import Listing
from harness.spec.model import System

# An object that nothing was done to need not be told again. What a device does by itself may have it told again a few times.
TOLD_AGAIN = 2
# What was on the next page may have ended meanwhile; that this happens with each page is no chance, nor with three lists while we change nothing.
HOLLOW, BROKEN_PROMISES = 2, 3
# So many changes a device can surely list: a cookie that is not older must not be refused as too old.
FEW_CHANGES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a list goes on: what was told up to a cookie.

    Attributes:
        home: the object to which the first call narrowed it.
        arrays: in which of its arrays the first call has things stand.
        begun: when the first call was answered.
        given: when the cookie was.
        told: id -> when it was told last.
        times: id -> how often it was told, and how often it had been stirred by the first time.
        items: id -> what was told of it last.
        named: the deletions that were told.
        more: the page with the cookie said that there is more.
        hollow: how many pages in succession had nothing although the one before said that there is more.
    """

    method: str
    home: Key = NOTHING
    arrays: frozenset[str] = frozenset()
    begun: int = 0
    given: int = 0
    told: Mapping[str, int] = field(default_factory=dict)
    times: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    more: bool = False
    hollow: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """What a page must not be.

    Attributes:
        name: of the check.
        rule: which rule of calls it breaks, "" if none but what the members say.
        members: of the list's method, or of its structs, whose clauses it contradicts besides.
    """

    name: str
    rule: str
    expected: str
    got: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What a list told of an object for the first time.

    Attributes:
        moment: when.
        doubts: members of which a client that had gone on from a cookie to the end believed otherwise, while nothing was changed.
    """

    moment: int
    item: Mapping[str, object]
    doubts: frozenset[str] = frozenset()


class Listings:
    """The lists of one device, and what each cookie of them stands for.

    Args:
        things: what has been made on it.
    """

    def __init__(self, system: System, things: Things) -> None:
        self._system, self._things = system, things
        self._places: dict[str, Place] = {}
        self._listings = lists_of(system)
        self._members = {name: frozenset(_structs(system, name)) for name in self._listings}
        self._promises = dict.fromkeys(self._listings, 0)  # how often nothing came where there should have been more
        self._fresh: dict[tuple[str, str], Fresh] = {}  # by method and id

    def at(self, method: str, cookie: object) -> Place | None:
        """What was told up to a cookie, None if that is not known."""
        found = self._places.get(str(cookie))
        return found if found is not None and found.method == method else None

    def refused(self, method: str, cookie: object) -> Breach | None:
        """What is wrong with refusing a cookie that no one has presented so far."""
        place = self.at(method, cookie)
        if place is None or self._things.moment - place.given > FEW_CHANGES:
            return None
        home = self._things.get(place.home)
        if place.home != NOTHING and (home is None or home.ended is not None):
            return None
        rule = "deletions-later" if self._listings[method].deleted else "cookie-later"
        told = f"it was given {self._things.moment - place.given} changes ago"
        return Breach(
            name="refused", rule=rule, expected=f"the list to go on; its cookie is good: {told}", got="a fault"
        )

    def answered(self, method: str, sent: Mapping[str, object], page: Page) -> list[Breach]:
        """Take note of a page; gives what is wrong with it."""
        listing = self._listings[method]
        began = listing.cookie not in sent
        place = self._begun(method, sent) if began else self.at(method, sent[listing.cookie])
        breaches = list(self._sizes(listing, sent, page))
        if place is not None:
            breaches += self._hollow(listing, place, page)
            breaches += self._form(place, page)
            hollow = place.hollow + 1 if place.more and not page.items else 0
            judge = self._deletions if listing.deleted else self._live
            place, found = judge(listing, place, page, began)
            breaches += found
            if page.cookie is not None:
                now = self._things.moment
                self._places[page.cookie] = replace(place, given=now, more=page.more, hollow=hollow)
        elif page.cookie is not None:
            self._places.pop(page.cookie, None)
        return breaches

    def _begun(self, method: str, sent: Mapping[str, object]) -> Place:
        """Where a list stands that this call begins."""
        call, listing = self._system.operations[method].call, self._listings[method]
        assert call is not None
        homes = ((call.takes[name].object or "", str(sent[name])) for name in listing.first_only if name in sent)
        fixed = {name: str(sent.get(name, call.takes[name].default)).lower() for name in listing.fixed}
        arrays = {name: one.asked for name in listing.items if (one := call.returns[name].present) is not None}
        due = [
            name for name in listing.items
            if all(fixed[one] in values for one, values in arrays.get(name, {}).items() if one in fixed)
        ]  # fmt: skip
        return Place(method=method, home=next(homes, NOTHING), arrays=frozenset(due), begun=self._things.moment)

    @staticmethod
    def _form(place: Place, page: Page) -> Iterator[Breach]:
        """What was settled by the first call holds for all pages."""
        for name in page.arrays:
            if name not in place.arrays:
                expected = " or ".join(sorted(place.arrays))
                yield Breach(name="form", rule="", expected=expected, got=name, members=(name,))

    def _hollow(self, listing: Listing, place: Place, page: Page) -> Iterator[Breach]:
        """There is nothing on a page though the one before said that there is more."""
        if page.items or not place.more:
            return
        self._promises[place.method] += place.given == self._things.moment
        times = max(place.hollow + 1 - HOLLOW, self._promises[place.method] - BROKEN_PROMISES)
        if times == 0:
            yield Breach(
                name="hollow",
                rule="more-available",
                expected="what more there is",
                got="a page with nothing, time and again",
                members=(listing.more,),
            )

    @staticmethod
    def _sizes(listing: Listing, sent: Mapping[str, object], page: Page) -> Iterator[Breach]:
        most = sent.get(listing.limit or "")
        if isinstance(most, int) and len(page.items) > most > 0:
            got = f"{len(page.items)}"
            yield Breach(name="max", rule="", expected=f"{most} at most", got=got, members=(listing.limit or "",))

    # objects that live

    def _live(self, listing: Listing, place: Place, page: Page, began: bool) -> tuple[Place, list[Breach]]:
        breaches: list[Breach] = []
        rule = "cookie-first" if began else "cookie-later"
        told, times, items, now = dict(place.told), dict(place.times), dict(place.items), self._things.moment
        for name, item in page.items:
            thing = self._things.get((listing.object, name))
            if thing is None:
                continue
            thing.listed = True
            breaches += self._item(place, rule, name, thing, item)
            if name not in told:
                breaches += self._again(place.method, name, item)
            told[name], items[name] = now, item
            count, stirred = times.get(name, (0, thing.stirred))
            times[name] = count + 1, stirred
            most = 1 + TOLD_AGAIN * (1 + thing.stirred - stirred)
            if count + 1 > most:
                got = f"{count + 1} times, {thing.stirred - stirred} changes"
                breaches.append(
                    Breach(name="again", rule="cookie-later", expected=f"{name} to be told as it changes", got=got)
                )
        place = replace(place, told=told, times=times, items=items)
        if not page.more:
            breaches += self._lost(listing, place)
            self._believed(listing, place)
        return place, breaches

    def _believed(self, listing: Listing, place: Place) -> None:
        """A client knows all that there is: compare it with what others were told at first, while nothing has been changed since."""
        for name in self._things.live(listing.object, place.home):
            known, item = self._fresh.get((place.method, name)), place.items.get(name)
            if known is None or item is None or known.moment != self._things.moment or item is known.item:
                continue
            doubts = {one for one in known.item.keys() | item.keys() if known.item.get(one) != item.get(one)}
            self._fresh[place.method, name] = replace(known, doubts=known.doubts | doubts)

    def _again(self, method: str, name: str, item: Mapping[str, object]) -> Iterator[Breach]:
        """A list tells for the first time of an object: if it says what it did before, those in doubt believe something old."""
        known = self._fresh.get((method, name))
        same = known is not None and known.moment == self._things.moment and known.item == item
        if known is not None and same and known.doubts:
            got = f"a list that goes on is at its end without {', '.join(sorted(known.doubts))} of {name}"
            expected = "what lists that begin tell, before and behind"
            members = tuple(sorted(known.doubts))[:3]
            yield Breach(name="stale", rule="cookie-later", expected=expected, got=got, members=members)
        self._fresh[method, name] = Fresh(moment=self._things.moment, item=item)

    def _item(self, place: Place, rule: str, name: str, thing: Thing, item: Mapping[str, object]) -> Iterator[Breach]:
        if thing.ended is not None:
            yield Breach(name="gone", rule=rule, expected=f"nothing of {name}, which has ended", got="it is told")
        elif place.home not in (NOTHING, thing.home):
            first = tuple(self._listings[place.method].first_only)
            yield Breach(name="other", rule=rule, expected=f"those of {place.home[1]}", got=name, members=first)
        else:
            for member in self._members[place.method]:
                if member in thing.values and item.get(member, "") != thing.values[member]:
                    wanted, got = repr(thing.values[member]), repr(item.get(member))
                    yield Breach(
                        name="stale",
                        rule="cookie-later",
                        expected=f"{member} {wanted} of {name}",
                        got=got,
                        members=(member,),
                    )

    def _lost(self, listing: Listing, place: Place) -> Iterator[Breach]:
        for name, thing in self._things.live(listing.object, place.home).items():
            seen = place.told.get(name)
            due = max(moment for key, moment in thing.since.items() if not key or key in self._members[place.method])
            if seen is None or seen < due:
                later = thing.since[""] > place.begun or seen is not None
                what = "is new" if seen is None else "has changed"
                yield Breach(
                    name="lost", rule="cookie-later" if later else "cookie-first", got="the list is at its end without it",
                    expected=f"{name}, which {what if later else 'lives'}", members=(listing.more,),
                )  # fmt: skip

    # objects that are gone

    def _deletions(self, listing: Listing, place: Place, page: Page, began: bool) -> tuple[Place, list[Breach]]:
        breaches: list[Breach] = []
        if began and page.items:
            got = f"{len(page.items)} of them"
            breaches.append(
                Breach(name="first", rule="deletions-first", expected="no deletions before the first call", got=got)
            )
        named, strange = set(place.named), set[str]()
        for name, item in page.items:
            thing = self._things.get((listing.object, name))
            if thing is None:
                strange.add(name)
                continue
            breaches += self._end(listing, place, name, thing, item, twice=name in named)
            named.add(name)
        place = replace(place, named=frozenset(named))
        if not page.more:
            for name, thing in self._things.of(listing.object, place.home):
                if thing.listed and thing.ended is not None and thing.ended > place.begun and name not in named:
                    instead = thing.home[1] in strange  # what it was in is named in its stead
                    got = f"that of {thing.home[1]}" if instead else "the list is at its end without it"
                    members = (listing.more, *((*listing.items, listing.key or "") if instead else ()))
                    breaches.append(
                        Breach(name="unsaid", rule="deletions-later", expected=f"the end of {name}", got=got, members=members)
                    )  # fmt: skip
        return place, breaches

    def _end(
        self, listing: Listing, place: Place, name: str, thing: Thing, item: Mapping[str, object], *, twice: bool
    ) -> Iterator[Breach]:
        rule = "deletions-later"
        if thing.ended is None:
            yield Breach(name="alive", rule=rule, expected=f"nothing of {name}, which lives", got="its end is told")
        elif twice:
            yield Breach(name="twice", rule=rule, expected=f"the end of {name} once", got="it is told again")
        elif thing.ended <= place.begun:
            got = "its end is told"
            yield Breach(name="old", rule=rule, expected=f"nothing of {name}, which had ended before", got=got)
        elif place.home not in (NOTHING, thing.home):
            first = tuple(listing.first_only)
            yield Breach(name="other", rule=rule, expected=f"those of {place.home[1]}", got=name, members=first)
        homes = [value for member, value in item.items() if member in listing.first_only]
        if homes and thing.home != NOTHING and homes != [thing.home[1]]:
            expected, got = f"{thing.home[1]} of {name}", repr(homes[0])
            yield Breach(name="home", rule=rule, expected=expected, got=got, members=tuple(listing.first_only))


def _structs(system: System, method: str) -> Iterator[str]:
    """The members of the structs of a list."""
    call = system.operations[method].call
    assert call is not None
    assert call.listing is not None
    for name in call.listing.items:
        struct = call.returns[name].struct
        if struct is not None:
            yield from system.structs[struct].members


def refusals(system: System) -> frozenset[str]:
    """The codes of the faults that refuse a cookie."""
    assert system.calls is not None
    bad = system.calls.bad_cookie
    return frozenset(system.errors[name].code for name in (*bad.faults.values(), bad.fault) if name)


def clauses_of(system: System, method: str, breach: Breach) -> tuple[str, ...]:
    """The clauses that a breach contradicts."""
    assert system.calls is not None
    call = system.operations[method].call
    assert call is not None
    found = [system.calls.rules[breach.rule]] if breach.rule else []
    for member in breach.members:
        if member in call.takes and breach.name != "home":
            found.append(f"{system.prefix}-{method}.{member}")
        elif member in call.returns:
            found.append(f"{system.prefix}-{method}.returned.{member}")
        else:
            names = (call.returns[one].struct for one in (call.listing.items if call.listing is not None else ()))
            found += [
                f"{system.prefix}-struct.{struct}.returned.{member}"
                for struct in names
                if struct is not None and member in system.structs[struct].members
            ]
    return tuple(dict.fromkeys(found))
