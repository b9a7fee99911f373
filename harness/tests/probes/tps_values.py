"""Probes of XML-RPC's values and of how they may be written."""

from __future__ import annotations

from xml.sax.saxutils import escape

from harness.tests.probes.tps_objects import conference, query
from harness.tests.probes.tps_wire import MARKUP, World, need, probe, register, told


def text(world: World, method: str, members: str = "", head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    """A call written by hand, with more members after those that authenticate."""
    auth = "".join(
        f"<member><name>{name}</name><value><string>{escape(value)}</string></value></member>"
        for name, value in world.auth.items()
    )
    inner = f"<param><value><struct>{auth}{members}</struct></value></param>"
    return f"{head}<methodCall><methodName>{method}</methodName><params>{inner}</params></methodCall>".encode()


def named(world: World, value: str) -> str:
    """What a conference is called whose name was written as this value."""
    ident = conference(world)
    members = f"<member><name>conferenceID</name><value>{ident}</value></member>"
    members += f"<member><name>conferenceName</name>{value}</member>"
    got = world.raw(text(world, "flex.conference.modify", members), "flex.conference.modify")
    need(got == {"status": "operation successful"}, f"modify: {got}")
    return str(query(world, ident).get("conferenceName", ""))


def locked(world: World, value: str) -> bool:
    """Whether a conference is locked whose member was written as this value."""
    ident = conference(world)
    members = f"<member><name>conferenceID</name><value>{ident}</value></member>"
    members += f"<member><name>locked</name>{value}</member>"
    world.raw(text(world, "flex.conference.modify", members), "flex.conference.modify")
    return bool(query(world, ident)["locked"])


FORMS = {
    "cdata": ("<value><string><![CDATA[a<b]]></string></value>", "a<b"),
    "default-string": ("<value>plain</value>", "plain"),
    "references": ("<value><string>&#65;&#x42;&amp;&lt;&gt;&quot;&apos;</string></value>", "AB&<>\"'"),
    "spaces": ("<value><string>a  b</string></value>", "a  b"),
    "utf-8": ("<value><string>Zürich 漢字 🎥</string></value>", "Zürich 漢字 🎥"),
    "comment": ("<!-- x --><value><string>c</string></value>", "c"),
    "empty": ("<value><string></string></value>", ""),
    "self-closed": ("<value><string/></value>", ""),
}


def form(world: World, value: str, want: str) -> None:
    got = named(world, value)
    need(got == want, f"{value}: {got!r}, not {want!r}")


for _name, (_value, _want) in FORMS.items():
    register(f"xml-{_name}", f"a name written as {_value} comes back", (175, 193), form, _value, _want)


def flag(world: World, value: str, want: bool) -> None:
    got = locked(world, f"<value><boolean>{value}</boolean></value>")
    need(got is want, f"{value}: {got}")


for _value, _flag in (("1", True), ("0", False), ("true", True), ("false", False)):
    register(f"xml-boolean-{_value}", f"a boolean may be written {_value}", (370,), flag, _value, _flag)


def bad_flag(world: World, value: str) -> None:
    ident = conference(world)
    members = f"<member><name>conferenceID</name><value>{ident}</value></member>"
    members += f"<member><name>locked</name><value><boolean>{value}</boolean></value></member>"
    status, _headers, data = world.post(text(world, "flex.conference.modify", members))
    need(status >= 400 or b"<fault>" in data, f"boolean {value!r}: {data[:200]!r}")


for _value in ("2", "yes", ""):
    register(f"xml-bad-boolean-{_value}", f"{_value!r} is no boolean", (370, 3690), bad_flag, _value)


@probe("xml-i4", "XML-RPC's i4 is an int", 369, 196)
def i4(world: World) -> None:
    for tag in ("i4", "int"):
        ident = conference(world)
        members = f"<member><name>conferenceID</name><value>{ident}</value></member>"
        members += f"<member><name>voiceSwitchingSensitivity</name><value><{tag}>17</{tag}></value></member>"
        world.raw(text(world, "flex.conference.modify", members), tag)
        need(query(world, ident)["voiceSwitchingSensitivity"] == 17, tag)


@probe("xml-no-declaration", "without a declaration, it is UTF-8", 193)
def undeclared(world: World) -> None:
    for head in (
        "",
        '<?xml version="1.0"?>',
        "<?xml version='1.0' encoding='utf-8' ?>\n",
        "<?xml version='1.0'?><!-- c -->",
    ):
        told(world.post(text(world, "device.query", head=head))[2], head)


@probe("xml-white-space", "white space between elements does not matter", 201)
def white(world: World) -> None:
    data = text(world, "device.query").replace(b"><", b">\n  <")
    told(world.post(data)[2], "spaced")


@probe("xml-markup-comes-back", "a name with markup characters comes back", 193)
def markup(world: World) -> None:
    ident = conference(world, conferenceName=MARKUP)
    need(query(world, ident)["conferenceName"] == MARKUP, "name")


@probe("xml-int-limits", "int is four bytes, signed", 369)
def four(world: World) -> None:
    ident = conference(world, duration=2147483647)
    need(query(world, ident).get("duration") == 2147483647, "duration")
    for value in ("2147483648", "-2147483649", "1.5", "x", ""):
        members = f"<member><name>max</name><value><int>{value}</int></value></member>"
        status, _headers, data = world.post(text(world, "flex.conference.enumerate", members))
        need(status >= 400 or b"<fault>" in data, f"int {value!r}: {data[:200]!r}")
