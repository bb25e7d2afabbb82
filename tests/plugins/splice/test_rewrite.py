"""Trees with some nodes changed: what is not around a change stays the very same node."""

from __future__ import annotations

import libcst as cst

from plugins.splice.rewrite import swapped


def test_only_what_is_around_a_swap_is_built_anew() -> None:
    function = cst.parse_module("def f(x):\n    a = x + 1\n    return g(a, 2)\n").body[0]
    assert isinstance(function, cst.FunctionDef)
    first, last = function.body.body
    assert isinstance(last, cst.SimpleStatementLine)
    answer = last.body[0]
    assert isinstance(answer, cst.Return)
    call = answer.value
    assert isinstance(call, cst.Call)
    kept, argument = call.args
    around = {id(node) for node in (function, function.body, last, answer, call, argument)}

    new = swapped(function, {id(argument.value): cst.Name("y")}, around)

    assert cst.Module([new]).code == "def f(x):\n    a = x + 1\n    return g(a, y)\n"
    assert cst.Module([function]).code == "def f(x):\n    a = x + 1\n    return g(a, 2)\n"
    assert new.body.body[0] is first
    assert new.body.body[1].body[0].value.args[0] is kept


def test_a_tree_without_a_swap_is_itself() -> None:
    function = cst.parse_module("def f(x):\n    return x\n").body[0]

    assert swapped(function, {}, frozenset()) is function
