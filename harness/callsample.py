"""What calls need: valid members, objects of every kind, and figures of the device that limits refer to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from harness.callnotes import made_by
from harness.callview import CallView
from harness.errors import InternalError
from harness.flow import CaseInconclusive, CaseSkipped
from harness.messages.calltexts import text_of_value, value_of_text
from harness.spec.callmodel import Bound, Kind, Member, Rounded, Scalar
from harness.spec.callvalues import choices_at, exists, members_at, type_at, typed
from harness.spec.documentmodel import Requirement
from harness.wire.xmlrpc_values import Plain
from harness.wire.xmlrpc_writing import Writable

NOWHERE = "http://192.0.2.1/"  # TEST-NET-1, RFC 5737
_DAY = datetime(2024, 2, 29, 12, 30, 15)  # noqa: DTZ001  # dates of calls have no zone
TOLD = "told"  # kind of what is asked for once a run; the suite provides it with `find_told`


class CallSampleView(CallView):
    """A view that can make what calls need."""

    async def sample(self, method: str, *, own: bool = False, without: Collection[str] = ()) -> dict[str, Writable]:
        """Members of a call that should succeed: those that are required or that others need, valid, each text of its own.

        Args:
            own: the objects that it names are made for this case; those that it ends always are.
            without: members that are left out all the same.

        Raises:
            CaseSkipped: it needs an object that there is none of.
        """
        operation = self.model.operations[method]
        call = operation.call
        if call is None:
            raise InternalError(f"{method} is not called with a struct")
        named = self._named_by_fixture(method)
        found: dict[str, Writable] = {}
        for name, member in members_at(self.syntax, call.takes, self.version).items():
            if not member.required or name in without:
                continue
            if name in named:
                found[name] = self.fixture(*named[name])
            elif member.object is not None:
                ends = name == call.ends or self._takes_back(method, member.object)
                found[name] = await self.thing(member.object, own=own or ends, member=member)
            else:
                found[name] = await self.valid(member)
        await self._needed(call.needs, call.takes, found, without)
        return found

    def _named_by_fixture(self, method: str) -> Mapping[str, Collection[str]]:
        """The member with which a method is told what to make, where only the target file knows what can be."""
        undo = self.model.operations[method].undo
        fixtures = next((one.fixtures for one in self.model.objects.values() if one.created_by == method), {})
        slot = undo.arguments[0].partition("=")[2] if undo is not None else ""
        return {slot[len("{taken.") : -1]: fixtures.values()} if fixtures and slot.startswith("{taken.") else {}

    def _takes_back(self, method: str, kind: str) -> bool:
        """Whether a method undoes what made an object of a kind."""
        creator = self.model.operations.get(self.model.objects[kind].created_by or "")
        return creator is not None and creator.undo is not None and creator.undo.operation == method

    async def _needed(
        self,
        needs: list[Requirement],
        known: Mapping[str, Member],
        found: dict[str, Writable],
        without: Collection[str],
    ) -> None:
        """Add what must stand beside what is there."""
        for need in needs:
            if not all(_is(found.get(name), values) for name, values in need.when.items()):
                continue
            if any(all(name in found for name in group) for group in need.groups):
                continue
            for name in need.groups[0]:
                if (
                    name not in found
                    and name not in without
                    and exists(self.syntax.versions, self.version, known[name])
                ):
                    found[name] = await self.valid(known[name])

    async def valid(self, what: Member | str) -> Writable:
        """A valid value of a member, or of a scalar or struct by its name: no text is the same twice."""
        if isinstance(what, str):
            if what in self.model.structs:
                return await self._struct(what)
            return self._scalar(self.model.scalars[what])
        value = await self._single(what)
        return [value, *[await self._single(what) for _ in range(1, what.least or 1)]] if what.array else value

    async def _single(self, member: Member) -> Writable:
        if member.struct is not None:
            return await self._struct(member.struct)
        if member.object is not None:
            return await self.thing(member.object, member=member)
        kind = self.model.scalars[type_at(self.syntax, member, self.version) or next(iter(member.types.values()))]
        if kind.base is Kind.INT and member.at_least is not None:
            low = await self.bound(member.at_least)
            if low is not None:
                return max(low, kind.minimum or 0)
        return self._scalar(kind)

    async def _struct(self, name: str) -> dict[str, Writable]:
        struct = self.model.structs[name]
        known = members_at(self.syntax, struct.members, self.version)
        found = {one: await self.valid(member) for one, member in known.items() if member.required}
        await self._needed(struct.needs, known, found, ())
        return found

    def _scalar(self, kind: Scalar) -> Writable:
        if kind.choices:
            words = [word for word in choices_at(self.syntax, kind, self.version) if word not in kind.experimental]
            return typed(kind, (words or kind.choices)[0])
        match kind.base:
            case Kind.INT:
                least = 1 if kind.minimum is None or kind.minimum < 0 else kind.minimum
                return least if kind.maximum is None else min(least, kind.maximum)
            case Kind.BOOLEAN:
                return True
            case Kind.BASE64:
                return self.rng.randbytes(min(kind.maximum or 8, 8))
            case Kind.DATE_TIME:
                return _DAY
            case Kind.DOUBLE:
                return 1.0
        return self._text(kind)

    def _text(self, kind: Scalar) -> str:
        """A text that no other case uses, as far as its type has room for that."""
        number = self.rng.getrandbits(32)
        if kind.form == "conference-uri":
            return f"7{number:010d}"
        if kind.alphabet or kind.form == "decimal":
            signs = kind.alphabet or "0123456789"
            digits = "".join(signs[(number >> 3 * place) % len(signs)] for place in range(8))
            return digits[: kind.maximum or 8]
        if kind.form == "http-uri":
            return self.receiver_uri(f"{number:08x}")[: kind.maximum]
        if kind.examples:
            return kind.examples[0]
        return {
            "ipv4": "192.0.2.1", "ip": "192.0.2.1", "ipv6": "2001:db8::1", "mac": "02:00:5E:00:53:01", "host": "example.invalid",
        }.get(kind.form or "", f"cw{number:08x}"[: kind.maximum])  # fmt: skip

    def receiver_uri(self, name: str = "") -> str:
        """A URI to which the device may send something that nobody reads."""
        return NOWHERE + name

    # objects

    async def thing(self, kind: str, *, own: bool = False, member: Member | None = None) -> Writable:
        """The id of an object: one that cases share, or one of this case's own.

        Raises:
            CaseSkipped: there is none.
            CaseInconclusive: the device did not make it.
        """
        found: object = await self.made(kind) if own else await self.shared(kind, "any")
        known = self.model.scalars.get(member.type or "") if member is not None else None
        if known is not None and known.base is Kind.INT:
            return int(str(found))
        return str(found)

    async def made(self, kind: str, members: Mapping[str, Writable] | None = None) -> str:
        """The id of a new object, which is removed at the end of the case, or of the run where a provider makes it.

        Args:
            members: of the call that makes it, besides those of the sample.

        Raises:
            CaseSkipped: nothing makes one, or not here.
            CaseInconclusive: the device did not make it.
        """
        creator = self.model.objects[kind].created_by
        if creator is None:
            return await self.shared(kind, "any")
        reply = await self.setup(creator, {**await self.sample(creator), **(members or {})})
        made = made_by(self.model, reply)
        if made is None:
            raise CaseInconclusive(f"{creator} did not name what it has made: {reply.describe()}")
        return str(made)

    # figures of the device

    async def told(self, what: str) -> Plain:
        """What the device tells at `method:member`, asked once a run.

        Raises:
            CaseInconclusive: it does not.
        """
        found: Plain = value_of_text(await self.shared(TOLD, what))
        return found

    async def bound(self, bound: Bound | Rounded) -> int | None:
        """A limit that the device tells; None where it is a member beside it, or no number."""
        if bound.method is None:
            return None
        value = await self.told(f"{bound.method}:{bound.member}")
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is(value: Writable | None, values: list[str]) -> bool:
    """Whether a member that is to be sent has one of these values; an empty list: it is there."""
    if value is None:
        return False
    return not values or ("true" if value is True else "false" if value is False else str(value)) in values


async def find_told(dut: CallSampleView, what: str) -> str:
    """What the device tells at `method:member`; a provider of suites: `SUITE.provides("told")(find_told)`.

    Raises:
        CaseInconclusive: it does not.
    """
    method, _, member = what.partition(":")
    call = dut.model.operations[method].call
    if call is None or any(one.required for one in call.takes.values()):
        raise CaseSkipped(f"{method} cannot be asked without more")
    reply = await dut.setup(method)
    value = reply.value(member)
    if value is None:
        raise CaseInconclusive(f"{method} does not tell {member}: {reply.describe()}")
    return text_of_value(value)
