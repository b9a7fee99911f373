"""The places of a case: under URIs that no run had before, what is left of others is not heard, and secrets are kept out of what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from harness.earlive import LiveEars
from harness.ending import Ending
from harness.flow import CaseInconclusive, Later
from harness.hearing import Behave, Caught, Hear, Listen, Manner
from harness.net import Deadline, Listener, connect
from harness.tests.test_ears import HOST, posted
from harness.transcript import Step


class Stage:
    """A driver's listening side with what it kept."""

    def __init__(self, *, patient: bool = False) -> None:
        self.steps: list[Step] = []
        self.live = LiveEars(self._keep, lambda data: data.replace(b"secret", b"hidden"), patient=patient)

    def _keep(self, step: Step) -> int:
        self.steps.append(step)
        return len(self.steps) - 1

    def uri(self, *, secure: bool = False) -> str:
        """A new place."""
        return self.live.listen(Listen("main", HOST, 0, "/cw/main", secure=secure), 0.0)

    def hear(self, link: str = "main", wall_s: float = 2.0) -> Caught:
        """What came."""
        found = self.live.hear(Hear(link, 1.0), 0.0, 0.0, wall_s)
        assert isinstance(found, Caught)
        return found


@pytest.fixture
def stage() -> Iterator[Stage]:
    found = Stage()
    yield found
    found.live.finish()


def post(uri: str, body: bytes, path: str = "") -> None:
    """Send a message."""
    parts = urlsplit(uri)
    with connect(parts.hostname or "", parts.port or 0, timeout_s=2.0) as link:
        link.send([posted(path or parts.path, body)], deadline=Deadline.after(2.0))
        assert link.receive(Deadline.after(2.0)).data


def test_no_two_places_have_the_same_uri(stage: Stage) -> None:
    paths = [urlsplit(stage.uri()).path for _ in range(20)]
    assert len(set(paths)) == 20
    assert all(re.fullmatch(r"/cw/main-[0-9a-f]{16}", path) for path in paths)


def test_what_is_left_of_another_case_is_heard_nowhere(stage: Stage) -> None:
    old = stage.uri()
    stage.live.finish()
    new = stage.uri()
    post(new, b"late", urlsplit(old).path)
    assert stage.hear(wall_s=0.1).ending is Ending.SILENT
    assert stage.hear("").data.endswith(b"late")


def test_secrets_are_not_kept(stage: Stage) -> None:
    post(stage.uri(), b"the secret")
    assert stage.hear().data.endswith(b"the hidden")
    assert not any(b"secret" in step.data for step in stage.steps)


def test_silence_is_no_ending_of_the_device(stage: Stage) -> None:
    stage.uri()
    assert stage.hear(wall_s=0.05).ending is Ending.SILENT
    assert stage.steps[-1].ending is None


def test_a_manner_is_changed_and_told(stage: Stage) -> None:
    uri = stage.uri()
    stage.live.behave(Behave("main", Manner.ERROR), 0.5)
    parts = urlsplit(uri)
    with connect(HOST, parts.port or 0, timeout_s=2.0) as link:
        link.send([posted(parts.path, b"")], deadline=Deadline.after(2.0))
        assert link.receive(Deadline.after(2.0)).data.startswith(b"HTTP/1.1 500")
    assert stage.steps[-1].values == {"manner": "error"}


def test_a_patient_flow_is_left_alone_until_something_comes() -> None:
    stage = Stage(patient=True)
    uri = stage.uri()
    found = stage.live.hear(Hear("main", 1.0), 0.0, 0.0, 5.0)
    assert isinstance(found, Later)
    post(uri, b"x")
    while isinstance(found, Later):
        found = found.then()
    assert found.ending is Ending.ANSWERED
    stage.live.finish()


def test_a_place_with_tls_says_so(stage: Stage) -> None:
    assert stage.uri(secure=True).startswith(f"https://{HOST}:")


def test_a_port_that_is_taken_is_inconclusive() -> None:
    stage = Stage()
    with Listener(HOST) as taken, pytest.raises(CaseInconclusive, match="listener_port"):
        stage.live.listen(Listen("main", HOST, taken.address.port, "/cw/main"), 0.0)
    stage.live.finish()


def test_an_address_of_a_gateway_is_told_and_listened_behind(stage: Stage) -> None:
    uri = stage.live.listen(Listen("main", "192.0.2.7", 0, "/cw/main"), 0.0)
    parts = urlsplit(uri)
    assert parts.hostname == "192.0.2.7"
    post(f"http://{HOST}:{parts.port}{parts.path}", b"through")
    assert stage.hear().data.endswith(b"through")
