"""Mistakes in the rules of XML messages, in what commands, confirms and indications carry, and in records and settings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from harness.datatypes import is_value
from harness.spec.messagemodel import Message, MessageField, MessageSyntax, Records, Setting
from harness.spec.mistake import Keys, Mistake, known
from harness.spec.model import Operation, Parameter, System

# What the checks, cases and offline validation cite by name; each needs a clause.
MESSAGE_RULES = (
    "version", "reserved", "length", "one-message", "stream", "one-reply", "order",
    "encoding", "well-formed", "root", "root-version", "kind", "name", "value", "result", "reason", "once",
    "characters", "extra", "failure-changes-nothing", "malformed", "unknown-command",
    "login-session", "session-accepted", "session-required", "session-wrong", "idle", "not-idle", "activity", "logout",
    "login-refused", "login-refused-session", "privilege", "session-independent",
    "indication", "not-asked", "one-indication", "indication-content", "no-change", "indication-order",
    "indication-apart", "indication-ended",
)  # fmt: skip
# Rules that a document need not have; the checks do without.
MORE_RULES = ("failure-everywhere", "settings-apart")
# What a spec may say that its document leaves open.
MESSAGE_POINTS = (
    "declared-encoding", "failed-confirm", "indication-content", "unknown-command", "malformed", "bad-header",
    "session-connection", "second-login", "connection-end", "own-indication", "other-indication",
    "missing-parameter", "no-session", "unknown-field", "repeated-field", "name-spelling", "root-version", "empty-list",
    "value-outside", "long-value", "account-change",
)  # fmt: skip
FRAMINGS = {"tpkt": 65_535}  # framing -> bytes of its longest packet
# The reading of such an ambiguity under which a field is left out, is blank, or takes any text, is called so.
LENIENT = {"absent": "absent", "empty": "empty", "any_value": "any"}
# Ambiguities whose readings the checks know by name.
_READINGS = {"failed-confirm": ("bare", "reason", "full"), "empty-list": ("none",)}


def message_mistakes(system: System) -> Iterator[Mistake]:
    """Every mistake in `messages`, `records`, `settings`, and in what operations say of messages."""
    speaks = any(interface.protocol == "messages" for interface in system.interfaces.values())
    syntax = system.messages
    if speaks != (syntax is not None):
        expected = (
            "the rules of XML messages, for an interface speaks them" if speaks else "an interface that speaks them"
        )
        yield Mistake(("messages",), expected, "none")
    if syntax is not None:
        yield from _syntax(system, syntax)
    for name, operation in system.operations.items():
        yield from _operation(system, ("operations", name), operation)
    for name, record in system.records.items():
        yield from _record(system, ("records", name), record)
    for name, setting in system.settings.items():
        yield from _setting(system, ("settings", name), setting)


def _ambiguity(system: System, keys: Keys, name: str | None) -> Iterator[Mistake]:
    yield from known(keys, name, system.ambiguities, "the id of an ambiguity")


def _clause(system: System, keys: Keys, name: str | None) -> Iterator[Mistake]:
    yield from known(keys, name, system.clauses, "the id of a stated clause")


def _spellings(
    system: System, place: Keys, key: str, names: Mapping[str, str], ambiguity: str | None, own: str
) -> Iterator[Mistake]:
    """Spellings by reading, and the ambiguity whose readings they are."""
    yield from _ambiguity(system, (*place, own), ambiguity)
    if names and ambiguity is None and (own != "root_ambiguity" or len(set(names.values())) > 1):
        yield Mistake((*place, key), f"{own}, whose readings name them", "none")
    if ambiguity is not None and not names:
        yield Mistake((*place, own), f"{key}, one for each reading", "none")
    if ambiguity in system.ambiguities:
        readings = system.ambiguities[ambiguity].readings
        for reading in names:
            yield from known((*place, key, reading), reading, readings, f"a reading of {ambiguity}")


# messages


def _syntax(system: System, syntax: MessageSyntax) -> Iterator[Mistake]:
    place: Keys = ("messages",)
    yield from known((*place, "framing"), syntax.framing, FRAMINGS, "a framing that there is a codec of")
    most = FRAMINGS.get(syntax.framing)
    if most is not None and not 4 < syntax.longest <= most:
        yield Mistake((*place, "longest"), f"5 to {most} bytes", str(syntax.longest))
    if syntax.idle_s < 1:
        yield Mistake((*place, "idle_s"), "1 or more", str(syntax.idle_s))
    if not syntax.roots:
        yield Mistake((*place, "roots"), "a spelling at least", "none")
    yield from _spellings(system, place, "roots", syntax.roots, syntax.root_ambiguity, "root_ambiguity")
    kinds = (syntax.command, syntax.confirm, syntax.indication)
    if len(set(kinds)) < len(kinds):
        yield Mistake((*place, "indication"), "names of their own for the three kinds", ", ".join(kinds))
    if syntax.success == syntax.failure:
        yield Mistake((*place, "failure"), "another result than that of a success", syntax.failure)
    for name, ambiguity in syntax.other_names.items():
        yield from _ambiguity(system, (*place, "other_names", name), ambiguity)
        if ambiguity in system.ambiguities and name not in system.ambiguities[ambiguity].readings:
            yield Mistake((*place, "other_names", name), f"a reading of {ambiguity}", name)
    yield from known((*place, "refused"), syntax.refused, system.errors, "an error of the catalogue")
    yield from _ambiguity(system, (*place, "language"), syntax.language)
    yield from _session(system, place, syntax)
    for point, ambiguity in syntax.open_points.items():
        here = (*place, "open_points", point)
        yield from known(here, point, MESSAGE_POINTS, "something that documents leave open")
        yield from _ambiguity(system, here, ambiguity)
        for reading in _READINGS.get(point, ()) if ambiguity in system.ambiguities else ():
            if reading not in system.ambiguities[ambiguity].readings:
                readings = ", ".join(system.ambiguities[ambiguity].readings)
                yield Mistake(here, f"an ambiguity with a reading {reading!r}", f"{ambiguity} ({readings})")
    for rule, clause in syntax.rules.items():
        yield from known((*place, "rules", rule), rule, (*MESSAGE_RULES, *MORE_RULES), "a rule of the checks")
        yield from _clause(system, (*place, "rules", rule), clause)
    for rule in MESSAGE_RULES:
        if rule not in syntax.rules:
            yield Mistake((*place, "rules"), f"the rule {rule!r} with its clause", "none")


def _session(system: System, place: Keys, syntax: MessageSyntax) -> Iterator[Mistake]:
    """What begins and ends a session, and the fields that it needs."""
    for key in ("login", "logout"):
        yield from known((*place, key), getattr(syntax, key), system.operations, "an operation")
    login = system.operations.get(syntax.login)
    if login is None:
        return
    for key in ("user", "password", "subscribe"):
        yield from known((*place, key), getattr(syntax, key), login.parameters, f"a parameter of {syntax.login}")
    fields = login.confirm.fields if login.confirm is not None else {}
    yield from known((*place, "session"), syntax.session, fields, f"a field of the confirm of {syntax.login}")
    for name in (syntax.session, syntax.password):
        if name not in syntax.secrets:
            yield Mistake((*place, "secrets"), f"{name} among them", ", ".join(syntax.secrets) or "none")
    parameter = login.parameters.get(syntax.subscribe)
    kind = system.types.get(parameter.type) if parameter is not None else None
    if kind is not None and not is_value(kind, syntax.subscribed):
        yield Mistake((*place, "subscribed"), f"a value of {syntax.subscribe}", repr(syntax.subscribed))
    names = _field_names(system)
    for index, name in enumerate(syntax.secrets):
        yield from known((*place, "secrets", str(index)), name, names, "a field of some message")


def _field_names(system: System) -> set[str]:
    """Every spelling of every field of a command, a confirm or an indication."""
    found = set[str]()
    for operation in system.operations.values():
        for name, parameter in operation.parameters.items():
            found |= {name, *parameter.names.values()}
        for message in (operation.confirm, operation.indication):
            for name, field in message.fields.items() if message is not None else ():
                found |= {name, *field.names.values()}
    return found


# operations


def _operation(system: System, place: Keys, operation: Operation) -> Iterator[Mistake]:
    for key in ("sessionless", "denied", "unimplemented"):
        yield from _ambiguity(system, (*place, key), getattr(operation, key))
    parts = [(key, getattr(operation, key)) for key in ("command", "confirm", "indication")]
    if operation.command is None:
        for key, message in parts:
            if message is not None:
                yield Mistake((*place, key), "`command`, which it answers or tells of", "none")
        for key in ("sessionless", "denied", "unimplemented"):
            if getattr(operation, key) is not None:
                yield Mistake((*place, key), "`command`, which says how it is asked for", "none")
        if system.messages is not None:
            yield Mistake(place, "`command`, which says how it is asked for", "none")
        return
    if system.messages is None:
        yield Mistake((*place, "command"), "the rules of XML messages under `messages`", "none")
    if operation.confirm is None:
        yield Mistake(place, "`confirm`, which answers it", "none")
    if operation.command.fields:
        names = ", ".join(operation.command.fields)
        yield Mistake((*place, "command", "fields"), "nothing, for its parameters are its fields", names)
    for key, message in parts:
        if message is not None:
            yield from _message(system, operation, (*place, key), message)
    for name, parameter in operation.parameters.items():
        yield from _parameter(system, operation, (*place, "parameters", name), parameter)


def _message(system: System, operation: Operation, place: Keys, message: Message) -> Iterator[Mistake]:
    if message.name and message.names:
        yield Mistake((*place, "name"), "either `name` or `names`", "both")
    if message.names or message.ambiguity is not None:
        names = message.names or {"": message.name}
        if message.names:
            yield from _spellings(system, place, "names", names, message.ambiguity, "ambiguity")
        else:
            yield from _ambiguity(system, (*place, "ambiguity"), message.ambiguity)
    yield from _ambiguity(system, (*place, "undocumented"), message.undocumented)
    if message.several and place[-1] != "confirm":
        yield Mistake((*place, "several"), "nothing, for only confirms are several", "true")
    owners: dict[str, str] = {}
    for name, field in message.fields.items():
        here: Keys = (*place, "fields", name)
        yield from _field(system, operation, here, field)
        for spelling in dict.fromkeys(field.names.values() or (name,)):
            if spelling in owners:
                yield Mistake(here, "a spelling of its own", f"{spelling}, as {owners[spelling]} may be spelled")
            owners.setdefault(spelling, name)


def _field(system: System, operation: Operation, place: Keys, field: MessageField) -> Iterator[Mistake]:
    yield from known((*place, "type"), field.type, system.types, "a type")
    yield from known((*place, "object"), field.object, system.objects, "an object")
    yield from _spellings(system, place, "names", field.names, field.ambiguity, "ambiguity")
    for key, reading in LENIENT.items():
        ambiguity = getattr(field, key)
        yield from _ambiguity(system, (*place, key), ambiguity)
        if ambiguity in system.ambiguities and reading not in system.ambiguities[ambiguity].readings:
            readings = ", ".join(system.ambiguities[ambiguity].readings)
            yield Mistake((*place, key), f"an ambiguity with a reading {reading!r}", f"{ambiguity} ({readings})")
    if field.optional and field.absent is not None:
        yield Mistake((*place, "absent"), "either `optional` or `absent`", "both")
    for key in ("echo", "needs"):
        name = getattr(field, key)
        yield from known((*place, key), name, operation.parameters, "one of the command's parameters")
    for name, kind in field.attributes.items():
        yield from known((*place, "attributes", name), kind, system.types, "a type")
        if system.messages is not None and name == system.messages.value:
            yield Mistake((*place, "attributes", name), "attributes beside the value", name)
    kind_ = system.types.get(field.type)
    for value, ambiguity in field.open_values.items():
        yield from _ambiguity(system, (*place, "open_values", value), ambiguity)
        if kind_ is not None and is_value(kind_, value):
            yield Mistake((*place, "open_values", value), f"what is no value of type {field.type}", repr(value))


def _parameter(system: System, operation: Operation, place: Keys, parameter: Parameter) -> Iterator[Mistake]:
    others = [name for name in operation.parameters if name != place[-1]]
    yield from known((*place, "unless"), parameter.unless, others, "another of the command's parameters")
    kind = system.types.get(parameter.type)
    for index, example in enumerate(parameter.examples):
        fits = kind is None or is_value(kind, example) or example in kind.open_choices
        if not fits and not (not example and (parameter.blank or parameter.empty)):
            yield Mistake((*place, "examples", str(index)), f"a value of type {parameter.type}", repr(example))


# records and settings


def _named(system: System, place: Keys, key: str, name: str | None, *, writes: bool) -> Iterator[Mistake]:
    """An operation that another part of the spec names by what it does."""
    yield from known((*place, key), name, system.operations, "an operation")
    operation = system.operations.get(name or "")
    if operation is not None and writes == (operation.effect.value == "read"):
        expected = "an operation that changes something" if writes else "an operation that only reads"
        yield Mistake((*place, key), expected, f"{name} ({operation.effect.value})")


def _record(system: System, place: Keys, record: Records) -> Iterator[Mistake]:
    for key, name in (("list", record.list), ("add", record.add), ("modify", record.modify), ("remove", record.remove)):
        yield from _named(system, place, key, name, writes=key != "list")
    for key in ("unique", "added", "modified", "removed", "unknown"):
        yield from _clause(system, (*place, key), getattr(record, key))
    if (record.modify is None) != (record.modified is None):
        lacking = "modified" if record.modified is None else "modify"
        yield Mistake(place, f"`{lacking}` too, or neither `modify` nor `modified`", "one of them")
    listed = _fields(system, record.list)
    if listed is not None:
        yield from known((*place, "key"), record.key, listed, f"a field of the confirm of {record.list}")
        yield from known((*place, "id"), record.id, listed, f"a field of the confirm of {record.list}")
        if not getattr(system.operations[record.list].confirm, "several", False):
            yield Mistake((*place, "list"), "a command whose confirm is `several`", record.list)
    for name in (record.modify, record.remove):
        operation = system.operations.get(name or "")
        if operation is not None and record.key not in operation.parameters:
            yield Mistake((*place, "key"), f"a parameter of {name}", record.key)


def _setting(system: System, place: Keys, setting: Setting) -> Iterator[Mistake]:
    yield from _named(system, place, "get", setting.get, writes=False)
    yield from _named(system, place, "set", setting.set, writes=True)
    yield from _clause(system, (*place, "clause"), setting.clause)
    read, changed = _fields(system, setting.get), system.operations.get(setting.set)
    parameters: Collection[str] = changed.parameters if changed is not None else ()
    if changed is not None:
        yield from known((*place, "select"), setting.select, parameters, f"a parameter of {setting.set}")
    for name, field in setting.fields.items():
        if changed is not None:
            yield from known((*place, "fields", name), name, parameters, f"a parameter of {setting.set}")
        if read is not None:
            yield from known((*place, "fields", name), field, read, f"a field of the confirm of {setting.get}")
    for name, others in setting.when.items():
        yield from known((*place, "when", name), name, setting.fields, "one of the setting's fields")
        for other in others:
            yield from known((*place, "when", name, other), other, parameters, f"a parameter of {setting.set}")


def _fields(system: System, name: str) -> Collection[str] | None:
    """The fields of a command's confirm; None if there is no such command."""
    operation = system.operations.get(name)
    return operation.confirm.fields if operation is not None and operation.confirm is not None else None
