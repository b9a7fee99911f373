"""Keeps secrets out of everything that looks at bytes: flows, checks, transcripts and findings see stand-ins of the same length.

What leaves for the device has the secrets put in, what comes has them taken out, so a transcript that is judged again leads the same way.
Stand-ins have the length and the shape of what they stand for, so that neither framing nor types change.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from html import unescape
from xml.sax.saxutils import escape

from harness.spec.messagemodel import MessageSyntax
from harness.target import Target

# A character that hides each secret of the target file, in the order of their names; a value of nothing but it is a stand-in.
_MARKS = "~^`|"
_DIGIT = re.compile(rb"&[^;]*;|([0-9A-Za-z])")  # a reference is a character that takes more room
# So short a text may stand elsewhere by chance, so it is only looked for in its own field.
_SURE_BYTES = 16
# So many sessions are looked for anywhere, the last ones; all others are known in their own field.
_RECENT = 12
_FIXTURE = re.compile(r"password", re.IGNORECASE)


def stand_ins(target: Target) -> dict[str, str]:
    """The secrets of a target file by stand-in: credentials but for the user's name, and fixtures that are passwords."""
    secrets = [value for name, value in sorted(target.credentials.items()) if name != "user"]
    secrets += [
        str(value)
        for name, value in sorted(target.fixtures.items())
        if _FIXTURE.search(name) and isinstance(value, str)
    ]
    return {mark * len(_written(secret)): secret for mark, secret in zip(_MARKS, secrets, strict=False) if secret}


def presentable(target: Target) -> tuple[dict[str, str], dict[str, object]]:
    """Credentials and fixtures with stand-ins for what is secret, as records hold them; with these a flow goes the same way again."""
    names = {secret: name for name, secret in stand_ins(target).items()}
    credentials = {
        name: value if name == "user" else names.get(value, "") for name, value in target.credentials.items()
    }
    fixtures = {
        name: names.get(value, "") if _FIXTURE.search(name) and isinstance(value, str) else value
        for name, value in target.fixtures.items()
    }
    return credentials, fixtures


def _written(secret: str) -> str:
    """As it stands in XML, one character for a byte, so that lengths are those of the wire."""
    return escape(secret, {'"': "&quot;"}).encode().decode("latin-1")


class Disguise:
    """The secrets of one run of a protocol of XML messages."""

    def __init__(self, syntax: MessageSyntax, target: Target | None) -> None:
        known: Mapping[str, str] = stand_ins(target) if target is not None else {}
        self._real = {name.encode(): _written(secret).encode("latin-1") for name, secret in known.items()}
        self._stand_in = {secret: name for name, secret in self._real.items()}
        self._sessions: dict[bytes, bytes] = {}
        self._real_sessions: dict[bytes, bytes] = {}
        # The last ones as pairs of session and stand-in; a run has thousands, and each message is looked through.
        self._recent: deque[tuple[bytes, bytes]] = deque(maxlen=_RECENT)
        self._met: dict[bytes, bytes] = {}  # other secrets that the device has told
        self._real_met: dict[bytes, bytes] = {}
        self._own: set[str] = set()  # what flows have made up themselves is no secret, however a device spells it
        value = syntax.value.encode()
        self._tags = [name.upper().encode() for name in syntax.secrets if name != syntax.session]
        self._secret_field = _field(value, *(name for name in syntax.secrets if name != syntax.session))
        self._session_field = _field(value, syntax.session)

    def stand_in(self, secret: str) -> str:
        """What stands for a secret of the target file; the text itself if it is none."""
        raw = _written(secret).encode("latin-1")
        return self._stand_in[raw].decode() if raw in self._stand_in else secret

    def reveal(self, data: bytes) -> bytes:
        """What the device is sent in place of `data`."""
        known = (self._real, self._real_met)
        has_secrets = self._has_secrets(data)
        made = () if not has_secrets else (found[3] for found in self._secret_field.finditer(data))
        self._own.update(_read(one) for one in made if not any(one in secrets for secrets in known))
        if has_secrets and (self._real or self._real_met):
            data = self._secret_field.sub(lambda found: _with(found, self._meant(found[3])), data)
        if self._real_sessions:
            data = self._session_field.sub(
                lambda found: _with(found, self._real_sessions.get(found[3], found[3])), data
            )
            for session, name in self._recent:
                if len(name) >= _SURE_BYTES:
                    data = data.replace(name, session)
        return data

    def hide(self, data: bytes) -> bytes:
        """What is shown of `data`, which a device has sent."""
        for found in self._session_field.finditer(data):
            if _meet(found[3], self._sessions, self._real_sessions):
                self._recent.append((found[3], self._sessions[found[3]]))
        for session, name in self._recent:
            if len(session) >= _SURE_BYTES:
                data = data.replace(session, name)
        data = self._session_field.sub(lambda found: _with(found, self._sessions.get(found[3], found[3])), data)
        if not self._has_secrets(data):
            return data
        return self._secret_field.sub(lambda found: _with(found, self._shown(found[3])), data)

    def _has_secrets(self, data: bytes) -> bool:
        """Whether any field of a secret could stand there; most messages have none."""
        upper = data.upper()
        return any(tag in upper for tag in self._tags)

    def _shown(self, value: bytes) -> bytes:
        if value in self._stand_in:
            return self._stand_in[value]
        if _read(value) in self._own:
            return value
        _meet(value, self._met, self._real_met)
        return self._met.get(value, value)

    def _meant(self, value: bytes) -> bytes:
        return self._real.get(value) or self._real_met.get(value, value)


def _meet(secret: bytes, shown: dict[bytes, bytes], real: dict[bytes, bytes]) -> bool:
    """A stand-in of the same length for a secret that was not seen before, and whether it has one now; one that holds nothing needs none.

    Args:
        secret: as the device wrote it, which is how it will be written to the device: references and all.
    """
    room = sum(map(bool, _DIGIT.findall(secret)))
    if secret in shown or secret in real or not room:
        return False
    fill = iter((b"0" * room + b"%x" % (len(shown) + 1))[-room:])
    name = _DIGIT.sub(lambda found: bytes((next(fill),)) if found[1] else b"0" * len(found[0]), secret)
    if name == secret or name in real:
        return False
    shown[secret] = name
    real[name] = secret
    return True


def _read(value: bytes) -> str:
    """The text of a value as it stands in XML."""
    return unescape(value.decode("utf-8", "replace"))


def _field(value: bytes, *names: str) -> re.Pattern[bytes]:
    """The value of these fields, as third group, however quotes and white space stand."""
    tags = b"|".join(re.escape(name.encode()) for name in names) or b"(?!)"
    return re.compile(
        rb"(<\s*(?:" + tags + rb")\s[^<>]*?" + value + rb"\s*=\s*)([\"'])(.*?)(\2)", re.DOTALL | re.IGNORECASE
    )


def _with(found: re.Match[bytes], value: bytes) -> bytes:
    return found[1] + found[2] + value + found[4]
