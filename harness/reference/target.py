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
    claims: Mapping[str, str] | None = None,
    authority: str = "",
) -> str:
    """A target file (TOML) that permits everything.

    Args:
        system: id of the system.
        host: address it listens on.
        clock_scale: device seconds over wall seconds.
        ports: interface -> port.
        fixtures: fixture key -> text, number, list of these, or table.
        credentials: user and password; none where the system asks for none.
        claims: what the device says of itself.
        authority: file of who has signed its certificate; none where it has no TLS.
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
        **({"target.tls": {"verify": True, "ca": authority}} if authority else {}),
        **({"target.credentials": credentials} if credentials else {}),
        **({"target.claims": claims} if claims else {}),
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
    _write(path, text.encode())


def write_authority(target: Path, certificate: bytes) -> str:
    """Write who has signed a server's certificate (PEM) beside a target file; gives the name of the file."""
    path = target.with_suffix(".ca.pem")
    _write(path, certificate)
    return path.name


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(data)
    aside.replace(path)
