"""Roles: adding, changing and deleting them, and giving them to groups and users by every way to name those."""

from __future__ import annotations

from collections.abc import Iterator

from harness.documentdut import DocumentDut
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.agents import other_road
from suites.uptivity.groups import KEPT, add_group
from suites.uptivity.members import NO_ACTIONS
from suites.uptivity.openusers import errors_of, names_of
from suites.uptivity.world import Fields, fresh, new_agent, new_role, person

CHAPTER = "User, Group, and Role Functions"
_ROLE, _GROUP, _USER = "MODIFYROLE", "MODIFYROLEGROUPPERMISSION", "MODIFYUSERROLE"
_AFTER = (f"{_ROLE}.success", f"{_GROUP}.success", f"{_USER}.success", "ADDGROUP.success")


async def role(dut: DocumentDut, action: str, name: str, road: str | None = None, **fields: str) -> Result:
    """Add, change or delete a role."""
    return await dut.call(_ROLE, {"ACTION": action, "ROLENAME": name, **fields}, road=road)


async def to_group(dut: DocumentDut, action: str, road: str | None = None, **fields: str) -> Result:
    """Give a role to a group, or take it back."""
    return await dut.call(_GROUP, {"ACTION": action, **fields}, road=road)


async def to_user(dut: DocumentDut, action: str, road: str | None = None, **fields: str) -> Result:
    """Give a role to a user, or take it back."""
    return await dut.call(_USER, {"ACTION": action, **fields}, road=road)


def _gone(dut: DocumentDut, result: Result, *clauses: str, check: str) -> None:
    dut.refused(result, *clauses, errors=errors_of(dut, "role-not-found"), check=check)


def _repeats(dut: DocumentDut, result: Result, sent: Fields) -> None:
    """What was sent comes back with its value, or not at all."""
    told = {name: result.get(name) for name in sent}
    odd = {name: got for name, got in told.items() if got is not None and got != sent[name]}
    dut.check("sent", not odd, "UPT-ROL-014", expected=f"{sent}, or nothing", got=str(odd), step=result.step)
    if any(told.values()) and None in told.values():
        lost = ", ".join(name for name, got in told.items() if got is None)
        dut.check("whole", False, "UPT-ROL-014", expected="all that was sent", got=f"no {lost}", step=result.step)
    dut.observe("repeated", "UPT-AMB-172", "repeated" if all(told.values()) else "absent")


async def kept_group(dut: DocumentDut) -> tuple[str, str]:
    """A group of our own, name and number, which stays for the next run."""
    return KEPT, await add_group(dut, KEPT)


@SUITE.scenario(
    "roles.cycle", "UPT-ROL-001", "UPT-ROL-006", "UPT-ROL-007", "UPT-ROL-008", "UPT-ROL-014",
    "UPT-MODIFYROLE.ACTION", "UPT-MODIFYROLE.ROLENAME", "UPT-MODIFYROLE.DESCRIPTION", chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def cycle(dut: DocumentDut) -> None:
    """A role that was added is there to be changed and deleted, and is then gone; another can be added under its name."""
    for road in dut.roads:
        name, other = f"Clausewise {fresh(dut)}", other_road(dut, road)
        for _ in range(2):
            _gone(dut, await role(dut, "MODIFY", name, road, DESCRIPTION="none"), "UPT-ROL-007", check=f"before.{road}")
            result = dut.ok(await role(dut, "ADD", name, road, DESCRIPTION="one"), "UPT-ROL-006", check=f"add.{road}")
            _repeats(dut, result, {"ROLENAME": name})
            for look in (other, road):
                result = await role(dut, "MODIFY", name, look, DESCRIPTION="two")
                dut.ok(result, "UPT-ROL-006", "UPT-ROL-001", check=f"modify.{look}")
            dut.ok(await role(dut, "DELETE", name, road), "UPT-ROL-008", check=f"delete.{road}")
            for action in ("MODIFY", "DELETE"):
                _gone(dut, await role(dut, action, name, other), "UPT-ROL-008", "UPT-ROL-007", check=f"gone.{action}")


@SUITE.scenario("roles.others", "UPT-ROL-006", "UPT-ROL-007", "UPT-ROL-008", chapter=CHAPTER, after=_AFTER)
async def others(dut: DocumentDut) -> None:
    """Deleting a role, and failing to delete or change one, leaves the others."""
    names = [await new_role(dut) for _ in range(4)]
    for road in dut.roads:
        name = names.pop(1)
        dut.ok(await role(dut, "DELETE", name, road), "UPT-ROL-008", check="delete")
        for nobody in (f"none {fresh(dut)}", name, names[0][:-1], f"{names[0]}0"):
            for action in ("DELETE", "MODIFY"):
                _gone(dut, await role(dut, action, nobody, road), "UPT-ROL-007", check=f"{action}.{road}")
        for other in names:
            dut.ok(await role(dut, "MODIFY", other, road, DESCRIPTION="still"), "UPT-ROL-006", check="other")


def _users(agent: Fields) -> Iterator[Fields]:
    """Every way to name a user that is enough."""
    yield {"USERID": agent["AGENT_ID"]}
    yield {"SYSTEMUSERNAME": agent["SYS_USER"]}
    yield {"USERNAME": agent["USERNAME"]}
    yield names_of(agent)


@SUITE.scenario(
    "roles.to-users", "UPT-ROL-003", "UPT-ROL-005", "UPT-ROL-006", "UPT-ROL-013", "UPT-ROL-014", "UPT-ROL-016",
    *(f"UPT-{_USER}.{name}" for name in ("ACTION", "ROLENAME", "USERID", "LASTNAME", "FIRSTNAME", "SYSTEMUSERNAME", "USERNAME")),
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def to_users(dut: DocumentDut) -> None:
    """A role is given to a user, taken back and given again, whichever way the user is named."""
    name, made = await new_role(dut), await new_agent(dut)
    for road in dut.roads:
        for way in _users(made):
            for action in ("ADD", "DELETE", "ADD", "DELETE"):
                result = await to_user(dut, action, road, ROLENAME=name, **way)
                dut.ok(result, "UPT-ROL-016", "UPT-ROL-013", check=f"{'-'.join(way)}.{road}")
                _repeats(dut, result, {"ROLENAME": name, **way})


@SUITE.scenario(
    "roles.to-groups", "UPT-ROL-003", "UPT-ROL-006", "UPT-ROL-013", "UPT-ROL-014",
    *(f"UPT-{_GROUP}.{name}" for name in ("ACTION", "ROLENAME", "GROUPNAME")), chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def to_groups(dut: DocumentDut) -> None:
    """A role is given to a group, taken back and given again."""
    name, (group, _) = await new_role(dut), await kept_group(dut)
    for road in dut.roads:
        for action in ("ADD", "DELETE", "ADD", "DELETE"):
            sent = {"ROLENAME": name, "GROUPNAME": group}
            result = dut.ok(await to_group(dut, action, road, **sent), "UPT-ROL-013", check=f"{action}.{road}")
            _repeats(dut, result, sent)


@SUITE.scenario(
    "roles.by-number", "UPT-ROL-003", "UPT-ROL-013", f"UPT-{_GROUP}.ROLEID", f"UPT-{_USER}.ROLEID",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def by_number(dut: DocumentDut) -> None:
    """Roles are found by their numbers as by their names, for a user and a group of our own."""
    made, (group, _) = await new_agent(dut), await kept_group(dut)
    names, numbers = dut.fixtures("role_names"), dut.fixtures("role_ids")
    for road in dut.roads:
        for name, number in zip(names, numbers, strict=False):
            for way in ({"ROLEID": number}, {"ROLENAME": name}, {"ROLEID": number, "ROLENAME": name}):
                for action in ("ADD", "DELETE"):
                    result = await to_user(dut, action, road, **way, USERNAME=made["USERNAME"])
                    dut.ok(result, "UPT-ROL-003", check=f"user.{road}")
                    result = await to_group(dut, action, road, **way, GROUPNAME=group)
                    dut.ok(result, "UPT-ROL-003", check=f"group.{road}")


@SUITE.scenario(
    "roles.nobody", "UPT-ROL-008", "UPT-ROL-011", "UPT-ROL-012", "UPT-ROL-015", f"UPT-{_USER}.USERID.unknown",
    f"UPT-{_USER}.ROLENAME.unknown", chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def nobody(dut: DocumentDut) -> None:
    """Roles and users that there are none of, and roles that were deleted, are refused, to add and to delete."""
    made, name, (group, _) = await new_agent(dut), await new_role(dut), await kept_group(dut)
    other, strange, left = await new_agent(dut), person(dut), await new_role(dut)
    dut.ok(await role(dut, "DELETE", left), "UPT-ROL-008", check="delete")
    far = str(1_900_000_000 + dut.rng.randrange(1_000_000))
    users: tuple[Fields, ...] = (
        *_users({**strange, "AGENT_ID": far}),
        {"FIRSTNAME": made["FIRSTNAME"], "LASTNAME": other["LASTNAME"]},
    )
    for road in dut.roads:
        for action in ("ADD", "DELETE"):
            for way in ({"ROLENAME": left}, {"ROLENAME": f"none {fresh(dut)}"}, {"ROLEID": far}):
                result = await to_user(dut, action, road, **way, USERNAME=made["USERNAME"])
                _gone(dut, result, "UPT-ROL-011", check=f"role.{road}")
                result = await to_group(dut, action, road, **way, GROUPNAME=group)
                dut.either(result, "UPT-AMB-173", "UPT-ROL-015", check=f"group.{road}")
            for one in users:
                result = await to_user(dut, action, road, ROLENAME=name, **one)
                errors = errors_of(dut, "user-not-found")
                dut.refused(result, "UPT-ROL-012", errors=errors, check=f"user.{'-'.join(one)}.{road}")


@SUITE.scenario(
    "roles.lacking", "UPT-ROL-001", "UPT-ROL-002", "UPT-ROL-003", "UPT-ROL-004", "UPT-ROL-005",
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def lacking(dut: DocumentDut) -> None:
    """Requests that lack the role, the group, the user or the action are refused."""
    made, name, (group, _) = await new_agent(dut), await new_role(dut), await kept_group(dut)
    user = {"USERNAME": made["USERNAME"]}
    for road in dut.roads:
        for action in ("ADD", "MODIFY", "DELETE"):
            result = await dut.call(_ROLE, {"ACTION": action, "DESCRIPTION": "no name"}, road=road)
            dut.refused(result, "UPT-ROL-002", check=f"no-name.{road}")
        for action in ("ADD", "DELETE"):
            dut.refused(
                await to_group(dut, action, road, GROUPNAME=group), "UPT-ROL-003", check=f"group.no-role.{road}"
            )
            dut.refused(await to_user(dut, action, road, **user), "UPT-ROL-003", check=f"user.no-role.{road}")
            dut.refused(await to_user(dut, action, road, ROLENAME=name), "UPT-ROL-005", check=f"no-user.{road}")
            result = await dut.call(_GROUP, {"ACTION": action, "ROLENAME": name}, road=road, judged=False)
            dut.either(result, "UPT-AMB-007", "UPT-ROL-004", check=f"no-group.{road}")
        spare = await new_role(dut)
        for function, fields in (
            (_ROLE, {"ROLENAME": spare}),
            (_GROUP, {"ROLENAME": name, "GROUPNAME": group}),
            (_USER, {"ROLENAME": name, **user}),
        ):
            result = await dut.call(function, fields, road=road)
            dut.either(result, "UPT-AMB-147", "UPT-ROL-001", check=f"no-action.{road}")


@SUITE.scenario(
    "roles.no-action", "UPT-ROL-010", "UPT-ROL-001", *(f"UPT-{one}.ACTION.type" for one in (_ROLE, _GROUP, _USER)),
    chapter=CHAPTER, after=_AFTER,
)  # fmt: skip
async def no_action(dut: DocumentDut) -> None:
    """What is no action is refused, and does nothing to a role."""
    made, name, (group, _) = await new_agent(dut), await new_role(dut), await kept_group(dut)
    errors = errors_of(dut, "invalid-action")
    for road in dut.roads:
        new = f"Clausewise {fresh(dut)}"
        for action in (*NO_ACTIONS, "LIST"):
            for result in (
                await role(dut, action, name, road),
                await role(dut, action, new, road),
                await to_group(dut, action, road, ROLENAME=name, GROUPNAME=group),
                await to_user(dut, action, road, ROLENAME=name, USERNAME=made["USERNAME"]),
            ):
                dut.refused(result, "UPT-ROL-010", errors=errors, check=f"{action}.{road}")
        _gone(
            dut,
            await role(dut, "MODIFY", new, road, DESCRIPTION="new"),
            "UPT-ROL-010",
            "UPT-ROL-007",
            check=f"new.{road}",
        )
        dut.ok(await role(dut, "MODIFY", name, road, DESCRIPTION="old"), "UPT-ROL-010", check=f"old.{road}")


# what the document leaves open


@SUITE.scenario("roles.open.again", "UPT-ROL-006", chapter=CHAPTER, after=_AFTER)
async def again(dut: DocumentDut) -> None:
    """Adding a role that is there is open, and so is giving it twice and taking it back twice; the role stays."""
    made, name, (group, _) = await new_agent(dut), await new_role(dut), await kept_group(dut)
    for road in dut.roads:
        dut.either(await role(dut, "ADD", name, road, DESCRIPTION="other"), "UPT-AMB-177", check=f"add.{road}")
        dut.ok(await role(dut, "MODIFY", name, road, DESCRIPTION="still"), "UPT-ROL-006", check=f"still.{road}")
    for action in ("ADD", "ADD", "DELETE", "DELETE"):
        dut.either(await to_user(dut, action, ROLENAME=name, USERNAME=made["USERNAME"]), "UPT-AMB-170", check="user")
        dut.either(await to_group(dut, action, ROLENAME=name, GROUPNAME=group), "UPT-AMB-170", check="group")


@SUITE.scenario("roles.open.given", "UPT-ROL-008", "UPT-ROL-011", chapter=CHAPTER, after=_AFTER)
async def given(dut: DocumentDut) -> None:
    """Whether a role that a user has may be deleted is open; it is there or not as the answer says."""
    made, name = await new_agent(dut), await new_role(dut)
    await dut.setup(_USER, {"ACTION": "ADD", "ROLENAME": name, "USERNAME": made["USERNAME"]})
    done = dut.either(await role(dut, "DELETE", name), "UPT-AMB-178")
    result = await role(dut, "MODIFY", name, DESCRIPTION="still")
    if done:
        _gone(dut, result, "UPT-ROL-008", "UPT-ROL-007", check="gone")
        result = await to_user(dut, "ADD", ROLENAME=name, USERNAME=made["USERNAME"])
        _gone(dut, result, "UPT-ROL-011", check="given")
    else:
        dut.ok(result, "UPT-ROL-006", check="there")


@SUITE.scenario("roles.open.half-names", chapter=CHAPTER, after=_AFTER)
async def half_names(dut: DocumentDut) -> None:
    """Whether one of the names is enough, and a role for a group that there is none of, is open."""
    made, name = await new_agent(dut), await new_role(dut)
    for one in ("LASTNAME", "FIRSTNAME"):
        dut.either(await to_user(dut, "ADD", ROLENAME=name, **{one: made[one]}), "UPT-AMB-176", "UPT-ROL-016")
    dut.either(await to_group(dut, "ADD", ROLENAME=name, GROUPNAME=f"none {fresh(dut)}"), "UPT-AMB-174")
