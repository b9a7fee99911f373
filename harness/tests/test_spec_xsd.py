"""XML Schemas from the spec: current, valid in two implementations, equal in verdict, and as open as the document's readings."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import msgspec
import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from harness.cli.main import main
from harness.datatypes import is_value
from harness.errors import SpecError
from harness.spec.cite import document_lines
from harness.spec.load import load_system, system_names
from harness.spec.model import Base, DataType, Source, System
from harness.spec.xmlmodel import XmlAttribute, XmlChild, XmlDocument, XmlElement
from harness.spec.xsd import write_xsd, xsd_problems, xsd_texts

FOLDER = os.environ.get("CLAUSEWISE_DOCUMENTS", "")
needs_documents = pytest.mark.skipif(
    not FOLDER, reason="CLAUSEWISE_DOCUMENTS does not name the folder of the documents"
)
WITH_XML = [name for name in system_names() if load_system(name).replies]
REPLIES = [(name, reply) for name in WITH_XML for reply in load_system(name).replies]
PLACE = Source(section="Made", lines=[1, 1])
NAMESPACE = "urn:made:odd&even"
# A sound parser for tests: nothing is resolved.
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def attribute(kind: str, **more: object) -> XmlAttribute:
    return msgspec.convert({"type": kind, "source": PLACE, **more}, XmlAttribute)


def made() -> System:
    """A system with what the real ones may not have: limits, ids, fixed numbers, spellings in a namespace, counted children."""
    number = attribute("small", empty="MADE-AMB-001")
    spelled = {"one": "bandwdith", "other": "bandwidth"}
    top = XmlElement(
        source=PLACE,
        names={"one": "Top", "other": "top"},
        ambiguity="MADE-AMB-001",
        attributes={"major": attribute("whole"), "note": attribute("string", optional=True)},
        children={
            "First": XmlChild(source=PLACE, minimum=1, maximum=1),
            "Row": XmlChild(source=PLACE, minimum=1, maximum=3),
        },
    )
    row = XmlElement(
        source=PLACE,
        names={"one": "Row", "other": "row"},
        ambiguity="MADE-AMB-001",
        attributes={
            "small": number,
            "zero": attribute("whole", fixed="0"),
            "word": attribute("word", open_values={"-": "MADE-AMB-001"}, empty="MADE-AMB-001"),
            "bandwdith": attribute("counting", names=spelled, ambiguity="MADE-AMB-001"),
            "any": attribute("whole", any_value="MADE-AMB-001", absent="MADE-AMB-001"),
            "address": attribute("address"),
            "uuid": attribute("uuid"),
            "id": attribute("identifier"),
        },
        children={"First": XmlChild(source=PLACE)},
    )
    first = XmlElement(source=PLACE)
    document = XmlDocument(root="Top", source=PLACE, row="Row", elements={"Top": top, "Row": row, "First": first})
    types = {
        "small": DataType(base=Base.INT, minimum=-5, maximum=70, source=PLACE),
        "whole": DataType(base=Base.XS_INTEGER, source=PLACE),
        "counting": DataType(base=Base.XS_NON_NEGATIVE, source=PLACE),
        "string": DataType(base=Base.XS_STRING, source=PLACE),
        "word": DataType(base=Base.ENUM, choices=["a<b", "c d"], open_choices={"e": "MADE-AMB-001"}, source=PLACE),
        "address": DataType(base=Base.IPV4, source=PLACE),
        "uuid": DataType(base=Base.UUID, source=PLACE),
        "identifier": DataType(base=Base.ENUM, choices=["x", "y"], or_object="thing", source=PLACE),
    }
    return msgspec.structs.replace(
        load_system("cds"),
        system="made",
        operations={},
        types=types,
        replies={"plain": document, "spaced": msgspec.structs.replace(document, namespace=NAMESPACE)},
    )


MADE = made()
MADE_REPLIES = [("made", "plain"), ("made", "spaced")]


def system_of(name: str) -> System:
    return MADE if name == "made" else load_system(name)


@cache
def schemas(name: str, reply: str) -> tuple[etree.XMLSchema, xmlschema.XMLSchema]:
    text = xsd_texts(system_of(name))[f"{reply}.xsd"]
    return etree.XMLSchema(etree.fromstring(text.encode(), PARSER)), xmlschema.XMLSchema(text)


def verdict(name: str, reply: str, document: str) -> bool:
    """Whether both implementations find the document valid; they must agree."""
    ours, other = schemas(name, reply)
    one = ours.validate(etree.fromstring(document.encode(), PARSER))
    two = other.is_valid(document, use_location_hints=False)
    assert one == two, f"libxml2 says {one}, xmlschema {two}:\n{document}"
    return bool(one)


# What a document can get wrong that a schema can see.
DEFECTS = ("missing", "unknown", "type", "child", "text", "root", "namespace", "many", "few")


class Writer:
    """Writes one document of a reply under some reading; `defect` is put in once, `done` says whether it was."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], system: System, reply: str, defect: str) -> None:
        self.draw = draw
        self.system = system
        self.document = system.replies[reply]
        self.defect = defect
        self.done = not defect

    def pick(self, *choices: str) -> str:
        return str(self.draw(st.sampled_from(choices)))

    def take(self, defect: str) -> bool:
        """Whether to put the defect in here."""
        if self.done or self.defect != defect or not self.draw(st.booleans()):
            return False
        self.done = True
        return True

    def text(self) -> str:
        space = self.document.namespace
        if self.take("namespace"):
            space = f"{space}x"
        told = f" xmlns={quoteattr(space)}" if space else ""
        hint = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="..\\x.xsd"'
        return self.element(self.document.root, told + (hint if self.draw(st.booleans()) else ""))

    def element(self, key: str, more: str = "") -> str:
        element = self.document.elements[key]
        name = self.pick(*(element.names.values() or [key]))
        if key == self.document.root and self.take("root"):
            name = self.pick(f"{name}x", name.swapcase())
        parts = [part for own, one in element.attributes.items() for part in self.attribute(own, one)]
        if self.take("unknown"):
            parts.append(f'{self.pick("unheardOf", "xml", "TYPE")}="1"')
        inner = "".join(self.children(child, one) for child, one in element.children.items())
        if self.take("child"):
            inner += self.pick("<unheardOf/>", f"<{self.document.root}/>", "<a:b xmlns:a='urn:b'/>")
        if self.take("text"):
            inner += self.pick("x", "&#48;", "<![CDATA[0]]>", "é")
        order = self.draw(st.permutations(parts))
        start = f"<{name}{more}{''.join(' ' + part for part in order)}"
        blank = self.pick("", " ", "\n\t", "<!-- a -->", "<?b c?>")
        return (
            f"{start}/>" if not inner and not blank and self.draw(st.booleans()) else f"{start}>{blank}{inner}</{name}>"
        )

    def children(self, key: str, child: XmlChild) -> str:
        most = child.maximum if child.maximum is not None else child.minimum + 2
        count = self.draw(st.integers(child.minimum, most))
        if child.maximum is not None and self.take("many"):
            count = child.maximum + 1
        elif child.minimum and self.take("few"):
            count = child.minimum - 1
        return "".join(self.element(key) + self.pick("", " ", "\r\n") for _ in range(count))

    def attribute(self, name: str, one: XmlAttribute) -> list[str]:
        spellings = list(one.names.values()) or [name]
        if (one.optional or one.absent is not None) and self.draw(st.booleans()):
            return []
        if len(spellings) == 1 and not one.optional and one.absent is None and self.take("missing"):
            return []
        return [f"{self.pick(*spellings)}={quoteattr(self.value(one))}"]

    def value(self, one: XmlAttribute) -> str:
        kind = self.system.types[one.type]
        wrong = self.wrong(one, kind)
        if wrong and self.take("type"):
            return self.pick(*wrong)
        if one.any_value is not None:
            return self.pick("anything", "", "0")
        odd = ["" for _ in range(one.empty is not None)] + list(one.open_values)
        if odd and self.draw(st.booleans()):
            return self.pick(*odd)
        if one.fixed is not None:
            return one.fixed if kind.base is Base.XS_STRING else self.pick(one.fixed, f"+{one.fixed}", f"00{one.fixed}")
        return self.right(kind)

    def right(self, kind: DataType) -> str:
        match kind.base:
            case Base.INT:
                return str(self.draw(st.integers(kind.minimum, kind.maximum)))
            case Base.XS_INTEGER:
                return self.pick("-0", "+0012", " 7 ", "\t7", "-" + "9" * 40, "1233856800")
            case Base.XS_NON_NEGATIVE:
                return self.pick("-0", "+0012", " 7 ", "9" * 40, "1")
            case Base.IPV4:
                return self.pick("0.0.0.0", "255.255.255.255", "10.9.99.100")
            case Base.UUID:
                return "9411723a-50b4-47EB-9111-f1d19c8fe812"
            case Base.ENUM if kind.or_object is None:
                return self.pick(*kind.choices, *kind.open_choices)
        return self.pick("", " ", "ü", "a<b&c", "x" * 300, "\t")

    def wrong(self, one: XmlAttribute, kind: DataType) -> list[str]:
        if one.any_value is not None:
            return []
        if one.fixed is not None:
            return ["2", one.fixed + "x"]
        match kind.base:
            case Base.INT:
                return ["-6", "71", "00", "+1", "x", "1.0", "9" * 101]
            case Base.XS_INTEGER:
                return ["1_0", "１", "1e3", "0x1", "1 2", "+", "--1", "1.0"]
            case Base.XS_NON_NEGATIVE:
                return ["-1", "1_0", "1.0", "٣"]
            case Base.IPV4:
                return ["1.2.3", "1.2.3.256", "01.2.3.4", " 1.2.3.4"]
            case Base.UUID:
                return ["9411723a", ""]
            case Base.ENUM if kind.or_object is None:
                return [f"{kind.choices[0]} ", kind.choices[0].swapcase(), "unheard of"]
        return []


@st.composite
def documents(draw: st.DrawFn, defective: bool) -> tuple[str, str, str, str]:
    """System, reply, the defect that was put in, and the document."""
    name, reply = draw(st.sampled_from(draw(st.sampled_from((REPLIES, MADE_REPLIES)))))
    writer = Writer(draw, system_of(name), reply, draw(st.sampled_from(DEFECTS)) if defective else "")
    text = writer.text()
    return name, reply, writer.defect if writer.done else "", text


QUICKLY = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def agree(case: tuple[str, str, str, str]) -> None:
    name, reply, defect, text = case
    assert verdict(name, reply, text) == (defect == ""), (defect, text)


@QUICKLY
@given(documents(defective=False))
def test_a_document_under_any_reading_is_valid(case: tuple[str, str, str, str]) -> None:
    agree(case)


@QUICKLY
@given(documents(defective=True))
def test_one_defect_is_seen_by_both(case: tuple[str, str, str, str]) -> None:
    agree(case)


@pytest.mark.slow
@LONG
@given(st.booleans().flatmap(lambda defective: documents(defective=defective)))
def test_many_documents(case: tuple[str, str, str, str]) -> None:
    agree(case)


@pytest.mark.parametrize("name", WITH_XML)
def test_the_files_are_what_the_spec_says(name: str) -> None:
    assert [] == xsd_problems(load_system(name)), f"run `clausewise spec xsd {name}`"


def test_files_that_are_not_current_are_told_and_mended(tmp_path: Path) -> None:
    assert {"plain.xsd", "spaced.xsd"} == {path.name for path in write_xsd(MADE, tmp_path)}
    assert [] == xsd_problems(MADE, tmp_path)
    own = tmp_path / "made"
    (own / "plain.xsd").write_text("other")
    (own / "spaced.xsd").unlink()
    (own / "gone.xsd").write_text("")
    told = xsd_problems(MADE, tmp_path)
    assert [
        ("gone.xsd", "the spec has no such reply"),
        ("plain.xsd", "is not what the spec says"),
        ("spaced.xsd", "is not there"),
    ] == [(Path(line.split(": ")[0]).name, line.split(": ")[1]) for line in told]
    write_xsd(MADE, tmp_path)
    assert [] == xsd_problems(MADE, tmp_path)
    assert not (own / "gone.xsd").exists()


def test_two_attributes_with_one_spelling_are_a_mistake() -> None:
    document = MADE.replies["plain"]
    row = document.elements["Row"]
    doubled = msgspec.structs.replace(row, attributes={**row.attributes, "bandwidth": attribute("whole")})
    broken = msgspec.structs.replace(document, elements={**document.elements, "Row": doubled})
    with pytest.raises(SpecError, match="bandwidth, which bandwdith has too"):
        xsd_texts(msgspec.structs.replace(MADE, replies={"plain": broken}))


def test_annotations_name_clauses_and_citations() -> None:
    text = xsd_texts(load_system("cds"))["streams.xsd"]
    notes = [note.text or "" for note in etree.fromstring(text.encode(), PARSER).iter("{*}documentation")]
    assert any(
        re.match(r'CDS-StreamHistory\.reply\.Stream\.startTime: section "StreamHistory", line', note) for note in notes
    )
    assert any("readings of CDS-AMB-001" in note for note in notes)


@pytest.mark.parametrize("text", ["5", " 5\n", "+0", "-7", "1_0", "x", "", "12345678901234567890123456789"])
def test_integers_are_those_of_the_harness(text: str) -> None:
    row = f'<APIVersionResponse major={quoteattr(text)} minor="3"/>'
    assert verdict("cds", "version", row) == is_value(DataType(base=Base.XS_INTEGER, source=PLACE), text)


# What is printed in the document.
DAMAGED = 3  # two of content objects whose end tag is another's, one of service groups that are not closed


@cache
def printed() -> tuple[str, ...]:
    """The blocks of literal text of the document."""
    text = "\n".join(document_lines(load_system("cds").document, Path(FOLDER)))
    return tuple(block.strip() for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def read(text: str) -> etree._Element | None:
    try:
        return etree.fromstring(text.encode(), PARSER)
    except etree.XMLSyntaxError:
        return None


def examples() -> tuple[list[str], list[str]]:
    """The example replies, put together where a page ends within one, and those that are damaged."""
    good: list[str] = []
    damaged: list[str] = []
    blocks = [block for block in printed() if "<xs:schema" not in block]
    for index, block in enumerate(blocks):
        if not block.startswith(("<?xml", "<Error")):
            continue
        following = blocks[index + 1] if index + 1 < len(blocks) else ""
        whole = next((text for text in (block, f"{block}\n{following}") if read(text) is not None), None)
        if whole is None:
            damaged.append(block)
            continue
        good.append(whole)
        end = re.search(r"</(\w+)>$", following)
        if whole == block and end is not None and not following.startswith("<?xml"):  # rows that go on on the next page
            good.append(f"<{end[1]}>{following}")
    return good, damaged


@needs_documents
def test_every_well_formed_example_is_valid() -> None:
    good, damaged = examples()
    assert len(damaged) == DAMAGED, [text[:80] for text in damaged]
    system = load_system("cds")
    seen = set()
    for text in good:
        root = etree.QName(read(text)).localname
        fitting = [reply for reply, one in system.replies.items() if one.root == root]
        valid = [reply for reply in fitting if verdict("cds", reply, text)]
        assert len(valid) == 1, (root, valid, text[:300])
        seen.add(valid[0])
    assert seen == set(system.replies) - {"content-range", "service-groups"}


@needs_documents
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_what_our_schema_takes_the_printed_one_takes_too(data: st.DataObject) -> None:
    (printed_schema,) = [block for block in printed() if "<xs:schema" in block]
    theirs = etree.XMLSchema(etree.fromstring(printed_schema.encode(), PARSER))
    writer = Writer(data.draw, load_system("cds"), "events", "")
    writer.pick = lambda *choices: "" if "<!-- a -->" in choices else data.draw(st.sampled_from(choices))  # type: ignore[method-assign]
    text = writer.text()
    assert verdict("cds", "events", text)
    assert theirs.validate(etree.fromstring(text.encode(), PARSER)), theirs.error_log


def exit_code(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert isinstance(end.value.code, int)
    return end.value.code


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["spec", "xsd", "cds", "--check"]) == 0
    assert "are current" in capsys.readouterr().out
    assert exit_code(["spec", "export", "xsd", "cds", "--out", str(tmp_path / "new")]) == 0
    names = {f"{reply}.xsd" for reply in load_system("cds").replies}
    assert names == {path.name for path in (tmp_path / "new").iterdir()}
    capsys.readouterr()
    assert exit_code(["spec", "export", "xsd", "cds", "--reply", "version"]) == 0
    assert capsys.readouterr().out == (tmp_path / "new" / "version.xsd").read_text()
    assert exit_code(["spec", "export", "xsd", "cds", "--reply", "versoin"]) == 2
    assert exit_code(["spec", "xsd", "hmp"]) == 2
    assert "has no XML replies" in capsys.readouterr().err
