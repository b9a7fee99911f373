"""Archives and live streams: counts, pages in every order, views, changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError, Value, nothing
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.groups import Groups
from harness.reference.rss2000.state import Media, World

_GENERAL = (
    "CONF_ID", "NAME", "DESCRIPTION", "REC_TIME", "DURATION", "SIZE", "RATE", "H239", "URL", "VIDEO_FORMAT", "EMAIL_LINK",
    "CATALOG", "UPLOAD", "SERVER", "REFERENCEID",
)  # fmt: skip
_CHANGED = ("NAME", "DESCRIPTION", "ACCESSTYPE", "DENY_AUTO_DELETE", "PIN")
_LIVE, _BY_DATE, _SPECIFIED, _ADMINISTRATOR = "1", "0", "2", "0"
# Faults of pages: rows behind which they show.
_FAR, _CAP = 20, 32

# SORT -> what is compared.
_KEYS: Mapping[str, Callable[[Media], Any]] = {
    "0": lambda media: media.began,
    "1": lambda media: media.length,
    "2": lambda media: media.values["NAME"],
    "3": lambda media: tuple(int(part) for part in media.values["SERVER"].split(".")),
    "4": lambda media: media.values["VIDEO_FORMAT"],
    "5": lambda media: int(media.values["SIZE"]),
    "6": lambda media: int(media.values["RATE"]),
    "7": lambda media: media.values["H239"],
}


class Archives:
    """What was recorded, and what is sent now.

    Args:
        world: the media.
        groups: who may view.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, world: World, groups: Groups, choices: Choices, faults: FaultSet) -> None:
        self._world, self._groups, self._choices, self._on = world, groups, choices, faults.on
        self._deleted = 0

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "GETLISTINFO": self._count,
            "GETMEDIAINFO": self._get,
            "DELMEDIAINFO": self._delete,
            "SETMEDIAINFO": self._set,
        }

    def _count(self, call: Call) -> Outcome:
        word, world = call.text("SEARCH"), self._world

        def matching(media: Mapping[str, Media]) -> int:
            return sum(self._matches(word, one) for one in media.values())

        archives, lives = matching(self._visible(call, world.archives)), matching(world.lives)
        if self._on("count-after-deletion"):
            archives += self._deleted
        if self._on("lives-counted-as-archives"):
            archives += lives
        values = {"LIBLIST": str(archives), "BROADLIST": str(lives), "BROADLIST_ID": str(lives)}
        return Outcome(confirms=[values], changed=False)

    def _matches(self, word: str, media: Media) -> bool:
        """Whether a search finds an entry."""
        name, word = media.values["NAME"].casefold(), word.casefold()
        match self._choices.search:
            case "start":
                return name.startswith(word)
            case "whole":
                return not word or name == word
            case "ignored":
                return True
            case _:
                return word in name

    def _denied(self, call: Call, media: Media) -> bool:
        """Whether the rights of an archive deny it to who asks."""
        session, right = call.session, media.values["ACCESSTYPE"]
        if session is None or session.privilege == _ADMINISTRATOR or right == "1":
            return False
        user = self._world.users.get(session.user)
        groups = [self._world.groups[one] for one in media.viewers if one in self._world.groups]
        return right != _SPECIFIED or user is None or not any(user.id in group.members for group in groups)

    def _visible(self, call: Call, media: Mapping[str, Media]) -> Mapping[str, Media]:
        if self._choices.denied_media != "hidden":
            return media
        return {identity: one for identity, one in media.items() if not self._denied(call, one)}

    def _brief(self, media: Media) -> dict[str, Value]:
        return {name: media.values[name] for name in _GENERAL}

    def _whole(self, media: Media) -> dict[str, Value]:
        groups = self._groups
        viewers = groups.told(media.viewers, media.values["ACCESSTYPE"] == _SPECIFIED)
        inside = groups.inside(viewers)
        if self._on("viewers-with-all") and media.values["ACCESSTYPE"] == _SPECIFIED:
            inside = inside[:-1]
        return {
            **media.values,
            "ACCESSID": [(one, "") for one in groups.kept_ids(item[0] for item in inside)],
            "ACCESSIDEXT": inside,
            "ACCESSIDEXT1": inside,
            "NOTIN": groups.outside(viewers),
        }

    def _get(self, call: Call) -> Outcome:
        world = self._world
        chosen: Mapping[str, Media] = world.lives if call.text("CATALOG") == _LIVE else world.archives
        if call.text("CONF_ID"):
            return self._get_one(call, chosen)
        chosen = self._visible(call, chosen)
        start, end = _number(call, "START", 0), _number(call, "END", len(chosen))
        incomplete = not all(call.text(name) for name in ("START", "END", "SORT"))
        if self._choices.odd_page == "refused" and (end < start or incomplete or start >= len(chosen)):
            raise RefusedError("There is no such page")
        if self._choices.page == "exclusive":
            end -= 1
        if self._choices.page == "from-one":
            start, end = max(start - 1, 0), end - 1
        if self._on("page-goes-back") and start > _FAR:
            start, end = start - 1, end - 1
        if self._on("page-loses") and start > _FAR:
            start += 1
        if self._on("page-too-long") and end - start > _FAR:
            end += 1
        if self._on("start-capped"):
            start, end = min(start, _CAP), min(start, _CAP) + end - start
        rows = self._sorted(list(chosen.values()), call.text("SORT") or _BY_DATE, start, end)
        if self._on("last-page-short") and len(rows) < end - start + 1 and start:
            rows = rows[:-1]
        shown = [self._whole(media) if self._choices.all_details else self._brief(media) for media in rows]
        if self._on("live-as-archive") and call.text("CATALOG") == _LIVE:
            shown = [{**values, "CATALOG": "0"} for values in shown]
        return Outcome(confirms=shown, changed=False)

    def _sorted(self, media: list[Media], sort: str, start: int, end: int) -> list[Media]:
        """A page of the media in an order."""
        key = _KEYS.get(sort, _KEYS[_BY_DATE])
        down = self._choices.descending
        by_date = sorted(media, key=_KEYS[_BY_DATE], reverse=down)
        if self._on("size-as-text") and sort == "5":
            key = lambda one: one.values["SIZE"]  # noqa: E731
        if self._on("duration-in-minutes") and sort == "1":
            key = lambda one: one.length // 60  # noqa: E731
        if self._on("name-by-first-letter") and sort == "2":
            key = lambda one: one.values["NAME"][:1]  # noqa: E731
        if self._on("video-not-sorted") and sort == "4":
            key = _KEYS[_BY_DATE]
        if self._on("rate-by-digits") and sort == "6":
            key = lambda one: len(one.values["RATE"])  # noqa: E731
        if self._on("content-of-page-sorted") and sort == "7":
            return sorted(by_date[start : end + 1], key=key, reverse=down)
        if self._on("date-from-day") and sort == _BY_DATE:
            key = lambda one: one.began // 604_800  # noqa: E731
            by_date = list(reversed(by_date))
        if self._on("last-out-of-order") and sort == "3":
            ordered = sorted(by_date, key=key, reverse=down)
            return [*ordered[1:], ordered[0]][start : end + 1]
        return sorted(by_date, key=key, reverse=down)[max(start, 0) : max(end + 1, 0)]

    def _get_one(self, call: Call, chosen: Mapping[str, Media]) -> Outcome:
        identity, world = call.text("CONF_ID"), self._world
        media = chosen.get(identity)
        if media is None and self._on("deleted-still-shown"):
            media = world.gone.get(identity)
        if media is None and self._choices.other_kind == "done":
            media = world.archives.get(identity) or world.lives.get(identity)
        if media is None:
            return nothing(self._choices, "There is no such archive or stream")
        if self._choices.denied_media != "listed" and self._denied(call, media):
            raise RefusedError("This archive is not for this user")
        shown = self._whole(media)
        if self._on("description-of-another") and media.id in world.archives:
            ids = list(world.archives)
            place = ids.index(media.id)
            shown["DESCRIPTION"] = world.archives[ids[place - 1]].values["DESCRIPTION"]
        if self._on("quick-code-short"):
            shown["QUICKCODE"] = media.values["QUICKCODE"].lstrip("0")
        del shown["DOWNLOAD"]
        return Outcome(confirms=[shown], changed=False)

    def _delete(self, call: Call) -> Outcome:
        identity, world = call.text("CONF_ID"), self._world
        live = call.text("TYPE") == _LIVE
        media = (world.lives if live else world.archives).get(identity)
        stray = media is None or live
        if stray and (identity in world.lives or identity in world.archives) and self._choices.other_kind != "refused":
            media = world.lives.get(identity) or world.archives[identity]
            if self._choices.other_kind == "done":
                world.lives.pop(identity, None)
                world.archives.pop(identity, None)
                self._forget_multicast(identity)
            return self._deleted_outcome(media, changed=self._choices.other_kind == "done")
        if media is None and identity in world.gone and self._on("archive-deleted-twice"):
            return self._deleted_outcome(world.gone[identity])
        if media is None or live:
            raise RefusedError("There is no such archive")
        self._deleted += 1
        if self._on("namesake-deleted"):
            name = media.values["NAME"]
            identity = next((one.id for one in world.archives.values() if one.values["NAME"] == name), identity)
        world.gone[identity] = world.archives.pop(identity)
        self._forget_multicast(identity)
        return self._deleted_outcome(media)

    def _deleted_outcome(self, media: Media, *, changed: bool = True) -> Outcome:
        return Outcome(confirms=[{"CONF_ID": media.id, "CATALOG": media.values["CATALOG"]}], changed=changed)

    def _forget_multicast(self, identity: str) -> None:
        self._world.multicasts.pop(identity, None)

    def _set(self, call: Call) -> Outcome:
        world = self._world
        identity = call.text("CONF_ID")
        media = world.archives.get(identity)
        if self._choices.other_kind != "refused" and (media or identity in world.lives):
            media = media or world.lives[identity]
            if self._choices.other_kind == "nothing" and media.values["CATALOG"] != call.text("CATALOG"):
                return Outcome(confirms=[self._whole(media)], changed=False)
        elif media is None or call.text("CATALOG") == _LIVE:
            raise RefusedError("There is no such archive")
        viewers = self._groups.checked(call.all("ACCESSID"))
        before = dict(media.values)
        media.values.update(call.changes(*_CHANGED))
        if call.has("ACCESSID") or call.has("ACCESSTYPE"):
            media.viewers = self._groups.kept(viewers, media.values["ACCESSTYPE"] == _SPECIFIED)
        outcome = Outcome(confirms=[self._whole(media)])
        if self._on("pin-not-kept"):
            media.values["PIN"] = before["PIN"]
        if self._on("description-follows-name"):
            media.values["DESCRIPTION"] = media.values["NAME"]
        if self._on("deny-delete-once") and before["DENY_AUTO_DELETE"] == "1":
            media.values["DENY_AUTO_DELETE"] = "1"
        if self._on("viewers-added"):
            media.viewers = list(dict.fromkeys([*media.viewers, *world.groups]))
        return outcome


def _number(call: Call, name: str, default: int) -> int:
    text = call.text(name)
    return int(text) if text.isdecimal() and len(text) < 10 else default
