"""HTTP and HTTPS at one port of a listener: each place is reached in its own way, and who does not agree on TLS is seen."""

from __future__ import annotations

import socket
import ssl

import pytest

from harness.ears import Ears
from harness.hearing import Caught, Manner
from harness.messages.callheard import heard_of
from harness.net import Deadline, Link
from harness.secure import secured
from harness.tests.test_ears import HOST, answer, posted, sent
from harness.tests.test_ears_strange import SOON_S, ears, heard, is_well, links

__all__ = ["ears", "links"]  # fixtures


def over_tls(ears: Ears, data: bytes, context: ssl.SSLContext) -> bytes:
    """What comes back over TLS."""
    with (
        socket.create_connection((HOST, ears.port), timeout=SOON_S) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as link,
    ):
        link.sendall(data)
        return link.recv(4096)


def careless() -> ssl.SSLContext:
    """A client that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_messages_come_over_tls_and_without_at_one_port(ears: Ears) -> None:
    ears.open("safe", "/safe", Manner.ANSWER, secure=True)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = careless()
        context.minimum_version = context.maximum_version = version
        assert over_tls(ears, posted("/safe", b"x" * 100_000), context).startswith(b"HTTP/1.1 200")
        assert heard(ears, "safe").data.endswith(b"x" * 99)
    assert ears.next("", Deadline.after(0.1)) is None
    is_well(ears)


def test_a_place_is_reached_in_its_own_way_only(ears: Ears, links: list[Link]) -> None:
    ears.open("safe", "/safe", Manner.ANSWER, secure=True)
    links.append(sent(ears, posted("/safe", b"plain")))
    assert answer(links[-1]).startswith(b"HTTP/1.1 404")
    assert heard(ears, "").data.endswith(b"plain")
    assert over_tls(ears, posted("/main", b"safe"), careless()).startswith(b"HTTP/1.1 404")
    assert heard(ears, "").data.endswith(b"safe")
    assert ears.next("safe", Deadline.after(0)) is ears.next("main", Deadline.after(0)) is None


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_who_does_not_trust_the_certificate_is_seen(ears: Ears, version: ssl.TLSVersion) -> None:
    ears.open("safe", "/safe", Manner.ANSWER, secure=True)
    strict = ssl.create_default_context()
    strict.minimum_version = strict.maximum_version = version
    with pytest.raises(ssl.SSLError):
        over_tls(ears, b"", strict)
    kept = heard(ears, "")
    assert heard_of(Caught(kept.data, kept.ending, 0.0, 0)).greeting
    is_well(ears)


def test_tls_where_nobody_speaks_it_is_seen_at_once(ears: Ears) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        over_tls(ears, b"", careless())
    assert heard(ears, "").data.startswith(b"\x16\x03")
    is_well(ears)


def test_a_certificate_for_old_clients_is_of_rsa(ears: Ears) -> None:
    assert secured(HOST, old=True) is secured(HOST, old=True)
    context = careless()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("RSA+AES:@SECLEVEL=0")
    found = Ears(HOST, secured=lambda: secured(HOST, old=True).context)
    found.open("safe", "/safe", Manner.ANSWER, secure=True)
    assert over_tls(found, posted("/safe", b"old"), context).startswith(b"HTTP/1.1 200")
    found.close()
