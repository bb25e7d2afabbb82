"""One child that serves many parameter points of one genome, a few output slots used in turn.

The child writes a point into a slot of the ring and says so with one byte; the daemon copies it
out and gives the slot back with one byte. Memory stays bounded, and indicators that points share
are computed once, in the child's own cache.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from daemon.domain.genome.contract import Kind
from daemon.sandbox.answers import NONSENSE, Outcome, Reader, is_starved, reason_of_end, was_outside
from daemon.sandbox.memory import Shared
from daemon.sandbox.slot import Slot
from daemon.sandbox.task import Answer
from daemon.sandbox.wire import Job

RING: Final = 3
_LAST_WORDS_S: Final = 1.0

Deliver = Callable[[int, Answer], None]
"""Takes the answer to a point, and has the child wait while it works on it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a stream is served: checked as what, how long a point may take, who takes it."""

    kind: Kind | None
    wall_s: float
    deliver: Deliver


def stream(slot: Slot, job: Job, markets: Sequence[Shared], terms: Terms) -> tuple[int, Outcome]:
    """Delivers points in order as they come; returns how many, and how the child ended.

    Where it ended early, the outcome's only answer is the reason, to be charged to the next point.
    """
    layout = job.layout()
    output = slot.output(layout.size)
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            descriptors = [output.shared.descriptor, theirs.fileno()]
            descriptors += [market.descriptor for market in markets]
            started = slot.spawn(job.encode(), descriptors, job.memory_bytes)
        if not started:
            return 0, Outcome(outside=True)
        done, patience_s = _received(
            slot, job, Reader(output, layout, terms.kind, NONSENSE), ours, terms
        )
        end = slot.settle(patience_s)
        output.wipe(layout.size)
    if done == len(job.runs):
        return done, Outcome()
    if was_outside(end, job.cpu_s):
        return done, Outcome(outside=True)
    starved = is_starved(end, job.cpu_s, terms.wall_s)
    return done, Outcome((reason_of_end(end, terms.wall_s),), starved=starved)


def _received(
    slot: Slot, job: Job, reader: Reader, channel: socket.socket, terms: Terms
) -> tuple[int, float]:
    """Points delivered, and the seconds that the child may still have to end."""
    for number in range(len(job.runs)):
        if not slot.wait_for(channel, terms.wall_s):
            return number, 0.0
        if not _word(channel):
            return number, _LAST_WORDS_S
        answer = reader.answer(number % job.ring)
        with contextlib.suppress(OSError):
            channel.send(b"1")
        terms.deliver(number, answer)
    return len(job.runs), _LAST_WORDS_S


def _word(channel: socket.socket) -> bytes:
    """One byte of the child, none where it ended (with or without reading its own)."""
    try:
        return channel.recv(1)
    except ConnectionResetError:
        return b""
