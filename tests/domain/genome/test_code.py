"""The code of a genome: that of the tree that was checked, and nothing else of it."""

from __future__ import annotations

import ast
from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.genome import code, gate, program
from daemon.domain.genome.code import Code
from daemon.errors import GenomeRefused
from tests.domain.genome.markets import market
from tests.domain.genome.texts import rotate, signal

MARKET = market()


def test_code_runs_as_the_genome_it_was_compiled_of() -> None:
    gated = gate.check(signal('return np.where(x > ta.sma(x, p["n"]), 1.0, -0.5)'))

    ran = program.put_on(code.compiled(gated), program.stage()).positions(MARKET, {"n": 9})

    np.testing.assert_array_equal(ran, program.load(gated).positions(MARKET, {"n": 9}))


def test_code_is_that_of_the_checked_tree_not_of_the_text() -> None:
    gated = gate.check(signal("return x * 0.0 + 0.5"))
    other = replace(gated, tree=ast.parse(signal("return x * 0.0 + 0.25")))

    ran = program.put_on(code.compiled(other), program.stage()).positions(MARKET, {})

    assert (ran == 0.25).all()


def test_code_knows_its_function_and_its_parameters() -> None:
    found = code.compiled(gate.check(rotate("return x * 0.0")))

    assert found.kind == "rotate"
    assert found.defaults == gate.check(rotate("return x * 0.0")).manifest.defaults()
    assert isinstance(found, Code)


def test_a_line_that_can_only_fail_is_compiled_without_a_word() -> None:
    """Python warns of it when it compiles; warnings are errors here."""
    gated = gate.check(signal("y = (1, 2)[0.5]\nreturn x * 0.0"))

    assert code.compiled(gated).marshalled


NESTED = "\n".join(f"{' ' * n}for i{n} in range(1):" for n in range(21)) + f"\n{' ' * 21}y = 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (signal("break\nreturn x * 0.0"), "outside loop"),
        (signal(f"{NESTED}\nreturn x * 0.0"), "nested blocks"),
        (signal("return same(x, x)", more="def same(a, a):\n    return a"), "duplicate argument"),
        (signal("return same(a=x, a=x)", more="def same(a):\n    return a"), "repeated: a"),
    ],
)
def test_what_only_the_compiler_sees_is_a_refusal(text: str, said: str) -> None:
    with pytest.raises(GenomeRefused, match=said) as refused:
        code.compiled(gate.check(text))

    (reason,) = refused.value.reasons
    assert (reason.code, reason.line > 5) == ("syntax", True)
