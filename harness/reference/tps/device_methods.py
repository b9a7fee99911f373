"""The device itself: Call Home, feature keys, health, identity, restarts, and what system.info tells."""

from __future__ import annotations

from datetime import timedelta

from harness.reference.tps.asking import Ask, Handler, RefusedError, Told, Values
from harness.reference.tps.common import Common
from harness.reference.tps.services import ENCRYPTION, has_key
from harness.reference.tps.world import EPOCH, Key

SERIAL, SOFTWARE, BUILD, NAME = "SM021037", "4.3(1.10)", "13.3(2.21)", "A host name"
CPU = "Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz"
_PRODUCT = "Telepresence Server"
_ZEROS = (
    "portsVideoTotal", "portsVideoFree", "portsAudioTotal", "portsAudioFree", "portsContentTotal", "portsContentFree",
    "maxConferenceSizeVideo", "maxConferenceSizeAudio", "maxConferenceSizeContent",
)  # fmt: skip
_FEW_KEYS, _BLOCKED_S = 5, 5
_NO_HARDWARE, _FANLESS = ("Virtual Machine",), ("8710", "Virtual Machine")


class DeviceMethods:
    """callHome.*, device.* without network and time, and system.info.

    Args:
        common: world, readings.
    """

    def __init__(self, common: Common) -> None:
        self._common, self._world, self._choices = common, common.world, common.choices
        self._wrong: list[float] = []  # when wrong keys were sent
        self._boots = 0

    def methods(self) -> dict[str, Handler]:
        """The methods by name."""
        return {
            "callHome.configure": self.configure_home,
            "callHome.query": lambda _ask: dict(self._world.settings["callHome"]),
            "device.feature.add": self.add,
            "device.feature.remove": self.remove,
            "device.health.query": self.health,
            "device.query": self.query,
            "device.restart": self.restart,
            "device.restartlog.query": self.log,
            "system.info": self.info,
        }

    def configure_home(self, ask: Ask) -> Told:
        """callHome.configure."""
        if not ask.values and self._choices.of("TPS-AMB-201") == "refused":
            raise RefusedError("missing-parameter", ("mode",))
        home = self._world.settings["callHome"]
        keyless = not has_key(self._common, ENCRYPTION) and not self._common.on("home-without-key")
        if ask.get("mode") == "anonymous" and keyless:
            self._common.fail(ask.method, "encryption-missing", ("mode",))
        home.update(ask.values)
        if home["mode"] == "disabled" and self._choices.of("TPS-AMB-203") == "dropped":
            home["automatic"] = False
        return None

    # feature keys

    def add(self, ask: Ask) -> Told:
        """device.feature.add."""
        now = self._world.clock()
        recent = [when for when in self._wrong if now - when < _BLOCKED_S]
        if len(recent) >= _FEW_KEYS and self._choices.of("TPS-AMB-210") == "few":
            raise RefusedError("too-many-invalid-keys")
        known = self._world.known_keys.get(ask["key"])
        if known is None:
            self._wrong = [*recent, now]
            raise RefusedError("invalid-key")
        if known in self._world.keys:
            self._common.fail(ask.method, "key-there")
            return None
        self._world.keys.append(known)
        self._world.happened("deviceStatusChanged")
        return None

    def remove(self, ask: Ask) -> Told:
        """device.feature.remove."""
        self._world.keys = [one for one in self._world.keys if one.key != ask["key"]]
        self._world.happened("deviceStatusChanged")
        return None

    # state

    def health(self, _ask: Ask) -> Told:
        """device.health.query."""
        platform = self._world.settings["platform"]
        told: Values = {"cpuLoad": 7}
        if not platform.startswith(_FANLESS):
            told |= {"fanStatus": "ok", "fanStatusWorst": "outOfSpec"}
        if not platform.startswith(_NO_HARDWARE) or self._choices.of("TPS-AMB-212") == "there":
            for name in ("temperature", "rtcBattery", "voltages"):
                told |= {f"{name}Status": "ok", f"{name}StatusWorst": "ok"}
        return told | {"operationalStatus": "shutDown" if self._world.shut_down else "active"}

    def query(self, _ask: Ask) -> Told:
        """device.query."""
        world = self._world
        now, uptime = world.now(), world.uptime()
        started = now - timedelta(seconds=uptime)
        if self._choices.of("TPS-AMB-220") == "kept" and world.offset:
            started = EPOCH + timedelta(seconds=int(world.began))
        if self._choices.of("TPS-AMB-219") == "local":
            time = world.settings["time"]
            sign = -1 if time["utcOffsetHours"] < 0 else 1
            shift = timedelta(hours=time["utcOffsetHours"], minutes=sign * time["utcOffsetMinutes"])
            now, started = now + shift, started + shift
        version = self._common.version or self._common.syntax.versions[-1]
        return {
            "currentTime": now,
            "restartTime": started,
            "uptime": uptime,
            "serial": SERIAL,
            "apiVersion": f"{version}(1.2)" if self._choices("version") == "longer" else version,
            "activatedFeatures": [self._feature(one) for one in world.keys if not one.licence],
            "activatedLicenses": [self._licence(one) for one in world.keys if one.licence],
            "shutdownStatus": "shutdown" if world.shut_down else "notShutdown",
            "mediaResourceRestarts": 0,
        }

    @staticmethod
    def _feature(key: Key) -> Values:
        return {"feature": key.feature, "key": key.key}

    @staticmethod
    def _licence(key: Key) -> Values:
        return {"license": key.feature, "ports": key.ports, "key": key.key}

    def restart(self, ask: Ask) -> Told:
        """device.restart: at once, as the answer is written before anything else is asked."""
        world = self._world
        if ask.get("shutdownOnly", False):
            world.shut_down = True
            world.meetings.restart()
            world.happened("deviceStatusChanged")
            return None
        reason = "User requested shutdown" if world.shut_down else "User requested reboot from API"
        world.shut_down = False
        world.began = world.clock()
        world.restarts.append((world.now(), reason))
        world.meetings.restart()
        if self._choices.of("TPS-AMB-243") == "lost":
            world.receivers.clear()
        world.settings["network"] = world.settings.pop("next network", world.settings["network"])
        world.happened("restart")
        return None

    def log(self, _ask: Ask) -> Told:
        """device.restartlog.query."""
        entries = [{"time": time, "reason": reason} for time, reason in self._world.restarts]
        return {"log": entries if self._choices.of("TPS-AMB-222") == "oldest-first" else entries[::-1]}

    def info(self, _ask: Ask) -> Told:
        """system.info."""
        world = self._world
        platform = world.settings["platform"]
        told: Values = {"platform": platform}
        if platform.startswith(_NO_HARDWARE):
            avx: object = 1
            match self._choices.of("TPS-AMB-273"):
                case "boolean":
                    avx = True
                case "word":
                    avx = "1"
            told |= {"cpuModel": CPU, "cpuCount": 16, "cpuAvx": avx}
        return told | {
            "operationMode": "flexible",
            "licenseMode": world.license_mode,
            "numControlledServers": 1,
            "clusterType": "unclustered",
            "depHash": "5f1e0c2a",
            "gateKeeperOK": False,
            "tpsNumberOK": 1,
            "tpdVersion": SOFTWARE,
            "tpdName": NAME,
            "tpdUptime": world.uptime(),
            "tpdSerial": SERIAL,
            "makeCallsOK": self._choices.of("TPS-AMB-271") == "any",
            **dict.fromkeys(_ZEROS, 12 if self._choices.of("TPS-AMB-271") == "any" else 0),
            "softwareVersion": SOFTWARE,
        }
