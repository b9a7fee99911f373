"""The clauses that follow from the structure of methods that are called with structs, by the form of their ids.

Such as:

    TPS-flex.conference.create.conferenceName             the member is taken with every documented value
    TPS-flex.conference.create.conferenceName:length      a longer one is refused
    TPS-flex.conference.create.conferenceName:shown       the query shows what was set
    TPS-flex.conference.create.returned.conferenceID      a success carries it
    TPS-flex.conference.create:fault.too-many-conferences the fault of the method
    TPS-struct.callAttributes.encryption:choice           the same of a struct that calls carry ...
    TPS-struct.callAttributes.returned.encryption:choice  ... and of one that replies carry
    TPS-callback.eventNotification.events                 a member of a call that the device makes
    TPS-file.system.xml.blade.serial                      an element of a file that it serves
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.spec.callmodel import Direction, Kind, Member, Method, Presence, Scalar, Slip, Wrong
from harness.spec.callserved import Callback, ServedFile
from harness.spec.callvalues import INT_HIGHEST, INT_LOWEST
from harness.spec.clauses_xml import Derived
from harness.spec.model import Operation, System
from harness.spec.parts import Level

_REFUSED = {
    Slip.MALFORMED: ("type", "is refused with a value of another type of the encoding"),
    Slip.CHOICE: ("choice", "is refused with a word that is not listed"),
    Slip.RANGE: ("range", "is refused outside its range"),
    Slip.LENGTH: ("length", "is refused with too many characters"),
    Slip.BYTES: ("bytes", "is refused with too many bytes"),
    Slip.CHARACTERS: ("characters", "is refused with a character that it does not have"),
    Slip.FORM: ("form", "is refused when it has not its form"),
    Slip.FEW: ("few", "is refused with too few elements"),
    Slip.MANY: ("many", "is refused with too many elements"),
    Slip.UNKNOWN: ("unknown", "is refused when it names nothing"),
    Slip.BOTH: ("both", "is refused beside the boolean that stands for no limit"),
}  # fmt: skip


def slips(system: System, member: Member) -> Iterator[Slip]:
    """What may be wrong with the value of a member of a call, apart from its absence, in the order of `Slip`."""
    kind = system.scalars.get(member.type or next(iter(member.types.values()), ""))
    found = {Slip.MALFORMED}
    if kind is not None:
        found |= set(_of_type(kind))
    if member.at_least or member.at_most:
        found.add(Slip.RANGE)
    if member.array and (member.least or 0) > 0:
        found.add(Slip.FEW)
    if member.array and member.most is not None:
        found.add(Slip.MANY)
    if member.object is not None:
        found.add(Slip.UNKNOWN)
    if member.unlimited is not None:
        found.add(Slip.BOTH)
    return (slip for slip in Slip if slip in found)


def _of_type(kind: Scalar) -> Iterator[Slip]:
    if kind.choices:
        yield Slip.CHOICE
    elif kind.base is Kind.INT:
        if (
            (kind.minimum or INT_LOWEST) > INT_LOWEST
            or (kind.maximum or INT_HIGHEST) < INT_HIGHEST
            or kind.minimum == 0
        ):
            yield Slip.RANGE
    elif kind.maximum is not None:
        yield Slip.BYTES if kind.base is Kind.BASE64 else Slip.LENGTH
    if kind.ascii or kind.alphabet:
        yield Slip.CHARACTERS
    if kind.form is not None:
        yield Slip.FORM


def wrong_of(system: System, member: Member, slip: Slip) -> Wrong | None:
    """What answers a slip: what the member says, or its type leaves open, or the object, or the system says for all."""
    if system.calls is None:
        return None
    if slip in member.wrong:
        return member.wrong[slip]
    if slip is Slip.UNKNOWN:
        return system.calls.unknown.get(member.object or "")
    return system.calls.wrong.get(slip)


def _level(system: System, member: Member, slip: Slip) -> Level:
    """Where a reading of an ambiguity accepts it, a refusal is no duty."""
    kind = system.scalars.get(member.type or "")
    if slip not in member.wrong and kind is not None and slip in kind.open:
        return Level.MAY
    wrong = wrong_of(system, member, slip)
    known = system.ambiguities.get((wrong.ambiguity if wrong is not None else None) or "")
    return Level.MAY if known is not None and known.accepted is not None else Level.MUST


def call_clauses(system: System, name: str, operation: Operation) -> Iterator[Derived]:
    """The clauses of one method."""
    method = operation.call
    if method is None:
        return
    yield from _reasoned(method.takes, "", _taken(system, "", method.takes, shown=bool(method.shown)))
    yield from _reasoned(method.returns, ".returned", _returned(system, ".returned", method.returns))
    if not method.returns:
        text = f"A success of {name} carries only that it succeeded."
        yield Derived(
            ":status", text, (operation.success,), _words(name, operation.success.word), untested=method.untested
        )
    for fault, use in method.faults.items():
        known = system.errors.get(fault)
        words = _words(use.source.word, fault, *([known.text, known.code] if known is not None else []))
        text = (
            f"{name} is answered with {' or '.join(dict.fromkeys(use.faults.values())) or fault}: {use.about or fault}."
        )
        yield Derived(f":fault.{fault}", text, (use.source,), words, _fault_level(system, method, fault), use.untested)


def _reasoned(members: Mapping[str, Member], prefix: str, found: Iterator[Derived]) -> Iterator[Derived]:
    """The clauses of members, with the reasons why no case tests some of them."""
    for one in found:
        name, _, aspect = one.part.removeprefix(f"{prefix}.").partition(":")
        known = members[name].untested
        yield one._replace(untested=known.get(aspect or "member", known.get("all", "")))


def _fault_level(system: System, method: Method, fault: str) -> Level:
    known = system.ambiguities.get(method.faults[fault].ambiguity or "")
    return Level.MAY if known is not None and known.accepted is not None else Level.MUST


def part_clauses(system: System) -> Iterator[tuple[str, Derived]]:
    """The clauses of shared structs, of calls that the device makes, and of the files that it serves, each with its chapter."""
    for name, struct in system.structs.items():
        if Direction.TAKEN in struct.directions:
            for one in _taken(system, f"struct.{name}", struct.members, shown=False):
                yield f"struct {name}", one
        if Direction.RETURNED in struct.directions:
            for one in _returned(system, f"struct.{name}.returned", struct.members):
                yield f"struct {name}", one
    for name, callback in system.callbacks.items():
        for one in _callback(system, name, callback):
            yield callback.section, one
    for name, served in system.files.items():
        for one in _file(name, served):
            yield name, one


def _callback(system: System, name: str, callback: Callback) -> Iterator[Derived]:
    text = f"{name} is a call with one struct, sent as documented."
    yield Derived(f"callback.{name}", text, (callback.source,), _words(name, callback.source.word))
    yield from _returned(system, f"callback.{name}", callback.takes)


def _file(name: str, served: ServedFile) -> Iterator[Derived]:
    yield Derived(f"file.{name}", f"{served.path} is served.", (served.source,), _words(name, served.source.word))
    for form_name, form in served.forms.items():
        for element, one in form.elements.items():
            there = "may be left out" if one.optional or one.absent or one.present else "is there"
            value = f" and is {one.value!r}" if one.value is not None else ""
            text = f"{element} {there}{value}, in the form {form_name}."
            yield Derived(f"file.{name}.{form_name}.{element}", text, (one.source,), _words(element, one.source.word))


def _taken(system: System, prefix: str, members: Mapping[str, Member], *, shown: bool) -> Iterator[Derived]:
    for name, member in members.items():
        place, sources, words = (
            f"{prefix}.{name}",
            (member.source,),
            _words(name, *member.names.values(), member.source.word),
        )

        def one(
            aspect: str,
            text: str,
            level: Level = Level.MUST,
            at: str = place,
            where: tuple[object, ...] = (sources, words),
        ) -> Derived:
            return Derived(f"{at}:{aspect}", text, where[0], where[1], level)  # type: ignore[arg-type]  # bound above

        level = Level.MAY if member.experimental else Level.MUST
        yield Derived(place, f"{name} is taken with every documented value.", sources, words, level)
        if member.required:
            level = Level.MAY if member.required_ambiguity else Level.MUST
            yield one("required", f"A call without {name} is refused with a fault that names it.", level)
        for slip in slips(system, member):
            aspect, text = _REFUSED[slip]
            yield one(aspect, f"{name} {text}.", _level(system, member, slip))
        if member.default is not None or member.defaults or member.inherits is not None:
            level = Level.MAY if member.default_ambiguity or member.hidden else Level.MUST
            told = (
                member.default
                if member.default is not None
                else member.inherits or " or ".join(member.defaults.values())
            )
            yield one("default", f"Without {name} it is {told or 'empty'}.", level)
        if member.ignored is not None:
            level = Level.MAY if member.ignored.ambiguity else Level.MUST
            yield one("ignored", f"{name} has no effect where the document says so.", level)
        if member.rounded is not None:
            level = Level.MAY if member.rounded.ambiguity else Level.MUST
            yield one("rounded", f"{name} is taken down to the next level.", level)
        if shown and not member.hidden and not member.object:
            level = Level.MAY if member.hidden_ambiguity else Level.MUST
            yield one("shown", f"What was set with {name} is what the query shows.", level)


def _returned(system: System, prefix: str, members: Mapping[str, Member]) -> Iterator[Derived]:
    for name, member in members.items():
        place, sources, words = (
            f"{prefix}.{name}",
            (member.source,),
            _words(name, *member.names.values(), member.source.word),
        )
        level = Level.MAY if member.optional or member.absent or member.experimental else Level.MUST
        yield Derived(place, f"{name} is there{_when(member.present)}, where it should be.", sources, words, level)
        yield Derived(f"{place}:type", f"{name} is of type {_type_of(member)}.", sources, words)
        if member.present is not None and not member.present.only:
            level = Level.MAY if member.present.ambiguity else Level.MUST
            yield Derived(f"{place}:absent", f"{name} is there only{_when(member.present)}.", sources, words, level)
        kind = system.scalars.get(member.type or "")
        for slip in _of_type(kind) if kind is not None else ():
            if slip in (Slip.CHOICE, Slip.RANGE, Slip.LENGTH, Slip.BYTES):
                level = Level.MAY if (kind is not None and slip in kind.open) or member.any_value else Level.MUST
                yield Derived(f"{place}:{slip}", f"{name} keeps to the {slip} of its type.", sources, words, level)
        if member.array and (member.least is not None or member.most is not None):
            yield Derived(f"{place}:count", f"{name} has {_count(member)} elements.", sources, words)
        if member.echo is not None:
            yield Derived(f"{place}:echo", f"{name} repeats {member.echo} of the call.", sources, words)
        if member.always is not None:
            level = Level.MAY if member.ignore else Level.MUST
            yield Derived(f"{place}:always", f"{name} is always {member.always}.", sources, words, level)


def _when(present: Presence | None) -> str:
    if present is None:
        return ""
    told = ["it is not empty"] if present.filled else []
    told += [f"{name} is {' or '.join(values)}" for name, values in present.beside.items()]
    told += [f"{name} of the call is {' or '.join(values) or 'given'}" for name, values in present.asked.items()]
    told += [f"{present.lacks} is absent"] if present.lacks else []
    told += [f"it holds: {present.state}"] if present.state else []
    return " when " + " and ".join(told)


def _type_of(member: Member) -> str:
    structs = [*([member.struct] if member.struct else []), *member.other_structs]
    one = " or ".join(structs) or member.type or " or ".join(member.types.values())
    return f"array of {one}" if member.array else one


def _count(member: Member) -> str:
    least, most = member.least, member.most
    return f"{least or 0} to {most}" if most is not None else f"{least} or more"


def _words(*words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))
