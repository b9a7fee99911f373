"""What the faults of HTTP, encoding, users and members do."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness.reference.tps.asking import Ask, Path, RefusedError, Values
from harness.reference.tps.spoil import Spoiler
from harness.reference.tps.world import World
from harness.spec.callmodel import Slip

_USER, _PASSWORD = "authenticationUser", "authenticationPassword"
_AMPERSAND = re.compile(rb"(<name>username</name><value><string>[^<]*?)&amp;")
_NAME = re.compile(rb"(<name>name</name><value><string>)([^<]*)")
_USER_NAME = re.compile(r"(<name>(?:name|currentUserid)</name><value><string>)([^<]*)")
_DATE = re.compile(rb"<dateTime\.iso8601>(\d{4})(\d\d)(\d\d)T")
_FACILITY = re.compile(rb"(<name>facilityValue</name><value>)<int>(\d+)</int>")
_UPTIME = re.compile(rb"(<name>uptime</name><value>)<int>(\d+)</int>")
_SERIAL = re.compile(rb"(<name>serial</name><value>)<string>\D*(\d+)</string>")
_VERSION = re.compile(rb"<member><name>tpdVersion</name>.*?</member>")
_HIGH = re.compile("[\U00010000-\U0010ffff]")
_LARGE = 65_536
# Fault -> method, member, slip that is passed over.
_OPEN = {
    "range-above-open": ("logs.syslog.modify", "facilityValue", Slip.RANGE, (24,)),
    "range-below-open": ("device.time.modify", "utcOffsetHours", Slip.RANGE, (-13,)),
    "nested-choice-open": ("device.network.modify", "ipv6Conf", Slip.CHOICE, ()),
    "nested-type-open": ("device.network.modify", "domainName", Slip.MALFORMED, ()),
    "any-characters": ("feedbackReceiver.configure", "sourceIdentifier", Slip.CHARACTERS, ()),
    "slot-zero": ("feedbackReceiver.configure", "receiverIndex", Slip.RANGE, (0,)),
    "mask-not-needed": ("device.network.modify", "ipv4SubnetMask", Slip.MISSING, ()),
    "blank-trunk": ("sip.modify", "outboundAddress", Slip.MISSING, ()),
    "unknown-user-destroyed": ("user.destroy", "currentUserId", Slip.UNKNOWN, ()),
}


class CommonSpoiler(Spoiler):
    """Without faults it is never asked."""

    def __init__(self, on: Callable[[str], bool], world: World) -> None:
        super().__init__(on, world)
        self._client: object = None
        self._calls: dict[object, int] = {}
        self._successes: dict[object, int] = {}
        self._replies: dict[object, bytes] = {}
        self._known: set[tuple[object, str]] = set()
        self._sticks = False
        self._failed = False

    # calls

    def body(self, body: bytes, client: object) -> bytes:
        """As `Spoiler`."""
        self._client = client
        if self._sticks:
            self._sticks = False
            return b"<"
        return body

    def on_large(self, body: bytes) -> bool:
        """As `Spoiler`."""
        self._sticks = self.on("too-large-sticks")
        return len(body) <= _LARGE and self.on("too-large-taken")

    def lets_in(self, method: str, given: Values, *, known: bool) -> bool:
        """As `Spoiler`."""
        if "rights" in given:
            return method == "device.query" and self.on("disabled-may-ask")
        user = self.world.users.get(given.get(_USER, ""))
        password = given.get(_PASSWORD, "")
        login = (self._client, given.get(_USER, ""))
        if known:
            self._known.add(login)
            return True
        if login in self._known and self.on("login-remembered"):
            return True
        if user is None:
            return False
        if password.lower() == user.password.lower() and self.on("password-in-any-case"):
            return True
        return len(password) >= 8 and password[:8] == user.password[:8] and self.on("password-by-beginning")

    def passes(self, method: str, path: Path, slip: Slip, value: Any) -> bool:
        """As `Spoiler`."""
        for fault, (place, member, wrong, values) in _OPEN.items():
            if (
                place == method
                and path[-1] == member
                and wrong is slip
                and (not values or value in values)
                and self.on(fault)
            ):
                return True
        match slip:
            case Slip.OVERFLOW:
                return self.on("overflow-wraps")
            case Slip.LENGTH if method == "user.create" and path == ("name",):
                return len(value) == 32 and self.on("length-one-more")
            case Slip.LENGTH if method == "user.create" and path == ("password",):
                return self.on("long-password-cut")
            case Slip.CHOICE if method == "callHome.configure":
                return value.lower() in ("disabled", "anonymous") and self.on("choice-in-any-case")
            case Slip.MANY if method == "logs.syslog.modify":
                return len(value) == 5 and self.on("fifth-server-taken")
        return False

    def skips(self, ask: Ask) -> bool:
        """As `Spoiler`."""
        return (
            ask.method == "user.destroy"
            and ask["currentUserId"] not in self.world.users
            and self.on("unknown-user-destroyed")
        )

    def asked(self, ask: Ask) -> None:
        """As `Spoiler`."""
        values = ask.values
        if ask.tls and ask.method == "cdrlog.query" and self.on("https-not-enough"):
            raise RefusedError("https-required")
        if ask.method == "user.create":
            values["password"] = values["password"][:31]
        if ask.method == "callHome.configure" and "mode" in values:
            values["mode"] = values["mode"].lower()
        if values.get("receiverIndex") == 0:
            values["receiverIndex"] = 1
        for one in values.get("dns", []):
            if "domainName" in one and not isinstance(one["domainName"], str):
                one["domainName"] = str(one["domainName"])
        if ask.method == "device.network.modify" and values.get("portA", {}).get("ipv6Conf") not in (
            None,
            "automatic",
            "manual",
        ):
            del values["portA"]["ipv6Conf"]

    # replies

    def fault(self, method: str, fault: str, code: int, text: str, path: Path) -> tuple[int, str]:
        """As `Spoiler`."""
        if (
            method == "user.create"
            and fault == "missing-parameter"
            and path == ("accessRights",)
            and self.on("missing-is-invalid")
        ):
            return 102, "invalid parameter"
        if fault == "missing-parameter" and len(path) > 1 and self.on("missing-not-named"):
            return code, "missing parameter"
        if fault == "malformed-parameter" and path and self.on("malformed-names-first"):
            return code, f"malformed parameter: {_USER}"
        if fault == "method-not-supported" and method.startswith("flex.") and self.on("unknown-method-failed"):
            return 201, "operation failed"
        return code, text

    def written(self, method: str, data: bytes, *, failed: bool) -> bytes:
        """As `Spoiler`."""
        self._failed = failed
        if method == "system.xml":
            return self._file(data)
        if failed and self.on("fault-code-as-text"):
            data = data.replace(b"<int>35</int>", b"<string>35</string>")
        if _HIGH.search(text := data.decode()) and self.on("high-plane-lost"):
            data = _HIGH.sub("", text).encode()
        data = self._of_method(method, data)
        client, before = self._client, self._replies.get(self._client)
        self._replies[client] = data
        self._calls[client] = self._calls.get(client, 0) + 1
        if self._calls[client] % 12 == 0 and before is not None and self.on("reply-of-before"):
            return before
        return data

    def _of_method(self, method: str, data: bytes) -> bytes:
        match method:
            case "sip.query" if self.on("ampersand-raw"):
                return _AMPERSAND.sub(rb"\1&", data)
            case "user.enumerate" if self.on("letters-lost"):
                return _USER_NAME.sub(
                    lambda found: found[1] + found[2].encode("latin-1", "replace").decode("latin-1"), data.decode()
                ).encode()
            case "user.enumerate" if self.on("escaped-twice"):
                return _NAME.sub(lambda found: found[1] + found[2].replace(b"&lt;", b"&amp;lt;"), data)
            case "device.restartlog.query" if self.on("date-with-hyphens"):
                return _DATE.sub(rb"<dateTime.iso8601>\1-\2-\3T", data)
            case "services.query" if self.on("boolean-in-capitals"):
                return data.replace(b"<boolean>1<", b"<boolean>True<").replace(b"<boolean>0<", b"<boolean>False<")
            case "logs.syslog.query" if self.on("facility-as-text"):
                return _FACILITY.sub(rb"\1<string>\2</string>", data)
            case "device.query" if self.on("uptime-as-double"):
                return _UPTIME.sub(rb"\1<double>\2.0</double>", data)
            case "device.query" if self.on("serial-as-int"):
                return _SERIAL.sub(rb"\1<int>\2</int>", data)
            case "system.info" if self.on("version-twice"):
                return _VERSION.sub(lambda found: found[0] * 2, data)
            case "user.modify" if self.on("success-without-status"):
                return data.replace(b"operation successful", b"OK")
        return data

    def _file(self, data: bytes) -> bytes:
        if self.on("file-lacks-master"):
            data = re.sub(rb"  <isMaster>.*\n", b"", data)
        if self.on("file-other-cluster"):
            data = data.replace(b"<clusterType>unclustered", b"<clusterType>master")
        return data

    def answered(self, client: object, status: int, headers: list[tuple[bytes, bytes]]) -> int:  # noqa: ARG002
        """As `Spoiler`."""
        if status == 200 and not self._failed:
            count = self._successes[client] = self._successes.get(client, 0) + 1
            if count % 9 == 0 and self.on("ninth-success-in-error"):
                return 500
        return status
