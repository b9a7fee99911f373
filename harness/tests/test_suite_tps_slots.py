"""The cases about feedback receivers leave those of other people alone, slot 1 too, which a call without an index overwrites."""

from __future__ import annotations

import xmlrpc.client
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.certify import reference_clock, reference_server
from harness.engine import Plan, Run
from harness.events import CaseFinished
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import load_target
from harness.verdict import Outcome

SELECT = ("tps.receiver*", "tps.feedbackReceiver*", "tps.kept.receiver", "tps.event.everybody")
THEIRS = (1, 5, 20)


@pytest.mark.slow
def test_receivers_of_others_stay_as_they_are(tmp_path: Path) -> None:
    system = load_system("tps")
    path = tmp_path / "target.toml"
    with reference_server("tps", ("--write-target", str(path), "--clock-scale", str(reference_clock(system)))):
        target = replace(load_target(path, {"tps": system}), timeout=3.0)
        device: Any
        with xmlrpc.client.ServerProxy(f"http://{target.host}:{target.ports['http']}/RPC2") as device:
            user, password = target.credentials["user"], target.credentials["password"]
            known = {"authenticationUser": user, "authenticationPassword": password}
            for slot in THEIRS:
                uri = f"http://127.0.0.1:9/{slot}"
                device.feedbackReceiver.configure(
                    {**known, "receiverURI": uri, "receiverIndex": slot, "subscribedEvents": ["restart"]}
                )
            rows = [device.feedbackReceiver.status({**known, "receiverIndex": slot}) for slot in THEIRS]
            plan = Plan(system=system, suite=load_suite(system), target=target, seed=1, select=SELECT)
            results = [
                event.result for event in Run(plan, lambda _transcript: "").events() if isinstance(event, CaseFinished)
            ]
            assert [slot["index"] for slot in device.feedbackReceiver.query(known)["receivers"]] == list(THEIRS)
            assert [device.feedbackReceiver.status({**known, "receiverIndex": slot}) for slot in THEIRS] == rows
    outcomes = {result.outcome for result in results}
    assert outcomes <= {Outcome.PASSED, Outcome.SKIPPED}
    assert [result.id for result in results if result.id == "tps.receiver.chosen" and result.outcome is Outcome.PASSED]
