"""Probes of messages: their frame, REQUESTID, codes, what is not known, escapes."""

from __future__ import annotations

import socket
import time

from harness.tests.probes.uptivity_wire import COUNTER, MARKUP, Disagreement, World, fresh, need, probe, request

DEPRECATED = (
    "IMPORTSTATION",
    "MODECHANGE",
    "EXTENSIONPLAYBACKSTART",
    "EXTENSIONPLAYBACKSTOP",
    "RECORDINGDEVICE",
    "RECORDINGDEVICEALIAS",
    "IMPORTAGENT",
)


@probe("test-echo", "TEST is an echo test with the five elements of a result", 115, 126, 130, 134)
def test_echo(world: World) -> None:
    got = world.client().ok("TEST")
    need(got.must("RESULTMSG") == "API_OK", f"RESULTMSG {got.get('RESULTMSG')!r}")
    tags = {item.tag for item in got.item}
    need(tags == {"REQUESTID", "REQUESTTYPE", "RESULTTYPE", "RESULTCODE", "RESULTMSG"}, f"elements {tags}")


@probe("stay-connected", "one may stay connected to send another request, or drop the connection", 110)
def stay(world: World) -> None:
    client = world.client()
    for _turn in range(5):
        client.ok("TEST")
    client.link.close()
    world.client().ok("TEST")


@probe("white-space", "white space in the XML is stripped out", 113)
def white(world: World) -> None:
    client = world.client()
    for gap in ("\n  ", "\t", " ", "\n\n"):
        number = next(COUNTER)
        client.send(request("TEST", {"REQUESTID": number}, gap))
        need(client.heard("TEST", number).code == 20, f"with {gap!r} between")


@probe("pieces", "TCP: a message may come in pieces, and ends with CR LF", 110, 111)
def pieces(world: World) -> None:
    client, number = world.client(), next(COUNTER)
    data = request("TEST", {"REQUESTID": number})
    for start in range(0, len(data), 20):
        client.send(data[start : start + 20])
        time.sleep(0.01)
    need(client.heard("TEST", number).code == 20, "in pieces")


@probe("two-clients", "a client that sends half a message does not hold up another", 110, 111)
def two(world: World) -> None:
    one, other, number = world.client(), world.client(), next(COUNTER)
    data = request("TEST", {"REQUESTID": number})
    one.send(data[:25])
    other.ok("TEST")
    one.send(data[25:])
    need(one.heard("TEST", number).code == 20, "after the other")


@probe("order-of-elements", "REQUESTID may stand before TYPE, as in the examples", 1282, 1283)
def order(world: World) -> None:
    client, number = world.client(), next(COUNTER)
    client.send(f"<REQUEST><REQUESTID>{number}</REQUESTID><TYPE>TEST</TYPE></REQUEST>\r\n".encode())
    need(client.heard("TEST", number).code == 20, "REQUESTID first")


@probe("any-xml", "a request is any well-formed XML: a declaration, comments, CDATA, references", 113)
def any_xml(world: World) -> None:
    client = world.client()
    for form in (
        '<?xml version="1.0"?><REQUEST><TYPE>TEST</TYPE><REQUESTID>{0}</REQUESTID></REQUEST>\r\n',
        "<REQUEST><!-- no & matter --><TYPE>TEST</TYPE><REQUESTID>{0}</REQUESTID></REQUEST>\r\n",
        "<REQUEST><TYPE><![CDATA[TEST]]></TYPE><REQUESTID>{0}</REQUESTID></REQUEST>\r\n",
        "<REQUEST><TYPE>&#84;&#x45;ST</TYPE><REQUESTID>{0}</REQUESTID></REQUEST >\r\n",
    ):
        number = next(COUNTER)
        client.send(form.format(number).encode())
        need(client.heard("TEST", number).code == 20, form)


def make_numbers() -> None:
    for number in (1, 7, 65536, 2147483646, 2147483647):

        @probe(f"requestid-{number}", "a positive integer up to 2147483647 is repeated back", 2285)
        def kept(world: World, number: int = number) -> None:
            client = world.client()
            client.ok("TEST", REQUESTID=number)
            client.ok("SYSTEMSTATUS", REQUESTID=number)  # it need not be unique

    for wrong in ("2147483648", "99999999999999999999"):

        @probe(f"requestid-{wrong}", "API_REQUESTID_INVALID if the value is higher", 2285)
        def high(world: World, wrong: str = wrong) -> None:
            client = world.client()
            client.send(request("TEST", {"REQUESTID": wrong}))
            raw = client.message() or b""
            need(b"<RESULTCODE>14<" in raw.replace(b" ", b""), f"{wrong}: {raw!r}")
            client.ok("TEST")

    for wrong in ("abc", "-1", "1.5", ""):

        @probe(f"requestid-not-{wrong or 'blank'}", "must be a positive integer value", 2285)
        def bad(world: World, wrong: str = wrong) -> None:
            client = world.client()
            client.send(request("CALLLIST", {"REQUESTID": wrong, "CALLCOUNT": 1}))
            raw = client.message()
            need(raw is None or b"<RESULTCODE>20<" not in raw, f"{wrong}: {raw!r}")
            need(raw is None or b"<SEARCHRESULT" not in raw, f"{wrong}: {raw!r}")
            world.client().ok("TEST")


def make_deprecated() -> None:
    for name in DEPRECATED:

        @probe(f"deprecated-{name.lower()}", "an error message is returned", 146, 149, 155)
        def old(world: World, name: str = name) -> None:
            client = world.client()
            client.refused(name)
            client.ok("TEST")


make_numbers()
make_deprecated()


@probe("unknown-type", "API_UNKNOWN_MESSAGE_TYPE or API_INVALID_REQUEST_TYPE", 2140, 2145)
def unknown(world: World) -> None:
    client = world.client()
    client.refused("NOSUCHFUNCTION", 10, 15)
    client.ok("TEST")


@probe("not-well-formed", "requests must be well-formed; the server lives on", 113, 2146)
def broken(world: World) -> None:
    for data in (
        b"<REQUEST><TYPE>TEST</TYPE><REQUESTID>1</REQUEST>\r\n",
        b"nonsense\r\n",
        b"<REQUEST><TYPE>TEST</REQUEST>\r\n",
    ):
        client = world.client()
        client.send(data)
        raw = client.message(1.0)
        need(raw is None or b"<RESULTCODE>20<" not in raw, f"{data!r}: {raw!r}")
        world.client().ok("TEST")


@probe("closed-in-the-middle", "a client that goes away in the middle of a message harms nobody", 110)
def gone(world: World) -> None:
    for _turn in range(3):
        client = world.client()
        client.send(b"<REQUEST><TYPE>TES")
        client.link.shutdown(socket.SHUT_RDWR)
    world.client().ok("TEST")


@probe("escapes", "XML: markup in a value comes back as it was sent", 113, 1692, 1702)
def escapes(world: World) -> None:
    name = f"{MARKUP} {fresh()}"
    got = world.client().ok("ADDGROUP", GROUPNAME=name)
    need(got.must("GROUPNAME") == name, f"GROUPNAME {got.get('GROUPNAME')!r}")


@probe("large-result", "a result that is long is whole", 113, 536)
def large(world: World) -> None:
    try:
        found = world.client().ok("DEVICELIST").all("DEVICE")
    except Disagreement as error:
        raise Disagreement(f"DEVICELIST: {error}") from None
    need(found, "no DEVICE")
