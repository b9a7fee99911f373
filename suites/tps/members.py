"""Members of calls: their order, unknown ones, odd names, other letters, deep ones; and what replies are made of."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.wire.xmlrpc_writing import Members, Raw, Writable
from suites.tps import SUITE
from suites.tps.talk import ENCODING, LISTING, MOST, alive, answered, me, odd, room, shown

_AFTER = ("transport.post",)


@SUITE.scenario("encoding.order", "TPS-ENC-003", "TPS-AUT-004", chapter=ENCODING, after=_AFTER)
async def order(dut: CallDut) -> None:
    """Members have names, so that they may stand in any order: user and password first, last, in the middle, and apart."""
    conference = await room(dut, conferenceName="before")
    head = [("authenticationUser", me(dut)[0]), ("authenticationPassword", dut.password)]
    rest: list[tuple[str, Writable]] = [("conferenceID", conference), ("conferenceName", "after"), ("locked", True)]
    orders = {
        "last": [*rest, *head],
        "reversed": [*reversed(rest), *reversed(head)],
        "middle": [rest[0], *head, *rest[1:]],
        "apart": [head[1], *rest, head[0]],
        "between": [rest[2], head[1], rest[1], head[0], rest[0]],
    }
    for name, pairs in orders.items():
        body = dut.document("flex.conference.modify", Members(tuple(pairs)), user=(None, None))
        dut.ok(await odd(dut, body, "flex.conference.modify", {"conferenceID": conference}), "TPS-ENC-003", check=name)
        await shown(dut, conference, "conferenceName", "TPS-ENC-003", expected="after", check=f"{name}.shown")


@SUITE.scenario("encoding.unknown-members", "TPS-TRN-006", "TPS-ENC-003", chapter=ENCODING, after=_AFTER)
async def unknown_members(dut: CallDut) -> None:
    """Members that a method does not have, of any type, are passed over or refused, wherever they stand."""
    deep: Writable = {"a": [{"b": [1, "2", True]}, []]}
    for name, value in (
        ("string", "a"),
        ("int", 5),
        ("boolean", True),
        ("bytes", b"abc"),
        ("struct", deep),
        ("array", [1, 2]),
        ("double", 1.5),
    ):
        for pairs in ([("clausewise", value), ("max", 5)], [("max", 5), ("clausewise", value)]):
            reply = await odd(dut, dut.document(LISTING, Members(tuple(pairs))), LISTING, MOST)
            dut.either(reply, "extra-member", "TPS-ENC-002", check=name)
    await alive(dut)


@SUITE.scenario("encoding.names", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
async def odd_names(dut: CallDut) -> None:
    """Members with names that no method has and that XML must escape are passed over or refused."""
    for name in (
        "a b",
        "a&b",
        "<max>",
        "a\"b'c",
        "gr\u00fc\u00df",
        "\u6f22\u5b57",
        "\U0001f600",
        "m" * 300,
        "0",
        "max.max",
        "a[0]",
        "__class__",
        "%s%n",
        "../x",
    ):
        reply = await odd(dut, dut.document(LISTING, {"max": 5, name: "a"}), LISTING, MOST)
        dut.either(reply, "extra-member", "TPS-ENC-002", check="answered")
    await alive(dut)


def _register_case(name: str, method: str, members: dict[str, Writable], point: str) -> None:
    @SUITE.scenario(f"encoding.case.{name}", "TPS-TRN-006", "TPS-FLT-002", chapter=ENCODING, after=_AFTER)
    async def case(dut: CallDut) -> None:
        """A method or member in other letters is the same, or another one that there is none of."""
        reply = await odd(dut, dut.document(method, members), LISTING, {})
        if reply.ok and name == "member":  # it may be a member that is passed over
            answered(dut, reply)
        else:
            dut.either(reply, point, "TPS-FLT-002")
        await alive(dut)


_register_case("method.capitals", LISTING.upper(), {"max": 5}, "method-case")
_register_case("method.title", "Flex.Conference.Enumerate", {"max": 5}, "method-case")
_register_case("member", LISTING, {"MAX": 5}, "member-case")


@SUITE.scenario("encoding.nested", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
async def nested(dut: CallDut) -> None:
    """Values nested deeper than any method needs are passed over or refused; the device goes on."""
    for depth in (10, 40, 200, 500):
        for kind, (begin, end) in {
            "arrays": ("<value><array><data>", "</data></array></value>"),
            "structs": ("<value><struct><member><name>a</name>", "</member></struct></value>"),
        }.items():
            many = min(depth, 400) if kind == "structs" else depth
            value = Raw(begin * many + "<value><int>1</int></value>" + end * many)
            reply = await odd(dut, dut.document(LISTING, {"max": 5, "clausewise": value}), LISTING, MOST)
            dut.either(reply, "nesting", "TPS-ENC-002", check=f"{kind}.{depth}")
            await alive(dut)


@SUITE.scenario("encoding.nested.elements", "TPS-TRN-006", chapter=ENCODING, after=_AFTER)
async def nested_elements(dut: CallDut) -> None:
    """Thousands of elements in each other, where a value is expected, break nothing."""
    for tag in ("a", "value"):
        value = Raw(f"<{tag}>" * 2000 + f"</{tag}>" * 2000)
        answered(dut, await odd(dut, dut.document(LISTING, {"max": 5, "clausewise": value}), LISTING, MOST), check=tag)
        await alive(dut)


_FORMS = {
    "duplicate-member": "TPS-ENC-006", "well-formed": "TPS-ENC-005", "type": "TPS-ENC-004", "boolean-form": "TPS-ENC-008",
    "boolean-case": "TPS-ENC-008", "dateTime-form": "TPS-ENC-009", "dateTime-zone": "TPS-ENC-009",
}  # fmt: skip


@SUITE.scenario(
    "encoding.replies",
    "TPS-ENC-002",
    "TPS-ENC-003",
    "TPS-ENC-004",
    "TPS-ENC-005",
    "TPS-ENC-006",
    "TPS-ENC-008",
    "TPS-ENC-009",
    chapter=ENCODING,
    after=_AFTER,
)
async def replies(dut: CallDut) -> None:
    """Replies are well-formed XML-RPC: structs of named members with the listed types, booleans and dates in the documented forms."""
    seen: set[str] = set()
    for method in (
        "device.query",
        "device.time.query",
        "device.restartlog.query",
        "system.info",
        "flex.resource.query",
        "services.query",
        "sip.query",
        "device.network.query",
        "cdrlog.query",
    ):
        reply = await dut.call(method)
        if not reply.ok:
            dut.refused(reply, "TPS-FLT-001", check=method)
            continue
        for rule, clause in _FORMS.items():
            found = [one for one in reply.message.deviations if one.rule == rule]
            dut.check(
                f"{method}.{rule}",
                not found,
                clause,
                expected="XML-RPC",
                got=str(found[0]) if found else "",
                step=reply.step,
            )
        seen |= {str(value.kind) for _, value in reply.struct.walk()}
    for kind, clause in (
        ("boolean", "TPS-ENC-008"),
        ("dateTime.iso8601", "TPS-ENC-009"),
        ("int", "TPS-ENC-004"),
        ("struct", "TPS-ENC-003"),
    ):
        dut.check(
            f"seen.{kind}",
            kind in seen,
            clause,
            expected=f"values of the type {kind} among the replies",
            got=", ".join(sorted(seen)),
        )


@SUITE.scenario("encoding.status", "TPS-ENC-007", "TPS-ENC-003", chapter=ENCODING, after=_AFTER)
async def status(dut: CallDut) -> None:
    """A method that returns nothing says that it succeeded, in these words and with nothing beside them."""
    conference = await room(dut, conferenceName="before")
    calls: tuple[tuple[str, dict[str, Writable]], ...] = (
        ("flex.conference.modify", {"conferenceID": conference, "conferenceName": "after"}),
        ("flex.conference.modify", {"conferenceID": conference, "locked": False}),
        ("flex.conference.destroy", {"conferenceID": conference}),
    )
    for method, members in calls:
        reply = dut.ok(await dut.call(method, members), check=method)
        expected = {"status": "operation successful"}
        dut.check(
            "status",
            reply.members == expected,
            "TPS-ENC-007",
            "TPS-ENC-003",
            expected=str(expected),
            got=str(reply.members),
            step=reply.step,
        )
