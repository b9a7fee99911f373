"""What a refusal carries, and that GET is the method of every message."""

from harness.flow import CaseSkipped
from harness.httpdut import HttpDut, sample
from harness.messages.http import request_to
from suites.cds import SUITE
from suites.cds.paging import HISTORIES
from suites.cds.seen import hold

_PATH = "/everstream/api.php"
# The method is not known, or not allowed here.
_NO_METHOD = (405, 501)


@SUITE.scenario("refusals.no-document", "CDS-STA-003", chapter="status codes", after=("Version.success",))
async def no_document(dut: HttpDut) -> None:
    """What is refused does not carry the document of a success."""
    roots = {document.root for document in dut.model.replies.values()} - {"Error"}
    queries = [[("messageType", name)] for name in (*HISTORIES, "ContentRange", "CapacityPlanning", "NoSuchMessage")]
    queries += [[("messageType", name), ("fromDate", "x"), ("toDate", "y"), ("maxRows", "z")] for name in HISTORIES]
    for query in queries:
        reply = await dut.ask(request_to(dut.host, _PATH, query), "", query)
        if not 400 <= reply.status < 500:
            continue
        root = reply.root[0] if reply.root is not None else ""
        got = f"{reply.status} with {root}"
        hold(dut, "none", root not in roots, "CDS-STA-003", expected="no such document", got=got, step=reply.step)


@SUITE.scenario("requests.get", "CDS-REQ-002", chapter="requests", after=())
async def by_get(dut: HttpDut) -> None:
    """GET is the method by which every message is asked for."""
    for name in dut.model.operations:
        try:
            query = await sample(dut, name)
        except CaseSkipped:
            continue
        reply = await dut.get(name, query)
        fine = reply.status not in _NO_METHOD
        hold(dut, "method", fine, "CDS-REQ-002", expected="GET is allowed", got=reply.describe(), step=reply.step)
