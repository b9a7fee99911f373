"""The readings of the ambiguities, as what this server does about each. All ids stand here and nowhere else."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from harness.reference.readings import Readings
from harness.spec.model import DataType, Parameter, System
from harness.spec.xmlmodel import HttpRequest, Window

# Ambiguities that cannot show in this server's replies, whatever the reading, and why.
INERT = {
    "CDS-AMB-083": "without action and timeType all servers together in one interval is the only choice it has",
}

_DAY = 86_400
# Rows of a reply without maxRows where the reading sets a limit.
_LIMIT = 1000
# The last number that 64 bits hold.
GREATEST = 2**63 - 1


class Choices:
    """What the readings come to.

    Args:
        model: its ambiguities belong to the readings.
        readings: those that are followed.
    """

    def __init__(self, model: System, readings: Readings) -> None:
        self._of = readings.of
        self._in_requests()
        self._in_numbers()
        self._in_histories()
        self._in_replies()
        self._in_connections()
        self.admin = self._states(model.types["admin-state"])
        self.operation = self._states(model.types["op-state"])

    def _is(self, number: str, reading: str) -> bool:
        return self._of(f"CDS-AMB-{number}") == reading

    def _in_requests(self) -> None:
        is_ = self._is
        self.backslashes = is_("007", "accepted")
        self.version_parameter = is_("017", "parameter")
        self.refuse_unknown = is_("040", "refused")
        self.refuse_duplicates = is_("041", "refused")
        self.any_method = is_("042", "served")
        self.fold_names = is_("043", "insensitive")
        self.fold_selector = is_("044", "insensitive")
        self.longer_paths = is_("045", "served")
        self.literal_names = is_("046", "literal")
        self.refuse_fragment = is_("047", "refused")
        self.serve_head = is_("048", "served")
        self.empty_selector_is_unknown = is_("050", "unknown")
        self.plus_is_space = is_("051", "space")
        self.fold_words = is_("066", "insensitive")
        self.refuse_order = is_("092", "refused")
        self.refuse_unescaped = is_("084", "refused")
        self.latin = is_("090", "other")
        self.long_requests = self._of("CDS-AMB-095")
        self.both_missing_is_selector = is_("071", "invalid-message")

    def _in_numbers(self) -> None:
        is_ = self._is
        self.no_rows = self._of("CDS-AMB-052")
        self.negative = self._of("CDS-AMB-053")
        self.refuse_huge = is_("054", "refused")
        self.refuse_far_offset = is_("055", "refused")
        self.empty_latest = is_("094", "empty")
        self.refuse_moment = is_("059", "refused")
        self.refuse_future = is_("060", "refused")
        self.refuse_epoch = is_("061", "refused")
        self.unasked_key = self._of("CDS-AMB-065")
        self.offset_alone = self._of("CDS-AMB-072")
        self.limit = _LIMIT if is_("073", "limited") else None
        self.ignore_paging = is_("019", "ignored")
        self.number_offset = is_("011", "number")
        self.unknown_offset = self._of("CDS-AMB-074")
        self.stems = is_("085", "stem")
        self.unknown_group, self.unknown_server = self._of("CDS-AMB-063"), self._of("CDS-AMB-064")
        self.unknown_stream, self.active_stream = self._of("CDS-AMB-068"), self._of("CDS-AMB-069")
        self.empty_stream_is_unknown = is_("070", "unknown")

    def _in_histories(self) -> None:
        is_ = self._is
        self.empty_integers = is_("002", "empty")
        self.empty_address = is_("003", "empty")
        self.active_end = self._of("CDS-AMB-058")
        self.order = self._of("CDS-AMB-077")
        self.single_streams = is_("078", "single")
        self.single_tricks = is_("079", "single")
        self.whole_sessions = is_("036", "session")
        self.exclusive = is_("086", "exclusive")
        self.npt_beyond = is_("005", "beyond")
        self.npt_each = is_("024", "each")
        self.npt_reset = is_("080", "reset")
        self.npt_late = is_("091", "late")
        self.other_codes = is_("082", "other")

    def _in_replies(self) -> None:
        is_ = self._is
        self.joined = is_("009", "joined")
        self.empty_asi = is_("008", "empty")
        self.integer_names = is_("010", "integer")
        self.prefixed = is_("015", "prefixed")
        self.schema = self._of("CDS-AMB-018")
        self.counter_is_sum = is_("020", "sum")
        self.date_format = self._of("CDS-AMB-025")
        self.kilobits = is_("030", "other")
        self.gaps = is_("035", "gaps")
        self.ssv = is_("037", "SSV")
        self.whole_intervals = is_("038", "overlapping")
        self.play = self._of("CDS-AMB-031")
        self.event_ms = is_("032", "milliseconds")
        self.size_of_stream = is_("033", "stream")
        self.wider_range = is_("081", "network")
        self.error_bodies = is_("075", "any")
        self.error_namespace = is_("087", "same")

    def _in_connections(self) -> None:
        media = {"text": "text/xml", "application": "application/xml", "other": "text/html"}
        self.media = media[self._of("CDS-AMB-076")]
        self.gzip = self._is("088", "compressed")
        self.close = self._is("089", "closed")

    def _states(self, kind: DataType) -> list[str]:
        """Loading, in service, out of service."""
        return [choice.replace(" ", "") if self.joined else choice for choice in kind.choices]

    def without_selector(self, request: HttpRequest) -> str:
        """The error that answers a request without a selector."""
        if request.absent_ambiguity is None:
            return request.absent[0]
        return request.absent[1 if self._of(request.absent_ambiguity) == "unknown" else 0]

    def unknown_selector(self, request: HttpRequest) -> str:
        """The error that answers a selector that names nothing."""
        if request.unknown_ambiguity is None:
            return request.unknown
        return self._of(request.unknown_ambiguity)

    def selector_values(self, request: HttpRequest) -> list[str]:
        """The values that name an operation."""
        if request.ambiguity is None:
            return [request.value]
        reading = self._of(request.ambiguity)
        return [request.values[reading]] if reading in request.values else list(request.values.values())

    def parameter_names(self, name: str, parameter: Parameter) -> list[str]:
        """How a parameter is spelled."""
        return [parameter.names[self._of(parameter.name_ambiguity)]] if parameter.name_ambiguity else [name]

    def folded_name(self, name: str) -> str:
        """A name as names are compared."""
        return name.lower() if self.fold_names else name

    def folded_value(self, value: str) -> str:
        """A selector as selectors are compared."""
        return value.lower() if self.fold_selector else value

    def folded_word(self, word: str) -> str:
        """A word of an enumeration as they are compared."""
        return word.lower() if self.fold_words else word

    def request_words(self, kind: DataType) -> dict[str, str]:
        """The words that a request may use, as compared, with what each stands for."""
        words = list(kind.choices)
        for word, ambiguity in kind.open_choices.items():
            reading = self._of(ambiguity)
            if reading in (word, "both", "any"):
                words.append(word)
        for form, ambiguity in kind.open_forms.items():
            word = form.removeprefix("choice-")
            if word in words and self._of(ambiguity) not in (word, "both", "any"):
                words.remove(word)
        return {self.folded_word(word): word for word in words}

    def takes(self, ambiguity: str | None, reading: str) -> bool:
        """Whether an ambiguity of a parameter has this reading; False where there is none."""
        return ambiguity is not None and self._of(ambiguity) == reading

    def longest(self, window: Window) -> int:
        """Seconds of the longest period that may be asked for."""
        return _DAY if self.takes(window.longer, "day") else window.longest_s

    def word(self, kind: str) -> str:
        """A kind of device as it is called."""
        return "SSV" if self.ssv and kind == "ISV" else kind

    def integer(self, number: int, value: object) -> object:
        """An integer of a row, or nothing where a reading lets it be unknown: then in every seventh row."""
        return "" if self.empty_integers and number % 7 == 3 else value

    @property
    def lists_active(self) -> bool:
        """Whether streams that have not been destroyed are in the histories."""
        return self.active_end != "left-out"

    @property
    def sort_key(self) -> Callable[[str], Any]:
        """The key of the order of contents; different names have different keys."""
        match self._of("CDS-AMB-022"):
            case "lower":
                return lambda name: (name.lower(), name)
            case "upper":
                return lambda name: (name.upper(), name)
            case "dictionary":
                return lambda name: (*_dictionary(name), name)
            case _:
                return lambda name: (name,)


def _dictionary(name: str) -> tuple[object, ...]:
    """Punctuation before digits before letters, whatever their case and accents, which count between equals."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return (tuple((2 if c.isalpha() else 1 if c.isdigit() else 0, c) for c in plain),)
