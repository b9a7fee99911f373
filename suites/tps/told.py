"""What replies tell only of conferences, participants and calls that are in some state: each member is there then, and only then."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.calldut import CallDut
from harness.derive_call_told import TellsOf, Told
from harness.flow import CaseInconclusive
from harness.messages.callreply import CallReply
from harness.spec.callvalues import exists
from harness.spec.load import load_system
from harness.wire.xmlrpc_values import Value
from suites.tps import SUITE
from suites.tps.samples import fill
from suites.tps.world import (
    TOTAL,
    Members,
    participant,
    resources,
)

CHAPTER = "what replies tell"
_MODEL = load_system("tps")
TELLS = TellsOf(_MODEL)
Which = Callable[[Told], bool]
LISTS = ("flex.participant.enumerate", "flex.participant.advanced.enumerate", "flex.participant.media.enumerate")
_PAGES = 200


# which members


def text_or_limit(told: Told) -> bool:
    """Members that are told if they are not empty, or as the half of a pair that holds; experimental ones not."""
    return TELLS.by_value(told) and not any(one.experimental for one in told.line)


def flag(told: Told) -> bool:
    """The half of a pair that stands for no limit."""
    return told.path[-1].endswith("Unlimited")


def depends(*states: str) -> Which:
    """Members that depend on these circumstances."""
    return TELLS.with_state(*states)


def _values(struct: Value | None, path: tuple[str, ...]) -> Iterator[Value | None]:
    """Every value at a path of a struct, elements of arrays one after the other; None where it is absent."""
    if struct is None:
        return
    if not path:
        yield struct
        return
    found = struct.get(path[0])
    if found is None:
        yield None
    elif found.items:
        for item in found.items:
            yield from _values(item, path[1:])
    else:
        yield from _values(found, path[1:])


def there(dut: CallDut, reply: CallReply, struct: Value | None, method: str, which: Which, *, skip: int = 0) -> None:
    """These members are told at least once; `skip` steps of their paths lead to the struct."""
    for told in TELLS.members(method):
        if not which(told) or not all(exists(dut.syntax.versions, dut.version, one) for one in told.line):
            continue
        if any(one.optional or one.absent or (one.present is not None and one.present.ambiguity) for one in told.line):
            continue
        found = [one for one in _values(struct, told.path[skip:]) if one is not None]
        dut.check(
            f"there.{method}.{told.label}",
            bool(found),
            told.clause,
            expected=f"{told.label} to be told",
            got="nothing",
            step=reply.step,
        )


def absent(dut: CallDut, reply: CallReply, struct: Value | None, method: str, which: Which, *, skip: int = 0) -> None:
    """These members are not told, or are told as empty where a reading has that."""
    for told in TELLS.members(method):
        if not which(told) or struct is None or (told.member.present is not None and told.member.present.only):
            continue
        found = [one for one in _values(struct, told.path[skip:]) if one is not None]
        open_point = told.member.present is not None and told.member.present.ambiguity is not None
        wrong = [one for one in found if not (open_point and one.plain() in ("", b"", False))]
        dut.check(
            f"absent.{method}.{told.label}",
            not wrong,
            f"{told.clause}:absent",
            expected=f"no {told.label}",
            got=repr(wrong[0].plain())[:200] if wrong else "",
            step=reply.step,
        )


async def element(
    dut: CallDut, method: str, array: str, key: str, wanted: str, asked: Members
) -> tuple[CallReply, Value]:
    """The element of a list that stands for an object.

    Raises:
        CaseInconclusive: the list does not have it.
    """
    for _ in range(_PAGES):
        reply = await dut.setup(method, asked)
        found = reply.find(array)
        for item in found.items if found is not None else ():
            name = item.get(key)
            if name is not None and name.plain() == wanted:
                return reply, item
        if reply.value("moreAvailable") is not True:
            break
        asked = {"cookie": reply.value("cookie")}
    raise CaseInconclusive(f"{method} does not list {wanted}")


# what there must be


async def limited(dut: CallDut) -> Members:
    """Media resources with a limit for a channel of each kind."""
    tokens = {"total": TOTAL, "maxPerChannel": TOTAL // 2}
    kinds = ("mediaTokensMainVideo", "mediaTokensExtendedVideo", "mediaTokensAudio")
    return {**await resources(dut), **{kind: dict(tokens) for kind in kinds}}


def of_list(which: Which, array: str) -> Which:
    """Those of them that stand in an array of the reply."""
    return lambda told: told.path[0] == array and which(told)


# lists


@SUITE.scenario(
    "told.deletions",
    *TELLS.clauses("flex.participant.deletions.enumerate", lambda told: told.path[0] in ("participantIDs", "IDs")),
    *TELLS.absent("flex.participant.deletions.enumerate"),
    "TPS-flex.participant.deletions.enumerate.extended:default",
    chapter=CHAPTER,
    after=("flex.participant.deletions.enumerate.success", "flex.participant.destroy.success"),
)
async def deletions(dut: CallDut) -> None:
    """Participants that are gone are told as ids, or as structs where that was asked for."""
    method, cookies = "flex.participant.deletions.enumerate", {}
    for extended in (None, False, True):
        asked = {} if extended is None else {"extended": extended}
        cookies[extended] = (await dut.setup(method, asked)).value("cookie")
    name = await participant(dut)
    await dut.setup("flex.participant.destroy", {"participantID": name})
    for extended, cookie in cookies.items():
        again: Members = {"cookie": cookie}
        if extended is not None:
            again["extended"] = extended  # as it was in the first call
        reply = dut.ok(await dut.call(method, again), check=f"extended.{extended}")
        mine, other = ("IDs", "participantIDs") if extended else ("participantIDs", "IDs")
        there(dut, reply, reply.struct, method, lambda told, mine=mine: told.path[0] == mine)  # type: ignore[misc]
        absent(dut, reply, reply.struct, method, lambda told, other=other: told.label == other)  # type: ignore[misc]


@SUITE.scenario(
    "told.user.pages",
    *TELLS.clauses("user.enumerate", lambda told: told.path == ("enumerateID",)),
    "TPS-user.enumerate.returned.enumerateID:absent",
    *TELLS.clauses("user.enumerate", lambda told: told.path == ("users", "name")),
    chapter=CHAPTER,
    after=("user.enumerate.success",),
)
async def user_pages(dut: CallDut) -> None:
    """The list of users has a token while there is more, and none when it is complete."""
    await dut.shared("user", "any")
    token = lambda told: told.path == ("enumerateID",)  # noqa: E731
    asked: Members = {"max": 1}
    for page in range(_PAGES):
        reply = dut.ok(await dut.call("user.enumerate", asked), check="page")
        if reply.value("moreAvailable") is not True:
            absent(dut, reply, reply.struct, "user.enumerate", token)
            dut.check("several", page > 0, "TPS-user.enumerate.max", expected="several pages of one user", got="one")
            return
        there(dut, reply, reply.struct, "user.enumerate", token)
        asked = {"max": 1, "enumerateID": reply.value("enumerateID")}
    raise CaseInconclusive("the list of users does not end")


@SUITE.scenario(
    "told.syslog",
    *TELLS.clauses("logs.syslog.query", lambda told: told.path[0] == "servers"),
    chapter=CHAPTER,
    after=("logs.syslog.modify.success", "logs.syslog.query.success"),
)
async def syslog(dut: CallDut) -> None:
    """A syslog server is told with its address and what was sent to it."""
    await dut.setup("logs.syslog.modify", {"servers": [await fill(dut, "syslogServer")]})
    reply = dut.ok(await dut.call("logs.syslog.query"), check="asked")
    for name in ("address", "packetsSent"):
        found = reply.has(f"servers[0].{name}")
        dut.check(
            f"there.{name}",
            found,
            f"TPS-struct.syslogServerState.returned.{name}",
            expected=f"{name} to be told",
            got="nothing",
            step=reply.step,
        )
