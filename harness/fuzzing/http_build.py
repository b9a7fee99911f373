"""Builds HTTP scripts from a spec, quickly and from a seed.

Categories, for `--only`:

    query      one request whose query is bent: parameters doubled, missing, empty, unknown; escapes, separators, odd numbers, long values
    headers    one request whose request line or headers are odd: injection, Host, lengths, versions, conditions, codings
    dates      periods at the edges of calendars and integers; a period asked for as a whole, in parts, again
    paging     a list as a whole and in pages, by number and by name
    bytes      a request with mutated bytes
    framing    requests cut, joined, unfinished, many at once, on connections that are kept and that are not
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from harness.errors import UsageError
from harness.fuzzing.build import PAUSE_S
from harness.fuzzing.http_bends import Bends
from harness.fuzzing.http_headers import with_odd_headers
from harness.fuzzing.http_kit import HttpKit
from harness.fuzzing.http_periods import Periods
from harness.fuzzing.http_query import Plan, Requests
from harness.fuzzing.mutate import BYTES
from harness.fuzzing.script import Part, Script, Slot, Step, joined
from harness.spec.model import System
from harness.target import Target

HTTP_CATEGORIES = ("query", "headers", "dates", "paging", "bytes", "framing")
_WEIGHTS = (40, 10, 24, 12, 8, 6)
LARGE_SHARE = 0.1  # of the requests for messages with large replies that are kept
DEFECT_SHARE = 0.45  # of the query cases that have one certain defect
MANY = 40  # requests at once at most


class HttpBuilder:
    """Scripts for one HTTP system on one target.

    Args:
        only: the categories to build; all where it is empty.

    Raises:
        UsageError: there is no such category.
    """

    def __init__(self, system: System, target: Target, kit: HttpKit, only: Sequence[str] = ()) -> None:
        if strange := [name for name in only if name not in HTTP_CATEGORIES]:
            raise UsageError(f"--only {strange[0]}: {system.system} has the categories {', '.join(HTTP_CATEGORIES)}")
        assert system.http is not None
        self._rules = system.http.rules
        self._prefix = system.prefix
        self._large = kit.large
        self._requests = Requests(system, target)
        self._bends = Bends(self._requests)
        self._periods = Periods(system, self._requests)
        makers: dict[str, Callable[[Random], Script]] = {
            "query": self._query,
            "headers": self._headers,
            "dates": self._periods.dates,
            "paging": self._periods.paging,
            "bytes": self._bytes,
            "framing": self._framing,
        }
        chosen = [
            (makers[name], weight)
            for name, weight in zip(HTTP_CATEGORIES, _WEIGHTS, strict=True)
            if not only or name in only
        ]
        self._makers = [maker for maker, weight in chosen for _ in range(weight)]

    def script(self, rng: Random) -> Script:
        """One script."""
        return self._makers[int(rng.random() * len(self._makers))](rng)

    def _plan(self, rng: Random) -> Plan:
        """Any valid request, with large replies now and then only."""
        while True:
            names = self._requests.names
            name = names[int(rng.random() * len(names))]
            if name not in self._large or rng.random() < LARGE_SHARE:
                return self._requests.plan(name, rng)

    def _script(self, name: str, clause: str, *steps: Step) -> Script:
        return Script(name=name, clauses=(clause,), steps=steps)

    def _query(self, rng: Random) -> Script:
        if rng.random() < DEFECT_SHARE:
            plans = self._requests.defective(rng)
            steps = (Step(parts=plan.parts()) for plan in plans)
            return self._script("query.defect", f"{self._prefix}-{plans[0].operation}", *steps)
        plan = self._plan(rng)
        first = ""
        while not first or rng.random() < 0.2:
            name, plan = self._bends.bent(plan, rng)
            first = first or name
            if rng.random() < 0.06:
                first = "valid"
                plan = self._plan(rng)
                break
            if not plan.fields:
                break
        return self._script(f"query.{first}", f"{self._prefix}-{plan.operation}", Step(parts=plan.parts()))

    def _headers(self, rng: Random) -> Script:
        name, plan = with_odd_headers(self._plan(rng), rng, self._requests.host)
        return self._script(f"headers.{name}", self._rules["framing"], Step(parts=plan.parts()))

    def _bytes(self, rng: Random) -> Script:
        parts = list(self._plan(rng).parts())
        mutation = BYTES[0]
        times = 0
        while not times or rng.random() < 0.2:
            change = BYTES[int(rng.random() * len(BYTES))]
            mutation = change if not times else mutation
            places = [index for index, part in enumerate(parts) if isinstance(part, bytes)]
            place = places[int(rng.random() * len(places))]
            part = parts[place]
            assert isinstance(part, bytes)
            parts[place] = change.change(part, rng.random)
            times += 1
        return self._script(f"bytes.{mutation.name}", self._rules["framing"], Step(parts=joined(parts)))

    # framing

    def _framing(self, rng: Random) -> Script:
        ways = (self._cut, self._joined, self._halves, self._mixed, self._cut, self._broken_off, self._many)
        return ways[int(rng.random() * len(ways))](rng)

    def _any(self, rng: Random) -> tuple[Part, ...]:
        """A request that is right, or whose query is not."""
        plan = self._plan(rng)
        return (self._bends.bent(plan, rng)[1] if rng.random() < 0.3 else plan).parts()

    def _cut(self, rng: Random) -> Script:
        parts = joined(part for _ in range(1 + int(rng.random() * 3)) for part in self._any(rng))
        cuts = tuple(1 + int(rng.random() * 60) for _ in range(1 + int(rng.random() * 8)))
        if rng.random() < 0.3:
            ends = [at for at, byte in enumerate(_flat(parts)) if byte == 0x0D]
            if ends:
                cuts = (ends[int(rng.random() * len(ends))] + 1,)  # between CR and LF
        pause_s = PAUSE_S / 2 if rng.random() < 0.5 else 0.0
        return self._script("framing.cut", self._rules["framing"], Step(parts=parts, cuts=cuts, pause_s=pause_s))

    def _joined(self, rng: Random) -> Script:
        parts = joined(part for _ in range(2 + int(rng.random() * 5)) for part in self._any(rng))
        return self._script("framing.joined", self._rules["one-reply"], Step(parts=parts))

    def _many(self, rng: Random) -> Script:
        one = self._requests.plan(self._requests.names[0], rng).parts()
        other = self._plan(rng).parts()
        parts = joined(part for n in range(2 + int(rng.random() * MANY)) for part in (other if n % 7 == 3 else one))
        return self._script("framing.many", self._rules["one-reply"], Step(parts=parts))

    def _halves(self, rng: Random) -> Script:
        """The rest comes later."""
        parts = self._plan(rng).parts()
        last = parts[-1]
        assert isinstance(last, bytes)  # the headers
        at = 1 + int(rng.random() * (len(last) - 1))
        steps = (Step(parts=joined((*parts[:-1], last[:at])), pause_s=PAUSE_S), Step(parts=(last[at:],)))
        return self._script("framing.unfinished", self._rules["framing"], *steps)

    def _mixed(self, rng: Random) -> Script:
        """Connections that are kept, closed by us, closed by the device, in any order."""
        steps = []
        for _ in range(2 + int(rng.random() * 5)):
            plan = self._plan(rng)
            choice = rng.random()
            if choice < 0.2:
                plan = replace(plan, headers=plan.headers + b"Connection: close\r\n")
            elif choice < 0.35:
                plan = replace(plan, version=b" HTTP/1.0\r\n")
            elif choice < 0.5:
                plan = replace(plan, method=b"HEAD")
            elif choice < 0.6:
                steps.append(Step(how="close" if rng.random() < 0.5 else "reset"))
            steps.append(Step(parts=plan.parts()))
        return self._script("framing.mixed", self._rules["one-reply"], *steps)

    def _broken_off(self, rng: Random) -> Script:
        parts = list(self._plan(rng).parts())
        last = parts[-1]
        assert not isinstance(last, Slot)
        parts[-1] = last[: int(rng.random() * len(last))]
        how = ("close", "reset", "half-close")[int(rng.random() * 3)]
        return self._script("framing.broken-off", self._rules["framing"], Step(parts=joined(parts)), Step(how=how))


def _flat(parts: Sequence[Part]) -> bytes:
    return b"".join(part if isinstance(part, bytes) else b"0" * 10 for part in parts)
