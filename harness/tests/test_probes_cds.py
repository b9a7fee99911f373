"""The independent probes of the monitoring messages, played against the reference server: two readers of one document must agree."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.certify import reference_server
from harness.tests.probes.cds_probes import PROBES, NotHere, Probe, play

WAIT_S = 20.0  # only a broken server, or a very busy machine, needs so long
MOST_BYTES = 64 * 1024 * 1024
# Probes that the server disagrees with although the document is on its side: what they say then, and why.
NARROWER = {
    "events-completed": (
        "NPT ",
        "the probe compares events of one segment also where another one was played in between (wound back over a border, line 1239)",
    ),
}

Exchange = Callable[[bytes], bytes]


def until_close(port: int, data: bytes) -> bytes:
    """Send on a new connection and give all that comes until its end."""
    with socket.create_connection(("127.0.0.1", port), WAIT_S) as connection:
        connection.sendall(data)
        found = bytearray()
        while chunk := connection.recv(1 << 20):
            found += chunk
            assert len(found) <= MOST_BYTES, "a reply without an end"
        return bytes(found)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], Exchange]]:
    """The fixtures of a reference server, and how to talk to it."""
    path = tmp_path_factory.mktemp("cds") / "target.toml"
    with reference_server("cds", ("--write-target", str(path))):
        target = tomllib.loads(Path(path).read_text(encoding="utf-8"))["target"]
        port = next(iter(target["ports"].values()))
        yield target["fixtures"], lambda data: until_close(port, data)


@pytest.mark.slow
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_the_server_gets_through(probe: Probe, served: tuple[dict[str, Any], Exchange]) -> None:
    """Both were made from the document alone."""
    fixtures, exchange = served
    try:
        disagreement = play(probe, fixtures, exchange)
    except NotHere:
        pytest.fail("the reference server has nothing that this probe could ask for")
    if probe.name in NARROWER:
        known, reason = NARROWER[probe.name]
        assert known in disagreement, f"not what was marked: {reason}"
    else:
        assert not disagreement, f"{probe.why}, lines {probe.lines}"


def test_names_are_used_once() -> None:
    """So that a mark means one probe."""
    names = [probe.name for probe in PROBES]
    assert len(names) == len(set(names)) > 50
    assert NARROWER.keys() <= set(names)


@pytest.mark.slow
@pytest.mark.parametrize(
    "spoil",
    [
        lambda _raw: b"",
        lambda raw: raw.replace(b"200 OK", b"500 OK").replace(b"400 ", b"200 ").replace(b"404 ", b"200 "),
        lambda raw: raw[:-3],
    ],
    ids=["nothing", "other-status", "cut"],
)
def test_a_spoiled_server_does_not(spoil: Callable[[bytes], bytes], served: tuple[dict[str, Any], Exchange]) -> None:
    """What each probe takes is not just anything."""
    fixtures, exchange = served
    kept: dict[bytes, bytes] = {}

    def spoiled(data: bytes) -> bytes:
        kept.setdefault(data, exchange(data))
        return spoil(kept[data])

    few = [probe for probe in PROBES if probe.name in ("same-again", "after-an-error", "gzip-offered")]
    assert len(few) == 3
    assert all(play(probe, fixtures, spoiled) for probe in few)
