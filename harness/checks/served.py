"""Checks of an XML file that a device serves: flat, with the elements of one of its forms. Pure functions of model and bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.spec.callserved import FileElement, FileForm, ServedFile
from harness.spec.callvalues import fits
from harness.spec.model import System
from harness.usual import unusual_checks
from harness.verdict import Check
from harness.wire.xmltree import Document, Element, read_document

_MOST_SHOWN = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One check, and the element that it is about; None: the root."""

    check: Check
    element: Element | None = None


def file_checks(system: System, name: str, body: bytes, *, step: int = -1) -> list[Check]:
    """What a served file must be: well-formed, with its root and the elements of the form for its platform."""
    return [one.check for one in judge_file(system, name, read_document(body), step=step)]


def judge_file(system: System, name: str, document: Document, *, step: int = -1) -> list[Judged]:
    """As `file_checks`, of a document that was read; where no form is told, that of the fewest breaches counts."""
    served = system.files[name]
    clause = f"{system.prefix}-file.{name}"
    own = (clause, served.clause) if served.clause is not None else (clause,)
    root = document.root
    good = root is not None and root.name == served.root
    expected = f"an XML document with the root {served.root}"
    got = "" if good else document.problem if root is None else f"the root {root.name}"
    check = Check(id="file.root", clauses=own, passed=good, expected="" if good else expected, got=got, step=step)
    if not good or root is None:
        return [Judged(check=check)]
    forms = _forms(served, root)
    found = [list(_form(system, f"{clause}.{form}", served.forms[form], root, step)) for form in forms]
    best = min(found, key=lambda judged: sum(not one.check.passed for one in judged))
    return [Judged(check=check), *best]


def _forms(served: ServedFile, root: Element) -> list[str]:
    """The forms that a file may have, by the element that tells."""
    told = (root.get(served.by) or "").casefold() if served.by is not None else ""
    named = [name for name, form in served.forms.items() if any(one.casefold() in told for one in form.platforms)]
    return named or list(served.forms)


def _form(system: System, clause: str, form: FileForm, root: Element, step: int) -> Iterator[Judged]:
    for name, element in form.elements.items():
        here = root.all(name)
        if not here:
            yield from _absent(system, f"{clause}.{name}", name, element, root, step)
            continue
        if len(here) > 1:
            twice = Check(
                id=f"file.{name}",
                clauses=(f"{clause}.{name}",),
                passed=False,
                expected=f"{name} once",
                got=f"{len(here)} times",
                step=step,
            )
            yield Judged(check=twice, element=here[1])
        yield from _element(system, f"{clause}.{name}", name, element, here[0], step)


def _absent(system: System, clause: str, name: str, element: FileElement, root: Element, step: int) -> Iterator[Judged]:
    if element.optional or element.since is not None or (element.present is not None and not _due(element, root)):
        return
    if element.absent is not None or element.empty is not None:  # what may be empty may as well be left out
        readings = {
            one: frozenset((reading,)) for one, reading in ((element.absent, "absent"), (element.empty, "empty")) if one
        }
        known = {one: fits for one, fits in readings.items() if fits <= set(system.ambiguities[one].readings)}
        yield Judged(check=_seen(clause, name, known, step))
        return
    yield Judged(
        check=Check(
            id=f"file.{name}", clauses=(clause,), passed=False, expected=f"the element {name}", got="none", step=step
        )
    )


def _due(element: FileElement, root: Element) -> bool:
    """Whether the condition holds, as far as the file itself tells."""
    present = element.present
    if present is None or present.only or present.state is not None or present.filled:
        return False
    return all(root.get(name) in values for name, values in present.beside.items())


def _element(
    system: System, clause: str, name: str, element: FileElement, here: Element, step: int
) -> Iterator[Judged]:
    text = here.value
    if not text and element.empty is not None:
        yield Judged(check=_seen(clause, name, {element.empty: frozenset(("empty",))}, step), element=here)
        return
    if element.ambiguity is not None and element.values:
        readings = frozenset(reading for reading, value in element.values.items() if value == text)
        if readings:
            check = _seen(clause, name, {element.ambiguity: readings}, step)
            yield Judged(check=check, element=here)
            for one in unusual_checks(
                system, element.ambiguity, readings, check=check.id, clauses=(clause,), got=text, step=step
            ):
                yield Judged(check=one, element=here)
            return
    wanted = _wanted(system, element, here)
    shown = repr(text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "...")
    check = Check(
        id=f"file.{name}", clauses=(clause,), passed=not wanted, expected=f"{name}: {wanted}" if wanted else "",
        got=f"{name}: {shown}" if wanted else "", step=step,
    )  # fmt: skip
    yield Judged(check=check, element=here)


def _wanted(system: System, element: FileElement, here: Element) -> str:
    """What a text should be and is not, "" if nothing is wrong with it."""
    text = here.value
    if here.children:
        return "a text without elements in it"
    if element.ignore:
        return ""
    if element.value is not None and text != element.value:
        return element.value
    if element.values and text not in element.values.values():
        return " or ".join(dict.fromkeys(element.values.values()))
    if element.pattern and not re.fullmatch(element.pattern, text):
        return f"a text such as {element.pattern}"
    kind = system.scalars.get(element.type or "")
    if kind is not None and not fits(kind, text) and text not in kind.open_choices:
        return " or ".join(kind.choices) if kind.choices else f"of type {element.type}"
    return ""


def _seen(clause: str, name: str, readings: Mapping[str, frozenset[str]], step: int) -> Check:
    return Check(id=f"file.{name}", clauses=(clause,), passed=True, step=step, readings=readings)
