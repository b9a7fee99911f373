"""A closed loop: many connections in one thread, one request outstanding on each, the next one sent when its reply is there.

epoll over non-blocking sockets, because that is what costs least per request (a protocol on uvloop costs the same and needs a dependency).
The path of a reply that is known to conform is written out in `ClosedLoop._go` without calls; everything else leaves it. Nothing here
blocks but the making of connections, which is bounded. What a closed loop cannot see stands in docs/load-a-device.md.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter_ns as clock

from harness.ending import Ending
from harness.errors import FramingError, TransportError
from harness.load.connections import Connection, Connections, Manners, hooks, ways
from harness.load.record import EXACT_US, HIGHEST_US, SHIFT, Recorder, Second, bucket
from harness.load.scenario import Request
from harness.load.verdicts import AnyValidator
from harness.messages.binding import Framer
from harness.net import RESET_ERRORS, Link

# Asked of one read at first: what is asked for is allocated, which for 16 KiB costs a fifth of a request. Doubled where replies are longer, so
# that they come in one piece.
READ_BYTES = 1024
MOST_READ_BYTES = 65_536
KEPT_BYTES = 4096  # of what came before the end of a connection
# A connection is made anew within the loop, where every other one waits for it.
REOPEN_S = 0.25
# How often silent connections are looked for, beside 10 us a connection.
LOOK_S = 0.02
# After the last reply, what nobody asked for is waited for so long.
GRACE_S = 0.05
# Deadlines after which a request is lost, even if the device still answers others.
MOST_PATIENCE = 10
# A reply that comes in many pieces may take so many ns a byte beside its patience: 1 MB/s.
SLOWEST_NS = 1000
# Looks that are remembered, to know how much a device has answered since a request.
REMEMBERED = 20_000
# How far a run that obeys a rate may catch up: the waiting of epoll has a resolution of a millisecond.
CATCH_UP_S = 0.005

OnSecond = Callable[[Second, Recorder], None]


class ClosedLoop:
    """The load. `stop` may be called from a signal handler, everything else from one thread.

    Args:
        open_link: makes a connection within so many seconds; raises TransportError.
        framer: makes a framer for a connection.
        requests: the round.
        validator: judges every reply.
        connections: how many, 1 or more.
        timeout_s: for each reply; longer while the device still works off the queue that this loop itself makes.
        rate: requests a second at most, 0 for no limit.
        manners: for a protocol with sessions.
        steps: requests that follow each other on one connection; 1 where any connection may send any.
    """

    def __init__(
        self,
        *,
        open_link: Callable[[float], Link],
        framer: Callable[[], Framer],
        requests: Sequence[Request],
        validator: AnyValidator,
        connections: int,
        timeout_s: float,
        rate: float = 0.0,
        manners: Manners | None = None,
        steps: int = 1,
    ) -> None:
        self._following, self._before, places = ways(len(requests), connections, steps)
        self.connections = Connections(open_link, framer, places, manners)
        self._dress, self._heard = hooks(manners)
        self._requests = requests
        self._validator = validator
        self._timeout_s = timeout_s
        # The catching up is taken off the pace, so that no second has more than the rate.
        self._gap_ns = int(1e9 / (rate * (1 - CATCH_UP_S))) + 1 if rate > 0 else 0
        self._next_send = 0
        self._data = [request.data for request in requests]
        self._known = [validator.known(request) for request in requests]
        self._kinds = list(dict.fromkeys(request.kind.name for request in requests))
        self._look_ns = int((LOOK_S + connections * 1e-5) * 1e9)
        self._look_at = 0
        self._began = clock()
        self._read_bytes = READ_BYTES
        self._history = deque([(self._began, 0)], REMEMBERED)  # when the device was seen to have answered how much
        self._heard_ns = self._began  # when a part of a long reply came last
        self._sending = self._stopped = False
        self.answered = 0  # replies from the very beginning
        self.turned_away = 0  # connections that ended, or stayed silent, before their first reply
        self.reopened = 0
        self._begin()

    def _begin(self) -> Recorder:
        """A new part: what was measured so far belongs to the one before."""
        self._recorder = Recorder(self._kinds, clock())
        self._counts = [self._recorder.counts[request.kind.name] for request in self._requests]
        self.waited_ns = 0  # with nothing to do
        self.lag_max_ns = 0  # the longest that a reply can have waited for the loop
        self.lag_sum_ns = 0
        self.turns = 0
        return self._recorder

    def stop(self) -> None:
        """End the part that is running, soon."""
        self._stopped = True

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    def open(self) -> None:
        """Make every connection.

        Raises:
            TransportError: not even the first could be made.
        """
        self._began = clock()
        self.connections.open_all(self._timeout_s, lambda: self._stopped)

    def run(self, seconds: float, on_second: OnSecond | None = None) -> Recorder:
        """Load for so many seconds, or until `stop`; gives what was measured in them.

        Replies count where they come: one whose request left before counts, one that comes later does not.

        Args:
            seconds: length of the part.
            on_second: told each second as it ends.
        """
        recorder = self._begin()
        tick = now = recorder.began_ns
        end = now + int(seconds * 1e9)
        while not self._stopped and now < end and self.connections.alive():
            tick = min(tick + 1_000_000_000, end)
            self._go(tick, sending=True)
            now = clock()
            second = recorder.tick(now)
            if on_second is not None:
                on_second(second, recorder)
        return recorder

    def drain(self) -> Recorder:
        """Wait until every reply has come or is overdue, then for what nobody asked for; sends nothing."""
        recorder = self._begin()
        self.connections.rest()
        self._go(clock() + MOST_PATIENCE * int(self._timeout_s * 1e9) + 2 * self._look_ns, sending=False)
        self._go(clock() + int(GRACE_S * 1e9), sending=False, linger=True)
        recorder.tick(clock())
        return recorder

    def close(self) -> None:
        """End every session and close every connection."""
        self.connections.close(self._timeout_s)

    def _go(self, end: int, *, sending: bool, linger: bool = False) -> None:
        """Turn until `end`, or `stop` while sending; without sending, until no reply is outstanding, unless it shall `linger`."""
        poll, read, write, following = self.connections.epoll.poll, os.read, os.write, self._following
        dress, heard = self._dress, self._heard
        recorder, counts, known, data = self._recorder, self._counts, self._known, self._data
        connections, most, straight = self.connections.open, len(self.connections.all), sending and not self._gap_ns
        self._sending = sending
        while self._goes_on(end, sending=sending, linger=linger):
            entered = clock()
            events = poll(self._patience_s(entered, end), most)
            woke = clock()
            self.waited_ns += woke - entered
            replies = received = sent = 0
            size = self._read_bytes
            for fd, _ in events:
                connection = connections[fd]
                try:
                    raw = read(fd, size)
                except BlockingIOError:
                    self.connections.flush(connection)
                    continue
                except OSError as error:
                    self._torn(connection, error)
                    continue
                index = connection.index
                if not connection.odd and known[index](raw):
                    took = (clock() - connection.sent_at) // 1000 or 1
                    if took >= EXACT_US:  # as record.bucket
                        took = min(took, HIGHEST_US)
                        shift = took.bit_length() - SHIFT
                        took = took >> shift << shift
                    counts[index][took] += 1
                    replies += 1
                    received += len(raw)
                    connection.served = True
                    if heard is not None:
                        heard(connection, raw)
                elif not self._other(connection, raw):
                    continue
                if straight:
                    index = connection.index = following[index]
                    payload = data[index] if dress is None else dress(connection, data[index])
                    sent += len(payload)
                    connection.sent_at = clock()
                    try:
                        written = write(fd, payload)
                    except OSError:  # the next read tells how the connection ended
                        written = 0
                    if written != len(payload):
                        self.connections.hold(connection, payload[written:])
                else:
                    connection.idle = connection.odd = True
                    if sending:
                        self.connections.queue.append(connection)
            self._count(recorder, replies, received, sent, clock() - woke)

    def _goes_on(self, end: int, *, sending: bool, linger: bool) -> bool:
        """Whether there is another turn; what does not belong to every turn is done here."""
        now = clock()
        if now >= end or (self._stopped and sending) or not (linger or sending or self.connections.outstanding()):
            return False
        if now >= self._look_at:
            self._look(now, sending=sending)
        if self.connections.queue:
            self._send_queued(now)
        return True

    def _count(self, recorder: Recorder, replies: int, received: int, sent: int, lag: int) -> None:
        recorder.replies += replies
        recorder.bytes_received += received
        recorder.bytes_sent += sent
        self.answered += replies
        self.turns += 1
        self.lag_sum_ns += lag
        self.lag_max_ns = max(self.lag_max_ns, lag)

    def _patience_s(self, now: int, end: int) -> float:
        until = min(end, self._look_at)
        if self.connections.queue:
            until = min(until, self._next_send)
        return max(0, until - now) / 1e9

    def _send_queued(self, now: int) -> None:
        """Send on connections that may, as far as the rate allows."""
        queue, gap = self.connections.queue, self._gap_ns
        while queue:
            if gap and now < self._next_send:
                return
            connection = queue.popleft()
            if connection.link is None or not connection.idle:
                continue  # it ended while it waited, and may have been made again
            if gap:
                self._next_send = max(self._next_send, now - int(CATCH_UP_S * 1e9)) + gap
            connection.index = self._following[connection.index]
            payload = self._data[connection.index]
            payload = payload if self._dress is None else self._dress(connection, payload)
            self._recorder.bytes_sent += len(payload)
            self.connections.send(connection, payload)

    # what is not a known reply

    def _other(self, connection: Connection, raw: bytes) -> bool:
        """Take bytes that are no known shape; gives whether a whole reply has come and the connection goes on."""
        assert connection.framer is not None
        framer, validator = connection.framer, self._validator
        recorder, request, at_s = self._recorder, self._requests[connection.index], self._at_s()
        recorder.bytes_received += len(raw)
        due = not connection.idle and not connection.unsent
        try:
            if raw:
                if due:
                    validator.expect(framer, request)
                framer.feed(raw)
                message = framer.next_message() if due else None
            else:
                message = validator.ended(framer) if due else None
        except FramingError:
            self._lost(connection, Ending.FLOODED)
            return False
        if message is None and not raw:
            self._lost(connection, Ending.CLOSED)
            return False
        if message is None and due:
            connection.odd = True
            connection.heard_bytes += len(raw)
            self._heard_ns = clock()
            if len(raw) == self._read_bytes:
                self._read_bytes = min(2 * len(raw), MOST_READ_BYTES)
            return False
        if message is not None:
            self._judge(connection, message)
        if extra := connection.held:
            validator.unasked(request, extra, at_s=at_s, connection=connection.number)
            recorder.violations += 1
            recorder.error("unasked")
            self.connections.again(connection)  # whose bytes are whose cannot be told any more
            return False
        if not raw or validator.closes(framer):
            self._renew(connection)
            return False
        return True

    def _judge(self, connection: Connection, message: bytes) -> None:
        """A whole reply has come, in one piece or several."""
        recorder, index = self._recorder, connection.index
        took = (clock() - connection.sent_at) // 1000
        good = self._known[index](message) or self._validator.slow(
            self._requests[index],
            message,
            Ending.ANSWERED,
            at_s=self._at_s(),
            connection=connection.number,
            framer=connection.framer,
        )
        self._counts[index][bucket(took)] += 1
        recorder.replies += 1
        recorder.violations += not good
        self.answered += 1
        if good and self._heard is not None:
            self._heard(connection, message)
        connection.served, connection.odd, connection.repeated, connection.heard_bytes = True, False, False, 0

    def _renew(self, connection: Connection) -> None:
        """The device ends the connection, as it may: make it again at once, if more is to be sent."""
        self.connections.drop(connection)
        if not self._sending:
            return
        try:
            self.connections.make(connection, min(REOPEN_S, self._timeout_s))
            self.reopened += 1
        except TransportError:
            self._recorder.error("not connected")
            self.connections.put_off(connection)

    def _torn(self, connection: Connection, error: OSError) -> None:
        if error.errno not in RESET_ERRORS:
            raise error
        self._lost(connection, Ending.RESET)

    def _lost(self, connection: Connection, ending: Ending) -> None:
        """A connection ended, stalled or flooded us; where a reply was due, that is a reply that did not come."""
        held = connection.held
        ended = ending in (Ending.CLOSED, Ending.RESET)
        if connection.idle:
            self._recorder.error("closed while idle")
        elif self._validator.repeats and ended and connection.served and not held:
            self._recorder.error("closed before a reply")
            connection.index, connection.repeated = self._before[connection.index], True
            self._renew(connection)
            return
        elif ending is not Ending.FLOODED and not connection.served and not held and not connection.repeated:
            self.turned_away += 1
            self._recorder.error("turned away")
        else:
            request = self._requests[connection.index]
            self._validator.slow(request, held[:KEPT_BYTES], ending, at_s=self._at_s(), connection=connection.number)
            self._recorder.violations += 1
            self._recorder.error(ending.value)
            connection.repeated = False
        self.connections.again(connection)

    def _look(self, now: int, *, sending: bool) -> None:
        """Find connections whose reply is overdue, and make those again that ended."""
        self._look_at = now + self._look_ns
        if self.answered != self._history[-1][1]:
            self._history.append((now, self.answered))
        for connection in self.connections.all:
            if connection.link is not None:
                if not connection.idle and self._is_overdue(connection, now):
                    self._lost(connection, Ending.SILENT)
            elif sending and connection.retry_at and now >= connection.retry_at:
                try:
                    self.connections.make(connection, min(REOPEN_S, self._timeout_s))
                    self.reopened += 1
                except TransportError:
                    self._recorder.error("not connected")
                    self.connections.put_off(connection)
                    return  # the others wait: one attempt that fails in each look

    def _is_overdue(self, connection: Connection, now: int) -> bool:
        """Whether the reply is not just late for what we did: this loop was slow, or the device still works off our own queue.

        A device that answers in turn has answered every other connection once before it comes to this one again. One that goes on
        answering and has answered all of them twice has lost this request, or is not fair.
        """
        waited, patience = now - connection.sent_at, int(self._timeout_s * 1e9)
        if self._validator.repeats:
            if now - self._heard_ns <= patience and waited <= MOST_PATIENCE * patience:
                return False  # it is busy with long replies
            waited -= connection.heard_bytes * SLOWEST_NS
        if waited <= patience or (waited <= MOST_PATIENCE * patience and self.connections.has_news(connection)):
            return False
        if waited > MOST_PATIENCE * patience or now - self._history[-1][0] > patience:
            return True
        before = next((answered for at, answered in reversed(self._history) if at <= connection.sent_at), None)
        return before is not None and self.answered - before > 2 * len(self.connections.all)

    def _at_s(self) -> float:
        return (clock() - self._began) / 1e9
