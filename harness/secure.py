"""What servers show to those who come with TLS: an authority of this process and certificates for hosts, made where they are first asked for."""

from __future__ import annotations

import functools
import ssl
from dataclasses import dataclass, field

# Where a server listens on every address, clients of the same machine call it so.
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """What a server shows to those who connect with TLS.

    Args:
        context: with the certificate and its key.
        authority: who has signed it, as PEM: what a client is to trust.
    """

    context: ssl.SSLContext = field(repr=False)
    authority: bytes = field(repr=False)


@functools.cache
def secured(host: str, *, old: bool = False) -> Secured:
    """A certificate for a host and for the names of this machine, the same one as long as the process lives.

    Args:
        host: name or address.
        old: also for clients of some age: an RSA key, and whatever version of TLS and cipher there is.

    Raises:
        ValueError: no certificate can name this host.
    """
    import trustme  # late: what it needs takes 50 ms to load, and most servers have no TLS

    kind = trustme.KeyType.RSA if old else trustme.KeyType.ECDSA
    authority = trustme.CA(key_type=kind)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*dict.fromkeys((host, *_HERE)), key_type=kind).configure_cert(context)
    if old:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return Secured(context=context, authority=authority.cert_pem.bytes())
