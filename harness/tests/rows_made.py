"""A made-up system with replies of rows, for the tests of the streaming check, and documents of it."""

from __future__ import annotations

from harness.spec.model import (
    Ambiguity,
    Base,
    Clause,
    DataType,
    Document,
    Effect,
    Level,
    Operation,
    Reading,
    Source,
    System,
)
from harness.spec.xmlmodel import Membership, Order, Paging, Window, XmlAttribute, XmlChild, XmlDocument, XmlElement

HERE = Source(section="Rows", lines=[1, 1])
FROM, TO = 1_233_856_800, 1_233_860_399
WINDOW = (FROM, TO)


def _attribute(kind: str, **more: object) -> XmlAttribute:
    return XmlAttribute(type=kind, source=HERE, **more)  # type: ignore[arg-type]


def _ambiguity(*readings: str, accepted: str | None = None) -> Ambiguity:
    return Ambiguity(about="a point", readings={name: Reading(text=name) for name in readings}, accepted=accepted)


TIMES = {
    "start": _attribute("time"),
    "end": _attribute("time"),
    "stored": _attribute("time", absent="ROW-AMB-003"),
}
STREAM = XmlElement(
    source=HERE,
    attributes={
        **TIMES,
        "outputs": _attribute("text", names={"plural": "outputs", "singular": "output"}, ambiguity="ROW-AMB-001"),
        "group": _attribute("count", empty="ROW-AMB-002"),
        "session": _attribute("text"),
        "mode": _attribute("mode"),
        "zero": _attribute("count", optional=True, fixed="0"),
        "free": _attribute("count", optional=True, any_value="ROW-AMB-005"),
    },
    ordered=[
        Order(first="start", then="end", clause="ROW-ORD-001"),
        Order(first="end", then="stored", clause="ROW-ORD-002"),
    ],
)
ROOT = XmlElement(
    source=HERE, attributes={"format": _attribute("text", optional=True)}, children={"Stream": XmlChild(source=HERE)}
)
CONTENT = XmlElement(source=HERE, attributes={"name": _attribute("text"), "index": _attribute("size")})
EVENTS = "http://example.org/events"

SYSTEM = System(
    system="rows",
    prefix="ROW",
    title="Rows",
    document=Document(file="rows.txt", title="Rows", edition="1", sha256="0" * 64),
    interfaces={},
    types={
        "time": DataType(base=Base.XS_INTEGER, source=HERE),
        "count": DataType(base=Base.XS_INTEGER, source=HERE),
        "size": DataType(base=Base.XS_NON_NEGATIVE, source=HERE),
        "text": DataType(base=Base.XS_STRING, source=HERE),
        "mode": DataType(
            base=Base.ENUM,
            choices=["user", "sys"],
            open_choices={"User": "ROW-AMB-004", "USER": "ROW-AMB-004"},
            source=HERE,
        ),
    },
    replies={
        "streams": XmlDocument(root="Streams", source=HERE, row="Stream", elements={"Streams": ROOT, "Stream": STREAM}),
        "lists": XmlDocument(
            root="Streams",
            source=HERE,
            row="Stream",
            elements={
                "Streams": ROOT,
                "Stream": XmlElement(
                    source=HERE,
                    attributes=TIMES,
                    children={"Content": XmlChild(source=HERE, minimum=1, maximum=3)},
                ),
                "Content": CONTENT,
            },
        ),
        "events": XmlDocument(
            root="Response",
            namespace=EVENTS,
            source=HERE,
            row="Event",
            elements={
                "Response": XmlElement(source=HERE, children={"List": XmlChild(source=HERE, maximum=1)}),
                "List": XmlElement(
                    source=HERE, attributes={"size": _attribute("size")}, children={"Event": XmlChild(source=HERE)}
                ),
                "Event": XmlElement(source=HERE, attributes={"id": _attribute("size")}),
            },
        ),
        "names": XmlDocument(
            root="Names",
            source=HERE,
            row="Name",
            elements={
                "Names": XmlElement(source=HERE, children={"Name": XmlChild(source=HERE)}),
                "Name": XmlElement(
                    source=HERE,
                    attributes={"name": _attribute("text")},
                    names={"upper": "Name", "lower": "name"},
                    ambiguity="ROW-AMB-006",
                ),
            },
        ),
        "latest": XmlDocument(
            root="Latest",
            source=HERE,
            elements={
                "Latest": XmlElement(source=HERE, children={"Time": XmlChild(source=HERE, minimum=1, maximum=1)}),
                "Time": XmlElement(source=HERE, attributes={"max": _attribute("time"), "now": _attribute("time")}),
            },
        ),
    },
    operations={
        "Streams": Operation(
            section="Rows",
            effect=Effect.READ,
            source=HERE,
            success=HERE,
            reply="streams",
            window=Window(
                start="from",
                end="to",
                longest_s=3600,
                error="bad",
                source=HERE,
                belongs="ROW-AMB-007",
                membership={
                    "started": Membership(not_before="start", not_after="start"),
                    "ended": Membership(not_before="end", not_after="end"),
                    "overlaps": Membership(not_before="end", not_after="start"),
                },
            ),
        ),
        "Names": Operation(
            section="Rows",
            effect=Effect.READ,
            source=HERE,
            success=HERE,
            reply="names",
            paging=Paging(rows="maxRows", offset="after", by_name="name", ordered="ROW-PAG-001", source=HERE),
        ),
    },
    clauses={
        "ROW-ORD-001": Clause(text="x", level=Level.SHOULD, source=HERE, chapter="ORD"),
        "ROW-ORD-002": Clause(text="x", level=Level.MUST, source=HERE, chapter="ORD"),
        "ROW-PAG-001": Clause(text="x", level=Level.MUST, source=HERE, chapter="PAG"),
    },
    ambiguities={
        "ROW-AMB-001": _ambiguity("plural", "singular"),
        "ROW-AMB-002": _ambiguity("empty", "number", accepted="empty"),
        "ROW-AMB-003": _ambiguity("absent", "always"),
        "ROW-AMB-004": _ambiguity("user", "capital"),
        "ROW-AMB-005": _ambiguity("any", "number", accepted="any"),
        "ROW-AMB-006": _ambiguity("upper", "lower"),
        "ROW-AMB-007": _ambiguity("started", "ended", "overlaps"),
    },
)

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<Streams\n  format="sec"\n  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
TAIL = "</Streams>\n"


def row(number: int, **changed: str) -> str:
    """One row in the usual spelling; a value of "-" leaves an attribute out."""
    start = FROM + number % 3000
    values = {
        "start": str(start),
        "end": str(start + number % 97),
        "stored": str(start + 97 + number % 13),
        "output": "0",
        "group": str(number % 50),
        "session": f"session:{number}:{start}",
        "mode": "user",
        **changed,
    }
    return "  <Stream " + " ".join(f'{name}="{value}"' for name, value in values.items() if value != "-") + " />\n"


def document(*rows: str) -> bytes:
    """A document of these rows."""
    return (HEAD + "".join(rows) + TAIL).encode()
