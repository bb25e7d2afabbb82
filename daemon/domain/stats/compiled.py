"""How figures are compiled: at the first call, kept on disk, without the interpreter's lock.

Without fast-math, since the same account must give the same figures on every run. Whoever names
the cache folder names it by the text of the whole domain: see `daemon.process`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from numba import njit
from numba.extending import register_jitable

Function = TypeVar("Function", bound=Callable[..., Any])


_PLAIN: Final[dict[str, Any]] = {"error_model": "numpy", "_nrt": False}
"""No exception on division; no array is owned, so that none is counted."""


def entry(function: Function) -> Function:
    """Callable from Python."""
    return cast("Function", njit(cache=True, nogil=True, **_PLAIN)(function))


def inlined(function: Function) -> Function:
    """Compiled into its compiled callers, and called from nowhere else."""
    return cast("Function", njit(forceinline=True, **_PLAIN)(function))


def either(function: Function) -> Function:
    """Plain Python when Python calls it, compiled into compiled callers."""
    return register_jitable(error_model="numpy")(function)
