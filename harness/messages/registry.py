"""The bindings by the name of their protocol; a new protocol is one line here."""

from __future__ import annotations

from harness.errors import SpecError
from harness.messages.binding import Binding
from harness.messages.lines import LineBinding
from harness.spec.model import System


def binding_for(system: System, interface: str) -> Binding:
    """The binding of one interface of a system.

    Raises:
        SpecError: the spec names a protocol that there is no binding for.
    """
    protocol = system.interfaces[interface].protocol
    if protocol == "lines" and system.lines is not None:
        return LineBinding(system, system.lines)
    raise SpecError(
        f"specs/{system.system}",
        f"interfaces.{interface}.protocol",
        expected="lines, with a section `lines`",
        got=protocol,
    )
