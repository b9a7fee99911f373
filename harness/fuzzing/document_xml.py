"""Requests as XML documents: as they are usually written, in other ways that mean the same, and bent so that it is open what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from harness.fuzzing.document_values import Spell, as_text, pick, plain_xml
from harness.messages.documentreply import Fields

Pairs = list[tuple[str, str]]  # names of elements, and texts as they stand in the document
Bend = Callable[[Pairs, Random], str]
ROOT = "REQUEST"


def written(pairs: Sequence[tuple[str, str]], root: str = ROOT, end: str = "\r\n") -> str:
    """The usual way."""
    return f"<{root}>" + "".join(f"<{name}>{text}</{name}>" for name, text in pairs) + f"</{root}>{end}"


def spelled(fields: Fields, rng: Random, spell: Spell | None = None) -> Pairs:
    """The values as texts of elements, spelled in any legal way, or in this one."""
    how = spell or (as_text if rng.random() < 0.5 else plain_xml)
    return [(name, how(value, rng)) for name, value in fields]


# what means the same


def _any_order(pairs: Pairs, rng: Random) -> str:
    pairs = sorted(pairs, key=lambda _pair: rng.random())
    return written(pairs)


def _spread(pairs: Pairs, rng: Random) -> str:
    """White space between elements."""
    blanks = ("\r\n", "\n", "\r\n  ", "\t", " ", "\r\n\r\n", "")
    inner = "".join(f"{pick(rng, blanks)}<{name}>{text}</{name}>" for name, text in pairs)
    return f"<{ROOT}>{inner}{pick(rng, blanks)}</{ROOT}>\r\n"


LEGAL: dict[str, Bend] = {"usual": lambda pairs, _rng: written(pairs), "order": _any_order, "white-space": _spread}

# what is XML, though unusual: it is served, or taken for no request


def _in_section(text: str, rng: Random) -> str:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    whole = f"<![CDATA[{plain}]]>" if "]]>" not in plain and "&#" not in text else text
    return whole if rng.random() < 0.8 else f"<![CDATA[]]>{text}"


def _declared(pairs: Pairs, rng: Random) -> str:
    words = (
        '<?xml version="1.0"?>',
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<?xml version='1.0' encoding='utf-8'?>\r\n",
        "\ufeff",
        "<?x y?>",
    )
    return pick(rng, words) + written(pairs)


def _commented(pairs: Pairs, rng: Random) -> str:
    comment = pick(rng, ("<!-- x -->", "<!---->", "<!-- </REQUEST> -->", "<!--\r\n-->", "<?pi </REQUEST>?>"))
    at = int(rng.random() * (len(pairs) + 1))
    inner = [f"<{name}>{text}</{name}>" for name, text in pairs]
    return f"<{ROOT}>{''.join(inner[:at])}{comment}{''.join(inner[at:])}</{ROOT}>\r\n"


def _sections(pairs: Pairs, rng: Random) -> str:
    return written([(name, _in_section(text, rng)) for name, text in pairs])


def _attributes(pairs: Pairs, rng: Random) -> str:
    return written(pairs).replace(
        pick(rng, (f"<{ROOT}>", f"<{pairs[0][0]}>")), pick(rng, (f'<{ROOT} a="b">', f"<{ROOT} xmlns='urn:x'>")), 1
    )


def _in_tags(pairs: Pairs, rng: Random) -> str:
    """White space within tags, where XML allows it."""
    blank = pick(rng, (" ", "\r\n", "\t", "\n"))
    return "".join(f"{piece}{blank if piece.endswith(pairs[0][0]) else ''}" for piece in _pieces(written(pairs)))


def _pieces(text: str) -> list[str]:
    found = text.split(">")
    return [*(piece for one in found[:-1] for piece in (one, ">")), found[-1]]


# what is no request, or open in other ways


def _nested(pairs: Pairs, rng: Random) -> str:
    deep = 1 + int(rng.random() ** 3 * 200)
    return written(
        [(pairs[0][0], "<A>" * deep + "x" + "</A>" * deep), *pairs[1:]] if rng.random() < 0.5 else pairs
    ).replace("</REQUEST>", "<REQUEST></REQUEST></REQUEST>", int(rng.random() * 2))


def _twice(pairs: Pairs, rng: Random) -> str:
    name, text = pairs[int(rng.random() * len(pairs))]
    return written([*pairs, (name, text if rng.random() < 0.4 else "x")])


def _without(pairs: Pairs, rng: Random) -> str:
    gone = int(rng.random() * len(pairs))
    return written([one for index, one in enumerate(pairs) if index != gone])


def _empty(pairs: Pairs, rng: Random) -> str:
    at = int(rng.random() * len(pairs))
    name = pairs[at][0]
    text = written([(one, "" if index == at else value) for index, (one, value) in enumerate(pairs)])
    return text.replace(f"<{name}></{name}>", f"<{name}/>") if rng.random() < 0.5 else text


def _stranger(pairs: Pairs, rng: Random) -> str:
    extra = (pick(rng, ("NOSUCHTHING", "x", "_", "user1", "A.B-c", "ÄÖ", "RESULTCODE", "REQUEST")), "x")
    return written([*pairs, extra])


def _root(pairs: Pairs, rng: Random) -> str:
    return written(
        pairs, pick(rng, ("RESULT", "request", "Request", "TEST", "R", "CALLCOPYEVENT", "REQUESTS", "x:REQUEST"))
    )


def _letters(pairs: Pairs, rng: Random) -> str:
    at = int(rng.random() * len(pairs))
    return written([(name.lower() if index == at else name, text) for index, (name, text) in enumerate(pairs)])


def _function(pairs: Pairs, rng: Random) -> str:
    words = (
        "NOSUCHFUNCTION",
        "",
        " ",
        "0",
        "test",
        " TEST ",
        "TEST\r\n",
        "Ä",
        "IMPORTAGENT",
        "MODECHANGE",
        "x" * 300,
        "&amp;",
        "TEST;TEST",
    )
    word = pick(rng, words)
    name = "REQUESTTYPE" if rng.random() < 0.2 else "TYPE"
    return written([(name, word) if one[0] == "TYPE" else one for one in pairs])


def _bare(pairs: Pairs, rng: Random) -> str:
    """What no XML has: bare ampersands, unknown references, characters that may not be."""
    bad = pick(
        rng,
        (
            "&",
            "& ",
            "a&b",
            "&nbsp;",
            "&#0;",
            "&#x1F;",
            "&#xD800;",
            "&#99999999;",
            "&;",
            "&#;",
            "<",
            "\x00",
            "\x08",
            "\x7f",
            "]]>",
        ),
    )
    at = int(rng.random() * len(pairs))
    return written([(name, text + bad if index == at else text) for index, (name, text) in enumerate(pairs)])


def _malformed(pairs: Pairs, rng: Random) -> str:
    text = written(pairs)
    ways = (
        lambda: text.replace("</REQUEST>", "", 1),
        lambda: text.replace("<REQUEST>", "", 1),
        lambda: text.replace("</", "<", 1),
        lambda: text.replace(">", "", 1),
        lambda: text.replace("</TYPE>", "</TYPO>", 1),
        lambda: text.replace("<REQUEST>", "<REQUEST><REQUEST>", 1),
        lambda: text.replace("<REQUEST>", '<REQUEST a="1" a="2">', 1),
        lambda: text.replace("<TYPE>", "<1TYPE>", 1).replace("</TYPE>", "</1TYPE>", 1),
        lambda: text.replace("<REQUEST>", '<!DOCTYPE REQUEST [<!ENTITY e "x">]><REQUEST>', 1),
        lambda: text.replace("\r\n", "</REQUEST>\r\n", 1),
        lambda: text[: int(rng.random() * len(text))] + "\r\n",
        lambda: "\r\n" * (1 + int(rng.random() * 5)) + text,
        lambda: pick(
            rng,
            (
                "hello\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "<\r\n",
                ">\r\n",
                "<>\r\n",
                "</REQUEST>\r\n",
                "<REQUEST/>\r\n",
                "<!--\r\n",
                "{}\r\n",
            ),
        ),
    )
    return ways[int(rng.random() * len(ways))]()


ODD: dict[str, Bend] = {
    "declaration": _declared, "comments": _commented, "sections": _sections, "attributes": _attributes, "tags": _in_tags, "nested": _nested,
    "twice": _twice, "missing": _without, "empty": _empty, "unknown": _stranger, "root": _root, "letters": _letters, "function": _function,
    "bare": _bare, "malformed": _malformed,
}  # fmt: skip
TERMINATORS = ("\n", "\r", "", "\n\r", "\r\r\n", " \r\n", "\t\r\n", "\r\n\r\n", "\x00", "  ", "\x0c\r\n")
