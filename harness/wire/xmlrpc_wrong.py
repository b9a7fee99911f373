"""XML-RPC written wrongly on purpose: a list by name, each with the rules that a reader must tell of.

    spoiled_call("nil", "flex.conference.create", {"conferenceName": "a"}, path="conferenceName") --> bytes

Three kinds: wrong values, which stand in place of the value at a path; wrong members, made of the member at a path; wrong messages, made
of the bytes of a call or response in its usual spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.wire.xmlrpc_edit import Change, Pair, changed, replaced
from harness.wire.xmlrpc_values import parse_path
from harness.wire.xmlrpc_write import encode_call
from harness.wire.xmlrpc_writing import Raw, Writable
from harness.wire.xmlspelling import text_of

_DEEP = 100  # structs in each other: more than the reader's limit


@dataclass(frozen=True, slots=True)
class Wrong:
    """One way to be wrong.

    Attributes:
        about: what is wrong, for people.
        rules: what a reader must tell, and nothing else; a set of names of `xmlrpc_rules`.
        legal: XML-RPC allows it, or leaves it open, so that a device may take it.
    """

    about: str
    rules: frozenset[str]
    legal: bool = False


def _wrong(about: str, *rules: str, legal: bool = False) -> Wrong:
    return Wrong(about, frozenset(rules), legal)


# Values: name -> what stands in place of <value>...</value>.
_VALUES: Mapping[str, tuple[str, Wrong]] = {
    "nil": ("<value><nil/></value>", _wrong("nil, which XML-RPC does not have", "type")),
    "nil-prefixed": ('<value><ex:nil xmlns:ex="urn:x"/></value>', _wrong("nil of an extension", "type")),
    "i8": ("<value><i8>5</i8></value>", _wrong("an integer of eight bytes", "type")),
    "int-element": ("<value><integer>5</integer></value>", _wrong("a type in another name", "type")),
    "type-letters": ("<value><Int>5</Int></value>", _wrong("a type in other letters", "type")),
    "date-element": ("<value><dateTime>20140107T13:31:26</dateTime></value>", _wrong("dateTime without .iso8601", "type")),
    "two-types": ("<value><int>5</int><string>5</string></value>", _wrong("two types in one value", "repeated-type")),
    "text-beside-type": ("<value>5<int>5</int></value>", _wrong("text beside the type", "misplaced-text")),
    "element-in-int": ("<value><int><b>5</b></int></value>", _wrong("an element in an int", "nested-element", "int-form")),
    "element-in-string": ("<value><string>a <b>c</b></string></value>", _wrong("an element in a string", "nested-element")),
    "int-empty": ("<value><int></int></value>", _wrong("an empty int", "int-form")),
    "int-blank": ("<value><int> </int></value>", _wrong("an int of blanks", "int-form")),
    "int-word": ("<value><int>five</int></value>", _wrong("an int of letters", "int-form")),
    "int-point": ("<value><int>5.0</int></value>", _wrong("an int with a point", "int-form")),
    "int-hex": ("<value><int>0x5</int></value>", _wrong("an int in hexadecimal", "int-form")),
    "int-exponent": ("<value><int>5e0</int></value>", _wrong("an int with an exponent", "int-form")),
    "int-underscore": ("<value><int>1_0</int></value>", _wrong("an int with an underscore", "int-form")),
    "int-other-digits": ("<value><int>\u0665</int></value>", _wrong("an int in digits that are not ASCII", "int-form")),
    "int-two-signs": ("<value><int>--5</int></value>", _wrong("an int with two signs", "int-form")),
    "int-padded": ("<value><int> 5\n</int></value>", _wrong("an int between blanks", "padding", legal=True)),
    "int-plus": ("<value><int>+5</int></value>", _wrong("an int with a plus", legal=True)),
    "int-zeros": ("<value><int>0005</int></value>", _wrong("an int with zeros in front", legal=True)),
    "int-above": ("<value><int>2147483648</int></value>", _wrong("one more than four bytes hold", "int-range")),
    "int-below": ("<value><int>-2147483649</int></value>", _wrong("one less than four bytes hold", "int-range")),
    "int-eight-bytes": ("<value><int>9223372036854775808</int></value>", _wrong("more than eight bytes hold", "int-range")),
    "int-huge": (f"<value><int>{'9' * 5000}</int></value>", _wrong("5,000 digits", "int-range")),
    "boolean-word": ("<value><boolean>yes</boolean></value>", _wrong("a boolean that is yes", "boolean-form")),
    "boolean-number": ("<value><boolean>2</boolean></value>", _wrong("a boolean that is 2", "boolean-form")),
    "boolean-empty": ("<value><boolean></boolean></value>", _wrong("an empty boolean", "boolean-form")),
    "boolean-letters": ("<value><boolean>TRUE</boolean></value>", _wrong("a boolean in capital letters", "boolean-case")),
    "boolean-padded": ("<value><boolean>\n1\n</boolean></value>", _wrong("a boolean between blanks", "padding", legal=True)),
    "double-word": ("<value><double>NaN</double></value>", _wrong("a double that is no number", "double-form")),
    "double-infinite": ("<value><double>-inf</double></value>", _wrong("a double without end", "double-form")),
    "double-comma": ("<value><double>1,5</double></value>", _wrong("a double with a comma", "double-form")),
    "double-range": (f"<value><double>{'9' * 400}</double></value>", _wrong("a double of 400 digits", "double-range")),
    "double-exponent": ("<value><double>1e3</double></value>", _wrong("a double with an exponent", "double-exponent", legal=True)),
    "date-hyphens": ("<value><dateTime.iso8601>2014-01-07T13:31:26</dateTime.iso8601></value>", _wrong("a date with hyphens", "dateTime-form")),
    "date-only": ("<value><dateTime.iso8601>20140107</dateTime.iso8601></value>", _wrong("a date without time", "dateTime-form")),
    "date-month": ("<value><dateTime.iso8601>20141307T13:31:26</dateTime.iso8601></value>", _wrong("the thirteenth month", "dateTime-value")),
    "date-day": ("<value><dateTime.iso8601>20140230T13:31:26</dateTime.iso8601></value>", _wrong("the 30th of February", "dateTime-value")),
    "date-hour": ("<value><dateTime.iso8601>20140107T24:00:00</dateTime.iso8601></value>", _wrong("the hour 24", "dateTime-value")),
    "date-zone": ("<value><dateTime.iso8601>20140107T13:31:26Z</dateTime.iso8601></value>", _wrong("a date in UTC", "dateTime-zone")),
    "date-offset": ("<value><dateTime.iso8601>20140107T13:31:26+01:00</dateTime.iso8601></value>", _wrong("a date with an offset", "dateTime-zone")),
    "date-empty": ("<value><dateTime.iso8601/></value>", _wrong("an empty date", "dateTime-form")),
    "base64-characters": ("<value><base64>@@@@</base64></value>", _wrong("characters that base64 does not have", "base64-form")),
    "base64-cut": ("<value><base64>YWJjZ</base64></value>", _wrong("base64 that is cut off", "base64-form")),
    "base64-unpadded": ("<value><base64>YWI</base64></value>", _wrong("base64 without = at its end", "base64-form")),
    "array-without-data": ("<value><array></array></value>", _wrong("an array without data", "missing-data")),
    "array-two-data": ("<value><array><data/><data/></array></value>", _wrong("an array with data twice", "repeated-data")),
    "array-bare": ("<value><array><value>a</value></array></value>", _wrong("an array's values without data", "missing-data", "unknown-element")),
    "array-text": ("<value><array><data>a</data></array></value>", _wrong("text in an array", "misplaced-text")),
    "struct-text": ("<value><struct>a</struct></value>", _wrong("text in a struct", "misplaced-text")),
    "struct-unknown": ("<value><struct><field/></struct></value>", _wrong("another element in a struct", "unknown-element")),
    "attribute": ('<value><string type="x">a</string></value>', _wrong("an attribute", "attribute", legal=True)),
    "section": ("<value><string><![CDATA[a<b]]></string></value>", _wrong("a CDATA section", legal=True)),
    "comment": ("<value><!-- a --><string>a<!-- b -->b</string></value>", _wrong("comments", legal=True)),
    "deep-structs": (
        "<value><struct><member><name>a</name>" * _DEEP + "<value/>" + "</member></struct></value>" * _DEEP,
        _wrong(f"{_DEEP} structs in each other", "depth"),
    ),
    "deep-arrays": ("<value><array><data>" * _DEEP + "</data></array></value>" * _DEEP, _wrong(f"{_DEEP} arrays in each other", "depth")),
    "entity": ("<value><string>&nbsp;</string></value>", _wrong("an entity that XML does not have", "entity")),
    "ampersand": ("<value><string>a & b</string></value>", _wrong("a bare ampersand", "well-formed")),
    "less-than": ("<value><string>a < b</string></value>", _wrong("a bare less-than sign", "well-formed")),
    "control-character": ("<value><string>a\x01</string></value>", _wrong("a control character", "well-formed")),
    "control-reference": ("<value><string>&#1;</string></value>", _wrong("a reference to a control character", "well-formed")),
    "unclosed": ("<value><string>a</value>", _wrong("an element that is not closed", "well-formed")),
    "crossed": ("<value><string>a</value></string>", _wrong("elements that cross", "well-formed")),
    "bytes": ("<value><string>\udcff</string></value>", _wrong("a byte that is not UTF-8", "encoding")),
    "surrogate": ("<value><string>\udced\udca0\udc80</string></value>", _wrong("half of a pair of UTF-16 as UTF-8", "encoding")),
    "overlong": ("<value><string>\udcc0\udc80</string></value>", _wrong("a character in more bytes than it needs", "encoding")),
}  # fmt: skip


def _held(name: str) -> Raw:
    return Raw(f"<name>{text_of(name)}</name>")


def _member(*parts: str) -> Raw:
    return Raw(f"<member>{''.join(parts)}</member>")


_STRING = "<value><string>a</string></value>"


# Members: name -> what stands in place of a member.
_MEMBERS: Mapping[str, tuple[Change, Wrong]] = {
    "duplicate": (lambda name, value: ((name, value), (name, value)), _wrong("a member twice", "duplicate-member")),
    "duplicate-other": (
        lambda name, value: ((name, value), (name, "a")),
        _wrong("a member twice, with another value", "duplicate-member"),
    ),
    "no-name": (lambda _name, _value: (_member(_STRING),), _wrong("a member without name", "missing-name")),
    "no-value": (lambda name, _value: (_member(_held(name).text),), _wrong("a member without value", "missing-value")),
    "empty-member": (lambda _name, _value: (_member(),), _wrong("an empty member", "missing-name", "missing-value")),
    "empty-name": (
        lambda _name, _value: (_member("<name></name>", _STRING),),
        _wrong("a name that is empty", "empty-name"),
    ),
    "two-names": (
        lambda name, _value: (_member(_held(name).text, _held(name + "x").text, _STRING),),
        _wrong("two names in a member", "repeated-name"),
    ),
    "two-values": (
        lambda name, _value: (_member(_held(name).text, _STRING, _STRING),),
        _wrong("two values in a member", "repeated-value"),
    ),
    "value-first": (
        lambda name, _value: (_member(_STRING, _held(name).text),),
        _wrong("the value before the name", "order", legal=True),
    ),
    "padded-name": (
        lambda name, _value: (_member(f"<name>\n {text_of(name)} </name>", _STRING),),
        _wrong("blanks around a name", "padding", legal=True),
    ),
    "element-in-name": (
        lambda name, _value: (_member(f"<name>{text_of(name)}<b/></name>", _STRING),),
        _wrong("an element in a name", "nested-element"),
    ),
    "text-in-member": (
        lambda name, _value: (_member("a", _held(name).text, _STRING),),
        _wrong("text in a member", "misplaced-text"),
    ),
    "unknown-in-member": (
        lambda name, _value: (_member(_held(name).text, _STRING, "<type/>"),),
        _wrong("another element in a member", "unknown-element"),
    ),
    "value-without-element": (
        lambda name, _value: (_member(_held(name).text, "<string>a</string>"),),
        _wrong("a type without value around it", "missing-value", "unknown-element"),
    ),
}


def _before(data: bytes, mark: bytes, new: bytes) -> bytes:
    at = data.index(mark)
    return data[:at] + new + data[at:]


_LAUGHS = b'<!DOCTYPE methodCall [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (code, b"&%c;" % (code - 1) * 10) for code in range(ord("b"), ord("k"))
)
_PARAM = b"<param><value><struct></struct></value></param>"

# Messages: name -> what becomes of the bytes of a call in its usual spelling.
_MESSAGES: Mapping[str, tuple[Callable[[bytes], bytes], Wrong]] = {
    "nothing": (lambda _data: b"", _wrong("no document", "empty")),
    "text": (lambda _data: b"flex", _wrong("text that is no XML", "well-formed")),
    "cut": (lambda data: data[: len(data) * 2 // 3], _wrong("a document that breaks off", "well-formed")),
    "two-roots": (lambda data: data + b"<methodCall/>", _wrong("two roots", "well-formed")),
    "text-behind": (lambda data: data + b"x", _wrong("text behind the root", "well-formed")),
    "blanks-before": (lambda data: b"\r\n" + data, _wrong("blanks before the declaration", "well-formed")),
    "doctype": (lambda data: _before(data, b"<methodCall>", b"<!DOCTYPE methodCall>"), _wrong("a document type", "doctype")),
    "laughs": (lambda data: _before(data, b"<methodCall>", _LAUGHS + b"]>"), _wrong("entities that grow without end", "doctype")),
    "external-entity": (
        lambda data: _before(data, b"<methodCall>", b'<!DOCTYPE methodCall [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
        _wrong("an entity from outside", "doctype"),
    ),
    "external-doctype": (
        lambda data: _before(data, b"<methodCall>", b'<!DOCTYPE methodCall SYSTEM "http://127.0.0.1:9/x.dtd">'),
        _wrong("a document type from outside", "doctype"),
    ),
    "unknown-encoding": (
        lambda data: data.replace(b"UTF-8", b"EBCDIC-X", 1), _wrong("an encoding that does not exist", "encoding"),
    ),
    "root-letters": (lambda data: data.replace(b"methodCall>", b"MethodCall>"), _wrong("the root in other letters", "root")),
    "root-other": (lambda data: data.replace(b"methodCall>", b"call>"), _wrong("another root", "root")),
    "namespace": (
        lambda data: data.replace(b"<methodCall>", b'<methodCall xmlns="urn:x">'), _wrong("a namespace", "attribute", legal=True),
    ),
    "no-method": (
        lambda data: data[: data.index(b"<methodName>")] + data[data.index(b"</methodName>") + 13 :],
        _wrong("a call without method", "missing-methodName"),
    ),
    "empty-method": (
        lambda data: data[: data.index(b"<methodName>") + 12] + data[data.index(b"</methodName>") :],
        _wrong("a method's name that is empty", "methodName-form"),
    ),
    "two-methods": (
        lambda data: _before(data, b"<params>", b"<methodName>a</methodName>"), _wrong("two methods", "repeated-methodName"),
    ),
    "method-characters": (
        lambda data: _before(data, b"</methodName>", b"&lt;&#32;x"), _wrong("other characters in a method's name", "methodName-form"),
    ),
    "method-padded": (
        lambda data: _before(_before(data, b"</methodName>", b"\n"), b"</methodName>", b" "),
        _wrong("blanks behind a method's name", "padding", legal=True),
    ),
    "method-last": (
        lambda data: (
            data[: data.index(b"<methodName>")] + data[data.index(b"<params>") : data.rindex(b"</methodCall>")]
            + data[data.index(b"<methodName>") : data.index(b"<params>")] + b"</methodCall>"
        ),
        _wrong("the method behind its parameters", "order", legal=True),
    ),
    "no-params": (
        lambda data: data[: data.index(b"<params>")] + b"</methodCall>", _wrong("a call without params", "missing-params"),
    ),
    "empty-params": (
        lambda data: data[: data.index(b"<params>")] + b"<params></params></methodCall>",
        _wrong("a call without parameters", "param-count"),
    ),
    "two-params": (lambda data: _before(data, b"</params>", _PARAM), _wrong("two parameters", "param-count")),
    "params-twice": (
        lambda data: _before(data, b"</methodCall>", b"<params>" + _PARAM + b"</params>"),
        _wrong("params twice", "repeated-params"),
    ),
    "scalar-param": (
        lambda data: data[: data.index(b"<params>")] + b"<params><param><value>a</value></param></params></methodCall>",
        _wrong("a parameter that is a string", "param-type"),
    ),
    "array-param": (
        lambda data: (
            data[: data.index(b"<params>")]
            + b"<params><param><value><array><data></data></array></value></param></params></methodCall>"
        ),
        _wrong("a parameter that is an array", "param-type"),
    ),
    "empty-param": (
        lambda data: data[: data.index(b"<params>")] + b"<params><param></param></params></methodCall>",
        _wrong("a parameter without value", "missing-value"),
    ),
    "param-two-values": (
        lambda data: _before(data, b"</param>", b"<value>a</value>"), _wrong("a parameter with two values", "repeated-value"),
    ),
    "text-in-params": (lambda data: _before(data, b"</params>", b"x"), _wrong("text in params", "misplaced-text")),
    "unknown-in-call": (
        lambda data: _before(data, b"</methodCall>", b"<header>a</header>"), _wrong("another element in a call", "unknown-element"),
    ),
}  # fmt: skip

WRONG_VALUES: Mapping[str, Wrong] = {name: wrong for name, (_, wrong) in _VALUES.items()}
WRONG_MEMBERS: Mapping[str, Wrong] = {name: wrong for name, (_, wrong) in _MEMBERS.items()}
WRONG_MESSAGES: Mapping[str, Wrong] = {name: wrong for name, (_, wrong) in _MESSAGES.items()}


def wrong_value(name: str) -> Raw:
    """What stands in place of a value."""
    return Raw(_VALUES[name][0])


def wrong_member(name: str, member: str, value: Writable) -> tuple[Pair, ...]:
    """What stands in place of a member, for `Members`."""
    return _MEMBERS[name][0](member, value)


def wrong_message(name: str, call: bytes) -> bytes:
    """What becomes of a call in its usual spelling (`xmlrpc_write.USUAL`).

    Raises:
        ValueError: it is spelled in another way.
    """
    return _MESSAGES[name][0](call)


def spoiled_call(name: str, method: str, members: Writable, path: str = "") -> bytes:
    """A call that is wrong in one point.

    Args:
        name: one of `WRONG_VALUES`, `WRONG_MEMBERS` and `WRONG_MESSAGES`.
        method: the call's.
        members: its struct.
        path: of the value or member that is spoiled; of no meaning for a message.

    Raises:
        KeyError: there is no such way to be wrong.
        ValueError: nothing stands at the path, or no member where there should be one.
    """
    if name in _MESSAGES:
        return wrong_message(name, encode_call(method, members))
    if name in _VALUES:
        return encode_call(method, replaced(members, parse_path(path), wrong_value(name)))
    return encode_call(method, changed(members, parse_path(path), _MEMBERS[name][0]))
