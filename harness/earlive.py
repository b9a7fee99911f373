"""Performs the actions of flows that listen, and keeps what was heard in the transcript. It never judges."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from functools import partial
from secrets import token_hex

from harness.ears import Ears, Kept, refusing
from harness.ending import Ending
from harness.errors import TransportError
from harness.flow import CaseEnd, CaseInconclusive, Later
from harness.hearing import TOKEN_BYTES, Behave, Caught, Hear, Listen, Manner
from harness.net import Deadline
from harness.secure import secured
from harness.transcript import Step

DEFAULT_PORTS = {"http": 80, "https": 443}
GLANCE_S = 0.02  # between two looks of a flow that leaves its waits to others
_ANYWHERE = {True: "::", False: "0.0.0.0"}  # noqa: S104 - of a tester that a device reaches under a name of another machine


class LiveEars:
    """The places at which the flows of one driver listen.

    Args:
        keep: takes a step of the transcript and gives its place.
        hide: takes the secrets out of bytes that a device has sent.
        patient: leave waits to who plays the flow.
    """

    def __init__(self, keep: Callable[[Step], int], hide: Callable[[bytes], bytes], *, patient: bool = False) -> None:
        self._keep = keep
        self._hide = hide
        self._patient = patient
        self._ears: Ears | None = None

    def listen(self, action: Listen, at_s: float) -> str:
        """Open a place; gives its URI.

        Raises:
            CaseInconclusive: nobody can listen there.
        """
        # By chance and not by the seed: what an earlier run has left on the device must not be heard in this one.
        path = f"{action.path}-{token_hex(TOKEN_BYTES)}"
        try:
            port = self._port(action, path)
        except TransportError as error:
            raise CaseInconclusive(
                f"{error}; look at listener_host and listener_port in [target.fixtures], which tell where the harness listens"
            ) from None
        host = f"[{action.host}]" if ":" in action.host else action.host
        scheme = "https" if action.secure else "http"
        uri = f"{scheme}://{host}{'' if port == DEFAULT_PORTS[scheme] else f':{port}'}{path}"
        self._keep(Step(action="listen", link=action.link, at_s=at_s, detail=uri, values={"manner": action.manner}))
        return uri

    def _port(self, action: Listen, path: str) -> int:
        if action.manner is Manner.REFUSE:
            try:
                return refusing(action.host)
            except TransportError:
                return refusing(_ANYWHERE[":" in action.host])
        if self._ears is None:
            self._ears = _ears(action.host, action.port)
        self._ears.open(action.link, path, action.manner, secure=action.secure)
        return self._ears.port

    def behave(self, action: Behave, at_s: float) -> None:
        """Another manner from now on."""
        if self._ears is not None:
            self._ears.behave(action.link, action.manner)
        self._keep(Step(action="behave", link=action.link, at_s=at_s, values={"manner": action.manner}))

    def hear(
        self, action: Hear, began: float, at_s: float, wall_s: float, short: CaseEnd | None = None
    ) -> Caught | Later:
        """The next request to a place; nothing if none comes in time.

        Args:
            short: raised in place of telling that nothing came, for `wall_s` is less than was to be waited.
        """
        deadline = Deadline.after(wall_s)
        if self._patient:
            if short is not None:
                raise short
            return self._glance(action, began, at_s, deadline)
        found = self._next(action, deadline)
        if found is None and short is not None:
            raise short
        return self._caught(action, began, at_s, found)

    def _next(self, action: Hear, deadline: Deadline) -> Kept | None:
        if self._ears is None:
            time.sleep(deadline.remaining())
            return None
        return self._ears.next(action.link, deadline)

    def _glance(self, action: Hear, began: float, at_s: float, deadline: Deadline) -> Caught | Later:
        found = self._next(action, Deadline.after(0))
        left = deadline.remaining()
        if found is None and left:
            return Later(min(GLANCE_S, left), partial(self._glance, action, began, at_s, deadline))
        return self._caught(action, began, at_s, found)

    def _caught(self, action: Hear, began: float, at_s: float, found: Kept | None) -> Caught:
        data = self._hide(found.data) if found is not None else b""
        ending = found.ending if found is not None else Ending.SILENT
        # An ear that hears nothing is no device that does not answer.
        told = ending if found is not None else None
        came = found.at - began if found is not None else time.monotonic() - began
        step = self._keep(
            Step(
                action="hear", link=action.link, at_s=at_s, took_s=time.monotonic() - began - at_s, data=data, ending=told,
                values={"came": f"{came:.6f}"},
            )
        )  # fmt: skip
        return Caught(data, ending, float(f"{came:.6f}"), step)

    def finish(self) -> None:
        """Listen no more."""
        if self._ears is not None:
            self._ears.close()
            self._ears = None


def _ears(host: str, port: int) -> Ears:
    def context() -> ssl.SSLContext:
        try:
            return secured(host, old=True).context
        except (
            ValueError
        ):  # no certificate can name it; a device that looks at that does not know who has signed it either
            return secured("localhost", old=True).context

    try:
        return Ears(host, port, context)
    except TransportError:  # the device knows this machine by an address that is not its own
        return Ears(_ANYWHERE[":" in host], port, context)
