"""Groups, roles, and who has which of them."""

from __future__ import annotations

from collections.abc import Mapping

from harness.reference.uptivity.asking import Ask, Handler, Outcome, RefusedError
from harness.reference.uptivity.finding import Finder
from harness.reference.uptivity.functions import Common
from harness.reference.uptivity.imports import Imports
from harness.reference.uptivity.state import Agent, Role

_FIRST_GROUPS = 13  # numbers up to it are of the world that a server begins with
_MEMBER = ("ADD", "DELETE")


class Groups:
    """Carries out what is about groups and roles.

    Args:
        common: what all parts share.
        finder: finds agents.
        imports: knows actions.
    """

    def __init__(self, common: Common, finder: Finder, imports: Imports) -> None:
        self._world, self._choices, self._on = common.world, common.choices, common.setup.faults.on
        self._finder, self._imports = finder, imports
        self._out: set[object] = set()  # what was deleted, for a fault
        self._names = {name: number for number, name in common.world.groups.items()}

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "ADDGROUP": self._add,
            "MODIFYGROUPPERMISSION": self._member,
            "MODIFYUSERGROUPPERMISSION": self._viewer,
            "MODIFYROLE": self._role,
            "MODIFYROLEGROUPPERMISSION": self._role_group,
            "MODIFYUSERROLE": self._role_user,
        }

    def _folded(self, name: str) -> str:
        return name.casefold() if self._choices("people-case") == "same" else name

    def _group(self, name: str) -> int | None:
        """The number of a group."""
        if self._choices("people-case") == "same":
            return next((number for one, number in self._names.items() if one.casefold() == name.casefold()), None)
        return self._names.get(name)

    def _add(self, ask: Ask) -> Outcome:
        name = ask.text("GROUPNAME")
        number = self._group(name)
        if number is None or self._on("group-added-twice"):
            number = self._world.next_id("group")
            self._world.groups[number] = name
            self._names[name] = number
            self._world.members[number], self._world.viewers[number] = set(), set()
        return Outcome(text=f"group: {name} has been added", values={"GROUPID": str(number), "GROUPNAME": name})

    def _named_group(self, ask: Ask, number_name: str) -> int:
        """The group that a permission is about."""
        name, number = ask.text("GROUPNAME"), ask.number(number_name)
        by_name = self._group(name) if name else None
        if name and number is not None and by_name != number:
            match self._choices("two-ways"):
                case "refused":
                    raise RefusedError("invalid-message-format", "Name and number are of two groups")
                case "numbers":
                    name = ""
        found = by_name if name else number
        if found is not None and not name and found > _FIRST_GROUPS and self._on("added-group-not-by-number"):
            found = None
        if found is None or found not in self._world.groups:
            self._finder.unknown(ask, "GROUPNAME" if name else number_name, "There is no such group")
            raise RefusedError("no-group", "There is no such group")
        return found

    def _named_agent(self, ask: Ask) -> Agent:
        first, last, number = ask.text("FIRSTNAME"), ask.text("LASTNAME"), ask.number("AGENTID")
        by_name = self._finder.agent(first=first, last=last) if first and last else None
        by_number = self._world.agents.get(number) if number is not None else None
        if by_name is not by_number and first and last and number is not None:
            match self._choices("two-ways"):
                case "refused":
                    raise RefusedError("invalid-message-format", "Names and number are of two agents")
                case "numbers":
                    by_name = by_number
        agent = by_name if first and last else by_number
        if agent is None or agent.deleted:
            self._finder.unknown(ask, "AGENTID" if number is not None else "FIRSTNAME", "There is no such agent")
            raise RefusedError("agent-not-found", "There is no such agent")
        return agent

    def _change(self, known: set[int] | set[tuple[int, str]], one: object, action: str) -> None:
        """Add or delete, where nothing may change."""
        there = one in known
        if there == (action == "ADD") and self._choices("there-already") == "refused":
            raise RefusedError("database-query", "It is there already" if there else "It is not there")
        if self._on("deleted-member-stays-out") and action == "ADD" and one in self._out:
            raise RefusedError("database-query", "It was deleted")
        if action == "DELETE":
            self._out.add(one)
        (known.add if action == "ADD" else known.discard)(one)  # type: ignore[arg-type]

    def _member(self, ask: Ask) -> Outcome:
        action = self._imports.action(ask, _MEMBER)
        number, agent, phone = self._named_group(ask, "GROUPLD"), self._named_agent(ask), ask.text("PHONEID")
        if self._choices("not-his-phone") == "refused" and phone not in agent.phones:
            raise RefusedError("agent-not-found", "The phone is not the agent's")
        if self._on("permission-needs-alias") and phone and phone in agent.phones:
            raise RefusedError("agent-not-found", "The phone is not the agent's")
        self._change(self._world.members[number], (agent.id, phone), action)
        told = {name: text for name, text in ask.values.items() if text}
        return Outcome(values={**told, "GROUPLD": str(number), "AGENTID": str(agent.id)})

    def _viewer(self, ask: Ask) -> Outcome:
        action = self._imports.action(ask, _MEMBER)
        number = self._named_group(ask, "GROUPID")
        user = self._finder.agent(username=ask.text("USERNAME"))
        if user is None:
            self._finder.unknown(ask, "USERNAME", "There is no such user")
            raise RefusedError("user-not-found", "There is no such user")
        device = ask.text("DEVICEID")
        if device and device not in self._world.devices and self._choices("permission-device") == "checked":
            raise RefusedError("database-query", "There is no such device")
        self._change(self._world.viewers[number], user.id, action)
        return Outcome(values={name: text for name, text in ask.values.items() if text})

    # roles

    def _told(self, ask: Ask, text: str) -> Outcome:
        return Outcome(text=text, values={name: one for name, one in ask.values.items() if one})

    def _by_name(self, name: str) -> Role | None:
        wanted = self._folded(name)
        return next((role for role in self._world.roles.values() if self._folded(role.name) == wanted), None)

    def _role(self, ask: Ask) -> Outcome:
        action, name = self._imports.action(ask, ("ADD", "MODIFY", "DELETE")), ask.text("ROLENAME")
        role = self._by_name(name)
        if action == "ADD":
            if role is None:
                number = self._world.next_id("role")
                self._world.roles[number] = Role(id=number, name=name, description=ask.text("DESCRIPTION"))
            elif self._choices("role-there") != "accepted":
                raise RefusedError("role-already-exists", "There is such a role")
            return self._told(ask, "Role Added")
        if role is None:
            if self._on("unknown-role-deleted") and action == "DELETE":
                return self._told(ask, "Role Deleted")
            raise RefusedError("role-not-found", "There is no such role")
        if action == "DELETE":
            if (role.users or role.groups) and self._choices("role-used") == "refused":
                raise RefusedError("database-query", "Somebody has the role")
            if not self._on("deleted-role-stays"):
                del self._world.roles[role.id]
            return self._told(ask, "Role Deleted")
        role.description = ask.text("DESCRIPTION") or role.description
        return self._told(ask, "Role Modified")

    def _named_role(self, ask: Ask) -> Role | None:
        name, number = ask.text("ROLENAME"), ask.number("ROLEID")
        by_name = self._by_name(name) if name else None
        by_number = self._world.roles.get(number) if number is not None else None
        if name and number is not None and by_name is not by_number:
            match self._choices("two-ways"):
                case "refused":
                    raise RefusedError("invalid-message-format", "Name and number are of two roles")
                case "numbers":
                    by_name = by_number
        role = by_name if name else by_number
        if role is None:
            self._finder.unknown(ask, "ROLENAME" if name else "ROLEID", "There is no such role")
        return role

    def _role_group(self, ask: Ask) -> Outcome:
        action = self._imports.action(ask, _MEMBER)
        role, name = self._named_role(ask), ask.text("GROUPNAME")
        group = self._group(name)
        if group is None:
            self._finder.unknown(ask, "GROUPNAME", "There is no such group")
        if role is None or group is None:
            return self._told(ask, f"Group {name} does not exist or it is not active")
        self._change(role.groups, group, action)
        return self._told(ask, f"Group {name} is assigned role {role.name}")

    def _role_user(self, ask: Ask) -> Outcome:
        action, role = self._imports.action(ask, _MEMBER), self._named_role(ask)
        wanted: dict[str, str] = {}
        number = ask.number("USERID")
        user = self._world.agents.get(number) if number is not None else None
        for name, attribute in (("SYSTEMUSERNAME", "sys_user"), ("USERNAME", "username")):
            if ask.text(name):
                wanted = {attribute: ask.text(name)}
        names = {"first": ask.text("FIRSTNAME"), "last": ask.text("LASTNAME")}
        if not wanted and (all(names.values()) or self._choices("half-name") == "accepted"):
            wanted = {name: text for name, text in names.items() if text}
        if user is None and wanted:
            user = self._finder.agent(**wanted)
        if user is None or user.deleted:
            raise RefusedError("user-not-found", "There is no such user")
        if role is None:
            raise RefusedError("role-not-found", "There is no such role")
        self._change(role.users, user.id, action)
        return self._told(ask, f"User {user.id} is assigned role {role.name}")
