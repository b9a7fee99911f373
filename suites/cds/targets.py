"""How a target may be written: absolute, with escapes, in spellings that the document does not show, and other paths."""

from harness.derive_base import either
from harness.ending import Ending
from harness.httpdut import HttpDut
from harness.wire.http1 import Request
from suites.cds import SUITE
from suites.cds.http import CHAPTER, PATH
from suites.cds.seen import hold, judge, request_for, still_answers

_AFTER = ("Version.success",)


@SUITE.scenario("http.absolute-form", "CDS-HTT-001", chapter=CHAPTER, after=_AFTER)
async def absolute_form(dut: HttpDut) -> None:
    """A target with scheme and host is that of the path alone."""
    good = await request_for(dut, "Version", ())
    request = Request("GET", f"http://{dut.host}{good.target}", good.headers)
    reply = await dut.ask(request, "Version", judged=False, plain=True)
    served = reply.status == 200
    hold(dut, "served", served, "CDS-HTT-001", expected="200", got=reply.describe(), step=reply.step, least=True)
    if served:
        judge(dut, reply)
    await still_answers(dut)


@SUITE.scenario("http.other-path", "CDS-STA-001", chapter=CHAPTER, after=_AFTER)
async def other_path(dut: HttpDut) -> None:
    """What stands beside the documented paths is not found."""
    good = await request_for(dut, "Version", ())
    for path in ("/everstream/api.phpx", "/everstream/clausewise.php", "/apis/clausewise.php"):
        request = Request("GET", good.target.replace(PATH, path), good.headers)
        reply = await dut.ask(request, "", judged=False)
        missing = reply.status == 404
        hold(dut, "missing", missing, "CDS-STA-001", expected="404", got=reply.describe(), step=reply.step, least=True)
    await still_answers(dut)


_NAMED = "messageType=Version"
# What requests may look like beyond what the document shows; where it is an ambiguity of its own, its id.
_OPEN = {
    "escaped-name": (f"{PATH}?message%54ype=Version", "CDS-AMB-046"),
    "fragment": (f"{PATH}?{_NAMED}#part", "CDS-AMB-047"),
    "trailing-slash": (f"{PATH}/?{_NAMED}", "CDS-AMB-045"),
    "longer-path": (f"{PATH}/more?{_NAMED}", "CDS-AMB-045"),
    "version-parameter": (f"{PATH}?Version", "CDS-AMB-017"),
    "path-in-capitals": (f"{PATH.upper()}?{_NAMED}", ""),
    "double-slash": (f"/{PATH}?{_NAMED}", ""),
    "dot-segments": (f"/everstream/./x/../api.php?{_NAMED}", ""),
    "empty-parameter": (f"{PATH}?{_NAMED}&&", ""),
    "leading-ampersand": (f"{PATH}?&{_NAMED}", ""),
    "second-question-mark": (f"{PATH}?{_NAMED}?", ""),
    "semicolon": (f"{PATH}?clausewise=1;{_NAMED}", ""),
    "space-after-value": (f"{PATH}?{_NAMED}%20", ""),
    "zero-byte": (f"{PATH}?{_NAMED}%00", ""),
    "bad-escape": (f"{PATH}?{_NAMED}&clausewise=%zz", ""),
}


def _register_open(name: str, target: str, ambiguity: str) -> None:
    @SUITE.scenario(f"http.open.{name}", "CDS-HTT-001", chapter=CHAPTER, after=_AFTER)
    async def spelled(dut: HttpDut) -> None:
        """A request in a spelling that the document does not show: served as what it is taken for, or refused."""
        request = Request("GET", target, (await request_for(dut, "Version", ())).headers)
        reply = await dut.ask(request, "Version", judged=False, plain=True)
        if ambiguity:
            dut.answers(reply, either(dut.model, ambiguity, ["*"]), ambiguity=ambiguity, check="either")
        served = reply.status == 200
        if served:
            judge(dut, reply)
        fine = reply.ending is Ending.ANSWERED and (served or 300 <= reply.status < 500)
        hold(
            dut,
            "answered",
            fine,
            "CDS-HTT-001",
            expected="200 or a refusal",
            got=reply.describe(),
            step=reply.step,
            least=True,
        )
        await still_answers(dut)


for _name, (_target, _ambiguity) in _OPEN.items():
    _register_open(_name, _target, _ambiguity)


@SUITE.scenario("http.escapes", "CDS-REQ-004", chapter=CHAPTER, after=_AFTER)
async def escapes(dut: HttpDut) -> None:
    """Percent escapes in a value, in capitals or not, stand for their characters."""
    fields = (await request_for(dut, "Version", ())).headers
    for word in ("%56ersion", "Versi%6Fn", "Versi%6fn", "%56%65%72%73%69%6f%6e"):
        reply = await dut.ask(Request("GET", f"{PATH}?messageType={word}", fields), "Version", judged=False)
        fine = reply.status == 200
        hold(dut, "decoded", fine, "CDS-REQ-004", expected=f"200 for {word}", got=reply.describe(), step=reply.step)
        if fine:
            judge(dut, reply)
