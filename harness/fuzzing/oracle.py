"""What the values of a call alone allow a conforming device to answer: number, type and constraints of its parameters, for any text.

A `Cause` is one reason for which a call fails (`sure`) or may fail. In which order a device looks for them is nowhere said, so with several of them
any of their errors conforms; a success conforms if none is sure. A model of a device's state adds causes of its own and puts all together again.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace

from harness.checks.answer import Answer
from harness.fuzzing.expect import Expectation
from harness.fuzzing.spellings import Standing, blank, edges, folded, odd_characters, standing
from harness.messages.book import ErrorBook
from harness.messages.reply import Call
from harness.openforms import value_readings
from harness.spec.model import Base, Constraint, Operation, Parameter, Rule, System

# A text of a size that no document names may be refused: a device has limits of its own. The suite sends 100 characters, 40 values.
LONG_TEXT = 200
MANY_VALUES = 48
# A line of many thousand characters may be refused as a whole; the suite sends 5,000 and more as an open point, 2,100 as an ordinary value.
LONG_CALL = 4000

SUCCESS: tuple[Answer, ...] = (Answer(),)
ANY_ERROR = Answer(error="*")
# So many different combinations of causes are put together once.
_KEPT = 8192


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cause:
    """One reason for an error.

    Attributes:
        answers: the errors that may tell it.
        clauses: cited where the device does not tell it.
        sure: the call cannot succeed.
        ambiguity: what decides whether it is a reason at all, if that is open.
        accepted: the reading that a success shows.
    """

    answers: tuple[Answer, ...]
    clauses: tuple[str, ...] = ()
    sure: bool = True
    ambiguity: str | None = None
    accepted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a call without the device.

    Attributes:
        name: the operation it names, as the spec spells it; "" if it names none.
        certain: whether it does under every reading.
        causes: reasons for an error that its values give.
        standings: what each value that belongs to a parameter is for that parameter's type; all values of a repeated one count as one.
    """

    name: str
    certain: bool = True
    causes: tuple[Cause, ...] = ()
    standings: tuple[Standing, ...] = ()


class Slot:
    """One parameter of an operation, with the causes that its type gives.

    Attributes:
        index: its place.
        clause: the clause of its documented values; others begin with it.
        object: the kind of object that it names, or may name besides words of its own; None if there is none.
        is_id: whether such objects are named by UUID.
        words: the words of its own.
    """

    def __init__(self, system: System, name: str, index: int, label: str, parameter: Parameter) -> None:
        self.index = index
        self.parameter = parameter
        self.clause = f"{system.prefix}-{name}.{label}"
        kind = system.types[parameter.type]
        self.kind = kind
        self.standing: Callable[[str], Standing] = standing(system, kind)
        self.object = parameter.object or kind.or_object
        self.is_id = self.object is not None and system.objects[self.object].unknown == "uuid"
        self.words = frozenset(kind.choices)
        self.free = kind.base is Base.TEXT and parameter.object is None
        self.has_minimum = any(constraint.rule is Rule.NOT_EMPTY for constraint in parameter.constraints)
        # A value of such a type may be an id that the device has given out, in whatever spelling.
        self.takes_ids = kind.base is Base.UUID or kind.or_object is not None
        self._system = system
        self._open: dict[str, Cause] = {}
        readings = _in_order(system, parameter.invalid_ambiguity, parameter.invalid)
        if parameter.any_text is None:
            self.wrong = Cause(
                answers=tuple(
                    Answer(error=error, about=index, reading=reading)
                    for error, reading in zip(parameter.invalid, readings, strict=True)
                ),
                clauses=(f"{self.clause}.type",),
                ambiguity=parameter.invalid_ambiguity,
            )
        else:
            known = system.ambiguities[parameter.any_text]
            refused = known.refused or next(name for name in known.readings if name != known.accepted)
            self.wrong = Cause(
                answers=tuple(Answer(error=error, about=index, reading=refused) for error in parameter.invalid),
                clauses=(f"{self.clause}.type",),
                sure=False,
                ambiguity=parameter.any_text,
                accepted=known.accepted or "",
            )

    def open(self, text: str) -> Cause:
        """The cause of a value in a spelling on which the document is silent."""
        named = value_readings(self._system, self.kind, text)
        ambiguity = named[0] if named else ""
        if ambiguity not in self._open:
            known = self._system.ambiguities.get(ambiguity)
            errors = dict.fromkeys((*self.parameter.invalid, *self.parameter.unknown))
            self._open[ambiguity] = Cause(
                answers=tuple(
                    Answer(error=error, about=self.index, reading=(known.refused or "") if known else "")
                    for error in errors
                )
                or (ANY_ERROR,),
                clauses=(self.clause,),
                sure=False,
                ambiguity=ambiguity or None,
                accepted=(known.accepted or "") if known else "",
            )
        return self._open[ambiguity]


class CallOracle:
    """Judges calls of one system by their values.

    Args:
        issued: texts that the device has given out as ids; they are values whatever their spelling.
    """

    def __init__(self, book: ErrorBook, issued: Container[str] = frozenset()) -> None:
        self.system = book.system
        self._book = book
        self._issued = issued
        self._plans: dict[str, _Plan] = {
            name: _Plan(book.system, name, operation) for name, operation in book.system.operations.items()
        }
        self._folded = {name.lower(): name for name in self._plans}
        self._causes: dict[object, Cause] = {}
        self._weak: dict[Cause, Cause] = {}
        self._expectations: dict[object, Expectation] = {}
        syntax = book.syntax
        self._unknown_command = Expectation(
            answers=(Answer(error=syntax.unknown_command),), clauses=(syntax.rules["command-name"],)
        )

    def slots(self, name: str) -> tuple[Slot, ...]:
        """The parameters of an operation, in order."""
        return self._plans[name].slots

    def named(self, text: str) -> str:
        """The operation that a text names under some reading; "" if it names none."""
        if text in self._plans:
            return text
        return "" if self._book.syntax.name_case_ambiguity is None else self._folded.get(text.lower(), "")

    def facts(self, call: Call) -> Facts:
        """What is known of a call without the device."""
        plan = self._plans.get(call.operation)
        certain = plan is not None
        if plan is None:
            name = self.named(call.operation)
            if not name:
                return Facts(name="")
            plan = self._plans[name]
        values = call.values
        causes: list[Cause] = []
        standings: list[Standing] = []
        given, wanted = len(values), len(plan.slots)
        if given < wanted or (given > wanted and not plan.repeated):
            causes.append(plan.too_few if given < wanted else plan.too_many)
        for slot, text in zip(plan.slots, values, strict=False):
            if slot.free:
                standings.append(Standing.VALUE)
                self._texts(plan, slot, values[slot.index :] if slot.parameter.repeated else (text,), causes)
                continue
            found = Standing.VALUE if slot.takes_ids and text in self._issued else slot.standing(text)
            if found is Standing.WRONG:
                causes.append(slot.wrong)
            elif found is Standing.OPEN:
                causes.append(slot.open(text))
            standings.append(found)
        odd = not all(map(str.isprintable, values)) and any(map(odd_characters, values))
        if odd or sum(map(len, values)) > LONG_CALL:
            causes.append(plan.doubtful)
        return Facts(name=plan.name, certain=certain, causes=tuple(causes), standings=tuple(standings))

    def expect(self, call: Call) -> Expectation:
        """What may answer a call, whatever the device holds: nothing is said of ids that do not exist or of states."""
        facts = self.facts(call)
        if not facts.name or not facts.certain:
            return self.unnamed(call, facts)
        return self.expectation(facts.name, facts.causes)

    def unnamed(self, call: Call, facts: Facts) -> Expectation:
        """What may answer a call that names no operation, or names one under some readings only."""
        syntax = self._book.syntax
        rule = (syntax.rules["command-name"],)
        ambiguity = syntax.name_case_ambiguity if facts.name else syntax.open_commands.get(call.operation)
        if not facts.name and ambiguity is None:
            ambiguity = next(
                (open_ for name, open_ in syntax.open_commands.items() if name.lower() == call.operation.lower()), None
            )
        if ambiguity is None:
            return self._unknown_command
        known = self.system.ambiguities[ambiguity]
        refused, accepted = known.refused or "", known.accepted or ""
        answers = [Answer(error=syntax.unknown_command, reading=refused), replace(ANY_ERROR, reading=accepted)]
        if not any(cause.sure for cause in facts.causes):
            answers.append(Answer(reading=accepted))
        return Expectation(answers=tuple(answers), clauses=rule, ambiguity=ambiguity)

    def expectation(self, name: str, causes: Sequence[Cause], successes: tuple[Answer, ...] = SUCCESS) -> Expectation:
        """Put causes together.

        Args:
            successes: the successes that conform if no cause is sure.
        """
        key = (name, *causes, successes)
        found = self._expectations.get(key)
        if found is None:
            if len(self._expectations) >= _KEPT:
                self._expectations.clear()
            found = self._expectations[key] = self._put_together(name, causes, successes)
        return found

    def cause(
        self,
        *errors: str,
        clauses: tuple[str, ...] = (),
        sure: bool = False,
        about: int | None = None,
        ambiguity: str | None = None,
        readings: tuple[str, ...] = (),
        accepted: str = "",
    ) -> Cause:
        """A cause told by one of these errors; the same object for the same arguments.

        Args:
            readings: the readings of `ambiguity` that the errors show, in their order; by default the refusing one.
            accepted: the reading that a success shows; by default the accepting one.
        """
        key = (errors, clauses, sure, about, ambiguity, readings, accepted)
        if key not in self._causes:
            known = self.system.ambiguities[ambiguity] if ambiguity is not None else None
            shown = readings or ((known.refused or "") if known else "",) * len(errors)
            self._causes[key] = Cause(
                answers=tuple(
                    Answer(error=error, about=about, reading=reading)
                    for error, reading in zip(errors, shown, strict=True)
                ),
                clauses=clauses,
                sure=sure,
                ambiguity=ambiguity,
                accepted=accepted or ((known.accepted or "") if known else ""),
            )
        return self._causes[key]

    def weak(self, cause: Cause) -> Cause:
        """The same cause where it may not hold; the same object for the same cause."""
        if not cause.sure:
            return cause
        if cause not in self._weak:
            self._weak[cause] = replace(cause, sure=False)
        return self._weak[cause]

    def unknown(self, slot: Slot, *, sure: bool = True) -> Cause:
        """The cause of an id or a name that names nothing."""
        parameter = slot.parameter
        return self.cause(
            *parameter.unknown,
            clauses=(f"{slot.clause}.unknown",),
            sure=sure,
            ambiguity=parameter.unknown_ambiguity,
            readings=tuple(_in_order(self.system, parameter.unknown_ambiguity, parameter.unknown)),
        )

    def in_state(self, slot: Slot, state: str) -> Cause | None:
        """The cause of an object that is in this state; None if the state is no reason for an error."""
        parameter = slot.parameter
        rule = parameter.states.get(state)
        if rule is None:
            # Where the spec has rules for states, one that it leaves out may give anything; else states do not matter.
            matters = bool(parameter.states) and parameter.state is not None and state != parameter.state
            return self.cause("*", clauses=(slot.clause,)) if matters else None
        if rule.ambiguity is not None:
            return self.cause(
                *(rule.errors or ("*",)), clauses=(rule.clause,), about=slot.index, ambiguity=rule.ambiguity
            )
        if not rule.errors:
            return None
        return self.cause(*rule.errors, clauses=(rule.clause,), about=slot.index, sure=not rule.ok)

    def _texts(self, plan: _Plan, slot: Slot, texts: Sequence[str], causes: list[Cause]) -> None:
        """What the constraints say of a text, or of all the texts of a repeated parameter."""
        for constraint in slot.parameter.constraints:
            sure, possible = _violated(constraint.rule, texts)
            if sure or possible:
                causes.append(self._violation(slot, constraint, sure=sure))
        if not slot.has_minimum and any(not text or blank(text) for text in texts):
            causes.append(plan.doubtful)  # empty where the document names no minimum
        if len(texts) > MANY_VALUES or max(map(len, texts)) > LONG_TEXT:
            causes.append(plan.doubtful)

    def _violation(self, slot: Slot, constraint: Constraint, *, sure: bool) -> Cause:
        rule = constraint.rule
        return self.cause(
            constraint.error, clauses=(f"{slot.clause}.{rule}", *(constraint.clauses if sure else ())), sure=sure
        )

    def _put_together(self, name: str, causes: Sequence[Cause], successes: tuple[Answer, ...]) -> Expectation:
        named = {cause.ambiguity for cause in causes if cause.ambiguity is not None}
        ambiguity = named.pop() if len(named) == 1 else None
        sure = [cause for cause in causes if cause.sure]
        answers: list[Answer] = []
        if not sure:
            reading = next((cause.accepted for cause in causes if ambiguity and cause.ambiguity == ambiguity), "")
            answers += [replace(answer, reading=answer.reading or reading) for answer in successes]
        answers += [answer for cause in causes for answer in cause.answers]
        if ambiguity is None:
            answers = [replace(answer, reading="") for answer in answers]
        clauses = [clause for cause in sure or causes for clause in cause.clauses]
        own = () if sure else self._plans[name].clauses
        return Expectation(
            answers=tuple(dict.fromkeys(answers)), clauses=tuple(dict.fromkeys((*own, *clauses))), ambiguity=ambiguity
        )


class _Plan:
    """One operation, prepared."""

    def __init__(self, system: System, name: str, operation: Operation) -> None:
        self.name = name
        base = f"{system.prefix}-{name}"
        self.slots = tuple(
            Slot(system, name, index, label, parameter)
            for index, (label, parameter) in enumerate(operation.parameters.items())
        )
        self.repeated = bool(self.slots) and self.slots[-1].parameter.repeated
        self.clauses = (base, *(slot.clause for slot in self.slots))
        self.doubtful = Cause(answers=(ANY_ERROR,), sure=False)
        self.too_few = self.too_many = self.doubtful
        if operation.arity is not None:
            arity = Cause(answers=(Answer(error=operation.arity),), clauses=(f"{base}.arity",))
            self.too_few = self.too_many = arity
            if operation.arity_open is not None:
                # The readings stand in the order of the derived cases: the error applies, or there is none.
                applies, none = list(system.ambiguities[operation.arity_open].readings)[:2]
                answers = (Answer(error=operation.arity, reading=applies), replace(ANY_ERROR, reading=none))
                self.too_few = Cause(answers=answers, ambiguity=operation.arity_open)
                self.too_many = replace(self.too_few, sure=False, accepted=none)


def _violated(rule: Rule, texts: Sequence[str]) -> tuple[bool, bool]:
    """Whether texts break a rule surely, and whether they break it under some reading."""
    match rule:
        case Rule.NOT_EMPTY:
            return "" in texts, any(blank(text) for text in texts)
        case Rule.TRIMMED:
            return any(text[:1] == " " or text[-1:] == " " for text in texts), any(map(edges, texts))
        case Rule.UNIQUE:
            return len(set(texts)) < len(texts), len(texts) > 1 and len(set(map(folded, texts))) < len(texts)


def _in_order(system: System, ambiguity: str | None, errors: Iterable[str]) -> list[str]:
    """The reading that each error shows: they stand in the same order."""
    readings = list(system.ambiguities[ambiguity].readings) if ambiguity is not None else []
    return [readings[number] if number < len(readings) else "" for number, _ in enumerate(errors)]
