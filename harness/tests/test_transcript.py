"""Transcripts: whole through JSON and back; secrets gone, but still the same secret."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ending import Ending
from harness.transcript import Redactor, Step, Transcript, inflated, transcript_from_json, transcript_to_json

SECONDS = st.floats(min_value=0, max_value=1e5).map(lambda number: round(number, 6))
STEPS = st.builds(
    Step,
    action=st.sampled_from(["connect", "send", "receive", "wait", "clock", "close", "half-close", "reset", "provide"]),
    link=st.text(),
    at_s=SECONDS,
    took_s=SECONDS,
    data=st.binary(),
    pieces=st.lists(st.integers(0, 1000)).map(tuple),
    ending=st.none() | st.sampled_from(Ending),
    detail=st.text(),
    values=st.dictionaries(st.text(), st.text(), max_size=3),
)
TRANSCRIPTS = st.builds(Transcript, case=st.text(), steps=st.lists(STEPS, max_size=4))


@given(TRANSCRIPTS)
def test_a_transcript_is_the_same_after_a_round_trip_through_json(transcript: Transcript) -> None:
    """Arbitrary bytes too; both encoders that are used for it agree."""
    row = transcript_to_json(transcript)
    assert transcript_from_json(json.loads(json.dumps(row))) == transcript
    assert transcript_from_json(msgspec.json.decode(msgspec.json.encode(row))) == transcript


@pytest.mark.parametrize(
    ("data", "key", "value"),
    [
        (b"OK|1\n", "text", "OK|1\n"),
        ("Ü\n".encode(), "text", "Ü\n"),
        (b"\xff\n", "base64", "/wo="),
        (b"\x00", "text", "\x00"),
    ],
)
def test_bytes_are_text_where_they_are_utf_8(data: bytes, key: str, value: str) -> None:
    row = transcript_to_json(Transcript("c", [Step(action="send", data=data)]))
    assert row["steps"] == [{"action": "send", "at_s": 0.0, "took_s": 0.0, key: value}]


@pytest.mark.parametrize(
    "row", [{}, {"case": "c"}, {"case": "c", "steps": [{}]}, {"case": "c", "steps": [{"action": "send", "at_s": 0}]}]
)
def test_what_is_no_transcript_is_refused(row: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        transcript_from_json(row)


def test_an_unknown_ending_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        transcript_from_json({"case": "c", "steps": [{"action": "send", "at_s": 0, "took_s": 0, "ending": "nowhere"}]})


def test_a_secret_gets_one_placeholder_and_another_secret_another_one() -> None:
    redactor = Redactor()
    redactor.add("s3cret", "password")
    redactor.add("other", "session")
    redactor.add("s3cret", "session")
    assert redactor.clean(b"a s3cret b s3cret c other") == b"a [password-1] b [password-1] c [session-2]"
    assert redactor.clean_text("s3cret/other") == "[password-1]/[session-2]"


def test_the_longer_of_two_secrets_is_hidden_whole() -> None:
    redactor = Redactor()
    redactor.add("pass", "a")
    redactor.add("password", "b")
    assert redactor.clean_text("password pass") == "[b-2] [a-1]"


def test_an_empty_secret_hides_nothing() -> None:
    redactor = Redactor()
    redactor.add("", "password")
    assert redactor.clean(b"abc") == b"abc"
    assert redactor.clean_text("abc") == "abc"


def test_secrets_are_hidden_in_bytes_details_and_values() -> None:
    redactor = Redactor()
    redactor.add("töp", "password")
    step = Step(action="send", data="x töp".encode() + b"\xff", detail="from töp", values={"id": "töp"})
    text = json.dumps(transcript_to_json(Transcript("c", [step]), redactor), ensure_ascii=False)
    back = transcript_from_json(json.loads(text)).steps[0]
    assert (back.data, back.detail, back.values) == (b"x [password-1]\xff", "from [password-1]", {"id": "[password-1]"})


@given(st.lists(st.text(alphabet="abc", min_size=4, max_size=6), unique=True, min_size=1, max_size=3), st.data())
def test_redaction_keeps_identity(secrets: list[str], data: st.DataObject) -> None:
    """Two texts are equal after redaction exactly if they were before: a flow that is played back goes the same way."""
    redactor = Redactor()
    for secret in secrets:
        redactor.add(secret, "k")
    parts = st.lists(st.sampled_from([*secrets, "|", "-"]), max_size=4).map("|".join)
    first, second = data.draw(parts), data.draw(parts)
    assert (redactor.clean_text(first) == redactor.clean_text(second)) == (first == second)
    assert not any(secret in redactor.clean_text(first) for secret in secrets)


def test_long_data_is_kept_compressed_and_shown_to_people_from_its_beginning() -> None:
    data = b"<Stream/>\n" * 5000
    (row,) = transcript_to_json(Transcript(case="x", steps=[Step(action="receive", data=data)]))["steps"]
    assert len(row["zlib"]) < 1000
    shown = inflated(row, 100)
    assert (shown["text"], shown["cut"], "zlib" in shown) == (data[:100].decode(), len(data) - 100, False)
    assert inflated({"action": "send", "text": "GET"}, 100) == {"action": "send", "text": "GET"}
    assert inflated({**row, "zlib": row["zlib"][:40]}, 100)["text"] == ""
