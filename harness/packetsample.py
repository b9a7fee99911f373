"""Fields with which commands among XML messages succeed, objects made for one case, and how a device wants its names spelled.

Providers of suites: `SUITE.provides("spelling")(find_spelling)`, and for each kind of `records` `SUITE.provides(kind)(make_record)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.flow import CaseInconclusive, CaseSkipped, Note
from harness.messages.packetreply import Packet, Part, spelled
from harness.messages.packets import names_of, operation_of
from harness.packetdut import PacketDut
from harness.packetview import PLAIN
from harness.spec.messagemodel import MessageField, Records, Setting
from harness.spec.model import Base, DataType, Parameter, System

Values = dict[str, str]
FieldList = list[tuple[str, str]]
_DIGITS = 18  # a longer number of a device is not counted with


def record_of(system: System, operation: str) -> tuple[str, Records] | None:
    """The kind of object that a command adds, changes or removes, and its record; None for other commands."""
    for kind, record in system.records.items():
        if operation in (record.add, record.modify, record.remove):
            return kind, record
    return None


def setting_of(system: System, operation: str) -> Setting | None:
    """The setting that a command changes; None for other commands."""
    return next((one for one in system.settings.values() if one.set == operation), None)


async def sample(dut: PacketDut, operation: str) -> FieldList:
    """Fields with which the command succeeds and does no harm: a setting is written as it was read, an object is one of our own.

    Raises:
        CaseSkipped: the target file names no object that they need.
        CaseInconclusive: such an object could not be made.
    """
    known = dut.model.operations[operation]
    found = record_of(dut.model, operation)
    if found is not None and operation != found[1].add:
        kind, record = found
        made = await add_record(dut, kind)
        if operation == record.remove:
            return [(record.key, made[record.key])]
        fields = await fresh(dut, operation)
        kept = {record.key, *record.open}
        return [(name, made[name] if name in kept and name in made else value) for name, value in fields]
    if found is not None:
        return await fresh(dut, operation)
    if (setting := setting_of(dut.model, operation)) is not None:
        return await as_it_is(dut, setting)
    return [
        (name, await _value(dut, name, parameter))
        for name, parameter in known.parameters.items()
        if not parameter.optional
    ]


async def as_it_is(dut: PacketDut, setting: Setting) -> FieldList:
    """Fields that change a setting to what it is now; the journal will write them when the case has ended.

    Raises:
        CaseSkipped: a secret belongs to it that the device does not tell, so that it could not be set back.
        CaseInconclusive: it could not be read.
    """
    effect = dut.model.operations[setting.set].effect
    if not dut.target.allow.covers(effect):
        raise CaseSkipped(f"{setting.set} is {effect.value}, which [target.allow] does not permit")
    now = await read_setting(dut, setting)
    fields = []
    for name, parameter in dut.model.operations[setting.set].parameters.items():
        values = [value for field, value in now if field == name]
        if name in dut.syntax.secrets and name not in setting.fields:
            if not dut.target.allow.destructive:
                raise CaseSkipped(f"{name} of {setting.set} could not be set back, for {setting.get} does not tell it")
            values = [next(iter(parameter.examples), "clausewise")]
        if not values and dut.model.types[parameter.type].open_forms and not parameter.examples:
            raise CaseSkipped(f"no value of {name} of {setting.set} is known: {setting.get} does not tell it")
        if not values and not parameter.optional and not parameter.repeated:
            values = [await _value(dut, name, parameter)]
        fields += [(name, value) for value in values]
    await Note("add", setting.set, tuple(f"{name}={value}" for name, value in fields))
    return fields


async def fresh(dut: PacketDut, operation: str) -> FieldList:
    """Fields of a command that adds an object, with names that no other has."""
    fields = []
    for name, parameter in dut.model.operations[operation].parameters.items():
        kind = dut.model.types[parameter.type]
        example = next(iter(parameter.examples), "")
        if parameter.optional:
            continue
        if parameter.blank and not parameter.repeated:
            fields.append((name, ""))
        elif kind.base is Base.WORD:
            fields.append((name, dut.unique("clausewise")))
        elif (kind.base is Base.TEXT or "word" in kind.open_forms) and example.isdecimal():  # what is dialled
            fields.append((name, str(100_000 + dut.rng.randrange(900_000))))
        elif kind.base is Base.IPV4:
            fields.append((name, f"10.{dut.rng.randrange(256)}.{dut.rng.randrange(256)}.{1 + dut.rng.randrange(254)}"))
        else:
            fields.append((name, await _value(dut, name, parameter)))
    return fields


async def add_record(dut: PacketDut, kind: str, values: Mapping[str, str] = MappingProxyType({})) -> Values:
    """Add an object of a kind, of this case's own; gives its fields as the device has confirmed them, the key among them.

    Raises:
        CaseInconclusive: the device did not add it.
    """
    record = dut.model.records[kind]
    fields = [(name, values.get(name, value)) for name, value in await fresh(dut, record.add)]
    packet = await dut.setup(record.add, fields)
    made = {**dict(fields), **fields_of(dut, record.add, packet.first)}
    if packet.step in dut.adopted:
        made[record.key] = dut.adopted[packet.step]
    elif record.key not in dict(fields):
        made.pop(record.key, None)
    if not made.get(record.key):
        raise CaseInconclusive(f"{record.add} did not say which {record.key} it made: {packet.describe()}")
    if record.id is not None and not made.get(record.id):
        raise CaseInconclusive(f"{record.add} did not say which {record.id} it made: {packet.describe()}")
    return made


def fields_of(dut: PacketDut, operation: str, part: Part) -> Values:
    """The fields of a confirm by their names in the spec, the last value of each."""
    message = dut.model.operations[operation].confirm
    known = message.fields if message is not None else {}
    return {
        name: part.all(*spelled(one.names, name))[-1]
        for name, one in known.items()
        if part.all(*spelled(one.names, name))
    }


async def make_record(dut: PacketDut, kind: str) -> str:
    """The key of an object of this kind that the run has made for all cases that only look at it; see `harness.suite`."""
    return (await add_record(dut, kind))[dut.model.records[kind].key]


async def read_setting(dut: PacketDut, setting: Setting, *, judged: bool = False) -> FieldList:
    """What a setting is now, as fields of the command that changes it.

    Raises:
        CaseInconclusive: it could not be read.
    """
    fields = [
        (name, await _value(dut, name, parameter))
        for name, parameter in dut.model.operations[setting.get].parameters.items()
        if name == setting.select or not (parameter.optional or (setting.select and parameter.unless == setting.select))
    ]
    packet = await dut.command(setting.get, fields, judged=judged)
    if not packet.ok:
        raise CaseInconclusive(f"{setting.get} did not succeed: {packet.describe()}")
    found = values_in(dut, setting, packet)
    told = {name for name, _ in found}
    return found + [(name, value) for name, value in fields if name == setting.select and name not in told]


def values_in(dut: PacketDut, setting: Setting, packet: Packet) -> FieldList:
    """The values of a setting in the answer of the command that reads it, as fields of the one that changes it."""
    message = dut.model.operations[setting.get].confirm
    known = message.fields if message is not None else {}
    same = {name: name for name in dut.model.operations[setting.set].parameters if name in known}
    found = []
    for name, field in {**same, **setting.fields}.items():
        values = packet.first.all(*_usual(dut, known, field))
        # Where why it succeeded stands in a field of the same name, it comes before the object's own.
        found += [(name, value) for value in (values[-1:] if field == dut.syntax.reason else values)]
    return found


def _usual(dut: PacketDut, known: Mapping[str, MessageField], field: str) -> tuple[str, ...]:
    """The spellings of a field but for those of unusual readings, under which it may be something else."""
    if field not in known or known[field].ambiguity is None:
        return (field,)
    readings = dut.model.ambiguities[known[field].ambiguity or ""].readings
    return tuple(name for reading, name in known[field].names.items() if not readings[reading].unusual) or (field,)


async def _value(dut: PacketDut, name: str, parameter: Parameter) -> str:
    """A value that a command takes."""
    if parameter.object is not None:
        return await dut.shared(parameter.object, "any")
    kind = dut.model.types[parameter.type]
    if parameter.examples:
        return parameter.examples[0]
    if kind.choices:
        return kind.choices[0]
    if kind.base is Base.INT:
        return str(max(kind.minimum or 0, 1))
    if kind.base is Base.IPV4:
        return "10.0.0.1"
    return "" if kind.base is Base.TEXT else dut.unique(f"clausewise {name}")


def other_value(kind: DataType, value: str) -> str:
    """Another value of the type than this one."""
    if kind.choices:
        return next(choice for choice in kind.choices if choice != value)
    if kind.base is Base.INT:
        number = int(value) if value.isdecimal() and len(value) <= _DIGITS else 0
        return str(number + 1 if kind.maximum is None or number < kind.maximum else number - 1)
    if kind.base is Base.IPV4:
        return "10.11.12.14" if value == "10.11.12.13" else "10.11.12.13"
    return "clausewise 2" if value == "clausewise" else "clausewise"


# Spelling


async def find_spelling(dut: PacketDut, what: str) -> str:
    """How the device wants the root, the name of an operation, or a field of one (`operation.field`) to be spelled.

    Where it takes none of the documented spellings it is the first: what uses it then finds that it is not there.
    """
    if what == "root":
        return await _find_root(dut)
    if what == "login":
        return await _find_login(dut)
    operation, _, field = what.partition(".")
    return await (_find_field(dut, operation, field) if field else _find_name(dut, operation))


def _pinned(dut: PacketDut, spellings: Mapping[str, str], ambiguity: str | None) -> list[str]:
    reading = dut.target.dialect.get(ambiguity or "", "")
    return [spellings[reading]] if reading in spellings else list(dict.fromkeys(spellings.values()))


async def _find_root(dut: PacketDut) -> str:
    known = [*dut.target.fixture_texts("root_name"), *_pinned(dut, dut.syntax.roots, dut.syntax.root_ambiguity)]
    for number, root in enumerate(dict.fromkeys(known)):
        dut.spell("root", root)
        for word in _logins(dut):
            dut.spell("login", word)
            try:
                packet = await dut.try_login(link=f"root-{number}-{word}", judged=False)
            except CaseInconclusive:
                break
            if packet.ok:
                return root
    return known[0]


def _logins(dut: PacketDut) -> tuple[str, ...]:
    """What a login says of indications that it does not want: nothing, or, where a device asks for that, no."""
    kind = dut.model.types[dut.model.operations[dut.syntax.login].parameters[dut.syntax.subscribe].type]
    return (PLAIN, *(choice for choice in kind.choices if choice != dut.syntax.subscribed))


async def _find_login(dut: PacketDut) -> str:
    words = _logins(dut)
    for word in words:
        dut.spell("login", word)
        packet = await dut.try_login(link=f"login-{word}", judged=False)
        if packet.ok:
            dut.binding.chosen["login"] = word
            return word
    return words[0]


async def _find_name(dut: PacketDut, operation: str) -> str:
    known = dut.model.operations[operation]
    spellings = _pinned(dut, names_of(known.command, operation), known.command.ambiguity if known.command else None)
    message = known.confirm
    sure = (
        {}
        if message is None
        else {n: one for n, one in message.fields.items() if not (one.optional or one.absent or one.repeated)}
    )
    own = [spelled(one.names, name) for name, one in sure.items()]
    _first_spellings(dut, operation)
    for number, name in enumerate(spellings):
        dut.spell(operation, name)
        link = f"{operation}-{number}"
        packet = await dut.command(operation, await sample(dut, operation), link=link, judged=False)
        answered = operation in operation_of(dut.model, packet.first, "confirm")
        if packet.ok and answered and (not own or any(packet.first.get(*names) is not None for names in own)):
            return name
    return spellings[0]


def _first_spellings(dut: PacketDut, operation: str) -> None:
    """Spell all fields in their first way while something else about the command is found out."""
    for name, parameter in dut.model.operations[operation].parameters.items():
        if parameter.names:
            dut.spell(f"{operation}.{name}", next(iter(parameter.names.values())))


async def _find_field(dut: PacketDut, operation: str, field: str) -> str:
    known = dut.model.operations[operation]
    parameter = known.parameters[field]
    spellings = _pinned(dut, parameter.names, parameter.name_ambiguity)
    echoes = [
        spelled(one.names, name)
        for name, one in (known.confirm.fields if known.confirm else {}).items()
        if one.echo == field
    ]
    setting = setting_of(dut.model, operation)
    _first_spellings(dut, operation)
    for number, name in enumerate(spellings):
        dut.spell(f"{operation}.{field}", name)
        before = await sample(dut, operation)
        value = other_value(dut.model.types[parameter.type], dict(before).get(field, ""))
        changed = [(one, value if one == field else text) for one, text in before]
        # On a connection of its own, which may end of it; then a case shall see that it does.
        packet = await dut.command(operation, changed, link=f"{operation}.{field}-{number}", judged=False)
        if not packet.ok or operation not in operation_of(dut.model, packet.first, "confirm"):
            continue
        taken = all(packet.first.get(*names) in (value, None) for names in echoes)
        if setting is not None:
            after = dict(await read_setting(dut, setting))
            taken = after.get(field) == value or field not in after
            await dut.command(operation, before, judged=False)
        if taken:
            return name
    return spellings[0]


async def from_list(dut: PacketDut, kind: str, name: str) -> str:
    """The first value of a field in the list of a kind of record.

    Raises:
        CaseSkipped: there is none.
    """
    packet = await dut.setup(dut.model.records[kind].list)
    found = next((part.get(name) for part in packet.listed() if part.get(name)), None)
    if found is None:
        raise CaseSkipped(f"the device has no {kind}")
    return found
