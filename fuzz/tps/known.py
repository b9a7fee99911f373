"""What is known of the device while a script is played: ids that its replies have given, and its limits."""

from __future__ import annotations

from collections.abc import Mapping

_LIKELY_OTHERS = 12  # an id of so few characters may be that of somebody else's object


class Known:
    """Ids by kind, and replies that tell limits."""

    def __init__(self) -> None:
        self._there: set[tuple[str, str]] = set()
        self._gone: set[tuple[str, str]] = set()
        self._told: dict[str, Mapping[str, object]] = {}
        self._seen: set[str] = set()
        self._homes: dict[tuple[str, str], str] = {}
        self.cookies: dict[str, str] = {}  # -> the conference to which their list was narrowed, "" for none
        self.uris: set[str] | None = set()  # claimed by this script; None: any may be
        self.works: set[str] = set()  # methods that have succeeded

    def begin(self) -> None:
        """Another script begins; what the last one made has been removed."""
        self._gone.clear()
        self._there.clear()
        self.cookies.clear()
        self._seen.clear()
        self._homes.clear()
        self.uris = set()

    def made(self, kind: str, id_: str, home: str = "") -> None:
        """An object exists from now on, in another one perhaps."""
        self._homes[kind, id_] = home
        self._there.add((kind, id_))
        self._gone.discard((kind, id_))
        self._seen.add(id_)

    def ended(self, kind: str, id_: str) -> None:
        """An object is gone, and perhaps others with it."""
        self._there.discard((kind, id_))
        self._gone.add((kind, id_))

    def vague(self, kind: str, id_: str) -> None:
        """An object is about to end."""
        self._there.discard((kind, id_))
        self._seen.add(id_)

    def doubt(self) -> None:
        """Anything may have been done to what was made."""
        self._there.clear()
        self._gone.clear()
        self.uris = None

    def others(self, kind: str, home: str) -> None:
        """The objects of a kind that are, or may be, in one that is gone may be gone, too."""
        self._there = {one for one in self._there if one[0] != kind or self._homes.get(one, "") not in ("", home)}

    def state(self, kind: str, id_: str) -> str:
        """`there`, `gone` (or never there), or "" where that is open."""
        if (kind, id_) in self._there:
            return "there"
        if (kind, id_) in self._gone:
            return "gone"
        if self.uris is None:
            return ""
        return "gone" if id_ not in self._seen and len(id_) > _LIKELY_OTHERS else ""

    def has_seen(self, id_: str) -> bool:
        """Whether it is, or was, the id of something that this script has made."""
        return id_ in self._seen

    def tell(self, method: str, members: Mapping[str, object]) -> None:
        """What a reply tells of the device's limits."""
        self._told[method] = members

    def limit(self, method: str, member: str) -> object:
        """A limit; None if it is not known."""
        return self._told.get(method, {}).get(member)
