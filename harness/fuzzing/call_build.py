"""Builds scripts of calls with structs from a spec, quickly and from a seed.

Categories, for `--only`:

    framing     requests cut, joined, unfinished, garbage between them, connections that end, calls between each other
    headers     the head of a request in other forms: legal and not; methods, paths, versions, lengths, chunks
    xml         a call in other spellings of XML and XML-RPC, legal and not
    types       values with the element of another type, or in another spelling
    encodings   characters, other encodings, bytes that are none
    values      objects made, changed, shown and removed, with members inside their types; whatever only reads
    wrong       one member that is missing, or outside of its type, nested ones too
    structure   members that no method has, methods that there are none of, pairs, arrays, several structs
    users       other users and passwords, none, of other types
    sizes       calls near the largest size, and beyond
    bytes       mutated bytes
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from harness.errors import UsageError
from harness.fuzzing import call_http, call_xml
from harness.fuzzing.call_kit import CallKit
from harness.fuzzing.call_members import Members, Place, token
from harness.fuzzing.call_parts import PASSWORD, USER, Parts, flat, member, packed, slotted, unflat, value
from harness.fuzzing.call_steps import END, Calls
from harness.fuzzing.document_values import pick
from harness.fuzzing.mutate import BYTES
from harness.fuzzing.script import Part, Script, Slot, Step
from harness.spec.model import System
from harness.target import Target
from harness.wire.xmlrpc_wrong import wrong_message

CALL_CATEGORIES = (
    "framing",
    "headers",
    "xml",
    "types",
    "encodings",
    "values",
    "wrong",
    "structure",
    "users",
    "sizes",
    "bytes",
)
_WEIGHTS = (9, 8, 10, 10, 7, 20, 20, 6, 4, 1, 8)
_ODD = "odd"  # a connection of its own, so that the usual one lasts
_GARBAGE = (
    b"\r\n", b"\r\n\r\n", b"x\r\n", b"\x00", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"HTTP/1.1 200 OK\r\n\r\n", b" ", b"\n",
    b"A" * 5000 + b"\r\n", b"<?xml version='1.0'?><methodCall/>", b"\x00" * 600, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)  # fmt: skip
_SIZES = (31_000, 32_000, 32_500, 32_767, 32_768, 32_769, 33_000, 40_000, 65_536, 131_072)
_METHODS = (
    "clausewise.nothing", "nothing", "clausewise.query.nothing", "nothing.at.all", "a" * 200, "system.listMethods", "system.methodHelp",
    "system.getCapabilities", "1", "a:b/c", "_",
)  # fmt: skip
_MOST_WRONG = 4
# How what follows the making of an object goes on: r reads it, m changes it, o is another one.
_COURSES = ("r", "rr", "mr", "rmr", "mrmr", "rrr", "orr")


class CallBuilder(Calls):
    """Scripts for one system on one target.

    Args:
        only: the categories to build; all where it is empty.
        version: of the API that the device has; None: the newest.
        members: what writes members, where it is there already.

    Raises:
        UsageError: there is no such category.
    """

    def __init__(
        self, system: System, target: Target, kit: CallKit, only: Sequence[str] = (), *, version: str | None = None,
        members: Members | None = None,
    ) -> None:  # fmt: skip
        if strange := [name for name in only if name not in CALL_CATEGORIES]:
            raise UsageError(f"--only {strange[0]}: {system.system} has the categories {', '.join(CALL_CATEGORIES)}")
        super().__init__(system, target, kit, version=version, members=members)
        makers: dict[str, Callable[[Random], Script]] = {
            "framing": self._framing, "headers": self._headers, "xml": self._xml, "types": self._types, "encodings": self._encodings,
            "values": self._values, "wrong": self._wrong, "structure": self._structure, "users": self._users, "sizes": self._sizes,
            "bytes": self._bytes,
        }  # fmt: skip
        self._makers = [
            makers[name]
            for name, weight in zip(CALL_CATEGORIES, _WEIGHTS, strict=True)
            if not only or name in only
            for _ in range(weight)
        ]

    def script(self, rng: Random) -> Script:
        """One script."""
        return self._makers[int(rng.random() * len(self._makers))](rng)

    # categories

    def _values(self, rng: Random) -> Script:
        way = rng.random()
        if not self._kinds or way < 0.2:
            steps = [self._step(self._read(rng)) for _ in range(1 + int(rng.random() * 3))]
            return self._script("values.read", "reply reply-types", *steps)
        if way < 0.28 and self._lists:
            return self._listed(rng)
        kind = self._kinds[int(rng.random() * len(self._kinds))]
        steps = []
        ids: dict[str, Parts] = {}
        ids[kind] = self._made(kind, steps, rng, ids, None)
        of = self._of[kind]
        for what in pick(rng, _COURSES):
            if what == "o":
                self._made(kind, steps, rng, dict(ids), None)
            elif of[what]:
                steps.append(self._call(of[what][int(rng.random() * len(of[what]))], rng, ids))
        if of["e"] and rng.random() < 0.5:
            steps.append(self._call(of["e"][0], rng, ids))
            if of["r"] and rng.random() < 0.7:
                steps.append(self._call(of["r"][int(rng.random() * len(of["r"]))], rng, ids))
        return self._script(f"values.{kind}", "encoding reply reply-types", *steps)

    def _listed(self, rng: Random) -> Script:
        method = self._lists[int(rng.random() * len(self._lists))]
        call = self._system.operations[method].call
        assert call is not None
        assert call.listing is not None
        steps: list[Step] = []
        if self._kinds and rng.random() < 0.5:
            self._needed([self._kinds[int(rng.random() * len(self._kinds))]], steps, rng)
        limit = (
            member(call.listing.limit, value(1 + int(rng.random() * 4)))
            if call.listing.limit and rng.random() < 0.5
            else b""
        )
        steps.append(self._step(self._body(method, (limit,))))
        for _ in range(1 + int(rng.random() * 2)):
            cookie = slotted(Slot(f"value:{len(steps) - 1}:"))
            if rng.random() < 0.15:
                cookie = (value(f"no-such-cookie-{token(rng)}"),)
            begin = b"<member><name>" + call.listing.cookie.encode() + b"</name>"
            steps.append(self._step(self._body(method, (begin, *cookie, b"</member>", limit))))
        return self._script("values.listed", "cookie-first cookie-later", *steps)

    def _wrong(self, rng: Random) -> Script:
        """Several calls of one method, each wrong at one place; what they need is made once."""
        method = self._placed[int(rng.random() * len(self._placed))]
        steps: list[Step] = []
        place = self._place(method, rng)
        named = [self._members.shapes[method][name].member.object for name in place.path[:1]]
        ids = self._needed([kind for kind in self._members.kinds(method) if kind not in named], steps, rng)
        first = place
        for _ in range(1 + int(rng.random() * _MOST_WRONG)):
            written = self._members.write(method, rng, ids, place, 0.0 if rng.random() < 0.7 else None)
            steps.append(self._step(self._body(method, written)))
            place = self._place(method, rng)
        return self._script(f"wrong.{first.slip}", "fault-code fault", *steps)

    def _place(self, method: str, rng: Random) -> Place:
        """A place of a method: those that are not nested as often as all others, each kind of mistake alike."""
        tops, others = self._placing[method]
        paths = tops if not others or rng.random() < 0.5 else others
        slips = paths[int(rng.random() * len(paths))]
        places = slips[int(rng.random() * len(slips))]
        return places[int(rng.random() * len(places))]

    def _bent(
        self, rng: Random, name: str, rule: str, bend: call_xml.Bend, *, odd: bool, harmless: bool = False
    ) -> Script:
        steps, body = ([], self._read(rng)) if harmless else self._some(rng)
        data, slots = flat(body)
        bent = unflat(bend(data, rng), slots)
        link = _ODD if odd else ""
        return self._script(name, rule, *steps, self._step(bent, link), self._step(self._read(rng)))

    def _xml(self, rng: Random) -> Script:
        legal = rng.random() < 0.4
        bends = call_xml.LEGAL if legal else call_xml.ODD
        name = pick(rng, list(bends))
        return self._bent(
            rng, f"xml.{name}", "well-formed reply" if legal else "fault alive", bends[name], odd=not legal
        )

    def _types(self, rng: Random) -> Script:
        name = pick(rng, list(call_xml.TYPES))
        return self._bent(rng, f"types.{name}", "malformed-name fault-code", call_xml.TYPES[name], odd=True)

    def _encodings(self, rng: Random) -> Script:
        name = pick(rng, list(call_xml.ENCODINGS))
        return self._bent(rng, f"encodings.{name}", "encoding", call_xml.ENCODINGS[name], odd=name != "characters")

    def _headers(self, rng: Random) -> Script:
        legal = rng.random() < 0.35
        bends = call_http.LEGAL if legal else call_http.ODD
        name = pick(rng, list(bends))
        parts = bends[name](self._path, self._read(rng), rng)
        step = Step(parts=parts, link="" if legal else _ODD)
        return self._script(
            f"headers.{name}", "http keep-alive" if legal else "http path", step, self._step(self._read(rng))
        )

    def _framing(self, rng: Random) -> Script:
        steps, body = self._some(rng)
        parts, more = call_http.usual(self._path, body), self._step(self._read(rng))
        data, slots = flat(parts)
        way = int(rng.random() * 8)
        if way < 3:
            places = sorted(1 + int(rng.random() * (len(data) - 1)) for _ in range(1 + int(rng.random() ** 2 * 12)))
            cuts = tuple(place - before for before, place in zip([0, *places], places, strict=False) if place > before)
            pause = 0.002 if len(cuts) < 4 and rng.random() < 0.5 else 0.0
            return self._script("framing.cut", "http", *steps, Step(parts=parts, cuts=cuts, pause_s=pause), more)
        if way == 3:
            several = [call_http.usual(self._path, self._read(rng)) for _ in range(2 + int(rng.random() ** 2 * 6))]
            step = Step(parts=packed(part for one in several for part in one), link=_ODD)
            return self._script("framing.several", "http keep-alive", step, more)
        if way == 4:
            return self._script(
                "framing.garbage",
                "alive http",
                Step(parts=packed((_GARBAGE[int(rng.random() * len(_GARBAGE))], *parts)), link=_ODD),
                more,
            )
        if way == 5:
            half = unflat(data[: 1 + int(rng.random() * (len(data) - 1))], slots)
            how = pick(rng, ("close", "reset", "half-close"))
            return self._script(
                "framing.ended", "alive", *steps, Step(parts=half, link="x"), Step(how=how, link="x"), more
            )
        whole = flat(call_http.usual(self._path, self._read(rng)))
        place = 1 + int(rng.random() * (len(whole[0]) - 1))
        if way == 6:
            first = Step(parts=parts, cuts=(max(place, 1),), pause_s=0.005)
            return self._script("framing.unfinished", "http", *steps, first, more)
        other = call_http.usual(self._path, self._read(rng))
        return self._script(
            "framing.interleaved", "http", Step(parts=other, link="x"), Step(parts=other, link="y"), more, Step(parts=other, link="x"),
            Step(parts=other, link="y"),
        )  # fmt: skip

    def _structure(self, rng: Random) -> Script:
        steps, body = self._some(rng)
        data, slots = flat(body)
        way = int(rng.random() * 5)
        if way == 0:
            name = pick(rng, _METHODS)
            return self._script("structure.method", "unknown-method", self._step(self._body(name, (), self._head)))
        if way == 1:
            extra = member(f"x{token(rng, 6)}", value(pick(rng, ("a", "")) if rng.random() < 0.5 else {"a": [1, "b"]}))
            data = data.replace(END, extra * (1 + int(rng.random() ** 3 * 40)) + END)
            return self._script("structure.unlisted", "reply", *steps, self._step(unflat(data, slots)))
        if way == 2:
            name = pick(
                rng,
                (
                    "no-params",
                    "empty-params",
                    "two-params",
                    "scalar-param",
                    "array-param",
                    "empty-param",
                    "param-two-values",
                    "no-method",
                ),
            )
            data = wrong_message(name, data)
            return self._script(
                f"structure.{name}", "fault", *steps, self._step(unflat(data, slots), _ODD), self._step(self._read(rng))
            )
        method = self._placed[int(rng.random() * len(self._placed))]
        place = self._place(method, rng)
        mine: list[Step] = []
        ids = self._needed(self._members.kinds(method), mine, rng)
        written = self._members.write(method, rng, ids, place)
        name = pick(rng, list(call_xml.TYPES))
        data, slots = flat(self._body(method, written))
        return self._script(
            "structure.two-mistakes",
            "fault-code",
            *mine,
            self._step(unflat(call_xml.TYPES[name](data, rng), slots), _ODD),
        )

    def _users(self, rng: Random) -> Script:
        wrong: list[Part] = [
            value(f"nobody-{token(rng)}"), value("x" * 300), value(""), value(5), value({"a": "b"}), value(["a"]), value(True), b"", value(b"abc"),
            b"<value><nil/></value>",
        ]  # fmt: skip
        bad = wrong[int(rng.random() * len(wrong))]
        way = int(rng.random() * 3)
        head = (
            self._login(USER if way != 0 else bad, PASSWORD if way != 1 else bad) if way < 2 else self._login(bad, bad)
        )
        steps, body = self._some(rng)
        if rng.random() < 0.15:
            return self._script("users.unknown-method", "authentication", self._step(self._body(_METHODS[0], (), head)))
        data, slots = flat(body)
        mine, own = flat(self._head)
        theirs, others = flat(head)
        data = data.replace(mine, theirs) if not own or mine in data else data
        kept = others + slots[len(own) :]
        if len(others) != len(own):  # the marks behind it count from another number
            steps, method = [], self._reads[int(rng.random() * len(self._reads))]
            return self._script(
                "users.missing",
                "authentication-required",
                self._step(self._body(method, (), head)),
                self._step(self._read(rng)),
            )
        return self._script(
            "users.wrong", "authentication", *steps, self._step(unflat(data, kept)), self._step(self._read(rng))
        )

    def _sizes(self, rng: Random) -> Script:
        body = self._read(rng)
        data, slots = flat(body)
        size = _SIZES[int(rng.random() * len(_SIZES))] + int(rng.random() * 3) - 1
        begin, end = (
            (b"<!--", b"-->")
            if rng.random() < 0.7
            else (b"<member><name>x</name><value><string>", b"</string></value></member>")
        )
        data = data.replace(END, begin + b"{{%d}}" % len(slots) + end + END)
        parts = unflat(data, [*slots, Slot(f"fill:{size}")])
        return self._script("sizes.padded", "request-size", self._step(parts, _ODD), self._step(self._read(rng)))

    def _bytes(self, rng: Random) -> Script:
        steps, body = self._some(rng) if rng.random() < 0.5 else ([], self._read(rng))
        parts = list(call_http.usual(self._path, body)) if rng.random() < 0.3 else list(body)
        whole = len(parts) > len(body)
        places = [index for index, part in enumerate(parts) if isinstance(part, bytes) and len(part) > 3]
        first, times = BYTES[0], 0
        while not times or rng.random() < 0.3:
            at = places[int(rng.random() * len(places))]
            change = BYTES[int(rng.random() * len(BYTES))]
            first = change if not times else first
            old = parts[at]
            assert isinstance(old, bytes)
            parts[at], times = change.change(old, rng.random) if old else old, times + 1
        sent = packed(parts) if whole else call_http.usual(self._path, packed(parts))
        return self._script(
            f"bytes.{first.name}", "alive", *steps, Step(parts=sent, link=_ODD), self._step(self._read(rng))
        )
