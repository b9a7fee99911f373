"""The bindings by the name of their protocol; a new protocol is one line here."""

from __future__ import annotations

from harness.errors import SpecError
from harness.messages.binding import Binding
from harness.messages.http import HttpBinding
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
    if protocol == "http" and system.http is not None:
        return HttpBinding(system)
    raise SpecError(
        f"specs/{system.system}",
        f"interfaces.{interface}.protocol",
        expected="lines with a section `lines`, or http with a section `http`",
        got=protocol,
    )
