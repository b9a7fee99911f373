"""Mutants of methods with structs: what the proxy reads, which mutants there are, what single ones do to an exchange, and the control of the road."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pytest

from harness.certify import Options
from harness.ending import Ending
from harness.engine import Plan
from harness.events import CaseFinished
from harness.messages.calls import CallBinding
from harness.mutation.call_framing import call_notes, call_parser
from harness.mutation.call_returned import givers
from harness.mutation.call_speech import fault, members, success
from harness.mutation.catalogue import mutants_of
from harness.mutation.framing import rules_of
from harness.mutation.matrix import Fate
from harness.mutation.mutant import Behaviour, Exchange, Mutant, Piece
from harness.mutation.run import Device, MutateOptions, Mutation, behind_proxy
from harness.mutation.trial import Bench, MutantRun, run_trial
from harness.permit import Permit
from harness.spec.clauses import catalogue
from harness.spec.load import load_system
from harness.spec.model import Level
from harness.suite import load_suite
from harness.verdict import Outcome
from harness.wire.http1 import encode
from harness.wire.xmlrpc import read
from harness.wire.xmlrpc_write import encode_response

SYSTEM = load_system("tps")
assert SYSTEM.calls is not None
SYNTAX = SYSTEM.calls
BINDING = CallBinding(SYSTEM, SYNTAX)
PARSE = call_parser(BINDING)
CREATE, QUERY, STATUS = "flex.conference.create", "flex.conference.query", "flex.conference.status"


@lru_cache(maxsize=1)
def mutants() -> Mapping[str, Mutant]:
    return {one.id: one for one in mutants_of(SYSTEM)}


def request(method: str, tree: Mapping[str, Any], user: str = "admin") -> bytes:
    return encode(BINDING.request(BINDING.document(method, tree, user=(user, "secret"))))


def response(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def told(behaviour: Behaviour, line: bytes, body: bytes) -> bytes | Sequence[Piece] | None:
    """What a client gets instead of a reply; None: the reply as it is."""
    call = PARSE(line)
    assert call is not None
    reply = BINDING.reply(call, response(body), Ending.ANSWERED, -1)
    said = behaviour.reply(Exchange(connection=1, call=call, line=line, reply=reply))
    return said if said is None or len(said) != 1 else said[0].data.partition(b"\r\n\r\n")[2]


def plain(said: bytes | Sequence[Piece] | None) -> dict[str, Any]:
    assert isinstance(said, bytes)
    found = read(said).struct.plain()
    assert isinstance(found, dict)
    return found


RESOURCES = members(SYSTEM, SYSTEM.structs["participantMediaResources"].members, {})


# what the proxy reads


def test_a_request_is_the_method_and_its_members_without_the_user() -> None:
    call = PARSE(request(STATUS, {"conferenceID": "a"}))
    assert call is not None
    assert (call.operation, call.values) == (STATUS, ('conferenceID="a"',))


@pytest.mark.parametrize(
    "line",
    [
        b"GET /RPC2 HTTP/1.1\r\nHost: a\r\n\r\n",
        request(STATUS, {}).replace(b"/RPC2", b"/other"),
        request("no.such.method", {}),
        b"POST /RPC2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n<a>",
    ],
)
def test_what_calls_no_method_is_a_call_of_nothing(line: bytes) -> None:
    call = PARSE(line)
    assert call is not None
    assert call.operation == ""


def test_what_a_device_made_is_noted_with_what_removes_it() -> None:
    call = PARSE(request(CREATE, {"participantMediaResources": RESOURCES}))
    assert call is not None
    made = BINDING.reply(call, response(encode_response({"conferenceID": "new"})), Ending.ANSWERED, -1)
    assert [(one.what, one.operation, one.arguments) for one in call_notes(SYSTEM, made)] == [
        ("add", "flex.conference.destroy", ('conferenceID="new"',))
    ]
    refused = BINDING.reply(call, response(fault(SYSTEM, "operation-failed")), Ending.ANSWERED, -1)
    assert call_notes(SYSTEM, refused) == []


# which mutants there are


def test_each_breaks_a_clause_that_counts_and_has_an_id_of_its_own() -> None:
    known = catalogue(SYSTEM)
    for one in mutants().values():
        assert known[one.clause].level is not Level.MAY
        assert not known[one.clause].untested
        assert one.id.startswith(f"{one.clause}:")


def test_most_clauses_of_what_calls_take_and_replies_carry_have_one() -> None:
    broken = {one.clause for one in mutants().values()}
    unseen = [f"TPS-struct.{name}.returned." for name in SYSTEM.structs if not givers(SYSTEM, name)]  # by a proxy
    unseen += [f"TPS-{name}" for name, one in SYSTEM.operations.items() if one.call and one.call.experimental]
    known = {
        name: one
        for name, one in catalogue(SYSTEM).items()
        if one.level is Level.MUST and not one.untested and not name.startswith(("TPS-callback.", *unseen))
    }
    structural = [name for name in known if not re.fullmatch(r"TPS-[A-Z]{3}-\d{3}", name)]
    assert len([name for name in structural if name in broken]) > 0.85 * len(structural)


def test_rules_are_probed_by_every_case() -> None:
    assert {
        SYNTAX.rules["reply"],
        SYNTAX.rules["names-unique"],
        f"TPS-{QUERY}.returned.conferenceName:type",
    } <= rules_of(SYSTEM)


# what single ones do


@pytest.mark.parametrize("slip", [{"conferenceName": "a" * 81}, {"startTime": "soon"}, {"guestControlLevel": "all"}])
def test_a_call_with_one_mistake_is_taken_and_one_with_another_is_not(slip: dict[str, Any]) -> None:
    aspect = {"conferenceName": "length", "startTime": "type", "guestControlLevel": "choice"}
    (name,) = slip
    mutant = mutants()[f"TPS-{CREATE}.{name}:{aspect[name]}:taken"]
    answer = fault(
        SYSTEM,
        {"length": "string-too-long", "type": "malformed-parameter", "choice": "invalid-parameter"}[aspect[name]],
        name,
    )
    right = {"participantMediaResources": RESOURCES, **slip}
    assert "conferenceID" in plain(told(mutant.make(), request(CREATE, right), answer))
    assert told(mutant.make(), request(CREATE, {**right, "metadata": b"a" * 600}), answer) is None
    assert told(mutant.make(), request(CREATE, {"participantMediaResources": RESOURCES}), answer) is None
    assert told(mutant.make(), request(CREATE, right), fault(SYSTEM, "internal-error")) is None


def test_another_fault_is_given_for_a_mistake() -> None:
    found = [one for name, one in mutants().items() if name.startswith(f"TPS-{STATUS}.conferenceID:required:as-")]
    line = request(STATUS, {})
    assert plain(told(found[0].make(), line, fault(SYSTEM, "missing-parameter", "conferenceID")))["faultCode"] != 101
    unnamed = mutants()["TPS-FLT-004:unnamed"]
    text = plain(told(unnamed.make(), line, fault(SYSTEM, "missing-parameter", "conferenceID")))
    assert (text["faultCode"], "conferenceID" in text["faultString"]) == (101, False)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("apiVersion:missing", lambda tree: "apiVersion" not in tree),
        ("apiVersion:type:other-type", lambda tree: tree["apiVersion"] == 7),
        ("apiVersion:renamed", lambda tree: "apiVersionX" in tree and "apiVersion" not in tree),
    ],
)
def test_a_member_of_a_reply_is_spoilt_and_all_else_is_left(name: str, change: Any) -> None:
    body = success(SYSTEM, "device.query")
    before, after = (
        plain(body),
        plain(told(mutants()[f"TPS-device.query.returned.{name}"].make(), request("device.query", {}), body)),
    )
    assert change(after)
    member = name.partition(":")[0]
    assert {key: value for key, value in before.items() if not key.startswith(member)} == {
        key: value for key, value in after.items() if not key.startswith(member)
    }
    assert told(mutants()[f"TPS-device.query.returned.{name}"].make(), request("system.info", {}), body) is None


def test_a_member_of_a_nested_struct_is_spoilt_wherever_it_stands() -> None:
    mutant = mutants()["TPS-struct.conferenceInfo.returned.locked:type:other-type"]
    one = members(SYSTEM, SYSTEM.structs["conferenceInfo"].members, {})
    body = encode_response({"moreAvailable": False, "cookie": "a", "conferences": [one, one]})
    found = plain(told(mutant.make(), request("flex.conference.enumerate", {}), body))
    assert [each["locked"] for each in found["conferences"]] == [7, 7]


def test_a_number_is_outside_its_range() -> None:
    mutant = mutants()[f"TPS-{QUERY}.returned.voiceSwitchingSensitivity:range:outside"]
    said = told(
        mutant.make(), request(QUERY, {"conferenceID": "a"}), encode_response({"voiceSwitchingSensitivity": 60})
    )
    assert plain(said) == {"voiceSwitchingSensitivity": 101}


def test_what_was_set_is_shown_otherwise_for_that_object_alone() -> None:
    behaviour = mutants()[f"TPS-{CREATE}.conferenceName:shown:other"].make()
    made = request(CREATE, {"participantMediaResources": RESOURCES, "conferenceName": "board"})
    assert told(behaviour, made, encode_response({"conferenceID": "mine"})) is None
    for conference, wanted in (("mine", False), ("other", True)):
        body = encode_response({"conferenceID": conference, "conferenceName": "board"})
        said = told(behaviour, request(QUERY, {"conferenceID": conference}), body)
        assert (said is None) is wanted
        assert wanted or plain(said)["conferenceName"] != "board"


def test_a_default_is_spoilt_only_where_it_was_left_out() -> None:
    behaviour = mutants()[f"TPS-{CREATE}.waitForChair:default:other"].make()
    for conference, tree in (("with", {"waitForChair": True}), ("without", {})):
        made = request(CREATE, {"participantMediaResources": RESOURCES, **tree})
        told(behaviour, made, encode_response({"conferenceID": conference}))
        said = told(behaviour, request(QUERY, {"conferenceID": conference}), encode_response({"waitForChair": True}))
        assert (said is None) is bool(tree)


def test_harmless_ones_say_the_same() -> None:
    body = success(SYSTEM, "device.query")
    line = request("device.query", {})
    harmless = [one for name, one in mutants().items() if one.harmless and name.startswith(SYNTAX.rules["reply"])]
    assert len(harmless) >= 4
    for one in harmless:
        assert plain(told(one.make(), line, body)) == plain(body)


# against the reference server

_CASES = ("tps.device.query.success", "tps.flex.conference.query.*", "tps.user.create.success")
_TRIED = (
    "TPS-device.query.returned.apiVersion:missing",
    "TPS-flex.conference.query.conferenceID:required:taken",
    "TPS-flex.conference.query.conferenceID:type:taken",
)


@pytest.mark.slow
def test_through_the_proxy_cases_end_well_and_mutants_of_them_are_killed() -> None:
    """The control of the road: a proxy that changes nothing is not there, and what it changes is seen."""
    wanted = Mutation(MutateOptions(system="tps", select=_TRIED, seed=5), lambda _: None)
    with Device(Options(system="tps")) as device, behind_proxy(SYSTEM, device.target) as (target, proxy, ledger):
        plan = Plan(system=SYSTEM, suite=load_suite(SYSTEM), target=target, seed=5, select=_CASES)
        run = MutantRun(plan, proxy)
        control = {one.result.id: one.result for one in run.events() if isinstance(one, CaseFinished)}
        assert {Outcome.PASSED, Outcome.WARNED, Outcome.SKIPPED} >= {one.outcome for one in control.values()}
        assert control["tps.flex.conference.query.success"].outcome is Outcome.PASSED
        assert proxy.changes == 0
        bench = Bench(
            plan=plan, proxy=proxy, ledger=ledger, control=control, permit=Permit.of(target), bindings=run.bindings
        )
        fates = {one.id: run_trial(bench, one).fate for one in wanted._mutants}
    assert fates == dict.fromkeys(_TRIED, Fate.KILLED)
