"""The proof of a level: children that are confined as a genome is, and try to break out.

A zygote proves before it says that it is warm: each attempt in a child of its own, with every
layer on, and again with one layer alone where that layer has to stop it by itself. A plain genome
has to run in such a child too, or a level that stops everything would be proved by a fault. A child
that somebody killed meanwhile shows nothing and tries again.
"""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from daemon.sandbox import confine, landlock
from daemon.sandbox.attempts import ESCAPED, Attempt, attempts_here
from daemon.sandbox.layers import KERNEL, NONE_OFF, PLATFORM, Layer, Level, Off

_TRIES: Final = 3
_CPU_S: Final = 5
_MEMORY_BYTES: Final = 64 << 20
_UNCONFINED: Final = 201
_DONE: Final = 202
_BROKEN: Final = 203
_REFUSALS: Final = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.EAGAIN,
        errno.ENOMEM,
        errno.ENOSYS,
    }
)
PLAIN: Final = "run a plain genome"
PUT_ON: Final = "put on the layer"


@dataclass(frozen=True, slots=True)
class Proof:
    """How one attempt ended. layer: the one that was on, '' for all of them."""

    name: str
    layer: str
    held: bool
    how: str

    def __str__(self) -> str:
        alone = f" with {self.layer} alone" if self.layer else ""
        return f"{self.name}{alone}: {self.how}"


def prove(plain: Callable[[], object]) -> tuple[Proof, ...]:
    """Every proof of this system; plain: runs a genome that means no harm. Forks."""
    off = confine.absent()
    found = [_plain_proof(plain, off), *_missing(off)]
    for attempt in attempts_here():
        found.append(_proof(attempt, "", off))
        found += [_proof(attempt, layer, KERNEL - {layer}) for layer in _alone(attempt)]
    return tuple(found)


def level_of(proofs: Iterable[Proof]) -> Level:
    """The strongest level that the proofs allow."""
    if not all(proof.held for proof in proofs):
        return Level.C
    return Level.A if PLATFORM == "linux" else Level.B


def broken(proofs: Iterable[Proof]) -> tuple[str, ...]:
    """What was not held, in words."""
    return tuple(str(proof) for proof in proofs if not proof.held)


def encoded(proofs: Sequence[Proof]) -> bytes:
    """Proofs as the zygote sends them."""
    return json.dumps([asdict(proof) for proof in proofs]).encode()


def decoded(body: bytes) -> tuple[Proof, ...]:
    """Proofs as the daemon reads them."""
    return tuple(Proof(**fields) for fields in json.loads(body))


def _missing(off: Off) -> list[Proof]:
    """Layers that Linux has and this system does not."""
    layers = sorted(off) if PLATFORM == "linux" else []
    return [Proof(PUT_ON, layer, False, "this system does not have it") for layer in layers]


def _alone(attempt: Attempt) -> list[Layer]:
    """Layers of this system that have to stop an attempt by themselves."""
    if PLATFORM != "linux":
        return []
    here = set(attempt.alone) - confine.absent()
    if landlock.abi() < attempt.landlock_abi:
        here.discard(Layer.LANDLOCK)
    return sorted(here)


def _proof(attempt: Attempt, layer: str, off: Off) -> Proof:
    parent = os.getpid()
    status = _status_of(lambda: attempt.act(parent), off)
    held, how = _judged(status)
    return Proof(attempt.name, layer, held, how)


def _plain_proof(plain: Callable[[], object], off: Off) -> Proof:
    status = _status_of(plain, off)
    done = os.WIFEXITED(status) and os.WEXITSTATUS(status) == _DONE
    return Proof(PLAIN, "", done, "done" if done else _judged(status)[1])


def _status_of(act: Callable[[], object], off: Off = NONE_OFF) -> int:
    """Wait status of a confined child that did this; of another one where it was killed."""
    for _ in range(_TRIES):
        status = _status_of_one(act, off)
        if not (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL):
            break
    return status


def _status_of_one(act: Callable[[], object], off: Off) -> int:
    pid = os.fork()
    if pid == 0:
        _try(act, off)
    return os.waitpid(pid, 0)[1]


def _try(act: Callable[[], object], off: Off) -> None:
    code = _UNCONFINED
    try:
        confine.confine_child(_CPU_S, _MEMORY_BYTES, None, off)
        code = _BROKEN
        act()
        code = _DONE
    except OSError as error:
        code = code if code == _UNCONFINED else error.errno or _BROKEN
    finally:
        os._exit(code)


def _judged(status: int) -> tuple[bool, str]:
    """Whether a child that tried was held, and how it ended."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return number == signal.SIGSYS, f"killed by {signal.Signals(number).name}"
    code = os.WEXITSTATUS(status)
    if code in (_DONE, ESCAPED):
        return False, "it succeeded"
    if code == _UNCONFINED:
        return False, "a layer could not be put on"
    if code == _BROKEN:
        return False, "it ended in an error that shows nothing"
    return code in _REFUSALS, f"refused ({errno.errorcode.get(code, code)})"
