"""Characters: what XML marks up with, and what is not ASCII, comes back as it was sent, in every text and however it was written."""

from __future__ import annotations

from harness.calldut import CallDut
from harness.verdict import Severity
from harness.wire.xmlrpc_writing import USUAL, Raw, Writable, Writing
from suites.tps import SUITE
from suites.tps.talk import ENCODING, alive, answered, destroy, odd, room
from suites.tps.world import participant

_AFTER = ("transport.post",)
# Every printable character of ASCII that is neither letter nor digit, in texts that begin and end with a letter.
SIGNS = ("a!\"#$%&'()*+b", "c,-./:;<=>?@d", "e[\\]^_`{|}~ f", "g&h<i>j'k\"l", "m & n < o > p")
# Texts in which a decoder that goes too far, or not far enough, finds something else.
TRAPS = (
    "&lt;b&gt;", "&amp;amp;", "&#38;", "&#x26;", "]]>", "<![CDATA[a]]>", "<!-- a -->", "</string></value>", "<nil/>", "a&b;c", "&nbsp;", "<?a?>",
    "%26 %3C +", "\\u0041\\n", "${a}", "%s %d", "{0}", "a\"b", "a'b", "True", "0", "-1", "1e3", "null", "a  b", "a,b;c|d",
)  # fmt: skip
OTHER = (
    "Gr\u00f6\u00dfe \u00d1",
    "\u0411\u043e\u0440\u0449",
    "\u6f22\u5b57\u304b\u306a",
    "\u0627\u0644\u0639",
    "e\u0301 \u00e9",
    "\u20ac 5",
    "\u2019\u201c\u201d\u2026",
    "a\u00a0b",
    "\u05d0\ufeffb",
)
ASTRAL = ("\U0001f600 a", "\U00020000", "\U0001f468\u200d\U0001f469")
_PLACES = ("conferenceName", "conferenceDescription", "welcomeScreenMessage", "billingCode")
_REST = (
    "customPINEntryMessage",
    "customWaitingForChairMessage",
    "customConferenceEndingMessage",
    "customMutedCanUnmuteMessage",
    "conferenceReference",
)


async def _kept(
    dut: CallDut,
    texts: dict[str, str],
    *clauses: str,
    check: str,
    writing: Writing = USUAL,
    severity: Severity = Severity.MUST,
) -> None:
    """A conference that is made with these texts tells them as they were."""
    made = await dut.call(
        "flex.conference.create", {**await dut.sample("flex.conference.create"), **texts}, writing=writing
    )
    if severity is Severity.MUST:
        dut.ok(made, *clauses, check=f"{check}.taken")
    elif not made.ok:
        answered(dut, made)
        return
    conference = {"conferenceID": str(made.value("conferenceID"))}
    told = dut.ok(await dut.call("flex.conference.query", conference), check=f"{check}.query")
    for name, text in texts.items():
        got = told.value(name)
        dut.check(
            f"{check}.{name}",
            got == text,
            *clauses,
            expected=repr(text),
            got=repr(got),
            severity=severity,
            step=told.step,
        )
    await destroy(dut, conference["conferenceID"], check=f"{check}.end")


def _register(name: str, texts: tuple[str, ...], places: tuple[str, ...] = _PLACES) -> None:
    @SUITE.scenario(f"texts.{name}", "TPS-ENC-001", "TPS-IDN-004", chapter=ENCODING, after=_AFTER)
    async def kept(dut: CallDut) -> None:
        """Texts come back with the characters with which they were sent."""
        for start in range(0, len(texts), len(places)):
            given = dict(zip(places, texts[start : start + len(places)], strict=False))
            clauses = ("TPS-ENC-001", *(["TPS-IDN-004"] if "conferenceReference" in given else []))
            await _kept(dut, given, *clauses, check=f"{start}")


_register("signs", SIGNS)
_register("signs.rest", SIGNS, _REST)
_register("traps", TRAPS)
_register("traps.rest", TRAPS[:10], _REST)
_register("other", OTHER)
_register("other.rest", OTHER[:5], _REST)
_register("astral", ASTRAL)

_WRITINGS = {
    "sections": Writing(sections=True), "references": Writing(references=True), "no-declaration": Writing(declaration=False),
    "lines": Writing(line_end="\r\n", indent="  "), "comments": Writing(comment="&lt; <a>"),
}  # fmt: skip


def _register_written(name: str, writing: Writing) -> None:
    @SUITE.scenario(f"texts.written.{name}", "TPS-ENC-001", chapter=ENCODING, after=_AFTER)
    async def written(dut: CallDut) -> None:
        """However a text is written in XML, it comes back with its characters."""
        for number, texts in enumerate((SIGNS, TRAPS[:4], OTHER, ASTRAL)):
            await _kept(dut, dict(zip(_PLACES, texts, strict=False)), "TPS-ENC-001", check=f"{number}", writing=writing)


for _key, _writing in _WRITINGS.items():
    _register_written(_key, _writing)


@SUITE.scenario("texts.mixed", "TPS-ENC-001", chapter=ENCODING, after=_AFTER)
async def mixed(dut: CallDut) -> None:
    """A text that is made of plain parts, sections, references and comments is one text."""
    conference = await room(dut, conferenceName="before")
    for name, written, text in (
        ("parts", "a<![CDATA[<b>]]>c", "a<b>c"),
        ("sections", "<![CDATA[a]]><![CDATA[&amp;]]>", "a&amp;"),
        ("comment", "a<!-- x -->b", "ab"),
        ("instruction", "a<?x y?>b", "ab"),
        ("decimal", "&#233;&#x00E9;&#xe9;", "\u00e9\u00e9\u00e9"),
        ("astral", "&#128512;&#x1F600;", "\U0001f600\U0001f600"),
        ("bare", "a'b\"c>d", "a'b\"c>d"),
        ("apostrophe", "&apos;&quot;&gt;", "'\">"),
    ):
        members: dict[str, Writable] = {
            "conferenceID": conference,
            "conferenceName": Raw(f"<value><string>{written}</string></value>"),
        }
        dut.ok(await dut.call("flex.conference.modify", members, undo=False), "TPS-ENC-001", check=f"{name}.taken")
        told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check=f"{name}.query")
        got = told.value("conferenceName")
        dut.check(name, got == text, "TPS-ENC-001", expected=repr(text), got=repr(got), step=told.step)


@SUITE.scenario("texts.space", "TPS-ENC-001", "TPS-TRN-006", chapter=ENCODING, after=_AFTER)
async def space(dut: CallDut) -> None:
    """White space at the ends of texts, and line ends and tabs in them, are part of the text."""
    for name, text in (("ends", "  a b "), ("lines", "a\nb\n\nc"), ("tabs", "a\tb"), ("blank", " ")):
        await _kept(
            dut,
            {"conferenceDescription": text, "welcomeScreenMessage": text},
            "TPS-ENC-001",
            check=name,
            severity=Severity.SHOULD,
        )
    await alive(dut)


@SUITE.scenario("texts.everywhere", "TPS-ENC-001", "TPS-IDN-004", chapter=ENCODING, after=_AFTER)
async def everywhere(dut: CallDut) -> None:
    """Names of conferences and participants, and references, are told with the same characters by every method that tells them."""
    text = "R&D <\u00c5> \"\u6f22\" '\U0001f600'"
    conference = await room(dut, conferenceName=text, conferenceReference=text)
    person = await participant(dut, conference, displayName=text, participantReference=text)
    for method, members, names in (
        ("flex.conference.query", {"conferenceID": conference}, ("conferenceName", "conferenceReference")),
        ("flex.participant.query", {"participantID": person}, ("displayName", "participantReference")),
    ):
        told = dut.ok(await dut.call(method, members), check=method)
        for name in names:
            got = told.value(name)
            clauses = ("TPS-ENC-001", "TPS-IDN-004") if name.endswith("Reference") else ("TPS-ENC-001",)
            dut.check(f"{method}.{name}", got == text, *clauses, expected=repr(text), got=repr(got), step=told.step)


@SUITE.scenario("texts.users", "TPS-ENC-001", "TPS-AUT-002", chapter=ENCODING, after=_AFTER)
async def users(dut: CallDut) -> None:
    """A user whose id, password and name have signs of XML and letters beyond ASCII is authenticated, and told with them."""
    for number, (password, name) in enumerate(
        (("p&<w>'\"%41]]>", "R&D <team>"), ("s\u00e9cret\u6f22", "Gr\u00f6\u00dfe \u6f22"))
    ):
        user = dut.unique("c&d" if number else "a<b").replace(" ", "-")[:31]
        made = await dut.setup(
            "user.create", {"newUserId": user, "password": password, "accessRights": "administrator", "name": name}
        )
        seen = (await dut.shows(made))[0]
        told = seen.get("name")
        got = told.plain() if told is not None else "no such user"
        dut.check(
            f"told.{number}", got == name, "TPS-ENC-001", expected=repr(name), got=repr(got), step=seen.reply.step
        )
        dut.ok(
            await dut.call("device.query", user=(user, password), link=f"user-{number}"),
            "TPS-ENC-001",
            "TPS-AUT-002",
            check="authenticated",
        )
        dut.refused(await dut.call("device.query", user=(user, password + "x")), "TPS-AUT-002", check="wrong")


@SUITE.scenario("texts.refused", "TPS-TRN-006", "TPS-FLT-001", chapter=ENCODING, after=_AFTER)
async def told_in_faults(dut: CallDut) -> None:
    """What a refusal tells of a call stands well-formed in it, whatever the call had in it."""
    for text in (*SIGNS, *TRAPS[:10], *OTHER[:3], *ASTRAL[:1]):
        for method, members in (
            ("flex.conference.query", {"conferenceID": text}),
            ("flex.conference.enumerate", {"cookie": text}),
        ):
            dut.refused(await dut.call(method, members), "TPS-FLT-001", check="refused")
        reply = await odd(dut, dut.document(f"clausewise.{text}"), "", {})
        dut.check(
            "unknown",
            not reply.ok and answered(dut, reply) != "taken",
            "TPS-FLT-002",
            expected="a refusal",
            got=reply.describe(),
            step=reply.step,
        )
    await alive(dut)
