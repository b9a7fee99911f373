"""Values of calls as texts and back: for the journal, which keeps what would undo a change as `name=text`.

A text is JSON in which binary data and dates stand in an object of their own: {"$base64": "YQ=="}, {"$date": "20140107T13:31:26"}.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_DATE = "%Y%m%dT%H:%M:%S"
_BINARY, _DATED = "$base64", "$date"


def text_of_value(value: object) -> str:
    """A value as text.

    Raises:
        TypeError: it has no such text.
    """
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: object) -> object:
    match value:
        case bool() | int() | float() | str():
            return value
        case bytes():
            return {_BINARY: base64.b64encode(value).decode()}
        case datetime():
            return {_DATED: value.strftime(_DATE)}
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
    raise TypeError(f"expected a value that a call can carry, got {type(value).__name__}")


def value_of_text(text: str) -> Any:
    """The value that a text of `text_of_value` stands for.

    Raises:
        ValueError: it stands for none.
    """
    return json.loads(text, object_hook=_held)


def _held(found: dict[str, Any]) -> Any:
    if set(found) == {_BINARY}:
        return base64.b64decode(found[_BINARY])
    if set(found) == {_DATED}:
        return datetime.strptime(found[_DATED], _DATE)  # noqa: DTZ007  # dates of calls have no zone
    return found
