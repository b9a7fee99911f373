"""What is wrong with one command of XML messages, for offline validation: its name, its session, and the fields of its parameters."""

from __future__ import annotations

from harness.messages.packetreply import Part, spelled
from harness.messages.packets import names_of
from harness.messages.reply import readable
from harness.openforms import value_readings
from harness.spec.messagemodel import MessageSyntax
from harness.spec.model import Operation, Parameter, Rule, System
from harness.validation import Finding, mismatch
from harness.wire.xmlmessage import Element, Field


class CommandJudge:
    """Judges commands of one operation.

    Args:
        found: what is found is added there.
        fits: ambiguity -> the readings that each place fits; added to.
    """

    def __init__(
        self, system: System, syntax: MessageSyntax, name: str, found: Finding, fits: dict[str, list[frozenset[str]]]
    ) -> None:
        self.system = system
        self.syntax = syntax
        self.name = name
        self.found = found
        self._fits = fits

    def _open(self, point: str) -> bool:
        """Note that something rests on an open point; False if nothing is open there."""
        ambiguity = self.syntax.open_points.get(point)
        if ambiguity is not None:
            self.found.depends(self.system, ambiguity)
        return ambiguity is not None

    def judge(self, element: Element) -> None:
        """Judge one command."""
        syntax, operation = self.syntax, self.system.operations[self.name]
        base = f"{self.system.prefix}-{self.name}"
        given = Part(element=element, syntax=syntax).name or ""
        names = names_of(operation.command, self.name)
        fits = frozenset(reading for reading, name in names.items() if name == given)
        near = frozenset(r for r, name in names.items() if name.strip().lower() == given.strip().lower())
        if not near:
            wanted = " or ".join(dict.fromkeys(names.values()))
            message = f"expected the name {wanted}, got {readable(given.encode(), 60)!r}"
            self._breaks(base, element.line, element.column, message)
        elif not fits and not self._open("name-spelling"):
            self._breaks(syntax.rules["name"], element.line, element.column, f"expected {min(names.values())}")
        ambiguity = operation.command.ambiguity if operation.command is not None else None
        if ambiguity is not None and near:
            self._fits.setdefault(ambiguity, []).append(fits or near)
        left = list(element.fields)
        self._session(operation, element, left)
        # Those with one spelling first: another may be spelled like them.
        for name, parameter in sorted(operation.parameters.items(), key=lambda one: len(one[1].names)):
            known = spelled(parameter.names, name)
            here = [one for one in left if one.name in known]
            if parameter.names and not parameter.repeated:
                here = here[:1]
            left = [one for one in left if all(one is not own for own in here)]
            self._parameter(f"{base}.{name}", name, parameter, here, operation, element)
        for one in left:
            if not self._open("unknown-field"):
                self._breaks(base, one.line, one.column, f"{self.name} has no parameter {one.name[:60]}")

    def _session(self, operation: Operation, element: Element, left: list[Field]) -> None:
        syntax = self.syntax
        here = [one for one in left if one.name == syntax.session]
        left[:] = [one for one in left if one.name != syntax.session]
        values = [one.attributes.get(syntax.value, "") for one in here]
        if self.name == syntax.login:
            if here:
                self._open("unknown-field")
            return
        if not any(value.strip() for value in values):
            if operation.sessionless is not None:
                self.found.depends(self.system, operation.sessionless)
                return
            place = here[0] if here else element
            message = f"expected the field {syntax.session} with a session, got {'a blank one' if here else 'none'}"
            self._breaks(syntax.rules["session-required"], place.line, place.column, message)
        if len(here) > 1:
            self._open("repeated-field")

    def _parameter(
        self,
        clause: str,
        name: str,
        parameter: Parameter,
        here: list[Field],
        operation: Operation,
        element: Element,
    ) -> None:
        if not here:
            instead = operation.parameters.get(parameter.unless or "")
            replaced = instead is not None and any(
                one.name in spelled(instead.names, parameter.unless or "") for one in element.fields
            )
            if parameter.missing_ambiguity is not None:
                self.found.depends(self.system, parameter.missing_ambiguity)
            elif not (parameter.optional or parameter.repeated or replaced):
                self._breaks(clause, element.line, element.column, f"expected the field {name}, which is not there")
            return
        if len(here) > 1 and not parameter.repeated and not self._open("repeated-field"):
            self._breaks(clause, here[1].line, here[1].column, f"expected {name} once, got {len(here)}")
        if parameter.name_ambiguity is not None:
            written = {one.name for one in here}
            fits = frozenset(reading for reading, spelling in parameter.names.items() if spelling in written)
            self._fits.setdefault(parameter.name_ambiguity, []).append(fits)
        for one in here:
            self._value(clause, parameter, one)

    def _value(self, clause: str, parameter: Parameter, field: Field) -> None:
        value = field.attributes.get(self.syntax.value)
        place = field.line, field.column
        if value is None or field.text or field.nested:
            got = "text or elements in it" if value is not None else "none"
            message = f"expected {field.name} with an attribute {self.syntax.value} and nothing in it, got {got}"
            self._breaks(self.syntax.rules["value"], *place, message)
            return
        for constraint in parameter.constraints:
            if constraint.rule is Rule.NOT_EMPTY and not value:
                self._breaks(f"{clause}.{constraint.rule}", *place, f"expected {field.name} not to be blank")
                return
        if not value and parameter.empty is not None:
            self.found.depends(self.system, parameter.empty)
            return
        readings = value_readings(self.system, self.system.types[parameter.type], value)
        if readings is None and parameter.any_text is not None:
            readings = (parameter.any_text,)
        for ambiguity in readings or ():
            self.found.depends(self.system, ambiguity)
        open_point = parameter.invalid_ambiguity
        if readings is None and open_point is not None and self.system.ambiguities[open_point].accepted:
            self.found.depends(self.system, open_point)
        elif readings is None and not (not value and parameter.blank):
            ending = ".type" if parameter.invalid and open_point is None else ""
            self._breaks(clause + ending, *place, f"{field.name}: {mismatch(self.system, parameter, value)}")

    def _breaks(self, clause: str, line: int, column: int, message: str) -> None:
        self.found.breaks(clause, column, message, line=line)
