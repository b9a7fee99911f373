"""Recordings by mail. Whether mail arrives is not seen from here, and a system that has no server for mail refuses all of it."""

from __future__ import annotations

from harness.checks.documents import codes_of
from harness.documentdut import DocumentDut
from harness.flow import CaseSkipped
from harness.messages.documentreply import Result
from suites.uptivity import SUITE
from suites.uptivity.world import Fields, fresh, media_format

CHAPTER = "User, Group, and Role Functions"
ADDRESS = "clausewise@example.com"
_EMAIL, _COMBINED = "EMAIL", "COMBINEDEMAIL"
_FIELDS = ("TOADDRESS", "TONAME", "FROMADDRESS", "FROMNAME", "IDENT", "UNIQUEID")
# Plainly no addresses.
_WRONG = ("clausewise", "no address at all")


def _mail(dut: DocumentDut) -> Fields:
    return {
        "UNIQUEFIELD": "ident", "UNIQUEID": dut.fixture("recording_ids"), "TOADDRESS": ADDRESS,
        "MEDIA_FORMAT": media_format(dut),
    }  # fmt: skip


def _mails(dut: DocumentDut) -> Fields:
    return {
        "TOADDRESS": ADDRESS, "TONAME": "Clausewise", "FROMADDRESS": ADDRESS, "FROMNAME": "Clausewise",
        "IDENT": ",".join(dut.fixtures("recording_ids", count=2)[:2]), "UNIQUEID": "IDENT",
    }  # fmt: skip


def _is(dut: DocumentDut, result: Result, error: str) -> bool:
    return result.code in codes_of(dut.model.errors[error])


def unable(dut: DocumentDut, result: Result) -> bool:
    """Whether the result says that the system cannot send mail."""
    return _is(dut, result, "client-not-found")


def _sent(dut: DocumentDut, result: Result, *clauses: str, check: str = "sent") -> bool:
    """A success, or the error of a system that cannot send mail; gives whether it was a success.

    Raises:
        CaseSkipped: the device looks for the address, and there is none.
    """
    if _is(dut, result, "email-not-valid"):
        raise CaseSkipped(f"the device finds no mailbox {ADDRESS}")
    done = dut.succeeded(result)
    passed = done or unable(dut, result)
    wanted = "a success, or the error of a system that cannot send mail"
    dut.check(check, passed, "UPT-EML-005", *clauses, expected=wanted, got=result.describe(), step=result.step)
    if passed:
        dut.observe("able", "UPT-AMB-180", "file-not-found" if done else "client-not-found", step=result.step)
    return done


def _refused(dut: DocumentDut, result: Result, error: str, *clauses: str, check: str) -> None:
    """Refused with an error, or with that of a system that cannot send mail."""
    dut.refused(result, *clauses, errors=[error, "client-not-found"], check=check)


@SUITE.scenario(
    "mail.sent", "UPT-EML-005", *(f"UPT-{_EMAIL}{part}" for part in ("", ".UNIQUEFIELD", ".UNIQUEID", ".TOADDRESS", ".MEDIA_FORMAT")),
    chapter=CHAPTER,
)  # fmt: skip
async def sent(dut: DocumentDut) -> None:
    """A recording goes to an address, by its number and by a value that only it has, in each format, on each road."""
    fields = _mail(dut)
    able = []
    for road in dut.roads:
        able.append(_sent(dut, await dut.call(_EMAIL, fields, road=road), "UPT-EMAIL", check=f"ident.{road}"))
        by_user = {**fields, "UNIQUEFIELD": "user2", "UNIQUEID": dut.fixture("recording_user2")}
        able.append(
            _sent(dut, await dut.call(_EMAIL, by_user, road=road), "UPT-EMAIL.UNIQUEFIELD", check=f"user2.{road}")
        )
    for one in dut.fixtures("media_formats"):
        result = await dut.call(_EMAIL, {**fields, "MEDIA_FORMAT": one})
        able.append(_sent(dut, result, "UPT-EMAIL.MEDIA_FORMAT", check=one))
    agree = len(set(able)) == 1
    dut.check("same", agree, "UPT-EML-005", expected="mail that can be sent, or not, each time", got=str(able))


@SUITE.scenario(
    "mail.combined", "UPT-EML-005", "UPT-COMBINEDEMAIL", *(f"UPT-COMBINEDEMAIL.{name}" for name in _FIELDS), chapter=CHAPTER,
)  # fmt: skip
async def combined(dut: DocumentDut) -> None:
    """Several recordings, and one alone, go to an address."""
    fields = _mails(dut)
    able = []
    for road in dut.roads:
        able.append(_sent(dut, await dut.call(_COMBINED, fields, road=road), "UPT-COMBINEDEMAIL", check=f"two.{road}"))
        one = {**fields, "IDENT": fields["IDENT"].partition(",")[0]}
        able.append(
            _sent(dut, await dut.call(_COMBINED, one, road=road), "UPT-COMBINEDEMAIL.IDENT", check=f"one.{road}")
        )
    agree = len(set(able)) == 1
    dut.check("same", agree, "UPT-EML-005", expected="mail that can be sent, or not, each time", got=str(able))


@SUITE.scenario(
    "mail.unknown", "UPT-EML-004", "UPT-EMAIL.UNIQUEID.unknown", "UPT-COMBINEDEMAIL.IDENT.unknown", chapter=CHAPTER
)
async def unknown(dut: DocumentDut) -> None:
    """Recordings that there are none of are not sent."""
    far = str(2_000_000_000 + dut.rng.randrange(1_000_000))
    for road in dut.roads:
        for change in (
            {"UNIQUEID": far},
            {"UNIQUEFIELD": "user2", "UNIQUEID": f"none {fresh(dut)}"},
            {"UNIQUEFIELD": "user2", "UNIQUEID": dut.fixture("recording_user2") + "x"},
        ):
            result = await dut.call(_EMAIL, {**_mail(dut), **change}, road=road)
            _refused(dut, result, "file-not-found", "UPT-EML-004", check=f"one.{road}")
        for ident in (far, f"{far},{int(far) + 1}"):
            result = await dut.call(_COMBINED, {**_mails(dut), "IDENT": ident}, road=road)
            _refused(dut, result, "file-not-found", "UPT-EML-004", check=f"several.{road}")


@SUITE.scenario("mail.no-address", "UPT-EML-003", chapter=CHAPTER)
async def no_address(dut: DocumentDut) -> None:
    """Mail to what is plainly no address should be refused."""
    for function, fields in ((_EMAIL, _mail(dut)), (_COMBINED, _mails(dut))):
        for road in dut.roads:
            for address in _WRONG:
                result = await dut.call(function, {**fields, "TOADDRESS": address}, road=road)
                _refused(dut, result, "email-not-valid", "UPT-EML-003", check=f"{function}.{road}")


@SUITE.scenario("mail.lacking", "UPT-EML-001", "UPT-EML-002", chapter=CHAPTER)
async def lacking(dut: DocumentDut) -> None:
    """Mail that does not say what goes to whom is refused, or at most served as far as it can be."""
    for function, rule, names in (
        (_EMAIL, "UPT-EML-001", ("UNIQUEFIELD", "UNIQUEID", "TOADDRESS")),
        (_COMBINED, "UPT-EML-002", ("TOADDRESS", "IDENT")),
    ):
        whole = _mail(dut) if function == _EMAIL else _mails(dut)
        if function == _COMBINED:
            del whole["UNIQUEID"]
        for road in dut.roads:
            for name in names:
                fields = {one: value for one, value in whole.items() if one != name}
                result = await dut.call(function, fields, road=road)
                dut.either(result, "UPT-AMB-181", rule, check=f"{function}.{name}.{road}")


@SUITE.scenario("mail.open.words", "UPT-EMAIL.ENCRYPT", "UPT-EMAIL.PASSWORD", chapter=CHAPTER)
async def words(dut: DocumentDut) -> None:
    """Formats that are none or missing, passwords that are missing, and a mail without sender are open."""
    fields = _mail(dut)
    bare = {name: value for name, value in fields.items() if name != "MEDIA_FORMAT"}
    dut.either(await dut.call(_EMAIL, bare), "UPT-AMB-182", check="no-format")
    result = await dut.call(_EMAIL, {**bare, "MEDIA_FORMAT": "DOC"}, judged=False)
    dut.either(result, "UPT-AMB-182", check="unknown-format")
    dut.either(await dut.call(_EMAIL, {**fields, "ENCRYPT": "Y"}), "UPT-AMB-186", check="no-password")
    dut.either(await dut.call(_EMAIL, {**fields, "ENCRYPT": "Y", "PASSWORD": "test"}), "UPT-AMB-201", check="encrypt")
    if "CAV" in dut.target.fixture_texts("media_formats"):
        given = {**fields, "MEDIA_FORMAT": "CAV", "ENCRYPT": "Y", "PASSWORD": "test"}
        _sent(dut, await dut.call(_EMAIL, given), "UPT-EMAIL.ENCRYPT", "UPT-EMAIL.PASSWORD", check="cav")
    several = _mails(dut)
    for names in (("UNIQUEID",), ("TONAME", "FROMADDRESS", "FROMNAME")):
        less = {name: value for name, value in several.items() if name not in names}
        dut.either(await dut.call(_COMBINED, less), "UPT-AMB-187", check=f"without.{names[0]}")
