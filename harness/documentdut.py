"""The device under test as flows of functions see it: one function, two roads, and the events that a connection has asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.checks.documents import body_checks, codes_of
from harness.checks.message import merge
from harness.documentview import OWN, DocumentView, pairs_of
from harness.ending import Ending
from harness.flow import CaseStopped, Receive, Received
from harness.messages.documentreply import Result
from harness.usual import unusual_checks
from harness.verdict import Check
from harness.view import MAIN

__all__ = ["MAIN", "OWN", "DocumentDut", "pairs_of"]


class DocumentDut(DocumentView):
    """One case's view of the device: `harness.documentview`, events, and checks of what was asked for."""

    # events

    async def subscribe(self, event_class: str | None = None, *, link: str = MAIN, **fields: str) -> Result:
        """Ask for events on a connection, and remember that it did."""
        wanted = self.syntax.every_class if event_class is None else event_class
        result = await self.call(
            self.syntax.subscribe, {self.syntax.event_class: wanted, **fields}, road=self.stream, link=link
        )
        if self.succeeded(result):
            self.subscribed.setdefault(link, set()).add(wanted)
        return result

    async def wait_for(
        self,
        link: str,
        event_type: str,
        matches: Callable[[Result], bool] = lambda _event: True,
        *,
        count: int = 1,
        deadline_s: float | None = None,
    ) -> list[Result]:
        """The events of a type that have come on a connection, waiting until there are so many or the time is up."""
        while len(found := self.told(link, event_type, matches)) < count:
            got = await Receive(link, deadline_s)
            event = self._read(got)
            if not event.is_event:
                if event.came:
                    stranger = event.root.name != self.syntax.result
                    rules = (self.syntax.rules["root"],) if stranger else ()
                    self.check(
                        "event.unasked", False, self.one_reply, *rules, expected="an event, for no request was sent",
                        got=event.describe(), step=event.step,
                    )  # fmt: skip
                break
            self._keep(link, event)
        return found

    def told(
        self, link: str, event_type: str = "", matches: Callable[[Result], bool] = lambda _event: True
    ) -> list[Result]:
        """The events of a type, or of all, that have come on a connection so far."""
        known = self.model.events.get(event_type)
        names = {name.strip() for name in known.type_names.values()} if known is not None else set()
        names |= {event_type} if event_type else set()
        return [one for one in self.news.get(link, ()) if (not names or one.event_type in names) and matches(one)]

    async def settle(self, link: str) -> None:
        """Ask something harmless, so that what the device had to tell before has come, if it tells in order."""
        await self.call("TEST", road=self.stream, link=link)

    def see_rest(self, link: str, got: Received, *, loose: bool) -> None:
        """See `harness.view.View`: events may come at any time to who asked for them."""
        framer = self._bindings[self.roads[0]].framer()
        framer.feed(got.raw)
        while (data := framer.next_message()) is not None:
            event = self._read(Received(data, Ending.ANSWERED, got.step))
            if not event.is_event:
                super().see_rest(link, Received(data, got.ending, got.step), loose=loose)
                return
            self._keep(link, event)
        rest = framer.leftover
        if self.subscribed.get(link) and b"<" + self.syntax.result.encode() not in rest:
            rest = b""  # an event that is still on its way, or was cut off where we stopped to look
        if not loose:
            super().see_rest(link, Received(rest.strip(), got.ending, got.step), loose=loose)

    # checks

    def ok(self, result: Result, *clauses: str, check: str = "") -> Result:
        """The function must have succeeded; gives the result.

        Raises:
            CaseStopped: it did not, and what follows would need it.
        """
        own = f"{self.model.prefix}-{result.function}"
        passed = self.succeeded(result)
        self.check(
            check or result.function, passed, *(clauses or (own,)), expected=f"{result.function} to succeed",
            got="" if passed else result.describe(), step=result.step,
        )  # fmt: skip
        if not passed:
            raise CaseStopped(f"{result.function} did not succeed")
        return result

    def file(self, result: Result, *clauses: str, check: str = "file") -> Result:
        """The function must have given a file of the right format; gives the result.

        Raises:
            CaseStopped: it did not.
        """
        self.ok(result, *clauses, check=check)
        found = list(body_checks(self.model, result))
        merge(self.checks, found)
        if not all(one.passed for one in found):
            raise CaseStopped(f"{result.function} gave no such file")
        return result

    def refused(self, result: Result, *clauses: str, errors: Sequence[str] = (), check: str = "refused") -> bool:
        """The function must have failed, with one of these errors if some are given; gives whether it is so."""
        codes = {code: name for name in errors for code in codes_of(self.model.errors[name])}
        passed = self.has_failed(result) and (not codes or not result.code or result.code in codes)
        wanted = f" with one of {', '.join(f'{code} ({name})' for code, name in codes.items())}" if codes else ""
        return self.check(
            check, passed, *clauses, expected=f"{result.function or 'the request'} to fail{wanted}",
            got="" if passed else result.describe(), step=result.step,
        )  # fmt: skip

    def either(self, result: Result, ambiguity: str, *clauses: str, check: str = "either") -> bool:
        """Success and failure conform, as readings of an ambiguity; gives whether it was a success.

        Raises:
            CaseStopped: neither came.
        """
        known = self.model.ambiguities[ambiguity]
        ended = result.ending in (Ending.CLOSED, Ending.RESET)
        good, bad = self.succeeded(result), self.has_failed(result)
        reading = known.accepted if good else known.refused if bad else None
        passed = good or bad or ended
        name = self._name(check)
        fits = frozenset((reading,)) if reading else frozenset[str]()
        got = result.describe()
        self.checks.append(
            Check(
                id=name,
                clauses=(*clauses, self.one_reply),
                passed=passed,
                expected="a success or an error",
                got="" if passed else got,
                step=result.step,
                readings={ambiguity: fits} if fits else {},
            )
        )
        self.checks += unusual_checks(
            self.model, ambiguity, fits, check=name, clauses=clauses, got=got, step=result.step
        )
        if not passed:
            raise CaseStopped(result.describe())
        return good
