"""One running TelePresence Server: its world, its methods and its interfaces."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.http import listen_http
from harness.reference.system import Listener, Setup
from harness.reference.ticking import Ticking
from harness.reference.tps import beginning
from harness.reference.tps.choices import INERT as COMMON_INERT
from harness.reference.tps.choices import Choices
from harness.reference.tps.choices_meetings import INERT as MEETING_INERT
from harness.reference.tps.common import Common
from harness.reference.tps.courier import Courier
from harness.reference.tps.device_methods import DeviceMethods
from harness.reference.tps.front import Front
from harness.reference.tps.functions import Functions
from harness.reference.tps.meeting_methods import methods as meeting_methods
from harness.reference.tps.meetings import MeetingWorld
from harness.reference.tps.network import Network
from harness.reference.tps.notify import Notifier
from harness.reference.tps.receivers import Receivers
from harness.reference.tps.records import Records
from harness.reference.tps.resources import ResourceMethods
from harness.reference.tps.services import Services
from harness.reference.tps.spoil import Spoiler, Spoilers
from harness.reference.tps.spoil_administration import AdministrationSpoiler
from harness.reference.tps.spoil_common import CommonSpoiler
from harness.reference.tps.spoil_device import DeviceSpoiler
from harness.reference.tps.spoil_meetings import MeetingSpoiler
from harness.reference.tps.spoil_settings import SettingsSpoiler
from harness.reference.tps.systemxml import SystemXml
from harness.reference.tps.users import Users
from harness.secure import secured
from harness.spec.model import System

INERT = COMMON_INERT | MEETING_INERT

# Wall seconds between two looks at what is due: the usual, and the least where device time is fast.
_TICK_S, _LEAST_TICK_S = 0.05, 0.005


class Device:
    """The reference server of the TelePresence Server.

    Args:
        setup: model, faults, readings, clock, speed and seed, which also says what platform it is.
        version: of the API; None is the newest.
    """

    def __init__(self, setup: Setup, version: str | None = None) -> None:
        self._model, self._setup = setup.model, setup
        meetings = MeetingWorld()
        self.world = world = beginning.begin(setup.clock, setup.seed, meetings)
        meetings.world = world
        self.choices = choices = Choices(setup)
        kinds = (CommonSpoiler, SettingsSpoiler, MeetingSpoiler, AdministrationSpoiler, DeviceSpoiler)
        parts = [part(setup.faults.on, world) for part in kinds]
        spoiler: Spoiler | None = Spoilers(parts) if setup.faults else None
        self.common = common = Common(setup, world, choices, spoiler, version or setup.version)
        self.notifier = notifier = Notifier(common)
        meetings.loose = notifier.loose
        handlers = {
            **Users(common).methods(),
            **Receivers(common, notifier).methods(),
            **Records(common).methods(),
            **ResourceMethods(common).methods(),
            **Network(common).methods(),
            **Services(common).methods(),
            **DeviceMethods(common).methods(),
            **meeting_methods(common, meetings, notifier),
        }
        self.functions = Functions(common, handlers)
        self.file = SystemXml(common)
        self.meetings = meetings
        meetings.fill()

    @property
    def model(self) -> System:
        """What the document says."""
        return self._model

    def front(self, *, tls: bool = False) -> Front:
        """The application that is served."""
        return Front(self.common, self.functions, self.file, tls=tls)

    def idle_s(self, *, tls: bool = False) -> float:
        """Device seconds after which a connection without a call is closed."""
        idle_s = self.common.syntax.idle_s / (4 if self.choices("kept") == "shorter" else 1)
        never = self.common.on("idle-never-closed") or (tls and self.common.on("idle-with-tls"))
        return idle_s * (5 if never else 1)

    async def listen(self, interface: str, host: str, port: int) -> Listener | None:
        """Open one of the interfaces.

        Raises:
            OSError: the address cannot be listened on.
            ValueError: no certificate can name the host.
        """
        tls = self._model.interfaces[interface].transport == "https"
        listener = await listen_http(
            self.front(tls=tls).serve,
            host,
            port,
            idle_s=self.idle_s(tls=tls) / self._setup.clock_scale,
            tls=secured(host).context if tls else None,
        )
        if tls:
            return listener
        scale = self._setup.clock_scale
        again, strict = self.choices("undelivered") == "again", self.choices("certificate") == "verified"
        courier = Courier(self.notifier.post, scale, host, again=again, strict=strict)
        return Ticking(listener, self.tick, min(_TICK_S, max(_LEAST_TICK_S, 1 / scale)), beside=courier)

    def tick(self) -> None:
        """Do what is due, and tell of it."""
        now = self.world.clock()
        self.meetings.settle(now)
        self.notifier.tick(now)

    def fixtures(self) -> Mapping[str, object]:
        """The objects of the default world by fixture key."""
        return {
            "api_only_user": beginning.API_USER,
            "api_only_password": beginning.API_PASSWORD,
            "disabled_user": beginning.DISABLED_USER,
            "disabled_password": beginning.DISABLED_PASSWORD,
            "addable_feature_keys": list(beginning.ADDABLE_KEYS),
            "encryption_key": beginning.ENCRYPTION_KEY,
            "listener_host": "127.0.0.1",
            "listener_port": 0,
            **self.meetings.fixtures(),
        }

    def credentials(self) -> Mapping[str, str]:
        """The immortal administrator."""
        return {"user": beginning.USER, "password": beginning.PASSWORD}
