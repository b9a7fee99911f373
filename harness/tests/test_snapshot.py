"""The end state of a run: not compared where the run did what nothing undoes."""

from __future__ import annotations

from harness.flow import CaseSkipped
from harness.snapshot import end_state_case
from harness.tests.calls_scene import DONE, Device, by_table, dut_for, ended


def test_the_end_state_is_not_compared_behind_a_call_that_nothing_undoes() -> None:
    device, dut = Device(by_table({"device.restart": DONE})), dut_for()
    assert dut.upset == ""
    assert ended(dut.call("device.restart"), device) is None
    assert dut.upset == "device.restart was called"
    end = ended(end_state_case("tps").flow(dut), device)
    assert isinstance(end, CaseSkipped)
    assert "device.restart" in str(end)


def test_a_call_whose_reply_got_lost_may_have_been_done() -> None:
    device, dut = Device(by_table({"device.restart": DONE}), dead=1), dut_for()
    ended(dut.call("device.restart"), device)
    assert dut.upset == "device.restart was called"
    assert len(device.sent) == 1


def test_a_call_that_is_refused_upsets_nothing() -> None:
    device, dut = Device(by_table({"device.restart": (14, "authorization failed")})), dut_for()
    ended(dut.call("device.restart"), device)
    assert dut.upset == ""


def test_what_can_be_undone_upsets_nothing() -> None:
    table = {"flex.conference.create": {"conferenceID": "c1"}, "flex.conference.destroy": DONE}
    device, dut = Device(by_table(table)), dut_for()
    assert ended(dut.call("flex.conference.create"), device) is None
    assert ended(dut.call("flex.conference.destroy", {"conferenceID": "c1"}), device) is None
    assert dut.upset == ""
