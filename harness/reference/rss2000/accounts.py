"""Accounts of endpoints and of users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.reference.faults import FaultSet
from harness.reference.rss2000.call import Call, Handler, Outcome, RefusedError, Value
from harness.reference.rss2000.choices import Choices
from harness.reference.rss2000.sessions import Sessions
from harness.reference.rss2000.state import Account, Silent, World
from harness.reference.rss2000.world import ADMINISTRATOR

# Fault listing-misses-last.
_MANY_USERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of account: its key, its id, the fields that commands give, those that have a fixed value."""

    key: str
    id: str
    fields: Mapping[str, str]  # with what they are where a command does not say
    fixed: Mapping[str, str]


_ENDPOINT = _Kind(
    key="SOURCENAME",
    id="SOURCEID",
    fields={"SOURCEIP": "", "FLAG": "0", "E164": "", "H323": ""},
    fixed={"TITLE": Silent("")},
)
_USER = _Kind(
    key="USERNAME",
    id="USERID",
    fields={"FULLNAME": "", "EMAIL": "", "PASSWORD": "", "PRIVILEGE": "1"},
    fixed={"OPTIONS": Silent("0")},
)


class Accounts:
    """Both kinds.

    Args:
        world: the accounts.
        sessions: of users who may be deleted.
        choices: readings.
        faults: those that are on.
    """

    def __init__(self, world: World, sessions: Sessions, choices: Choices, faults: FaultSet) -> None:
        self._world, self._sessions, self._choices, self._on = world, sessions, choices, faults.on
        self._deleted: dict[str, Account] = {}  # fault deleted-twice

    def handlers(self) -> Mapping[str, Handler]:
        """What this part carries out."""
        return {
            "GETENDPOINT": lambda _call: self._list(_ENDPOINT, self._world.endpoints),
            "ADDENDPOINT": lambda call: self._add(_ENDPOINT, self._world.endpoints, call),
            "MODENDPOINT": lambda call: self._modify(_ENDPOINT, self._world.endpoints, call),
            "DELENDPOINT": lambda call: self._delete(_ENDPOINT, self._world.endpoints, call),
            "GETDEVUSER": lambda _call: self._list(_USER, self._world.users),
            "ADDDEVUSER": lambda call: self._add(_USER, self._world.users, call),
            "MODDEVUSER": lambda call: self._modify(_USER, self._world.users, call),
            "DELDEVUSER": lambda call: self._delete(_USER, self._world.users, call),
        }

    def _shown(self, kind: _Kind, account: Account) -> dict[str, Value]:
        shown: dict[str, Value] = {kind.id: account.id, kind.key: account.name, **account.values}
        if "PASSWORD" in shown:
            shown["PASSWORD"] = self._choices.masked(account.values["PASSWORD"])
        return shown

    def _list(self, kind: _Kind, accounts: dict[str, Account]) -> Outcome:
        shown = [self._shown(kind, account) for account in accounts.values()]
        if kind is _USER and self._on("listing-misses-last") and len(shown) > _MANY_USERS:
            shown.pop()
        if kind is _ENDPOINT and self._on("listing-after-deletion") and self._world.lost_endpoints and shown:
            shown[0] = self._shown(kind, self._world.lost_endpoints[-1])
        for values in shown if self._on("alias-as-number") else ():
            if values.get("H323") and values.get("E164"):
                values["E164"] = values["H323"]
        return Outcome(confirms=shown, changed=False)

    def _named(self, accounts: dict[str, Account], name: str) -> Account | None:
        """The account of a name, under the reading about the case of letters."""
        account = accounts.get(name)
        if account is None and self._choices.same_case:
            account = next((one for one in accounts.values() if one.name.casefold() == name.casefold()), None)
        return account

    def _add(self, kind: _Kind, accounts: dict[str, Account], call: Call) -> Outcome:
        name = call.text(kind.key)
        old = self._named(accounts, name)
        forgotten = kind is _USER and self._on("modified-name-free") and old is not None and old.touched
        if kind is _ENDPOINT and self._on("name-unique-by-address"):
            forgotten = old is not None and old.values["SOURCEIP"] != call.text("SOURCEIP")
        if old is not None and not forgotten:
            if kind is _USER and self._on("refused-add-changes"):
                old.values["FULLNAME"] = call.text("FULLNAME")
            if self._choices.used_name == "replaced":
                return self._modify(kind, accounts, call)
            raise RefusedError(f"{kind.key} is in use")
        others = self._world.endpoints if kind is _USER else self._world.users
        if self._choices.names_shared and self._named(others, name) is not None:
            raise RefusedError(f"{kind.key} is in use by another kind of account")
        given = call.changes(*kind.fields)
        values = {**kind.fields, **given, **kind.fixed}
        account = Account(id=self._world.new_id(), name=name, values=values, born=dict(values))
        accounts[name if not forgotten else name + "\0"] = account
        if kind is _USER:
            self._world.added_users.add(name)
        outcome = Outcome(confirms=[self._shown(kind, account)])
        self._spoil_added(kind, account)
        return outcome

    def _spoil_added(self, kind: _Kind, account: Account) -> None:
        """What is kept of a new account, as the faults leave it."""
        values = account.values
        if kind is _ENDPOINT:
            if self._on("flag-not-kept"):
                values["FLAG"] = "0"
            if self._on("alias-lost-with-number") and values["E164"]:
                values["H323"] = ""
        elif self._on("blanks-collapsed"):
            values["FULLNAME"] = " ".join(values["FULLNAME"].split())

    def _found(self, kind: _Kind, accounts: dict[str, Account], call: Call) -> Account:
        account = self._named(accounts, call.text(kind.key))
        if account is None:
            raise RefusedError(f"{kind.key} is not known")
        return account

    def _modify(self, kind: _Kind, accounts: dict[str, Account], call: Call) -> Outcome:
        account = self._found(kind, accounts, call)
        given, before = call.changes(*kind.fields), dict(account.values)
        if self._choices.built_in_guarded and account.name == ADMINISTRATOR and given.get("PRIVILEGE", "0") != "0":
            raise RefusedError("The built-in account stays an administrator")
        account.values.update(given)
        account.touched = True
        outcome = Outcome(confirms=[self._shown(kind, account)])
        if kind is _ENDPOINT:
            if self._on("old-values-indicated"):
                outcome.told = {**outcome.confirms[0], **before}
            if self._on("modifies-first-field"):
                account.values = {**before, "SOURCEIP": account.values["SOURCEIP"]}
            if self._on("modifies-namesakes"):
                for other in accounts.values():
                    if other.name.startswith(account.name):
                        other.values["FLAG"] = account.values["FLAG"]
        else:
            self._change_sessions(account, before)
            if self._on("blank-password-kept") and not account.values["PASSWORD"]:
                account.values["PASSWORD"] = before["PASSWORD"]
            if self._on("privilege-not-changed"):
                account.values["PRIVILEGE"] = before["PRIVILEGE"]
            if self._on("blank-mail-kept") and not account.values["EMAIL"]:
                account.values["EMAIL"] = before["EMAIL"]
            if self._on("second-change-new-id") and account.born.pop("once", ""):
                account.id = self._world.new_id()
            account.born["once"] = "1"
        return outcome

    def _change_sessions(self, account: Account, before: Mapping[str, str]) -> None:
        """What a new password or privilege does to the sessions of a user."""
        changed = any(account.values[name] != before[name] for name in ("PASSWORD", "PRIVILEGE"))
        if changed and self._choices.user_sessions == "ended":
            self._sessions.end_of(account.name)
        elif changed and self._choices.user_sessions == "changed":
            self._sessions.grant(account.name, account.values["PRIVILEGE"])

    def _forget(self, account: Account) -> None:
        if self._choices.deleted_member != "kept":
            self._world.forget_member(account.id)

    def _guarded(self, name: str, call: Call) -> bool:
        """Whether an account is the built-in one, or that of the session."""
        return name == ADMINISTRATOR or (call.session is not None and call.session.user == name)

    def _delete(self, kind: _Kind, accounts: dict[str, Account], call: Call) -> Outcome:
        name = call.text(kind.key)
        if kind is _USER and self._choices.built_in_guarded and self._guarded(name, call):
            raise RefusedError("This account cannot be deleted")
        if kind is _ENDPOINT and self._on("deleted-twice") and name not in accounts and name in self._deleted:
            return Outcome(confirms=[self._shown(kind, self._deleted[name])])
        if (
            kind is _ENDPOINT
            and self._on("second-deletion-takes-first")
            and name not in accounts
            and name in self._deleted
        ):
            del accounts[next(iter(accounts))]
            raise RefusedError(f"{kind.key} is not known")
        account = self._found(kind, accounts, call)
        held = any(account.id in group.members for group in self._world.groups.values())
        if held and self._choices.deleted_member == "refused":
            raise RefusedError("The account is a member of a group")
        name = next(key for key, one in accounts.items() if one is account)
        del accounts[name]
        if kind is _ENDPOINT:
            self._deleted[name] = account
            self._world.lost_endpoints.append(account)
            if self._on("count-after-account"):
                for group in self._world.groups.values():
                    group.lost += account.id in group.members
            self._forget(account)
        else:
            self._forget(account)
            self._world.past[name] = (account.values["PASSWORD"], account.values["PRIVILEGE"])
            self._world.added_users.discard(name)
            if self._choices.user_sessions == "ended":
                self._sessions.end_of(name)
            if self._on("deletes-longer-names"):
                for other in [one for one in accounts if one.startswith(name)]:
                    del accounts[other]
        return Outcome(confirms=[self._shown(kind, account)])
