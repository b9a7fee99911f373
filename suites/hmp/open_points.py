"""What the document leaves open: any sensible answer conforms, but there is one answer a line, and the next command is served."""

from harness.dut import Dut
from harness.ending import Ending
from harness.messages.reply import Reply
from harness.verdict import Severity
from suites.hmp import SUITE

CHAPTER = "Open points"
_MARK = "marker-after-it"


async def _then(
    dut: Dut, data: bytes, *, links_may_end: bool, most: int = 1, patience: float = 1.0, may_ignore: bool = False
) -> list[Reply]:
    """Send what is open, then a marker on the same connection; collect the replies up to the marker's, `most` before it at the most."""
    call, marker = dut.binding.call("getRecordingStatus", [_MARK])
    await dut.send(data)
    await dut.send(marker)
    before: list[Reply] = []
    while True:
        reply = await dut.receive(call, judged=False, deadline_s=dut.target.timeout * patience)
        if reply.ending is not Ending.ANSWERED:
            dut.check(
                "served",
                (links_may_end and reply.ending in (Ending.CLOSED, Ending.RESET))
                or (may_ignore and reply.ending is Ending.SILENT),
                "HMP-EXE-006",
                expected="the next command is answered",
                got=reply.describe(),
                step=reply.step,
            )
            return before
        if _MARK in reply.text:
            dut.error(reply, "not-a-uuid", "HMP-EXE-002", "HMP-EXE-006", about=0, check="next")
            dut.check(
                "replies",
                len(before) <= most,
                "HMP-EXE-002",
                expected=f"{most} replies at most",
                got=str(len(before)),
                step=reply.step,
            )
            return before
        before.append(reply)
        if len(before) > most + 2:
            dut.check(
                "replies", False, "HMP-EXE-002", expected=f"{most} replies at most", got=f"{len(before)} and no end"
            )
            return before


_LINES: dict[str, tuple[bytes, str]] = {
    "carriage-return": (b"getRecordingStatus word\r\n", "HMP-AMB-030"),
    "carriage-return.alone": (b"\r\n", "HMP-AMB-030"),
    "empty-line": (b"\n", "HMP-AMB-031"),
    "blank-line": (b"   \n", "HMP-AMB-031"),
    "tab": (b"getRecordingStatus\tword\n", "HMP-AMB-032"),
    "tab.argument": (b"getRecordingStatus a\tb\n", "HMP-AMB-032"),
    "spaces": (b"getRecordingStatus   word\n", "HMP-AMB-033"),
    "spaces.leading": (b"  getRecordingStatus word\n", "HMP-AMB-034"),
    "spaces.trailing": (b"getRecordingStatus word  \n", "HMP-AMB-034"),
    "quote.inside": (b'getRecordingStatus ab"cd ef"gh\n', "HMP-AMB-035"),
    "quote.last": (b'getRecordingStatus abc"\n', "HMP-AMB-035"),
    "text-after-quote": (b'getRecordingStatus "ab"cd\n', "HMP-AMB-036"),
    "quotes-touching": (b'getRecordingStatus "ab""cd"\n', "HMP-AMB-036"),
    "escape.unknown": (b'getRecordingStatus "a\\tb"\n', "HMP-AMB-037"),
    "escape.digit": (b'getRecordingStatus "a\\1b"\n', "HMP-AMB-037"),
    "quotes.alone": (b'""\n', "HMP-AMB-057"),
    "command.quoted": (b'"getRecordingStatus" word\n', "HMP-AMB-057"),
    "null": (b"getRecordingStatus a\x00b\n", "HMP-AMB-032"),
    "bell": (b"getRecordingStatus a\x07b\n", "HMP-AMB-032"),
    "byte-order-mark": (b"\xef\xbb\xbfgetRecordingStatus word\n", "HMP-AMB-034"),
    "line-separator": ("getRecordingStatus a\u2028b\n".encode(), "HMP-AMB-032"),
}


def _register(name: str, data: bytes, ambiguity: str) -> None:
    @SUITE.scenario(f"open.{name}", "HMP-EXE-002", "HMP-EXE-006", chapter=CHAPTER)
    async def line(dut: Dut) -> None:
        """A line on which the document is silent gets one answer at most, and the next command its own."""
        for reply in await _then(dut, data, links_may_end=False):
            dut.check(
                "well-formed",
                reply.ok is not None and not reply.problems,
                "HMP-RSP-003",
                "HMP-SYN-002",
                expected=f"a reply in a documented form, whatever the reading of {ambiguity}",
                got=reply.describe(),
                step=reply.step,
            )


for _name, (_data, _ambiguity) in _LINES.items():
    _register(_name, _data, _ambiguity)


_INVALID = {
    "lone-continuation": b"a\x80b",
    "cut-off": b"a\xe6\x97",
    "overlong": b"a\xc0\xafb",
    "surrogate": b"a\xed\xa0\x80b",
    "beyond-unicode": b"a\xf5\x80\x80\x80b",
    "latin-1": b"caf\xe9",
    "every-byte": bytes(byte for byte in range(128, 256)),
}


def _register_invalid(name: str, data: bytes) -> None:
    @SUITE.scenario(f"open.invalid-utf-8.{name}", "HMP-SYN-004", "HMP-EXE-002", chapter=CHAPTER, loose=True)
    async def invalid(dut: Dut) -> None:
        """Bytes that are no UTF-8: whatever the device does with them, what it sends is UTF-8 and it serves on."""
        for reply in await _then(dut, b"getRecordingStatus " + data + b"\n", links_may_end=True):
            problems = [problem.got for problem in reply.problems if problem.rule == "encoding"]
            dut.check(
                "utf-8",
                not problems,
                "HMP-SYN-004",
                expected="replies in UTF-8",
                got="; ".join(problems),
                step=reply.step,
                severity=Severity.SHOULD,
            )
        await _served_anew(dut)


for _name, _data in _INVALID.items():
    _register_invalid(_name, _data)


async def _served_anew(dut: Dut) -> None:
    """A new connection is served."""
    reply = await dut.call("getRecordingStatus", "anew", link="anew")
    dut.error(reply, "not-a-uuid", "HMP-EXE-002", about=0, check="served-anew")


def _register_long(size: int) -> None:
    @SUITE.scenario(f"open.long-line.{size}", "HMP-EXE-002", chapter=CHAPTER, loose=True)
    async def long(dut: Dut) -> None:
        """A line far longer than any command: executed, refused or cut off, but never fatal."""
        await _then(
            dut,
            b"getRecordingStatus " + b"x" * size + b"\n",
            links_may_end=True,
            patience=3.0,
            may_ignore=size > 10_000,
        )
        await _served_anew(dut)


for _size in (5_000, 20_000, 70_000):
    _register_long(_size)


@SUITE.scenario("open.line-feed-repeated", "HMP-SYN-002", "HMP-EXE-002", chapter=CHAPTER, loose=True)
async def line_feed_repeated(dut: Dut) -> None:
    """A wrong value with a line feed in it: repeating it raw breaks the reply in two, which few devices mean."""
    replies = await _then(dut, b'getRecordingStatus "a\\nb"\n', links_may_end=False, most=2)
    dut.check("some", bool(replies), "HMP-EXE-002", expected="a reply", got="none")
    dut.check(
        "one",
        len(replies) < 2,
        "HMP-SYN-002",
        expected="one reply",
        got=f"{len(replies)} lines",
        severity=Severity.READING,
    )


@SUITE.scenario("open.garbage", "HMP-EXE-002", chapter=CHAPTER, loose=True)
async def garbage(dut: Dut) -> None:
    """Bytes of another protocol and of none; the device survives them."""
    for name, data in (
        ("http", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("tls", bytes.fromhex("16030100c8010000c40303") + bytes(range(64))),
        ("telnet", b"\xff\xfd\x18\xff\xfd\x20\r\n"),
        ("random", bytes(dut.rng.randrange(256) for _ in range(500)).replace(b"\n", b"")),
    ):
        await dut.send(data, link=name)
        await dut.close(name, "reset" if name == "tls" else "close")
    await _served_anew(dut)


@SUITE.scenario("open.cut-off", "HMP-SYN-001", chapter=CHAPTER, loose=True)
async def cut_off(dut: Dut) -> None:
    """A command without its line feed, then the end of the connection; the device serves others."""
    for how in ("half-close", "close", "reset"):
        await dut.send(b"getRecordingStatus half", link=how)
        await dut.close(how, how)
    await _served_anew(dut)
