"""The TelePresence Server reference server: every wrong member of every method is answered with the fault that the model has for it."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import pytest

from harness.reference.tps.asking import UnansweredError
from harness.reference.tps.common import FAULTS
from harness.spec.callmodel import Kind, Member, Slip
from harness.spec.callvalues import typed
from harness.spec.clauses_calls import slips, wrong_of
from harness.tests.tps_scene import MODEL, USER, Scene
from harness.wire.xmlrpc import MessageKind, read
from harness.wire.xmlrpc_write import typed as written
from harness.wire.xmlrpc_wrong import WRONG_MEMBERS, WRONG_MESSAGES, WRONG_VALUES, spoiled_call

SCENE = Scene()
METHODS = sorted(SCENE.device.functions._methods)
READINGS = {"TPS-AMB-012": "long", "TPS-AMB-028": "refused"}
STRICT = Scene(readings=READINGS)


def right(member: Member) -> Any:
    """A value that a member may have."""
    if member.struct is not None:
        inner = MODEL.structs[member.struct].members
        needed = {name for need in MODEL.structs[member.struct].needs for name in need.groups[0]}
        value: Any = {name: right(one) for name, one in inner.items() if one.required or name in needed}
    else:
        kind = MODEL.scalars[member.type or next(iter(member.types.values()))]
        if member.object in ("conference", "participant"):
            value = SCENE.fixtures[f"{member.object}_ids"][0]
        elif kind.choices and kind.base is not Kind.INT:
            value = kind.choices[0]
        elif kind.examples:
            value = typed(kind, kind.examples[0])
        elif kind.base is Kind.INT:
            value = max(kind.minimum or 0, 64_000 if member.at_least is not None else 0)
        else:
            value = {Kind.STRING: "a", Kind.BOOLEAN: True, Kind.BASE64: b"a"}[kind.base]
    return [value] if member.array else value


def wrong_values(member: Member, slip: Slip) -> Iterator[Any]:
    """Values that break one rule of a member."""
    kind = MODEL.scalars.get(member.type or next(iter(member.types.values()), ""))
    if slip is Slip.MALFORMED:
        yield {} if member.struct is None else "x"
        if member.array:
            yield [[]]
        elif kind is not None and kind.base is not Kind.INT:
            yield 3
    if slip is Slip.FEW:
        yield []
    if slip is Slip.MANY and member.most is not None:
        yield right(member) * (member.most + 1)
    if kind is None:
        return
    values: list[Any] = []
    match slip:
        case Slip.CHOICE if kind.base is not Kind.INT:
            values = ["nonsense", kind.choices[0].swapcase(), ""]
        case Slip.RANGE if not member.array:
            if kind.minimum is not None and kind.minimum > -(2**31):
                values.append(kind.minimum - 1)
            if kind.maximum is not None and kind.maximum < 2**31 - 1:
                values.append(kind.maximum + 1)
        case Slip.LENGTH if kind.maximum is not None and kind.form != "mac" and kind.base is Kind.STRING:
            start = "http://" if kind.form == "http-uri" else ""
            values = [start + "1" * (kind.maximum + 1 - len(start)), start + "1" * 700]
        case Slip.BYTES if kind.maximum is not None:
            values = [b"x" * (kind.maximum + 1)]
        case Slip.CHARACTERS:
            values = ["é"] if kind.ascii else ["1 2"]
        case Slip.FORM:
            values = ["::nonsense::@@"]
        case Slip.UNKNOWN:
            values = [19 if kind.base is Kind.INT else "0000"]
    yield from ([one] if member.array else one for one in values)


def places(method: str) -> Iterator[tuple[tuple[str, ...], Member]]:
    """Every member that a method takes, in its structs too."""

    def walk(path: tuple[str, ...], members: dict[str, Member]) -> Iterator[tuple[tuple[str, ...], Member]]:
        for name, member in members.items():
            yield (*path, name), member
            if member.struct is not None:
                yield from walk((*path, name), MODEL.structs[member.struct].members)

    call = MODEL.operations[method].call
    assert call is not None
    yield from walk((), call.takes)


def whole(method: str, path: tuple[str, ...], value: Any, *, drop: bool = False) -> dict[str, Any]:
    """A right call with one value at a path, or without it."""
    call = MODEL.operations[method].call
    assert call is not None
    members = {name: right(one) for name, one in call.takes.items() if one.required}
    here: Any = members
    known: dict[str, Member] = call.takes
    for step in path[:-1]:
        member = known[step]
        here = here.setdefault(step, right(member))
        here = here[0] if isinstance(here, list) else here
        known = MODEL.structs[member.struct or ""].members
    here.pop(path[-1], None)
    if not drop:
        here[path[-1]] = value
    return members


def told(scene: Scene, member: Member, slip: Slip, readings: dict[str, str]) -> set[int]:
    """The codes of the faults that may answer a slip; 0 for a success."""
    wrong = wrong_of(MODEL, member, slip)
    kind = MODEL.scalars.get(member.type or next(iter(member.types.values()), ""))
    if slip is Slip.LENGTH and slip not in member.wrong and member.object is not None:
        assert MODEL.calls is not None
        wrong = MODEL.calls.unknown_long.get(member.object, wrong)
    assert wrong is not None
    names = {wrong.fault} if wrong.fault else set(wrong.faults.values())
    found = {int(MODEL.errors[name].code) for name in names}
    for ambiguity in (wrong.ambiguity, kind.open.get(slip) if kind is not None and slip not in member.wrong else None):
        if scene.device.choices.accepts(ambiguity):
            found.add(0)
        if ambiguity in readings and readings[ambiguity] in FAULTS:
            found.add(int(MODEL.errors[FAULTS[readings[ambiguity]]].code))
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.slow
def test_every_mistake_is_answered_with_its_fault(method: str) -> None:
    for path, member in places(method):
        if member.until is not None:
            continue
        if member.required:
            code = STRICT.code(method, whole(method, path, None, drop=True))
            assert code == 101 or (member.other_structs or "calls" in path), (path, code)
        for slip in slips(MODEL, member):
            for value in wrong_values(member, slip):
                code = STRICT.code(method, whole(method, path, value))
                expected = told(STRICT, member, slip, READINGS)
                if 0 in expected:  # then another rule of the method may refuse it
                    continue
                assert code in expected, (path, slip, value, code)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.slow
def test_faults_name_the_member(method: str) -> None:
    for path, member in places(method):
        if member.other_structs or "calls" in path or member.until is not None:
            continue
        found = SCENE.message(method, whole(method, path, written("int", "2147483648")))
        kind = MODEL.scalars.get(member.type or next(iter(member.types.values()), ""))
        if member.array or kind is None or kind.base is not Kind.INT:
            assert (found.fault_code, found.fault_string) == (103, f"malformed parameter: {path[-1]}")
        found = SCENE.message(method, whole(method, path, {"a": 1} if member.struct is None else 5))
        assert (found.fault_code, found.fault_string) == (103, f"malformed parameter: {path[-1]}")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.slow
def test_no_mistake_breaks_the_server_whatever_its_readings(seed: int) -> None:
    chance = random.Random(seed)
    readings = {name: chance.choice(list(one.readings)) for name, one in MODEL.ambiguities.items()}
    scene = Scene(readings=readings, seed=seed)
    codes: set[int] = set()
    for method in scene.device.functions._methods:
        for path, member in places(method):
            values = [value for slip in slips(MODEL, member) for value in wrong_values(member, slip)]
            for value in (*values, "", 0, -1, [], {}, True, b"", right(member), written("nil", "")):
                with contextlib.suppress(UnansweredError):
                    codes.add(scene.code(method, whole(method, path, value)))
    assert codes <= {int(one.code) for one in MODEL.errors.values()} | {0, 301}
    assert {0, 103} <= codes


@pytest.mark.parametrize("reading", ["first", "last"])
@pytest.mark.parametrize("name", sorted({*WRONG_VALUES, *WRONG_MEMBERS, *WRONG_MESSAGES}))
def test_no_document_breaks_the_server(name: str, reading: str) -> None:
    readings = {key: list(one.readings)[0 if reading == "first" else -1] for key, one in MODEL.ambiguities.items()}
    scene = Scene(readings=readings)
    members: dict[str, Any] = {**scene.login, "servers": [{"address": "a"}], "facilityValue": 3}
    with contextlib.suppress(UnansweredError):
        for path in ("facilityValue", "servers[0].address", USER) if name not in WRONG_MESSAGES else ("",):
            found = read(scene.raw(spoiled_call(name, "logs.syslog.modify", members, path)))
            assert found.kind in (MessageKind.FAULT, MessageKind.RESPONSE)


def test_both_of_a_pair_are_refused() -> None:
    found = []
    for method in METHODS:
        for path, member in places(method):
            if member.unlimited is None:
                continue
            members = whole(method, path, right(member))
            here: Any = members
            for step in path[:-1]:
                here = here[step][0] if isinstance(here[step], list) else here[step]
            here[member.unlimited] = True
            found.append((method, *path))
            assert SCENE.code(method, members) == 102, path
            here[member.unlimited] = False
            assert SCENE.code(method, members) == 102, path
    assert len(found) > 3


def test_the_first_mistake_in_the_order_of_the_document_is_told() -> None:
    wrong = {"accessRights": "nobody", "newUserId": 5}
    found = SCENE.message("user.create", wrong)
    assert (found.fault_code, found.fault_string) == (103, "malformed parameter: newUserId")
    found = SCENE.message("user.create", {"newUserId": "a", **wrong, "password": "p" * 32} | {"newUserId": "a"})
    assert found.fault_code == 35


def test_unknown_methods_and_unknown_users() -> None:
    assert SCENE.code("flex.conference.explode") == 1
    assert SCENE.code("Device.Query") == 1
    assert SCENE.code("device.query", authenticationPassword="wrong") == 14
    assert SCENE.code("device.query", authenticationUser="nobody") == 14
    assert SCENE.code("device.query", authenticationUser=5) == 103
    assert SCENE.code("device.query", authenticationUser="u" * 65) == 14
