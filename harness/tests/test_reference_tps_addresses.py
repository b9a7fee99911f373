"""Where the TelePresence Server reference server sends its messages: whatever a URI may look like, over TLS too, and to nobody outside."""

from __future__ import annotations

import asyncio

import pytest

from harness.ears import Ears
from harness.hearing import Manner
from harness.net import Deadline
from harness.reference.tps.courier import Courier
from harness.reference.tps.letters import Lane, Letter, Post
from harness.secure import secured
from harness.tests.tps_scene import Scene
from harness.wire.http1_framing import read_requests

HOST = "127.0.0.1"


def delivered(uri: str, *, host: str = HOST, strict: bool = False) -> tuple[str, str] | None:
    """Target and Host of the request with which a message comes to a listener; None if none comes. `{port}` is the listener's."""
    ears = Ears(host, secured=lambda: secured(host).context)
    for name in ("", "/", "/a", "/a/b"):
        ears.open(f"plain{name}", name or "/", Manner.ANSWER)
        ears.open(f"safe{name}", name or "/", Manner.ANSWER, secure=True)
    post = Post(Scene().device.common)
    done: list[bool] = []
    lane = Lane(uri.format(port=ears.port))
    lane.letters.append(Letter(uri=lane.uri, body=b"<x/>", done=lambda: done.append(True)))

    async def run() -> None:
        courier = Courier(post, 100.0, host, again=False, strict=strict)
        post.wake(lane)
        async with asyncio.timeout(10):
            while not done:
                await asyncio.sleep(0.01)
        await courier.close()

    try:
        asyncio.run(run())
        road = "safe" if uri.startswith("https") else "plain"
        for name in ("", "/", "/a", "/a/b"):
            kept = ears.next(road + name, Deadline.after(0))
            if kept is not None:
                request = read_requests(kept.data)[0][0].request
                return request.target, next(value for key, value in request.headers if key == "Host")
        return None
    finally:
        ears.close()


@pytest.mark.parametrize(
    ("rest", "target"),
    [("", "/"), ("/", "/"), ("/a", "/a"), ("/a/b?c=d&e=%20", "/a/b?c=d&e=%20"), ("?a=b", "/?a=b"), ("/a#b", "/a")],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_message_goes_to_path_and_query(scheme: str, rest: str, target: str) -> None:
    found = delivered(f"{scheme}://{HOST}:{{port}}{rest}")
    assert found is not None
    assert found[0] == target


def test_a_message_goes_to_an_address_of_ipv6() -> None:
    found = delivered("http://[::1]:{port}/a", host="::1")
    assert found is not None
    assert found[1].startswith("[::1]:")


def test_a_name_of_a_user_is_no_part_of_the_host() -> None:
    found = delivered(f"http://somebody:something@{HOST}:{{port}}/a")
    assert found is not None
    assert found[1].startswith(f"{HOST}:")


def test_who_looks_at_certificates_sends_nothing_to_one_that_it_does_not_know() -> None:
    assert delivered(f"https://{HOST}:{{port}}/a", strict=True) is None
    assert delivered(f"http://{HOST}:{{port}}/a", strict=True) is not None


@pytest.mark.parametrize(
    "uri", ["http://192.0.2.1/a", "http://:{port}/a", "http://127.0.0.1:99999/a", "ftp://127.0.0.1:{port}/a", "no uri"]
)
def test_what_cannot_be_reached_is_given_up(uri: str) -> None:
    assert delivered(uri) is None
