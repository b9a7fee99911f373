"""What the faults of users, feature keys and settings across calls do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from harness.reference.tps.asking import Ask, Path, RefusedError, User, Values
from harness.reference.tps.beginning import DEFAULT_PASSWORD
from harness.reference.tps.spoil import Spoiler
from harness.reference.tps.world import World
from harness.spec.callmodel import Slip

_LONG = 31
_MINUTE_S, _FIVE_S, _FEW = 60.0, 5.0, 5


class AdministrationSpoiler(Spoiler):
    """Without faults it is never asked."""

    def __init__(self, on: Callable[[str], bool], world: World) -> None:
        super().__init__(on, world)
        self._changed: set[str] = set()  # users whose password was changed
        self._locked = False  # the default password has been there
        self._renamed: dict[str, str] = {}  # new id -> old
        self._wrong: list[float] = []  # when wrong keys came
        self._page = 0  # where the last page of users ended

    # who calls

    def lets_in(self, method: str, given: Values, *, known: bool) -> bool:
        """As `Spoiler`."""
        if "rights" in given:
            reads = given["rights"] == "none" and method == "cdrlog.query" and self.on("none-reads-records")
            sees = given["rights"] == "apiOnly" and method == "user.enumerate" and self.on("administrators-seen")
            return known or reads or sees
        user = self.world.users.get(given.get("authenticationUser", ""))
        password = given.get("authenticationPassword", "")
        if known or user is None or len(user.password) != _LONG or not password:
            return known
        return bool(password[: _LONG - 1] == user.password[: _LONG - 1]) and self.on("end-of-password-open")

    def passes(self, method: str, path: Path, slip: Slip, value: Any) -> bool:
        """As `Spoiler`."""
        if method == "logs.syslog.modify" and slip is Slip.MANY and self.on("five-servers-half-set"):
            self.world.settings["syslog"]["servers"] = [
                {"address": one.find("address").text, "packetsSent": 0} for one in value[:4]
            ]
        if method == "device.time.modify" and slip is Slip.MISSING and path == ("ntpHost",):
            return self.on("ntp-without-server")
        if method == "user.modify" and slip is Slip.UNKNOWN and self.on("unknown-user-made"):
            self.world.users[value] = User(value, "", "none")
            return True
        if method != "device.feature.remove" or slip is not Slip.UNKNOWN:
            return False
        if self.on("key-gone-in-spite"):
            self.world.keys = [one for one in self.world.keys if one.key[:-1] != value]
        return self.on("unknown-key-removed")

    # what is asked

    def skips(self, ask: Ask) -> bool:
        """As `Spoiler`."""
        if ask.method == "device.feature.add" and ask["key"] in self.world.known_keys:
            now = self.world.clock()
            recent = [when for when in self._wrong if now - when < _MINUTE_S]
            if len(recent) >= _FEW and self.on("blocked-a-minute"):
                raise RefusedError("too-many-invalid-keys")
            if len(recent) >= _FEW and self.on("right-key-not-blocked"):
                known = self.world.known_keys[ask["key"]]
                self.world.keys = [*(one for one in self.world.keys if one is not known), known]
                return True
        return False

    def asked(self, ask: Ask) -> None:
        """As `Spoiler`."""
        part = getattr(self, "_" + ask.method.replace(".", "_").lower(), None)
        if part is not None:
            part(ask.values, ask)

    def fault(self, method: str, fault: str, code: int, text: str, path: Path) -> tuple[int, str]:  # noqa: ARG002
        """As `Spoiler`."""
        if method == "device.feature.add" and fault in ("invalid-key", "too-many-invalid-keys"):
            self._wrong.append(self.world.clock())
        return code, text

    def _system_info(self, _values: Values, _ask: Ask) -> None:
        if self._locked and self.on("lock-outlives-password"):
            raise RefusedError("operation-failed")

    def _user_create(self, values: Values, _ask: Ask) -> None:
        if len(self.world.users) >= 100 and self.on("hundred-users"):
            raise RefusedError("operation-failed")
        if values["newUserId"] not in self.world.users and self.on("ids-in-small-letters"):
            values["newUserId"] = values["newUserId"].lower()

    def _user_modify(self, values: Values, _ask: Ask) -> None:
        user = self.world.users.get(values["currentUserId"])
        if user is None:
            return
        if "password" in values:
            self._changed.add(user.id)
            self._locked = self._locked or (user.immortal and values["password"] == DEFAULT_PASSWORD)
        name = values.get("newUserId", user.id)
        if name != user.id and name not in self.world.users:
            self._renamed[name] = user.id
            if not user.immortal and self.on("id-takes-rights"):
                user.rights = "none"
        if user.immortal and self.on("immortal-name-stays"):
            values.pop("name", None)

    def _user_destroy(self, values: Values, _ask: Ask) -> None:
        names = list(self.world.users)
        if values["currentUserId"] in names and self.on("neighbour-destroyed"):
            after = names[names.index(values["currentUserId"]) + 1 :][:1]
            for name in after:
                del self.world.users[name]

    def _user_enumerate(self, values: Values, _ask: Ask) -> None:
        if "enumerateID" not in values and self._page and self.on("user-pages-shared"):
            changed, place = self.world.users_changed, self._page
            values["enumerateID"] = f"u{place}-{changed}-{(place + changed) * 7919 % 100_003}"

    def _device_feature_remove(self, values: Values, _ask: Ask) -> None:
        keys = self.world.keys
        place = next((at for at, one in enumerate(keys) if one.key == values["key"]), 0)
        if place and self.on("two-keys-gone"):
            del keys[place - 1]

    def _callhome_configure(self, values: Values, _ask: Ask) -> None:
        if "automatic" in values and "mode" not in values and self.on("home-mode-reset"):
            values["mode"] = "disabled"

    def _device_time_modify(self, values: Values, _ask: Ask) -> None:
        time = self.world.settings["time"]
        if "currentTime" in values and self.on("local-time-set"):
            values["currentTime"] -= timedelta(hours=values.get("utcOffsetHours", time["utcOffsetHours"]))

    def _services_modify(self, values: Values, _ask: Ask) -> None:
        settings = self.world.settings["services"]
        if "ephemeralPortRangeMin" in values and self.on("small-range-kept"):
            settings["low"] = values["ephemeralPortRangeMin"]
        if self.on("conflict-half-done"):
            for port in values.get("ports", [])[:-1]:
                self._set_service(settings, port)

    @staticmethod
    def _set_service(settings: Values, port: Values) -> None:
        found = next(one for one in settings["ports"] if one["protocolVersion"] == port["protocolVersion"])
        for asked in port["services"]:
            for one in found["services"]:
                if all(one[name] == asked[name] for name in ("serviceName", "connectionType")):
                    one |= {name: asked[name] for name in ("portNumber", "setting") if name in asked}

    def _device_network_modify(self, values: Values, _ask: Ask) -> None:
        port, now = values.get("portA", {}), self.world.settings["network"]
        if "dhcpv4" in port and "ipv4Enabled" not in port and self.on("dhcp-by-itself"):
            now["portA"]["dhcpv4"] = port["dhcpv4"]
        if port.get("dhcpv4") and "ipv4Address" in port and self.on("dhcp-ends-with-address"):
            port["dhcpv4"] = False
        for one in values.get("dns", []):
            if "hostName" in one and "nameServer" not in one and self.on("name-server-reset"):
                now["dns"][0]["nameServer"] = ""

    # what is told

    def done(self, ask: Ask, told: Values) -> None:
        """As `Spoiler`."""
        if ask.method == "user.enumerate":
            self._list(ask, told)

    def _list(self, ask: Ask, told: Values) -> None:
        users: list[Values] = told["users"]
        self._page = int(told["enumerateID"][1:].split("-")[0]) if told.get("enumerateID") else 0
        for one in users:
            if one["immortal"] and self.on("default-not-told"):
                one.pop("passwordChangeRequired", None)
            if one["currentUserid"] in self._changed and self.on("change-due-for-ever"):
                one["passwordChangeRequired"] = True
            if one["immortal"] and self.on("immortal-without-rights"):
                one["accessRights"] = "apiOnly"
        for one in list(users):
            old = self._renamed.get(one["currentUserid"])
            if old is not None and old not in self.world.users and self.on("old-id-listed"):
                users.append({**one, "currentUserid": old})
        if self.on("immortal-unlisted"):
            told["users"] = [one for one in users if not one["immortal"]]
        if ask.user.rights != "administrator" and self.on("administrators-seen"):
            ones = [one for one in self.world.users.values() if one.rights == "administrator"]
            shown = [
                {"currentUserid": one.id, "name": one.name, "immortal": one.immortal, "accessRights": one.rights}
                for one in ones
            ]
            told["users"] = [*shown, *users] if "enumerateID" not in ask else users
