"""Sharing sessions and recordings with users and groups."""

from harness.checks.answer import Answer
from harness.dut import Dut
from harness.flow import CaseSkipped
from suites.hmp import SUITE
from suites.hmp.world import session

CHAPTER = "Sharing"
_WHO = {"User": ("user_names", "user-without-roles", "user_names_no_roles", "HMP-SHR-001", "HMP-SHR-005"),
        "Group": ("group_names", "group-without-roles", "group_names_no_roles", "HMP-SHR-002", "HMP-SHR-006")}  # fmt: skip


async def _subject(dut: Dut, what: str) -> str:
    return await session(dut, "empty") if what == "Session" else await dut.shared("recording", "FINISHED")


def _register(what: str, who: str) -> None:
    operation = f"share{what}With{who}"
    names, no_role_error, no_role_names, case_clause, role_clause = _WHO[who]
    base = f"share.{what.lower()}-{who.lower()}"
    own = f"HMP-{operation}"
    control = (f"{operation}.success",)

    @SUITE.scenario(f"{base}.letter-case", case_clause, own, chapter=CHAPTER, after=control)
    async def letter_case(dut: Dut) -> None:
        """The name is found in any letter case."""
        name = dut.fixture(names)
        subject = await _subject(dut, what)
        if not name.isascii():
            raise CaseSkipped(
                f"needs the fixture {names} to begin with a name in ASCII: the case of other letters is not defined"
            )
        for spelled in (name.upper(), name.lower(), name.swapcase(), name):
            for permission, quoted in (("WATCH", False), ("OWN", True), ("EDIT", True)):
                reply = await dut.call(operation, spelled, permission, subject, quoted=quoted)
                dut.ok(reply, case_clause, own, check=f"found-{permission}")

    @SUITE.scenario(f"{base}.everyone", own, chapter=CHAPTER, after=control)
    async def everyone(dut: Dut) -> None:
        """Each name of the target file is found, and sharing twice is no error."""
        subject = await _subject(dut, what)
        for name in dut.fixtures(names):
            for permission in ("WATCH", "OWN", "WATCH"):
                dut.ok(await dut.call(operation, name, permission, subject), own, check="shared")

    @SUITE.scenario(f"{base}.no-roles", role_clause, f"{own}.error.{no_role_error}", chapter=CHAPTER, after=control)
    async def no_roles(dut: Dut) -> None:
        """Someone without a role is refused, with every permission."""
        subject = await _subject(dut, what)
        for name in dut.fixtures(no_role_names):
            for permission in (
                "WATCH",
                "EDIT",
                "OWN",
                *dut.target.fixture_texts("permission_ids")[:1],
            ):
                for _ in range(2):
                    reply = await dut.call(operation, name, permission, subject)
                    dut.error(reply, no_role_error, role_clause, check="refused")

    @SUITE.scenario(f"{base}.custom-permission", "HMP-SHR-004", own, chapter=CHAPTER, after=control)
    async def custom_permission(dut: Dut) -> None:
        """The id of a permission that an administrator defined is accepted."""
        subject, name = await _subject(dut, what), dut.fixture(names)
        for permission in dut.fixtures("permission_ids"):
            dut.ok(await dut.call(operation, name, permission, subject), "HMP-SHR-004", own, check="accepted")

    @SUITE.scenario(f"{base}.cannot-share", "HMP-SHR-007", f"{own}.error.cannot-share", chapter=CHAPTER, after=control)
    async def cannot_share(dut: Dut) -> None:
        """A permission that may not be shared is refused, each time."""
        subject, name = await _subject(dut, what), dut.fixture(names)
        for permission in dut.fixtures("permission_ids_cannot_share"):
            for turn in ("first", "second"):
                dut.error(
                    await dut.call(operation, name, permission, subject),
                    "cannot-share",
                    "HMP-SHR-007",
                    check=f"refused-{turn}",
                )

    @SUITE.scenario(f"{base}.unknown-permission", chapter=CHAPTER, after=control)
    async def unknown_permission(dut: Dut) -> None:
        """An id that no administrator defined; no error is documented for it."""
        subject, name = await _subject(dut, what), dut.fixture(names)
        reply = await dut.call(operation, name, dut.unknown_id(), subject)
        answers = [Answer(error="*", reading="refused"), Answer(reading="accepted")]
        dut.answers(reply, answers, f"{own}.permissionId", ambiguity="HMP-AMB-053", check="either")

    @SUITE.scenario(
        f"{base}.beginnings",
        f"{own}.error.{who.lower()}-not-found",
        f"{own}.{who.lower()}name.unknown",
        chapter=CHAPTER,
        after=control,
    )
    async def beginnings(dut: Dut) -> None:
        """The beginning of a name is not the name. One beginning may be a name of its own, all of them are not."""
        name, subject = dut.fixture(names), await _subject(dut, what)
        cut = [name[:length] for length in sorted({1, len(name) // 2, len(name) - 1}) if 0 < length < len(name)]
        replies = [await dut.call(operation, beginning, "WATCH", subject) for beginning in cut]
        for reply in replies:
            dut.answers(
                reply,
                [Answer(error=f"{who.lower()}-not-found"), Answer(error=no_role_error), Answer()],
                f"{own}.{who.lower()}name.unknown",
                check="either",
            )
        dut.check(
            "not-all",
            len(cut) < 2 or not all(reply.ok for reply in replies),
            f"{own}.{who.lower()}name.unknown",
            f"{own}.error.{who.lower()}-not-found",
            expected=f"at least one of {', '.join(cut)} is not found",
            got=", ".join(reply.describe() for reply in replies),
            step=replies[-1].step if replies else -1,
        )

    @SUITE.scenario(f"{base}.empty-name", f"{own}.error.{who.lower()}-not-found", chapter=CHAPTER, after=control)
    async def empty_name(dut: Dut) -> None:
        """Nobody has the empty name."""
        reply = await dut.call(operation, "", "WATCH", await _subject(dut, what))
        dut.answers(reply, [Answer(error="*")], f"{own}.error.{who.lower()}-not-found", check="refused")


for _what in ("Session", "Recording"):
    for _who in ("User", "Group"):
        _register(_what, _who)


def _register_via_group(what: str) -> None:
    operation = f"share{what}WithUser"

    @SUITE.scenario(
        f"share.{what.lower()}-user.role-via-group", "HMP-SHR-005", chapter=CHAPTER, after=(f"{operation}.success",)
    )
    async def via_group(dut: Dut) -> None:
        """A role through a group is enough."""
        subject = await _subject(dut, what)
        for name in dut.fixtures("user_names_role_via_group"):
            dut.ok(
                await dut.call(operation, name, "WATCH", subject), "HMP-SHR-005", f"HMP-{operation}", check="accepted"
            )


_register_via_group("Session")
_register_via_group("Recording")


def _register_record(who: str) -> None:
    operation = f"shareRecordingWith{who}"

    @SUITE.scenario(
        f"share.recording-{who.lower()}.record",
        "HMP-SHR-003",
        f"HMP-{operation}.permissionId.type",
        chapter=CHAPTER,
        after=(f"{operation}.success",),
    )
    async def record(dut: Dut) -> None:
        """RECORD is no permission of a recording, also where a session was just shared with it."""
        await dut.call(f"shareSessionWith{who}", dut.fixture(_WHO[who][0]), "RECORD", await session(dut, "empty"))
        reply = await dut.call(operation, dut.fixture(_WHO[who][0]), "RECORD", await _subject(dut, "Recording"))
        answers = [
            Answer(error="bad-permission", reading="bad-permission"),
            Answer(error="not-a-uuid", about=1, reading="not-a-uuid"),
        ]
        dut.answers(
            reply,
            answers,
            "HMP-SHR-003",
            f"HMP-{operation}.permissionId.type",
            ambiguity="HMP-AMB-020",
            check="refused",
        )


_register_record("User")
_register_record("Group")


@SUITE.scenario("share.overview-name", chapter=CHAPTER)
async def overview_name(dut: Dut) -> None:
    """The overview shares with a command that the reference lacks: a device may know it or not."""
    name = dut.fixture("user_names")
    subject = await dut.shared("recording", "FINISHED")
    call, data = dut.binding.call("shareRecording", [name, "OWN", subject])
    await dut.send(data)
    reply = await dut.receive(call, judged=False)
    answers = [Answer(error="command-not-found", reading="absent"), Answer(reading="present")]
    dut.answers(reply, answers, "HMP-EXE-004", ambiguity="HMP-AMB-008", check="either")


@SUITE.scenario(
    "share.in-turn",
    "HMP-RSP-005",
    "HMP-SHR-003",
    chapter=CHAPTER,
    after=("shareSessionWithUser.success", "shareRecordingWithUser.success"),
)
async def in_turn(dut: Dut) -> None:
    """Sessions and recordings, users and groups in turn: each command answers with its own errors."""
    user, subject, recording_id = (
        dut.fixture("user_names"),
        await session(dut, "empty"),
        await dut.shared("recording", "FINISHED"),
    )
    for _ in range(2):
        for what, given in (("Recording", recording_id), ("Session", subject)):
            for who in ("Group", "User"):
                operation = f"share{what}With{who}"
                name = dut.unique("nobody").replace(" ", "-")
                dut.error(
                    await dut.call(operation, name, "WATCH", given),
                    f"{who.lower()}-not-found",
                    "HMP-RSP-005",
                    check=f"{what}-{who}",
                )
            operation = f"share{what}WithUser"
            dut.ok(await dut.call(operation, user, "EDIT", given), f"HMP-{operation}", check=f"{what}-shared")
            answers = [
                Answer(error="bad-permission", reading="bad-permission"),
                Answer(error="not-a-uuid", about=1, reading="not-a-uuid"),
            ]
            reply = await dut.call(operation, user, "Unlisted", given)
            dut.answers(
                reply,
                answers,
                "HMP-RSP-005",
                f"HMP-{operation}.permissionId.type",
                ambiguity="HMP-AMB-020",
                check=f"{what}-permission",
            )
