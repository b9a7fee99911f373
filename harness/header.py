"""The header of a run's record: everything that decides what the run does."""

from __future__ import annotations

from datetime import UTC, datetime

from harness import __version__
from harness.disguise import presentable
from harness.events import RunStarted
from harness.permit import Permit
from harness.spec.model import System
from harness.target import Target


def header(
    system: System, target: Target, permit: Permit, *, profile: str, seed: int, planned: int = 0, select: str = ""
) -> RunStarted:
    """The header of a run that begins now."""
    credentials, fixtures = presentable(target)
    return RunStarted(
        tool=f"clausewise {__version__}",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        systems=(system.system,),
        specs={
            system.system: {
                "title": system.title,
                "document": system.document.file,
                "sha256": system.document.sha256,
            }
        },
        target={
            "system": target.system,
            "name": target.name,
            "host": target.host,
            "ports": dict(target.ports),
            "clock_scale": target.clock_scale,
            "timeout": target.timeout,
            "rate": target.rate,
            "credentials": credentials,
            "fixtures": fixtures,
            "dialect": dict(target.dialect),
        },
        claims=dict(target.claims),
        permit={name: getattr(permit.allow, name) for name in permit.allow.__slots__},
        profile=profile,
        seed=seed,
        planned=planned,
        select=select,
    )
