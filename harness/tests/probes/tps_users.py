"""Probes of users and their privileges, the CDR log, network settings, and methods that a device need not have."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

from harness.tests.probes.tps_shapes import RIGHTS, fit
from harness.tests.probes.tps_wire import INVALID, LONG, NO_PRIVILEGE, NOT_AUTHORIZED, World, fresh, need, probe

PAGE = {
    "moreAvailable": "bool",
    "enumerateID?": "string:150",
    "modifiedSinceStart": "bool",
    "users": [
        {
            "currentUserid?": "string:64",
            "currentUserId?": "string:64",
            "name": "string:31",
            "immortal": "bool",
            "accessRights": RIGHTS,
            "passwordChangeRequired?": "bool",
        }
    ],
}


def users(world: World, **more: Any) -> dict[str, dict[str, Any]]:
    """All users, by identifier."""
    found: dict[str, dict[str, Any]] = {}
    for _turn in range(250):
        got = world.call("user.enumerate", **more)
        fit(got, PAGE, "user.enumerate")
        for one in got["users"]:
            ident = one.get("currentUserid", one.get("currentUserId"))
            need(isinstance(ident, str) and ident not in found, f"user {ident!r}")
            found[ident] = one
        if not got["moreAvailable"]:
            need("enumerateID" not in got, "enumerateID though complete")
            return found
        more = {**more, "enumerateID": got["enumerateID"]}
    need(False, "moreAvailable for ever")
    raise AssertionError


def user(world: World, **members: Any) -> str:
    """A new user, whose password is Secret-1."""
    ident = fresh("probe.")
    given = {"newUserId": ident, "password": "Secret-1", "accessRights": "apiOnly", **members}
    world.done("user.create", **given)
    world.later("user.destroy", currentUserId=given["newUserId"])
    return str(given["newUserId"])


def enters(world: World, ident: str, password: str, method: str = "device.query") -> bool:
    """Whether a user may call a method."""
    try:
        world.ask(method, {"authenticationUser": ident, "authenticationPassword": password})
    except xmlrpc.client.Fault as error:
        need(error.faultCode in (NOT_AUTHORIZED, NO_PRIVILEGE), f"{error}")
        return False
    return True


@probe("user-enumerate", "every member of Table 169; one user is immortal", 3383, 3454, 3460)
def enumerate_users(world: World) -> None:
    name = '<Full> & 漢字 é "N"'
    mine = user(world, name=name)
    found = users(world)
    need(mine in found and found[mine]["name"] == name and found[mine]["accessRights"] == "apiOnly", f"{found}")
    need(found[mine]["immortal"] is False, "immortal")
    lasting = [one for one in found.values() if one["immortal"]]
    need(len(lasting) == 1 and lasting[0]["accessRights"] == "administrator", f"immortal: {lasting}")
    need(world.user in found, "the user who asks")


@probe("user-enumerate-max", "max limits an answer; enumerateID goes on", 3448, 3449, 3455)
def limited(world: World) -> None:
    for _turn in range(3):
        user(world)
    got = world.call("user.enumerate", max=2)
    fit(got, PAGE, "user.enumerate")
    need(len(got["users"]) == 2 and got["moreAvailable"] is True and "enumerateID" in got, f"{got}")
    need(set(users(world, max=1)) == set(users(world)), "not the same")
    world.garbled("user.enumerate", "max", max="1")
    world.garbled("user.enumerate", "enumerateID", enumerateID=1)
    world.fault("user.enumerate", (55, INVALID), enumerateID="rubbish")


@probe("user-create", "a user who is created can call, by level", 3387, 3398, 3403)
def create(world: World) -> None:
    for rights in RIGHTS:
        ident = user(world, accessRights=rights)
        need(
            users(world)[ident]["accessRights"] == rights and users(world)[ident]["name"] == "",
            f"{users(world)[ident]}",
        )
        need(enters(world, ident, "Secret-1") is (rights != "none"), f"{rights} calls")
        need(not enters(world, ident, "Secret-2"), "a wrong password")


@probe("user-create-refused", "what user.create does not take", 3398, 3401, 3696)
def create_refused(world: World) -> None:
    good = {"newUserId": fresh("probe."), "password": "Secret-1", "accessRights": "apiOnly"}
    for name in good:
        world.lacks("user.create", name, **{key: value for key, value in good.items() if key != name})
        world.garbled("user.create", name, **{**good, name: 5})
    world.garbled("user.create", "name", **good, name=False)
    for name, size in (("newUserId", 64), ("password", 31), ("name", 31)):
        world.fault("user.create", LONG, **{**good, name: "x" * (size + 1)})
    for bad in ("root", "Administrator", ""):
        world.fault("user.create", INVALID, **{**good, "accessRights": bad})
    need(good["newUserId"] not in users(world), "created all the same")
    world.fault("user.create", 205, **{**good, "newUserId": world.user})
    world.fault("user.create", 205, **{**good, "newUserId": user(world)})


@probe("user-lengths", "64 characters of id, 31 of password and name", 3398, 3399, 3401)
def lengths(world: World) -> None:
    ident = user(world, newUserId=fresh("probe").ljust(64, "x"), password="p" * 31, name="n" * 31)
    need(users(world)[ident]["name"] == "n" * 31 and enters(world, ident, "p" * 31), "not kept")


@probe("user-modify", "what is left out stays", 3418, 3427, 3431)
def modify(world: World) -> None:
    ident, other = user(world, name="before"), fresh("probe.")
    world.later("user.destroy", currentUserId=other)
    world.done("user.modify", currentUserId=ident, name="after")
    need(users(world)[ident]["name"] == "after" and enters(world, ident, "Secret-1"), "name")
    world.done("user.modify", currentUserId=ident, password="Secret-3")
    need(enters(world, ident, "Secret-3") and not enters(world, ident, "Secret-1"), "password")
    world.done("user.modify", currentUserId=ident, accessRights="none")
    need(users(world)[ident]["accessRights"] == "none" and not enters(world, ident, "Secret-3"), "accessRights")
    world.done("user.modify", currentUserId=ident, newUserId=other)
    found = users(world)
    need(ident not in found and found[other]["name"] == "after", "newUserId")
    world.fault("user.modify", 205, currentUserId=other, newUserId=world.user)


@probe("user-modify-refused", "what user.modify does not take", 3427, 3431)
def modify_refused(world: World) -> None:
    ident = user(world)
    world.lacks("user.modify", "currentUserId", name="x")
    world.garbled("user.modify", "currentUserId", currentUserId=5)
    world.fault("user.modify", currentUserId="nobody-here", name="x")
    for name, size in (("newUserId", 64), ("password", 31), ("name", 31)):
        world.fault("user.modify", LONG, currentUserId=ident, **{name: "x" * (size + 1)})
        world.garbled("user.modify", name, currentUserId=ident, **{name: 5})
    world.fault("user.modify", INVALID, currentUserId=ident, accessRights="x")


@probe("user-destroy", "a user who is destroyed is gone", 3407, 3412, 3681)
def destroy(world: World) -> None:
    ident = user(world)
    world.done("user.destroy", currentUserId=ident)
    need(ident not in users(world) and not enters(world, ident, "Secret-1"), "still there")
    world.fault("user.destroy", 64, currentUserId=ident)
    world.lacks("user.destroy", "currentUserId")
    world.garbled("user.destroy", "currentUserId", currentUserId=5)


@probe("user-immortal", "the immortal user cannot be destroyed nor lose its rights", 3383, 3412, 3680)
def immortal(world: World) -> None:
    ident = next(key for key, one in users(world).items() if one["immortal"])
    world.fault("user.destroy", 63, currentUserId=ident)
    for rights in ("apiOnly", "none"):
        world.fault("user.modify", 63, currentUserId=ident, accessRights=rights)
    world.later("user.modify", currentUserId=ident, name=users(world)[ident]["name"])
    world.done("user.modify", currentUserId=ident, name="Eternal")
    need(users(world)[ident]["name"] == "Eternal", "can be modified")


@probe("user-levels", "apiOnly calls, but does not see or change administrators; none calls nothing", 3389, 3390, 3391)
def levels(world: World) -> None:
    only, boss = user(world), user(world, accessRights="administrator")
    mine = {"authenticationUser": only, "authenticationPassword": "Secret-1"}
    need("apiVersion" in world.call("device.query", **mine), "device.query")
    if enters(world, only, "Secret-1", "user.enumerate"):
        found = users(world, **mine)
        need(not [one for one in found.values() if one["accessRights"] == "administrator"], f"sees {found}")
    world.fault("user.modify", currentUserId=boss, name="x", **mine)
    world.fault("user.modify", currentUserId=world.user, name="x", **mine)
    need(users(world)[boss]["name"] == "", "changed")


@probe("user-disabled", "a user without rights cannot authenticate", 3391)
def disabled(world: World) -> None:
    former, password = world.fixtures.get("disabled_user"), world.fixtures.get("disabled_password")
    for method in ("device.query", "flex.conference.enumerate", "user.enumerate", "system.info"):
        need(former is None or not enters(world, str(former), str(password), method), method)


@probe("user-changes-during", "an enumeration may tell that users were modified", 3456)
def during(world: World) -> None:
    user(world)
    got = world.call("user.enumerate", max=1)
    need(got["modifiedSinceStart"] is False, f"{got}")
    user(world)
    fit(world.call("user.enumerate", max=1, enumerateID=got["enumerateID"]), PAGE, "user.enumerate")
