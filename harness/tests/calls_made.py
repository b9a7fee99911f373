"""A small spec of methods that are called with structs, complete enough that lint finds nothing in it."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.spec.callmodel import Slip
from harness.spec.lint_calls import CALL_RULES
from harness.spec.model import System

SOURCE = {"section": "Made", "lines": [1, 2], "word": "made"}
_OPEN = {"faults": {"one": "invalid", "other": "range"}, "ambiguity": "MAD-AMB-001", "clause": "MAD-ALL-001"}
_PLAIN = {"fault": "invalid", "clause": "MAD-ALL-001"}


def _scalars() -> dict[str, Any]:
    return {
        "id": {"base": "string", "maximum": 50},
        "name": {"base": "string", "maximum": 8, "open": {"length": "MAD-AMB-002"}},
        "pin": {"base": "string", "maximum": 4, "alphabet": "0123456789", "examples": ["12"]},
        "word": {"base": "string", "choices": ["low", "high"], "since": {"high": "2.0"}},
        "flag": {"base": "boolean"},
        "count": {"base": "int", "minimum": 0},
        "slot": {"base": "int", "minimum": -5, "maximum": 20, "gaps": [0]},
        "data": {"base": "base64", "maximum": 3},
        "uri": {"base": "string", "form": "http-uri", "examples": ["http://192.0.2.1/"]},
        "when": {"base": "dateTime"},
    }


def _make() -> dict[str, Any]:
    """A method that makes a room, with a member of each kind."""
    return {
        "makes": "roomID",
        "takes": {
            "name": {"type": "name", "default": ""},
            "level": {"type": "word", "default": "low", "changed": [{"version": "2.0", "default": "high"}]},
            "seats": {"type": "count", "unlimited": "seatsUnlimited"},
            "seatsUnlimited": {"type": "flag", "default": "true"},
            "credits": {"type": "count", "rounded": {"method": "room.query", "member": "levels", "clause": "MAD-ALL-001"}},
            "gain": {"type": "slot", "ignored": {"unless": {"level": ["high"]}, "clause": "MAD-ALL-001"}},
            "doors": {"struct": "door", "array": True, "required": True, "least": 1, "most": 2},
            "extra": {"type": "data", "since": "2.0", "until": "3.0", "hidden": True},
        },
        "returns": {
            "roomID": {"type": "id", "object": "room"},
            "name": {"type": "name", "echo": "name", "present": {"filled": True}},
        },
        "needs": [{"groups": [["seats"], ["seatsUnlimited"]], "errors": ["invalid"], "clause": "MAD-ALL-001", "source": SOURCE}],
        "faults": {"range": {"clause": "MAD-ALL-001"}, "full": {"faults": {"one": "invalid", "other": "range"}, "ambiguity": "MAD-AMB-001"}},
        "shown": [{"method": "room.query", "by": {"roomID": "returned.roomID"}}],
    }  # fmt: skip


def _query() -> dict[str, Any]:
    return {
        "takes": {"roomID": {"type": "id", "object": "room", "required": True}},
        "returns": {
            "name": {"type": "name", "present": {"filled": True}},
            "level": {"type": "word"},
            "seats": {"type": "count", "present": {"lacks": "seatsUnlimited"}},
            "seatsUnlimited": {"type": "flag", "always": "true", "present": {"lacks": "seats"}},
            "credits": {"type": "count", "absent": "MAD-AMB-003"},
            "levels": {"type": "count", "array": True},
            "gain": {"type": "slot", "present": {"beside": {"level": ["high"]}}},
            "since": {"type": "when", "optional": True},
            "page": {"type": "uri", "optional": True},
            "doors": {"struct": "door", "array": True, "blank": True},
            "version": {"type": "id"},
        },
    }


def _list() -> dict[str, Any]:
    return {
        "takes": {"cookie": {"type": "id"}, "max": {"type": "count"}, "wide": {"type": "flag", "default": "false"}},
        "returns": {
            "cookie": {"type": "id"},
            "more": {"type": "flag"},
            "rooms": {"struct": "row", "array": True, "present": {"asked": {"wide": ["false"]}}},
        },
        "listing": {
            "cookie": "cookie",
            "more": "more",
            "limit": "max",
            "items": ["rooms"],
            "key": "roomID",
            "object": "room",
        },
        "callback": "told",
    }


def _operation(effect: str, call: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"section": "Rooms", "effect": effect, "success": SOURCE, "call": call, **more}


def _parts() -> dict[str, Any]:
    undo = {"operation": "room.end", "arguments": ["roomID={returned.roomID}"]}
    end = {"takes": {"roomID": {"type": "id", "object": "room", "required": True}}, "ends": "roomID"}
    set_ = {
        "takes": {"roomID": {"type": "id", "object": "room", "required": True}, "level": {"type": "word"}},
        "shown": [{"method": "room.query", "by": {"roomID": "taken.roomID"}, "kept": True}],
    }
    back = {"operation": "room.set", "arguments": ["roomID={taken.roomID}", "{before}"]}
    return {
        "operations": {
            "room.make": _operation("write", _make(), undo=undo),
            "room.query": _operation("read", _query()),
            "room.list": _operation("read", _list()),
            "room.end": _operation("write", end),
            "room.set": _operation("write", set_, undo=back),
        },
        "structs": {
            "door": {
                "members": {
                    "pin": {"type": "pin"},
                    "open": {"type": "flag", "required": True},
                    "guard": {"struct": "guard", "optional": True},
                },
                "needs": [
                    {"groups": [["pin"]], "when": {"open": ["false"]}, "errors": ["missing"], "clause": "MAD-ALL-001", "source": SOURCE}
                ],
            },
            "guard": {"members": {"name": {"type": "name"}}},
            "row": {"members": {"roomID": {"type": "id", "object": "room"}, "busy": {"type": "flag", "present": {"state": "begun"}}}},
        },
        "circumstances": {"begun": {"about": "the room is in use"}},
        "callbacks": {
            "told": {"section": "Rooms", "takes": {"name": {"type": "name"}}, "clause": "MAD-ALL-001", "asked_by": ["room.list"]}
        },
        "notices": {"made": {"clause": "MAD-ALL-001", "after": ["room.make"], "then": "room.list"}},
        "files": {
            "about.xml": {
                "path": "/about.xml",
                "root": "about",
                "by": "kind",
                "forms": {"small": {"elements": {"kind": {"value": "one"}, "name": {"type": "name", "same": "room.query:name"}}}},
            }
        },
    }  # fmt: skip


def _calls() -> dict[str, Any]:
    return {
        "path": "/RPC",
        "head": {
            "user": {"type": "id", "required": True},
            "password": {"type": "id", "required": True, "secret": True},
        },
        "user": "user",
        "password": "password",
        "status": "status",
        "success": "done",
        "code": "code",
        "text": "text",
        "longest": 1000,
        "idle_s": 60,
        "versions": ["1.0", "2.0", "3.0"],
        "version": "room.query:version",
        "wrong": {slip.value: _OPEN if slip is Slip.RANGE else _PLAIN for slip in Slip if slip is not Slip.UNKNOWN},
        "unknown": {"room": {"fault": "missing"}},
        **dict.fromkeys(
            ("unknown_method", "unauthorized", "unprivileged", "too_large", "malformed", "bad_cookie"), _PLAIN
        ),
        "lengths": {"string": 31},
        "open_points": {"extra-member": "MAD-AMB-002"},
        "rules": dict.fromkeys(CALL_RULES, "MAD-ALL-001"),
    }


def made() -> dict[str, Any]:
    """The spec as plain data."""
    readings = {"one": {"text": "one", "source": SOURCE}, "other": {"text": "other"}}
    data = {
        "system": "made",
        "prefix": "MAD",
        "title": "Made",
        "document": {"file": "made.txt", "title": "Made", "edition": "1", "sha256": "0" * 64},
        "interfaces": {"http": {"transport": "http", "port": 80, "protocol": "calls", "source": SOURCE}},
        "calls": _calls(),
        "scalars": _scalars(),
        **_parts(),
        "objects": {"room": {"about": "A room.", "created_by": "room.make", "status": "room.query", "unknown": "name"}},
        "errors": {
            name: {"code": str(number), "text": name, "source": SOURCE}
            for number, name in enumerate(("missing", "invalid", "range"), 1)
        },
        "clauses": {"MAD-ALL-001": {"text": "It is so.", "level": "must", "chapter": "All", "source": SOURCE}},
        "ambiguities": {
            "MAD-AMB-001": {"about": "which", "readings": readings},
            "MAD-AMB-002": {"about": "whether", "readings": readings, "accepted": "one", "refused": "other"},
            "MAD-AMB-003": {"about": "there", "readings": {"absent": {"text": "no"}, "there": {"text": "yes"}}},
        },
    }
    cited: dict[str, Any] = _cited(data)
    return cited


# Tables whose entries the model wants a citation of, and lists and single parts likewise.
_TABLES: tuple[str, ...] = (
    "scalars",
    "operations",
    "takes",
    "returns",
    "head",
    "faults",
    "structs",
    "members",
    "circumstances",
    "callbacks",
    "notices",
    "files",
    "forms",
    "elements",
)
_LISTS, _PARTS = ("changed", "shown"), ("listing",)


def _cited(part: Any) -> Any:
    """The same, with a citation wherever the model wants one."""
    if isinstance(part, list):
        return [_cited(one) for one in part]
    if not isinstance(part, dict):
        return part
    told = {}
    for key, value in part.items():
        below = _cited(value)
        if key in _TABLES and isinstance(below, dict):
            below = {name: _with_source(one) for name, one in below.items()}
        elif key in _LISTS:
            below = [_with_source(one) for one in below]
        told[key] = _with_source(below) if key in _PARTS else below
    return told


def _with_source(part: Any) -> Any:
    return {"source": SOURCE, **part} if isinstance(part, dict) else part


def made_system() -> System:
    """The spec as the model has it."""
    return msgspec.convert(made(), System)
