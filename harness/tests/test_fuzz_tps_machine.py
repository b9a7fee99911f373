"""The state machine of `fuzz/tps` against devices that conform, each in its own way, and against devices with one fault in their state."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from fuzz.tps.machine import TpsMachine
from fuzz.tps.models import Models
from fuzz.tps.state import StateModel
from harness.certify import Options, reference_server, target_for
from harness.ending import Ending
from harness.fuzzing.call_kit import Asked, CallTurn, Model
from harness.fuzzing.session import Session, session_on
from harness.fuzzing.testing import listening
from harness.messages.callreply import CallReply
from harness.reference.server import faults_of
from harness.spec.load import load_system
from harness.target import load_target
from harness.tests.peer_runs import PEERS, told
from harness.wire.xmlrpc_write import encode_response

SYSTEM = load_system("tps")
assert SYSTEM.calls is not None
SYNTAX = SYSTEM.calls
SEEDS = range(1, 7)
READINGS = (
    "TPS-AMB-082=expired", "TPS-AMB-085=again", "TPS-AMB-097=method", "TPS-AMB-145=lost", "TPS-AMB-145=refused", "TPS-AMB-147=refused",
    "TPS-AMB-148=failed", "TPS-AMB-250=all", "TPS-AMB-274=api-only", "TPS-AMB-276=one", "TPS-AMB-281=accepted", "TPS-AMB-284=absent",
)  # fmt: skip
# Faults that need several calls to show.
REFERENCE = (
    "participants-outlive-conference", "metadata-flag-stays", "id-takes-rights", "old-id-works", "old-password-works", "rights-late",
    "name-cleared",
)  # fmt: skip
# Device, its fault, and a clause that it breaks.
FOUND = (
    ("alder", "destroy-keeps-participants", ("TPS-CON-010", "TPS-ENM-001", "TPS-ENM-002")),  # by a query, or by a list
    ("alder", "important-kept", ("TPS-PRT-032",)),
    ("birch", "user-modify-clears-password", ("TPS-USR-015",)),
    ("birch", "user-renamed-old-id", ("TPS-USR-004",)),
)


def trouble(session: Session, *, examples: int = 20, seeds: range = SEEDS) -> str:
    """What the machine finds on a target; "" if nothing."""
    TpsMachine.session = session
    TpsMachine.calls = 0
    how = settings(
        max_examples=examples, stateful_step_count=40, deadline=None, database=None, phases=[Phase.generate], report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with listening() as heard:
        try:
            for number in seeds:
                run_state_machine_as_test(seed(number)(TpsMachine), settings=how)
        except (AssertionError, Flaky) as error:  # flaky: the device does not fail each time
            return "\n".join(heard.first.values()) or repr(error)
    assert TpsMachine.calls > 50
    assert session.undo() == []
    return ""


@contextmanager
def reference(*options: str) -> Iterator[Session]:
    """The bundled server."""
    with (
        target_for(Options(system="tps", serve_options=options)) as target,
        session_on(target, seed=0, ours=True) as session,
    ):
        yield session


@contextmanager
def peer(name: str, path: Path, *options: str) -> Iterator[Session]:
    """One of the independent servers."""
    command = [
        sys.executable,
        str(PEERS / f"tps_{name}.py"),
        "--write-target",
        str(path),
        "--clock-scale",
        "50",
        *options,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("READY")
        with session_on(load_target(path, {"tps": SYSTEM}), seed=0, ours=True) as session:
            yield session
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("reading", ["", *READINGS])
def test_no_reading_that_the_document_supports_is_called_a_fault(reading: str) -> None:
    with reference(*(("--reading", reading) if reading else ())) as session:
        assert "" == trouble(session, examples=10, seeds=range(1, 2))


def personalities() -> list[tuple[str, str]]:
    """Some of the conforming ways to start the peers."""
    return [(name, one["name"]) for name in ("alder", "birch") for one in told("tps", name, "personalities")[::30]]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "personality"), personalities(), ids=str)
def test_no_conforming_peer_is_blamed(name: str, personality: str, tmp_path: Path) -> None:
    with peer(name, tmp_path / "t.toml", "--personality", personality) as session:
        assert "" == trouble(session, examples=10, seeds=range(1, 2))


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCE)
def test_faults_in_the_state_are_found_and_a_clause_of_theirs_named(name: str) -> None:
    fault = next(fault for fault in faults_of("tps") if fault.name == name)
    with reference("--fault", name) as session:
        found = trouble(session)
    clauses = {*fault.clauses, *_SHOWN.get(name, ())}
    assert any(clause in found for clause in clauses), found or "nothing found"


_SHOWN = {"name-cleared": ("TPS-user.create.name:shown",)}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fault", "clauses"), FOUND, ids=[row[1] for row in FOUND])
def test_faults_of_peers_are_found(name: str, fault: str, clauses: tuple[str, ...], tmp_path: Path) -> None:
    with peer(name, tmp_path / "t.toml", "--fault", fault) as session:
        found = trouble(session)
    assert any(clause in found for clause in clauses), found or "nothing found"


@pytest.mark.slow
def test_the_machine_runs_under_pytest_and_keeps_to_the_permit(tmp_path: Path) -> None:
    """`pytest fuzz/tps/test_machine.py --target FILE`: it is skipped where nothing may be written."""
    path = tmp_path / "target.toml"
    with reference_server("tps", ("--write-target", str(path), "--clock-scale", "50")):
        for allowed, said in ((True, "1 passed"), (False, "1 skipped")):
            path.write_text(path.read_text().replace("write = true", f"write = {str(allowed).lower()}"))
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "fuzz/tps/test_machine.py",
                "--target",
                str(path),
            ]
            done = subprocess.run(
                [*command, "--hypothesis-profile", "quick"],
                capture_output=True,
                text=True,
                check=False,
                cwd=Path(__file__).parents[2],
            )
            assert said in done.stdout, done.stdout + done.stderr


# the reference model alone


class Talk:
    """Calls that were answered so, without a device, as one model sees them."""

    def __init__(self, model: Model | None = None) -> None:
        self.model = model or StateModel(SYSTEM)
        self.model.begin()

    def say(
        self, method: str, sent: dict[str, object], answer: dict[str, object] | None = None, *, plain: bool = True
    ) -> list[str]:
        """What is broken when a call succeeds and tells this."""
        body = encode_response(answer if answer is not None else {"status": "operation successful"})  # type: ignore[arg-type]
        reply = CallReply(syntax=SYNTAX, method=method, ending=Ending.ANSWERED, sent=sent, body=body)  # type: ignore[arg-type]
        asked = Asked(raw=b"", method=method, members=sent, success=True, plain=plain)
        return [one.id for one in self.model.see(CallTurn(asked=asked, reply=reply))]


def room(talk: Talk, name: str = "c1", **more: object) -> None:
    """A conference of this id."""
    assert talk.say("flex.conference.create", more, {"conferenceID": name}) == []


def person(talk: Talk, name: str, where: str = "c1") -> None:
    """A participant that waits to be called."""
    sent: dict[str, object] = {"conferenceID": where, "calls": [{"URI": "1", "callBandwidth": 1}]}
    assert talk.say("flex.participant.create", sent, {"participantID": name}) == []


def test_participants_go_with_their_conference() -> None:
    """TPS-CON-010."""
    talk = Talk()
    room(talk)
    person(talk, "p1")
    assert talk.say("flex.conference.destroy", {"conferenceID": "c1"}) == []
    told_of: dict[str, object] = {"participantID": "p1", "conferenceID": "c1"}
    assert talk.say("flex.participant.query", {"participantID": "p1"}, dict(told_of)) == ["state.gone"]
    page: dict[str, object] = {"participants": [dict(told_of)], "cookie": "x", "moreAvailable": False}
    assert talk.say("flex.participant.enumerate", {}, page) == ["state.list.participant.gone"]


def test_one_participant_is_important() -> None:
    """TPS-PRT-033."""
    talk = Talk()
    room(talk)
    for name in ("p1", "p2"):
        person(talk, name)
        assert talk.say("flex.participant.setImportant", {"participantID": name}) == []
    assert (
        talk.say("flex.participant.status", {"participantID": "p2"}, {"participantID": "p2", "important": True}) == []
    )
    told_of: dict[str, object] = {"participantID": "p1", "important": True}
    assert talk.say("flex.participant.status", {"participantID": "p1"}, told_of) == ["state.important"]
    assert talk.say("flex.participant.destroy", {"participantID": "p2"}) == []
    row: dict[str, object] = {"conferenceID": "c1", "conferenceName": "", "locked": False, "importantID": "p2"}
    page: dict[str, object] = {"conferences": [row], "cookie": "x", "moreAvailable": False}
    assert talk.say("flex.conference.enumerate", {}, page) == ["state.important"]


def test_lists_over_pages_and_deletions() -> None:
    """TPS-ENM-001, TPS-ENM-003, TPS-ENM-004."""
    talk = Talk()
    for name in ("c1", "c2", "c3"):
        room(talk, name)

    def page(*names: str, cookie: str = "k", more: bool = False) -> dict[str, object]:
        rows = [{"conferenceID": name, "locked": False} for name in names]
        return {"conferences": rows, "cookie": cookie, "moreAvailable": more}

    listing, deletions = "flex.conference.enumerate", "flex.conference.deletions.enumerate"
    assert talk.say(listing, {}, page("c1", more=True)) == []
    assert talk.say(listing, {"cookie": "k"}, page("c3")) == ["state.list.conference"]
    assert talk.say(listing, {}, page("c1", more=True)) == []
    assert talk.say(listing, {"cookie": "k"}, page("c3", "c2")) == []
    assert talk.say(deletions, {}, {"conferenceIDs": ["c9"], "cookie": "d", "moreAvailable": False}) == [
        "state.deletions.conference.first"
    ]
    assert talk.say("flex.conference.destroy", {"conferenceID": "c2"}) == []
    assert talk.say(deletions, {"cookie": "d"}, {"conferenceIDs": ["c9"], "cookie": "e", "moreAvailable": False}) == [
        "state.deletions.conference"
    ]
    assert talk.say(deletions, {"cookie": "e"}, {"conferenceIDs": [], "cookie": "f", "moreAvailable": False}) == []


def test_users_in_lists() -> None:
    """TPS-USR-002, TPS-USR-009."""
    talk = Talk()
    user = {"newUserId": "ann", "password": "p", "accessRights": "apiOnly", "name": "Ann"}
    assert talk.say("user.create", dict(user)) == []
    row = {"currentUserid": "ann", "name": "Ann", "immortal": False, "accessRights": "apiOnly"}
    assert talk.say("user.enumerate", {}, {"users": [row], "moreAvailable": False}) == []
    assert "state.list.user" in talk.say("user.enumerate", {}, {"users": [], "moreAvailable": False})
    twice = {"users": [row], "enumerateID": "t", "moreAvailable": True}
    assert talk.say("user.enumerate", {}, dict(twice)) == []
    assert talk.say("user.enumerate", {"enumerateID": "t"}, dict(twice)) == ["state.list.user.once"]
    assert talk.say("user.modify", {"currentUserId": "ann", "accessRights": "none"}) == []
    assert "state.user" in talk.say("user.enumerate", {}, {"users": [row], "moreAvailable": False})
    assert talk.say("user.destroy", {"currentUserId": "ann"}) == []
    assert "state.list.user.gone" in talk.say("user.enumerate", {}, {"users": [row], "moreAvailable": False})


def test_what_may_end_by_itself_need_not_be_there() -> None:
    """TPS-CON-018."""
    talk = Talk()
    room(talk, duration=60)
    page: dict[str, object] = {"conferences": [], "cookie": "k", "moreAvailable": False}
    assert talk.say("flex.conference.enumerate", {}, page) == []


def test_all_models_are_asked() -> None:
    """What was set is shown, what is so after what was done, and what is listed."""
    talk = Talk(Models(SYSTEM))
    room(talk, conferenceName="one")
    assert talk.say(
        "flex.conference.query", {"conferenceID": "c1"}, {"conferenceID": "c1", "conferenceName": "two"}
    ) == ["shown.conferenceName"]
    empty: dict[str, object] = {"conferences": [], "cookie": "k", "moreAvailable": False}
    assert talk.say("flex.conference.enumerate", {}, empty) == ["state.list.conference", "lists.lost"]


def test_calls_on_users_leave_conferences_known() -> None:
    """TPS-ENM-001."""
    talk = Talk(Models(SYSTEM))
    room(talk, conferenceName="one")
    assert talk.say("user.create", {"newUserId": "ann", "password": "p", "accessRights": "apiOnly"}) == []
    assert talk.say("user.destroy", {"currentUserId": "ann"}) == []
    empty: dict[str, object] = {"conferences": [], "cookie": "k", "moreAvailable": False}
    assert "lists.lost" in talk.say("flex.conference.enumerate", {}, empty)


def test_what_is_gone_does_not_answer_whatever_else_is_open() -> None:
    """TPS-CON-010."""
    talk = Talk()
    room(talk)
    person(talk, "p1")
    assert talk.say("flex.conference.destroy", {"conferenceID": "c1"}) == []
    told_of: dict[str, object] = {"participantID": "p1", "conferenceID": "c1"}
    assert talk.say("flex.participant.query", {"participantID": "p1"}, told_of, plain=False) == ["state.gone"]
