"""HTTPS: a certificate for this host, made when the server is started, if the library for it is there."""

from __future__ import annotations

import importlib
import ssl


def tls_context(host: str) -> ssl.SSLContext | None:
    """A server's TLS context with a certificate of its own for a host; None without trustme."""
    try:
        trustme = importlib.import_module("trustme")
    except ModuleNotFoundError:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(host, "localhost").configure_cert(context)
    return context
