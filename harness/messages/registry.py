"""The bindings by the name of their protocol; a new protocol is one line here."""

from __future__ import annotations

from harness.errors import SpecError
from harness.messages.binding import Binding
from harness.messages.calls import CallBinding
from harness.messages.documents import DocumentBinding, UrlBinding
from harness.messages.http import HttpBinding
from harness.messages.lines import LineBinding
from harness.messages.packets import PacketBinding
from harness.spec.model import System
from harness.target import Target


def binding_for(system: System, interface: str, target: Target | None = None) -> Binding:
    """The binding of one interface of a system; `target` has what it needs to log in.

    Raises:
        SpecError: the spec names a protocol that there is no binding for.
    """
    protocol = system.interfaces[interface].protocol
    if protocol == "lines" and system.lines is not None:
        return LineBinding(system, system.lines)
    if protocol == "http" and system.http is not None:
        return HttpBinding(system)
    if protocol == "messages" and system.messages is not None:
        return PacketBinding(system, system.messages, target)
    if protocol == "documents" and system.documents is not None:
        return DocumentBinding(system, system.documents)
    if protocol == "urls" and system.documents is not None:
        return UrlBinding(system, system.documents)
    if protocol == "calls" and system.calls is not None:
        return CallBinding(system, system.calls, target)
    raise SpecError(
        f"specs/{system.system}",
        f"interfaces.{interface}.protocol",
        expected="lines, http, messages, documents, urls or calls, with the section that belongs to it",
        got=protocol,
    )
