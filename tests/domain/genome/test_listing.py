"""Symbols that list late: before its first bar a genome finds nothing of a symbol."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.engine.intake import checked
from daemon.domain.genome import gate, program
from daemon.domain.genome.program import Program
from daemon.domain.market.bars import FIELDS, PRICES, Floats, Market, sealed
from daemon.domain.market.probe import probe
from tests.domain.genome.texts import rotate, signal

SEEDS = sorted((Path(__file__).resolve().parents[3] / "genomes" / "seeds").glob("*.py"))
GATED = {path.stem: gate.check(path.read_text()) for path in SEEDS}
LOADED = {name: program.load(gated) for name, gated in GATED.items()}
ROTATIONS = [name for name, gated in GATED.items() if gated.manifest.kind == "rotate"]
SIGNALS = [name for name in LOADED if name not in ROTATIONS]
LISTINGS = st.integers(1, 1499)


def chosen(timeframe: str, columns: list[int]) -> Market:
    """Symbols of the probe market that have all their bars."""
    whole = probe(timeframe)
    arrays: dict[str, Any] = {n: getattr(whole, n)[:, columns] for n in (*FIELDS, "stale")}
    symbols = tuple(whole.symbols[column] for column in columns)
    return sealed(replace(whole, symbols=symbols, **arrays))


def listed(market: Market, bars: dict[int, int], scale: float = 1.0) -> Market:
    """The market in which a symbol's first bar is `bars[column]`, all its prices scaled."""
    arrays: dict[str, Any] = {n: getattr(market, n).copy(order="F") for n in (*FIELDS, "stale")}
    for column, bar in bars.items():
        for name in PRICES:
            arrays[name][:, column] *= scale
            arrays[name][:bar, column] = arrays["open"][bar, column]
        arrays["volume"][:bar, column] = 0.0
        arrays["stale"][:bar, column] = True
    return sealed(replace(market, **arrays))


def positions(genome: Program, market: Market) -> Floats:
    """What the daemon trades of it: as seen in the sandbox, after the check outside."""
    raw = genome.positions(market.adjusted(), {})
    return checked(raw, genome.kind).dense()


FULL = {
    timeframe: chosen(timeframe, [0, 1, 5, 7])
    for timeframe in {gated.manifest.timeframe for gated in GATED.values()}
}


def test_there_are_seeds_of_both_kinds() -> None:
    assert {"leveraged_rotation", "relative_strength", "dual_momentum"} <= set(ROTATIONS)
    assert len(SIGNALS) >= 10


def test_an_average_of_fifty_bars_waits_for_fifty_bars_of_a_late_symbol() -> None:
    genome = program.load(gate.check(signal("return np.where(x > ta.sma(x, 50), 1.0, 0.0)")))
    market = listed(FULL["1d"], {2: 300})

    found = positions(genome, market)[:, 2]

    assert not found[:349].any()
    assert found[349:].any()
    alone = positions(genome, market.part(300, 1500))[:, 2]
    np.testing.assert_array_equal(found[300:], alone)


@pytest.mark.parametrize("name", sorted(LOADED))
@settings(max_examples=6, deadline=None)
@given(first=LISTINGS, second=LISTINGS, scale=st.sampled_from([0.01, 0.5, 3.0, 40.0]))
def test_no_position_before_a_listing_knows_its_price(
    name: str, first: int, second: int, scale: float
) -> None:
    genome = LOADED[name]
    market = FULL[GATED[name].manifest.timeframe]
    bars = {2: first, 3: second}

    one, other = (positions(genome, listed(market, bars, s)) for s in (1.0, scale))

    before = min(first, second)
    np.testing.assert_array_equal(one[:before], other[:before])
    for column, bar in bars.items():
        np.testing.assert_array_equal(one[:bar, column], other[:bar, column])


@pytest.mark.parametrize("name", ROTATIONS)
@settings(max_examples=8, deadline=None)
@given(first=LISTINGS, second=LISTINGS)
def test_a_rotation_is_the_same_without_the_symbols_that_list_later(
    name: str, first: int, second: int
) -> None:
    genome, before = LOADED[name], min(first, second)
    market = listed(FULL["1d"], {2: first, 3: second})

    found = positions(genome, market)
    without = positions(genome, chosen("1d", [0, 1]))

    np.testing.assert_allclose(found[:before, :2], without[:before], rtol=1e-12, atol=1e-15)
    assert not found[:first, 2].any()
    assert not found[:second, 3].any()


def test_the_rotations_do_hold_symbols_that_listed_late() -> None:
    market = listed(FULL["1d"], {2: 200, 3: 400})

    for name in ROTATIONS:
        assert positions(LOADED[name], market)[:, 2:].any(axis=0).all(), name


@pytest.mark.parametrize("name", SIGNALS)
@settings(max_examples=6, deadline=None)
@given(listing=st.integers(1, 1300))
def test_a_signal_sees_a_late_symbol_as_if_time_began_with_it(name: str, listing: int) -> None:
    genome = LOADED[name]
    market = listed(FULL[GATED[name].manifest.timeframe], {2: listing})

    found = positions(genome, market)[listing:, 2]
    alone = positions(genome, market.part(listing, 1500))[:, 2]

    np.testing.assert_allclose(found, alone, rtol=1e-9, atol=1e-9)


def test_a_genome_can_ask_which_symbols_are_there() -> None:
    body = (
        "growth = ta.returns(x, 5)\n"
        "there = np.where(np.isnan(x), 0.0, 1.0)\n"
        "level = np.nanmean(growth, axis=1)[:, np.newaxis]\n"
        "weights = np.where(growth > level, there, 0.0)\n"
        "return weights / np.maximum(np.nansum(weights, axis=1)[:, np.newaxis], 1.0)"
    )
    genome = program.load(gate.check(rotate(body)))

    found = positions(genome, listed(FULL["1d"], {2: 40, 3: 700}))

    assert not found[:45, 2].any()
    assert not found[:705, 3].any()
    assert found[6:, :].any(axis=0).all()


def test_a_plain_mean_across_symbols_is_flat_until_all_are_listed() -> None:
    body = "y = x / x.mean(axis=1)[:, np.newaxis]\nreturn np.clip(y, 0.0, 1.0) / 4"
    genome = program.load(gate.check(rotate(body)))

    found = positions(genome, listed(FULL["1d"], {2: 40, 3: 700}))

    assert not found[:700].any()
    assert found[700:].all()
