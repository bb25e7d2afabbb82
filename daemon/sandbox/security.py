"""What the end of a child says about a genome: which signals are an attack, and what may be told.

A genome that passed the gate can neither make a system call nor touch memory that is not its own.
Where its process dies of that, something got past the gate: the genome is no bad idea but a
security event. Nothing that a child wrote is ever repeated: names of errors come from a list.
"""

from __future__ import annotations

import builtins
import signal
from typing import Final

from daemon.errors import SECURITY, Reason

_ATTACKS: Final = {
    signal.SIGSYS: "it made a system call that no genome needs",
    signal.SIGSEGV: "it touched memory that is not its own",
    signal.SIGBUS: "it touched memory that is not there",
    signal.SIGILL: "it ran an instruction that is none",
    signal.SIGTRAP: "it ran an instruction that is none",
}
_OF_NUMPY: Final = frozenset(
    {
        "AxisError",
        "LinAlgError",
        "TooHardError",
        "UFuncTypeError",
        "_UFuncBinaryResolutionError",
        "_UFuncInputCastingError",
        "_UFuncNoLoopError",
        "_UFuncOutputCastingError",
    }
)
_NAMES: Final = _OF_NUMPY | {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def reason_of_signal(number: int) -> Reason:
    """Why a child that died of a signal has no answer."""
    name = signal.Signals(number).name
    if number in _ATTACKS:
        said = _ATTACKS[signal.Signals(number)]
        return Reason(SECURITY, 0, f"{said} and was killed ({name})", name)
    return Reason("crashed", 0, f"its process died of {name}", name)


def shown_name(name: str) -> str:
    """The name of an error type that Python or numpy has; a child could invent any other."""
    return name if name in _NAMES else "an error"
