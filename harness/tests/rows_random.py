"""Random documents of rows, with and without defects, in many legal and illegal spellings; one for each random generator."""

from __future__ import annotations

from random import Random

from harness.tests.rows_made import FROM, HEAD, TAIL

# What edits put in: markup, characters that may not stand where they come to stand, words of the vocabulary.
BITS = (
    "<", ">", "&", '"', "'", "/", "=", "-", "--", "<!--", "-->", "]]>", "<![CDATA[", " ", "\n", "\t", "\r\n", "\x01", "\x1f",
    "\ufffe", "\uffff", "é", "日本", "&amp;", "&#49;", "&#x31;", "&#0;", "&#7;", "&foo;", "1", "0", "-1", "+", "9999999999", "x",
    "start", "end", 'start="1"', " zero='0'", ' zero="1"', ' free="?"', "Stream", "<Stream/>", "</Stream>", "<b/>", "</b>",
    "<?pi x?>", " xmlns='urn:x'", " a:b='1'", "text",
)  # fmt: skip
BYTES = (b"\xff", b"\xc3", b"\x80", b"\xef\xbf\xbf", b"\xed\xa0\x80", b"\x00")


def document(random: Random) -> bytes:
    """One document of the reply `streams`; most rows of it are in order."""
    style = random.choice(("usual", "usual", "other", "any"))
    names = ["start", "end", "stored", random.choice(("output", "outputs")), "group", "session", "mode"]
    if style == "other":
        random.shuffle(names)
    if random.random() < 0.3:
        names.append(random.choice(("zero", "free")))
    defects = random.choice((0.0, 0.0, 0.05, 0.5))
    rows = [_row(random, number, names, style, defects) for number in range(random.randrange(40))]
    data = (HEAD + "".join(rows) + TAIL).encode()
    for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
        data = _edited(random, data)
    return data


def cuts(random: Random, data: bytes) -> list[bytes]:
    """The document in pieces."""
    size = random.choice((1, 7, 50, 400, 5_000))
    found, at = [], 0
    while at < len(data):
        step = random.randint(1, size)
        found.append(data[at : at + step])
        at += step
    return found


def _row(random: Random, number: int, names: list[str], style: str, defects: float) -> str:
    start = FROM + random.choice((0, 3599, random.randrange(3600), number))
    end = start + random.choice((0, 5, 500))
    values = {
        "start": str(start),
        "end": str(end),
        "stored": str(end + 9),
        "output": "0",
        "outputs": "1",
        "group": str(random.randrange(60)),
        "session": random.choice(("a", "b c", "&lt;&#60;", "é", "it's" if style == "usual" else "its", "x=y/>", "")),
        "mode": "user",
        "zero": "0",
        "free": random.choice(("1", "what")),
    }
    names = list(names)
    if random.random() < defects:
        name = random.choice(names)
        values[name] = random.choice(
            ("", "x", "-1", "+5", " 7 ", "007", str(FROM - 1), str(FROM + 3600), "USER", "nix", "1" * 30, "&#48;")
        )
        if random.random() < 0.3:
            names.remove(name)
    if style != "any":
        quote = '"' if style == "usual" else "'"
        inner = " ".join(f"{name}={quote}{values[name]}{quote}" for name in names)
        return f"  <Stream {inner} />\n" if style == "usual" else f"\t<Stream\r\n  {inner}></Stream>"
    random.shuffle(names)
    parts = []
    for name in names:
        value = values[name]
        if value.isalnum() and value.isascii() and random.random() < 0.2:
            at = random.randrange(len(value))
            reference = random.choice((f"&#{ord(value[at])};", f"&#x{ord(value[at]):X};"))
            value = value[:at] + reference + value[at + 1 :]
        quote = random.choice("\"'")
        value = value.replace("'", "&apos;")
        parts.append(random.choice((" ", "\n\t", "  ")) + name + random.choice(("=", " = ")) + quote + value + quote)
    comment = random.choice(("", "", "<!-- - > -->", "\n"))
    return comment + "<Stream" + "".join(parts) + random.choice(("/>", " />", "></Stream>", ">\n</Stream >"))


def _edited(random: Random, data: bytes) -> bytes:
    """One random change; most stand among the rows."""
    at = random.randrange(len(data) + 1)
    if random.random() < 0.2:
        return data[:at] + random.choice(BYTES) + data[at:]
    bit = random.choice(BITS).encode()
    gone = random.choice((0, 0, 1, 1, 2, len(bit), 40))
    return data[:at] + (bit if random.random() < 0.8 else b"") + data[at + gone :]
