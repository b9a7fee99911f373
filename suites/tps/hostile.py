"""XML-RPC written wrongly, in each way that there is a name for: never a crash, never silence, never a success where nothing was said."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.messages.callreply import CallReply
from harness.wire.xmlrpc_wrong import WRONG_MEMBERS, WRONG_MESSAGES, WRONG_VALUES
from suites.tps import SUITE
from suites.tps.talk import ENCODING, LISTING, alive, answered, needs, odd, preferred, room

_AFTER = ("transport.post",)
_MODIFY = "flex.conference.modify"

# What must be refused, for it cannot be read, or nobody says who calls: name -> the clause that asks for it.
_REFUSED = {
    **dict.fromkeys(("int-word", "int-two-signs", "boolean-word", "boolean-number", "boolean-empty"), "TPS-FLT-005"),
    **dict.fromkeys(
        ("double-word", "double-infinite", "double-comma", "double-range", "deep-structs", "deep-arrays"), "TPS-FLT-005"
    ),
    **dict.fromkeys(("int-above", "int-below", "int-eight-bytes", "int-huge"), "TPS-SIZ-002"),
    **dict.fromkeys(
        ("nothing", "text", "no-params", "empty-params", "scalar-param", "array-param", "empty-param"), "TPS-AUT-001"
    ),
    **dict.fromkeys(("no-method", "empty-method", "method-characters"), "TPS-FLT-002"),
}
# What is XML and XML-RPC as well as the usual spelling, so that it must be taken.
_TAKEN = {"section": "a<b", "comment": "ab"}
# What an ambiguity tells of: name -> its key.
_OPEN = {
    **dict.fromkeys(("nil", "nil-prefixed", "i8"), "nil"),
    **dict.fromkeys(("int-empty", "int-blank", "int-plus", "int-zeros"), "int-spelling"),
    **dict.fromkeys(("int-padded", "boolean-padded", "padded-name", "method-padded"), "white-space"),
    **dict.fromkeys(("int-point", "int-exponent", "double-exponent"), "near-type"),
    **dict.fromkeys(("base64-characters", "base64-cut", "base64-unpadded"), "base64-spelling"),
    "two-params": "extra-parameter",
}
_BYTES = ("bytes", "surrogate", "overlong")
_TYPES = ("doctype", "laughs", "external-entity", "external-doctype")
_TWICE = ("duplicate", "duplicate-other")
# XML that is not well-formed: a reader of XML stops there.
_BROKEN = frozenset(
    name
    for table in (WRONG_VALUES, WRONG_MESSAGES)
    for name, one in table.items()
    if one.rules & {"well-formed", "entity"}
) - {"text", "blanks-before"}


def _place(name: str) -> tuple[str, dict[str, object], str]:
    """Method, members and path of what is spoiled; the members are those of a reader where it has one of the type."""
    if name.startswith(("int", "double", "i8")):
        return LISTING, {"max": 5}, "max"
    if name.startswith("boolean"):
        return "flex.participant.deletions.enumerate", {"extended": True}, "extended"
    if name.startswith("array"):
        return "cdrlog.enumerate", {"filter": ["conferenceStarted"]}, "filter"
    if name in WRONG_MESSAGES:
        return LISTING, {"max": 5}, ""
    if name.startswith("base64"):
        return _MODIFY, {"metadata": b"abc"}, "metadata"
    if name.startswith("struct"):
        return _MODIFY, {"callAttributes": {"displaySelfView": False}}, "callAttributes"
    return _MODIFY, {"conferenceName": "b" if name in _TWICE else "a"}, "conferenceName"


def _judged(dut: CallDut, name: str, reply: CallReply) -> None:
    """Whether a reply is one of those that such a call may have."""
    if name in _REFUSED:
        dut.refused(reply, _REFUSED[name], ambiguity="malformed")
    elif name in _TAKEN:
        dut.ok(reply, "TPS-ENC-001", check="taken")
    elif name in _OPEN:
        dut.either(reply, _OPEN[name], "TPS-ENC-002")
    elif name in _BYTES:
        got = answered(dut, reply)
        dut.observe(
            "bytes",
            "TPS-AMB-050",
            {"taken": "replaced", "closed": "closed"}.get(got, "refused"),
            got=reply.describe(),
            step=reply.step,
        )
    elif name in _TYPES:
        got = answered(dut, reply)
        dut.observe(
            "type",
            "TPS-AMB-051",
            *(("passed", "small") if got == "taken" else ("refused",)),
            got=reply.describe(),
            step=reply.step,
        )
    elif name in _BROKEN:
        answered(dut, reply)
        preferred(
            dut, "refused", not reply.ok, "TPS-FLT-001", expected="a call that is no XML to be refused", reply=reply
        )
    else:
        answered(dut, reply)


def _register(name: str, about: str) -> None:
    clauses = (
        ("TPS-ENC-001",)
        if name in _TAKEN
        else (_REFUSED[name],)
        if name in _REFUSED
        else ("TPS-FLT-001",)
        if name in _BROKEN
        else ()
    )

    async def spoiled(dut: CallDut) -> None:
        method, members, path = _place(name)
        sent = dict(members)
        if path == "extended":
            needs(dut, method, path)
        if method == _MODIFY:
            sent = {"conferenceID": await room(dut, conferenceName="before"), **sent}
        reply = await odd(dut, dut.spoiled(name, method, sent, path), method, sent)  # type: ignore[arg-type]
        _judged(dut, name, reply)
        if name in _TAKEN or name in _TWICE:
            await _stored(dut, name, str(sent["conferenceID"]), reply)
        await alive(dut)

    spoiled.__doc__ = f"A call with {about} is answered in order, and the device goes on."
    spoiled.__module__ = __name__
    SUITE.scenario(f"hostile.{name}", "TPS-TRN-006", "TPS-ENC-002", *clauses, chapter=ENCODING, after=_AFTER)(spoiled)


async def _stored(dut: CallDut, name: str, conference: str, taken: CallReply) -> None:
    """What became of the conference's name."""
    told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check="query")
    got = told.value("conferenceName")
    if name in _TAKEN:
        dut.check("kept", got == _TAKEN[name], "TPS-ENC-001", expected=_TAKEN[name], got=repr(got), step=told.step)
        return
    # The same twice says nothing of which one counts; with another value behind it the name tells.
    readings = (
        ("refused",)
        if not taken.ok
        else ("first", "last")
        if name == "duplicate"
        else {"b": ("first",), "a": ("last",)}.get(str(got), ())
    )
    dut.check(
        "one",
        bool(readings),
        "TPS-ENC-002",
        expected="the first or the last of two members, or neither",
        got=repr(got),
        step=told.step,
    )
    dut.observe("twice", "TPS-AMB-091", *readings, got=repr(got), step=told.step)


for _table in (WRONG_VALUES, WRONG_MEMBERS, WRONG_MESSAGES):
    for _name, _wrong in _table.items():
        if not _name.startswith("date") and _name != "double-range":
            _register(_name, _wrong.about)


_NO_CALLS = {
    "empty-element": b"<methodCall/>",
    "response": b"<methodResponse><params/></methodResponse>",
    "html": b"<html><body>a</body></html>",
    "json": b'{"jsonrpc": "2.0", "method": "device.query", "id": 1}',
    "form": b"methodName=device.query&authenticationUser=admin",
    "zeros": bytes(500),
    "blanks": b" \r\n" * 200,
    "declaration": b'<?xml version="1.0" encoding="UTF-8"?>',
    "comment": b"<!-- a -->",
    "soap": b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    "deep": b"<a>" * 8000,
    "attributes": b"<methodCall " + b" ".join(b'a%d="b"' % number for number in range(2000)) + b"/>",
    "same-attributes": b"<methodCall " + b'a="b" ' * 500 + b"/>",
    "long-name": b"<" + b"a" * 30_000 + b"/>",
    "utf-32": "<methodCall/>".encode("utf-32"),
    "version": b'<?xml version="9.9"?><methodCall><methodName>device.query</methodName></methodCall>',
    "open-comment": b"<methodCall><!-- a",
    "open-section": b"<methodCall><![CDATA[a",
    "half-mark": b"\xef\xbb",
}


def _register_no_call(name: str, body: bytes) -> None:
    @SUITE.scenario(
        f"hostile.no-call.{name}", "TPS-TRN-006", "TPS-AUT-001", "TPS-FLT-001", chapter=ENCODING, after=_AFTER
    )
    async def no_call(dut: CallDut) -> None:
        """What is no call, and names no user, is refused in some way, and the device goes on."""
        for link in ("odd", "odd-again"):
            reply = await odd(dut, body, "", {}, link=link)
            dut.refused(reply, "TPS-AUT-001", "TPS-FLT-001", ambiguity="malformed")
        await alive(dut)


for _key, _body in _NO_CALLS.items():
    _register_no_call(_key, _body)


@SUITE.scenario("hostile.one-connection", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
async def one_connection(dut: CallDut) -> None:
    """Spoiled calls in a row on one connection, with correct ones between them: these are answered as if there was nothing else."""
    names = (
        "nil",
        "int-word",
        "unclosed",
        "two-params",
        "nothing",
        "duplicate",
        "doctype",
        "bytes",
        "cut",
        "no-method",
        "root-other",
        "entity",
    )
    for name in names:
        method, members, path = _place(name)
        sent = {"conferenceID": dut.unknown_id(), **members} if method == _MODIFY else members
        reply = await dut.ask(dut.request(dut.spoiled(name, method, sent, path)), "", {}, link="same", judged=False)  # type: ignore[arg-type]
        answered(dut, reply, check=name)
        await alive(dut, "TPS-ENC-002", link="same")


@SUITE.scenario("hostile.methods", "TPS-FLT-002", "TPS-TRN-006", chapter=ENCODING, after=_AFTER)
async def methods(dut: CallDut) -> None:
    """Names that are no method's, long and odd ones too, are answered with fault 1, or as something that is no call."""
    for name in (
        "clausewise",
        "clausewise.nothing",
        "clausewise.",
        ".clausewise",
        "clausewise..nothing",
        "clausewise:nothing",
        "clausewise/nothing",
        "Clausewise_9",
    ):
        dut.fault(await dut.call(name), "method-not-supported", "TPS-FLT-002", check="unknown")
    for name in (
        "clause wise",
        "<clausewise>",
        "clausewise&",
        "clausew\u00efse",
        "\u6f22\u5b57",
        "c" * 5000,
        "%s%n%x",
        "../../clausewise",
        "clausewise\n",
    ):
        reply = await odd(dut, dut.document(name), "", {})
        dut.refused(reply, "TPS-FLT-002", ambiguity="malformed", check="odd")
    await alive(dut)
