"""Asking memory for a value before it is needed, which Python and numba have no word for.

A sparse run spends most of its time waiting for the bar of the next fill; asked for as soon as
the bar is known, it arrives while the stretch in between is worked on.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import impl_ret_untracked
from numba.extending import intrinsic

READ, KEEP, DATA = 0, 3, 1


@intrinsic  # type: ignore[untyped-decorator]
def prefetch(typing_context: Any, array: Any, row: Any, column: Any) -> Any:
    """Start to load array[row, column] of a C-contiguous array; nothing else happens."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = cgutils.get_item_pointer2(
            context,
            builder,
            view.data,
            cgutils.unpack_tuple(builder, view.shape, 2),
            cgutils.unpack_tuple(builder, view.strides, 2),
            "C",
            [arguments[1], arguments[2]],
        )
        pointer, number = ir.PointerType(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(call, [place, number(READ), number(KEEP), number(DATA)])
        return impl_ret_untracked(context, builder, signature.return_type, None)

    return types.void(array, types.int64, types.int64), build
