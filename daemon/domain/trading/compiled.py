"""The ways in which the engine's functions are compiled.

Without fast-math: cash and positions must come out the same on every run. Division follows
NumPy (no exception), which lets loops be vectorised. Loops over `range(len(view))` are vectorised,
loops from a start that might be negative are not. Compiled code owns no array, it works on those
it is given: counting references to them took nine tenths of the kernel's time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numpy as np
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

_PLAIN: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "_nrt": False}
_INNER: Final[dict[str, Any]] = {
    **_PLAIN,
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def entry(function: Function) -> Function:
    """Compiled at its first call, kept on disk, and run without the interpreter's lock.

    The copy on disk is keyed by the text of this function's own file only, so whoever names the
    cache folder has to name it by the text of the whole engine.
    """
    return cast("Function", njit(cache=True, **_PLAIN)(function))


def shared(function: Function) -> Function:
    """Compiled into its callers, and callable from Python as well."""
    return cast("Function", njit(forceinline=True, **_PLAIN)(function))


def inlined(function: Function) -> Function:
    """Compiled into its compiled callers, and callable from nowhere else."""
    return cast("Function", njit(**_INNER)(function))


def constant(value: int) -> int:
    """A whole number for compiled code: callees are compiled anew for every plain int they get."""
    return cast("int", np.int64(value))
