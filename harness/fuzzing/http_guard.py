"""What a fuzzer never sends to a device of somebody: methods that may change something, and names of other hosts that it might ask."""

from __future__ import annotations

import re

from harness.target import Target

_METHODS = frozenset((b"GET", b"HEAD", b"OPTIONS"))
_FIRST_WORD = re.compile(rb"(?:^|[\r\n])[ \t]*([^\s:]+)[ \t]+[^\r\n]*HTTP/", re.IGNORECASE)
_ELSEWHERE = re.compile(rb"[ \t]([a-z][a-z0-9+.-]*:)?//([^\s/?#]*)", re.IGNORECASE)


class HttpGuard:
    """Decides over bytes before they leave, whatever the grammar says of them.

    Args:
        guarded: False for a server of our own.
    """

    def __init__(self, target: Target, *, guarded: bool = True) -> None:
        self._guarded = guarded
        self._write = target.allow.write
        port = next(iter(target.ports.values()), 80)
        bare = f"[{target.host}]" if ":" in target.host else target.host
        self._hosts = {name.lower().encode() for name in (bare, f"{bare}:{port}")}

    def objection(self, data: bytes) -> str:
        """Why these bytes are not sent; "" if they may be."""
        if not self._guarded:
            return ""
        for method in _FIRST_WORD.findall(data):
            if method not in _METHODS and not self._write:
                return "a method other than GET, HEAD and OPTIONS might change something"
        for _, host in _ELSEWHERE.findall(data):
            if host.lower() not in self._hosts:
                return "the device might ask another host"
        return ""
