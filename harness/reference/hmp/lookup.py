"""Which objects a command's values name, and whether their state lets the command be carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.reference.hmp.refusal import Refusal
from harness.reference.hmp.state import Described, Group, Recording, Session, Source, Stream, User, World
from harness.reference.hmp.values import NAMELESS, UUID
from harness.reference.system import Setup
from harness.spec.model import Operation, Parameter, StateRule
from harness.wire.lines import Argument

Thing = Session | Recording | Stream | Source | User | Group | str


# What refuses a command where the document leaves open whether anything does, and so names no error.
_REFUSED = {
    "startRecording": "start-failed",
    "pauseRecording": "state-failed",
    "resumeRecording": "state-failed",
    "startRestreamRecording": "restream-failed",
}


@dataclass(slots=True)
class Found:
    """What a command named: by parameter its argument, its values, and the object where it names one."""

    arguments: dict[str, Argument] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)

    def add(self, name: str, argument: Argument, values: list[str]) -> None:
        """Take the values of a parameter."""
        self.arguments[name], self.values[name] = argument, values

    def value(self, name: str) -> str:
        """The value of a parameter that is not repeated."""
        return self.values[name][0]

    def session(self, name: str = "sessionId") -> Session:
        """The session that a parameter names."""
        thing = self.things[name]
        assert isinstance(thing, Session)
        return thing

    def recording(self, name: str = "recordingId") -> Recording:
        """The recording that a parameter names."""
        thing = self.things[name]
        assert isinstance(thing, Recording)
        return thing

    def described(self) -> Described:
        """The session or recording that a command is about."""
        return next(thing for thing in self.things.values() if isinstance(thing, Described))


class Lookup:
    """Finds objects and applies the model's state rules.

    Args:
        setup: model, readings and faults.
        world: the objects.
    """

    def __init__(self, setup: Setup, world: World) -> None:
        self._model, self._readings, self._faults, self._world = setup.model, setup.readings, setup.faults, world
        self._finders: dict[str, Callable[[str], Thing | None]] = {
            "session": world.sessions.get,
            "recording": world.recordings.get,
            "stream": world.streams.get,
            "source": world.sources.get,
            "category": lambda value: value if value in world.categories else None,
            "user": self._user,
            "group": self._group,
        }
        self._delete_by_title = self._readings.of("HMP-AMB-006") == "title"

    def _user(self, name: str) -> User | None:
        user = self._world.users.get(name.lower())
        if user is not None and self._faults.on("user-case") and name != user.name:
            return None
        return user

    def _group(self, name: str) -> Group | None:
        group = self._world.groups.get(name.lower())
        if group is not None and self._faults.on("group-case") and name != group.name:
            return None
        return group

    def take_otherwise(self, operation: str, refusal: Refusal, found: Found, name: str) -> None:
        """HMP-AMB-006: where deleteSession takes a title too, what is no UUID may be one.

        Raises:
            Refusal: it is not; the refusal given.
        """
        if operation == "deleteSession" and self._delete_by_title and refusal.argument is not None:
            for session in self._world.sessions.values():
                if session.title == refusal.argument.value:
                    found.things[name] = session
                    return
        raise refusal

    def find_objects(self, name: str, operation: Operation, found: Found) -> None:
        """Find the objects that the values name, in the order of the parameters.

        Raises:
            Refusal: there is no such object.
        """
        for key, parameter in operation.parameters.items():
            finder = self._finders.get(parameter.object or "")
            if finder is None:
                self._check_permission(key, parameter, found)
            elif key not in found.things:
                value = found.value(key)
                thing = finder(value) or self._elsewhere(name, operation, parameter, value)
                if thing is None:
                    raise Refusal(self._unknown(parameter), found.arguments[key])
                found.things[key] = thing

    def _elsewhere(self, name: str, operation: Operation, parameter: Parameter, value: str) -> Thing | None:
        """A session where the spec says that one may be taken for a recording, or answered with another error."""
        session = self._world.sessions.get(value)
        if session is not None and parameter.other_kind is not None:
            reading = self._readings.of(parameter.other_kind)
            if reading in operation.errors:
                raise Refusal(reading)
            return None if reading == self._model.ambiguities[parameter.other_kind].refused else session
        if name == "setLiveSession" and self._faults.on("deleted-session-lives"):
            return self._world.deleted.get(value)
        return None

    def _unknown(self, parameter: Parameter) -> str:
        if parameter.unknown_ambiguity is not None:
            reading = self._readings.of(parameter.unknown_ambiguity)
            if reading in parameter.unknown:
                return reading
        return parameter.unknown[0]

    def _check_permission(self, key: str, parameter: Parameter, found: Found) -> None:
        """HMP-AMB-053: a permission id that no administrator defined."""
        kind = self._model.types[parameter.type]
        if not kind.or_object:
            return
        value = found.value(key)
        is_id = value == NAMELESS or UUID.fullmatch(value)
        if is_id and value not in self._world.permissions and self._readings.of("HMP-AMB-053") == "refused":
            raise Refusal(parameter.invalid[0])

    def check_states(self, name: str, operation: Operation, found: Found) -> None:
        """Check the objects' states against the model.

        Raises:
            Refusal: an object is in a state in which the command fails.
        """
        for key, parameter in operation.parameters.items():
            thing = found.things.get(key)
            if isinstance(thing, User):
                via_group = any(group.role for group in thing.groups) and not self._faults.on("roles-of-groups-ignored")
                if not thing.role and not via_group:
                    raise Refusal("user-without-roles")
            elif isinstance(thing, Group):
                if not thing.role and not self._faults.on("group-without-roles-taken"):
                    raise Refusal("group-without-roles")
            elif isinstance(thing, (Session, Recording)) and parameter.states:
                self._check_rules(name, parameter, thing, found.arguments[key])
            elif self._model.types[parameter.type].or_object:
                shared = self._world.permissions.get(found.value(key), True)
                if not shared:
                    raise Refusal("cannot-share")

    def _check_rules(self, name: str, parameter: Parameter, thing: Session | Recording, argument: Argument) -> None:
        if isinstance(thing, Session):
            states = self._session_states(name, thing)
        else:
            states = self._recording_states(name, parameter, thing)
        for state in states:
            rule = parameter.states.get(state)
            if rule is None and state == "paused":  # a paused recording is not stopped either
                rule = parameter.states.get("recording")
            if rule is not None and not self._fits(rule):
                raise Refusal(rule.errors[0] if rule.errors else _REFUSED[name], argument)

    def _fits(self, rule: StateRule) -> bool:
        if rule.ok and rule.ambiguity is not None:
            return self._readings.of(rule.ambiguity) != self._model.ambiguities[rule.ambiguity].refused
        return rule.ok

    def _session_states(self, name: str, session: Session) -> list[str]:
        states = self._world.session_states(session)
        lenient = {
            "addSourceToSession": "add-while-paused",
            "removeSourceFromSession": "remove-while-paused",
            "deleteSession": "delete-while-paused",
        }.get(name)
        if lenient is not None and self._faults.on(lenient):
            states = [state for state in states if state != "paused"]
        changes_sources = name in ("addSourceToSession", "removeSourceFromSession")
        if changes_sources and self._faults.on("frozen-after-stop") and session.recordings:
            return ["recording"]
        if name == "deleteSession" and session.recordings:
            if self._faults.on("delete-blocked-for-ever"):
                return ["recording"]
            if self._faults.on("delete-checks-first") and self._world.is_stopped(session.recordings[0]):
                return []
        return states

    def _recording_states(self, name: str, parameter: Parameter, recording: Recording) -> list[str]:
        state = recording.state
        if state == "FINISHED":
            lenient = {
                "resumeRecording": "finished-resumed",
                "pauseRecording": "finished-paused",
            }.get(name)
            if lenient is not None and self._faults.on(lenient):
                return []
        if name == "stopRecording" and state == "PAUSED" and self._faults.on("paused-not-stopped"):
            return ["FINISHED"]
        if state not in parameter.states and state != parameter.state:
            return [list(parameter.states)[-1]]  # ERROR, of which the document says nothing: as the last one listed
        return [state]
