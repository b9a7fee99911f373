"""Values of parameters, right and wrong, made quickly and from a seed; and the spellings of a value on a line.

Right and wrong are the model's business (`harness.datatypes`); here they are only picked and, beyond the probes that stand there, bent at random.
"""

from __future__ import annotations

from random import Random

from harness.datatypes import Probe, probes
from harness.fuzzing.script import Part, Slot
from harness.spec.model import Base, DataType, LineSyntax, ObjectKind, Parameter, System
from harness.target import Target
from harness.wire.lines import Quoting, argument, quote

# Characters that quoting, escaping, splitting, folding or measuring may get wrong, and ordinary ones.
ALPHABET = '""\\\\\nn\'` \t|,;:=%#$&<>{}[]()!?*~^@/.-_0123456789abcnrtxzABCNZ\u00e4\u00df\u0130\u3042\U0001f600'
_WORDS = (
    "title",
    "clausewise",
    "OK",
    "OK|1",
    "ERROR",
    "null",
    "true",
    "-1",
    "two words",
    "a\\b",
    'say "x"',
    "\\n",
    "%s",
    "../x",
    "<b>&amp;",
)


def random_uuid(rng: Random) -> str:
    """A well-formed random id (version 4), which names nothing."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{'89ab'[int(rng.random() * 4)]}{digits[17:20]}-{digits[20:]}"


def random_text(rng: Random) -> str:
    """A text of 1 to 40 characters rich in what is hard to quote; one that no device trims, and never one that is blank."""
    if rng.random() < 0.3:
        return _WORDS[int(rng.random() * len(_WORDS))]
    return f"x{''.join(rng.choices(ALPHABET, k=int(rng.random() * 39)))}z"


class Values:
    """Makes values for the parameters of one system on one target."""

    def __init__(self, system: System, target: Target) -> None:
        syntax = system.lines
        assert syntax is not None
        self._system = system
        self._target = target
        self._quoting = quoting_of(syntax)
        self._probes: dict[str, list[Probe]] = {name: list(probes(kind)) for name, kind in system.types.items()}
        self._examples = {name: _example(kind) for name, kind in system.types.items()}

    def valid(self, parameter: Parameter, rng: Random, state: str = "") -> Part | str:
        """A value that a device accepts: a slot for an object, else a text.

        Args:
            state: of the object; the parameter's own where it is empty.
        """
        kind = self._system.objects.get(parameter.object or "")
        if kind is not None and parameter.object is not None:
            return Slot(self._object(parameter.object, kind, parameter, rng, state))
        data_type = self._system.types[parameter.type]
        if data_type.base is Base.ENUM:
            return data_type.choices[int(rng.random() * len(data_type.choices))]
        if data_type.base is Base.TEXT:
            return random_text(rng)
        return self._examples[parameter.type]

    def _object(self, name: str, kind: ObjectKind, parameter: Parameter, rng: Random, state: str) -> str:
        if kind.created_by is None and (key := kind.fixtures.get("any")):
            known = len(self._target.fixture_texts(key))
            return f"fixture:{key}:{int(rng.random() * max(known, 1))}"
        return f"object:{name}:{state or parameter.state or 'any'}"

    def wrong(self, parameter: Parameter, rng: Random) -> tuple[str, str]:
        """A name for what is special about a value, and the value: a probe of its type, an unknown id, or a value bent at random."""
        choice = rng.random()
        kind = self._system.objects.get(parameter.object or "")
        if kind is not None and choice < 0.3:
            if kind.unknown == "uuid":
                return "unknown", random_uuid(rng)
            if kind.unknown:
                return "unknown", f"nobody-{rng.getrandbits(64):016x}"
        base = self._system.types[parameter.type].base
        example = random_uuid(rng) if base is Base.UUID else self._examples[parameter.type]
        if choice < 0.8:
            known = self._probes[parameter.type]
            probe = known[int(rng.random() * len(known))]
            return probe.name, probe.make(example)
        return "bent", bent(example, rng)

    def spelled(self, value: str, rng: Random) -> bytes:
        """One of the legal spellings of a value."""
        if rng.random() < 0.3:
            return quote(value, self._quoting).encode("utf-8", "replace")
        return argument(value, self._quoting).encode("utf-8", "replace")


def bent(text: str, rng: Random) -> str:
    """The text with one character lost, doubled, added or exchanged, or all of it longer."""
    at = int(rng.random() * (len(text) + 1))
    char = ALPHABET[int(rng.random() * len(ALPHABET))]
    choice = int(rng.random() * 6)
    if choice == 0:
        return text[:at] + text[at + 1 :]
    if choice == 1:
        return text[:at] + text[max(at - 1, 0) : at] + text[at:]
    if choice == 2:
        return text[:at] + char + text[at:]
    if choice == 3:
        return text[:at] + char + text[at + 1 :]
    if choice == 4:
        return text[:at] + text
    return text * (2 + int(rng.random() * 20))


# What a careless reader takes for the same text: (what stands there, what it is taken for).
_CONFUSED = (
    ("  ", " "), ("\t", " "), ("\n", " "), ("\n", "n"), ("\n", "\\n"), ("\n", ""), ("\\", ""), ("\\\\", "\\"), ("\\n", "\n"), ('"', "'"),
    ('"', '\\"'), ('"', ""), ('"', " "), ("\u00e4", "a\u0308"), ("\u00e4", "a"), ("\u00df", "ss"), ("\U0001f600", "?"), ("\u3042", "?"), ("'", ""),
)  # fmt: skip


def confusable(rng: Random) -> tuple[str, str]:
    """Two different texts that a careless reader takes for one."""
    there, taken = _CONFUSED[int(rng.random() * len(_CONFUSED))]
    before, behind = f"x{random_text(rng)[:6]}", f"{random_text(rng)[-6:]}z"
    return f"{before}{there}{behind}", f"{before}{taken}{behind}"


def _example(kind: DataType) -> str:
    match kind.base:
        case Base.INT:
            low = kind.minimum or 0
            return str((low + (kind.maximum if kind.maximum is not None else low + 1000)) // 2)
        case Base.ENUM:
            return kind.choices[0]
        case Base.IPV4:
            return "192.0.2.1"  # documentation addresses (RFC 5737): nobody's
        case _:
            return "clausewise"


def quoting_of(syntax: LineSyntax) -> Quoting:
    """The word grammar of a spec's line syntax."""
    return Quoting(separator=syntax.separator, quote=syntax.quote, escape=syntax.escape, escapes=syntax.escapes)
