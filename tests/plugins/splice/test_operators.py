"""Every operator does what its examples say, and only writes what the gate accepts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.genome import gate
from plugins.splice.catalog import MODULES, OPERATORS, Operator
from plugins.splice.child import child
from plugins.splice.edit import Example
from plugins.splice.parsed import parse
from plugins.splice.swarm import CROSSING, stated_warmup
from tests.plugins.splice.samples import PULLBACK, SAMPLES

EXAMPLES = [
    pytest.param(module, example, id=f"{module.NAME}-{number}")
    for module in MODULES
    for number, example in enumerate(module.EXAMPLES)
]


def applied(module: Operator, seed: int, source: str, donor: str = "") -> str:
    """Text of the child, '' where the operator finds nothing to change."""
    parent = parse(source)
    donors = [parse(donor)] if donor else []
    edit = module.apply(parent, donors, np.random.default_rng(seed))
    crossing = module.NAME.startswith(CROSSING) and bool(donor)
    warmup = stated_warmup([gate.check(s) for s in ([source, donor] if crossing else [source])])
    return "" if edit is None else child(parent, edit, warmup)


@pytest.mark.parametrize(("module", "example"), EXAMPLES)
def test_the_example_holds(module: Operator, example: Example) -> None:
    assert applied(module, example.seed, example.before, example.donor) == example.after


@pytest.mark.parametrize(("module", "example"), EXAMPLES)
def test_the_genomes_of_an_example_pass_the_gate(module: Operator, example: Example) -> None:
    for source in filter(None, (example.before, example.donor, example.after)):
        assert gate.check(source).hash


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.NAME)
def test_an_operator_is_documented_and_shows_at_least_one_change(module: Operator) -> None:
    assert module.SENTENCE.endswith(".")
    assert any(example.after for example in module.EXAMPLES)
    assert OPERATORS[module.NAME] is module


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.NAME)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), own=st.sampled_from(SAMPLES), donor=st.sampled_from(SAMPLES))
def test_a_child_differs_from_its_parent_and_says_what_changed(
    module: Operator, seed: int, own: str, donor: str
) -> None:
    text = applied(module, seed, own, donor)

    if text and own != donor:
        assert text != own
        assert parse(text).idea.startswith(parse(own).idea.rstrip("."))
        assert len(parse(text).idea) > len(parse(own).idea)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    name=st.sampled_from(sorted(OPERATORS)),
    own=st.sampled_from(SAMPLES),
    donor=st.sampled_from(SAMPLES),
)
def test_the_same_draw_writes_the_same_text(seed: int, name: str, own: str, donor: str) -> None:
    texts = {applied(OPERATORS[name], seed, own, donor) for _ in range(3)}

    assert len(texts) == 1


def test_parents_that_are_too_long_together_do_not_vote() -> None:
    lines = [f"    over_{n} = bars.close > ta.sma(bars.close, {n})\n" for n in range(10, 30)]
    long = PULLBACK.replace("    weak =", "".join(lines) + "    weak =")

    assert applied(OPERATORS["cross_ensemble"], 0, long, PULLBACK)
    assert not applied(OPERATORS["cross_ensemble"], 0, long, long)


def test_most_children_of_every_sample_pass_the_gate() -> None:
    accepted, written = 0, 0
    for number, source in enumerate(SAMPLES):
        for module in MODULES:
            text = applied(module, number, source, SAMPLES[(number + 1) % len(SAMPLES)])
            written += bool(text)
            accepted += bool(text) and _passes(text)

    assert written > 50
    assert accepted >= 0.85 * written


def _passes(text: str) -> bool:
    try:
        return bool(gate.check(text))
    except gate.GenomeRefused:
        return False


REMARKED = '''"""Buy weakness in an up trend."""

TIMEFRAME = "1d"
WARMUP = 320
PARAMS = {"rsi": 2, "trend": 200}


def signal(bars, p):
    wanted = (
        (bars.close > ta.sma(bars.close, p["trend"]))
        & # and not before
        (ta.rsi(bars.close, p["rsi"]) < # rarely
         10.0)
    )
    return np.where(wanted, 1.0, 0.0)
'''


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.NAME)
def test_remarks_beside_operators_are_no_hindrance(module: Operator) -> None:
    for seed in range(12):
        text = applied(module, seed, REMARKED, PULLBACK)
        assert not text or gate.check(text).hash
