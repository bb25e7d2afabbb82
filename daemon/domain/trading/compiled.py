"""The ways in which the engine's functions are compiled.

Never with fast-math: cash and positions must come out the same on every run. Division follows
NumPy (no exception), which lets loops be vectorised. Loops over `range(len(view))` are vectorised,
loops from a start that might be negative are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def entry(function: Function) -> Function:
    """Compiled at its first call, kept on disk, and run without the interpreter's lock.

    The copy on disk is keyed by the text of this function's own file only, so whoever names the
    cache folder has to name it by the text of the whole engine.
    """
    return cast("Function", njit(nogil=True, cache=True, error_model="numpy")(function))


def shared(function: Function) -> Function:
    """Compiled into its callers, and callable from Python as well."""
    return cast("Function", njit(nogil=True, forceinline=True, error_model="numpy")(function))


def inlined(function: Function) -> Function:
    """Compiled into its compiled callers, and callable from nowhere else."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compile_inner = njit(nogil=True, forceinline=True, error_model="numpy", **options)
    return cast("Function", compile_inner(function))


def constant(value: int) -> int:
    """A whole number for compiled code: callees are compiled anew for every plain int they get."""
    return cast("int", np.int64(value))
