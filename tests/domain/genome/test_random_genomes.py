"""Random genomes, grown from the grammar: each is judged, and keeps to its memory."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daemon.domain.genome import gate, program
from daemon.domain.market.indicators.registry import Entry
from daemon.domain.market.indicators.vocabulary import vocabulary
from daemon.errors import GenomeRefused
from tests.domain.genome.markets import market
from tests.domain.genome.texts import rotate, signal

LEAVES = ["x", "y", "1.5", "3", "0", "-1", "np.nan", 'p["n"]', 'p["k"]', "True", "len(x)", "k"]
WORDS = ["where", "sum", "mean", "max", "sort", "cumsum", "stack", "concatenate", "zeros_like"]
WORDS += ["percentile", "argmax", "clip", "log", "isnan", "column_stack", "reshape", "diff", "full"]
METHODS = ["sum", "mean", "max", "cumsum", "copy", "clip", "astype", "reshape", "T", "shape"]
INDEXES = ["3", "-1", "k", ":5", "5:", ":-3", "::2", ":, 0", ":, np.newaxis", "x > 3", "1:3, :2"]
WORD = st.sampled_from(WORDS)
AXES = ["", ", axis=0", ", axis=1", ", axis=-1", ", 0", ", axis=k", ", axis=None"]
AXIS = st.sampled_from(AXES)


def called(entry: Entry, first: str, second: str) -> str:
    """A call of an indicator with arguments that may or may not fit."""
    arguments = [first, second, first, "5", "9"][: len(entry.arguments)]
    return f"ta.{entry.name}({', '.join(arguments)})"


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from([*"+-*/%&|<>", "//", "=="]), inner),
        st.builds("(-{})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("np.{}({}{})".format, WORD, inner, AXIS),
        st.builds("np.{}([{}, {}]{})".format, WORD, inner, inner, AXIS),
        st.builds("{}.{}({})".format, inner, st.sampled_from(METHODS), inner),
        st.builds("{}.{}".format, inner, st.sampled_from(METHODS)),
        st.builds("{}[{}]".format, inner, st.sampled_from(INDEXES)),
        st.builds("{}({})".format, st.sampled_from(["abs", "max", "int", "list", "sum"]), inner),
        st.builds("[{} for k in {}][0]".format, inner, st.sampled_from(["range(3)", "x"])),
        st.builds("helper({}, {})".format, inner, inner),
        st.builds(called, st.sampled_from(vocabulary()), inner, inner),
    )


EXPRESSIONS = st.recursive(st.sampled_from(LEAVES), grown, max_leaves=8)
STATEMENTS = st.one_of(
    st.builds("y = {}".format, EXPRESSIONS),
    st.builds("y += {}".format, EXPRESSIONS),
    st.builds("y[{}] = {}".format, st.sampled_from(INDEXES), EXPRESSIONS),
    st.builds("if {}:\n    y = {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("for k in range({}):\n    y = {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("for k, y in enumerate({}):\n    y = y * y".format, EXPRESSIONS),
)
BODIES = st.lists(STATEMENTS, min_size=1, max_size=4).map("\n".join)
HELPER = "def helper(a, b=2):\n    return a * b"


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(BODIES, EXPRESSIONS, st.sampled_from(["", "WARMUP = 50"]), st.booleans())
def test_a_grown_genome_is_judged_and_what_is_accepted_compiles(
    body: str, answer: str, header: str, panel: bool
) -> None:
    body = f"y = x * 1.0\nk = 2\n{body}\nreturn {answer}"
    text = rotate(body, header) if panel else signal(body, header, HELPER)
    try:
        gated = gate.check(text)
    except GenomeRefused:
        return

    program.load(gated)

    assert 1 <= gated.manifest.warmup <= 5000


ONE_INPUT = [
    entry
    for entry in vocabulary()
    if entry.shape == ("x", "window")
    and entry.mode in ("runs", "plain")
    and entry.memory(n=50) < 1_000
]


def typed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that are series again, so that nearly all of them run."""
    entries = st.sampled_from(ONE_INPUT)
    windows = st.sampled_from(["4", "6", "9", 'p["n"] - 1'])
    return st.one_of(
        st.builds("({} * 1.0 {} {})".format, inner, st.sampled_from([*"+-*<"]), inner),
        st.builds(lambda e, a, n: f"ta.{e.name}({a} * 1.0, {n})", entries, inner, windows),
        st.builds("np.where({} > {}, {}, 0.5)".format, inner, inner, inner),
        st.builds("np.max(np.stack([{}, {}]), axis=0)".format, inner, inner),
        st.builds("np.mean(ta.windows({} * 1.0, 5), axis=1)".format, inner),
        st.builds("np.concatenate([np.zeros(4), ({})[:-4]])".format, inner),
        st.builds("ta.latch({} > {}, {} < {}, 7)".format, inner, inner, inner, inner),
        st.builds("helper({}, b=0.5)".format, inner),
        st.builds("({}).clip(-3, 200)".format, inner),
    )


SERIES = st.recursive(
    st.sampled_from(["x", "y", "bars.volume", "ta.lag(x, 4)"]), typed, max_leaves=4
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(SERIES, SERIES)
def test_a_grown_genome_keeps_to_the_memory_that_was_worked_out(first: str, answer: str) -> None:
    gated = gate.check(
        signal(f"y = ta.lag(x, 3)\ny = {first}\nreturn ({answer}) + 0.01 * y", more=HELPER)
    )
    genome = program.load(gated)
    bars = max(gated.memory, 1)
    long = market(bars + 60, 1, seed=bars)

    whole = genome.positions(long, {})
    alone = genome.positions(long.part(60, bars + 60), {})

    scale = max(1.0, float(np.nanmax(np.abs(whole), initial=0.0)))
    np.testing.assert_allclose(alone[-1] / scale, whole[-1] / scale, rtol=0, atol=1e-7)
