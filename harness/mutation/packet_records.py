"""Mutants of what commands do together: objects that are listed, modified and removed wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from harness.mutation.mutant import Mutant, Operator
from harness.mutation.packet_pretend import Maker
from harness.mutation.packet_seen import Said, Seen
from harness.spec.messagemodel import Records
from harness.spec.model import Base, System
from harness.wire.xmlmessage import Element


def record_mutants(system: System) -> Iterator[Mutant]:
    """Every mutant of every kind of object."""
    for kind, record in system.records.items():
        yield from _Kind(system, kind, record).mutants()


class _Kind(Maker):
    """The mutants of one kind of object; `notes` hold the keys that were added and removed, and the list as it was."""

    def __init__(self, system: System, kind: str, record: Records) -> None:
        super().__init__(system)
        self._kind, self._record = kind, record
        confirm = system.operations[record.list].confirm
        self._fields = list(confirm.fields) if confirm is not None else []

    def mutants(self) -> Iterator[Mutant]:
        """See the module."""
        record, add = self._record, f"{self.system.system}.{self._record.add}"
        yield from self._listing(add)
        for name in self.system.operations[record.add].parameters:
            if name in self._fields and name != record.key and name not in self.syntax.secrets:
                yield self._makes(
                    record.added,
                    f"other-{name}",
                    Operator.SWAP,
                    f"has another {name} in the list",
                    partial(self._other, name),
                    f"{add}.*",
                )
        if record.modified is not None and record.modify is not None:
            yield from self._modified(record.modify, record.modified, add)
        yield from self._refusals(add)

    def _listing(self, add: str) -> Iterator[Mutant]:
        record = self._record
        yield self._makes(
            record.added, "not-listed", Operator.LOSE, "is not listed", self._without_added, f"{add}.listed"
        )
        yield self._makes(
            record.added,
            "not-the-third",
            Operator.LOSE,
            "is not listed if it is the third",
            self._without_third,
            f"{add}.several",
        )
        yield self._makes(record.added, "twice", Operator.DOUBLE, "is listed twice", self._twice, f"{add}.listed")
        yield self._makes(
            record.removed,
            "still-listed",
            Operator.STALE,
            "is still listed when it is removed",
            self._kept,
            f"{add}.removed",
        )
        yield self._makes(
            record.removed,
            "other-lost",
            Operator.LOSE,
            "takes another with it",
            self._other_lost,
            f"{add}.removed",
            f"{add}.several",
        )

    def _refusals(self, add: str) -> Iterator[Mutant]:
        record = self._record
        for clause, operations, word, near in (
            (record.unknown, (record.modify, record.remove), "unknown", (f"{add}.unknown", f"{add}.*unknown*", f"{add}.removed-twice")),
            (record.unique, (record.add,) if self._chosen() else (), "used", (f"{add}.unique",)),
        ):  # fmt: skip
            for operation in operations if clause is not None else ():
                if operation is not None and word == "used" and record.used is not None:
                    # A success alone breaks nothing where the other may take the new values; two of the name do.
                    yield self._makes(
                        clause or "",
                        f"two.{operation}",
                        Operator.DOUBLE,
                        "is listed beside another of its name",
                        self._beside,
                        *near,
                    )
                elif operation is not None:
                    yield self.says(
                        clause or "",
                        f"{word}-taken.{operation}",
                        Operator.ACCEPT,
                        f"{operation} takes a {record.key} that is {word}.",
                        partial(self._taken, operation),
                        near=near,
                    )
        if record.unknown is not None:
            yield self._makes(
                record.unknown,
                "removed-again",
                Operator.STALE,
                "is removed a second time",
                self._again,
                f"{add}.removed-twice",
            )
        if record.unique is not None and not self._chosen():
            yield self._makes(
                record.unique, "same", Operator.DOUBLE, "has the key of another", self._same_key, f"{add}.unique"
            )

    def _modified(self, modify: str, clause: str, add: str) -> Iterator[Mutant]:
        yield self._makes(
            clause,
            "stale",
            Operator.STALE,
            "is listed as it was before it was modified",
            self._stale,
            f"{add}.modified.*",
        )
        yield self._makes(
            clause,
            "all",
            Operator.OVERFLOW,
            "is not the only one that is modified",
            self._all_modified,
            f"{add}.modified.only-one",
        )
        yield self._makes(
            clause, "lost", Operator.LOSE, "is lost when it is modified", self._lost_modified, f"{add}.modified.*"
        )
        for name, parameter in self.system.operations[modify].parameters.items():
            if (
                name in self._fields
                and name not in (self._record.key, *self._record.open)  # whether what is open may change is not said
                and name not in self.syntax.secrets
                and not parameter.repeated
            ):
                yield self._makes(
                    clause,
                    f"stale-{name}",
                    Operator.STALE,
                    f"keeps its {name} when it is modified",
                    partial(self._stale_field, name),
                    f"{add}.modified.{name}",
                )
                yield self._makes(
                    f"{self.system.prefix}-{modify}.{name}",
                    "stale",
                    Operator.STALE,
                    f"keeps its {name} when it is modified",
                    partial(self._stale_field, name),
                    f"{add}.modified.{name}",
                )

    def _chosen(self) -> bool:
        known = self.system.operations[self._record.add].parameters
        return self._record.key in known and not known[self._record.key].optional

    def _makes(
        self, clause: str, word: str, operator: Operator, about: str, change: Callable[[Seen], Said], *near: str
    ) -> Mutant:
        def say(seen: Seen) -> Said:
            said = change(seen)
            self._note(seen)
            return said

        return self.says(clause, f"{self._kind}.{word}", operator, f"A {self._kind} {about}.", say, near=near)

    def _note(self, seen: Seen) -> None:
        """What was added, modified, removed, and how each was listed first."""
        key = self._key(seen)
        if seen.is_ok(self._record.add):
            seen.notes.setdefault("added", []).append(key)
            seen.notes.setdefault("removed", set()).discard(key)
            known = self.system.operations[self._record.add].parameters
            seen.notes.setdefault("sent", {})[key] = {
                name: text for name, text in seen.sent if name in known and not known[name].repeated
            }
        elif self._record.modify is not None and seen.is_ok(self._record.modify):
            seen.notes.setdefault("modified", {})[key] = dict(seen.sent)
        elif seen.is_ok(self._record.remove):
            seen.notes.setdefault("removed", set()).add(key)
        elif seen.is_ok(self._record.list):
            for one in seen.elements:
                seen.notes.setdefault("first", {}).setdefault(self._key_of(seen, one), one)

    def _key(self, seen: Seen) -> str:
        return seen.given(self._record.key) or seen.value(self._record.key)

    def _key_of(self, seen: Seen, one: Element) -> str:
        return next(iter(seen.values(one, self._record.key)), "")

    def _in_list(self, seen: Seen, change: Callable[[str, Element], Sequence[Element]]) -> Said:
        return seen.each(lambda one: change(self._key_of(seen, one), one)) if seen.is_ok(self._record.list) else None

    def _without_added(self, seen: Seen) -> Said:
        added = seen.notes.get("added", ())
        return self._in_list(seen, lambda key, one: [] if key in added else [one])

    def _without_third(self, seen: Seen) -> Said:
        added = seen.notes.get("added", ())
        return self._in_list(seen, lambda key, one: [] if key in added[2:] else [one])

    def _twice(self, seen: Seen) -> Said:
        added = seen.notes.get("added", ())
        return self._in_list(seen, lambda key, one: [one, one] if key in added else [one])

    def _kept(self, seen: Seen) -> Said:
        first, removed = seen.notes.get("first", {}), seen.notes.get("removed", set())
        if not seen.is_ok(self._record.list):
            return None
        model = seen.elements[-1]
        gone = [first.get(key) or seen.set(model, **{self._record.key: key}) for key in sorted(removed)]
        return seen.with_([*seen.elements, *gone])

    def _other_lost(self, seen: Seen) -> Said:
        if not seen.notes.get("removed") or not seen.is_ok(self._record.list):
            return None
        # The youngest of those that are left, which the case at hand has made: others may be gone for reasons of their own.
        kept = [key for key in reversed(seen.notes.get("added", ())) if key not in seen.notes["removed"]]
        listed = {self._key_of(seen, one) for one in seen.elements}
        there = [key for key in kept if key in listed]
        return self._in_list(seen, lambda key, one: [] if key in there[:1] else [one])

    def _other(self, name: str, seen: Seen) -> Said:
        added = seen.notes.get("added", ())
        return self._in_list(seen, lambda key, one: [self._changed(seen, name, one)] if key in added else [one])

    def _changed(self, seen: Seen, name: str, one: Element) -> Element:
        values = seen.values(one, name)
        kind = self.system.types[self.system.operations[self._record.add].parameters[name].type]
        if not values:
            return one
        if kind.base is Base.GUID:  # of which there may be several; one less, or none, is a reading of some documents
            return seen.set(one, **{name: [*values[1:], values[0][:-1] + ("0" if values[0][-1:] != "0" else "1")]})
        if kind.choices:
            return seen.set(one, **{name: next(choice for choice in kind.choices if choice != values[0])})
        if kind.base is Base.IPV4:
            return seen.set(one, **{name: "10.99.99.99"})
        return seen.set(one, **{name: str(int(values[0]) + 1) if values[0].isdecimal() else f"{values[0]} 2"})

    def _stale(self, seen: Seen) -> Said:
        return self._in_list(seen, lambda key, one: [self._as_added(seen, key, one, self._fields)])

    def _stale_field(self, name: str, seen: Seen) -> Said:
        return self._in_list(seen, lambda key, one: [self._as_added(seen, key, one, [name])])

    def _as_added(self, seen: Seen, key: str, one: Element, names: Sequence[str]) -> Element:
        """An entry as the object was added, if it was modified since."""
        sent = seen.notes.get("sent", {}).get(key, {}) if key in seen.notes.get("modified", {}) else {}
        secrets = self.syntax.secrets
        old = {name: sent[name] for name in names if name in sent and name not in secrets and seen.values(one, name)}
        return seen.set(one, **old)

    def _all_modified(self, seen: Seen) -> Said:
        modified = seen.notes.get("modified", {})
        last: dict[str, str] = next(reversed(modified.values()), {})
        names = [
            name
            for name, parameter in self.system.operations[self._record.add].parameters.items()
            if name in last and name in self._fields and name != self._record.key and not parameter.repeated
            and not parameter.object and name not in self.syntax.secrets
        ]  # fmt: skip

        def change(key: str, one: Element) -> list[Element]:
            if key in modified or not last:
                return [one]
            return [seen.set(one, **{name: last[name] for name in names if seen.values(one, name)})]

        return self._in_list(seen, change)

    def _lost_modified(self, seen: Seen) -> Said:
        modified = seen.notes.get("modified", {})
        return self._in_list(seen, lambda key, one: [] if key in modified else [one])

    def _taken(self, operation: str, seen: Seen) -> Said:
        return seen.accepted() if seen.is_refused(operation) and seen.given(self._record.key) else None

    def _beside(self, seen: Seen) -> Said:
        """What was refused for its name is taken, and listed beside the one that has it."""
        beside: set[str] = seen.notes.setdefault("beside", set())
        if seen.is_refused(self._record.add) and seen.given(self._record.key) in seen.notes.get("added", ()):
            beside.add(seen.given(self._record.key) or "")
            return seen.accepted()
        return self._in_list(seen, lambda key, one: [one, one] if key in beside else [one])

    def _again(self, seen: Seen) -> Said:
        again = seen.is_refused(self._record.remove) and self._key(seen) in seen.notes.get("removed", ())
        return seen.accepted() if again else None

    def _same_key(self, seen: Seen) -> Said:
        if not seen.is_ok(self._record.list) or len(seen.elements) < 2:
            return None
        before = self._key_of(seen, seen.elements[-2])
        return seen.with_([*seen.elements[:-1], seen.set(seen.elements[-1], **{self._record.key: before})])
