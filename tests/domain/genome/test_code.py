"""The code of a genome: that of the tree that was checked, and nothing else of it."""

from __future__ import annotations

import ast
from dataclasses import replace

import numpy as np

from daemon.domain.genome import code, gate, program
from daemon.domain.genome.code import Code
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
