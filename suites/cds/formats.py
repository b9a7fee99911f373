"""dateFormat and the numbers of paging: echoes, seconds, and values that the document leaves open."""

from functools import partial

from harness.derive_base import either
from harness.flow import CaseSkipped
from harness.httpdut import HttpDut
from suites.cds import SUITE
from suites.cds.history import first_few
from suites.cds.paging import HISTORIES
from suites.cds.seen import hold, integer
from suites.cds.world import HOUR, history, period

# The attributes of each history that are times.
TIMES = {
    "StreamHistory": ("startTime", "endTime", "dbTime"),
    "StreamListHistory": ("startTime", "endTime", "dbTime"),
    "TrickModeHistory": ("eventTime",),
    "TrickModeListHistory": ("eventTime",),
    "PlayServerHistory": ("eventTime",),
    "Errors": ("errorTime",),
}
# Times of a row may lie so far from the period in which it is listed, a session being longer than an hour.
_NEAR_S = 30 * 24 * HOUR
_MANY_ROWS = "1000000"  # as in the document's examples


async def seconds(operation: str, dut: HttpDut) -> None:
    """With dateFormat=sec times are seconds, of which those of a row lie near the period that was asked for."""
    first, last = await period(dut, operation)
    reply = await history(dut, operation, first, last, keep=TIMES[operation], dateFormat="sec")
    if reply.scan is None:
        return
    told, step = reply.scan.root.get("dateFormat"), reply.step
    reading = "absent" if told is None else "echoed" if told else "empty"
    dut.observe("echo", "CDS-AMB-025", reading, step=step)
    same = told in (None, "", "sec")
    hold(dut, "echoed", same, "CDS-RSP-006", expected='dateFormat="sec"', got=f'dateFormat="{told}"', step=step)
    if not reply.scan.rows:
        raise CaseSkipped("there is no row; the target file may name an hour with much data with busy_hour_from")
    for place, name in enumerate(TIMES[operation]):
        found = [integer(str(row[place])) for row in reply.scan.kept]
        far = [time for time in found if time and not first - _NEAR_S <= time <= last + _NEAR_S]
        expected = f"{name} in seconds near {first} to {last}"
        hold(dut, f"near.{name}", not far, "CDS-TIM-006", expected=expected, got=first_few(far), step=step)


async def without_format(operation: str, dut: HttpDut) -> None:
    """The optional parameters may be left out, and the rows are those of dateFormat=sec if times are seconds."""
    first, last = await period(dut, operation)
    keep = TIMES[operation]
    query = {"fromDate": str(first), "toDate": str(last)}
    reply = dut.ok(await dut.get(operation, query, keep=keep), "CDS-REQ-006", check="without")
    asked = dut.ok(await dut.get(operation, {**query, "dateFormat": "sec"}, keep=keep), "CDS-REQ-006", check="sec")
    again = dut.ok(await dut.get(operation, query, keep=keep), "CDS-REQ-006", check="without")
    for some in (
        {"maxRows": _MANY_ROWS},
        {"maxRows": _MANY_ROWS, "fromOffset": "0"},
        {"maxRows": "3", "dateFormat": "sec"},
    ):
        dut.ok(await dut.get(operation, {**query, **some}), "CDS-REQ-006", check="some")
    if reply.scan is None or asked.scan is None or again.scan is None or again.scan.kept != reply.scan.kept:
        return
    same = reply.scan.rows == asked.scan.rows
    expected, got = f"the {reply.scan.rows} rows without dateFormat", f"{asked.scan.rows} rows"
    hold(dut, "same-rows", same, "CDS-RSP-006", expected=expected, got=got, step=asked.step)


_FORMATS = {
    "capitals": "SEC",
    "milliseconds": "msec",
    "iso": "iso",
    "pattern": "YYYY-MM-DD hh:mm:ss",
    "percents": "%Y%s%n",
    "markup": "<sec a='1'>",
    "list": "sec,sec",
    "long": "s" * 500,
}


async def other_format(operation: str, value: str, dut: HttpDut) -> None:
    """Another dateFormat is taken or refused, and does not stay for the next request."""
    first, last = await period(dut, operation)
    query = {"fromDate": str(first), "toDate": str(last)}
    before = await history(dut, operation, first, last)
    reply = await dut.get(operation, {**query, "dateFormat": value}, judged=False)
    answers = either(dut.model, "CDS-AMB-034", ["bad-request"])
    dut.answers(reply, answers, ambiguity="CDS-AMB-034", check="either")
    after = await history(dut, operation, first, last)
    if before.scan is None or after.scan is None:
        return
    fine = after.scan.root.get("dateFormat") == before.scan.root.get("dateFormat")
    got = f"{after.scan.root.get('dateFormat')}"
    expected = f"dateFormat {before.scan.root.get('dateFormat')} as before"
    hold(dut, "not-kept", fine, "CDS-STA-005", expected=expected, got=got, step=after.step)


_NUMBERS = {
    "int32": "2147483647",
    "uint32": "4294967296",
    "int64": "9223372036854775807",
    "beyond-int64": "9223372036854775808",
    "beyond-uint64": "18446744073709551616",
    "thirty-digits": "9" * 30,
    "five-hundred-digits": "9" * 500,
    "minus-zero": "-0",
    "fraction": "1.0",
    "exponent": "1e3",
    "hexadecimal": "0x10",
    "separators": "1,000",
    "full-width-digits": "\uff15",
    "arabic-digits": "\u0665",
}
# What any computer counts in; from here on a number may be refused.
_HUGE = ("uint32", "int64", "beyond-int64", "beyond-uint64", "thirty-digits", "five-hundred-digits")


async def strange_number(operation: str, parameter: str, name: str, dut: HttpDut) -> None:
    """A strange number of rows or offset is refused or taken for something; it never gives other rows than the list has."""
    first, last = await period(dut, operation)
    query = {"fromDate": str(first), "toDate": str(last)}
    whole = await dut.setup(operation, query, digests=True)
    more = {parameter: _NUMBERS[name]}
    if parameter == "fromOffset":
        more["maxRows"] = "10"
    reply = await dut.get(operation, {**query, **more}, digests=True, judged=False)
    if name == "int32" and parameter == "maxRows":
        dut.ok(reply, f"CDS-{operation}.maxRows", check="largest-usual-number")
    ambiguity = ("CDS-AMB-054" if parameter == "maxRows" else "CDS-AMB-055") if name in _HUGE else ""
    if ambiguity:
        dut.answers(reply, either(dut.model, ambiguity, ["bad-request"]), ambiguity=ambiguity, check="either")
    fine = reply.status in (200, 400)
    hold(dut, "status", fine, "CDS-STA-001", expected="200 or 400", got=reply.describe(), step=reply.step)
    if reply.scan is None or whole.scan is None:
        return
    other = set(reply.scan.digests) - set(whole.scan.digests)
    if other:  # rows may have come meanwhile
        after = await dut.setup(operation, query, digests=True)
        other -= set(after.scan.digests) if after.scan is not None else set()
    hold(
        dut, "rows", not other, "CDS-PAG-002", expected="rows of the list", got=f"{len(other)} others", step=reply.step
    )


def _register(name: str, flow: partial, *clauses: str, chapter: str) -> None:  # type: ignore[type-arg]
    operation = flow.args[0]
    flow.__doc__ = f"{operation}: {flow.func.__doc__}"
    flow.__module__ = __name__
    SUITE.scenario(f"{operation}.{name}", *clauses, chapter=chapter, after=(f"{operation}.success",))(flow)


for _operation in HISTORIES:
    _register("dateFormat.seconds", partial(seconds, _operation), "CDS-RSP-006", "CDS-TIM-006", chapter=_operation)
    _register(
        "dateFormat.left-out", partial(without_format, _operation), "CDS-REQ-006", "CDS-RSP-006", chapter=_operation
    )
for _name, _value in _FORMATS.items():
    _flow = partial(other_format, "StreamHistory", _value)
    _register(f"dateFormat.open.{_name}", _flow, "CDS-STA-005", chapter="StreamHistory")
for _operation in ("StreamHistory", "Errors"):
    for _parameter in ("maxRows", "fromOffset"):
        for _name in _NUMBERS:
            _flow = partial(strange_number, _operation, _parameter, _name)
            _register(f"{_parameter}.number.{_name}", _flow, "CDS-STA-001", "CDS-PAG-002", chapter=_operation)
