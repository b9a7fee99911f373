"""The suite against three other servers of the same document, written by people who saw only the document.

Each has choices where the document leaves one, all of which conform, and single faults, each with the lines of the document
that it breaks. Suite and reference server come from one spec and would share a misreading; these do not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from harness.certify import REFERENCE_CLOCK
from harness.engine import Plan, Run
from harness.events import CaseFinished
from harness.spec.clauses import ClauseEntry, catalogue
from harness.spec.load import load_system
from harness.suite import load_suite
from harness.target import load_target
from harness.verdict import CaseResult, Outcome

PEERS = Path(__file__).parent / "peers"
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


def run_against(peer: str, arguments: Sequence[str]) -> Iterator[CaseResult]:
    """The results of a run against a peer, one after the other; the peer lives as long as the iterator."""
    system = load_system("hmp")
    with tempfile.TemporaryDirectory(prefix="clausewise-peer-") as folder:
        path = Path(folder) / "target.toml"
        command = [
            sys.executable,
            str(PEERS / f"hmp_{peer}.py"),
            "--write-target",
            str(path),
            "--clock-scale",
            str(REFERENCE_CLOCK),
            *arguments,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("READY")
            plan = Plan(system=system, suite=load_suite(system), target=load_target(path, {"hmp": system}), seed=1)
            for event in Run(plan, lambda _transcript: "").events():
                if isinstance(event, CaseFinished):
                    yield event.result
        finally:
            process.kill()
            process.communicate()


@lru_cache(maxsize=8)
def told(peer: str, question: str) -> Any:
    """What a peer says of itself, as JSON."""
    return json.loads(
        subprocess.run(
            [sys.executable, str(PEERS / f"hmp_{peer}.py"), question], capture_output=True, check=True
        ).stdout
    )


def conforming() -> list[tuple[str, tuple[str, ...]]]:
    """Every conforming way to start a peer."""
    choices = [
        ("alder", ("--choice", f"{name}={value}"))
        for name, choice in told("alder", "--list-choices").items()
        for value in choice["values"]
        if value != choice["default"]
    ]
    profiles = [
        ("birch", ("--profile", profile if isinstance(profile, str) else profile["name"]))
        for profile in told("birch", "--list-profiles")
    ]
    variants = [
        ("cedar", ("--variant", one["name"]))
        for one in told("cedar", "--list-variants")
        if one["name"] not in NOT_PLAYED
    ]
    return [("alder", ()), *profiles, *choices, *variants]


def faults() -> list[tuple[str, dict[str, Any]]]:
    """Every fault of both peers."""
    return [(peer, fault) for peer in ("alder", "birch", "cedar") for fault in told(peer, "--list-faults")]


@lru_cache(maxsize=1)
def clauses() -> dict[str, ClauseEntry]:
    """The clause catalogue."""
    return catalogue(load_system("hmp"))


def cites(result: CaseResult, lines: Sequence[int]) -> bool:
    """Whether a failed case contradicts a clause that is stated in one of these lines."""
    spans = [source.lines for name in result.broken if name in clauses() for source in clauses()[name].sources]
    return result.outcome is Outcome.FAILED and any(first <= line <= last for first, last in spans for line in lines)


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
        for result in run_against(peer, arguments)
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
    with closing(run_against(peer, ("--fault", fault["name"]))) as results:  # type: ignore[type-var]
        if (peer, fault["name"]) in PERMITTED:
            assert not any(result.outcome is Outcome.FAILED for result in results)
        else:
            assert any(cites(result, lines) for result in results), f"{fault['description']} ({lines})"
