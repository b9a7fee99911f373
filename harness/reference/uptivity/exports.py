"""Mail, screens, and recordings as files."""

from __future__ import annotations

import re
from collections.abc import Mapping

from harness.reference.uptivity import audio
from harness.reference.uptivity.asking import Ask, File, Handler, Outcome, RefusedError
from harness.reference.uptivity.calllist import CallList
from harness.reference.uptivity.finding import Finder
from harness.reference.uptivity.functions import Common
from harness.reference.uptivity.reading import STREAM
from harness.reference.uptivity.state import USERS, Recording

# Names of a field by column of the table, and by parameter.
_BOTH = {
    **{name.lower(): name for name in USERS},
    **{name: name.upper() for name in ("ani", "dnis", "gate", "callid", "calldirection")},
}
_COLUMNS = {
    "device_id": "DEVICEID", "device_alias": "DEVICEALIAS", "sgroup": "GROUP", "globalid": "\0global",
    "recording_time": "\0time", "filename": "\0file", "agent_id": "\0agent",
}  # fmt: skip
_PARAMETERS = {
    "deviceid": "DEVICEID", "devicealias": "DEVICEALIAS", "group": "GROUP", "sys_user": "SYS_USER",
    "crm_user": "CRM_USER", "filename": "\0file", "callinstance": "\0instance",
}  # fmt: skip
_IDENT = "ident"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class Exports:
    """Carries out mail, windows and exports.

    Args:
        common: what all parts share.
        finder: tells what is unknown.
        calls: knows the values of recordings.
    """

    def __init__(self, common: Common, finder: Finder, calls: CallList) -> None:
        self._world, self._choices, self._on = common.world, common.choices, common.setup.faults.on
        self._finder, self._stored = finder, calls.stored
        fields = common.choices("fields")
        self._fields = {
            **_BOTH,
            **(_COLUMNS if fields != "parameters" else {}),
            **(_PARAMETERS if fields != "columns" else {}),
        }

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "EMAIL": self._email,
            "COMBINEDEMAIL": self._combined_email,
            "AGENTWINDOW": self._window,
            "EXPORT": self._export,
            "COMBINEDEXPORT": self._several,
            "MULTIEXPORT": self._several,
        }

    # mail

    def _email(self, ask: Ask) -> Outcome:
        self._address(ask)
        self._media(ask, given="WAV")
        self._recording(ask)
        return Outcome()

    def _combined_email(self, ask: Ask) -> Outcome:
        self._address(ask)
        if not ask.text("UNIQUEID") and self._choices("mail-needs") == "refused":
            raise RefusedError("invalid-message-format", "UNIQUEID is missing")
        if not self._on("unknown-recording-mailed"):
            self._recordings(ask)
        return Outcome()

    def _address(self, ask: Ask) -> None:
        if self._choices("mail") == "client-not-found":
            raise RefusedError("client-not-found", "There is no server for mail")
        if ask.text("TOADDRESS") and not _ADDRESS.fullmatch(ask.text("TOADDRESS")):
            raise RefusedError("email-not-valid", "TOADDRESS is no address")

    def _window(self, ask: Ask) -> Outcome:
        computer, user = ask.text("COMPUTERNAME"), ask.text("USERNAME")
        screen = self._world.screens.get(computer)
        if user and (screen is None or self._on("window-of-first")):
            known = self._world.screens.values()
            screen = next((one for one in known if one["user"] == user or self._on("window-of-first")), None)
        if screen is not None and computer and user and self._choices("two-windows") == "both":
            fits = self._world.screens.get(computer)
            screen = screen if fits is not None and fits["user"] == user else None
        if screen is None and user and next(self._world.known(username=user), None) is not None:
            if self._choices("blank-window") == "accepted":
                return Outcome()
            raise RefusedError("agent-not-found", "Nothing is known of the screen")
        if screen is None:
            name = "COMPUTERNAME" if computer else "USERNAME"
            self._finder.unknown(ask, name, "Could not find the computer or the user")
            return Outcome()
        return Outcome(values=screen)

    # recordings

    def _recording(self, ask: Ask) -> Recording:
        """The recording that a field and its value name."""
        world, field, value = self._world, ask.text("UNIQUEFIELD").lower() or _IDENT, ask.text("UNIQUEID")
        if field in (_IDENT, "recordid"):
            number = int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else -1
            found = world.recordings.get(number)
            if self._on("export-next-record") and found is not None and ask.function == "EXPORT":
                found = world.recordings.get(found.id + 1, found)
        else:
            if field not in self._fields:
                reading = self._choices("wrong-field")
                raise RefusedError(reading or "file-not-found", f"There is no field {field}")
            fits = [one for one in world.recordings.values() if self._value(one, self._fields[field]) == value]
            first = self._on("export-oldest") and len(fits) > 1
            found = (min if first else max)(fits, key=lambda one: (one.began, one.id)) if fits else None
        if found is None or (found.screen and self._choices("soundless") == "refused"):
            raise RefusedError("file-not-found", "There is no such recording")
        return found

    def _value(self, recording: Recording, name: str) -> str:
        match name:
            case "\0global":
                return recording.global_id
            case "\0time":
                return str(int(recording.began))
            case "\0file":
                return recording.filename
            case "\0instance":
                return recording.instance
            case "\0agent":
                return str(recording.agent.id) if recording.agent is not None else ""
        return self._stored(recording, name)

    def _media(self, ask: Ask, given: str) -> str:
        """The format of a file."""
        media = ask.text("MEDIA_FORMAT").upper()
        if media in audio.MEDIA:
            return media
        if ask.function in ("COMBINEDEXPORT", "MULTIEXPORT"):
            if self._choices("formats-count") == "required":
                raise RefusedError("invalid-message-format", "MEDIA_FORMAT is missing")
        elif self._choices("no-format") == "refused":
            raise RefusedError("invalid-message-format", "MEDIA_FORMAT is none of the formats")
        return given

    def _file(self, ask: Ask, data: bytes, media: str, name: str, kind: str = "") -> Outcome:
        if ask.road == STREAM and self._choices("file-over-stream") != "file":
            return Outcome()
        return Outcome(file=File(data=data, media=kind or audio.MEDIA[media], name=f"{name}.{media.lower()}"))

    def _export(self, ask: Ask) -> Outcome:
        media = self._media(ask, given="WAV")
        if ask.text("MEDIA_FORMAT").upper() not in audio.MEDIA:
            raise RefusedError("invalid-message-format", "MEDIA_FORMAT is none of the formats")
        recording = self._recording(ask)
        password = ask.text("PASSWORD") if ask.text("ENCRYPT") == "Y" else ""
        if password and media != "CAV":
            if self._choices("encrypted") == "refused":
                raise RefusedError("invalid-message-format", "Only CAV can be encrypted")
            if self._choices("encrypted") == "encrypted":
                media, password = "CAV", password
        data = audio.encoded(media, [recording], password=password)
        return self._file(ask, data, media, str(recording.id))

    def _recordings(self, ask: Ask) -> list[Recording]:
        """The recordings of a list of numbers."""
        found: list[Recording] = []
        strict = self._choices("several") == "refused"
        texts = ask.text("IDENT").split(",")
        for text in texts:
            plain = text.strip()
            number = int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 20 else -1
            one = self._world.recordings.get(number)
            if one is None or (strict and (plain != text or one in found)):
                if strict or len(texts) == 1:
                    raise RefusedError("file-not-found", f"There is no recording {plain[:40]}")
                continue
            if one not in found or self._choices("several") == "twice":
                found.append(one)
        if not found:
            raise RefusedError("file-not-found", "There is none of the recordings")
        return found

    def _several(self, ask: Ask) -> Outcome:
        found = self._recordings(ask)
        media = self._media(ask, given="WAV")
        if self._choices("formats-count") == "ignored":
            media = "WAV"
        if ask.function == "MULTIEXPORT":
            if len(found) > 1 and self._on("archive-lacks-last"):
                found = found[:-1]
            if len(found) > 1 and self._on("archive-first-twice"):
                found = [found[0], *found[:-1]]
            return self._file(ask, audio.archive(media, found), "ZIP", "recordings", "application/zip")
        if self._choices("combined-order") == "time":
            found.sort(key=lambda one: one.began)
        if self._on("combined-first-only"):
            found = found[:1]
        return self._file(ask, audio.encoded(media, found), media, "recordings")
