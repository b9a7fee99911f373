"""The document at /system.xml, in the form of the device's platform."""

from __future__ import annotations

import re

from harness.calldut import CallDut
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.callreply import CallReply
from harness.spec.callserved import FileElement, FileForm, ServedFile
from harness.spec.callvalues import fits
from harness.spec.model import System
from harness.verdict import Severity
from harness.wire.xmltree import Element, read_document
from suites.tps import SUITE
from suites.tps.talk import PROBE, alive, outcome

CHAPTER = "system.xml"
_AFTER = ("transport.post",)
_FILE = "system.xml"
_YES, _NO = ("Yes", "yes"), ("No", "no")
_NEAR_S = 5.0
_REGISTRAR = ("sipRegistrarUsage", "sipRegistrarAddress", "sipRegistrarDomain")


def _served(system: System) -> ServedFile:
    return system.files[_FILE]


async def _document(dut: CallDut) -> tuple[CallReply, Element]:
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


def _best(dut: CallDut, root: Element) -> tuple[str, FileForm]:
    """The form of the platform, else that of which the document has most."""
    found = _form(dut, root)
    there = {one.name for one in root.children}
    return found or max(
        _served(dut.model).forms.items(),
        key=lambda one: len(there & one[1].elements.keys()) - len(one[1].elements.keys() - there),
    )


def _there(root: Element) -> dict[str, str]:
    return {one.name: one.value for one in root.children}


@SUITE.scenario("system-xml.served", "TPS-XML-001", chapter=CHAPTER, after=_AFTER)
async def served(dut: CallDut) -> None:
    """GET /system.xml gives a well-formed document whose root is system, to whoever asks."""
    for turn in range(2):
        reply = await dut.get(_served(dut.model).path)
        if reply.status in (401, 403):
            dut.observe("rights", "TPS-AMB-290", "login", got=reply.describe(), step=reply.step)
            raise CaseSkipped("system.xml is given to users alone")
        dut.check("found", reply.status == 200, "TPS-XML-001", expected="200", got=reply.describe(), step=reply.step)
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
        reply, root = await _document(dut)
        name, found = _best(dut, root)
        if name != form:
            raise CaseSkipped(f"the device is one of {name}")
        texts = _there(root)
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


@SUITE.scenario(
    "system-xml.same",
    "TPS-XML-002",
    "TPS-XML-005",
    "TPS-XML-006",
    "TPS-XML-007",
    chapter=CHAPTER,
    after=("system-xml.served",),
)
async def same(dut: CallDut) -> None:
    """What system.xml and methods tell alike is the same: serial, platform, cluster, uptime, the address of port A."""
    reply, root = await _document(dut)
    _, form = _best(dut, root)
    texts = _there(root)
    told: dict[str, CallReply] = {}
    for element, one in form.elements.items():
        if one.same is None or element not in texts:
            continue
        method, _, member = one.same.partition(":")
        if method not in told:
            told[method] = dut.ok(await dut.call(method), check=method)
        other = told[method].value(member)
        if other is not None:
            dut.check(
                element,
                texts[element] == str(other),
                "TPS-XML-002",
                expected=f"{other!s}, as {one.same}",
                got=texts[element],
                step=reply.step,
            )
    await _uptime(dut, texts)
    cluster, master = texts.get("clusterType"), texts.get("isMaster")
    if cluster is not None and master is not None:
        wanted = _NO if cluster == "slave" else _YES
        dut.check("master", master in wanted, "TPS-XML-006", expected=wanted[0], got=master, step=reply.step)
    for element in ("gatekeeperUsage", "sipTrunkUsage", "isMaster"):
        if texts.get(element) in (*_YES, *_NO):
            dut.observe(element, "TPS-AMB-030", "capital" if texts[element][0] in "YN" else "small", step=reply.step)
    network = await dut.call("device.network.query")
    mac, shown = network.value("portA.macAddress"), texts.get("macAddress")
    if network.ok and isinstance(mac, str) and shown:
        alike = re.sub("[^0-9a-f]", "", mac.lower()) == re.sub("[^0-9a-f]", "", shown.lower())
        dut.check(
            "mac",
            alike,
            "TPS-XML-007",
            "TPS-NET-015",
            expected=mac,
            got=shown,
            severity=Severity.SHOULD,
            step=reply.step,
        )


async def _uptime(dut: CallDut, texts: dict[str, str]) -> None:
    """The uptime of the document and that of device.query, asked for one after the other."""
    if not re.fullmatch(r"\d{1,10}", texts.get("uptimeSeconds", "")):
        return
    began = await dut.clock()
    reply, root = await _document(dut)
    other = dut.ok(await dut.call(PROBE), check=PROBE).value("uptime")
    took = await dut.clock() - began
    shown = root.get("uptimeSeconds") or ""
    if isinstance(other, int) and re.fullmatch(r"\d{1,10}", shown):
        near = abs(int(shown) - other) <= _NEAR_S + took
        dut.check(
            "uptime",
            near,
            "TPS-XML-005",
            expected=f"about {other}",
            got=shown,
            severity=Severity.SHOULD,
            step=reply.step,
        )


@SUITE.scenario(
    "system-xml.fixed", "TPS-XML-003", "TPS-XML-004", "TPS-XML-008", chapter=CHAPTER, after=("system-xml.served",)
)
async def fixed(dut: CallDut) -> None:
    """Totals of ports are 0, no SIP registrar is used, and a device that is no master has no gatekeeper ids; examples have others."""
    reply, root = await _document(dut)
    texts = _there(root)
    totals = [texts[one] for one in texts if one.startswith("total") and one.endswith("Ports")]
    registrar = [texts[one] for one in _REGISTRAR if one in texts]
    if not totals and not registrar:
        raise CaseSkipped("the form of this platform has no totals of ports and no registrar")
    as_table = set(totals) <= {"0"} and all(one in ("", *_NO) for one in registrar)
    dut.observe(
        "fixed",
        "TPS-AMB-288",
        "fixed" if as_table else "any",
        clauses=("TPS-XML-003", "TPS-XML-004"),
        got=str(totals + registrar),
        step=reply.step,
    )
    for one in totals:
        dut.check("totals", one.isdecimal(), "TPS-XML-004", expected="a number", got=one, step=reply.step)
    if texts.get("isMaster") in _NO:
        dut.check(
            "ids",
            not texts.get("gatekeeperIds"),
            "TPS-XML-008",
            expected="no gatekeeper ids",
            got=texts.get("gatekeeperIds", ""),
            step=reply.step,
        )


@SUITE.scenario("system-xml.trunk", "TPS-XML-009", chapter=CHAPTER, after=("system-xml.served",))
async def trunk(dut: CallDut) -> None:
    """Whether a SIP trunk is used, and where it is, is told as sip.query tells it."""
    reply, root = await _document(dut)
    texts = _there(root)
    if "sipTrunkUsage" not in texts:
        raise CaseSkipped("the form of this platform tells of no trunk")
    told = dut.ok(await dut.call("sip.query"), check="query")
    used = told.value("callConfiguration") == "useTrunk"
    wanted = _YES if used else _NO
    dut.check(
        "used",
        texts["sipTrunkUsage"] in wanted,
        "TPS-XML-009",
        expected=wanted[0],
        got=texts["sipTrunkUsage"],
        severity=Severity.SHOULD,
        step=reply.step,
    )
    for element, member in (("sipTrunkAddress", "outboundAddress"), ("sipTrunkDomain", "outboundDomain")):
        other = told.value(member)
        if used and isinstance(other, str) and element in texts:
            dut.check(
                element,
                texts[element] == other,
                "TPS-XML-009",
                expected=other,
                got=texts[element],
                severity=Severity.SHOULD,
                step=reply.step,
            )
