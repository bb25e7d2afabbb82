"""The ways in which the engine's functions are compiled.

Without fast-math: cash and positions must come out the same on every run. Division follows
NumPy (no exception), which lets loops be vectorised. Loops over `range(len(view))` are vectorised,
loops from a start that might be negative are not. Compiled code owns no array, it works on those
it is given: counting references to them took nine tenths of the kernel's time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import CodeType
from typing import Any, Final, TypeVar, cast

import numpy as np
from numba import njit
from numba.core import caching

Function = TypeVar("Function", bound=Callable[..., Any])

_PLAIN: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "_nrt": False}
_INNER: Final[dict[str, Any]] = {
    **_PLAIN,
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
_sources: Final[list[str]] = []
"""What has been handed in for compilation so far, in the order of the imports."""


def entry(function: Function) -> Function:
    """Compiled at its first call, kept on disk, and run without the interpreter's lock.

    numba would take the copy on disk for current as long as the file of this one function is
    unchanged; here its name also holds a digest of everything it may have compiled in.
    """
    _note(function)
    dispatcher: Any = njit(**_PLAIN)(function)
    kept: Any = caching
    cache = kept.FunctionCache(function)
    digest = hashlib.sha256("\n".join(_sources).encode()).hexdigest()[:16]
    cache._cache_file = kept.IndexDataCacheFile(
        cache_path=cache._cache_path,
        filename_base=f"{cache._impl.filename_base}-{digest}",
        source_stamp=cache._impl.locator.get_source_stamp(),
    )
    dispatcher._cache = cache
    return cast("Function", dispatcher)


def shared(function: Function) -> Function:
    """Compiled into its callers, and callable from Python as well."""
    _note(function)
    return cast("Function", njit(forceinline=True, **_PLAIN)(function))


def inlined(function: Function) -> Function:
    """Compiled into its compiled callers, and callable from nowhere else."""
    _note(function)
    return cast("Function", njit(**_INNER)(function))


def constant(value: int) -> int:
    """A whole number for compiled code: callees are compiled anew for every plain int they get."""
    return cast("int", np.int64(value))


def _note(function: Callable[..., Any]) -> None:
    """Keep the code and the constants of a function, without paths and line numbers."""
    code: CodeType = function.__code__
    names = {name: function.__globals__.get(name) for name in code.co_names}
    plain = (int, float, tuple, np.generic, np.dtype)
    constants = {name: value for name, value in names.items() if isinstance(value, plain)}
    literals = [value for value in code.co_consts if not isinstance(value, CodeType)]
    text = (function.__qualname__, code.co_code.hex(), literals, code.co_names, constants)
    _sources.append(repr(text))
