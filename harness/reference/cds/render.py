"""XML of the replies, written from the model: names and attributes as the readings spell them, one template for each element."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

from harness.reference.readings import Readings
from harness.spec.xmlmodel import XmlDocument

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

Line = Callable[[tuple[object, ...]], str]


def escape(text: str) -> str:
    """A text as the value of an attribute within double quotes."""
    if not ("&" in text or "<" in text or '"' in text or ">" in text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


class Renderer:
    """Writes one kind of document.

    Args:
        document: what the model says of it.
        readings: how names are spelled, and what is left out.
        schema: the schema location that the root has; none where it is empty.
        prefix: of the document's namespace; without one it is the default namespace.
    """

    def __init__(self, document: XmlDocument, readings: Readings, *, schema: str = "", prefix: str = "") -> None:
        self._document, self._readings = document, readings
        self._schema, self._prefix = schema, prefix if document.namespace else ""

    def name(self, element: str) -> str:
        """An element as it is spelled, with its prefix."""
        one = self._document.elements[element]
        spelled = one.names[self._readings.of(one.ambiguity)] if one.ambiguity and one.names else element
        return f"{self._prefix}:{spelled}" if self._prefix else spelled

    def attributes(self, element: str) -> list[tuple[str, str]]:
        """Names in the model and spellings of the attributes that an element has, in the model's order."""
        found = []
        for name, attribute in self._document.elements[element].attributes.items():
            if attribute.absent and self._readings.of(attribute.absent) == "absent":
                continue
            spelled = name
            if attribute.ambiguity and attribute.names:
                spelled = attribute.names[self._readings.of(attribute.ambiguity)]
            found.append((name, spelled))
        return found

    def line(self, element: str, fields: Sequence[str], *, indent: str = "  ", end: str = " />\n") -> Line:
        """What writes one element: a function of the values of `fields`, which must have all its attributes.

        Raises:
            LookupError: an attribute of the model is not among the fields.
        """
        attributes = self.attributes(element)
        missing = [name for name, _ in attributes if name not in fields]
        if missing:
            raise LookupError(f"{element}: no value for {', '.join(missing)}")
        written = "".join(f' {spelled}="%s"' for _, spelled in attributes)
        template = f"{indent}<{self.name(element)}{written}{end}"
        places = [fields.index(name) for name, _ in attributes]
        if places == list(range(len(fields))):
            return template.__mod__
        if len(places) < 2:
            return lambda values: template % tuple(values[place] for place in places)
        getter = itemgetter(*places)
        return lambda values: template % getter(values)

    def close(self, element: str, indent: str = "  ") -> str:
        """The end tag of an element that has children."""
        return f"{indent}</{self.name(element)}>\n"

    def head(self, values: Mapping[str, str], *, empty: bool = False) -> str:
        """The declaration and the root's start tag; `empty`: it has nothing in it.

        Raises:
            LookupError: an attribute of the root has no value.
        """
        root = self._document.root
        parts = [f'{spelled}="{escape(values[name])}"' for name, spelled in self.attributes(root)]
        if self._document.namespace:
            parts.append(f'xmlns{":" * bool(self._prefix)}{self._prefix}="{self._document.namespace}"')
        if self._schema:
            parts += [f'xmlns:xsi="{_XSI}"', f'xsi:noNamespaceSchemaLocation="{escape(self._schema)}"']
        return f"{DECLARATION}<{' '.join((self.name(root), *parts))}{'/>' if empty else '>'}\n"

    def foot(self) -> str:
        """The root's end tag."""
        return self.close(self._document.root, indent="")
