"""The default world of the HMP reference server, and its objects by fixture key."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.hmp.state import Group, Recording, Session, User, World

# Addresses of documentation and multicast networks (RFC 5737, RFC 5771): nothing real is meant.
SOURCE_ADDRESSES = tuple((f"239.10.0.{number}", 5000 + number) for number in range(1, 7))
RESTREAM_IPS = ("239.20.0.1", "239.20.0.2", "192.0.2.10", "239.20.0.3")
RESTREAM_PORTS = (6000, 6001, 6002, 6003, 6004, 6005)

# Loopback addresses that a test can bind to. The document's list names who may connect; this one who may not, so that
# the server can be used from other machines too.
AUTHORISED = "127.0.0.1"
UNAUTHORISED = "127.0.0.2"

OWN_ROLE_USERS = ("Viewer", "InfoDev", "creator")
VIA_GROUP_USERS = ("MaryAnn",)
NO_ROLE_USERS = ("NewHire", "Leaver")
GROUPS = ("Grp10", "Admins")
NO_ROLE_GROUPS = ("EmptyGroup",)

# Sessions without a state of their own, where `rows` says nothing else.
DEFAULT_ROWS = 2


class DefaultWorld:
    """Fills a world; the same seed gives the same ids.

    Args:
        world: an empty one.
        rows: plain sessions with one finished recording each.
        error_state: the state of the recording that went wrong.
    """

    def __init__(self, world: World, rows: int | None, error_state: str) -> None:
        self._world = world
        world.unauthorised.add(UNAUTHORISED)
        self._sources = [world.add_source(ip, port).id for ip, port in SOURCE_ADDRESSES]
        for name in OWN_ROLE_USERS:
            world.add_user(User(name=name))
        for name in NO_ROLE_USERS:
            world.add_user(User(name=name, role=False))
        groups = [Group(name=name) for name in GROUPS]
        for group in (*groups, *(Group(name=name, role=False) for name in NO_ROLE_GROUPS)):
            world.add_group(group)
        for name in VIA_GROUP_USERS:
            world.add_user(User(name=name, role=False, groups=(groups[0],)))
        self._categories = [world.new_id() for _ in range(2)]
        world.categories.update(self._categories)
        self._permissions = [world.new_id() for _ in range(2)]
        self._unshared = [world.new_id()]
        world.permissions |= dict.fromkeys(self._permissions, True) | dict.fromkeys(self._unshared, False)
        self._empty = world.create_session("Empty")
        self._plain = [
            self._recorded(f"Session {number}", 1) for number in range(DEFAULT_ROWS if rows is None else rows)
        ]
        self._single, self._finished = self._recorded("One source", 1)
        self._multi, self._of_many = self._recorded("Several sources", 3)
        self._active_session = self._session("Recording", 1)
        self._active = world.start_recording(self._active_session)
        self._paused_session = self._session("Paused", 1)
        self._paused = world.start_recording(self._paused_session)
        world.move(self._paused, "pauseRecording")
        _, self._broken = self._recorded("Went wrong", 1)
        self._broken.state = error_state

    def _session(self, title: str, sources: int) -> Session:
        session = self._world.create_session(title)
        session.sources.extend(self._sources[:sources])
        return session

    def _recorded(self, title: str, sources: int) -> tuple[Session, Recording]:
        session = self._session(title, sources)
        recording = self._world.start_recording(session)
        self._world.move(recording, "stopRecording")
        return session, recording

    def fixtures(self) -> Mapping[str, object]:
        """Every fixture key of the spec."""
        plain = [recording.id for _, recording in self._plain]
        return {
            "authorised_client": AUTHORISED,
            "unauthorised_client": UNAUTHORISED,
            "source_ids": self._sources,
            "source_addresses": [f"{ip}:{port}" for ip, port in SOURCE_ADDRESSES],
            "user_names": list(OWN_ROLE_USERS),
            "user_names_role_via_group": list(VIA_GROUP_USERS),
            "user_names_no_roles": list(NO_ROLE_USERS),
            "group_names": list(GROUPS),
            "group_names_no_roles": list(NO_ROLE_GROUPS),
            "category_ids": self._categories,
            "permission_ids": self._permissions,
            "permission_ids_cannot_share": self._unshared,
            "session_ids": [self._empty.id, self._single.id, *(session.id for session, _ in self._plain)],
            "session_with_source": self._single.id,
            "session_empty": self._empty.id,
            "session_multi_source": self._multi.id,
            "session_recording": self._active_session.id,
            "session_paused_recording": self._paused_session.id,
            "recording_ids": [self._active.id, self._paused.id, self._finished.id, *plain],
            "recording_ids_finished": [self._finished.id, *plain],
            "recording_active": self._active.id,
            "recording_paused": self._paused.id,
            "recording_finished": self._finished.id,
            "recording_multi_source": self._of_many.id,
            "recording_error": self._broken.id,
            "restream_ips": list(RESTREAM_IPS),
            "restream_ports": list(RESTREAM_PORTS),
        }
