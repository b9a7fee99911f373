"""The suite against three other servers of the same document, written by people who saw only the document.

Each has choices where the document leaves one, all of which conform, and single faults, each with the lines of the document
that it breaks. Suite and reference server come from one spec and would share a misreading; these do not.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from harness.tests.peer_runs import caught, run_against, told
from harness.tests.thorough import some
from harness.verdict import Outcome

# Faults that a reading of the document permits after all, with the reason. They may warn and must not fail.
PERMITTED = {
    ("alder", "echo-raw-line-feed"): "a message that repeats a line feed raw is HMP-AMB-063",
    ("alder", "title-trimmed"): "a title of spaces may count as empty, HMP-AMB-066",
    ("cedar", "mark_finished"): "a finished recording may take HotMarks, HMP-AMB-018",
}
# Conforming variants that are not played, with the reason.
NOT_PLAYED = {
    "slow": "takes minutes",
    "small_segments": "takes minutes",
    "burst": "takes minutes",
    "exclusive_sources": "every source of its target file is taken, so none can be added and little can be tested",
}
# Faults whose peer cites a heading or a neighbouring line instead of the statement.
LINES = {("alder", "backslash-space-joins"): [343]}


def conforming() -> list[tuple[str, tuple[str, ...]]]:
    """Conforming ways to start a peer, some of them."""
    choices = [
        ("alder", ("--choice", f"{name}={value}"))
        for name, choice in told("hmp", "alder", "--list-choices").items()
        for value in choice["values"]
        if value != choice["default"]
    ]
    profiles = [
        ("birch", ("--profile", profile if isinstance(profile, str) else profile["name"]))
        for profile in told("hmp", "birch", "--list-profiles")
    ]
    variants = [
        ("cedar", ("--variant", one["name"]))
        for one in told("hmp", "cedar", "--list-variants")
        if one["name"] not in NOT_PLAYED
    ]
    return some([("alder", ()), *profiles, *choices, *variants], 2)


def faults() -> list[tuple[str, dict[str, Any]]]:
    """Every fault of both peers."""
    return [(peer, fault) for peer in ("alder", "birch", "cedar") for fault in told("hmp", peer, "--list-faults")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("peer", "arguments"),
    conforming(),
    ids=lambda value: value if isinstance(value, str) else " ".join(value[1:]) or "default",
)
def test_no_conforming_peer_fails(peer: str, arguments: tuple[str, ...]) -> None:
    """A device whose choices differ wherever the document leaves one conforms."""
    # A disk without room holds not every case's recordings, and a busy machine may miss the tenths of a second of HotMarks.
    short_of_room = "small_disk" in arguments
    assert [] == [
        f"{result.id}: {result.message}"
        for result in run_against("hmp", peer, arguments)
        if result.outcome in (Outcome.FAILED, Outcome.ERROR)
        or (result.outcome is Outcome.INCONCLUSIVE and not short_of_room and ".hotmark." not in result.id)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("peer", "fault"), faults(), ids=lambda value: value if isinstance(value, str) else value["name"]
)
def test_each_fault_of_a_peer_is_caught_and_its_clause_named(peer: str, fault: dict[str, Any]) -> None:
    """Or, where a reading permits what the peer calls a fault, nothing fails."""
    lines = LINES.get((peer, fault["name"]), fault["lines"])
    if (peer, fault["name"]) in PERMITTED:
        with closing(run_against("hmp", peer, ("--fault", fault["name"]))) as results:  # type: ignore[type-var]
            assert not any(result.outcome is Outcome.FAILED for result in results)
    else:
        assert caught("hmp", peer, fault["name"], lines), f"{fault['description']} ({lines})"
