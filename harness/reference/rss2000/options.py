"""Keys, logos, and playing of archives."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.settings import Settings
from harness.reference.rss2000.state import Silent, World


class Options:
    """What the device may do, how it looks, and what it plays.

    Args:
        world: keys, files and archives.
        settings: know the files.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, world: World, settings: Settings, choices: Choices, faults: FaultSet) -> None:
        self._world, self._settings, self._choices, self._on = world, settings, choices, faults.on
        self._logos = {"UI": "/images/logo.gif", "VIDEO": "/images/video.bmp"}

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "GETCFSINFO": self._keys,
            "SETCFSKEY": self._set_key,
            "GETUILOGO": lambda _call: Outcome(confirms=[{"IMAGE_URL": self._logos["UI"]}], changed=False),
            "SETUILOGO": lambda call: self._set_logo("UI", call),
            "GETVIDEOLOGO": lambda _call: Outcome(confirms=[{"IMAGE_URL": self._logos["VIDEO"]}], changed=False),
            "SETVIDEOLOGO": lambda call: self._set_logo("VIDEO", call),
            "CALLANDPLAY": self._play,
            "STARTFILEMULTICAST": self._start_multicast,
            "STOPFILEMULTICAST": self._stop_multicast,
        }

    def _keys(self, _call: Call) -> Outcome:
        values = {key: value or Silent() for key, value in self._world.licence.items()}
        return Outcome(confirms=[values], changed=False)

    def _set_key(self, call: Call) -> Outcome:
        key, licence = call.text("CFSKEY"), self._world.licence
        if key not in self._world.keys:
            if not self._choices.any_key:
                raise RefusedError("The key is not valid")
            licence["PENDING_KEY"] = key
        else:
            licence["ACTIVE_KEY"] = key
        return Outcome(confirms=[{}])

    def _set_logo(self, which: str, call: Call) -> Outcome:
        self._logos[which] = "/images/" + self._settings.known_file(call).lstrip("\\")
        return Outcome(confirms=[{}])

    def _archive(self, call: Call, name: str) -> str:
        identity = call.text(name)
        known = identity in self._world.archives or (self._choices.plays_streams and identity in self._world.lives)
        if not known and not self._choices.plays_unknown:
            raise RefusedError("There is no such archive")
        return identity

    def _play(self, call: Call) -> Outcome:
        if not call.text("ADDR"):
            raise RefusedError("ADDR cannot be blank")
        self._archive(call, "FILE_ID")
        if self._choices.lists_calls:
            self._world.add_link(call.text("ADDR"), {"H239": "0"})
        return Outcome(confirms=[{}])

    def _start_multicast(self, call: Call) -> Outcome:
        identity, world = self._archive(call, "CONF_ID"), self._world
        if world.settings["multicast"]["ENABLE_MULTICAST"] == "0" and not self._choices.sends_when_off:
            raise RefusedError("Multicast is off")
        if identity in world.multicasts and not self._choices.multicast_twice:
            raise RefusedError("This archive is sent already")
        world.multicasts[identity] = None
        return Outcome(confirms=[{}])

    def _stop_multicast(self, call: Call) -> Outcome:
        identity = call.text("CONF_ID")
        if identity not in self._world.multicasts and not self._choices.multicast_twice:
            raise RefusedError("This archive is not sent")
        if self._on("multicast-last-only") and identity != list(self._world.multicasts)[-1]:
            raise RefusedError("Another archive is sent")
        self._world.multicasts.pop(identity, None)
        return Outcome(confirms=[{}])
