"""Commands as XML in parts, spelled in any way: legal ones, ones that XML has and few expect, and broken ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from harness.fuzzing.script import Part, Slot, joined

Value = str | Slot
Fields = tuple[tuple[str, Value], ...]
# How a message begins and ends; one that ends so can be told from the next when a script is made smaller.
END = b">\n"
ROOT, OWN_SESSION = Slot("spelled:root"), Slot("session:own")
_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doc:
    """One message.

    Attributes:
        commands: kind, attributes as they stand, fields.
        references: write each character of values as a reference of this form; "" as usual.
        field: how one field is written: name and value in, parts out.
    """

    root: Value = ROOT
    root_attributes: bytes = b' version="1.0.0.0"'
    before: bytes = b'<?xml version="1.0" encoding="utf-8"?>'
    commands: tuple[tuple[bytes, tuple[Part, ...], Fields], ...] = ()
    between: bytes = b""
    after: bytes = b""
    quote: bytes = b'"'
    equals: bytes = b"="
    space: bytes = b" "
    close: bytes = b"/>"
    pair: bool = False
    references: str = ""
    value: bytes = b"value"

    def parts(self) -> tuple[Part, ...]:
        """As it is sent, without a header."""
        root: Part = self.root if isinstance(self.root, Slot) else self.root.encode()
        found: list[Part] = [self.before, b"<", root, self.root_attributes, b">", self.between]
        for kind, attributes, fields in self.commands:
            found += [b"<", kind, *attributes, b">"]
            for name, value in fields:
                found += [self.between, *self.field(name.encode(), value)]
            found += [self.between, b"</", kind, b">", self.between]
        return joined((*found, b"</", root, END, self.after))

    def field(self, name: bytes, value: Value) -> Sequence[Part]:
        """One field."""
        written: Part = value if isinstance(value, Slot) else written_value(value, self.quote, self.references)
        close = b"></" + name + b">" if self.pair else self.close
        return (b"<", name, self.space, self.value, self.equals, self.quote, written, self.quote, close)


def written_value(text: str, quote: bytes = b'"', references: str = "") -> bytes:
    """A value as it stands between quotes; what XML cannot hold stands there as a reference all the same."""
    if references:
        return "".join(references.format(ord(char)) for char in text).encode()
    found = []
    for char in text:
        if char in _ESCAPES and (char not in "'\"" or char.encode() == quote):
            found.append(_ESCAPES[char])
        elif char < " " or 0xD800 <= ord(char) < 0xE000 or char in "\ufffe\uffff":
            found.append(f"&#{ord(char)};")
        else:
            found.append(char)
    return "".join(found).encode()


def command(name: Value, fields: Fields, session: Value | None = OWN_SESSION) -> Doc:
    """A command as documented."""
    word: Part = name if isinstance(name, Slot) else name.encode()
    given: Fields = (("SESSIONID", session), *fields) if session is not None else fields
    return Doc(commands=((b"COMMAND", (b' xmlid="', word, b'"'), given),))


Bend = Callable[[Doc, Random], Doc]


def _pick(rng: Random, *choices: bytes) -> bytes:
    return choices[int(rng.random() * len(choices))]


def _on_command(doc: Doc, change: Callable[[bytes, tuple[Part, ...], Fields], tuple[bytes, tuple[Part, ...], Fields]]) -> Doc:  # fmt: skip
    return replace(doc, commands=(change(*doc.commands[0]), *doc.commands[1:]))


def _fields(doc: Doc, change: Callable[[list[tuple[str, Value]]], list[tuple[str, Value]]]) -> Doc:
    return _on_command(doc, lambda kind, attributes, fields: (kind, attributes, tuple(change(list(fields)))))


def _shuffled(doc: Doc, rng: Random) -> Doc:
    def change(fields: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
        rng.shuffle(fields)
        return fields

    return _fields(doc, change)


def _nested(doc: Doc, rng: Random) -> Doc:
    depth = (2, 10, 200, 3000)[int(rng.random() * 4)]
    return replace(doc, between=b"<A>" * depth + b"</A>" * depth)


def _entities(doc: Doc, rng: Random) -> Doc:
    inside = _pick(
        rng,
        b"",
        b'<!ENTITY e "x">',
        b'<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">',
        b'<!ENTITY e SYSTEM "file:///nothing">',
        b"<!ENTITY % p \"<!ENTITY e 'x'>\">%p;",
    )
    text = _pick(rng, b"", b"&e;", b"&c;")
    return replace(doc, before=doc.before + b"<!DOCTYPE x [" + inside + b"]>", after=text)


# name -> bend; the first are other spellings of the same message
LEGAL: dict[str, Bend] = {
    "quotes": lambda doc, _rng: replace(doc, quote=b"'"),
    "decimal": lambda doc, _rng: replace(doc, references="&#{};"),
    "hexadecimal": lambda doc, _rng: replace(doc, references="&#x{:X};"),
    "pairs": lambda doc, _rng: replace(doc, pair=True),
    "white-space": lambda doc, rng: replace(doc, space=_pick(rng, b"  ", b"\t", b"\n", b"\r\n "), close=b" />"),
    "around-equals": lambda doc, rng: replace(doc, equals=_pick(rng, b" =", b"= ", b"\t=\n ")),
    "lines": lambda doc, rng: replace(doc, between=_pick(rng, b"\n", b"\r\n\t", b"  ")),
    "undeclared": lambda doc, _rng: replace(doc, before=b""),
    "declared": lambda doc, rng: replace(
        doc, before=_pick(rng, b"<?xml version='1.0'?>", b'<?xml version="1.0" encoding="UTF-8" ?>\n')
    ),
    "blank-lines-behind": lambda doc, _rng: replace(doc, after=b"\n\n  \n"),
}
ODD: dict[str, Bend] = {
    "comment": lambda doc, rng: replace(doc, between=_pick(rng, b"<!-- x -->", b"<!---->", b'<!-- <A value="1"/> -->')),
    "cdata": lambda doc, rng: replace(doc, between=_pick(rng, b"<![CDATA[]]>", b"<![CDATA[ ]]>", b"<![CDATA[x]]>")),
    "instruction": lambda doc, rng: replace(doc, between=_pick(rng, b"<?x?>", b"<?x y?>")),
    "mark": lambda doc, _rng: replace(doc, before=b"\xef\xbb\xbf" + doc.before),
    "encoding": lambda doc, rng: replace(
        doc,
        before=b'<?xml version="1.0" encoding="'
        + _pick(rng, b"ISO-8859-1", b"UTF-16", b"US-ASCII", b"windows-1252", b"x-none", b"")
        + b'"?>',
    ),
    "xml-version": lambda doc, rng: replace(doc, before=b'<?xml version="' + _pick(rng, b"1.1", b"2.0", b"") + b'"?>'),
    "standalone": lambda doc, rng: replace(
        doc, before=b'<?xml version="1.0" standalone="' + _pick(rng, b"yes", b"no", b"x") + b'"?>'
    ),
    "entities": _entities,
    "no-names": lambda doc, rng: replace(doc, references=_pick(rng, b"&#{};", b"&#x{:x};").decode(), pair=True),
    "root": lambda doc, rng: replace(
        doc, root=_pick(rng, b"DVCRMAGER", b"DVCRMANAGER", b"DVCRMANGER", b"dvcrmager", b"ROOT", b"x:y", b"COMMAND").decode()
    ),
    "root-attributes": lambda doc, rng: replace(
        doc, root_attributes=_pick(rng, b"", b' version=""', b' version="2.0"', b' version="1.0.0.0" x="y"', b' xmlns="a:b" version="1.0.0.0"')
    ),
    "several": lambda doc, rng: replace(doc, commands=doc.commands * (2 + int(rng.random() * 20))),
    "none": lambda doc, _rng: replace(doc, commands=()),
    "kind": lambda doc, rng: _on_command(
        doc, lambda _k, a, f: (_pick(rng, b"CONFIRM", b"INDICATION", b"command", b"X"), a, f)
    ),
    "no-name": lambda doc, _rng: _on_command(doc, lambda k, _a, f: (k, (), f)),
    "unknown-name": lambda doc, rng: _on_command(
        doc, lambda k, _a, f: (k, (b' xmlid="', _pick(rng, b"", b" ", b"getnothing", b"g", b"*", b"%s", b"GetDevInfo "), b'"'), f)
    ),
    "more-attributes": lambda doc, _rng: _on_command(doc, lambda k, a, f: (k, (*a, b' x="1"'), f)),
    "text": lambda doc, _rng: replace(doc, between=b"text"),
    "no-value": lambda doc, rng: replace(doc, value=_pick(rng, b"Value", b"val", b"value2")),
    "field-twice": lambda doc, rng: _fields(doc, lambda fields: [*fields, fields[int(rng.random() * len(fields))]] if fields else fields),
    "field-unknown": lambda doc, _rng: _fields(doc, lambda fields: [*fields, ("NOTHING", "1")]),
    "field-missing": lambda doc, rng: _fields(doc, lambda fields: fields[: int(rng.random() * len(fields))]),
    "shuffled": _shuffled,
    "nested": _nested,
    "very-many": lambda doc, rng: _fields(doc, lambda fields: [*fields, *((("X", "1"),) * (1 + int(rng.random() * 3000)))]),
}  # fmt: skip
_BREAKS: tuple[Callable[[bytes, Random], bytes], ...] = (
    lambda data, _rng: data.replace(b"</COMMAND>", b"", 1),
    lambda data, _rng: data.replace(b"/>", b">", 1),
    lambda data, _rng: data.replace(b'value="', b"value=", 1),
    lambda data, _rng: data.replace(b'"/>', b"/>", 1),
    lambda data, _rng: data.replace(b' value="', b' value="" value="', 1),
    lambda data, _rng: data.replace(b"<COMMAND", b"<COMMAND xmlid='x'", 1),
    lambda data, _rng: data.replace(b'value="', b'value="<', 1),
    lambda data, _rng: data.replace(b'value="', b'value="&', 1),
    lambda data, _rng: data.replace(b'value="', b'value="&none;', 1),
    lambda data, _rng: data.replace(b'value="', b'value="&#0;', 1),
    lambda data, _rng: data.replace(b'value="', b'value="\x01', 1),
    lambda data, _rng: data.replace(b'value="', b'value="\xff\xfe', 1),
    lambda data, _rng: data.replace(b"<COMMAND", b"<1COMMAND", 1),
    lambda data, _rng: data.replace(b"<COMMAND", b"<!-- -- --><COMMAND", 1),
    lambda data, _rng: data.replace(b"<COMMAND", b"<![CDATA[<COMMAND", 1),
    lambda data, _rng: data.replace(b"</COMMAND>", b"</COMMAND></COMMAND>", 1),
    lambda data, _rng: b" " + data,
    lambda data, _rng: data + data,
    lambda data, rng: data[: int(rng.random() * len(data))],
    lambda data, _rng: data.replace(b"<?xml", b"<?XML", 1),
    lambda data, _rng: data.replace(b"COMMAND>", b"command>", 1),
    lambda _data, _rng: b"",
    lambda _data, _rng: b"\x00" * 20,
    lambda _data, rng: bytes(int(rng.random() * 256) for _ in range(int(rng.random() * 200))),
)


def broken(parts: Sequence[Part], rng: Random) -> tuple[Part, ...]:
    """No XML any more, most of the time."""
    change = _BREAKS[int(rng.random() * len(_BREAKS))]
    found: list[Part] = []
    for index, part in enumerate(parts):
        done = part
        if isinstance(part, bytes) and (b"COMMAND" in part or index == len(parts) - 1):
            done = change(part, rng)
        found.append(done)
        if done != part:
            return joined((*found, *parts[index + 1 :]))
    return joined(found)
