"""Calls in every spelling that means the same: white space, declarations, encodings, references, sections, comments, order of members."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.messages.callreply import CallReply
from harness.wire.xmlrpc_writing import Raw, Writable, Writing
from suites.tps import SUITE
from suites.tps.talk import ENCODING, PROBE, alive, answered, odd, room

_AFTER = ("transport.post",)
_NAME = 'Board & <Ops> "7"'


async def _taken(dut: CallDut, conference: str, writing: Writing, *clauses: str, text: str, check: str) -> None:
    """A change that is written so must be carried out: a number, a boolean, an empty text and a text with markup."""
    members: dict[str, Writable] = {
        "conferenceID": conference,
        "conferenceName": text,
        "locked": True,
        "voiceSwitchingSensitivity": 37,
        "billingCode": "",
    }
    dut.ok(await dut.call("flex.conference.modify", members, writing=writing, undo=False), *clauses, check=check)
    reply = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check=f"{check}.query")
    got = tuple(reply.value(name) for name in ("conferenceName", "locked", "voiceSwitchingSensitivity"))
    dut.check(
        f"{check}.shown",
        got == (text, True, 37),
        *clauses,
        expected=repr((text, True, 37)),
        got=repr(got),
        step=reply.step,
    )


_USUAL: dict[str, Writing] = {
    "usual": Writing(),
    "no-declaration": Writing(declaration=False),
    "declaration.no-encoding": Writing(declared=""),
    "declaration.small": Writing(declared="utf-8"),
    "declaration.single-quotes": Writing(quote="'"),
    "space.lf": Writing(line_end="\n", indent="  "),
    "space.crlf": Writing(line_end="\r\n", indent="\t"),
    "space.lines": Writing(line_end="\n"),
    "space.blanks": Writing(line_end=" ", indent="    "),
    "space.empty-lines": Writing(line_end="\r\n\r\n \r\n"),
    "space.split": Writing(line_end="\n", indent=" ", split=True),
    "order.sorted": Writing(order="sorted"),
    "order.reversed": Writing(order="reversed"),
    "references": Writing(references=True),
    "sections": Writing(sections=True),
    "comments": Writing(comment=" a <member><name>b</name></member> "),
    "comments.lines": Writing(comment="a\nb", line_end="\n", indent=" "),
    "short": Writing(short=True),
}


def _register_usual(name: str, writing: Writing) -> None:
    @SUITE.scenario(f"encoding.{name}", "TPS-ENC-001", "TPS-ENC-002", "TPS-FLT-005", chapter=ENCODING, after=_AFTER)
    async def usual(dut: CallDut) -> None:
        """A call in UTF-8 is read as what it means, in whichever of XML's spellings it is written."""
        conference = await room(dut, conferenceName="before")
        await _taken(dut, conference, writing, "TPS-ENC-001", text=_NAME, check="taken")


for _key, _writing in _USUAL.items():
    _register_usual(_key, _writing)


def _register_open(name: str, point: str, writing: Writing, text: str = _NAME) -> None:
    @SUITE.scenario(f"encoding.{name}", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
    async def spelled(dut: CallDut) -> None:
        """A spelling that the document leaves open is read as what it means, or refused."""
        conference = await room(dut, conferenceName="before")
        members: dict[str, Writable] = {
            "conferenceID": conference,
            "conferenceName": text,
            "locked": True,
            "voiceSwitchingSensitivity": 37,
        }
        reply = await odd(
            dut, dut.document("flex.conference.modify", members, writing=writing), "flex.conference.modify", members
        )
        if point and not dut.either(reply, point, "TPS-ENC-002"):
            await alive(dut)
            return
        if answered(dut, reply) == "taken":
            await _read(dut, conference, point, text, reply)
        await alive(dut)


async def _read(dut: CallDut, conference: str, point: str, text: str, taken: CallReply) -> None:
    """What was taken was taken as it was meant; of texts in other encodings readings tell."""
    reply = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check="query")
    got = tuple(reply.value(name) for name in ("locked", "voiceSwitchingSensitivity"))
    dut.check("shown", got == (True, 37), "TPS-ENC-002", expected="(True, 37)", got=repr(got), step=reply.step)
    name = reply.value("conferenceName")
    if point == "encoding-other":
        dut.observe("text", "TPS-AMB-049", "read" if name == text else "wrong", got=repr(name), step=taken.step)
    else:
        dut.check(
            "text", name == text, "TPS-ENC-001", "TPS-ENC-002", expected=repr(text), got=repr(name), step=reply.step
        )


for _key, _point, _writing in (
    ("padding.blanks", "white-space", Writing(padding=" ")),
    ("padding.lines", "white-space", Writing(padding="\n    ")),
    ("padding.example", "white-space", Writing(padding="\n  ", line_end="\n", indent="  ", split=True)),
    ("i4", "int-other-name", Writing(int_tag="i4")),
    ("bare-strings", "untyped-string", Writing(string_tag=False)),
    ("bare-strings.sections", "untyped-string", Writing(string_tag=False, sections=True)),
    ("boolean-words", "boolean-words", Writing(words=True)),
    ("int.plus", "int-spelling", Writing(ints="plus")),
    ("int.zeros", "int-spelling", Writing(ints="zeros")),
    ("mark", "encoding-other", Writing(mark=True)),
    ("mark.no-declaration", "encoding-other", Writing(mark=True, declaration=False)),
    ("utf-16", "encoding-other", Writing(encoding="utf-16")),
    ("iso-8859-1", "encoding-other", Writing(encoding="iso-8859-1")),
    ("ascii", "encoding-other", Writing(encoding="us-ascii")),
    ("ascii.references", "encoding-other", Writing(encoding="us-ascii", references=True)),
    ("attributes", "", Writing(attribute=' a="1"')),
):
    _register_open(_key, _point, _writing, "Caf\u00e9 & <Ops>" if _point == "encoding-other" else _NAME)


@SUITE.scenario("encoding.latin", "TPS-TRN-006", "TPS-ENC-001", chapter=ENCODING, after=_AFTER)
async def undeclared(dut: CallDut) -> None:
    """Bytes that are no UTF-8 where nothing else is declared are refused or replaced; they never become other text in the reply."""
    conference = await room(dut, conferenceName="before")
    for name, raw in (
        ("latin", "\udce9"),
        ("cut", "\udce2\udc82"),
        ("surrogate", "\udced\udca0\udc80"),
        ("overlong", "\udcc0\udcaf"),
    ):
        members: dict[str, Writable] = {
            "conferenceID": conference,
            "conferenceName": Raw(f"<value><string>a{raw}b</string></value>"),
        }
        reply = await odd(
            dut, dut.document("flex.conference.modify", members), "flex.conference.modify", {"conferenceID": conference}
        )
        got = answered(dut, reply, check=f"{name}.answered")
        reading = {"taken": "replaced", "fault": "refused", "http": "refused", "closed": "closed"}.get(got, "")
        dut.observe(name, "TPS-AMB-050", reading, got=reply.describe(), step=reply.step)
        if got == "taken":  # and can be told in UTF-8, of which the checks of every reply tell
            dut.ok(
                await dut.call("flex.conference.query", {"conferenceID": conference}),
                "TPS-ENC-001",
                check=f"{name}.query",
            )
    await alive(dut)


@SUITE.scenario("encoding.charset", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
async def charset(dut: CallDut) -> None:
    """Where the Content-Type names another charset than the XML, the call is answered in some way."""
    for value in (
        "text/xml; charset=iso-8859-1",
        "text/xml; charset=us-ascii",
        "text/xml; charset=clausewise",
        "text/xml; charset",
    ):
        reply = await odd(dut, dut.request(dut.document(PROBE), headers=[("Content-Type", value)]))
        answered(dut, reply, check=value.rpartition("=")[2])
        await alive(dut)
