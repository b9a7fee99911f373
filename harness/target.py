"""Target files: what to test, what may be done to it, and which of its objects may be used (DESIGN.md, Contracts).

An unknown key is an error that names the key and the nearest known one.
"""

from __future__ import annotations

import difflib
import os
import re
import ssl
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import TargetError
from harness.spec.model import Effect, FixtureKind, System

_KEYS: dict[str, tuple[type, ...]] = {
    "system": (str,),
    "name": (str,),
    "host": (str,),
    "clock_scale": (int, float),
    "timeout": (int, float),
    "rate": (int, float),
    "ports": (dict,),
    "tls": (dict,),
    "credentials": (dict,),
    "fixtures": (dict,),
    "allow": (dict,),
    "claims": (dict,),
    "dialect": (dict,),
}
_TLS = {"verify": (bool,), "ca": (str,)}
_ALLOW = ("write", "disruptive", "destructive", "slow", "load")
_FIXTURE_TYPES: dict[FixtureKind, tuple[type, ...]] = {
    FixtureKind.TEXT: (str,),
    FixtureKind.TEXTS: (str,),
    FixtureKind.INT: (int,),
    FixtureKind.INTS: (int,),
    FixtureKind.NUMBER: (int, float),
    FixtureKind.TABLE: (dict,),
}
_LISTS = (FixtureKind.TEXTS, FixtureKind.INTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """What a run may do. `slow` are cases that wait more than 15 s of wall time; `load` is load generation."""

    write: bool = False
    disruptive: bool = False
    destructive: bool = False
    slow: bool = False
    load: bool = False

    def covers(self, effect: Effect) -> bool:
        """Whether an operation of this effect may be sent."""
        return effect is Effect.READ or bool(getattr(self, effect.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One running system under test. Times in seconds, `rate` in requests a second (0: no limit); `tls` has a path as `ca`."""

    system: str
    name: str
    host: str
    ports: Mapping[str, int]
    clock_scale: float = 1.0
    timeout: float = 5.0
    rate: float = 0.0
    tls: Mapping[str, Any] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    fixtures: Mapping[str, Any] = field(default_factory=dict)
    allow: Allow = field(default_factory=Allow)
    claims: Mapping[str, Any] = field(default_factory=dict)
    dialect: Mapping[str, str] = field(default_factory=dict)

    def fixture_texts(self, key: str) -> tuple[str, ...]:
        """A fixture as texts; a single value counts as a list of one, an absent key as an empty list."""
        value = self.fixtures.get(key, ())
        return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else (str(value),)


def load_target(path: Path, systems: Mapping[str, System]) -> Target:
    """Read a target file.

    Args:
        path: the TOML file.
        systems: the known systems by id.

    Raises:
        TargetError: the file is missing or wrong; the message has file, line, key, and what to write.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise TargetError(path, "file", expected="a readable TOML file", got=str(reason)) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(place.group(1)), int(place.group(2))) if place else (None, None)
        problem = re.sub(r" \(at .*\)", "", str(error))
        raise TargetError(path, "TOML", expected="valid TOML", got=problem, line=line, column=column) from None
    return _Reader(path, text, systems).read(data)


class _Reader:
    """Checks one file; every complaint goes through `_wrong`, which finds the line."""

    def __init__(self, path: Path, text: str, systems: Mapping[str, System]) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._systems = systems

    def read(self, data: Mapping[str, Any]) -> Target:
        self._keys("", data, ("target",))
        table = data.get("target")
        if not isinstance(table, dict):
            raise self._wrong("target", "a table [target]", "none" if table is None else table)
        self._keys("target", table, tuple(_KEYS))
        for key, value in table.items():
            self._type(f"target.{key}", value, _KEYS[key])
        for key in ("system", "host"):
            if key not in table:
                raise self._wrong("target", f"the key {key!r}", "none")
        system = self._systems.get(table["system"])
        if system is None:
            raise self._wrong("target.system", f"one of {', '.join(sorted(self._systems))}", table["system"])
        for key in ("clock_scale", "timeout"):
            if key in table and not 0 < table[key] <= 1e6:
                raise self._wrong(f"target.{key}", "a number above 0", table[key])
        if not 0 <= table.get("rate", 0) <= 1e9:
            raise self._wrong("target.rate", "requests per second, 0 for no limit", table["rate"])
        return Target(
            system=table["system"],
            name=table.get("name") or table["host"],
            host=table["host"],
            clock_scale=float(table.get("clock_scale", 1.0)),
            timeout=float(table.get("timeout", 5.0)),
            rate=float(table.get("rate", 0)),
            ports=self._ports(system, table.get("ports")),
            tls=self._tls(table.get("tls", {})),
            credentials=self._credentials(table.get("credentials", {})),
            fixtures=self._fixtures(system, table.get("fixtures", {})),
            allow=self._allow(table.get("allow", {})),
            claims=table.get("claims", {}),
            dialect=self._dialect(system, table.get("dialect", {})),
        )

    def _ports(self, system: System, ports: Mapping[str, Any] | None) -> dict[str, int]:
        if ports is None:
            return {name: interface.port for name, interface in system.interfaces.items()}
        self._keys("target.ports", ports, tuple(system.interfaces))
        if not ports:
            raise self._wrong("target.ports", f"one or more of {', '.join(system.interfaces)}", "none")
        for name, port in ports.items():
            if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
                raise self._wrong(f"target.ports.{name}", "a port from 1 to 65535", port)
        return dict(ports)

    def _tls(self, tls: Mapping[str, Any]) -> dict[str, Any]:
        self._keys("target.tls", tls, tuple(_TLS))
        for key, value in tls.items():
            self._type(f"target.tls.{key}", value, _TLS[key])
        if "ca" not in tls:
            return dict(tls)
        ca = self._path.parent / tls["ca"]
        if tls.get("verify", True):
            try:
                ssl.create_default_context(cafile=ca)
            except OSError as error:  # ssl's errors are such, too
                reason = "no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
                expected = "a file with certificates (PEM), where it is not absolute beside this file"
                raise self._wrong("target.tls.ca", expected, f"{tls['ca']}: {reason}") from None
        return {**tls, "ca": str(ca)}

    def _credentials(self, table: Mapping[str, Any]) -> dict[str, str]:
        self._keys("target.credentials", table, ("user", "password"))
        result = {}
        for key, value in table.items():
            self._type(f"target.credentials.{key}", value, (str,))
            if value.startswith("env:"):
                if value[4:] not in os.environ:
                    raise self._wrong(
                        f"target.credentials.{key}", f"the environment variable {value[4:]} to be set", "unset"
                    )
                value = os.environ[value[4:]]
            result[key] = value
        return result

    def _fixtures(self, system: System, fixtures: Mapping[str, Any]) -> dict[str, Any]:
        self._keys("target.fixtures", fixtures, tuple(system.fixtures))
        for key, value in fixtures.items():
            kind = system.fixtures[key].type
            items = value if kind in _LISTS and isinstance(value, list) else [value]
            if kind in _LISTS and not isinstance(value, list):
                raise self._wrong(f"target.fixtures.{key}", "a list", value)
            for item in items:
                self._type(f"target.fixtures.{key}", item, _FIXTURE_TYPES[kind])
        self._parallel(system, fixtures)
        return dict(fixtures)

    def _parallel(self, system: System, fixtures: Mapping[str, Any]) -> None:
        groups: dict[str, tuple[str, int]] = {}
        for key, value in fixtures.items():
            group = system.fixtures[key].parallel
            if group:
                first, length = groups.setdefault(group, (key, len(value)))
                if len(value) != length:
                    raise self._wrong(
                        f"target.fixtures.{key}", f"{length} entries, as many as {first}", f"{len(value)} entries"
                    )

    def _allow(self, allow: Mapping[str, Any]) -> Allow:
        self._keys("target.allow", allow, _ALLOW)
        for key, value in allow.items():
            self._type(f"target.allow.{key}", value, (bool,))
        destructive = allow.get("destructive", False)
        return Allow(**{"disruptive": destructive, **allow})

    def _dialect(self, system: System, dialect: Mapping[str, Any]) -> dict[str, str]:
        self._keys("target.dialect", dialect, tuple(system.ambiguities))
        for key, reading in dialect.items():
            known = system.ambiguities[key].readings
            if not isinstance(reading, str) or reading not in known:
                raise self._wrong(f"target.dialect.{key}", f"one of {', '.join(known)}", reading)
        return dict(dialect)

    def _keys(self, place: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
                raise self._wrong(
                    f"{place}.{key}".lstrip("."),
                    f"a known key (the nearest is {close[0]!r})" if close else "no key",
                    key,
                )

    def _type(self, place: str, value: Any, kinds: tuple[type, ...]) -> None:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            words = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dict: "a table"}
            raise self._wrong(place, " or ".join(words[kind] for kind in kinds), value)

    def _wrong(self, place: str, expected: str, got: object) -> TargetError:
        return TargetError(self._path, place, expected=expected, got=got, line=self._line_of(place))

    def _line_of(self, place: str) -> int | None:
        """The line of a key, or of the table it should stand in; for messages only."""
        table, _, key = place.rpartition(".")
        header, found = "", None
        for number, line in enumerate(self._lines, 1):
            stripped = line.strip()
            if stripped.startswith("["):
                header = stripped.strip("[] ")
                if header == place:
                    return number
                if header == table:
                    found = number
            elif header == table and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*=", stripped):
                return number
        return found
