"""Benchmark of `harness.rows`: a reply of a million rows from a loopback socket, as a ratio to `xmllint --stream --schema`.

xmllint reads the clean reply from a file; the check receives what it checks from a socket. Both run in turn, and the ratio
is that of the medians. Four replies: clean in the usual spelling, clean in other spellings, every row wrong, one error in each
thousand rows. xmllint comes with the Debian package libxml2-utils.

    python suites/throughput/bench_rows.py [--rows 1000000] [--rounds 3] [--only clean|spelled|wrong|some]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.rows import Result, Scan, compile_shape
from harness.spec.load import load_system

FROM, TO = 1_233_856_800, 1_233_860_399
BLOCK = 10_000  # rows that are made at a time; the rows of a block are of one second
RECEIVED = 262_144
TARGETS = {"clean": 0.75, "spelled": 2.2, "wrong": 4.0, "some": None}
IOR = "IOR:010000002600000049444c3a6973612e7477632e636f6d2f41737365744d6f64756c652f41737365743a312e30"
HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<StreamsResponse\n  dateFormat="sec"\n'
    b'  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"\n  xsi:noNamespaceSchemaLocation="../../src/xsd/Streams.xsd">\n'
)
TAIL = b"</StreamsResponse>\n"
INTEGERS = ("startTime", "endTime", "dbTime", "serviceGroup", "bitrate")
TEXTS = (
    "tsidOutput",
    "macAddress",
    "serverIpAddress",
    "sessionID",
    "streamType",
    "contentName",
    "assetIOR",
    "assetName",
)


def schema() -> str:
    """The schema that xmllint holds the reply to; it says no more than types and names."""
    attributes = "".join(
        f'<xs:attribute name="{name}" type="xs:{kind}" use="required"/>'
        for kind, names in (("integer", INTEGERS), ("string", TEXTS))
        for name in names
    )
    return (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="StreamsResponse"><xs:complexType><xs:sequence>'
        '<xs:element name="Stream" minOccurs="0" maxOccurs="unbounded"><xs:complexType>'
        f'{attributes}</xs:complexType></xs:element></xs:sequence><xs:attribute name="dateFormat" type="xs:string"/>'
        "</xs:complexType></xs:element></xs:schema>"
    )


def values(number: int, start: str) -> dict[str, str]:
    """One row that conforms."""
    end = int(start) + number % 50  # so that all times of a block begin with the same eight digits
    return {
        "startTime": start,
        "endTime": str(end),
        "dbTime": str(end + 49),
        "tsidOutput": "0",
        "macAddress": f"0010{number:08X}",
        "serverIpAddress": f"209.165.201.{number % 200}",
        "serviceGroup": str(number % 900),
        "sessionID": f"Emulated:15:{number}:{start}739",
        "streamType": "user",
        "contentName": f"HD_{number % 977}.mpg",
        "assetIOR": IOR,
        "bitrate": "15000000",
        "assetName": "ArroyoAsset",
    }


def usual(row: dict[str, str], _random: random.Random) -> str:
    """The spelling of the document's examples."""
    return "  <Stream " + " ".join(f'{name}="{value}"' for name, value in row.items()) + " />\n"


def spelled(row: dict[str, str], random: random.Random) -> str:
    """Another order, other quotes and white space, references and comments, another way for each row."""
    parts = list(row.items())
    random.shuffle(parts)
    text = "<!-- a row -->\n<Stream" if random.random() < 0.05 else "\t<Stream"
    for name, value in parts:
        if random.random() < 0.1:
            at = len(value) - 1 - random.randrange(min(2, len(value)))
            value = f"{value[:at]}&#{ord(value[at])};{value[at + 1 :]}"
        quote = random.choice("\"'")
        text += random.choice((" ", "\n    ", "\t")) + name + random.choice(("=", " = ")) + quote + value + quote
    return text + random.choice(("/>", " />", "></Stream>")) + "\n"


def wrong(row: dict[str, str], random: random.Random) -> str:
    """A value that is no integer in every row."""
    return usual({**row, "bitrate": "fast"}, random)


def some(row: dict[str, str], random: random.Random) -> str:
    """One row of a thousand ends before it begins."""
    return usual({**row, "endTime": "1233850000"} if random.random() < 0.001 else row, random)


MADE: dict[str, Callable[[dict[str, str], random.Random], str]] = {
    "clean": usual,
    "spelled": spelled,
    "wrong": wrong,
    "some": some,
}


def write(path: Path, kind: str, rows: int) -> int:
    """Write one reply; gives its size. Each block is the first with another second in its place, of as many digits."""
    chooser = random.Random(1)  # noqa: S311 - the same reply each time
    block = "".join(MADE[kind](values(number, "1233856800"), chooser) for number in range(min(BLOCK, rows)))
    with path.open("wb") as file:
        file.write(HEAD)
        for number in range(rows // len(range(min(BLOCK, rows)))):
            file.write(block.replace("12338568", f"12338{568 + number % 30:03}").encode())
        file.write(TAIL)
    return path.stat().st_size


def received(path: Path) -> Iterator[bytearray | memoryview]:
    """A file from a loopback socket, to which another process sends it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = (
            f"import socket; s = socket.create_connection(('127.0.0.1', {port})); s.sendfile(open({str(path)!r}, 'rb'))"
        )
        with subprocess.Popen([sys.executable, "-c", code]):  # noqa: S603 - our own
            connection, _ = server.accept()
            with connection:
                buffer = memoryview(bytearray(RECEIVED))
                while count := connection.recv_into(buffer):
                    yield buffer[:count]


def check(path: Path) -> tuple[float, float, Result]:
    """Seconds of wall time from the first byte to the result, and of CPU."""
    shape = compile_shape(load_system("cds"), "streams", operation="StreamHistory")
    scan = Scan(shape, window=(FROM, TO))
    pieces = received(path)
    scan.feed(next(pieces))
    began, cpu = time.perf_counter(), time.process_time()
    for piece in pieces:
        scan.feed(piece)
    result = scan.finish()
    return time.perf_counter() - began, time.process_time() - cpu, result


def one_check(path: Path) -> dict[str, float]:
    """The same in a process of its own, with its peak of memory over that of a process that has read the spec."""
    code = (
        "import json, resource, sys; sys.path.insert(0, sys.argv[2]); import bench_rows as b; from pathlib import Path\n"
        "b.compile_shape(b.load_system('cds'), 'streams', operation='StreamHistory')\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak(); wall, cpu, result = b.check(Path(sys.argv[1]))\n"
        "print(json.dumps({'wall': wall, 'cpu': cpu, 'rows': result.rows, 'total': result.total, 'mib': (peak() - before) / 1024}))"
    )
    command = [sys.executable, "-c", code, str(path), str(Path(__file__).parent)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    found = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)  # noqa: S603 - our own
    return dict(json.loads(found.stdout))


def xmllint(path: Path, xsd: Path) -> tuple[float, float]:
    """Seconds of wall time and of CPU that xmllint takes for a file."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [shutil.which("xmllint") or "xmllint", "--stream", "--noout", "--schema", str(xsd), str(path)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print one line a reply."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=sorted(MADE))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if shutil.which("xmllint") is None:
        raise SystemExit("bench_rows: there is no xmllint; apt-get install libxml2-utils")
    memory = Path("/dev/shm")  # noqa: S108 - a temporary folder is made in it
    found = {}
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        xsd, clean, other = Path(name) / "streams.xsd", Path(name) / "clean.xml", Path(name) / "other.xml"
        xsd.write_text(schema())
        write(clean, "clean", options.rows)
        for kind in [options.only] if options.only else MADE:
            size = write(other, kind, options.rows)
            rounds = [(xmllint(clean, xsd), one_check(other)) for _ in range(options.rounds)]
            base = statistics.median(seconds for (seconds, _), _ in rounds)
            by_cpu = statistics.median(one["cpu"] for _, one in rounds) / statistics.median(
                cpu for (_, cpu), _ in rounds
            )
            wall = statistics.median(one["wall"] for _, one in rounds)
            last = rounds[-1][1]
            found[kind] = {
                "ratio": wall / base,
                "cpu_ratio": by_cpu,
                "wall_s": wall,
                "xmllint_s": base,
                "mib": last["mib"],
                "rows": last["rows"],
            }
            target = f"target <= {TARGETS[kind]}" if TARGETS[kind] else ""
            note = f"{wall:.2f} s, xmllint {base:.2f} s, {size / 1e6:.0f} MB, {last['rows']:,} rows, {last['total']:,} violations"
            if not options.json:
                line = f"rows, {kind:8} {target:15} ratio {wall / base:5.2f} (CPU {by_cpu:.2f})  {note}, +{last['mib']:.1f} MiB"
                print(line, flush=True)  # noqa: T201 - its purpose
    if options.json:
        print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
