"""Messages of XML in three levels: a root, in it elements that say what the message is, in each of them its fields.

    <ROOT version="1"><KIND name="operation"><FIELD value="text" /></KIND></ROOT>

    Document --encode_document--> bytes --read_message--> Document

Values are attributes. Which names and how many of each a message has is for others to judge; what is read here is all that
stands there, in its order, repeated fields included, with its place. What makes it no XML document in UTF-8 is listed as `problems`
and never raised; what came before that is given all the same. Comments, processing instructions, CDATA, white space and a byte
order mark are allowed anywhere XML allows them.

Entities and the network are out of reach: a document type declaration is a problem and nothing behind it is read. Time and
memory are linear in the bytes, of which there are at most `LONGEST`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from xml.parsers import expat

from msgspec import Struct

from harness.wire.xmlspelling import BLANKS, USUAL, Spelling, declaration, start_tag, text_of

__all__ = (
    "LONGEST",
    "RULES",
    "USUAL",
    "Document",
    "Element",
    "Field",
    "Spelling",
    "XmlProblem",
    "encode_document",
    "encode_message",
    "read_message",
)

LONGEST = 65_531  # bytes of a message: what a packet of RFC 1006 holds behind its header
RULES = ("length", "encoding", "doctype", "well-formed")

_MARK = b"\xef\xbb\xbf"
# How a document in UTF-16 or UTF-32 begins: XML 1.0, appendix F.
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"<\x00?\x00", b"\x00<\x00?", b"<\x00\x00\x00", b"\x00\x00\x00<")  # fmt: skip
_LINE_END = re.compile(r"\r\n?|\n")
# What XML allows before a document type declaration; possessive, so that finding none takes linear time.
_DOCTYPE = re.compile(rb"(?:[ \t\r\n]++|<!--(?s:.*?)-->|<\?(?s:.*?)\?>)*+(?=<!DOCTYPE)")
# Text that is not blank stands behind a tag, a comment or a PI, or begins a CDATA section. Where this finds nothing, there is none; where it
# finds something it may be within a comment or a value.
_SOME_TEXT = re.compile(rb">[ \t\r\n]*+(?:[^< \t\r\n]|<!\[)")
_Begun = tuple[str, dict[str, str], int, int]


class XmlProblem(Struct, frozen=True, kw_only=True, gc=False):
    """What makes bytes no XML document in UTF-8.

    Args:
        rule: one of `RULES`.
        line: from 1.
        column: characters from the start of the line, from 1.
        message: for people; nothing of the document's values stands in it.
    """

    rule: str
    line: int
    column: int
    message: str


class Field(Struct, frozen=True, kw_only=True, gc=False):
    """An element of the third level.

    Args:
        attributes: name -> value, in their order, references resolved.
        line, column: of its `<`, from 1; 0 where it was not read. Columns are characters.
        text: what stands between its tags, without blanks at both ends; "" where it is blank.
        nested: elements inside it, at any depth. They are passed over when read, and text in them counts as its own.
    """

    name: str
    attributes: dict[str, str]
    line: int = 0
    column: int = 0
    text: str = ""
    nested: int = 0


class Element(Struct, frozen=True, kw_only=True, gc=False):
    """An element of the second level. The arguments are those of `Field`; `text` is what stands beside its fields."""

    name: str
    attributes: dict[str, str]
    fields: tuple[Field, ...] = ()
    line: int = 0
    column: int = 0
    text: str = ""


class Document(Struct, frozen=True, kw_only=True, gc=False):
    """A whole message.

    Args:
        root: name of the root element, "" where there is none.
        attributes: the root's.
        elements: what stands in the root, up to where it could be read.
        encoding: as declared, in its own letters; None if it is not declared.
        version: of XML, as declared; "" where there is no declaration.
        line, column, text: the root's, as in `Field`.
        problems: at most one of each rule, in the order of `RULES`.
    """

    root: str
    attributes: dict[str, str]
    elements: tuple[Element, ...] = ()
    encoding: str | None = None
    version: str = ""
    line: int = 0
    column: int = 0
    text: str = ""
    problems: tuple[XmlProblem, ...] = ()


def encode_message(
    root: str,
    root_attributes: Mapping[str, str],
    kind: str,
    name_attribute: str,
    name: str | None,
    fields: Iterable[tuple[str, str | None, Mapping[str, str]]],
    value_attribute: str,
    spelling: Spelling = USUAL,
) -> bytes:
    """A message with one element of its kind.

    Args:
        root: name of the root.
        root_attributes: its attributes.
        kind: name of the element in it.
        name_attribute: attribute of that element, which carries `name`.
        name: None leaves the attribute out.
        fields: name, value and attributes beside it, which follow it; a value None leaves the value's attribute out.
        value_attribute: attribute of a field that carries its value.
        spelling: how it is written.

    Raises:
        ValueError: as `encode_document`, or a field has two attributes of the same name.
    """
    children = []
    for field, value, more in fields:
        attributes = {} if value is None else {value_attribute: value}
        if more:
            if value is not None and value_attribute in more:
                raise ValueError(
                    f"{field}: expected attributes beside {value_attribute}, got another {value_attribute}"
                )
            attributes.update(more)
        children.append(Field(name=field, attributes=attributes))
    element = Element(name=kind, attributes={} if name is None else {name_attribute: name}, fields=tuple(children))
    return encode_document(root, root_attributes, (element,), spelling)


def encode_document(
    root: str, root_attributes: Mapping[str, str], elements: Sequence[Element], spelling: Spelling = USUAL
) -> bytes:
    """A message with any number of elements. `nested` and the places of elements and fields are not looked at.

    `read_message` gives the same names, attributes and values again, whatever the spelling; texts too, if they have no blanks at
    their ends.

    Raises:
        ValueError: a name is no XML name, or a value or text has a character that XML 1.0 cannot hold.
    """
    line_end, blank, pair = spelling.line_end, f"{spelling.blank}/>", spelling.pair
    outer = line_end + spelling.indent
    inner = outer + spelling.indent
    close = outer + "</"
    if spelling.comment:
        outer, inner = (f"{gap}<!--{spelling.comment}-->{gap}" for gap in (outer, inner))
    out = [declaration(spelling), start_tag(root, root_attributes, spelling)]
    out.append(">" if elements or pair else blank)
    for element in elements:
        out.append(outer + start_tag(element.name, element.attributes, spelling))
        if not (element.fields or element.text or pair):
            out.append(blank)
            continue
        out.append(f">{text_of(element.text)}" if element.text else ">")
        for field in element.fields:
            out.append(inner + start_tag(field.name, field.attributes, spelling))
            out.append(f">{text_of(field.text)}</{field.name}>" if field.text or pair else blank)
        out.append(f"{close}{element.name}>")
    if elements or pair:
        out.append(f"{line_end}</{root}>")
    out.append(line_end)
    data = "".join(out).encode()
    return _MARK + data if spelling.mark else data


def read_message(payload: bytes, longest: int = LONGEST) -> Document:
    """Read whatever bytes as a message; it never raises.

    Bytes that are not UTF-8 are read on as U+FFFD, a document that declares another encoding as UTF-8, one that ends early or goes
    wrong up to that place. Of one that is too long, in UTF-16 or with a document type declaration nothing is read.

    Args:
        payload: the message.
        longest: bytes that it may have.
    """
    if len(payload) > longest:
        got = f"{len(payload)} bytes, where at most {longest} fit"
        return _nothing(XmlProblem(rule="length", line=1, column=1, message=got))
    problems = []
    data = payload.removeprefix(_MARK)
    if data is not payload and data.startswith(_MARK):  # expat would pass over one more
        return _nothing(
            XmlProblem(rule="well-formed", line=1, column=1, message="not well-formed: two byte order marks")
        )
    if data.startswith(_WIDE):
        got = f"not UTF-8: the bytes begin with {data[:4].hex(' ')}"
        return _nothing(XmlProblem(rule="encoding", line=1, column=1, message=got))
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start])
        wrong = data[error.start : max(error.end, error.start + 1)].hex(" ")
        problems.append(XmlProblem(rule="encoding", line=line, column=column, message=f"not UTF-8: bytes {wrong}"))
        data = data.decode("utf-8", "replace").encode()
    if b"<!DOCTYPE" in data and (found := _DOCTYPE.match(data)) is not None:
        line, column = _place(data[: found.end()])
        message = "a document type declaration, which this protocol has not"
        return _nothing(*problems, XmlProblem(rule="doctype", line=line, column=column, message=message))
    return _Reader().read(data, problems)


def _nothing(*problems: XmlProblem) -> Document:
    return Document(root="", attributes={}, problems=problems)


def _place(before: bytes) -> tuple[int, int]:
    """Line and column of what follows these bytes."""
    lines = _LINE_END.split(before.decode("utf-8", "replace"))
    return len(lines), len(lines[-1]) + 1


class _Reader:
    """Builds one `Document` from what expat tells."""

    __slots__ = (
        "_depth",
        "_element",
        "_elements",
        "_encoding",
        "_field",
        "_fields",
        "_nested",
        "_parser",
        "_root",
        "_texts",
        "_version",
    )

    def __init__(self) -> None:
        self._parser: expat.XMLParserType | None = expat.ParserCreate("utf-8")  # whatever is declared
        self._depth = 0  # elements that are open
        self._encoding: str | None = None
        self._version = ""
        # What has begun on each level: name, attributes, line, column.
        self._root: _Begun = ("", {}, 0, 0)
        self._element = self._field = self._root
        self._elements: list[Element] = []
        self._fields: list[Field] = []
        self._nested = 0
        self._texts: tuple[list[str], ...] = ([], [], [], [])  # by level; the first is not used

    def read(self, data: bytes, problems: list[XmlProblem]) -> Document:
        """Read a document without document type declaration, in UTF-8 but for what `problems` says. To be called once."""
        wrong = self._parse(data)
        if self._depth > 2:  # not closed
            self._depth = 3
            self._end("")
        if self._depth == 2:
            self._end("")
        if self._encoding is not None and self._encoding.lower() != "utf-8" and not problems:
            message = f"declared as {self._encoding:.40}, where UTF-8 is asked for"
            problems.append(XmlProblem(rule="encoding", line=1, column=1, message=message))
        if wrong is not None:
            problems.append(wrong)
        root, attributes, line, column = self._root
        return Document(
            root=root,
            attributes=attributes,
            elements=tuple(self._elements),
            encoding=self._encoding,
            version=self._version,
            line=line,
            column=column,
            text=_taken(self._texts[1]),
            problems=tuple(problems),
        )

    def _parse(self, data: bytes) -> XmlProblem | None:
        parser = self._parser
        assert parser is not None
        parser.XmlDeclHandler = self._declaration
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        if _SOME_TEXT.search(data) is not None:  # else it would be called for blanks only, at a fifth of all time
            parser.buffer_text = True
            parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            message = f"not well-formed: {expat.ErrorString(error.code)}"
            return XmlProblem(rule="well-formed", line=error.lineno, column=error.offset + 1, message=message)
        finally:
            self._parser = None  # each holds the other, and would wait for the garbage collector
        return None

    def _declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        self._version, self._encoding = version, encoding

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth = depth = self._depth + 1
        if depth > 3:
            self._nested += 1
            return
        parser = self._parser
        begun = (name, attributes, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)  # type: ignore[union-attr]
        if depth == 3:
            self._field = begun
        elif depth == 2:
            self._element = begun
        else:
            self._root = begun

    def _end(self, _name: str) -> None:
        depth = self._depth
        self._depth = depth - 1
        if depth == 3:
            name, attributes, line, column = self._field
            texts, nested = self._texts[3], self._nested
            text = _taken(texts) if texts else ""
            self._nested = 0
            self._fields.append(
                Field(name=name, attributes=attributes, line=line, column=column, text=text, nested=nested)
            )
        elif depth == 2:
            name, attributes, line, column = self._element
            fields, text = tuple(self._fields), _taken(self._texts[2])
            self._fields.clear()
            self._elements.append(
                Element(name=name, attributes=attributes, fields=fields, line=line, column=column, text=text)
            )

    def _characters(self, text: str) -> None:
        texts = self._texts[min(self._depth, 3)]
        if texts or text.strip(BLANKS):
            texts.append(text)


def _taken(texts: list[str]) -> str:
    text = "".join(texts).strip(BLANKS)
    texts.clear()
    return text
