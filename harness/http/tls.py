"""TLS over a link: the same calls, with what is inside of the encryption."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Sequence

from harness.ending import Ending
from harness.errors import TransportError
from harness.net import READ_BYTES, Chunk, Deadline, Link, Sent


def tls_context(*, verify: bool = True, ca: str | None = None) -> ssl.SSLContext:
    """A client's TLS context: the system's authorities or those of a file, or no check of the certificate at all.

    Whoever does not check also takes the versions of TLS that devices of some age have.
    """
    context = ssl.create_default_context(cafile=ca)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


# What OpenSSL says of bytes that are no TLS.
_NO_TLS = ("WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST", "UNEXPECTED_MESSAGE", "BAD_RECORD_TYPE")


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return "tls" if reason is None or reason in _NO_TLS else "terms"


class TlsLink:
    """A link whose bytes are encrypted; as `harness.net.Link` where `harness.http` needs it.

    Raises:
        TransportError: why `terms`: both sides speak TLS and do not agree, on a certificate or a version, say; why `tls`: the other
            side speaks no TLS, or the handshake did not end by the deadline.
    """

    def __init__(self, link: Link, context: ssl.SSLContext, host: str, deadline: Deadline) -> None:
        self.peer, self.local = link.peer, link.local
        self._link = link
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._ended: Ending | None = None
        try:
            self._tls = context.wrap_bio(self._in, self._out, server_hostname=host.strip("[]"))
            self._shake(deadline)
        except (ssl.SSLError, ValueError) as error:  # ValueError: a host that no certificate can name
            link.close()
            raise TransportError(str(link.peer), _why(error), f"TLS: {error}") from error

    def send(self, pieces: Sequence[bytes], *, deadline: Deadline) -> Sent:
        """As `Link.send`; a piece that did not leave whole does not count."""
        count = 0
        for piece in pieces:
            if piece:
                self._tls.write(piece)
            ending = self._flush(deadline)
            if ending is not None:
                return Sent(count=count, ending=ending)
            count += len(piece)
        return Sent(count=count, ending=None)

    def receive(self, deadline: Deadline, max_bytes: int = READ_BYTES) -> Chunk:
        """As `Link.receive`; what cannot be decrypted is RESET."""
        while self._ended is None:
            try:
                data = self._tls.read(max_bytes)
                if data:
                    return Chunk(data=data, ending=Ending.ANSWERED)
                self._ended = Ending.CLOSED
            except ssl.SSLWantReadError:
                self._flush(deadline)
                chunk = self._link.receive(deadline, max_bytes)
                if chunk.data:
                    self._in.write(chunk.data)
                elif chunk.ending is Ending.SILENT:
                    return chunk
                else:
                    self._ended = chunk.ending
            except ssl.SSLZeroReturnError:
                self._ended = Ending.CLOSED
            except ssl.SSLError:
                self._ended = Ending.RESET
        return Chunk(data=b"", ending=self._ended)

    def poll(self) -> Chunk:
        """Take what is there now, without waiting."""
        return self.receive(Deadline.after(0))

    def close(self) -> None:
        """Say goodbye, as far as that needs no waiting, and close."""
        with contextlib.suppress(OSError, ValueError):  # the other side's goodbye is not waited for
            self._tls.unwrap()
        with contextlib.suppress(OSError):  # torn down already
            self._flush(Deadline.after(0))
        self._link.close()

    def _shake(self, deadline: Deadline) -> None:
        while True:
            try:
                self._tls.do_handshake()
                self._flush(deadline)
                return
            except ssl.SSLWantReadError:
                self._flush(deadline)
                chunk = self._link.receive(deadline)
                if not chunk.data:
                    why = "no answer in time" if chunk.ending is Ending.SILENT else f"the connection is {chunk.ending}"
                    raise ssl.SSLError(f"{why} within the handshake") from None
                self._in.write(chunk.data)

    def _flush(self, deadline: Deadline) -> Ending | None:
        data = self._out.read()
        if not data:
            return None
        sent = self._link.send([data], deadline=deadline)
        return (sent.ending or Ending.SILENT) if sent.count < len(data) else None
