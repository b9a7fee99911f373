"""The XML of commands: other spellings of the same document, and what the document leaves open about names, roots and fields."""

from __future__ import annotations

from collections.abc import Callable

from harness.checks.message import merge
from harness.checks.packets import comes, reply_checks
from harness.ending import Ending
from harness.messages.packetreply import Packet
from harness.packetdut import PacketDut
from harness.packetsample import fresh
from harness.packetview import PLAIN
from harness.verdict import Severity
from harness.wire.tpkt import HEADER_BYTES, encode
from harness.wire.xmlmessage import Spelling
from suites.rss2000 import SUITE
from suites.rss2000.access import (
    PATIENCE_S,
    QUIET,
    SHORT_S,
    left_open,
    logged_in,
    own_user,
    payload_of,
    serves,
    session_in,
    taken,
    works,
)

CHAPTER = "Messages"
_AFTER = ("LOGIN.success", "GETDEVINFO.success")
Change = Callable[[bytes], bytes]

# Each is the same document to XML.
_SAME: dict[str, Spelling] = {
    "single-quotes": Spelling(quote="'"),
    "start-and-end-tags": Spelling(pair=True),
    "without-blanks": Spelling(blank="", line_end="", indent=""),
    "one-line": Spelling(line_end=" ", indent=""),
    "much-white-space": Spelling(blank=" \n\t", equals=" =\n ", attribute_space="\n\t  ", indent="\t\t"),
    "line-ends": Spelling(line_end="\r\n"),
    "upper-case-encoding": Spelling(encoding="UTF-8"),
    "comments": Spelling(comment=' <USERNAME value="clausewise" /> '),
}


async def _log_in(dut: PacketDut, link: str, spelling: Spelling, user: str | None = None) -> Packet:
    fields = {**dict(dut.binding.login_fields()), "LANG": "0", **({} if user is None else {"USERNAME": user})}
    packet = await dut.command("LOGIN", fields, link=link, session=None, spelling=spelling)
    if packet.ok:
        dut.sessions[link] = session_in(dut, packet)
    return packet


def _register_same(name: str, spelling: Spelling) -> None:
    @SUITE.scenario(f"xml.same.{name}", "RSS-XML-002", "RSS-LOGIN", "RSS-SES-009", chapter=CHAPTER, after=_AFTER)
    async def same(dut: PacketDut) -> None:
        """Commands written in another way, which XML does not tell apart, do the same; so does a second login, and one of nobody fails."""
        for link in ("first", "second"):
            dut.ok(await _log_in(dut, link, spelling), "RSS-XML-002", "RSS-LOGIN", check="login")
            for operation in (QUIET, "GETLANG"):
                packet = await dut.command(operation, link=link, spelling=spelling)
                dut.ok(packet, "RSS-XML-002", f"RSS-{operation}", check=operation)
            dut.refused(await _log_in(dut, f"{link}-nobody", spelling, "clausewise nobody"), "RSS-SES-009")
        await works(dut, "first", check="usual")


for _name, _spelling in _SAME.items():
    _register_same(_name, _spelling)

# These are the same too, but hardly any client writes them.
_RARE: dict[str, Change] = {
    "byte-order-mark": lambda data: b"\xef\xbb\xbf" + data,
    "no-declaration": lambda data: data[data.index(b"?>") + 2 :].lstrip(),
    "no-encoding": lambda data: data.replace(b' encoding="utf-8"', b"", 1),
    "standalone": lambda data: data.replace(b' encoding="utf-8"', b' encoding="utf-8" standalone="yes"', 1),
    "instruction": lambda data: data.replace(b"<COMMAND", b"<?clausewise value='1'?><COMMAND", 1),
    "comment-at-the-end": lambda data: data + b"<!-- clausewise -->\n",
    "references-in-names": lambda data: data.replace(b'"getdevinfo"', b'"&#103;et&#x64;evinfo"', 1),
}


def _register_rare(name: str, change: Change) -> None:
    @SUITE.scenario(f"xml.rare.{name}", "RSS-XML-002", chapter=CHAPTER, after=_AFTER, loose=True)
    async def rare(dut: PacketDut) -> None:
        """A command written as few clients do is the same command to XML."""
        await logged_in(dut, "rare")
        for _ in range(2):
            await dut.send(encode(change(await payload_of(dut, QUIET, {}, link="rare"))), link="rare")
            packet = await taken(dut, "rare")
            dut.check(
                "taken",
                packet.ok is True,
                "RSS-XML-002",
                expected=f"{QUIET} to succeed",
                got="" if packet.ok else packet.describe(),
                severity=Severity.SHOULD,
                step=packet.step,
            )
            if not packet.ok:
                break
        await dut.close("rare")
        await serves(dut)


for _name, _change in _RARE.items():
    _register_rare(_name, _change)


@SUITE.scenario("xml.references.login", "RSS-XML-011", "RSS-XML-002", "RSS-SES-009", chapter=CHAPTER,
                after=("ADDDEVUSER.success",))  # fmt: skip
async def references(dut: PacketDut) -> None:
    """A login whose values are written as references of their characters is that login."""
    user = await own_user(dut, "Clausewise & 7")
    for number, password in enumerate(("Clausewise & 7", "Clausewise &amp; 7", "Clausewise & 7")):
        word = await dut.spelling("login")
        asked = {} if word == PLAIN else {"INDICATION": word}
        fields = {"USERNAME": user, "PASSWORD": password, "LANG": "0", **asked}
        link = f"references-{number}"
        packet = await dut.command("LOGIN", fields, link=link, session=None, spelling=Spelling(references=True))
        if number == 1:
            dut.refused(packet, "RSS-SES-009")
        else:
            dut.ok(packet, "RSS-XML-002", "RSS-XML-011", check="login")


_TEXT = "a&b <c> \"d\" 'e' \u00e9\u6f22 \U0001f600"
_WRITTEN: dict[str, str] = {
    "decimal": "".join(f"&#{ord(one)};" for one in _TEXT),
    "hexadecimal": "".join(f"&#x{ord(one):X};" for one in _TEXT),
    "named": _TEXT.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").replace("'", "&apos;"),
    "as-few-as-may-be": _TEXT.replace("&", "&#38;").replace("<", "&#60;").replace('"', "&#34;"),
}  # fmt: skip


def _register_written(name: str, written: str) -> None:
    @SUITE.scenario(f"xml.references.{name}", "RSS-XML-011", "RSS-XML-002", chapter=CHAPTER,
                    after=("ADDGROUP.success", "GETGROUP.success"))  # fmt: skip
    async def value(dut: PacketDut) -> None:
        """A text comes back as it was meant, however the command wrote its characters."""
        fields = {**dict(await fresh(dut, "ADDGROUP")), "DESCRIPTION": "clausewise-text"}
        payload = await payload_of(dut, "ADDGROUP", fields)
        fields["DESCRIPTION"] = _TEXT
        await dut.send(encode(payload.replace(b"clausewise-text", written.encode(), 1)))
        packet = await dut.answer("ADDGROUP", fields)
        if not left_open(dut, packet, "RSS-AMB-052", accepted="accepted", check="added"):
            return
        listed = await dut.setup("GETGROUP")
        texts = [part.all("DESCRIPTION") for part in listed.listed() if part.get("GROUPNAME") == fields["GROUPNAME"]]
        dut.check(
            "came-back",
            any(_TEXT in one for one in texts),
            "RSS-XML-011",
            expected=f"a DESCRIPTION {_TEXT!r}",
            got=str(texts),
            step=listed.step,
        )


for _name, _text in _WRITTEN.items():
    _register_written(_name, _text)


def _register_name(name: str, written: str) -> None:
    @SUITE.scenario(f"xml.name.{name}", chapter=CHAPTER, after=_AFTER, loose=True)
    async def other_name(dut: PacketDut) -> None:
        """A command's name in other letters, or with blanks around it, is that name or none; if it is, the answer is right."""
        patience = PATIENCE_S
        for number in (1, 2):
            link = f"name-{number}"
            await logged_in(dut, link)
            await dut.send(await dut.written(QUIET, link=link, name=written), link=link)
            packet = await taken(dut, link, patience)
            patience = SHORT_S if packet.ending is Ending.SILENT else patience
            if left_open(dut, packet, "RSS-AMB-047"):
                merge(dut.checks, reply_checks(dut.model, packet))
                await works(dut, link, check="next")
            await dut.close(link)
        await serves(dut)


for _name, _written in {
    "capitals": "GETDEVINFO",
    "mixed": "GetDevInfo",
    "blank-before": " getdevinfo",
    "blank-behind": "getdevinfo ",
}.items():
    _register_name(_name, _written)


def _register_root(root: str) -> None:
    @SUITE.scenario(f"xml.root.{root}", "RSS-XML-003", chapter=CHAPTER, after=_AFTER, loose=True)
    async def other_root(dut: PacketDut) -> None:
        """Each documented root is taken or not; what is answered has a documented one, and the device serves on."""
        patience = PATIENCE_S
        for number in (1, 2):
            link = f"root-{number}"
            await logged_in(dut, link)
            await dut.send(await dut.written(QUIET, link=link, root=root), link=link)
            packet = await taken(dut, link, patience)
            patience = SHORT_S if packet.ending is Ending.SILENT else patience
            if packet.ok:
                merge(dut.checks, reply_checks(dut.model, packet))
                await works(dut, link, check="next")
            await dut.close(link)
        await serves(dut)


for _root in ("DVCRMAGER", "DVCRMANAGER", "DVCRMANGER"):
    _register_root(_root)


def _register_version(name: str, change: Change) -> None:
    @SUITE.scenario(f"xml.version.{name}", chapter=CHAPTER, after=_AFTER, loose=True)
    async def version(dut: PacketDut) -> None:
        """A root with another version, none, or more attributes is taken or not."""
        await logged_in(dut, "version")
        await dut.send(encode(change(await payload_of(dut, QUIET, {}, link="version"))), link="version")
        packet = await taken(dut, "version")
        if left_open(dut, packet, "RSS-AMB-048"):
            merge(dut.checks, reply_checks(dut.model, packet))
        await dut.close("version")
        await serves(dut)


_VERSION = b' version="1.0.0.0"'
for _name, _replaced in {
    "other": b' version="9.9.9.9"',
    "blank": b' version=""',
    "none": b"",
    "more": _VERSION + b' clausewise="1"',
}.items():
    _register_version(_name, lambda data, new=_replaced: data.replace(_VERSION, new, 1))  # type: ignore[misc]


def _register_field(name: str, ambiguity: str, old: bytes, new: bytes) -> None:
    @SUITE.scenario(f"xml.field.{name}", chapter=CHAPTER, after=_AFTER)
    async def field(dut: PacketDut) -> None:
        """A login with a field too many, twice, or without what it should hold succeeds or fails, and its session is one if it succeeds."""
        fields = {**dict(dut.binding.login_fields()), "LANG": "0"}
        data = await dut.written("LOGIN", fields, session=None)
        changed = data[HEADER_BYTES:].replace(old, new, 1)
        for number in (1, 2):
            link = f"field-{number}"
            await dut.send(encode(changed), link=link)
            packet = await dut.answer("LOGIN", (), link=link, judged=False)
            merge(dut.checks, comes(packet) if packet.ending is Ending.SILENT else ())
            if left_open(dut, packet, ambiguity, accepted="ignored" if ambiguity == "RSS-AMB-046" else ""):
                await works(dut, link, check="taken", session=session_in(dut, packet))
        await serves(dut)


_LANG = b'<LANG value="0" />'
_register_field("unknown", "RSS-AMB-046", _LANG, _LANG + b'<CLAUSEWISE value="1" />')
_register_field("unknown-first", "RSS-AMB-046", b"<USERNAME", b'<CLAUSEWISE value="1" /><USERNAME')
_register_field("unknown-attribute", "RSS-AMB-046", _LANG, b'<LANG clausewise="1" value="0" />')
_register_field("twice-the-same", "RSS-AMB-046", _LANG, _LANG * 2)
_register_field("without-value", "RSS-AMB-040", _LANG, b"<LANG />")
_register_field("text-for-value", "RSS-AMB-040", _LANG, b"<LANG>0</LANG>")
_register_field("text-beside", "RSS-AMB-046", _LANG, _LANG + b"clausewise")


@SUITE.scenario("xml.field.order", "RSS-LOGIN", chapter=CHAPTER, after=_AFTER)
async def order(dut: PacketDut) -> None:
    """Fields in another order than that of the tables are taken or not."""
    fields = [*dut.binding.login_fields(), ("LANG", "0")]
    for number, changed in enumerate((fields[::-1], fields[1:] + fields[:1])):
        packet = await dut.command("LOGIN", changed, link=f"order-{number}", session=None, judged=False)
        if dut.either(packet, "RSS-AMB-046"):
            await works(dut, f"order-{number}", check="taken", session=session_in(dut, packet))
    await dut.login(link="last")
    fields = [("LANG", "en"), (dut.syntax.session, dut.sessions["last"])]
    dut.either(await dut.command("LOGOUT", fields, link="last", session=None, judged=False), "RSS-AMB-046")


@SUITE.scenario("xml.field.twice", "RSS-SES-009", chapter=CHAPTER, after=_AFTER)
async def field_twice(dut: PacketDut) -> None:
    """Of two different names in a login the first counts or the last, or it fails; of two names of nobody neither gets in."""
    right = list(dut.binding.login_fields())
    nobody = ("USERNAME", "clausewise nobody")
    for number, fields in enumerate(([nobody, *right], [*right, nobody], [nobody, nobody, *right[1:]])):
        given = [*fields, ("LANG", "0")]
        packet = await dut.command("LOGIN", given, link=f"twice-{number}", session=None, judged=False)
        if number == 2:
            dut.refused(packet, "RSS-SES-009")
            continue
        reading = ("last", "first")[number] if packet.ok else ("first", "last")[number]
        dut.observe(f"twice-{number}", "RSS-AMB-046", reading, "" if packet.ok else "refused", step=packet.step)


@SUITE.scenario("xml.two-commands", "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, loose=True)
async def two_commands(dut: PacketDut) -> None:
    """Several commands in one document are answered or not; the device serves on."""
    await logged_in(dut, "two")
    payload = await payload_of(dut, QUIET, {}, link="two")
    begin, end = payload.index(b"<COMMAND"), payload.index(b"</COMMAND>") + 10
    await dut.send(encode(payload[:end] + payload[begin:end] + payload[end:]), link="two")
    packet = await taken(dut, "two")
    dut.observe("two", "RSS-AMB-046", "refused" if packet.ok is False else "", step=packet.step)
    await dut.close("two")
    await serves(dut)
