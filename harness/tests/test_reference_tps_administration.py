"""The reference server of the TelePresence Server in users, keys, settings, records and restarts: default credentials, and the seeded faults."""

from __future__ import annotations

import re

import pytest

from harness.reference.faults import Fault
from harness.reference.tps.faults import FAULTS
from harness.reference.tps.faults_administration import TEXT
from harness.tests.tps_scene import PASSWORD, USER, FaultError, Scene
from harness.tests.tps_tour_administration import AdministrationTour

_NAMED = {name for text in TEXT.values() for name in re.findall(r"^ *([a-z0-9-]+)\*?: ", text, re.MULTILINE)}
OWN = [fault for fault in FAULTS if fault.name in _NAMED]
SERVED = ("device.query", "system.info", "flex.conference.enumerate", "cdrlog.query")


@pytest.fixture(scope="module")
def clean() -> list[object]:
    """What a device without faults says on the tour."""
    return AdministrationTour([]).seen()


@pytest.mark.parametrize("fault", OWN, ids=lambda fault: fault.name)
@pytest.mark.slow
def test_every_fault_shows(fault: Fault, clean: list[object]) -> None:
    assert AdministrationTour([fault.name]).seen() != clean


@pytest.mark.slow
def test_the_tour_says_the_same_each_time(clean: list[object]) -> None:
    assert AdministrationTour([]).seen() == clean
    assert len(OWN) >= 60
    assert sum(fault.stateful for fault in OWN) * 2 > len(OWN)


def locked(readings: dict[str, str] | None = None, version: str | None = None) -> Scene:
    """A device whose immortal administrator has the default password."""
    scene = Scene(readings=readings or {}, version=version)
    scene.call("user.create", newUserId="second", password="second-1", accessRights="administrator")
    scene.call("user.modify", currentUserId="admin", password="")
    scene.login[PASSWORD] = ""
    return scene


@pytest.mark.parametrize(
    ("reading", "code"),
    [("authorization", 14), ("privileges", 15), ("failed", 201), ("activation", 202), ("invalid", 102), ("own", 201)],
)
def test_default_credentials_are_served_in_two_methods(reading: str, code: int) -> None:
    """user.modify."""
    scene = locked({"TPS-AMB-280": reading})
    assert [code] * len(SERVED) == [scene.code(method) for method in SERVED]
    second = {USER: "second", PASSWORD: "second-1"}
    assert scene.code("device.query", second) == (0 if reading == "own" else code)
    told = {one["currentUserid"]: one.get("passwordChangeRequired") for one in scene.call("user.enumerate")["users"]}
    assert told["admin"] is True
    assert told["second"] is None
    scene.call("user.modify", currentUserId="admin", password="new-1")
    scene.login[PASSWORD] = "new-1"
    assert [0] * len(SERVED) == [scene.code(method) for method in SERVED]
    assert not [one for one in scene.call("user.enumerate")["users"] if "passwordChangeRequired" in one]


def test_passwords_of_others_may_be_told_not_to_be_due() -> None:
    told = locked({"TPS-AMB-287": "there"}).call("user.enumerate")["users"]
    assert [one["passwordChangeRequired"] for one in told] == [one["currentUserid"] == "admin" for one in told]


def test_before_4_2_nothing_is_locked() -> None:
    assert locked(version="4.1.2").code("device.query") == 0


def test_a_device_that_was_shut_down_makes_nothing_until_it_has_started_again() -> None:
    """Fault 207."""
    scene = Scene()
    kinds = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
    created = {"participantMediaResources": {**{kind: {"total": 0} for kind in kinds}, "numMediaCredits": 0}}
    scene.call("device.restart", shutdownOnly=True)
    with pytest.raises(FaultError) as refused:
        scene.call("flex.conference.create", created)
    assert refused.value.code == 207
    scene.call("device.restart")
    assert scene.call("flex.conference.create", created)["conferenceID"]
    assert scene.call("device.restartlog.query")["log"][0]["reason"] == "User requested shutdown"
