"""The RSS 2000 reference server's dialogues, without sockets, as the document tells them: packets, sessions, indications, accounts, groups."""

from __future__ import annotations

import pytest

from harness.tests.rss2000_scene import MODEL, Client, Scene, names, value, values
from harness.wire.tpkt import encode

ENDPOINT = [("SOURCENAME", "9000"), ("SOURCEIP", "172.21.101.24"), ("E164", ""), ("H323", ""), ("FLAG", "1")]
USER = [("USERNAME", "new1"), ("PASSWORD", "abc"), ("FULLNAME", "new1 "), ("EMAIL", "abc@aaa.com"), ("PRIVILEGE", "0")]
UNKNOWN = "b09c5d22-52c5-41a9-9b8e6cecf7d07ae4"


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def client(scene: Scene) -> Client:
    return scene.client()


def test_every_operation_of_the_document_is_there(scene: Scene) -> None:
    assert scene.device.commands.known == set(MODEL.operations)
    assert len(scene.device.commands.known) == 67
    assert scene.device.choices.unasked == set()


def test_example_of_the_document() -> None:
    """Lines 133 to 155: the general example, bytes as a client sends them."""
    client = Client(Scene())
    command = b"""<?xml version="1.0" encoding="utf-8" ?>
<DVCRMAGER version="1.0.0.0">
    <COMMAND xmlid="login">
        <USERNAME value="test"/>
        <PASSWORD value="" />
        <LANG value="0"/>
    </COMMAND>
</DVCRMAGER>"""
    answer = client.send(encode(command))
    assert answer[:2] == b"\x03\x00"
    assert int.from_bytes(answer[2:4], "big") == len(answer)
    (confirm,) = client.document(answer).elements
    assert (confirm.name, confirm.attributes) == ("CONFIRM", {"xmlid": "login"})
    assert (value(confirm, "RESULT"), value(confirm, "PRIVILEGE")) == ("0", "1")
    assert len(value(confirm, "SESSIONID")) == 35


@pytest.mark.parametrize("root", ["DVCRMAGER", "DVCRMANAGER", "DVCRMANGER"])
def test_every_spelling_of_the_root(client: Client, root: str) -> None:
    client.done("getdevinfo", root=root)


@pytest.mark.parametrize("name", ["CallAndPlay", " CallAndPlay ", "callandplay"])
def test_every_spelling_of_a_name(scene: Scene, client: Client, name: str) -> None:
    client.done(name, [("ADDR", "172.21.1.1"), ("RATE", "768"), ("FILE_ID", scene.texts("archive_ids")[0])])


def test_a_second_address_is_the_rate(scene: Scene, client: Client) -> None:
    """As in the example of CALLANDPLAY."""
    archive = ("FILE_ID", scene.texts("archive_ids")[0])
    client.done("CallAndPlay", [("ADDR", "172.21.1.1"), ("ADDR", "768"), archive])
    client.refused("CallAndPlay", [("ADDR", "172.21.1.1"), archive])


def test_fields_tell_copied_names_apart(client: Client) -> None:
    directory = [("LANG", "en"), ("USE_LDAP", "1"), ("LDAP_SERVER", "ldap"), ("LDAP_USER", "u"), ("LDAP_PWD", "p")]
    client.done("get_cfs", directory)
    (confirm,) = client.done("get_cfs", [("LANG", "en")])
    assert (value(confirm, "LDAP_SERVER"), value(confirm, "LDAP_PASSWORD")) == ("ldap", "p")


def test_packets_cut_and_joined(client: Client) -> None:
    packet = client.bytes_of("getdevinfo")
    for cut in range(1, len(packet), 7):
        assert client.send(packet[:cut]) == b""
        client.document(client.send(packet[cut:]))
    answers = client.send(packet * 3)
    assert len(answers) == 3 * len(client.send(packet))


@pytest.mark.parametrize("data", [b"\x04\x00\x00\x08abcd", b"\x03\x01\x00\x08abcd", b"\x03\x00\x00\x03", encode(b"<a")])
def test_what_is_no_packet_or_no_xml_ends_the_connection(client: Client, data: bytes) -> None:
    assert client.send(data) == b""
    assert client.conversation.closing


def test_commands_need_a_session(scene: Scene) -> None:
    client = Client(scene)
    client.refused("getdevinfo")
    client.session = UNKNOWN
    client.refused("getdevinfo")
    client.session = ""
    client.login()
    client.done("getdevinfo")
    client.done("logout", [("LANG", "en")])
    client.refused("getdevinfo")


@pytest.mark.parametrize(("user", "password"), [("Administrator", ""), ("nobody", ""), ("administrator ", "x")])
def test_wrong_logins(scene: Scene, user: str, password: str) -> None:
    client = Client(scene)
    client.refused("login", [("USERNAME", user), ("PASSWORD", password), ("LANG", "0")])
    assert len(scene.device.sessions) == 0


def test_half_an_hour_without_activity(scene: Scene) -> None:
    first, second = scene.client(), scene.client()
    for _ in range(3):
        scene.now += 1799
        first.done("getdevinfo")
    second.refused("getdevinfo")
    scene.now += 1801
    first.refused("getdevinfo")


def test_a_session_is_bound_to_no_connection(scene: Scene, client: Client) -> None:
    other = Client(scene)
    other.session = client.session
    client.conversation.closed()
    other.done("getdevinfo")


def test_an_ordinary_user_changes_nothing(scene: Scene) -> None:
    client = scene.ordinary()
    client.refused("addendpoint", ENDPOINT)
    allowed = Scene(readings={"RSS-AMB-030": "allowed"}).ordinary()
    allowed.done("addendpoint", ENDPOINT)


def test_indications_go_to_others_that_asked(scene: Scene) -> None:
    actor, watcher, deaf, gone = (scene.client(listens=one) for one in (True, True, False, True))
    gone.done("logout", [("LANG", "0")])
    (confirm,) = actor.done("addendpoint", ENDPOINT)
    assert (deaf.heard(), gone.heard(), actor.heard()) == ([], [], [])
    (told,) = watcher.heard()
    assert told.attributes == {"xmlid": "addendpoint"}
    assert [(one.name, one.attributes) for one in told.fields] == [
        (one.name, one.attributes) for one in confirm.fields if one.name not in ("RESULT", "DESCRIPTION")
    ]
    actor.refused("addendpoint", ENDPOINT)
    assert watcher.heard() == []
    scene.now += 1801
    scene.client().done("delendpoint", [("SOURCENAME", "9000")])
    assert watcher.heard() == []


def test_two_sessions_on_one_connection(scene: Scene) -> None:
    """The one that makes a change is not told, the other is, behind the answer."""
    client = scene.client(listens=True)
    first = client.session
    client.session = ""
    client.login(listens=True)
    assert client.session != first
    sent = client.send(client.bytes_of("addendpoint", ENDPOINT))
    assert sent.index(b"<CONFIRM") < sent.index(b"<INDICATION")
    assert client.told == b""


def test_endpoints(scene: Scene, client: Client) -> None:
    known = scene.texts("endpoint_names")
    (added,) = client.done("addendpoint", ENDPOINT)
    assert value(added, "SOURCENAME") == "9000"
    assert [value(one, "SOURCENAME") for one in client.done("getendpoint")] == [*known, "9000"]
    client.refused("addendpoint", ENDPOINT)
    client.refused("addendpoint", [("SOURCENAME", "9001"), ("SOURCEIP", ""), *ENDPOINT[2:]])
    client.refused("modendpoint", [ENDPOINT[0], ("SOURCEIP", ""), *ENDPOINT[2:]])
    client.done("modendpoint", [ENDPOINT[0], ("SOURCEIP", "10.0.0.1"), ("E164", "1"), ("H323", "<&>"), ("FLAG", "0")])
    last = client.done("getendpoint")[-1]
    assert [value(last, name) for name in ("SOURCEID", "SOURCEIP", "E164", "H323", "FLAG")] == [
        value(added, "SOURCEID"), "10.0.0.1", "1", "<&>", "0",
    ]  # fmt: skip
    client.done("delendpoint", [("SOURCENAME", "9000")])
    client.refused("delendpoint", [("SOURCENAME", "9000")])
    client.refused("modendpoint", ENDPOINT)
    assert [value(one, "SOURCENAME") for one in client.done("getendpoint")] == known


def test_users(scene: Scene, client: Client) -> None:
    (added,) = client.done("adddevuser", USER)
    assert value(added, "FULLNAME") == "new1 "
    client.refused("adddevuser", USER)
    scene.client(user="new1", password="abc").done("getdevinfo")
    client.done("moddevuser", [USER[0], ("PASSWORD", ""), ("FULLNAME", ""), ("EMAIL", ""), ("PRIVILEGE", "1")])
    new = Client(scene)
    new.refused("login", [("USERNAME", "new1"), ("PASSWORD", "abc"), ("LANG", "0")])
    (login,) = new.login("new1", "")
    assert value(login, "PRIVILEGE") == "1"
    client.done("deldevuser", [("USERNAME", "new1")])
    new.refused("login", [("USERNAME", "new1"), ("PASSWORD", ""), ("LANG", "0")])
    client.refused("deldevuser", [("USERNAME", "Administrator")])


def test_groups(scene: Scene, client: Client) -> None:
    user, endpoint = scene.texts("user_ids")[0], scene.texts("endpoint_ids")[0]
    given = [("GROUPNAME", "test group"), ("DESCRIPTION", "a & b"), ("MEMBER", user), ("MEMBER", endpoint)]
    (group,) = client.done("addgroup", given)
    identity = value(group, "GROUPID")
    (known,) = client.done("getmember")
    everybody = [set(values(known, name)) for name in ("MEMBER_USER", "MEMBER_EP")]
    assert (value(group, "MEMBER_COUNT"), values(group, "MEMBER")) == ("2", [user, endpoint])
    assert set(values(group, "NOTIN_USER")) == everybody[0] - {user}
    assert set(values(group, "NOTIN_EP")) == everybody[1] - {endpoint}
    assert names(group, "MEMBER_EP") == {endpoint: scene.texts("endpoint_names")[0]}
    client.refused("addgroup", given)
    client.refused("modgroup", [*given, ("MEMBER", UNKNOWN)])
    client.done("modgroup", [*given[:2], ("MEMBER", endpoint)])
    client.done("delendpoint", [("SOURCENAME", scene.texts("endpoint_names")[0])])
    (alone,) = client.done("getgroup", [("GROUPNAME", "test group"), ("GROUPID", identity)])
    assert (value(alone, "MEMBER_COUNT"), values(alone, "MEMBER")) == ("0", [])
    assert names(client.done("getallgroup")[0], "GROUP")[identity] == "test group"
    client.done("delgroup", [("GROUPNAME", "test group")])
    client.refused("delgroup", [("GROUPNAME", "test group")])
    assert identity not in values(client.done("getallgroup")[0], "GROUP")


def test_shutdown_drops_everybody_and_comes_back(scene: Scene, client: Client) -> None:
    other = scene.client()
    client.done("addendpoint", ENDPOINT)
    client.done("shutdown", [("POWEROFF", "0")])
    assert client.conversation.closing
    assert other.ended
    again = Client(scene)
    again.session = other.session
    again.refused("getdevinfo")
    assert value(scene.client().done("getendpoint")[-1], "SOURCENAME") == "9000"
