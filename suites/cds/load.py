"""What a load run sends: a monitoring station that polls, one that reads lists page by page, and one that fetches whole hours.

All of it only reads, so `load = true` is the only leave that a target file has to give. The periods lie in the hour with much data that the
suite knows: there the answers are the same each time, whatever the device does meanwhile.
"""

from collections.abc import Callable, Sequence

from harness.checks.answer import Answer
from harness.checks.http import OK
from harness.flow import CaseInconclusive
from harness.httpdut import HttpDut
from harness.load.scenario import LoadOperation, LoadScenario, Values
from suites.cds import SUITE
from suites.cds.names import whole
from suites.cds.paging import BELONGS
from suites.cds.world import history, period

# Seconds of a small window, and how many different ones each history is asked for.
_SMALL_S, _WINDOWS = 5, 24
# Rows of a page, and how many pages are read at most.
_PAGE, _PAGES = 100, 24


@SUITE.provides("page-offsets")
async def page_offsets(dut: HttpDut, state: str) -> str:
    """Where the pages of a list begin: offsets of a history in its period, or names of contents; one a line.

    Raises:
        CaseInconclusive: the list is empty.
    """
    if state == "ContentRange":
        names = [name for name in await whole(dut) if "\n" not in name][_PAGE - 1 :: _PAGE]
        query = [("maxRows", str(_PAGE)), ("fromOffset", names[0] if names else "")]
        if not names or (await dut.get(state, query, judged=False)).status != OK:
            names = []  # a device may take numbers there
        return "\n".join(["", *names][:_PAGES])
    first, last = await period(dut, state)
    reply = await history(dut, state, first, last)
    rows = reply.scan.rows if reply.scan is not None else 0
    if not rows:
        raise CaseInconclusive(f"{state} has no row from {first} to {last}")
    return "\n".join(str(offset) for offset in range(0, rows, _PAGE)[:_PAGES])


def _hour(values: Values) -> tuple[int, int]:
    first, _, last = values["busy"].partition(" ")
    return int(first), int(last)


def _from_to(first: int, last: int) -> tuple[str, ...]:
    return f"fromDate={first}", f"toDate={last}"


def _small_window(values: Values) -> Sequence[str]:
    first, last = _hour(values)
    start = first + values.rng.randrange(_WINDOWS) * ((last - first) // _WINDOWS)
    return _from_to(start, min(start + _SMALL_S - 1, last))


def _whole_hour(values: Values) -> Sequence[str]:
    return _from_to(*_hour(values))


def _polled(operation: str, weight: int) -> LoadOperation:
    return LoadOperation(name=operation, weight=weight, operation=operation, values=lambda _values: ())


def _asked(
    operation: str, weight: int, values: Callable[[Values], Sequence[str]], *clauses: str, needs: str = "busy"
) -> LoadOperation:
    return LoadOperation(
        name=operation,
        weight=weight,
        operation=operation,
        values=values,
        clauses=(*clauses, f"CDS-{operation}"),
        objects=("busy",) if needs == "busy" else ("busy", needs),
    )


SUITE.load_scenario(
    LoadScenario(
        name="monitor",
        about="a station that polls the latest changes, the devices, and small windows of the histories",
        objects={"busy": ("window", "busy")},
        operations=(
            _polled("MaxStreamModifiedTime", 25),
            _polled("MaxErrorModifiedTime", 25),
            _polled("Devices", 5),
            _polled("ServiceGroups", 5),
            _polled("Version", 5),
            *(_asked(operation, 5, _small_window, clause) for operation, clause in BELONGS.items()),
            _asked("CapacityPlanning", 3, _whole_hour, "CDS-TIM-005"),
            LoadOperation(
                name="incomplete",
                weight=2,
                operation="StreamHistory",
                values=lambda values: _whole_hour(values)[1:],
                answers=(Answer(error="bad-request"),),
                clauses=("CDS-STA-004", "CDS-StreamHistory.fromDate.missing"),
                objects=("busy",),
            ),
        ),
    ),
    default=True,
)


def _page_of(operation: str) -> Callable[[Values], Sequence[str]]:
    def page(values: Values) -> Sequence[str]:
        offset = values.rng.choice(values[f"{operation}-pages"].split("\n"))
        window = () if operation == "ContentRange" else _from_to(*map(int, values[operation].split()))
        return (*window, f"maxRows={_PAGE}", *([f"fromOffset={offset}"] if offset else []))

    return page


def _paged(operation: str, weight: int, *clauses: str) -> LoadOperation:
    own = () if operation == "ContentRange" else (operation,)
    return LoadOperation(
        name=operation,
        weight=weight,
        operation=operation,
        values=_page_of(operation),
        clauses=(*clauses, f"CDS-{operation}"),
        objects=(*own, f"{operation}-pages"),
    )


SUITE.load_scenario(
    LoadScenario(
        name="pages",
        about=f"a station that reads StreamHistory and ContentRange in pages of {_PAGE} rows",
        objects={
            "StreamHistory": ("window", "StreamHistory"),
            "StreamHistory-pages": ("page-offsets", "StreamHistory"),
            "ContentRange-pages": ("page-offsets", "ContentRange"),
        },
        operations=(_paged("StreamHistory", 1, "CDS-PAG-001"), _paged("ContentRange", 1, "CDS-PAG-001", "CDS-CNT-002")),
    )
)

SUITE.load_scenario(
    LoadScenario(
        name="heavy",
        about="whole hours of every history: long replies, read and checked as they come",
        objects={"busy": ("window", "busy")},
        operations=(
            *(_asked(operation, 1, _whole_hour, clause) for operation, clause in BELONGS.items()),
            _polled("ContentState", 1),
        ),
    )
)
