"""What is no command: names that the document does not have, and packets without well-formed XML. The device serves on after each."""

from __future__ import annotations

from collections.abc import Callable

from harness.checks.message import merge
from harness.checks.packets import reply_checks
from harness.ending import Ending
from harness.packetdut import PacketDut
from harness.verdict import Severity
from harness.wire.tpkt import HEADER_BYTES, LONGEST_PAYLOAD, encode
from suites.rss2000 import SUITE
from suites.rss2000.access import ENDED, PATIENCE_S, QUIET, SHORT_S, fate, logged_in, payload_of, serves, taken, works

CHAPTER = "Messages"
_AFTER = ("LOGIN.success", "GETDEVINFO.success")
Change = Callable[[bytes], bytes]

_NAME = b'xmlid="getdevinfo"'
_END = b"</COMMAND>"


def _named(name: bytes) -> Change:
    return lambda data: data.replace(_NAME, b'xmlid="' + name + b'"', 1)


def _attribute(text: bytes) -> Change:
    """Put in place of what names the command."""
    return lambda data: data.replace(_NAME, text, 1)


def _inside(text: bytes) -> Change:
    """Put behind the last field."""
    return lambda data: data.replace(_END, text + _END, 1)


def _before_root(text: bytes) -> Change:
    return lambda data: data.replace(b"?>", b"?>" + text, 1)


# Names that no command has.
_UNKNOWN: dict[str, Change] = {
    "word": _named(b"clausewise"),
    "longer": _named(b"getdevinfos"),
    "shorter": _named(b"getdevinf"),
    "two": _named(b"getdevinfo getlang"),
    "beyond-ascii": _named("g\u00e9tdevinfo".encode()),
    "long": _named(b"getdevinfo" + b"x" * 2000),
    "blank": _named(b""),
    "none": _attribute(b""),
    "other-attribute": _attribute(b'id="getdevinfo"'),
    "other-kind-of-name": _attribute(b'XMLID="getdevinfo"'),
}

# No well-formed XML, or none that has a command in it.
_MALFORMED: dict[str, Change] = {
    "blanks": lambda _data: b" \r\n \t",
    "word": lambda _data: b"getdevinfo",
    "binary": lambda data: bytes((13 * at + 7) % 256 for at in range(len(data))),
    "first-half": lambda data: data[: len(data) // 2],
    "last-half": lambda data: data[len(data) // 2 :],
    "last-character-missing": lambda data: data.rstrip()[:-1],
    "root-not-closed": lambda data: data[: data.rindex(b"</")],
    "command-not-closed": lambda data: data.replace(_END, b"", 1),
    "closed-by-another": lambda data: data.replace(_END, b"</COMMANT>", 1),
    "root-closed-by-another": lambda data: data[: data.rindex(b"</")] + b"</CLAUSEWISE>",
    "field-not-closed": _inside(b'<LANG value="0">'),
    "value-not-closed": _inside(b'<LANG value="0 />'),
    "name-without-quotes": _attribute(b"xmlid=getdevinfo"),
    "name-twice": _attribute(_NAME + b" " + _NAME),
    "bare-ampersand": _inside(b'<LANG value="a&b" />'),
    "bare-less-than": _inside(b'<LANG value="a<b" />'),
    "unknown-entity": _inside(b'<LANG value="&clausewise;" />'),
    "character-0": _inside(b'<LANG value="&#0;" />'),
    "control-character": _inside(b'<LANG value="\x01" />'),
    "no-utf-8": _inside(b'<LANG value="\xff\xfe" />'),
    "no-utf-8-overlong": _inside(b'<LANG value="\xc0\xaf" />'),
    "no-utf-8-surrogate": _inside(b'<LANG value="\xed\xa0\x80" />'),
    "open-comment": _inside(b"<!-- "),
    "open-cdata": _inside(b"<![CDATA["),
    "twice": lambda data: data + data[data.index(b"?>") + 2 :],
    "text-behind": lambda data: data + b"clausewise",
    "text-before": lambda data: b"clausewise" + data,
    "no-command": lambda data: data[: data.index(b"<COMMAND")] + data[data.index(_END) + len(_END) :],
    "confirm": lambda data: data.replace(b"COMMAND", b"CONFIRM"),
    "indication": lambda data: data.replace(b"COMMAND", b"INDICATION"),
    "other-kind": lambda data: data.replace(b"COMMAND", b"COMMANDS"),
    "no-root": lambda data: data[data.index(b"<COMMAND") : data.index(_END) + len(_END)],
    "other-root": lambda data: data.replace(_root(data), b"CLAUSEWISE"),
    "http": lambda _data: b"GET / HTTP/1.1\r\nHost: clausewise\r\n\r\n",
}

# What a device may take or not, but must outlive.
_ODD: dict[str, Change] = {
    "utf-16": lambda data: data.replace(b"utf-8", b"utf-16", 1).decode().encode("utf-16"),
    "latin-1": lambda data: _inside(b'<LANG value="\xe9" />')(data.replace(b"utf-8", b"iso-8859-1", 1)),
    "unknown-encoding": lambda data: data.replace(b"utf-8", b"x-clausewise", 1),
    "xml-1.1": lambda data: data.replace(b'version="1.0"', b'version="1.1"', 1),
    "line-end-before": lambda data: b"\r\n" + data,
    "nul-behind": lambda data: data + b"\0",
    "cdata": _inside(b"<![CDATA[<LANG value='0'/>]]>"),
    "text-in-command": _inside(b"clausewise"),
    "namespace": lambda data: data.replace(b"<COMMAND", b'<COMMAND xmlns="urn:clausewise" xmlns:a="urn:a"', 1),
    "doctype": _before_root(b"<!DOCTYPE DVCRMAGER>"),
    "doctype-elsewhere": _before_root(b'<!DOCTYPE DVCRMAGER SYSTEM "clausewise-nothing.dtd">'),
    "entity": lambda data: _named(b"&own;")(_before_root(b'<!DOCTYPE a [<!ENTITY own "getdevinfo">]>')(data)),
    "entity-of-a-file": lambda data: _inside(b"<LANG>&own;</LANG>")(
        _before_root(b'<!DOCTYPE a [<!ENTITY own SYSTEM "file:///clausewise-nothing">]>')(data)
    ),
    "entities-of-entities": lambda data: _inside(b"<LANG>&e4;</LANG>")(_before_root(_growing())(data)),
    "entity-of-itself": lambda data: _inside(b"<LANG>&own;</LANG>")(
        _before_root(b'<!DOCTYPE a [<!ENTITY own "&own;">]>')(data)
    ),
    "deep": _inside(b"<A>" * 3000 + b"</A>" * 3000),
    "many-fields": _inside(b'<CLAUSEWISE value="1" />' * 2000),
    "many-attributes": _inside(b"<A " + b" ".join(b'a%d="1"' % one for one in range(3000)) + b" />"),
    "long-value": _inside(b'<LANG value="' + b"0" * 60_000 + b'" />'),
    "long-field": _inside(b"<" + b"A" * 60_000 + b" />"),
    "longest": lambda data: data + b"\n" * (LONGEST_PAYLOAD - len(data)),
}


def _root(data: bytes) -> bytes:
    return data[data.rindex(b"</") + 2 : data.rindex(b">")]


def _growing() -> bytes:
    """Entities that come to ten thousand characters."""
    levels = "".join(f'<!ENTITY e{one} "{f"&e{one - 1};" * 10}">' for one in range(1, 5))
    return f'<!DOCTYPE a [<!ENTITY e0 "x">{levels}]>'.encode()


def _register(group: str, name: str, change: Change, ambiguity: str, clause: str) -> None:
    @SUITE.scenario(
        f"xml.{group}.{name}", *filter(None, (clause,)), "RSS-TPK-007", chapter=CHAPTER, after=_AFTER, loose=True
    )
    async def stray(dut: PacketDut) -> None:
        """What is no command is told so, passed over, or ends the connection; others and new connections are served."""
        await dut.login(link="other")
        patience = PATIENCE_S
        for number in (1, 2):
            link = f"stray-{number}"
            await logged_in(dut, link)
            payload = await payload_of(dut, QUIET, {}, link=link)
            await dut.send(encode(change(payload)[:LONGEST_PAYLOAD]), link=link)
            packet = await taken(dut, link, patience)
            patience = SHORT_S if packet.ending is Ending.SILENT else patience
            if clause:
                expected, got = "no success", "" if not packet.ok else packet.describe()
                severity = Severity.SHOULD
                dut.check(
                    "refused", not packet.ok, clause, expected=expected, got=got, severity=severity, step=packet.step
                )
            if ambiguity and not packet.ok:
                dut.observe(f"fate-{number}", ambiguity, fate(packet), got=packet.describe(), step=packet.step)
            if packet.ok is False and number == 1:
                after = await dut.command(QUIET, link=link, judged=False)
                if after.ending not in ENDED:  # a device may close the connection behind its answer
                    merge(dut.checks, reply_checks(dut.model, after))
                    dut.ok(after, "RSS-SES-002", check="next")
            await dut.close(link)
            await works(dut, "other", "RSS-SES-012", check="other")
        await serves(dut)


for _name, _change in _UNKNOWN.items():
    _register("unknown", _name, _change, "RSS-AMB-031", "RSS-XML-015")
for _name, _change in _MALFORMED.items():
    _register("malformed", _name, _change, "RSS-AMB-032", "RSS-XML-014")
for _name, _change in _ODD.items():
    _register("odd", _name, _change, "", "")


@SUITE.scenario("xml.unknown.not-in", "RSS-XML-015", "RSS-SES-003", chapter=CHAPTER, after=_AFTER, loose=True)
async def not_in(dut: PacketDut) -> None:
    """An unknown command, or none, without a session is not answered with a success either."""
    for number, change in enumerate((_UNKNOWN["word"], _MALFORMED["other-kind"], _UNKNOWN["none"])):
        link = f"out-{number}"
        data = await dut.written(QUIET, link=link, session=None)
        await dut.send(encode(change(data[HEADER_BYTES:])), link=link)
        packet = await taken(dut, link)
        got = packet.describe() if packet.ok else ""
        dut.check("refused", not packet.ok, "RSS-XML-015", expected="no success", got=got, step=packet.step)
        await dut.close(link)
    await serves(dut)
