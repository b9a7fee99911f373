"""The seeded faults of the TelePresence Server reference server, each wrong under every reading of the spec's ambiguities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.reference.faults import Fault, Group
from harness.reference.tps.faults_administration import TEXT as ADMINISTRATION
from harness.reference.tps.faults_common import TEXT
from harness.reference.tps.faults_life import TEXT as LIFE
from harness.reference.tps.faults_meetings import TEXT as MEETINGS


def _faults(texts: Mapping[Group, str]) -> Iterator[Fault]:
    for group, text in texts.items():
        for line in text.strip().splitlines():
            name, clauses, about = line.strip().split(": ", 2)
            yield Fault(
                name=name.rstrip("*"),
                clauses=tuple(clauses.split()),
                about=about,
                group=group,
                stateful=name.endswith("*"),
            )


FAULTS = (*_faults(TEXT), *_faults(MEETINGS), *_faults(LIFE), *_faults(ADMINISTRATION))
