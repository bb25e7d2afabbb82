"""The ways in which functions of the domain are compiled, and a word that numba lacks.

Without fast-math: cash, positions and figures must come out the same on every run. Division
follows NumPy (no exception), which lets loops be vectorised. Loops over `range(len(view))` are
vectorised, loops from a start that might be negative are not. Compiled code owns no array, it
works on those it is given: counting references to them took nine tenths of the kernel's time.

numba takes a copy on disk for current as long as the file of the one function is unchanged,
whatever was compiled into it; `daemon.process` therefore names the folder by the whole domain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numpy as np
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic, register_jitable

Function = TypeVar("Function", bound=Callable[..., Any])

_PLAIN: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "_nrt": False}
_INNER: Final[dict[str, Any]] = {
    **_PLAIN,
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
_READ, _KEEP, _DATA = 0, 3, 1


def entry(function: Function) -> Function:
    """Compiled at its first call, kept on disk, and run without the interpreter's lock."""
    return cast("Function", njit(cache=True, **_PLAIN)(function))


def shared(function: Function) -> Function:
    """Compiled into its callers, and callable from Python as well."""
    return cast("Function", njit(forceinline=True, **_PLAIN)(function))


def inlined(function: Function) -> Function:
    """Compiled into its compiled callers, and callable from nowhere else."""
    return cast("Function", njit(**_INNER)(function))


def either(function: Function) -> Function:
    """Plain Python when Python calls it, compiled into compiled callers."""
    return register_jitable(error_model="numpy")(function)


def constant(value: int) -> int:
    """A whole number for compiled code: callees are compiled anew for every plain int they get."""
    return cast("int", np.int64(value))


def _prefetch(typing_context: Any, array: Any, row: Any, column: Any) -> Any:
    tools: Any = cgutils
    ir = tools.ir

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        shape = tools.unpack_tuple(builder, view.shape, 2)
        strides = tools.unpack_tuple(builder, view.strides, 2)
        index = [arguments[1], arguments[2]]
        place = tools.get_item_pointer2(context, builder, view.data, shape, strides, "C", index)
        pointer, number = ir.PointerType(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        call = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(call, [place, number(_READ), number(_KEEP), number(_DATA)])
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), build


prefetch: Any = intrinsic(_prefetch)
"""prefetch(array, row, column), compiled code only: ask for a value of a C-contiguous array.

Sparse work spends most of its time waiting for memory; what is asked for as soon as its place is
known arrives while something else is worked on.
"""
