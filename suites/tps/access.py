"""Users: who is known, who may call, and that every call says it again."""

from __future__ import annotations

from dataclasses import replace

from harness.calldut import CallDut
from harness.checks.callfaults import expected_wrong, syntax_of
from harness.spec.callmodel import Slip
from harness.spec.model import Effect
from harness.wire.xmlrpc_writing import Members, Raw, Writable
from suites.tps import SUITE
from suites.tps.talk import PROBE, READERS, alive, has, me, odd, own

CHAPTER = "authentication"
_AFTER = ("transport.post",)
_PASSWORD = "Clausewise-Pass1"  # noqa: S105 - of users that cases make


async def person(dut: CallDut, rights: str = "administrator") -> tuple[str, str]:
    """A user of this case, whose password nobody else knows."""
    name = dut.unique("clausewise").replace(" ", "-")
    await dut.setup(
        "user.create", {"newUserId": name, "password": _PASSWORD, "accessRights": rights, "name": "Clausewise"}
    )
    return name, _PASSWORD


async def stranger(
    dut: CallDut, user: tuple[Writable, Writable], *clauses: str, check: str, method: str = PROBE
) -> None:
    """A call of nobody that the device knows is refused for that, or, with an empty name or password, as one that lacks it."""
    syntax = syntax_of(dut.model)
    reply = await dut.call(method, user=user, link="stranger")
    expected = expected_wrong(dut.model, syntax.unauthorized)
    if "" in user:
        expected = replace(
            expected, outcomes={**expected_wrong(dut.model, syntax.wrong[Slip.EMPTY]).outcomes, **expected.outcomes}
        )
    dut.fault(reply, expected, "TPS-AUT-002", *clauses, check=check)


_WRONG = {
    "other": "Another-Pass1", "capitals": _PASSWORD.upper(), "small": _PASSWORD.lower(), "swapped": _PASSWORD.swapcase(), "shorter": _PASSWORD[:-1],
    "half": _PASSWORD[:8], "five": _PASSWORD[:5], "longer": _PASSWORD + "1", "blank": _PASSWORD + " ", "before": " " + _PASSWORD,
    "twice": _PASSWORD[:15], "reversed": _PASSWORD[::-1], "stars": "*" * len(_PASSWORD), "percent": "%", "quote": "' or '1'='1",
}  # fmt: skip


@SUITE.scenario("access.password", "TPS-AUT-002", "TPS-AUT-004", chapter=CHAPTER, after=_AFTER)
async def passwords(dut: CallDut) -> None:
    """A user is known by the whole password in its letters; anything else is refused, the first time and the fourth."""
    user = await person(dut)
    dut.ok(await dut.call(PROBE, user=user, link="own"), "TPS-AUT-002", check="right")
    for check, wrong in _WRONG.items():
        await stranger(dut, (user[0], wrong), check=check)
    for turn in range(4):
        await stranger(dut, (user[0], "Wrong"), "TPS-AUT-004", check=f"again.{turn}")
    dut.ok(await dut.call(PROBE, user=user, link="own"), "TPS-AUT-002", "TPS-AUT-004", check="right-again")


@SUITE.scenario("access.password.empty", "TPS-AUT-002", chapter=CHAPTER, after=_AFTER)
async def empty_password(dut: CallDut) -> None:
    """An empty password is not that of a user who has one."""
    user = await person(dut)
    for _ in range(2):
        await stranger(dut, (user[0], ""), check="empty")
    if dut.password:
        await stranger(dut, (me(dut)[0], ""), check="empty.own")


@SUITE.scenario("access.user", "TPS-AUT-002", chapter=CHAPTER, after=_AFTER)
async def strangers(dut: CallDut) -> None:
    """Users that there are none of are refused, whatever their passwords are, right ones of others too."""
    known = await person(dut)
    for check, name in (
        ("none", dut.unique("nobody")),
        ("longer", known[0] + "x"),
        ("shorter", known[0][:-1]),
        ("empty", ""),
        ("blank", " "),
        ("star", "*"),
    ):
        for password in (_PASSWORD, ""):
            await stranger(dut, (name, password), check=check)
    await stranger(dut, (known[1], known[0]), check="exchanged")
    await stranger(dut, (dut.unique("nobody"), dut.password), check="own-password")


@SUITE.scenario("access.missing", "TPS-AUT-001", "TPS-FLT-003", "TPS-FLT-004", chapter=CHAPTER, after=_AFTER)
async def missing(dut: CallDut) -> None:
    """A call without user name, without password, or without both is refused, whatever it asks for."""
    user, password = me(dut)[0], dut.password
    for method in (
        *READERS,
        "flex.conference.enumerate",
        "system.info",
        *(["user.enumerate"] if has(dut, "user.enumerate") else []),
    ):
        for check, given, member in (
            ("user", (None, password), "authenticationUser"),
            ("password", (user, None), "authenticationPassword"),
            ("both", (None, None), ""),
        ):
            reply = await dut.call(method, user=given, link="nobody")
            if reply.code == "1" and not dut.model.operations[method].call:
                continue
            head = syntax_of(dut.model).head["authenticationUser" if check != "password" else "authenticationPassword"]
            dut.fault(
                reply,
                next(one for slip, one in head.wrong.items() if slip == "missing"),
                "TPS-AUT-001",
                member=member,
                check=f"{check}",
            )
    dut.ok(await dut.call(PROBE), check="right")


@SUITE.scenario("access.names", "TPS-AUT-001", "TPS-TRN-006", chapter=CHAPTER, after=_AFTER)
async def names(dut: CallDut) -> None:
    """User and password in members of other names, or in another struct, are none."""
    user, password = me(dut)[0], dut.password
    for check, members in (
        ("short", {"user": user, "password": password}),
        ("other", {"authUser": user, "authPassword": password}),
        ("nested", {"authentication": {"authenticationUser": user, "authenticationPassword": password}}),
        ("blank", {" authenticationUser2": user, "authenticationPasswords": password}),
    ):
        reply = await odd(dut, dut.document(PROBE, members, user=(None, None)))
        dut.refused(reply, "TPS-AUT-001", ambiguity="malformed", check=check)
    await alive(dut)


@SUITE.scenario("access.http", "TPS-AUT-001", "TPS-TRN-006", chapter=CHAPTER, after=_AFTER)
async def http(dut: CallDut) -> None:
    """User and password that HTTP carries are none for the call."""
    for value in ("Basic YWRtaW46YWRtaW4=", "Basic Og==", "Bearer clausewise"):
        reply = await odd(dut, dut.request(dut.document(PROBE, user=(None, None)), headers=[("Authorization", value)]))
        dut.refused(reply, "TPS-AUT-001", ambiguity="malformed")
        dut.ok(
            await odd(dut, dut.request(dut.document(PROBE), headers=[("Authorization", value)])),
            "TPS-AUT-002",
            check="right",
        )


_TYPES: dict[str, Writable] = {
    "int": 5, "zero": 0, "boolean": True, "array": ["admin"], "empty-array": [], "struct": {"a": "admin"}, "bytes": b"admin", "double": 1.5,
    "nil": Raw("<value><nil/></value>"),
}  # fmt: skip


def _register_type(name: str, value: Writable) -> None:
    @SUITE.scenario(f"access.type.{name}", "TPS-AUT-001", "TPS-TRN-006", chapter=CHAPTER, after=_AFTER)
    async def other_type(dut: CallDut) -> None:
        """A user name or a password of another type than a text is refused."""
        for check, user in (("user", (value, dut.password)), ("password", (me(dut)[0], value))):
            reply = await odd(dut, dut.document(PROBE, user=user))
            dut.refused(reply, "TPS-AUT-001", ambiguity="malformed", check=check)
            if reply.code in ("14", "103"):
                dut.observe(
                    check, "TPS-AMB-096", "malformed" if reply.code == "103" else "authorization", step=reply.step
                )
        await alive(dut)


for _key, _value in _TYPES.items():
    _register_type(_key, _value)


@SUITE.scenario("access.twice", "TPS-AUT-002", "TPS-TRN-006", chapter=CHAPTER, after=_AFTER)
async def twice(dut: CallDut) -> None:
    """Of two passwords in a call the first or the last counts, or it is refused; two wrong ones are never right."""
    right, wrong = ("authenticationPassword", dut.password), ("authenticationPassword", "wrong")
    user = ("authenticationUser", me(dut)[0])
    taken = []
    for pairs in ((user, right, wrong), (user, wrong, right)):
        reply = await odd(dut, dut.document(PROBE, Members(pairs), user=(None, None)))
        taken.append(bool(reply.ok))
        dut.check(
            "answered",
            reply.came or reply.ended,
            "TPS-ENC-002",
            expected="an answer",
            got=reply.describe(),
            step=reply.step,
        )
    dut.check(
        "one",
        not all(taken),
        "TPS-AUT-002",
        expected="one of two passwords to count, or none",
        got="either of two passwords is enough",
    )
    reply = await odd(dut, dut.document(PROBE, Members((user, wrong, wrong)), user=(None, None)))
    dut.refused(reply, "TPS-AUT-002", ambiguity="malformed", check="wrong")
    await alive(dut)


@SUITE.scenario("access.long", "TPS-AUT-002", "TPS-TRN-006", chapter=CHAPTER, after=_AFTER)
async def long(dut: CallDut) -> None:
    """User names and passwords longer than any are refused."""
    for size in (65, 300, 5000):
        for check, user in (("user", ("u" * size, "a")), ("password", (me(dut)[0], "p" * size))):
            reply = await dut.call(PROBE, user=user, link="stranger")
            head = syntax_of(dut.model).head["authenticationUser" if check == "user" else "authenticationPassword"]
            dut.fault(
                reply,
                next(one for slip, one in head.wrong.items() if slip == "length"),
                "TPS-AUT-002",
                check=f"{check}.{size}",
            )
    await alive(dut)


@SUITE.scenario("access.every-reader", "TPS-AUT-001", "TPS-AUT-002", chapter=CHAPTER, after=_AFTER)
async def every_reader(dut: CallDut) -> None:
    """No method that tells something tells it to somebody who is not known."""
    for method, operation in dut.model.operations.items():
        if (
            operation.effect is not Effect.READ
            or operation.call is None
            or operation.call.experimental
            or operation.call.optional
        ):
            continue
        sent = {
            name: dut.unknown_id()
            for name, member in operation.call.takes.items()
            if member.required and member.object is not None and name.endswith("ID")
        }
        for user in (("clausewise", "wrong"), (None, None)):
            reply = await odd(dut, dut.document(method, sent, user=user), "", {}, link="stranger")
            if reply.code == "1":
                continue
            dut.check(
                f"{method}.refused", not reply.ok, "TPS-AUT-001" if user[0] is None else "TPS-AUT-002", expected="a refusal", got=reply.describe(),
                step=reply.step,
            )  # fmt: skip


@SUITE.scenario("access.stateless", "TPS-AUT-004", "TPS-AUT-001", "TPS-AUT-002", chapter=CHAPTER, after=_AFTER)
async def stateless(dut: CallDut) -> None:
    """On one connection each call is judged by its own user and password, whoever called before."""
    user, password = me(dut)[0], dut.password
    for turn in range(3):
        for check, given, known in (
            ("right", (user, password), True),
            ("none", (None, None), False),
            ("wrong", (user, "wrong"), False),
            ("right", (user, password), True),
            ("no-password", (user, None), False),
            ("nobody", ("nobody", password), False),
            ("no-user", (None, password), False),
        ):
            request = dut.request(dut.document(READERS[turn], user=given), headers=[("Connection", "Keep-Alive")])
            reply = await dut.ask(request, READERS[turn], {}, link="one", again=True)
            passed = bool(reply.ok) if known else reply.ok is False
            dut.check(
                check,
                passed,
                "TPS-AUT-004",
                expected="a success" if known else "a refusal",
                got=reply.describe(),
                step=reply.step,
            )


@SUITE.scenario("access.two-connections", "TPS-AUT-004", "TPS-AUT-002", chapter=CHAPTER, after=_AFTER)
async def two_connections(dut: CallDut) -> None:
    """Calls of a known user on one connection lend nothing to another one."""
    for turn in range(4):
        own(dut, dut.ok(await dut.call(READERS[turn % 3], link="known"), check="known"), "TPS-AUT-004")
        reply = await dut.call(READERS[turn % 3], user=(me(dut)[0], "wrong"), link="unknown")
        dut.check(
            "unknown",
            reply.ok is False,
            "TPS-AUT-004",
            "TPS-AUT-002",
            expected="a refusal",
            got=reply.describe(),
            step=reply.step,
        )
