"""Asking memory for a value before it is needed, which Python and numba have no word for.

A sparse run spends most of its time waiting for the bar of the next fill; asked for as soon as
the bar is known, it arrives while the stretch in between is worked on.
"""

from __future__ import annotations

from typing import Any

from numba.core import cgutils, types
from numba.extending import intrinsic

READ, KEEP, DATA = 0, 3, 1


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
        builder.call(call, [place, number(READ), number(KEEP), number(DATA)])
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), build


prefetch: Any = intrinsic(_prefetch)
"""prefetch(array, row, column), compiled code only: ask for a value of a C-contiguous array."""
