"""Offline validation of HTTP requests and replies: what conforms under some reading, what breaks which clause, and where."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.checks.rows import scan_checks
from harness.cli.main import main
from harness.errors import UsageError
from harness.rows import Scan, compile_shape
from harness.spec.cite import document_lines
from harness.spec.load import load_system
from harness.validate import REQUEST, RESPONSE, Validation, Validator
from harness.verdict import Severity, broken_clauses

SYSTEM = load_system("cds")
VALIDATOR = Validator(SYSTEM)
BASE = "http://192.0.2.1/everstream/api.php?messageType="
HOUR = "fromDate=1233856800&toDate=1233860399"
EVENTS = "http://192.0.2.1/apis/TrickmodeEvents.php?messageType=GetTrickmodeEventList"
VERSION = b'<APIVersionResponse major="1" minor="3"/>'


def judged(data: str | bytes, *, operation: str = "", kind: str = "") -> Validation:
    raw = data.encode() if isinstance(data, str) else data
    return VALIDATOR.message(raw, "message", operation=operation, kind=kind)


def broken(data: str | bytes, *, operation: str = "", kind: str = "") -> list[tuple[str, int, int]]:
    return [(each.clause, each.line, each.column) for each in judged(data, operation=operation, kind=kind).broken]


# Requests


@pytest.mark.parametrize(
    ("url", "operation", "readings"),
    [
        (f"{BASE}Version", "Version", {}),
        ("/everstream/api.php?messageType=Version", "Version", {}),
        ("GET /everstream/api.php?messageType=Version HTTP/1.1\r\nHost: x\r\n\r\n", "Version", {}),
        ("GET /everstream/api.php?messageType=Version", "Version", {}),
        (f"{BASE}StreamHistory&{HOUR}", "StreamHistory", {}),
        (f"{BASE}StreamHistory&fromDate=0&toDate=3600", "StreamHistory", {}),
        (f"{BASE}StreamHistory&fromDate=7&toDate=7", "StreamHistory", {}),
        (f"{BASE}ContentRange&fromOffset=a%26b%20%C3%A9.mpg&maxRows=500", "ContentRange", {}),
        (f"{BASE}CapacityPlanning&{HOUR}&action=SERVICEGROUP&serviceGroup=7", "CapacityPlanning", {}),
        (f"{BASE}Version&extra=1", "Version", {"CDS-AMB-040": "ignored"}),
        (f"{BASE}Version&messageType=Version", "Version", {"CDS-AMB-041": "taken"}),
        (f"{BASE}StreamHistory&{HOUR}&toDate=x", "StreamHistory", {"CDS-AMB-041": "taken"}),
        (f"{BASE}StreamHistory&FromDate=5&toDate=7", "StreamHistory", {"CDS-AMB-043": "insensitive"}),
        (f"{BASE}version", "Version", {"CDS-AMB-044": "insensitive"}),
        ("/everstream/api.php/more?messageType=Version", "Version", {"CDS-AMB-045": "served"}),
        ("/everstream/api.php?message%54ype=Version", "Version", {"CDS-AMB-046": "decoded"}),
        (f"{BASE}Version#top", "Version", {"CDS-AMB-047": "ignored"}),
        (f"{BASE}StreamHistory&{HOUR}&maxRows=ten", "StreamHistory", {"CDS-AMB-067": "ignored"}),
        (f"{BASE}StreamHistory&{HOUR}&maxRows=", "StreamHistory", {"CDS-AMB-056": "not-given"}),
        (f"{BASE}StreamHistory&fromDate=7&toDate=6", "StreamHistory", {"CDS-AMB-057": "empty"}),
        (f"{BASE}StreamHistory&fromDate=-7&toDate=6", "StreamHistory", {"CDS-AMB-061": "empty"}),
        (f"{BASE}StreamHistory&fromDate=007&toDate=8", "StreamHistory", {"CDS-AMB-062": "accepted"}),
        (f"{BASE}StreamHistory\\&fromDate=7\\&toDate=8", "StreamHistory", {"CDS-AMB-007": "accepted"}),
        (f"{BASE}CapacityPlanning&fromDate=0&toDate=86399", "CapacityPlanning", {"CDS-AMB-012": "day"}),
        (
            f"{EVENTS}&StreamID=a|b",
            "TrickmodeEvents",
            {"CDS-AMB-014": "GetTrickmodeEventList", "CDS-AMB-039": "StreamID", "CDS-AMB-084": "accepted"},
        ),
    ],
)
def test_requests_that_conform_under_a_reading(url: str, operation: str, readings: dict[str, str]) -> None:
    found = judged(url)
    assert (found.conforming, found.kind, found.operation) == (True, REQUEST, operation), found.broken
    assert readings == found.readings


AT = len(BASE) + 1  # the first character of the selector's value


@pytest.mark.parametrize(
    ("url", "clause", "column"),
    [
        (f"{BASE}Versoin", "CDS-MaxErrorModifiedTime.error.unknown-message", AT),
        (f"{BASE}", "CDS-MaxErrorModifiedTime.error.unknown-message", AT),
        ("/everstream/api.php", "CDS-MaxErrorModifiedTime.error.unknown-message", 20),
        ("/everstream/api.php?fromDate=1", "CDS-MaxErrorModifiedTime.error.unknown-message", 20),
        ("/everstream/Api.php?messageType=Version", "CDS-MaxErrorModifiedTime.error.unknown-message", 1),
        ("/apis/TrickmodeEvents.php?messageType=Version", "CDS-TrickmodeEvents.error.invalid-message", 39),
        (f"{BASE}StreamHistory&fromDate=7", "CDS-StreamHistory.toDate.required", AT + 24),
        (f"{BASE}StreamHistory&fromDate=&toDate=7", "CDS-StreamHistory.fromDate.type", AT + 23),
        (f"{BASE}StreamHistory&fromDate=7.0&toDate=7", "CDS-StreamHistory.fromDate.type", AT + 23),
        (f"{BASE}StreamHistory&fromDate=0&toDate=3601", "CDS-StreamHistory.window", AT + 32),
        (f"{BASE}ContentRange&maxRows=ten", "CDS-ContentRange.maxRows.type", AT + 21),
        (f"{BASE}ContentRange", "CDS-ContentRange.maxRows.required", AT + 12),
        (f"{EVENTS}", "CDS-TrickmodeEvents.StreamID.required", len(EVENTS) + 1),
        (f"{BASE}CapacityPlanning&{HOUR}&action=SERVICEGROUP", "CDS-CAP-001", AT + 62),
        (f"{BASE}CapacityPlanning&{HOUR}&action=SERVERID", "CDS-CAP-002", AT + 62),
        (f"POST {BASE}Version HTTP/1.1", "CDS-REQ-002", 1),
        (f"{BASE}Version&x=a b", "CDS-REQ-002", AT + 11),
        (f"{BASE}ContentRange&maxRows=5&fromOffset=a%2", "CDS-REQ-002", AT + 35),
    ],
)
def test_a_wrong_request_breaks_one_clause_at_a_character(url: str, clause: str, column: int) -> None:
    assert [(clause, 1, column)] == broken(url, kind=REQUEST)
    assert not judged(url, kind=REQUEST).conforming
    assert clause in VALIDATOR.clauses


def test_one_request_a_file() -> None:
    assert broken(f"{BASE}Version\n\n{BASE}Version\n") == [("CDS-REQ-002", 3, 1)]
    assert broken(f"{BASE}Version\n\n") == []


def test_the_operation_that_was_asked_for() -> None:
    assert broken(f"{BASE}Version", operation="Devices") == [("CDS-Devices", 1, 17)]
    assert broken(VERSION, operation="Devices")[0] == ("CDS-RSP-002", 1, 1)


# Replies


def reply(rows: str, root: str = "StreamsResponse") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} dateFormat="sec">\n{rows}\n</{root}>\n'


def stream(more: str = "", **changed: str) -> str:
    values = {
        "startTime": "10", "endTime": "20", "dbTime": "30", "tsidOutputs": "0", "macAddress": "m", "serverIpAddress": "1.1.1.1",
        "serviceGroup": "1", "sessionID": "s", "streamType": "user", "contentName": "c", "assetIOR": "", "bitrate": "1", "assetName": "a",
    }  # fmt: skip
    names = " ".join(f'{name}="{value}"' for name, value in {**values, **changed}.items())
    return f"<Stream {names}{more}/>"


def listed() -> str:
    own = re.sub(r' (contentName|assetIOR|bitrate|assetName)="[^"]*"', "", stream())[:-2]
    content = 'contentName="c" bitrate="1" assetName="a" contentLength="1" segmentIndex="0"'
    return f"{own}><Content {content}/><Content {content.replace('0', '1')}/></Stream>"


def head(body: bytes, *fields: str, first: str = "HTTP/1.1 200 OK") -> bytes:
    lines = [first, "Content-Type: text/xml", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_every_defect_has_its_place(encoding: str, line_end: str) -> None:
    text = reply(f"  {stream()}\n\té" + stream(startTime="ten") + "\n" + stream(endTime="9", macAddress="ü"))
    text = text.replace("é", "<!-- é -->").replace("UTF-8", encoding.removesuffix("-sig")).replace("\n", line_end)
    found = judged(text.encode(encoding))
    assert (found.operation, found.kind, found.conforming) == ("StreamHistory", RESPONSE, False)
    places = [(each.clause, each.line, each.column) for each in found.broken]
    assert ("CDS-StreamHistory.reply.Stream.startTime", 4, 1 + len("\t<!-- é --><Stream ")) in places
    assert {(clause, line) for clause, line, _ in places[1:]} == {("CDS-STR-001", 5)}
    assert "(row 2)" in found.broken[0].message


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        (reply(stream()), "StreamHistory"),
        (reply(listed()), "StreamListHistory"),
        (reply(listed().replace('"10"', '"ten"')), "StreamListHistory"),
        (reply(stream(bitrate="ten")), "StreamHistory"),
        (reply(""), ""),
        (reply("", "TrickModesResponse"), ""),
        (VERSION.decode(), "Version"),
        ('<Error code="101" message="Missing Stream ID in request"/>', "TrickmodeEvents"),
        ('\n <!-- a --> <APIVersionResponse major="1" minor="3"/>', "Version"),
    ],
)
def test_the_operation_is_inferred(text: str, operation: str) -> None:
    assert (judged(text).kind, judged(text).operation) == (RESPONSE, operation)


def test_what_fits_several_operations_is_judged_as_the_one_that_is_named() -> None:
    found = judged(reply(""), operation="StreamListHistory")
    assert (found.operation, found.conforming) == ("StreamListHistory", True)
    listed = judged(
        reply(stream()), operation="StreamListHistory"
    )  # contents beside a stream are more than there should be
    assert listed.conforming
    assert {each.clause for each in listed.broken} == {"CDS-RSP-003"}


@pytest.mark.parametrize(
    ("text", "clause", "line", "column"),
    [
        ("<Unheard/>", "CDS-RSP-002", 1, 1),
        ("\n  <apiVersionResponse major='1' minor='1'/>", "CDS-RSP-002", 2, 3),
        ("<APIVersionResponse major='1' minor='1'>", "CDS-RSP-001", 1, 41),
        ("<APIVersionResponse major='1' minor='1' major='1'/>", "CDS-RSP-001", 1, 41),
        ("<APIVersionResponse major='1'/>", "CDS-Version.reply.APIVersionResponse.minor", 1, 1),
        ("<APIVersionResponse major='1' minor='a'/>", "CDS-Version.reply.APIVersionResponse.minor", 1, 31),
        ("no XML at all", "CDS-RSP-001", 1, 1),
        ("<Error code='103' message='Missing'/>", "CDS-TrickmodeEvents.error.missing-stream", 1, 1),
        ("<!DOCTYPE a [\n<!ENTITY b 'c'>]><APIVersionResponse major='&b;' minor='1'/>", "CDS-RSP-001", 1, 13),
    ],
)
def test_a_wrong_reply_breaks_a_clause_at_a_place(text: str, clause: str, line: int, column: int) -> None:
    found = judged(text)
    assert not found.conforming
    assert (clause, line, column) == broken(text)[0]


def test_a_root_behind_a_long_comment_is_found() -> None:
    assert judged(b"<!--" + b"x" * 300_000 + b"-->" + VERSION).operation == "Version"


def test_more_than_a_thousand_defects_are_counted() -> None:
    found = judged(reply("\n".join(stream(bitrate="x") for _ in range(1500))))
    assert len(found.broken) == 1000
    assert "500 more" in found.broken[-1].message


def test_the_checks_of_a_live_reply_break_the_same_clauses() -> None:
    rows = stream() + "\n" + stream(bitrate="x", endTime="") + stream(' other="1"') + stream(streamType="User")
    scan = Scan(compile_shape(SYSTEM, "streams", operation="StreamHistory"))
    scan.feed(reply(rows).encode())
    checks = scan_checks(SYSTEM, "StreamHistory", scan.finish())
    assert set(broken_clauses(checks)) == {each.clause for each in judged(reply(rows)).broken}
    assert {check.severity for check in checks if not check.passed} == {Severity.MUST, Severity.SHOULD}
    passed = {clause for check in checks if check.passed for clause in check.clauses}
    assert {
        "CDS-StreamHistory.reply",
        "CDS-StreamHistory.reply.Stream.startTime",
        "CDS-RSP-001",
        "CDS-STR-002",
    } <= passed
    assert len({check.id for check in checks}) == len(checks)
    readings = {name: fits for check in checks for name, fits in check.readings.items()}
    assert readings["CDS-AMB-001"] == frozenset({"tsidOutputs"})


def test_a_document_without_rows_probes_no_attribute_of_a_row() -> None:
    scan = Scan(compile_shape(SYSTEM, "streams", operation="StreamHistory"))
    scan.feed(reply("").encode())
    clauses = {clause for check in scan_checks(SYSTEM, "StreamHistory", scan.finish()) for clause in check.clauses}
    assert "CDS-StreamHistory.reply" in clauses
    assert not {clause for clause in clauses if clause.startswith("CDS-StreamHistory.reply.Stream.")}


# Whole responses


def chunked(body: bytes, size: int = 700) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    coded = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n" + coded


def test_a_whole_response_conforms() -> None:
    body = reply("\n".join(stream() for _ in range(50))).encode()
    for data in (head(body), chunked(body), head(gzip.compress(body), "Content-Encoding: gzip")):
        found = judged(data)
        assert (found.operation, found.conforming, found.broken) == ("StreamHistory", True, ())


def test_codings_that_a_tool_has_undone_are_passed_over() -> None:
    """`curl -i` writes the head as it came and the body without chunks; with `--compressed` it unpacks it too."""
    body = reply(stream(startTime="ten")).encode()
    chunks = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    packed = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: gzip\r\nContent-Length: 70\r\n\r\n" + body
    assert broken(chunks) == [("CDS-StreamHistory.reply.Stream.startTime", 7, 9)]
    assert broken(packed) == [("CDS-StreamHistory.reply.Stream.startTime", 8, 9)]
    assert judged(chunks.replace(b'"ten"', b'"10"')).conforming


def test_places_behind_a_head_are_those_of_the_file() -> None:
    body = reply(stream(startTime="ten")).encode()
    clause = "CDS-StreamHistory.reply.Stream.startTime"
    assert broken(head(body)) == [(clause, 4 + 3, 9)]
    assert broken(chunked(body)) == [(clause, 3, 9)]
    assert "of the decoded body" in judged(chunked(body)).broken[0].message


@pytest.mark.parametrize(
    ("data", "clause", "line", "column", "conforming"),
    [
        (head(VERSION)[:-5], "CDS-HTT-001", 5, 37, False),
        (head(VERSION) + b"x", "CDS-HTT-001", 1, 1, False),
        (head(VERSION, first="HTTP/1.1 500 Oh"), "CDS-STA-001", 1, 10, False),
        (head(VERSION).replace(b"text/xml", b"text/html"), "CDS-HTT-002", 2, 1, True),
        (head(b"\x1f\x8b\x08\x00nonsense", "Content-Encoding: gzip"), "CDS-HTT-001", 6, 1, False),
        (head(b"x", "Content-Encoding: br"), "CDS-HTT-001", 6, 1, False),
        (b"HTTP/1.1 200 OK\r\n", "CDS-HTT-001", 2, 1, False),
        (head(b""), "CDS-RSP-001", 5, 1, False),
        (
            head(b'<Error code="101" message="Missing"/>', first="HTTP/1.1 400 Bad Request"),
            "CDS-TrickmodeEvents.error.missing-stream", 5, 1, False,
        ),
    ],
)  # fmt: skip
def test_a_wrong_response_breaks_a_clause(data: bytes, clause: str, line: int, column: int, conforming: bool) -> None:
    assert (clause, line, column) in broken(data)
    assert judged(data).conforming is conforming


def test_the_body_of_an_error_is_free_where_none_is_shown() -> None:
    refused = head(b"Bad Request", first="HTTP/1.1 400 Bad Request")
    assert judged(refused, operation="Version").conforming
    assert judged(refused).conforming
    assert broken(refused, operation="TrickmodeEvents") == [("CDS-TrickmodeEvents.error.missing-stream", 5, 1)]


# Files


def exit_code(arguments: list[str]) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert isinstance(end.value.code, int)
    return end.value.code


def test_files_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.url", tmp_path / "bad.xml"
    good.write_text(f"{BASE}Version\n")
    bad.write_text("<APIVersionResponse major='1'/>")
    assert exit_code(["validate", "cds", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: conforming (Version request)\n"
    assert exit_code(["validate", "cds", "--json", str(good), str(bad)]) == 1
    rows = json.loads(capsys.readouterr().out)
    assert rows[0] == {
        "file": str(good), "operation": "Version", "kind": "request", "conforming": True, "broken": [], "readings": {},
    }  # fmt: skip
    assert {key: value for key, value in rows[1]["broken"][0].items() if key != "message"} == {
        "clause": "CDS-Version.reply.APIVersionResponse.minor", "line": 1, "column": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "option", "says"),
    [
        ("absent", "", "No such file"),
        (".", "", "Is a directory"),
        ("empty", "", "the file is empty"),
        ("version", "--kind=command", "--kind command: unknown"),
        ("version", "--operation=version", "did you mean 'Version'"),
    ],
)
def test_wrong_use_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, option: str, says: str
) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "version").write_bytes(VERSION)
    assert exit_code(["validate", "cds", *([option] if option else []), str(tmp_path / name)]) == 2
    assert says in capsys.readouterr().err


def test_captures_are_for_later(tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_bytes(b"\xd4\xc3\xb2\xa1")
    with pytest.raises(UsageError, match="captures cannot be validated yet"):
        VALIDATOR.file(tmp_path / "a.pcap")


# Not ru_maxrss, which a process takes over from the one that started it.
_MEMORY = """
import re, sys
from pathlib import Path
from harness.cli.main import main
try:
    main(["validate", "cds", sys.argv[1]])
except SystemExit:
    print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def peak_kib(path: Path) -> tuple[str, int]:
    """What validating a file says, and the peak of its process."""
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(path)], capture_output=True, text=True, timeout=300, check=True
    )
    *said, last = done.stdout.splitlines()
    return said[0], int(last)


@pytest.mark.slow
def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    row = (stream(assetIOR="IOR:" + "0" * 700) + "\n").encode()
    start, end = reply("@").encode().split(b"@")
    for path, count in ((tmp_path / "small", 10), (tmp_path / "large", 100_000_000 // len(row))):
        with path.open("wb") as out:
            out.write(start)
            for _ in range(count // 10):
                out.write(row * 10)
            out.write(end)
    assert (tmp_path / "large").stat().st_size > 99_000_000
    said, small = peak_kib(tmp_path / "small")
    assert said == f"{tmp_path / 'small'}: conforming (StreamHistory response)"
    said, large = peak_kib(tmp_path / "large")
    assert said == f"{tmp_path / 'large'}: conforming (StreamHistory response)"
    assert large - small < 48 * 1024, (large, small)


# What the document prints

FOLDER = os.environ.get("CLAUSEWISE_DOCUMENTS", "")
needs_documents = pytest.mark.skipif(
    not FOLDER, reason="CLAUSEWISE_DOCUMENTS does not name the folder of the documents"
)


@needs_documents
def test_the_printed_requests_conform() -> None:
    text = "\n".join(document_lines(SYSTEM.document, Path(FOLDER)))
    urls = [re.sub(r"\s", "", url) for url in re.findall(r"^(http://[^`]*?)(?=\n\n|\n```|\n[A-Z])", text, re.MULTILINE)]
    urls = [url for url in urls if "messageType" in url]
    seen = set()
    for url in urls:
        found = judged(url)
        assert found.conforming, (url, found.broken)
        seen.add(found.operation)
    assert seen == set(SYSTEM.operations) - {"TrickModeListHistory"}  # which the document asks for by another's name
