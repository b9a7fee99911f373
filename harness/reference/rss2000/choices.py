"""The readings that the device follows, as the questions that its parts ask."""

from __future__ import annotations

from collections.abc import Callable

from harness.reference.system import Setup

Of = Callable[..., str]


class Choices:
    """What the readings of a setup mean for this server; ids and readings are those of the spec.

    Args:
        setup: model and readings.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self.unasked: set[str] = set()  # ids that are asked for and not in the spec
        of = self.of
        self.encoding = {"lower": "utf-8", "none": ""}.get(of("RSS-AMB-002", "upper"), "UTF-8")
        self.failed = of("RSS-AMB-026", "reason")
        self.like_confirm = of("RSS-AMB-027", "table") == "confirm"
        self.unknown_command = of("RSS-AMB-031", "failed")
        self.malformed = of("RSS-AMB-032", "closed")
        self.bad_header = of("RSS-AMB-033", "closed")
        connection = of("RSS-AMB-034", "free")
        self.bound, self.ends_with_connection = connection == "bound", connection == "ends"
        self.unanswered = of("RSS-AMB-041", "answered") == "closed"
        self.second_login = of("RSS-AMB-035", "both")
        self.closes = of("RSS-AMB-036", "kept") == "closed"
        self.tells_itself = of("RSS-AMB-037", "others") == "all"
        self.tells_more = of("RSS-AMB-038", "none") == "sent"
        self.bends_values = any(
            of(one) not in ("", usual)
            for one, usual in (("RSS-AMB-044", "kept"), ("RSS-AMB-052", "accepted"), ("RSS-AMB-074", "stored"))
        )
        self.missing = of("RSS-AMB-040", "refused")
        repeated = of("RSS-AMB-046", "ignored")
        self.strict_fields, self.last_counts = repeated == "refused", repeated == "last"
        self.any_case = of("RSS-AMB-047", "accepted") == "accepted"
        self.strict_version = of("RSS-AMB-048", "accepted") == "refused"
        self.nothing = of("RSS-AMB-049", "bare")
        self.outside = of("RSS-AMB-050", "refused")
        long = of("RSS-AMB-052", "accepted")
        self.short_values = 255 if long == "refused" else 0
        self.cut_values = 255 if long == "cut" else 0
        self.any_language = of("RSS-AMB-003", "number") == "any" or of("RSS-AMB-059", "ignored") == "ignored"
        self.any_domain = of("RSS-AMB-059", "ignored") == "ignored"
        self.must_wish = of("RSS-AMB-004", "optional") == "required"
        self.two_values = of("RSS-AMB-006", "three") == "two"
        self.shown_form = of("RSS-AMB-039", "clear")
        self.name_attribute = "xmjid" if of("RSS-AMB-057", "xmlid") == "xmjid" else ""
        self.user_sessions = of("RSS-AMB-054", "kept")
        self.gatekeeper_state = of("RSS-AMB-055", "wish") == "state"
        self.second_port = of("RSS-AMB-058", "refused")
        self.any_pair = of("RSS-AMB-117", "accepted") == "accepted"
        self.any_level = of("RSS-AMB-119", "accepted") == "accepted"
        self.any_file = of("RSS-AMB-051", "refused") == "accepted"
        self.without_logos = of("RSS-AMB-096", "there") == "not-there"
        self.idle_step, self.paused_start = of("RSS-AMB-100", "refused"), of("RSS-AMB-101", "refused")
        self.any_key = of("RSS-AMB-118", "refused") == "accepted"
        self._accounts(of)
        self._groups(of)
        self._media(of)
        self._others(of)

    def _accounts(self, of: Of) -> None:
        """Those about accounts."""
        self.used_name = of("RSS-AMB-042", "refused")
        self.names_shared = of("RSS-AMB-120") == "together"
        self.same_case = of("RSS-AMB-043", "distinct") == "same"
        self.blanks = of("RSS-AMB-044", "kept")
        self.blank_account, self.blank_name = of("RSS-AMB-045", "refused") == "empty", of("RSS-AMB-061") == "empty"
        self.blank_text = of("RSS-AMB-066", "empty") == "empty"
        self.built_in_guarded = of("RSS-AMB-053", "refused") == "refused"

    def _others(self, of: Of) -> None:
        """Those about connections, keys, prompts, and what is played."""
        self.unknown_hang_up = of("RSS-AMB-108", "refused") == "accepted"
        self.status_words = of("RSS-AMB-104", "words") == "any"
        self.needs_session = of("RSS-AMB-105", "required") == "required"
        self.prompt_field = of("RSS-AMB-024", "own")
        self.plays_unknown = of("RSS-AMB-107", "refused") == "accepted"
        self.lists_calls = of("RSS-AMB-110", "listed") == "listed"
        self.plays_streams = of("RSS-AMB-112", "refused") == "accepted"
        self.sends_when_off = of("RSS-AMB-114", "refused") == "accepted"
        self.multicast_twice = of("RSS-AMB-115", "refused") == "accepted"

    def _groups(self, of: Of) -> None:
        """Those about groups and rooms."""
        self.both_descriptions = of("RSS-AMB-009", "object") == "both"
        self.interleaved = of("RSS-AMB-010", "between") == "between"
        self.all_details = of("RSS-AMB-062", "details") == "always"
        self.without_administrator = of("RSS-AMB-064", "all") == "others"
        self.drops_unknown = of("RSS-AMB-067", "refused") == "ignored"
        self.twice = of("RSS-AMB-068", "once")
        self.one_of_two = of("RSS-AMB-069", "either")
        self.used_group = of("RSS-AMB-070", "refused")
        self.deleted_member = of("RSS-AMB-072", "gone")
        self.unknown_one = of("RSS-AMB-073", "failed")
        self.amounts = of("RSS-AMB-074", "stored")
        self.moved_rooms = of("RSS-AMB-075", "kept") == "moved"
        self.bare_complement = of("RSS-AMB-077", "named") == "bare"
        self.room_text = {"words": "idle", "other": "Bereit"}.get(of("RSS-AMB-078", "mode"), "Menu")
        self.zero_index = of("RSS-AMB-079", "index") == "zero"
        self.added_lists = of("RSS-AMB-080", "told")
        self.unasked_lists = of("RSS-AMB-081", "shown")
        self.room_found = of("RSS-AMB-082", "index")
        self.same_room = of("RSS-AMB-083", "accepted") == "accepted"

    def _media(self, of: Of) -> None:
        """Those about archives and quick records."""
        self.denied_media = of("RSS-AMB-065", "listed")
        self.search = of("RSS-AMB-071", "part")
        self.quick_index = of("RSS-AMB-084", "link")
        self.long_reference = of("RSS-AMB-085", "refused")
        self.page = of("RSS-AMB-086", "inclusive")
        self.descending = of("RSS-AMB-087", "descending") == "descending"
        self.odd_page = of("RSS-AMB-088", "empty")
        self.other_kind = of("RSS-AMB-089", "refused")

    def masked(self, password: str) -> str:
        """A password as answers show it."""
        if self.shown_form == "clear":
            return password
        return "" if self.shown_form == "empty" else "*" * 8

    def of(self, ambiguity: str, default: str = "") -> str:
        """The reading followed; `default` where the spec has no such ambiguity."""
        if ambiguity not in self._setup.model.ambiguities:
            self.unasked.add(ambiguity)
            return default
        return self._setup.readings.of(ambiguity)
