"""The seeded faults in lists that go on from where they were: what is new, what has changed, what is gone."""

from __future__ import annotations

from harness.reference.faults import Group

# group -> lines of `name: clauses: what the server does`; `*` after the name: it takes two requests or more to see it.
TEXT: dict[Group, str] = {
    Group.PAGING: """
        max-skips-rest*: TPS-ENM-001: What a page lacks because of max is never told.
        deletions-max-skip*: TPS-ENM-004: What a page of deletions lacks because of max is never told.
        more-promised*: TPS-ENM-006: A page that has exactly as many as max says that there is more.
        used-cookie-empty*: TPS-ENM-002: A cookie that was used before gets an empty list.
        cookies-jump-together*: TPS-ENM-002: Where any client begins a list, those of all others go on from there.
    """,
    Group.CONSISTENCY: """
        third-deletion-lost*: TPS-ENM-004 TPS-ENM-008: Every third deletion is told to nobody.
        deletions-with-conference-lost*: TPS-ENM-004 TPS-ENM-008: Of participants that go with their conference nothing is told.
        deletion-told-twice*: TPS-ENM-007 TPS-ENM-004: The last deletion is told again and again.
        first-deletions-told*: TPS-ENM-003: A list of deletions that begins names those of before.
        changed-not-listed*: TPS-ENM-002: flex.participant.enumerate with a cookie tells of new participants alone.
        unchanged-listed-again*: TPS-ENM-007 TPS-ENM-002: flex.participant.media.enumerate tells of all, whatever the cookie.
        media-change-unlisted*: TPS-ENM-002: flex.participant.media.enumerate goes on telling what was first.
        destroyed-listed-again*: TPS-ENM-002 TPS-ENM-001: Conferences that were destroyed are listed on.
        extended-by-each-call*: TPS-PRT-050: extended counts in calls with a cookie.
        deletions-of-all-conferences*: TPS-PRT-048: With a cookie deletions are told of every conference.
    """,
}
