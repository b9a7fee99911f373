"""The fuzzer of cds: what the engine asks of a system, answered."""

from __future__ import annotations

from fuzz.cds import grammar
from fuzz.cds.bytes import Line, requests_of
from fuzz.cds.rules import KEEPS, rules
from harness.fuzzing.http_kit import Asked, HttpKit, Turn
from harness.target import Target


class Reader:
    """The grammar of requests, told what a target file knows."""

    def __init__(self, target: Target) -> None:
        fixtures = target.fixtures
        since, until = fixtures.get("data_from"), fixtures.get("data_to")
        known = isinstance(since, int) and isinstance(until, int)
        self._facts = grammar.Facts(
            since=since if known and isinstance(since, int) else 0,
            until=until if known and isinstance(until, int) else 0,
            streams=frozenset(target.fixture_texts("completed_stream_ids")),
            groups=frozenset(target.fixture_texts("service_groups")),
            servers=frozenset(target.fixture_texts("server_ids")),
        )

    def read(self, data: bytes) -> tuple[list[Asked], bytes]:
        """See `harness.fuzzing.http_kit.Reads`."""
        found, rest = requests_of(data)
        return [
            grammar.asked(one, self._facts) if isinstance(one, Line) else Asked(raw=one, whole=False, anything=True)
            for one in found
        ], rest

    def learn(self, turn: Turn) -> None:
        """Nothing: what a device says of its time is not known to be right."""


def cut(data: bytes) -> tuple[list[bytes], bytes]:
    """Requests as they stand in what was sent, and what is not whole yet."""
    found, rest = requests_of(data)
    return [one.raw if isinstance(one, Line) else one for one in found], rest


def strains(data: bytes) -> tuple[str, ...]:
    """The clauses about requests that these bytes put to use."""
    found = {"CDS-REQ-004"} if b"%" in data else set()
    return tuple(sorted(found))


KIT = HttpKit(
    system="cds",
    cut=cut,
    strains=strains,
    end=b"\r\n\r\n",
    reader=Reader,
    rules=rules,
    keeps=KEEPS,
    probe="Version",
    large=frozenset({"ContentState"}),
)
