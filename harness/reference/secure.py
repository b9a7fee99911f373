"""HTTPS of the reference servers: an authority of this process and a certificate for a host, made where they are first asked for."""

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
def secured(host: str) -> Secured:
    """A certificate for a host and for the names of this machine, the same one as long as the process lives.

    Raises:
        ValueError: no certificate can name this host.
    """
    import trustme  # late: what it needs takes 50 ms to load, and most servers have no TLS

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*dict.fromkeys((host, *_HERE))).configure_cert(context)
    return Secured(context=context, authority=authority.cert_pem.bytes())
