"""The document at /system.xml, in the form of the device's platform."""

from __future__ import annotations

import re

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from harness.spec.callserved import FileElement, FileForm, ServedFile
from harness.spec.callvalues import fits
from harness.spec.model import System
from harness.wire.xmltree import Element, read_document
from suites.tps import SUITE
from suites.tps.talk import PROBE, alive, outcome

CHAPTER = "system.xml"
_AFTER = ("transport.post",)
_FILE = "system.xml"


def _served(system: System) -> ServedFile:
    return system.files[_FILE]


async def document(dut: CallDut) -> tuple[CallReply, Element]:
    """The document and its root.

    Raises:
        CaseSkipped: it is given to nobody who has not logged in by HTTP.
        CaseInconclusive: there is none that can be read.
    """
    reply = await dut.get(_served(dut.model).path)
    if reply.status in (401, 403):
        raise CaseSkipped("system.xml is given to users alone")
    read = read_document(reply.body) if reply.came else None
    if read is None or read.root is None or reply.status != 200:
        raise CaseInconclusive(f"no system.xml: {reply.describe()}")
    return reply, read.root


def _form(dut: CallDut, root: Element) -> tuple[str, FileForm] | None:
    """The form of the device's platform; None if no form is for it."""
    known = _served(dut.model)
    told = root.get(known.by or "") or ""
    for name, form in known.forms.items():
        if any(
            told.casefold().startswith(one.casefold()) or one.casefold() in told.casefold() for one in form.platforms
        ):
            return name, form
    return None


def best_form(dut: CallDut, root: Element) -> tuple[str, FileForm]:
    """The form of the platform, else that of which the document has most."""
    found = _form(dut, root)
    there = {one.name for one in root.children}
    return found or max(
        _served(dut.model).forms.items(),
        key=lambda one: len(there & one[1].elements.keys()) - len(one[1].elements.keys() - there),
    )


def texts_of(root: Element) -> dict[str, str]:
    """The elements with their texts."""
    return {one.name: one.value for one in root.children}


@SUITE.scenario("system-xml.served", "TPS-XML-001", f"TPS-file.{_FILE}", chapter=CHAPTER, after=_AFTER)
async def served(dut: CallDut) -> None:
    """GET /system.xml gives a well-formed document whose root is system, to whoever asks."""
    for turn in range(2):
        reply = await dut.get(_served(dut.model).path)
        if reply.status in (401, 403):
            dut.observe("rights", "TPS-AMB-290", "login", got=reply.describe(), step=reply.step)
            raise CaseSkipped("system.xml is given to users alone")
        dut.check(
            "found",
            reply.status == 200,
            "TPS-XML-001",
            f"TPS-file.{_FILE}",
            expected="200",
            got=reply.describe(),
            step=reply.step,
        )
        read = read_document(reply.body)
        problem = read.problem or ("a bare &" if read.bare else "")
        dut.check(
            "well-formed",
            read.root is not None and not problem,
            "TPS-XML-001",
            expected="well-formed XML",
            got=problem,
            step=reply.step,
        )
        name = read.root.name if read.root is not None else ""
        dut.check(
            "root",
            name == _served(dut.model).root,
            "TPS-XML-001",
            f"TPS-file.{_FILE}",
            expected=_served(dut.model).root,
            got=name,
            step=reply.step,
        )
        if not turn:
            dut.observe("rights", "TPS-AMB-290", "open", step=reply.step)
    await alive(dut)


@SUITE.scenario("system-xml.ways", "TPS-XML-001", "TPS-TRN-006", chapter=CHAPTER, after=("system-xml.served",))
async def ways(dut: CallDut) -> None:
    """HEAD, POST and other names of the file are answered in some way, between calls on one connection, too."""
    path = _served(dut.model).path
    for verb, wanted in (
        ("HEAD", path),
        ("POST", path),
        ("GET", path.upper()),
        ("GET", f"{path}/"),
        ("GET", "/clausewise.xml"),
        ("GET", path),
        ("GET", "/"),
    ):
        reply = await dut.ask(dut.request(b"", method=verb, path=wanted), link="files", judged=False)
        passed = reply.ended or (reply.came and reply.status >= 200)
        dut.check(
            "answered",
            passed,
            "TPS-TRN-002",
            expected="an answer of HTTP, or the end of the connection",
            got=reply.describe(),
            step=reply.step,
        )
        dut.ok(await dut.call(PROBE, link="files"), "TPS-TRN-006", check="next")
        if outcome(reply) == "closed":
            break


def _wrong(dut: CallDut, known: FileElement, text: str) -> str:
    """What an element's text should have been; "" if it is right."""
    values = {*([known.value] if known.value is not None else []), *known.values.values()}
    kind = dut.model.scalars.get(known.type or "")
    if text == "" and known.empty is not None:
        return ""
    if values:
        return "" if text in values else " or ".join(sorted(values))
    if known.pattern:
        return "" if re.fullmatch(known.pattern, text) else f"a text like {known.pattern}"
    if kind is not None and kind.base != "string":
        return "" if re.fullmatch(r"\d{1,10}", text) else "a number"
    if kind is not None and text in kind.open_choices:
        return ""
    return "" if kind is None or fits(kind, text) else f"a value of the type {known.type}"


def _register(form: str, known: FileForm) -> None:
    @SUITE.scenario(
        f"system-xml.{form}",
        "TPS-XML-002",
        *(f"TPS-file.{_FILE}.{form}.{name}" for name in known.elements),
        chapter=CHAPTER,
        after=("system-xml.served",),
    )
    async def elements(dut: CallDut) -> None:
        """A device of this platform tells the elements of its form, each once, with the values that they may have."""
        reply, root = await document(dut)
        name, found = best_form(dut, root)
        if name != form:
            raise CaseSkipped(f"the device is one of {name}")
        texts = texts_of(root)
        for element, one in found.elements.items():
            clauses = ("TPS-XML-002", f"TPS-file.{_FILE}.{form}.{element}")
            count = len(root.all(element))
            needed = not (one.optional or one.absent or one.present or one.empty)
            dut.check(
                f"{element}.once",
                count == 1 or (count == 0 and not needed),
                *clauses,
                expected="the element once",
                got=f"{count} of them",
                step=reply.step,
            )
            if count == 0:
                for ambiguity in {one.absent, one.empty} - {None}:
                    dut.observe(f"{element}.absent", str(ambiguity), "absent", step=reply.step)
            elif not one.ignore:
                wanted = _wrong(dut, one, texts[element])
                dut.check(element, not wanted, *clauses, expected=wanted, got=texts[element], step=reply.step)
                if texts[element] == "" and one.empty is not None:
                    dut.observe(f"{element}.empty", one.empty, "empty", step=reply.step)


def _register_all() -> None:
    from harness.spec.load import load_system

    for form, known in load_system("tps").files[_FILE].forms.items():
        _register(form, known)


_register_all()
