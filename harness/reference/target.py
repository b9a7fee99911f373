"""The target file of a running reference server, so that `certify --target` finds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

# Seconds for one reply. The server answers at once; this is room for a busy machine.
TIMEOUT_S = 2.0


def target_text(
    *,
    system: str,
    host: str,
    clock_scale: float,
    ports: Mapping[str, int],
    fixtures: Mapping[str, object],
    credentials: Mapping[str, str],
    self_signed: bool = False,
) -> str:
    """A target file (TOML) that permits everything.

    Args:
        system: id of the system.
        host: address it listens on.
        clock_scale: device seconds over wall seconds.
        ports: interface -> port.
        fixtures: fixture key -> text, number, list of these, or table.
        credentials: user and password; none where the system asks for none.
        self_signed: its certificate is one that nobody knows.
    """
    tables: dict[str, Mapping[str, object]] = {
        "target": {
            "system": system,
            "name": f"reference-{system}",
            "host": host,
            "clock_scale": float(clock_scale),
            "timeout": TIMEOUT_S,
        },
        "target.ports": ports,
        **({"target.tls": {"verify": False}} if self_signed else {}),
        **({"target.credentials": credentials} if credentials else {}),
        "target.fixtures": fixtures,
        "target.allow": dict.fromkeys(("write", "disruptive", "destructive", "slow", "load"), True),
    }
    parts = []
    for table, values in tables.items():
        parts.append(f"[{table}]")
        parts.extend(f"{key} = {_toml(value)}" for key, value in values.items())
        parts.append("")
    return "\n".join(parts)


def _toml(value: object) -> str:
    """A value as TOML writes it: JSON's texts, numbers, lists and booleans are TOML's too, but not its halves of characters."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_toml(one)}' for key, one in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def write_target(path: Path, text: str) -> None:
    """Write the file whole: a reader that waits for it never sees half of it."""
    aside = path.with_name(path.name + ".part")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)
