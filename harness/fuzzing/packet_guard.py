"""What a fuzzer of packets never sends to a device of somebody: commands that a lenient device might do to what is not the fuzzer's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from harness.fuzzing.packet_kit import Asked, Kind
from harness.messages.packets import PacketBinding
from harness.spec.model import Effect

# With this the names of all objects that scripts make begin.
MARK = "cw-"
TOKEN = re.compile(rb"cw-[0-9a-f]{8}")


class PacketGuard:
    """Decides over bytes before they leave.

    Args:
        guarded: False for a server of our own.
    """

    def __init__(self, binding: PacketBinding, kinds: Sequence[Kind], *, guarded: bool = True) -> None:
        self._binding = binding
        self._guarded = guarded
        self._names = {kind.add: kind.name for kind in kinds}
        self._names |= {kind.modify: kind.name for kind in kinds if kind.modify is not None}
        self._names |= {kind.remove: kind.key for kind in kinds}
        self._steps: dict[
            str, frozenset[str]
        ] = {}  # operation -> values of its first parameter but the language that are ours
        self._login = binding.syntax.login
        self._user = binding.syntax.user

    def own(self, operation: str, values: Sequence[str]) -> None:
        """A command may be sent that names one of these, for its user sets back what it changes."""
        self._steps[operation] = self._steps.get(operation, frozenset()) | frozenset(values)

    def objection(self, asked: Sequence[Asked], shown: bytes, known: Collection[str] = ()) -> str:
        """Why these bytes are not sent; "" if they may be.

        Args:
            asked: the packets in them and before them that are whole.
            known: ids that answers to this script have told of its own objects.
        """
        if not self._guarded:
            return ""
        effect, operation = self._binding.effect(shown)
        if effect is not Effect.READ:
            for one in asked:
                name = one.value(self._names.get(one.operation, "")) or ""
                ours = self._steps.get(one.operation, frozenset())
                if not (TOKEN.match(name.encode()) or name in known or any(value in ours for _, value in one.fields)):
                    return f"a device might do {operation} to what is not ours"
            if not asked:
                return f"a device might do {operation} to what is not ours"
        for one in asked:
            user = dict(self._binding.login_fields()).get(self._user)
            if one.operation == self._login and one.outcomes.isdisjoint({"success"}) and one.value(self._user) == user:
                return "a login with a wrong password might lock the account"
        return ""
