"""How the trick-mode events of a stream are asked for: its errors, ids that there are not, escapes."""

from urllib.parse import quote

from lxml import etree

from harness.checks.http import HttpAnswer
from harness.derive_base import either
from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from harness.messages.http import request_to
from harness.messages.httpreply import HttpReply, Pairs
from harness.wire.http1 import Request
from suites.cds import SUITE
from suites.cds.reconciliation import AFTER, CHAPTER, OPERATION
from suites.cds.seen import hold, judge, kept, single

_PATH = "/apis/TrickmodeEvents.php"


async def _asked(dut: HttpDut, pairs: Pairs) -> HttpReply:
    return await dut.ask(request_to(dut.host, _PATH, pairs), OPERATION, pairs)


@SUITE.scenario(
    "TrickmodeEvents.error-bodies",
    *("CDS-TrickmodeEvents.error.missing-stream", "CDS-TrickmodeEvents.error.invalid-message"),
    chapter=CHAPTER,
    after=AFTER,
)
async def error_bodies(dut: HttpDut) -> None:
    """The bodies of the two errors are an Error element with code and message and nothing else."""
    stream_id, name = await dut.shared("stream", "completed"), await dut.selector(OPERATION)
    parameter = (await dut.spelled(OPERATION, {"StreamID": stream_id}))[0]
    no_stream = await _asked(dut, [("messageType", name)])
    no_message = await _asked(dut, [parameter])
    neither = await _asked(dut, [])
    dut.refused(no_stream, "missing-stream", check="no-stream")
    dut.refused(no_message, "invalid-message", check="no-message")
    answers = [HttpAnswer(error=error, reading=error) for error in ("missing-stream", "invalid-message")]
    dut.answers(neither, answers, ambiguity="CDS-AMB-071", check="neither")
    for reply, error in ((no_stream, "missing-stream"), (no_message, "invalid-message")):
        wrong = _unlike_an_error(reply.body)
        clause = f"CDS-TrickmodeEvents.error.{error}"
        hold(dut, "body", not wrong, clause, expected="an Error with code and message", got=wrong, step=reply.step)
    dut.ok(await dut.get(OPERATION, {"StreamID": stream_id}), check="still-served")


def _unlike_an_error(body: bytes) -> str:
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        return f"no XML: {error}"
    names = sorted(str(name) for name in root.attrib if not str(name).startswith("{"))
    if etree.QName(root).localname != "Error" or names != ["code", "message"]:
        return f"{etree.QName(root).localname} with {', '.join(names)}"
    inside = len(root) > 0 or (root.text or "").strip()
    return "an Error with something in it" if inside else ""


@SUITE.scenario("TrickmodeEvents.unknown-stream", "CDS-STA-003", "CDS-REC-002", chapter=CHAPTER, after=AFTER)
async def unknown_stream(dut: HttpDut) -> None:
    """A stream that there is not has no events, or the request for them is refused."""
    made = f"{await dut.shared('stream', 'completed')}{dut.rng.getrandbits(20)}"
    for stream_id in (*dut.target.fixture_texts("unknown_stream_ids"), dut.unknown_id(), made):
        reply = await dut.get(OPERATION, {"StreamID": stream_id}, keep=("EventMode",), judged=False)
        if reply.status == 200:
            judge(dut, reply)
            echoed = single(reply, "TrickmodeEventList").get("StreamID", stream_id)
            same = echoed == stream_id
            expected = f"StreamID {stream_id!r}"
            hold(dut, "stream", same, "CDS-REC-002", expected=expected, got=f"{echoed!r}", step=reply.step)
        reading = {200: "empty-list", 404: "not-found", 400: "bad-request"}.get(reply.status, "")
        dut.observe("answer", "CDS-AMB-068", reading, step=reply.step)
        expected = "200 without events, 400 or 404"
        fine = bool(reading) and (reply.scan is None or not reply.scan.rows)
        hold(dut, "none", fine, "CDS-STA-003", expected=expected, got=reply.describe(), step=reply.step)


@SUITE.scenario("TrickmodeEvents.active-stream", "CDS-REC-001", chapter=CHAPTER, after=AFTER)
async def active_stream(dut: HttpDut) -> None:
    """A stream that has not been destroyed cannot be reconciled; some devices tell its events so far."""
    ids, known = dut.fixtures("active_stream_ids"), dut.target.fixtures.get("active_stream_ends")
    if isinstance(known, (list, tuple)) and len(known) == len(ids):
        ids = tuple(one for _, one in sorted(zip(known, ids, strict=True), reverse=True))
    active = 0
    for stream_id in ids[:5]:
        reply = await dut.get(OPERATION, {"StreamID": stream_id}, keep=("EventMode",), judged=False)
        if reply.status != 200:
            dut.observe("answer", "CDS-AMB-069", "refused", step=reply.step)
        elif reply.scan is not None:
            judge(dut, reply)
            if any(row[0] == "TM_STOP" for row in kept(reply)):
                continue  # it has been destroyed meanwhile
            reading = "so-far" if reply.scan.rows else "empty-list"
            dut.observe(
                "answer", "CDS-AMB-069", reading, clauses=("CDS-REC-001",), got=reply.describe(), step=reply.step
            )
        active += 1
        fine = reply.status in (200, 400, 404)
        expected = "a refusal, or 200 without events or with those so far"
        hold(dut, "either", fine, "CDS-REC-001", expected=expected, got=reply.describe(), step=reply.step)
    if not active:
        raise CaseInconclusive("the streams of active_stream_ids have been destroyed")


@SUITE.scenario("TrickmodeEvents.spellings", "CDS-REQ-004", "CDS-REC-002", chapter=CHAPTER, after=AFTER)
async def spellings(dut: HttpDut) -> None:
    """However a StreamID is escaped, it is the same stream, each time it is asked for."""
    ids = sorted(dut.fixtures("completed_stream_ids"), key=lambda one: sum(char in one for char in "|/: +%&"))
    name = await dut.selector(OPERATION)
    key = (await dut.spelled(OPERATION, {"StreamID": ""}))[0][0]
    for stream_id in dict.fromkeys((ids[-1], ids[0])):
        told = await dut.get(OPERATION, {"StreamID": stream_id}, digests=True)
        dut.ok(told, check="served")
        echoed = single(told, "TrickmodeEventList").get("StreamID")
        same = echoed == stream_id
        hold(dut, "stream", same, "CDS-REC-002", expected=f"StreamID {stream_id!r}", got=f"{echoed!r}", step=told.step)
        plain = quote(stream_id, safe="")
        forms = {
            "again": plain,
            "few-escapes": quote(stream_id, safe=":/,@!~*()'$;-._?"),
            "lower-case-escapes": _lower(plain),
            "every-letter": "".join(f"%{byte:02X}" for byte in stream_id.encode()),
        }
        for form, value in forms.items():
            reply = await _spelled(dut, name, key, value)
            same = reply.status == 200 and told.scan is not None and reply.scan is not None
            same = same and _body(reply) == _body(told)
            clause = "CDS-REC-002" if form == "again" else "CDS-REQ-004"
            hold(dut, form, same, clause, expected="the same events", got=reply.describe(), step=reply.step)
        if "|" in stream_id:
            reply = await _spelled(dut, name, key, quote(stream_id, safe=":/|"))
            dut.answers(reply, either(dut.model, "CDS-AMB-084", ["*"]), ambiguity="CDS-AMB-084", check="bar")
            same = reply.status != 200 or _body(reply) == _body(told)
            hold(
                dut, "same-bar", same, "CDS-REQ-004", expected="the same events", got=reply.describe(), step=reply.step
            )
        if " " in stream_id and "+" not in stream_id:
            reply = await _spelled(dut, name, key, plain.replace("%20", "+"))
            space = reply.status == 200 and _body(reply) == _body(told)
            dut.observe("plus", "CDS-AMB-051", "space" if space else "literal", step=reply.step)


async def _spelled(dut: HttpDut, name: str, key: str, value: str) -> HttpReply:
    fields = request_to(dut.host, _PATH, []).headers
    target = f"{_PATH}?messageType={name}&{key}={value}"
    return await dut.ask(Request("GET", target, fields), OPERATION, judged=False, digests=True, plain=True)


def _body(reply: HttpReply) -> tuple[object, ...]:
    """What a reply says: the attributes of its list and hashes of its events."""
    rows = tuple(reply.scan.digests) if reply.scan is not None else ()
    return (tuple(sorted(single(reply, "TrickmodeEventList").items())), rows)


def _lower(text: str) -> str:
    """The same with the digits of its escapes in lower case."""
    head, *rest = text.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])
