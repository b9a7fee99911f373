"""system.xml: in the form for the device's platform."""

from __future__ import annotations

import base64
import binascii
from xml.sax.saxutils import escape

from harness.reference.tps.common import Common
from harness.reference.tps.device_methods import BUILD, CPU, NAME, SERIAL, SOFTWARE
from harness.reference.tps.functions import find_user
from harness.reference.tps.world import MAC
from harness.spec.callserved import FileElement

_XML = b"text/xml"
_NAME = "system.xml"
Answer = tuple[int, bytes, bytes]
_PRODUCT = "Cisco TelePresence Server"


class SystemXml:
    """The file.

    Args:
        common: model, world, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices = common, common.world, common.choices
        self._file = common.model.files[_NAME]
        self.path = self._file.path

    def answer(self, headers: list[tuple[bytes, bytes]]) -> Answer:
        """The reply to a GET: status, media type, body."""
        if self._choices.of(self._file.rights) == "login" and not self._known(headers):
            return 401, b"text/plain", b"Unauthorized\n"
        data = self.document().encode()
        if self._common.spoiler is not None:
            data = self._common.spoiler.written(_NAME, data, failed=False)
        return 200, _XML, data

    def _known(self, headers: list[tuple[bytes, bytes]]) -> bool:
        given = next((value for name, value in headers if name == b"authorization"), b"")
        try:
            name, _, password = base64.b64decode(given.removeprefix(b"Basic ")).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        user = find_user(self._common, name)
        return user is not None and user.password == password

    def document(self) -> str:
        """The document as it is now."""
        platform = self._world.settings["platform"]
        form = next(
            one for one in self._file.forms.values() if any(platform.startswith(this) for this in one.platforms)
        )
        values = self._values(platform)
        lines = ['<?xml version="1.0"?>', "<system>"]
        for name, element in form.elements.items():
            text = values[name] if element.value is None else element.value
            if not self._left_out(element, text):
                lines.append(f"  <{name}>{escape(text)}</{name}>" if text else f"  <{name}/>")
        return "\n".join([*lines, "</system>", ""])

    def _left_out(self, element: FileElement, text: str) -> bool:
        if element.since is not None and not self._common.at_least(element.since):
            return True
        empty_left_out = element.absent is not None and not text and self._choices.of(element.absent) == "absent"
        return empty_left_out or (element.absent == "TPS-AMB-289" and self._choices.of(element.absent) == "absent")

    def _values(self, platform: str) -> dict[str, str]:
        settings = self._world.settings
        port, dns, sip = settings["network"]["portA"], settings["network"]["dns"], settings["sip"]
        yes, no = ("yes", "no") if self._choices("yes-no") == "small" else ("Yes", "No")
        any_value = self._choices.of("TPS-AMB-288") == "any"
        trunk = sip["callConfiguration"] == "useTrunk"
        model = (
            f"Telepresence Server {platform}" if platform in ("8710", "7010") else f"TelePresence Server on {platform}"
        )
        return {
            "model": model,
            "platform": platform,
            "productDisplayName": _PRODUCT,
            "platformDisplayName": platform,
            "serial": SERIAL,
            "softwareVersion": SOFTWARE,
            "buildVersion": BUILD,
            "hostName": dns[0].get("hostName", "") if dns else NAME,
            "ipAddress": port["ipv4Address"] if port["ipv4Enabled"] else "",
            "ipAddressV6": port["ipv6Address"] if port["ipv6Enabled"] else "",
            "macAddress": ":".join(MAC[place : place + 2] for place in range(0, 12, 2)),
            "gatekeeperUsage": no,
            "gatekeeperAddress": "",
            "gatekeeperIds": "",
            "sipRegistrarUsage": yes if any_value else no,
            "sipRegistrarAddress": "mainvcs.test.lal" if any_value else "",
            "sipRegistrarDomain": "test.lal" if any_value else "",
            "sipTrunkUsage": yes if trunk else no,
            "sipTrunkAddress": sip["outboundAddress"] if trunk else "",
            "sipTrunkDomain": sip["outboundDomain"] if trunk else "",
            "isMaster": yes,
            "clusterType": "unclustered",
            "totalVideoPorts": "12" if any_value else "0",
            "totalContentPorts": "12" if any_value else "0",
            "totalAudioOnlyPorts": "10" if any_value else "0",
            "uptimeSeconds": str(self._world.uptime()),
            "cpuModel": CPU,
            "cpuCount": "16",
            "cpuAvx": "1",
        }
