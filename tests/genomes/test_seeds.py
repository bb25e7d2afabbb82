"""The seed genomes: accepted, causal, within their memory, and never idle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from daemon.domain.engine.causality import parity_ends
from daemon.domain.engine.futures import replaced_future
from daemon.domain.genome import gate, program
from daemon.domain.genome.gate import Gated
from daemon.domain.market.bars import TIMEFRAMES, Market
from daemon.domain.market.probe import probe

FOLDER = Path(__file__).resolve().parents[2] / "genomes" / "seeds"
SEEDS = sorted(FOLDER.glob("*.py"))
CANDIDATES = [path for path in SEEDS if path.stem != "buy_and_hold"]
EACH = pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
MARKETS: dict[str, Market] = {name: probe(name) for name in TIMEFRAMES}


def gated(path: Path) -> Gated:
    return gate.check(path.read_bytes())


def test_there_are_the_seeds_that_owners_ask_for() -> None:
    expected = """vwap_atr_bands three_day_momentum moving_average_cross rsi_pullback
        bollinger_reversion opening_range_breakout volatility_scaled_trend buy_and_hold
        leveraged_rotation"""

    assert set(expected.split()) <= {path.stem for path in SEEDS}
    assert len(SEEDS) >= 14


def test_seeds_trade_daily_and_within_the_day() -> None:
    frames = [gated(path).manifest.timeframe for path in SEEDS]

    assert frames.count("1d") >= 8
    assert {"5m", "15m", "30m"} <= set(frames)


@EACH
def test_a_seed_is_one_idea_in_one_sentence(path: Path) -> None:
    found = gated(path)

    assert found.manifest.idea.count(".") == 1
    assert found.memory > 0, "its memory is worked out, not declared"
    assert all(p.low is not None or p.choices for p in found.manifest.params)


def test_no_two_seeds_are_the_same_genome() -> None:
    assert len({gated(path).hash for path in SEEDS}) == len(SEEDS)


@EACH
def test_a_seed_answers_finite_positions_within_bounds(path: Path) -> None:
    found = gated(path)
    market = MARKETS[found.manifest.timeframe]

    positions = program.load(found).positions(market, {})

    started = np.maximum.accumulate(np.isfinite(positions), axis=0)
    assert np.isfinite(positions[started]).all()
    assert np.nanmax(np.abs(positions)) <= 1.0
    if found.manifest.kind == "rotate":
        assert np.nansum(np.abs(positions), axis=1).max() <= 1.0 + 1e-9


@pytest.mark.parametrize("path", CANDIDATES, ids=lambda path: path.stem)
def test_a_candidate_changes_its_positions(path: Path) -> None:
    found = gated(path)

    positions = program.load(found).positions(MARKETS[found.manifest.timeframe], {})

    assert (np.diff(np.nan_to_num(positions), axis=0) != 0).any(axis=1).sum() >= 10


@EACH
def test_a_seed_never_sees_the_future(path: Path) -> None:
    found = gated(path)
    market = MARKETS[found.manifest.timeframe]
    whole = program.load(found).positions(market, {})

    for cut in (61, 430, 711, 1130, 1400):
        other = replaced_future(market, cut, np.random.default_rng(cut))
        for changed in (other, market.part(0, cut)):
            positions = program.load(found).positions(changed, {})
            np.testing.assert_array_equal(positions[:cut], whole[:cut])


@EACH
def test_the_last_row_of_a_seed_depends_on_its_warm_up_only(path: Path) -> None:
    found = gated(path)
    market, warmup = MARKETS[found.manifest.timeframe], found.manifest.warmup
    genome = program.load(found)
    whole = genome.positions(market, {})

    for end in parity_ends(market, warmup, 25):
        alone = genome.positions(market.part(end - warmup, end), {})
        np.testing.assert_allclose(alone[-1], whole[end - 1], rtol=0, atol=1e-9)


@EACH
def test_a_seed_keeps_its_warm_up_at_the_ends_of_its_ranges(path: Path) -> None:
    found = gated(path)
    market, warmup = MARKETS[found.manifest.timeframe], found.manifest.warmup
    genome = program.load(found)
    for bound in ("low", "high"):
        values = {p.name: getattr(p, bound) for p in found.manifest.params}
        whole = genome.positions(market, values)

        for end in parity_ends(market, warmup, 6):
            alone = genome.positions(market.part(end - warmup, end), values)
            np.testing.assert_allclose(alone[-1], whole[end - 1], rtol=0, atol=1e-9)
