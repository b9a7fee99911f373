"""What cases about users and settings share: the list of users, the services, what is kept, and the clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from harness.wire.xmlrpc_writing import Writable
from suites.tps.talk import me

Row = dict[str, Any]
ServiceKey = tuple[str, str, str, str]
_PAGES = 300
_MOST_TEXT = 160


def user_id(one: Mapping[str, Any]) -> str:
    """The id of a listed user, in either spelling."""
    return str(one.get("currentUserid", one.get("currentUserId", "")))


async def pages(dut: CallDut, *, most: int = 0, user: tuple[str, str] | None = None) -> list[CallReply]:
    """The pages of one enumeration of users, the first one whatever it is."""
    asked: dict[str, Writable] = {"max": most} if most else {}
    found = [await dut.call("user.enumerate", asked, user=user)]
    while found[-1].ok and found[-1].value("moreAvailable") is True and len(found) < _PAGES:
        token = found[-1].value("enumerateID")
        if not isinstance(token, str):
            break
        found.append(await dut.setup("user.enumerate", {**asked, "enumerateID": token}, user=user))
    return found


def rows_of(replies: Collection[CallReply]) -> list[Row]:
    """The users of pages, in their order."""
    return [one for reply in replies for one in _list(reply.value("users")) if isinstance(one, dict)]


async def people(dut: CallDut, *, user: tuple[str, str] | None = None) -> dict[str, Row]:
    """All users by their ids.

    Raises:
        CaseInconclusive: they are not told.
    """
    found = await pages(dut, user=user)
    if not found[0].ok:
        raise CaseInconclusive(f"user.enumerate did not succeed: {found[0].describe()}")
    return {user_id(one): one for one in rows_of(found)}


async def immortal(dut: CallDut) -> Row:
    """The immortal user.

    Raises:
        CaseInconclusive: none is told.
    """
    found = next((one for one in (await people(dut)).values() if one.get("immortal") is True), None)
    if found is None:
        raise CaseInconclusive("user.enumerate tells no immortal user")
    return found


def kept(
    dut: CallDut,
    before: Mapping[str, Row],
    after: Mapping[str, Row],
    *clauses: str,
    but: Collection[str] = (),
    check: str = "others",
) -> bool:
    """All but these are there as they were, and nothing has come besides."""
    odd = [name for name in {**before, **after} if name not in but and before.get(name) != after.get(name)]
    told = "; ".join(f"{name}: {before.get(name)} before, {after.get(name)} after" for name in odd[:3])
    return dut.check(check, not odd, *clauses, expected="everything else as it was", got=told[:_MOST_TEXT])


def is_me(dut: CallDut, one: Mapping[str, Any]) -> bool:
    """Whether a listed user is the one that calls."""
    return user_id(one) == me(dut)[0]


# settings


async def told(dut: CallDut, method: str) -> Row:
    """What a query tells.

    Raises:
        CaseInconclusive: it does not succeed.
    """
    return (await dut.setup(method)).members


def alike(
    dut: CallDut,
    wanted: Mapping[str, Any],
    got: Mapping[str, Any],
    *clauses: str,
    check: str,
    step: int = -1,
) -> bool:
    """These members are told so; an empty text may be left out."""
    odd = {name: got.get(name) for name, value in wanted.items() if got.get(name) != value and (got.get(name) or value)}
    names = {name: wanted[name] for name in odd}
    return dut.check(check, not odd, *clauses, expected=str(names), got=str(odd)[:_MOST_TEXT], step=step)


def destructive(dut: CallDut, why: str) -> None:
    """Go on only where the permit has destructive calls.

    Raises:
        CaseSkipped: it has not.
    """
    if not dut.target.allow.destructive:
        raise CaseSkipped(f"needs destructive = true in [target.allow]: {why}")


def rows_of_services(members: Mapping[str, Any]) -> list[tuple[ServiceKey, Row]]:
    """The services that services.query tells, each with port, protocol, name and type."""
    return [
        ((port["ethernetPort"], port["protocolVersion"], one["serviceName"], one["connectionType"]), one)
        for port in _list(members.get("ports"))
        for one in _list(port.get("services"))
    ]


def services_of(members: Mapping[str, Any]) -> dict[ServiceKey, Row]:
    """The same by port, protocol, name and type."""
    return dict(rows_of_services(members))


# the clock


def date_of(reply: CallReply, member: str = "currentTime") -> datetime:
    """A date that a reply tells.

    Raises:
        CaseInconclusive: it tells none.
    """
    found = reply.value(member)
    if not isinstance(found, datetime):
        raise CaseInconclusive(f"{reply.method} tells no {member}")
    return found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
