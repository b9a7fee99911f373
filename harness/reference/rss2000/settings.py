"""Groups of settings that one command reads and another changes, and the spoken messages."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError, Value
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.state import Silent, World
from harness.spec.messagemodel import Setting
from harness.spec.model import System

# Those that have lists besides their values, or one set of values for each language: others carry them out.
_ELSEWHERE = ("archive", "single-point", "banner")
_ENGLISH, _FIRST_PORT, _NEVER = "0", "0", "0"


class Settings:
    """All settings of the model.

    Args:
        system: the model.
        world: the values.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, system: System, world: World, choices: Choices, faults: FaultSet) -> None:
        self._system, self._world, self._choices, self._on = system, world, choices, faults.on
        self._set: set[str] = set()  # settings that were changed once; fault logging-set-once

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        found: dict[str, Handler] = {
            "GETIVR": self._get_prompt,
            "SETIVR": self._set_prompt,
            "GETBANNER": self._get_banner,
            "SETBANNER": self._set_banner,
        }
        for name, setting in self._system.settings.items():
            if name in self._world.settings and name not in _ELSEWHERE:
                found |= self._pair(name, setting)
        return found

    def _pair(self, name: str, setting: Setting) -> Mapping[str, Handler]:
        return {setting.get: lambda call: self._get(name, call), setting.set: lambda call: self._change(name, call)}

    def _port(self, name: str, call: Call) -> bool:
        """Whether a command is for a port that is there.

        Raises:
            RefusedError: it is not, under the reading that this fails.
        """
        if name != "ip" or call.text("INDEX") in ("", _FIRST_PORT) or self._choices.second_port == "accepted":
            return True
        if self._choices.second_port == "refused":
            raise RefusedError("There is no such port")
        return False

    def _check(self, name: str, call: Call) -> None:
        """Refuse what makes no sense, under the readings that say so."""
        if (
            name == "ldap"
            and call.text("USE_LDAP") == "1"
            and not call.text("LDAP_SERVER")
            and not self._choices.any_pair
        ):
            raise RefusedError("A directory in use needs a server")
        if name == "logging" and not self._choices.any_level:
            for key in ("SYSTEM_LEVEL", "RAS_LEVEL", "Q931_LEVEL", "H245_LEVEL"):
                if not call.text(key).isdecimal():
                    raise RefusedError(f"{key} is no number")

    def _shown(self, name: str) -> dict[str, Value]:
        values: dict[str, Value] = dict(self._world.settings[name])
        if name == "gatekeeper":
            values |= {"GKSTATUS": "Unregistered", "GKCOLOR": Silent("1")}
            if self._choices.gatekeeper_state:
                values["USEGK"] = _NEVER
        if name == "ip":
            values |= {key: Silent(values[key]) for key in ("DCHP", "DNS1", "DNS2", "DCHPDNS")}
        if name in ("multicast", "logging", "os"):
            values |= self._world.settings["ldap"]
            values["LDAP_PWD"] = values["LDAP_PASSWORD"]
        if name == "storage":
            for key, other in (("SAVE_INTERVAL", "AUTO_SAVE"), ("DEL_INTERVAL", "AUTO_DEL")):
                if values[other] != "1":
                    values[key] = Silent(values[key])
            values["PASSWORD"] = self._choices.masked(str(values["PASSWORD"]))
        return values

    def _get(self, name: str, call: Call) -> Outcome:
        if not self._port(name, call):
            return Outcome(confirms=[{}], changed=False)
        shown = self._shown(name)
        if name == "storage" and self._on("backslashes-doubled"):
            shown["PATH"] = str(shown["PATH"]).replace("\\", "\\\\")
        if name == "os" and self._on("hour-wraps") and shown["UPDATE_HOUR"] == "23":
            shown["UPDATE_HOUR"] = "0"
        if name == "ip" and call.text("INDEX"):
            shown["INDEX"] = call.text("INDEX")
        return Outcome(confirms=[shown], changed=False)

    def _change(self, name: str, call: Call) -> Outcome:
        if not self._port(name, call):
            return Outcome(confirms=[{}], changed=False)
        self._check(name, call)
        values = self._world.settings[name]
        before = dict(values)
        values.update(call.changes(*values))
        if name == "ip":
            values["INDEX"] = _FIRST_PORT
        outcome = Outcome(confirms=[self._shown(name)])
        if name == "storage" and self._choices.two_values and values["AUTO_SAVE"] == "2":
            outcome.confirms = [{**outcome.confirms[0], "AUTO_SAVE": "1"}]
        self._spoil(name, values, before)
        self._set.add(name)
        return outcome

    def _spoil(self, name: str, values: dict[str, str], before: dict[str, str]) -> None:
        """What is kept of a change, as the faults leave it."""
        on, settings = self._on, self._world.settings
        if name == "storage":
            if on("storage-resets-gatekeeper"):
                settings["gatekeeper"]["E164"] = ""
            if on("end-time-not-kept"):
                values["END_TIME"] = before["END_TIME"]
        elif name == "gatekeeper":
            if on("port-default"):
                values["GKPORT"] = "1719"
            if on("alias-as-given-first") and name in self._set:
                values["H323"] = before["H323"]
        elif name == "ldap" and on("directory-leaks"):
            settings["os"]["NTP_SERVER"] = values["LDAP_SERVER"] or settings["os"]["NTP_SERVER"]
        elif name == "multicast" and on("multicast-ports-swapped"):
            values["SAP_PORT"], values["MEDIA_PORT"] = values["MEDIA_PORT"], values["SAP_PORT"]
        elif name == "logging" and on("logging-set-once") and name in self._set:
            values.update(before)
        elif name == "stacking" and on("stacking-off-forgets") and values["STACKING"] == _NEVER:
            values["GROUPNAME"] = ""
        elif name == "os" and on("time-zone-positive"):
            values["TIMEZONE"] = values["TIMEZONE"].lstrip("-")

    def _get_prompt(self, call: Call) -> Outcome:
        key = (call.text("INDEX", "0"), call.text("LANGUAGE") or _ENGLISH)
        default = f"/ivr/{key[1]}/message{key[0]}.wav"
        return Outcome(confirms=[{"PLAY_URL": self._world.prompts.get(key, default)}], changed=False)

    def _set_prompt(self, call: Call) -> Outcome:
        file = self.known_file(call)
        language = call.text("LANGUAGE") or _ENGLISH
        self._world.prompts[call.text("TYPE", "0"), language] = f"/ivr/{language}/{file.lstrip(chr(92))}"
        return Outcome(confirms=[{}])

    def known_file(self, call: Call) -> str:
        """The file that a command names.

        Raises:
            RefusedError: the device has none of this name.
        """
        file = call.text("FILENAME")
        if file not in self._world.files and not self._choices.any_file:
            raise RefusedError("There is no such file")
        return file

    def _get_banner(self, call: Call) -> Outcome:
        banner = self._world.banners[call.text("LANGUAGE") or _ENGLISH]
        return Outcome(confirms=[{"BANNER_MSG": banner}], changed=False)

    def _set_banner(self, call: Call) -> Outcome:
        language = call.text("LANGUAGE") or _ENGLISH
        if self._on("banner-of-all-languages"):
            self._world.banners = dict.fromkeys(self._world.banners, call.text("BANNER_MSG"))
        self._world.banners[language] = call.text("BANNER_MSG")
        return Outcome(confirms=[{}])
