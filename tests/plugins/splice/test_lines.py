"""Functions as lines: what a text names, and children that stay what they were to the byte."""

from __future__ import annotations

import hashlib

import numpy as np

from plugins.splice.catalog import OPERATORS
from plugins.splice.child import child
from plugins.splice.edit import Edit
from plugins.splice.lines import laid_out, said
from plugins.splice.parsed import parse
from tests.plugins.splice.samples import BANDS, BREAKOUT, PULLBACK, ROTATION

ON_ONE_LINE = '''"""Each function on a line of its own."""

PARAMS = {"n": 14}


def above(x, n): return x > ta.sma(x, n)


# a remark
def signal(bars, p): return np.where(above(bars.close, p["n"]), 1.0, 0.0)
'''
OVER_SEVERAL = '''"""Statements over several lines, with remarks."""


def signal(bars, p):
  # before
  one = 5; other = 4
  close = bars.close
  weak = (
      (close < ta.sma(
          close,

          # inside
          20,
      ))
      & (ta.rsi(close, 5) < 30.0)
  )  # after
  # the answer
  return np.where(
      weak,
      1.0,

      0.0,
  )
  # below
'''
SHAPES = (PULLBACK, BANDS, BREAKOUT, ROTATION, ON_ONE_LINE, OVER_SEVERAL)
GOLDEN = "eb4e9da6b325d2ce1a26a264febdb54dbe55c75a6a3be6073c5021871076d5ec"
"""SHA-256 of the children below, from before a child was written by lines."""


def test_the_pieces_of_a_function_are_its_text() -> None:
    for source in SHAPES:
        genome = parse(source)

        for function, layout in zip(genome.functions, laid_out(genome), strict=True):
            whole = layout.head + "".join(text for _, text in layout.lines) + layout.foot
            assert whole == genome.text(function)


def test_a_line_names_what_it_reads_and_binds_but_no_word_of_a_string_or_remark() -> None:
    found = said('    fast = ta.ema(bars.close, p["fast"])  # slow\n', True)

    assert sorted(found.names) == ["bars", "close", "ema", "fast", "p", "ta"]
    assert found.keys == {"fast"}
    assert found.target == "fast"


def test_only_a_single_assignment_to_one_plain_name_has_a_target() -> None:
    others = ("a = b = 1", "a, b = 1, 2", "a[0] = 1", "a += 1", "a = 1; b = 2", "return a")

    assert [said(f"    {text}\n", True).target for text in others] == [""] * len(others)


def test_a_function_whose_lines_all_die_stays_a_function() -> None:
    source = PULLBACK.replace("\n\ndef signal", "\n\ndef idle(x):\n    y = 1\n\n\ndef signal")

    text = child(parse(source), Edit("as it was"))

    assert "def idle(x):\n    pass\n" in text


def test_an_argument_that_gets_another_value_is_no_dead_name() -> None:
    source = PULLBACK.replace(
        "\n\ndef signal", "\n\ndef one(x):\n    x = 1\n    return 2\n\n\ndef signal"
    )

    text = child(parse(source), Edit("as it was"))

    assert "def one(x):\n    x = 1\n    return 2\n" in text


def test_children_are_the_same_bytes_as_when_whole_trees_were_written() -> None:
    digest, count = hashlib.sha256(), 0

    for number, source in enumerate(SHAPES):
        genome, donor = parse(source), parse(SHAPES[number - 1])
        for operator in OPERATORS.values():
            for draw in range(5):
                edit = operator.apply(genome, [donor], np.random.default_rng([number, draw]))
                if edit is not None:
                    digest.update(child(genome, edit, 100 * (draw % 2)).encode())
                    count += 1

    assert (count, digest.hexdigest()) == (450, GOLDEN)
