"""Rights: users who may call nothing, users who may call the API alone, and rights that change."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.checks.callfaults import syntax_of
from harness.flow import CaseSkipped
from suites.tps import SUITE
from suites.tps.access import CHAPTER, person, stranger
from suites.tps.talk import PROBE, READERS, has, me

_AFTER = ("transport.post",)


@SUITE.scenario("access.disabled", "TPS-AUT-003", chapter=CHAPTER, after=_AFTER)
async def disabled(dut: CallDut) -> None:
    """A user without rights is refused in every method that tells something."""
    try:
        user = dut.user("disabled")
    except CaseSkipped:
        user = await person(dut, "none")
    for method in (
        *READERS,
        "flex.conference.enumerate",
        "system.info",
        *(["user.enumerate"] if has(dut, "user.enumerate") else []),
        "flex.resource.status",
        "cdrlog.query",
    ):
        reply = await dut.call(method, user=user, link="disabled")
        dut.fault(reply, syntax_of(dut.model).unprivileged, "TPS-AUT-003", check=method)
    await stranger(dut, (user[0], "wrong"), check="wrong-password")


@SUITE.scenario("access.disabled.writers", "TPS-AUT-003", chapter=CHAPTER, after=("access.disabled",))
async def disabled_writers(dut: CallDut) -> None:
    """A user without rights changes nothing."""
    try:
        user = dut.user("disabled")
    except CaseSkipped:
        user = await person(dut, "none")
    conference = str(
        (
            await dut.setup(
                "flex.conference.create", {**await dut.sample("flex.conference.create"), "conferenceName": "before"}
            )
        ).value("conferenceID")
    )
    for method, members in (
        ("flex.conference.create", await dut.sample("flex.conference.create")),
        ("flex.conference.modify", {"conferenceID": conference, "conferenceName": "after"}),
        ("flex.conference.destroy", {"conferenceID": conference}),
    ):
        reply = await dut.call(method, members, user=user, link="disabled", undo=False)
        dut.fault(reply, syntax_of(dut.model).unprivileged, "TPS-AUT-003", check=method)
    told = dut.ok(
        await dut.call("flex.conference.query", {"conferenceID": conference}), "TPS-AUT-003", check="still-there"
    )
    got = told.value("conferenceName")
    dut.check("unchanged", got == "before", "TPS-AUT-003", expected="before", got=repr(got), step=told.step)


@SUITE.scenario("access.api-only", "TPS-AUT-003", "TPS-USR-020", chapter=CHAPTER, after=_AFTER)
async def api_only(dut: CallDut) -> None:
    """A user of level apiOnly is served in methods that are not about users."""
    try:
        user = dut.user("api_only")
    except CaseSkipped:
        user = await person(dut, "apiOnly")
    for method in (*READERS, "flex.conference.enumerate", "system.info", "flex.resource.status", "cdrlog.query"):
        dut.ok(await dut.call(method, user=user, link="api-only"), "TPS-USR-020", check=method)
    await stranger(dut, (user[0], "wrong"), check="wrong-password")


@SUITE.scenario("access.api-only.users", "TPS-AUT-003", "TPS-USR-022", chapter=CHAPTER, after=_AFTER)
async def api_only_users(dut: CallDut) -> None:
    """A user of level apiOnly is served in methods about users or not at all, and cannot end an administrator."""
    try:
        user = dut.user("api_only")
    except CaseSkipped:
        user = await person(dut, "apiOnly")
    admin = await person(dut)
    reply = await dut.call("user.enumerate", user=user, link="api-only")
    if not reply.ok:
        dut.fault(reply, syntax_of(dut.model).unprivileged, "TPS-AUT-003", check="enumerate")
    dut.observe(
        "who",
        "TPS-AMB-274",
        *(["api-only", "only-api-only"] if reply.ok else ["administrators"]),
        got=reply.describe(),
        step=reply.step,
    )
    ended = await dut.call("user.destroy", {"currentUserId": admin[0]}, user=user, link="api-only", undo=False)
    dut.refused(ended, "TPS-AUT-003", "TPS-USR-022", check="destroy")
    dut.ok(await dut.call(PROBE, user=admin, link="admin"), "TPS-USR-022", check="still-there")


@SUITE.scenario(
    "access.rights.change", "TPS-AUT-003", "TPS-AUT-004", "TPS-USR-017", "TPS-USR-015", chapter=CHAPTER, after=_AFTER
)
async def change(dut: CallDut) -> None:
    """Other rights, and another password, hold from the next call on, on connections that are open, too."""
    user = await person(dut, "apiOnly")
    dut.ok(await dut.call(PROBE, user=user, link="own"), check="before")
    await dut.setup("user.modify", {"currentUserId": user[0], "accessRights": "none"}, undo=False)
    reply = await dut.call(PROBE, user=user, link="own")
    dut.fault(reply, syntax_of(dut.model).unprivileged, "TPS-AUT-003", "TPS-AUT-004", "TPS-USR-017", check="none")
    await dut.setup(
        "user.modify", {"currentUserId": user[0], "accessRights": "apiOnly", "password": "Other-Pass2"}, undo=False
    )
    dut.ok(await dut.call(PROBE, user=(user[0], "Other-Pass2"), link="own"), "TPS-AUT-004", "TPS-USR-015", check="new")
    await stranger(dut, user, "TPS-AUT-004", "TPS-USR-015", check="old")
    await dut.setup("user.destroy", {"currentUserId": user[0]})
    await stranger(dut, (user[0], "Other-Pass2"), "TPS-AUT-004", "TPS-USR-009", check="gone")


@SUITE.scenario("access.unknown-method", "TPS-AUT-002", "TPS-FLT-002", chapter=CHAPTER, after=_AFTER)
async def unknown_method(dut: CallDut) -> None:
    """A method that there is none of, called by nobody who is known, is refused for either."""
    for user in (("clausewise", "wrong"), (me(dut)[0], "wrong")):
        reply = await dut.call("clausewise.nothing", user=user, link="stranger")
        passed = reply.code in ("1", "14", "15")
        dut.check(
            "refused",
            passed,
            "TPS-AUT-002",
            "TPS-FLT-002",
            expected="fault 1 or 14",
            got=reply.describe(),
            step=reply.step,
        )
        dut.observe("which", "TPS-AMB-097", {"1": "method", "14": "authorization"}.get(reply.code, ""), step=reply.step)
