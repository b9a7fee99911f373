"""Groups: their members, and who is not in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError, Value, nothing, one
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.state import Group, World
from harness.reference.rss2000.world import ADMINISTRATOR

Items = list[tuple[str, str]]

# Fault members-beyond-four.
_MOST_MEMBERS = 4


class Groups:
    """All groups.

    Args:
        world: groups and accounts.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, world: World, choices: Choices, faults: FaultSet) -> None:
        self._world, self._choices, self._on = world, choices, faults.on
        # Whether a member that is nobody any more is told of.
        self._keeps_lost = choices.deleted_member == "kept" or self._on("unknown-member-counts")

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "GETGROUP": self._get,
            "GETMEMBER": self._members,
            "ADDGROUP": self._add,
            "MODGROUP": self._modify,
            "DELGROUP": self._delete,
            "GETALLGROUP": self._all,
        }

    def inside(self, ids: Iterable[str]) -> Items:
        """Groups by id and name."""
        groups = self._world.groups
        return [(one, groups[one].name) for one in ids if one in groups]

    def kept_ids(self, ids: Iterable[str]) -> list[str]:
        """Ids of groups as they are told; of groups that are gone only where the reading, or a fault, keeps them."""
        return [one for one in ids if one in self._world.groups or self._keeps_lost]

    def outside(self, ids: Iterable[str]) -> Items:
        """All other groups."""
        within = set(ids)
        return [(group.id, group.name) for group in self._world.groups.values() if group.id not in within]

    def checked(self, ids: Iterable[str]) -> list[str]:
        """Ids of groups, each once.

        Raises:
            RefusedError: one names no group.
        """
        return self._known(list(ids), self._world.groups, "A group is not known")

    def _known(self, ids: list[str], known: Collection[str], reason: str) -> list[str]:
        """Those ids that are known, under the readings about unknown and repeated ones."""
        choices = self._choices
        if any(one not in known for one in ids) and not choices.drops_unknown:
            raise RefusedError(reason)
        once = list(dict.fromkeys(ids))
        if choices.twice == "refused" and len(once) < len(ids):
            raise RefusedError("A GUID is there twice")
        return [one for one in (ids if choices.twice == "twice" else once) if one in known]

    def kept(self, ids: list[str], asked_for: bool) -> list[str]:
        """What is stored of a list that the right beside it asks for, or does not."""
        return ids if asked_for or self._choices.unasked_lists != "dropped" else []

    def told(self, ids: list[str], asked_for: bool) -> list[str]:
        """What is told of such a list."""
        return ids if asked_for or self._choices.unasked_lists == "shown" else []

    def _brief(self, group: Group) -> dict[str, Value]:
        return {
            "GROUPID": group.id,
            "GROUPNAME": group.name,
            "DESCRIPTION": group.description,
            "MEMBER_COUNT": str(len(group.members) + group.lost),
        }

    def _whole(self, group: Group) -> dict[str, Value]:
        """A group with its members and who is no member."""
        world = self._world
        users = {user.id: user.name for user in world.users.values()}
        endpoints = {endpoint.id: endpoint.name for endpoint in world.endpoints.values()}
        return {
            **self._brief(group),
            "MEMBER": [(one, "") for one in group.members if one in users or one in endpoints or self._keeps_lost],
            "MEMBER_USER": [(one, users[one]) for one in group.members if one in users],
            "NOTIN_USER": [(one, name) for one, name in users.items() if one not in group.members],
            "MEMBER_EP": [(one, endpoints[one]) for one in group.members if one in endpoints],
            "NOTIN_EP": [(one, name) for one, name in endpoints.items() if one not in group.members],
        }

    def _get(self, call: Call) -> Outcome:
        name, identity, world = call.text("GROUPNAME"), call.text("GROUPID"), self._world
        if not name and not identity:
            brief = self._whole if self._choices.all_details else self._brief
            shown = [brief(group) for group in world.groups.values()]
            if self._on("first-description"):
                for values, one_group in zip(shown, world.groups.values(), strict=True):
                    values["DESCRIPTION"] = one_group.first_description
            if self._on("count-of-users"):
                users = {user.id for user in world.users.values()}
                for values, one_group in zip(shown, world.groups.values(), strict=True):
                    values["MEMBER_COUNT"] = str(sum(member in users for member in one_group.members))
            return Outcome(confirms=shown, changed=False)
        group = self._asked(name, identity)
        if group is None:
            return nothing(self._choices, "The group is not known")
        shown_one = self._whole(group)
        if self._on("first-description"):
            shown_one["DESCRIPTION"] = group.first_description
        if self._on("complement-of-old") and group.outside:
            names = {endpoint.id: endpoint.name for endpoint in world.endpoints.values()}
            known = [one for one in group.outside if one in names and one not in group.members]
            shown_one["NOTIN_EP"] = [(one, names[one]) for one in known]
        if self._on("complement-kept") and group.outside:
            names = {user.id: user.name for user in world.users.values()}
            shown_one["NOTIN_USER"] = [(one, names[one]) for one in group.outside if one in names]
        return Outcome(confirms=[shown_one], changed=False)

    def _asked(self, name: str, identity: str) -> Group | None:
        """The group of a name and an id; of one of them alone, or of two groups, as the reading says."""
        named, reading = self._world.group_named(name), self._choices.one_of_two
        group = self._world.groups.get(identity)
        if named is group or (named is None and not name) or (group is None and not identity):
            found = named or group
            return found if reading == "either" or (name and identity) else None
        return (group or named) if reading == "either" else None

    def _members(self, _call: Call) -> Outcome:
        world = self._world
        users = [(user.id, user.name) for user in world.users.values()]
        if self._choices.without_administrator:
            users = [item for item in users if item[1] != ADMINISTRATOR]
        endpoints = [(endpoint.id, endpoint.name) for endpoint in world.endpoints.values()]
        if self._on("members-stale"):
            endpoints += [(endpoint.id, endpoint.name) for endpoint in world.lost_endpoints[-1:]]
        outcome = one(MEMBER_USER=users, MEMBER_EP=endpoints)
        outcome.changed = False
        return outcome

    def _checked_members(self, call: Call) -> list[str]:
        """The ids of a command, each once.

        Raises:
            RefusedError: one is of no user and of no endpoint.
        """
        if self._on("unknown-member-counts"):
            return list(dict.fromkeys(call.all("MEMBER")))
        found = self._known(call.all("MEMBER"), self._world.members(), "A member is no user and no endpoint")
        return found[:_MOST_MEMBERS] if self._on("members-beyond-four") else found

    def _add(self, call: Call) -> Outcome:
        world, name, description = self._world, call.text("GROUPNAME"), call.text("DESCRIPTION")
        old = world.group_named(name)
        if old is not None:
            if self._choices.used_group == "refused":
                raise RefusedError("GROUPNAME is in use")
            if self._choices.used_group == "replaced":
                return self._modify(call)
            name = next(
                f"{name} ({number})" for number in range(2, 10**6) if not world.group_named(f"{name} ({number})")
            )
        members = self._checked_members(call)
        identity = world.new_id()
        group = Group(id=identity, name=name, description=description, members=members, first_description=description)
        group.outside = [one for one in world.members() if one not in members]
        world.groups[identity] = group
        return Outcome(confirms=[self._whole(group)])

    def _modify(self, call: Call) -> Outcome:
        world = self._world
        group = world.group_named(call.text("GROUPNAME"))
        if group is None:
            raise RefusedError("The group is not known")
        members = (
            self._checked_members(call) if call.has("MEMBER") or self._choices.missing != "kept" else group.members
        )
        if self._on("members-added"):
            members = list(dict.fromkeys([*group.members, *members]))
        group.members = members
        if call.has("DESCRIPTION"):
            group.description = call.text("DESCRIPTION")
        if self._on("id-changes-with-group"):
            del world.groups[group.id]
            group.id = world.new_id()
            world.groups[group.id] = group
        return Outcome(confirms=[self._whole(group)])

    def _delete(self, call: Call) -> Outcome:
        world = self._world
        group = world.group_named(call.text("GROUPNAME"))
        if group is None:
            raise RefusedError("The group is not known")
        if self._choices.deleted_member == "refused" and world.holds_group(group.id):
            raise RefusedError("A right names the group")
        shown = self._brief(group)
        del world.groups[group.id]
        if self._choices.deleted_member != "kept":
            world.forget_group(group.id)
        return Outcome(confirms=[shown])

    def _all(self, _call: Call) -> Outcome:
        groups = [(group.id, group.name) for group in self._world.groups.values()]
        if self._on("empty-groups-hidden"):
            groups = [(group.id, group.name) for group in self._world.groups.values() if group.members]
        outcome = one(GROUP=groups)
        outcome.changed = False
        return outcome
