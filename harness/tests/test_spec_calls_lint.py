"""Lint finds the mistakes that only a spec of methods with structs can have, each with its place and what to write instead."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from harness.spec.lint_calls import CALL_POINTS, CALL_RULES, call_mistakes
from harness.spec.load import load_system, system_names
from harness.spec.model import System
from harness.tests.calls_made import SOURCE, made

DATA = made()
MAKE, QUERY, LIST, SET = (f"operations/room.{name}/call" for name in ("make", "query", "list", "set"))


def changed(path: str, value: Any) -> System:
    """The system with one value put in, or taken out where it is None; `path` are its keys with slashes between them."""
    data = copy.deepcopy(DATA)
    *keys, last = path.split("/")
    place: Any = data
    for key in keys:
        place = place.setdefault(key, {}) if isinstance(place, dict) else place[int(key)]
    if value is None:
        del place[last]
    elif isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return msgspec.convert(data, System)


_WRONG: tuple[tuple[str, Any, str, str], ...] = (
    # scalars
    ("scalars/word/choices", ["low", "low", "high"], "scalars.word.choices", "each choice once"),
    ("scalars/flag/choices", ["a"], "scalars.flag.choices", "no choices, for it is boolean"),
    ("scalars/slot/minimum", 30, "scalars.slot.maximum", "30 or more"),
    ("scalars/when/maximum", 3, "scalars.when", "no limits"),
    ("scalars/count/ascii", True, "scalars.count", "neither characters nor form"),
    ("scalars/name/gaps", [1], "scalars.name.gaps", "none, for it is string"),
    ("scalars/uri/form", "http-url", "scalars.uri.form", "did you mean 'http-uri'"),
    ("scalars/word/since/hgh", "2.0", "since.hgh", "one of its choices"),
    ("scalars/word/since/high", "2.1", "since.high", "a version of the API"),
    ("scalars/word/experimental", ["x"], "experimental.x", "one of its choices"),
    ("scalars/word/open_choices", {"low": "MAD-AMB-002"}, "open_choices.low", "no choice already"),
    ("scalars/word/open_choices", {"x": "MAD-AMB-009"}, "open_choices.x", "the id of an ambiguity"),
    ("scalars/name/open/length", "MAD-AMB-009", "open.length", "the id of an ambiguity"),
    ("scalars/pin/examples", ["1a"], "scalars.pin.examples.0", "a value of the type"),
    ("scalars/other", {"base": "int", "source": SOURCE}, "scalars.other", "a member that has it"),
    # members
    (f"{MAKE}/takes/name/type", "nme", "takes.name.type", "did you mean 'name'"),
    (f"{MAKE}/takes/name/type", None, "takes.name", "one of `type`, `types` and `struct`"),
    (f"{MAKE}/takes/name/struct", "guard", "takes.name", "got type and struct"),
    (f"{MAKE}/takes/doors/struct", "dor", "doors.struct", "did you mean 'door'"),
    (f"{MAKE}/takes/doors/array", False, "takes.doors", "`array`"),
    (f"{MAKE}/takes/doors/least", 3, "doors.most", "3 or more"),
    (f"{MAKE}/takes/doors/default", "x", "doors.default", "none, for it is a struct"),
    (f"{MAKE}/takes/name/other_structs", ["guard"], "name.other_structs", "`struct` beside them"),
    (f"{MAKE}/takes/name/since", "2.1", "name.since", "a version of the API"),
    (f"{MAKE}/takes/extra/until", "2.0", "extra.until", "a later version than 2.0"),
    (f"{MAKE}/takes/level/default", "middle", "level.default", "a value of type word"),
    (f"{MAKE}/takes/level/changed/0/default", "middle", "changed.0.default", "a value of type word"),
    (f"{MAKE}/takes/level/changed/0/version", "9", "changed.0.version", "a version of the API"),
    (f"{MAKE}/takes/level/changed/0/default", None, "changed.0", "what it was before"),
    (f"{MAKE}/takes/level/required", True, "level.default", "none, for it is required"),
    (f"{MAKE}/takes/level/defaults", {"one": "low"}, "level.defaults", "`default_ambiguity`"),
    (f"{MAKE}/takes/level/names", {"one": "lvl"}, "level.names", "`ambiguity`"),
    (f"{MAKE}/takes/seats/unlimited", "seatUnlimited", "seats.unlimited", "did you mean 'seatsUnlimited'"),
    (f"{MAKE}/takes/seats/unlimited", "credits", "seats.unlimited", "a boolean beside it"),
    (f"{MAKE}/takes/seats/at_most", {"member": "credit"}, "at_most.member", "did you mean 'credits'"),
    (f"{MAKE}/takes/seats/at_most", {"method": "room.query", "member": "level_"}, "at_most.member", "did you mean 'level'"),
    (f"{MAKE}/takes/seats/at_most", {"member": "credits", "ambiguity": "MAD-AMB-001", "strict": "less"}, "at_most.ambiguity", "a reading 'less'"),
    (f"{MAKE}/takes/credits/rounded/method", "room.qery", "rounded.member", "did you mean 'room.query'"),
    (f"{MAKE}/takes/credits/rounded/clause", "MAD-ALL-009", "rounded.clause", "the id of a stated clause"),
    (f"{MAKE}/takes/gain/ignored/unless", {"levl": ["high"]}, "unless.levl", "did you mean 'level'"),
    (f"{MAKE}/takes/gain/ignored/unless", {"level": ["hgh"]}, "unless.level.0", "a value of type word"),
    (f"{MAKE}/takes/gain/ignored/unless", {"level.length": ["1"]}, "level.length", "an array"),
    (f"{MAKE}/takes/gain/ignored/unless", {"doors.length": ["1"]}, "", ""),
    (f"{MAKE}/takes/gain/ignored/unless", {}, "gain.ignored", "`when`, `unless`, `without` or `state`"),
    (f"{MAKE}/takes/gain/ignored/without", "levl", "ignored.without", "did you mean 'level'"),
    (f"{MAKE}/takes/gain/wrong", {"length": {"fault": "invalid"}}, "wrong.length", "a slip that its type can have"),
    (f"{MAKE}/takes/gain/wrong", {"range": {}}, "wrong.range", "either `fault` or `faults`"),
    (f"{MAKE}/takes/gain/wrong", {"range": {"fault": "rage"}}, "range.fault", "did you mean 'range'"),
    (f"{MAKE}/takes/gain/wrong", {"range": {"faults": {"x": "range"}, "ambiguity": "MAD-AMB-001"}}, "faults.x", "a reading of MAD-AMB-001"),
    (f"{MAKE}/takes/name/inherits", "room.query:nme", "name.inherits", "did you mean 'name'"),
    (f"{MAKE}/takes/level/open_taken", {"low": "MAD-AMB-009"}, "open_taken.low", "the id of an ambiguity"),
    (f"{MAKE}/takes/credits/rounded/above", "MAD-AMB-009", "rounded.above", "the id of an ambiguity"),
    (f"{MAKE}/takes/name/required_ambiguity", "MAD-AMB-009", "required_ambiguity", "the id of an ambiguity"),
    (f"{QUERY}/returns/credits/absent", "MAD-AMB-001", "credits.absent", "a reading 'absent'"),
    (f"{QUERY}/returns/seats/present/lacks", "seatUnlimited", "present.lacks", "did you mean 'seatsUnlimited'"),
    (f"{QUERY}/returns/gain/present/beside", {"level": ["x"]}, "beside.level.0", "a value of type word"),
    (f"{QUERY}/returns/gain/present", {}, "gain.present", "when it is there"),
    (f"{LIST}/returns/rooms/present/asked", {"wid": ["false"]}, "asked.wid", "a member of the call"),
    (f"{LIST}/returns/rooms/present/asked", {"wide": ["no"]}, "asked.wide.0", "a value of type flag"),
    ("structs/row/members/busy/present/state", "begn", "present.state", "did you mean 'begun'"),
    # methods
    (f"{MAKE}/makes", "name", "call.makes", "identifies an object"),
    (f"{MAKE}/makes", "room", "call.makes", "a returned member"),
    (f"{MAKE}/returns/name/echo", "nam", "name.echo", "did you mean 'name'"),
    (f"{MAKE}/takes/user", {"type": "id", "source": SOURCE}, "takes.user", "no member of the head"),
    (f"{MAKE}/needs/0/groups", [["seat"]], "groups.0.0", "did you mean 'seats'"),
    (f"{MAKE}/needs/0/groups", [], "needs.0.groups", "none of them empty"),
    (f"{MAKE}/needs/0/errors", ["invald"], "errors.0", "did you mean 'invalid'"),
    (f"{MAKE}/needs/0/errors", ["invalid", "range"], "needs.0.errors", "`ambiguity`"),
    (f"{MAKE}/needs/0/errors", [], "needs.0", "`errors` or `ambiguity`"),
    (f"{MAKE}/needs/0/when", {"doors.open": ["no"]}, "when.doors.open.0", "a value of type flag"),
    (f"{MAKE}/needs/0/when", {"doors.opn": ["true"]}, "when.doors.opn", "a member of the call"),
    (f"{MAKE}/faults/full/faults", {}, "faults.full", "an error of the catalogue, or `faults`"),
    (f"{MAKE}/faults/full/source/word", "", "full.source.word", "a word that stands in the cited lines"),
    (f"{MAKE}/faults/range/state", "begn", "range.state", "did you mean 'begun'"),
    (f"{MAKE}/shown/0/method", "room.qury", "shown.0.method", "did you mean 'room.query'"),
    (f"{MAKE}/shown/0/by", {"room": "returned.roomID"}, "by.room", "a member of room.query"),
    (f"{MAKE}/shown/0/by", {"roomID": "returned.room"}, "by.roomID", "did you mean 'roomID'"),
    (f"{MAKE}/shown/0/by", {"roomID": "room"}, "by.roomID", "taken.MEMBER or returned.MEMBER"),
    (f"{MAKE}/shown/0/within", "levels", "shown.0.within", "an array of structs"),
    (f"{MAKE}/takes/extra/hidden", False, "takes.extra", "`hidden`, or `shown`"),
    (f"{LIST}/listing/cookie", "cooky", "listing.cookie", "did you mean 'cookie'"),
    (f"{LIST}/listing/items", ["more"], "listing.items", "arrays"),
    (f"{LIST}/listing/key", "room", "listing.key", "did you mean 'roomID'"),
    (f"{LIST}/listing/deletions", "room.lst", "listing.deletions", "did you mean 'room.list'"),
    (f"{LIST}/callback", "tld", "call.callback", "did you mean 'told'"),
    (f"{SET}/rights", "MAD-ALL-009", "call.rights", "the id of an ambiguity"),
    ("operations/room.make/undo/arguments", ["roomID={roomID}"], "arguments.0", "NAME={taken.PATH}"),
    ("operations/room.make/undo/arguments", ["room={returned.roomID}"], "arguments.0", "a member of room.end"),
    ("operations/room.make/undo/arguments", ["roomID={returned.room}"], "arguments.0", "did you mean 'roomID'"),
    (f"{SET}/shown", [], "undo.arguments.1", "`shown`, which tells what was before"),
    (SET, None, "operations.room.set", "`call`: what it takes"),
    # structs, calls of the device, files
    ("structs/door/needs/0/groups", [["pn"]], "groups.0.0", "did you mean 'pin'"),
    ("structs/door/directions", [], "door.directions", "taken, returned or both"),
    ("structs/door/whole", "MAD-ALL-009", "door.whole", "the id of a stated clause"),
    ("structs/other", {"source": SOURCE}, "structs.other", "a member that has it"),
    ("structs/guard/members/door", {"struct": "door", "source": SOURCE}, "structs.guard", "do not lead back to it"),
    ("callbacks/told/asked_by", ["room.lst"], "asked_by.0", "did you mean 'room.list'"),
    ("callbacks/told/receiver", "cooky", "told.receiver", "did you mean 'cookie'"),
    ("callbacks/told/clause", "MAD-ALL-009", "told.clause", "the id of a stated clause"),
    ("notices/made/after", ["room.mak"], "after.0", "did you mean 'room.make'"),
    ("notices/made/then", "room.lst", "made.then", "did you mean 'room.list'"),
    ("files/about.xml/path", "about.xml", "about.xml.path", "begins with /"),
    ("files/about.xml/by", "kin", "small.elements", "an element of each form"),
    ("files/about.xml/forms/small/elements/name/same", "room.query:nme", "name.same", "did you mean 'name'"),
    ("files/about.xml/forms/small/elements/name/pattern", "(", "name.pattern", "a regular expression"),
    ("files/about.xml/forms/small/elements/name/empty", "MAD-AMB-001", "name.empty", "a reading 'empty'"),
    # the rules of calls
    ("calls", None, "calls", "the rules of calls, for an interface speaks them"),
    ("interfaces/http/protocol", "urls", "calls", "an interface that speaks calls"),
    ("calls/path", "RPC", "calls.path", "begins with /"),
    ("calls/user", "usr", "calls.user", "did you mean 'user'"),
    ("calls/versions", ["1.0", "1.0", "2.0", "3.0"], "calls.versions", "each version once"),
    ("calls/version", "room.query:versio", "calls.version", "did you mean 'version'"),
    ("calls/wrong/length", None, "calls.wrong", "what answers 'length'"),
    ("calls/wrong/length/clause", None, "wrong.length.clause", "the clause that says so"),
    ("calls/unknown", {"rom": {"fault": "missing"}}, "unknown.rom", "an object"),
    ("calls/too_large", {"fault": "large"}, "too_large.fault", "an error of the catalogue"),
    ("calls/open_points", {"extra-membr": "MAD-AMB-002"}, "extra-membr", "did you mean 'extra-member'"),
    ("calls/rules/fault", None, "calls.rules", "the rule 'fault' with its clause"),
    ("calls/rules/fult", "MAD-ALL-001", "rules.fult", "did you mean 'fault'"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "key", "says"), _WRONG, ids=[f"{row[0]}:{number}" for number, row in enumerate(_WRONG)]
)
def test_a_mistake_is_told(path: str, value: Any, key: str, says: str) -> None:
    found = [(".".join(one.keys), f"{one.expected}, got {one.got}") for one in call_mistakes(changed(path, value))]
    if says:
        assert any(keys.endswith(key) and says in text for keys, text in found), found
    else:
        assert found == []  # it may be so


def test_the_made_spec_has_none() -> None:
    assert list(call_mistakes(msgspec.convert(DATA, System))) == []


@pytest.mark.parametrize("name", system_names())
def test_rules_and_points_are_those_of_the_checks(name: str) -> None:
    calls = load_system(name).calls
    assert calls is None or (set(calls.rules) == set(CALL_RULES) and set(calls.open_points) <= set(CALL_POINTS))
