"""Secrets stay out of what flows see, at the same length, and reach the device all the same."""

from __future__ import annotations

from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from harness.disguise import Disguise
from harness.spec.load import load_system
from harness.target import Target
from harness.tests.packets_made import syntax
from harness.wire.xmlmessage import Spelling, encode_message, read_message

SECRET = 'a<b>&"c'
TARGET = Target(
    system="rss2000",
    name="lab",
    host="127.0.0.1",
    ports={"xml": 81},
    credentials={"user": "admin", "password": SECRET},
    fixtures={"ordinary_user": "bob", "ordinary_password": "hidden"},
)
SESSION = "7e76c583-2215-4c89-9a1af7a6c4ed8f11"


def disguise() -> Disguise:
    return Disguise(syntax(), TARGET)


def message(field: str, value: str, spelling: Spelling = Spelling()) -> bytes:  # noqa: B008 - frozen
    return encode_message("R", {}, "CONFIRM", "xmlid", "x", [(field, value, {})], "value", spelling)


def value_of(raw: bytes) -> str:
    document = read_message(raw)
    assert not document.problems, raw
    return document.elements[0].fields[0].attributes["value"]


def test_a_password_leaves_for_the_device_and_is_not_seen_before() -> None:
    one = disguise()
    stand_in = one.stand_in(SECRET)
    shown = message("PASSWORD", stand_in)
    assert SECRET not in stand_in
    assert value_of(one.reveal(shown)) == SECRET
    assert len(one.reveal(shown)) == len(shown)
    assert one.stand_in("hidden") != stand_in
    assert value_of(one.reveal(message("PASSWORD", one.stand_in("hidden")))) == "hidden"


def test_what_comes_back_is_hidden_again() -> None:
    one = disguise()
    raw = message("PASSWORD", SECRET)
    assert value_of(one.hide(raw)) == one.stand_in(SECRET)
    assert len(one.hide(raw)) == len(raw)


def test_what_a_flow_has_made_up_is_no_secret() -> None:
    one = disguise()
    one.reveal(message("PASSWORD", "tea & <cake>"))
    for spelling in (Spelling(), Spelling(references=True), Spelling(quote="'")):
        assert value_of(one.hide(message("PASSWORD", "tea & <cake>", spelling))) == "tea & <cake>"


def test_somebody_elses_password_is_hidden_and_can_be_set_back() -> None:
    one = disguise()
    raw = message("PASSWORD", "Tr0ub4dor")
    shown = value_of(one.hide(raw))
    assert shown != "Tr0ub4dor"
    assert value_of(one.reveal(message("PASSWORD", shown))) == "Tr0ub4dor"


def test_blank_and_masked_values_stay() -> None:
    for value in ("", "****", "•••"):
        assert value_of(disguise().hide(message("PASSWORD", value))) == value


def test_other_fields_stay() -> None:
    one = disguise()
    raw = message("NAME", "Tr0ub4dor")
    assert one.hide(raw) == raw
    assert one.reveal(raw) == raw


@given(st.uuids(), st.sampled_from([Spelling(), Spelling(references=True), Spelling(quote="'", equals=" = ")]))
def test_a_session_is_hidden_wherever_it_stands_and_used_all_the_same(session: object, spelling: Spelling) -> None:
    one = disguise()
    raw = message("SESSIONID", str(session), spelling)
    shown = one.hide(raw)
    assert str(session).encode() not in shown
    assert len(shown) == len(raw)
    stand_in = value_of(shown)
    sent = one.reveal(message("SESSIONID", stand_in))
    assert value_of(sent) == str(session)
    assert len(sent) == len(message("SESSIONID", stand_in))


def test_each_session_has_a_stand_in_of_its_own_and_keeps_it() -> None:
    one = disguise()
    names = [value_of(one.hide(message("SESSIONID", f"{SESSION[:-1]}{last}"))) for last in "0123456789abcdef"]
    assert len(set(names)) == 16
    assert value_of(one.hide(message("SESSIONID", f"{SESSION[:-1]}0"))) == names[0]
    assert all(len(name) == len(SESSION) and name.count("-") == SESSION.count("-") for name in names)


def test_a_session_with_something_added_is_the_real_one_with_something_added() -> None:
    one = disguise()
    stand_in = value_of(one.hide(message("SESSIONID", SESSION)))
    assert value_of(one.reveal(message("SESSIONID", f"{stand_in}0"))) == f"{SESSION}0"


def test_a_session_in_other_bytes_is_hidden_too() -> None:
    one = disguise()
    one.hide(message("SESSIONID", SESSION))
    assert SESSION.encode() not in one.hide(f"no such session: {SESSION}".encode())


@given(
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=12,
    )
)
def test_any_password_keeps_the_length(secret: str) -> None:
    target = Target(system="rss2000", name="lab", host="h", ports={"xml": 81}, credentials={"password": secret})
    one = Disguise(syntax(), target)
    shown = message("PASSWORD", one.stand_in(secret))
    sent = one.reveal(shown)
    assert len(sent) == len(shown)
    assert unescape(value_of(sent)) == unescape(secret)


def test_every_system_of_messages_names_its_secrets() -> None:
    assert load_system("rss2000").messages is not None
    assert {"PASSWORD", "PIN"} <= set(syntax().secrets)
