"""The client of two lists against a device of its own, which is right or wrong: it ends with what there is, or the judge of pages says why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from harness.checks.listed import Page, Things, lists_of, page_of
from harness.checks.listings import Listings, clauses_of
from harness.following import Follower, Side
from harness.spec.clauses import catalogue
from harness.spec.load import load_system

SYSTEM = load_system("tps")
CLAUSES = catalogue(SYSTEM).keys()
LIVE, ENDS = "flex.conference.enumerate", "flex.conference.deletions.enumerate"
METHODS = {Side.LIVE: LIVE, Side.ENDS: ENDS}
# What may be wrong with the device -> the check that tells it.
WRONG = {
    "skips": "lost", "resurrects": "gone", "stale": "stale", "silent": "lost", "doubles": "twice", "loses-ends": "unsaid", "old-ends": "first",
    "too-many": "max", "repeats": "again", "live-ends": "alive", "promises": "hollow",
}  # fmt: skip


@dataclass
class Device:
    """Conferences with names, and two lists of them."""

    wrong: str = ""
    revision: int = 0
    names: dict[str, tuple[int, str]] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    gone: list[tuple[int, str]] = field(default_factory=list)

    def set(self, one: str, name: str) -> None:
        new = one not in self.names
        self.revision += 1
        kept = self.names[one][0] if not new and self.wrong == "silent" else self.revision
        self.names[one] = kept, name
        self.first.setdefault(one, name)

    def end(self, one: str) -> None:
        self.revision += 1
        del self.names[one]
        if self.wrong != "loses-ends" or len(self.gone) % 3:
            self.gone.append((self.revision, one))

    def page(self, side: Side, cookie: str | None, most: int) -> dict[str, object]:
        since = (
            int(cookie) if cookie is not None else 0 if side is Side.LIVE or self.wrong == "old-ends" else self.revision
        )
        if self.wrong == "repeats" and side is Side.LIVE:
            since = 0
        if side is Side.LIVE:
            found = sorted((revision, one) for one, (revision, _) in self.names.items() if revision > since)
            if self.wrong == "resurrects" and self.gone:
                found.append((self.revision, self.gone[-1][1]))
        else:
            found = [one for one in self.gone if one[0] > since - (self.wrong == "doubles") * 2]
            if self.wrong == "live-ends" and self.names:
                found.append((self.revision, min(self.names)))
        most = most + 1 if self.wrong == "too-many" else most
        told, rest = found[:most], found[most:]
        last = told[-1][0] + (self.wrong == "skips") if rest else self.revision
        items: list[object] = [one for _, one in told]
        if side is Side.LIVE:
            items = [{"conferenceID": one, "conferenceName": self._name(one), "locked": False} for _, one in told]
        array = "conferences" if side is Side.LIVE else "conferenceIDs"
        more = bool(rest) or (self.wrong == "promises" and len(told) == most)
        return {array: items, "cookie": str(last), "moreAvailable": more}

    def _name(self, one: str) -> str:
        return self.first[one] if self.wrong == "stale" or one not in self.names else self.names[one][1]


def play(wrong: str, seed: int, steps: int = 80) -> tuple[set[str], bool]:
    """What the judge says while two clients follow a device, and whether both end with what there is."""
    rng, device, things = Random(seed), Device(wrong), Things()
    lists, breaches = Listings(SYSTEM, things), set[str]()
    clients = [Follower(), Follower()]

    def read(client: Follower, most: int) -> None:
        asks = client.asks()
        if asks is None:
            return
        method = METHODS[asks.side]
        sent: dict[str, object] = {"max": most} | ({} if asks.cookie is None else {"cookie": asks.cookie})
        page = page_of(lists_of(SYSTEM)[method], device.page(asks.side, asks.cookie, most))
        found = lists.answered(method, sent, page)
        assert all(set(clauses_of(SYSTEM, method, one)) <= CLAUSES for one in found)
        breaches.update(one.name for one in found)
        client.hears(dict(page.items), page.cookie, more=page.more)

    for number in range(steps):
        what = rng.random()
        if what < 0.2:
            device.set(f"c{number}", "made")
            things.made(("conference", f"c{number}"), values={"conferenceName": "made"})
        elif what < 0.35 and device.names:
            one = rng.choice(sorted(device.names))
            device.set(one, f"name {number}")
            things.changed(("conference", one), {"conferenceName": f"name {number}"})
        elif what < 0.45 and device.names:
            one = rng.choice(sorted(device.names))
            device.end(one)
            things.ended(("conference", one))
        else:
            client = rng.choice(clients)
            if client.asks() is None:
                client.wakes(rng.choice(tuple(Side)))
            read(client, rng.choice((1, 2, 5)))
    for client in clients:
        client.wakes(*Side)
        for _ in range(60):
            read(client, 3)
    there = {one: name for one, (_, name) in device.names.items()}
    believed = [{one: told["conferenceName"] for one, told in client.believed.items()} for client in clients]
    return breaches, all(one == there for one in believed)


def test_a_client_of_a_right_device_ends_with_what_there_is() -> None:
    for seed in range(40):
        assert play("", seed) == (set(), True)


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_with_a_device_is_told(wrong: str) -> None:
    found: set[str] = set()
    for seed in range(10):
        found |= play(wrong, seed)[0]
    assert WRONG[wrong] in found


def test_a_client_whose_cookie_is_too_old_begins_anew_with_the_ends() -> None:
    client = Follower()
    client.hears({}, "a", more=False)
    client.hears({"x": {}}, "b", more=False)
    assert client.asks() is None
    client.wakes(Side.LIVE)
    asks = client.asks()
    assert asks is not None
    assert (asks.side, asks.cookie) == (Side.LIVE, "b")
    client.refused()
    asks = client.asks()
    assert asks is not None
    assert (asks.side, asks.cookie, client.believed, client.begun_again) == (Side.ENDS, None, {}, 1)


def test_objects_of_others_are_never_judged() -> None:
    lists = Listings(SYSTEM, Things())
    strange = Page(more=False, cookie="1", items=(("other", {"conferenceName": "x"}),))
    assert not lists.answered(LIVE, {}, strange)
    assert not lists.answered(LIVE, {"cookie": "1"}, strange)


def test_a_cookie_that_is_not_old_must_not_be_refused() -> None:
    things = Things()
    lists = Listings(SYSTEM, things)
    things.made(("conference", "c"))
    lists.answered(LIVE, {}, Page(more=False, cookie="1", items=(("c", {}),)))
    assert lists.refused(LIVE, "1") is not None
    assert lists.refused(LIVE, "2") is None
    for number in range(30):
        things.changed(("conference", "c"), {"conferenceName": str(number)})
    assert lists.refused(LIVE, "1") is None


def test_objects_of_two_kinds_may_have_one_id() -> None:
    """Ids are unique among objects of one kind."""
    things = Things()
    lists = Listings(SYSTEM, things)
    people, gone = "flex.participant.enumerate", "flex.participant.deletions.enumerate"
    home, one = ("conference", "1"), ("participant", "1")
    things.made(home, values={"conferenceName": "a"})
    assert not lists.answered(gone, {}, Page(more=False, cookie="g", items=()))
    assert not lists.answered(LIVE, {}, Page(more=False, cookie="c", items=(("1", {"conferenceName": "a"}),)))
    others = Page(more=False, cookie="o", items=(("1", {}),))  # somebody else's participant, so far
    assert not lists.answered(people, {}, others)
    things.made(one, home, {"displayName": "b"})
    assert [
        found.name for found in lists.answered(people, {"cookie": "o"}, Page(more=False, cookie="p", items=()))
    ] == ["lost"]
    assert not lists.answered(
        people, {"cookie": "o"}, Page(more=False, cookie="p", items=(("1", {"displayName": "b"}),))
    )
    things.ended(one)
    assert not lists.answered(gone, {"cookie": "g"}, Page(more=False, cookie="h", items=(("1", {}),)))
    assert not lists.answered(LIVE, {"cookie": "c"}, Page(more=False, cookie="d", items=()))


def test_an_id_that_is_used_again_is_not_judged() -> None:
    things = Things()
    lists = Listings(SYSTEM, things)
    things.made(("conference", "1"))
    assert not lists.answered(ENDS, {}, Page(more=False, cookie="e", items=()))
    assert not lists.answered(LIVE, {}, Page(more=False, cookie="l", items=(("1", {}),)))
    things.ended(("conference", "1"))
    things.made(("conference", "1"))
    assert not lists.answered(ENDS, {"cookie": "e"}, Page(more=False, cookie="f", items=(("1", {}),)))
    assert not lists.answered(LIVE, {"cookie": "l"}, Page(more=False, cookie="m", items=(("1", {}),)))


def test_what_ends_with_another_object_counts_as_ends_of_its_own() -> None:
    things = Things()
    home = ("conference", "1")
    things.made(home)
    for number in range(5):
        things.made(("participant", str(number)), home)
    before = things.moment
    things.ended(home)
    assert things.moment == before + 6
    assert not things.live("participant")
    things.drop(("", ""))
    assert things.get(home) is not None


def test_what_is_named_instead_of_what_was_in_it_contradicts_what_the_list_is_of() -> None:
    things = Things()
    lists = Listings(SYSTEM, things)
    people, gone = "flex.participant.enumerate", "flex.participant.deletions.enumerate"
    home, one = ("conference", "c1"), ("participant", "p1")
    things.made(home)
    things.made(one, home)
    assert not lists.answered(gone, {}, Page(more=False, cookie="g", items=()))
    assert not lists.answered(people, {}, Page(more=False, cookie="p", items=(("p1", {}),)))
    things.ended(one)
    for name, named in (("c1", True), ("p9", False)):
        (found,) = lists.answered(gone, {"cookie": "g"}, Page(more=False, cookie="h", items=((name, {}),)))
        assert found.name == "unsaid"
        broken = clauses_of(SYSTEM, gone, found)
        assert CLAUSES >= set(broken)
        assert (f"TPS-{gone}.returned.participantIDs" in broken) is named
