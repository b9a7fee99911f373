"""Chats and blackouts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.reference.uptivity.asking import Ask, Handler, Outcome, RefusedError
from harness.reference.uptivity.calls import Calls
from harness.reference.uptivity.finding import Finder
from harness.reference.uptivity.functions import Common
from harness.reference.uptivity.recorder import Recorder
from harness.reference.uptivity.state import Agent, Blackout, Call, Device
from harness.reference.uptivity.telling import Telling

_KEYS = {"USERNAME": "username", "SYS_USER": "sys_user", "EMPLOYEEID": "employee", "CRM_USER": "crm_user"}
_TWO = ("USERNAME", "EMPLOYEEID")
_NAMES = ("DEVICEID", "DEVICEALIAS", "CRM_USER", "SYS_USER")
_AGENT = "agent"


class Control:
    """Carries out chats and blackouts.

    Args:
        common: what all parts share.
        finder: finds devices and agents.
        recorder: ends recordings.
        telling: tells subscribers.
        calls: knows the text of a success.
    """

    def __init__(self, common: Common, finder: Finder, recorder: Recorder, telling: Telling, calls: Calls) -> None:
        self._world, self._choices, self._on = common.world, common.choices, common.setup.faults.on
        self._finder, self._recorder, self._telling, self._sent = finder, recorder, telling, calls.sent

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "CHATSTART": self._chat,
            "CHATSTOP": self._chat_stop,
            "CHATUPDATE": self._chat_update,
            "BLACKOUTSTART": self._blackout,
            "BLACKOUTSTOP": self._blackout_stop,
            "AGENTBLACKOUTSTART": self._blackout,
            "AGENTBLACKOUTSTOP": self._blackout_stop,
        }

    # chats

    def _chat(self, ask: Ask) -> Outcome:
        agent = self._screen(ask)
        if agent is not None and agent.status != "A" and self._choices("inactive-chat") == "refused":
            raise RefusedError("agent-not-active", "The agent is not active")
        session = ask.text("SESSIONID")
        if session in self._world.chats and self._choices("same-chat") == "refused":
            raise RefusedError("already-recording", "The session is under way")
        if self._on("second-chat-refused") and any(
            one.get("AGENT") == str(agent.id if agent else "") for one in self._world.chats.values()
        ):
            raise RefusedError("already-recording", "The agent is in a chat")
        self._world.chats[session] = {"AGENT": str(agent.id) if agent is not None else ""}
        return self._sent(ask.function)

    def _screen(self, ask: Ask) -> Agent | None:
        number, key, value = ask.number("AGENTID"), ask.text("KEYNAME"), ask.text("KEYVALUE")
        if number is not None:
            agent = self._world.agents.get(number)
            keyed = self._keyed(key, value) if key and value else agent
            if keyed is not agent and self._choices("two-agents") == "refused":
                raise RefusedError("agent-not-found", "AGENTID and key are of two agents")
        elif key and value:
            agent = self._keyed(key, value)
        elif self._choices("no-agent") == "accepted":
            return None
        else:
            raise RefusedError("agent-not-found", "Nobody is named")
        if agent is None or agent.deleted:
            raise RefusedError("agent-not-found", "Could not find the agent")
        return agent

    def _keyed(self, key: str, value: str) -> Agent | None:
        """The agent whom a key and its value name."""
        if key not in (*_KEYS, "DEVICEALIAS") or (self._choices("chat-keys") == "two" and key not in _TWO):
            raise RefusedError("agent-not-found", f"There is no key {key}")
        if self._on("key-crm-as-sys") and key == "CRM_USER":
            key = "SYS_USER"
        return self._finder.agent(**{_KEYS[key]: value}) if key in _KEYS else self._by_phone(value)

    def _by_phone(self, value: str) -> Agent | None:
        device = self._world.by_alias(value)
        return self._world.agent_of(device.id if device is not None else value)

    def _session(self, ask: Ask) -> dict[str, str] | None:
        chat = self._world.chats.get(ask.text("SESSIONID"))
        if chat is None and self._choices("no-chat") == "refused":
            raise RefusedError("sessionid-unspecified", "There is no such session")
        return chat

    def _chat_stop(self, ask: Ask) -> Outcome:
        chat = self._session(ask)
        if chat is not None:
            del self._world.chats[ask.text("SESSIONID")]
            stops = self._choices("chat-stop") == "stopped" or self._on("chat-stop-ends-call")
            agent = self._world.agents.get(int(chat["AGENT"])) if chat["AGENT"] and stops else None
            for phone in agent.phones if agent is not None else ():
                for call in list(self._world.devices[phone].calls) if phone in self._world.devices else ():
                    for recording in call.recordings:
                        self._recorder.finish(call, recording)
        return self._sent(ask.function)

    def _chat_update(self, ask: Ask) -> Outcome:
        chat = self._session(ask)
        if chat is not None:
            chat.update({name: text for name, text in ask.values.items() if name != "SESSIONID"})
            if self._on("chat-update-changes-call") and chat["AGENT"]:
                for phone in self._world.agents[int(chat["AGENT"])].phones:
                    for call in self._world.devices[phone].calls if phone in self._world.devices else ():
                        call.values |= {name: text for name, text in ask.values.items() if name.startswith("USER")}
        return self._sent(ask.function)

    # blackouts

    def _meant(self, ask: Ask) -> tuple[Device, bool]:
        """The device that a blackout names, and whether it is one of the agent."""
        named = [name for name in _NAMES if ask.text(name)]
        whole = ask.function.startswith("AGENT") or self._choices("kinds") == "as-agent"
        if ask.function.startswith("AGENT") and self._choices("kinds") == "refused":
            raise RefusedError("command-not-supported", "Blackouts of agents are switched off")
        if not named and self._on("blackout-of-nobody"):
            return next(iter(self._world.devices.values())), whole
        if not named:
            raise RefusedError("agent-not-found", "Neither a device nor an agent is named")
        found = self._finder.by(named[0], ask.text(named[0]))
        if not found and self._on("unknown-blackout-accepted") and named[0] == "DEVICEALIAS":
            found = [next(iter(self._world.devices.values()))]
        if not found:
            self._finder.unknown(ask, named[0], "Could not find a device or an agent")
            raise RefusedError("agent-not-found")
        device = max(found, key=lambda one: max((call.active for call in one.calls), default=0))
        agentless = whole and self._world.agent_of(device.id) is None
        if agentless and self._choices("agentless-blackout") == "refused":
            raise RefusedError("agent-not-found", "No agent has the device")
        return device, whole

    def _calls(self, ask: Ask, device: Device, *, whole: bool) -> tuple[tuple[str, str], list[Call]]:
        """What a blackout is known by, and the calls that it is about."""
        if whole:
            agent = self._world.agent_of(device.id)
            if agent is None:
                return (device.id, "\0"), list(device.calls)
            phones = [self._world.devices[phone] for phone in agent.phones if phone in self._world.devices]
            return (_AGENT, str(agent.id)), [call for one in phones for call in one.calls]
        call = self._finder.instance(ask, device)
        if self._on("blackout-instance-ignored") and device.calls:
            call = device.calls[-1]
        return (device.id, call.instance if call is not None else "\0none"), [call] if call is not None else []

    def _offset(self, ask: Ask) -> int:
        number = ask.number("TIMEOFFSET")
        if ask.text("TIMEOFFSET") and number is None and self._choices("wrong-offset") == "refused":
            raise RefusedError("invalid-message-format", "TIMEOFFSET is no whole number")
        if self._on("negative-offset-refused") and number is not None and number < 0:
            raise RefusedError("invalid-message-format", "TIMEOFFSET is negative")
        return number or 0

    def _blackout(self, ask: Ask) -> Outcome:
        device, whole = self._meant(ask)
        offset, (key, calls) = self._offset(ask), self._calls(ask, device, whole=whole)
        if (not calls or key in self._world.blackouts) and self._choices("idle-blackout") == "refused":
            raise RefusedError("blackout-invalid-state", "There is nothing to black out")
        self._world.blackouts[key] = Blackout(key=key, began=self._world.now() + offset)
        self._later(offset, lambda: self._pause(key, calls))
        return self._sent(ask.function)

    def _blackout_stop(self, ask: Ask) -> Outcome:
        device, whole = self._meant(ask)
        offset, (key, calls) = self._offset(ask), self._calls(ask, device, whole=whole)
        blackout = self._world.blackouts.get(key)
        if blackout is None and self._choices("idle-blackout") == "refused":
            raise RefusedError("blackout-invalid-state", "There is no blackout")
        if (
            self._on("stop-before-start-refused")
            and blackout is not None
            and self._world.now() + offset < blackout.began
        ):
            raise RefusedError("blackout-invalid-state", "It would end before it began")
        self._later(offset, lambda: self._resume(key, calls))
        return self._sent(ask.function)

    def _later(self, offset: int, act: Callable[[], None]) -> None:
        if offset > 0 and self._choices("pause-shown") == "at-offset" and self._choices("offset") == "own":
            self._world.at(self._world.now() + offset, act)
        else:
            act()

    def _pause(self, key: tuple[str, str], calls: list[Call]) -> None:
        if self._on("agent-blackout-pauses-one") and key[0] == _AGENT:
            calls = calls[:1]
        for call in calls:
            paused = bool(call.pauses)
            call.pauses.add(key)
            if call.main is None or not call.recorded or (paused and not self._on("pause-told-twice")):
                continue
            call.main.paused = self._choices("pause-shown") not in ("events", "never")
            if self._on("blackout-ends-recording"):
                self._recorder.finish(call, call.main)
            elif self._on("blackout-clears-user1"):
                call.values["USER1"] = ""
            self._tell("RECORDINGPAUSED", call)

    def _resume(self, key: tuple[str, str], calls: list[Call]) -> None:
        self._world.blackouts.pop(key, None)
        for call in calls:
            if key not in call.pauses:
                continue
            call.pauses.discard(key)
            if call.main is None or not call.recorded or call.pauses:
                continue
            call.main.paused = False
            if self._on("resumed-not-told"):
                continue
            self._tell("RECORDINGRESUMED", call)

    def _tell(self, kind: str, call: Call) -> None:
        if call.main is not None and self._choices("pause-shown") not in ("status", "never"):
            self._telling.recording(kind, call.main, call.device.core)
