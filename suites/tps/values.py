"""Values of each type in the forms that are documented, and in forms that none has."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from harness.calldut import CallDut
from harness.checks.callfaults import expected_of
from harness.flow import CaseSkipped
from harness.spec.callmodel import Slip
from harness.wire.xmlrpc_writing import Raw, Writable
from suites.tps import SUITE
from suites.tps.talk import ENCODING, LISTING, alive, answered, has, odd, room, shown

_AFTER = ("transport.post",)


def _raw(text: str) -> Raw:
    return Raw(f"<value>{text}</value>")


async def _set(
    dut: CallDut, conference: str, name: str, value: Writable, *clauses: str, expected: object, check: str
) -> None:
    """A member that is set so is shown as it is meant."""
    reply = await dut.call("flex.conference.modify", {"conferenceID": conference, name: value}, undo=False)
    dut.ok(reply, *clauses, check=f"{check}.taken")
    await shown(dut, conference, name, *clauses, expected=expected, check=check)


@SUITE.scenario("values.boolean", "TPS-ENC-008", chapter=ENCODING, after=_AFTER)
async def boolean(dut: CallDut) -> None:
    """A boolean of 1 or 0 is taken, and comes back as such."""
    conference = await room(dut)
    for text, value in (("1", True), ("0", False), ("1", True)):
        for name in ("locked", "waitForChair"):
            await _set(
                dut,
                conference,
                name,
                _raw(f"<boolean>{text}</boolean>"),
                "TPS-ENC-008",
                expected=value,
                check=f"{name}.{text}",
            )


@SUITE.scenario("values.boolean.words", "TPS-ENC-008", chapter=ENCODING, after=_AFTER)
async def words(dut: CallDut) -> None:
    """A boolean of true or false, the other form that the table has, is taken as such."""
    conference = await room(dut, locked=False)
    for text, value in (("true", True), ("false", False)):
        members: dict[str, Writable] = {"conferenceID": conference, "locked": _raw(f"<boolean>{text}</boolean>")}
        if dut.either(
            await dut.call("flex.conference.modify", members, undo=False), "boolean-words", "TPS-ENC-008", check=text
        ):
            await shown(dut, conference, "locked", "TPS-ENC-008", expected=value, check=f"{text}.shown")


@SUITE.scenario("values.int", "TPS-SIZ-002", "TPS-ENC-004", chapter=ENCODING, after=_AFTER)
async def integer(dut: CallDut) -> None:
    """Numbers at the ends of what four bytes hold, and at the ends of a range, are taken and come back."""
    conference = await room(dut)
    for value in (0, 1, 100, 99, 60):
        await _set(dut, conference, "voiceSwitchingSensitivity", value, "TPS-ENC-004", expected=value, check=f"{value}")
    largest = dut.ok(await dut.call(LISTING, {"max": 2147483647}), "TPS-SIZ-002", check="largest")
    dut.check(
        "list",
        largest.has("conferences"),
        "TPS-SIZ-002",
        expected="conferences",
        got=largest.describe(),
        step=largest.step,
    )
    for value in (-2147483648, 2147483647):  # without such a record the log is told from its beginning
        dut.ok(await dut.call("cdrlog.enumerate", {"index": value}), "TPS-SIZ-002", check=f"{value}")


@SUITE.scenario("values.int.beyond", "TPS-SIZ-002", "TPS-TRN-006", chapter=ENCODING, after=_AFTER)
async def beyond(dut: CallDut) -> None:
    """A number that four bytes do not hold is refused, and never taken for another one."""
    for text in (
        "2147483648",
        "4294967301",
        "-2147483649",
        "-4294967291",
        "18446744073709551621",
        "9" * 40,
        "1" + "0" * 400,
    ):
        for method, name in ((LISTING, "max"), ("cdrlog.enumerate", "index")):
            reply = await odd(dut, dut.document(method, {name: _raw(f"<int>{text}</int>")}), method)
            dut.refused(reply, "TPS-SIZ-002", ambiguity="malformed", check=f"{name}.refused")
    await alive(dut)


@SUITE.scenario("values.string", "TPS-ENC-001", "TPS-SIZ-001", chapter=ENCODING, after=_AFTER)
async def string(dut: CallDut) -> None:
    """Texts of digits and words, such as 0 and true, are texts; so is one of 31 characters."""
    conference = await room(dut, conferenceName="before")
    for number, text in enumerate(
        ("0", "1", "-5", "true", "20140107T13:31:26", "1.5", "a" * 31, "YWJj", "<int>5</int>")
    ):
        await _set(dut, conference, "conferenceName", text, "TPS-ENC-001", expected=text, check=f"{number}")


@SUITE.scenario("values.string.default", "TPS-SIZ-001", chapter=ENCODING, after=_AFTER)
async def default_string(dut: CallDut) -> None:
    """A text of 31 characters is taken where no other limit is named: as a user's password and name."""
    user, password, name = dut.unique("u").replace(" ", "")[:31].ljust(31, "x"), "p" * 31, "n" * 31
    created = await dut.call(
        "user.create", {"newUserId": user, "password": password, "accessRights": "apiOnly", "name": name}
    )
    dut.ok(created, "TPS-SIZ-001", check="taken")
    dut.ok(await dut.call("device.query", user=(user, password), link="user"), "TPS-SIZ-001", check="authenticated")


@SUITE.scenario("values.string.empty", "TPS-ENC-001", chapter=ENCODING, after=_AFTER)
async def empty(dut: CallDut) -> None:
    """An empty text is one in each of its spellings."""
    conference = await room(dut, conferenceDescription="before")
    for name, written in (("pair", "<string></string>"), ("short", "<string/>"), ("blank", "<string />")):
        await dut.setup(
            "flex.conference.modify", {"conferenceID": conference, "conferenceDescription": "before"}, undo=False
        )
        members: dict[str, Writable] = {"conferenceID": conference, "conferenceDescription": _raw(written)}
        dut.ok(await dut.call("flex.conference.modify", members, undo=False), "TPS-ENC-001", check=name)
        told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check=f"{name}.query")
        got = told.value("conferenceDescription", "")
        dut.check(
            f"{name}.shown", got == "", "TPS-ENC-001", expected="an empty text, or none", got=repr(got), step=told.step
        )


@SUITE.scenario("values.string.untyped", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
async def untyped(dut: CallDut) -> None:
    """A value without a type is a text, or refused: also an empty one, and one of digits."""
    conference = await room(dut, conferenceDescription="before")
    for name, written, text in (
        ("text", "a b", "a b"),
        ("digits", "5", "5"),
        ("empty", "", ""),
        ("markup", "a&amp;<![CDATA[<b>]]>", "a&<b>"),
    ):
        members: dict[str, Writable] = {"conferenceID": conference, "conferenceDescription": _raw(written)}
        reply = await odd(
            dut, dut.document("flex.conference.modify", members), "flex.conference.modify", {"conferenceID": conference}
        )
        if dut.either(reply, "untyped-string", "TPS-ENC-002", check=name):
            told = dut.ok(await dut.call("flex.conference.query", {"conferenceID": conference}), check=f"{name}.query")
            got = told.value("conferenceDescription", "")
            dut.check(f"{name}.shown", got == text, "TPS-ENC-001", expected=repr(text), got=repr(got), step=told.step)
    await alive(dut)


async def _metadata(dut: CallDut, conference: str, expected: bytes, *clauses: str, check: str) -> None:
    told = dut.ok(
        await dut.call("flex.conference.getMetadata", {"conferenceID": conference}), *clauses, check=f"{check}.query"
    )
    got = told.value("metadata", b"")
    dut.check(check, got == expected, *clauses, expected=repr(expected), got=repr(got), step=told.step)


@SUITE.scenario("values.base64", "TPS-ENC-004", chapter=ENCODING, after=_AFTER)
async def binary(dut: CallDut) -> None:
    """Bytes of every value, and of every length by threes, come back as base64 as they were sent."""
    conference = await room(dut, metadata=b"before")
    for name, data in (
        ("every", bytes(range(256))),
        ("reversed", bytes(range(255, -1, -1)) * 2),
        ("one", b"\x00"),
        ("two", b"\xff\xfe"),
        ("three", b"a\r\n"),
    ):
        dut.ok(
            await dut.call("flex.conference.modify", {"conferenceID": conference, "metadata": data}, undo=False),
            "TPS-ENC-004",
            check=f"{name}.taken",
        )
        await _metadata(dut, conference, data, "TPS-ENC-004", check=name)


@SUITE.scenario("values.base64.written", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=_AFTER)
async def written_binary(dut: CallDut) -> None:
    """Base64 on several lines, without padding, or with other signs in it is read as what it means, or refused."""
    data = bytes(range(100))
    text = base64.b64encode(data).decode()
    for name, written, meant in (
        ("lines", "\n".join(text[at : at + 76] for at in range(0, len(text), 76)), data),
        ("crlf", f"\r\n{text[:40]}\r\n  {text[40:]}\r\n", data),
        ("unpadded", text.rstrip("="), data),
        ("signs", f"{text[:8]}-!{text[8:]}", None),
        ("characters", "@@@@", None),
        ("cut", text[:9], None),
        ("inner-padding", "YQ==YQ==", None),
    ):
        conference = await room(dut, metadata=b"before")
        members: dict[str, Writable] = {"conferenceID": conference, "metadata": _raw(f"<base64>{written}</base64>")}
        reply = await odd(
            dut, dut.document("flex.conference.modify", members), "flex.conference.modify", {"conferenceID": conference}
        )
        if dut.either(reply, "base64-spelling", "TPS-ENC-002", check=name) and meant is not None:
            await _metadata(dut, conference, meant, "TPS-ENC-004", check=f"{name}.shown")
    await alive(dut)


async def _clock(dut: CallDut) -> datetime:
    """The device's time, where it may be set.

    Raises:
        CaseSkipped: it follows NTP, so that it cannot be set.
    """
    told = await dut.setup("device.time.query")
    now = told.value("currentTime")
    if told.value("ntpEnabled") is not False or not isinstance(now, datetime):
        raise CaseSkipped("the device follows NTP, so that its time cannot be set")
    return now


async def _ticks_on(dut: CallDut, before: datetime, *clauses: str, check: str) -> None:
    """The clock tells about what it told before."""
    told = dut.ok(await dut.call("device.time.query"), check=f"{check}.query")
    now = told.value("currentTime")
    near = isinstance(now, datetime) and abs(now - before) < timedelta(days=1)
    dut.check(check, near, *clauses, expected=f"about {before}", got=str(now), step=told.step)


@SUITE.scenario("values.date", "TPS-ENC-009", chapter=ENCODING, after=_AFTER)
async def date(dut: CallDut) -> None:
    """A date in the form of the document is taken, and told in it."""
    before = await _clock(dut)
    dut.ok(await dut.call("device.time.modify", {"currentTime": before}, undo=False), "TPS-ENC-009", check="taken")
    told = dut.ok(await dut.call("device.time.query"), "TPS-ENC-009", check="query")
    found = told.find("currentTime")
    text = found.text if found is not None else ""
    form = "%Y%m%dT%H:%M:%S"
    now = told.value("currentTime")
    passed = isinstance(now, datetime) and now.strftime(form) == text.strip()
    dut.check(
        "form", passed, "TPS-ENC-009", expected="a date such as 20140107T13:31:26", got=repr(text), step=told.step
    )
    await _ticks_on(dut, before, "TPS-ENC-009", check="kept")


_DATES = {
    "hyphens": "%Y-%m-%dT%H:%M:%S",
    "zone": "%Y%m%dT%H:%M:%SZ",
    "offset": "%Y%m%dT%H:%M:%S+00:00",
    "fractions": "%Y%m%dT%H:%M:%S.5",
    "no-colons": "%Y%m%dT%H%M%S",
}


def _register_date(name: str, form: str) -> None:
    @SUITE.scenario(f"values.date.{name}", "TPS-TRN-006", "TPS-ENC-002", chapter=ENCODING, after=("values.date",))
    async def other_form(dut: CallDut) -> None:
        """A date in another form of ISO 8601 is read as what it means, or refused."""
        before = await _clock(dut)
        body = dut.document(
            "device.time.modify", {"currentTime": _raw(f"<dateTime.iso8601>{before.strftime(form)}</dateTime.iso8601>")}
        )
        dut.either(await odd(dut, body, "device.time.modify"), "date-spelling", "TPS-ENC-002")
        await _ticks_on(dut, before, "TPS-ENC-002", check="kept")


for _key, _form in _DATES.items():
    _register_date(_key, _form)


@SUITE.scenario("values.date.none", "TPS-FLT-005", "TPS-TRN-006", chapter=ENCODING, after=("values.date",))
async def no_date(dut: CallDut) -> None:
    """What is no date is refused, and the clock goes on: a thirteenth month, the 30th of February, words, nothing."""
    before = await _clock(dut)
    for name, text in (
        ("month", "20141307T13:31:26"),
        ("day", "20140230T13:31:26"),
        ("minute", "20140107T13:61:26"),
        ("words", "tomorrow"),
        ("empty", ""),
    ):
        body = dut.document("device.time.modify", {"currentTime": _raw(f"<dateTime.iso8601>{text}</dateTime.iso8601>")})
        dut.refused(await odd(dut, body, "device.time.modify"), "TPS-FLT-005", ambiguity="malformed", check=name)
        await _ticks_on(dut, before, "TPS-FLT-005", check=f"{name}.kept")


@SUITE.scenario("values.near", "TPS-TRN-006", "TPS-FLT-005", chapter=ENCODING, after=_AFTER)
async def near(dut: CallDut) -> None:
    """Values of a type near the right one are read as what they plainly mean, or refused."""
    for name, method, member, written in (
        ("double-for-int", LISTING, "max", "<double>5.0</double>"),
        ("exponent-for-int", LISTING, "max", "<double>5e0</double>"),
        ("text-for-int", LISTING, "max", "<string>5</string>"),
        ("point-in-int", LISTING, "max", "<int>5.0</int>"),
        ("boolean-for-int", LISTING, "max", "<boolean>1</boolean>"),
        ("int-for-boolean", "flex.participant.deletions.enumerate", "extended", "<int>1</int>"),
        ("text-for-boolean", "flex.participant.deletions.enumerate", "extended", "<string>true</string>"),
        ("int-for-text", "cdrlog.enumerate", "filter", "<array><data><value><int>5</int></value></data></array>"),
    ):
        if not has(dut, method, member):
            continue
        reply = await odd(dut, dut.document(method, {member: _raw(written)}), method)
        if name == "int-for-text":
            answered(dut, reply, check=name)
        elif name.startswith("text"):
            dut.fault(reply, expected_of(dut.model, method, member, Slip.MALFORMED), "TPS-FLT-005", check=name)
        else:
            dut.either(reply, "near-type", "TPS-FLT-005", check=name)
    await alive(dut)
