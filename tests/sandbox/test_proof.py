"""The proof on the real market: look-ahead that the probe market does not show is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.market.bars import Market, TimeAxis, sealed
from daemon.errors import Reason
from daemon.sandbox import proof
from daemon.sandbox.pool import Pool
from daemon.sandbox.wire import Run
from tests.sandbox.genomes import CROSS, ROTATE, genome

pytestmark = pytest.mark.usefixtures("nothing_left")

PEEKING = {
    "every fourth bar": "(t % 4 == 0) & (n > 2000)",
    "one bar in forty": "(t % 40 == 0) & (n > 2000)",
    "the middle": "(t > 1800) & (t < 2200) & (n > 2000)",
    "late bars": "(t > 1600) & (n > 2000)",
    "every fourth bar at any length": "(t % 4 == 0) & (bars.volume == 1e6)",
    "one bar in ten at any length": "(t % 10 == 0) & (bars.volume == 1e6)",
}
"""When a genome reads the next close; never on the probe market."""

HONEST = {
    "cross": CROSS,
    "rotate": ROTATE,
    "warm-up of NaN": genome("return np.sign(bars.close - ta.sma(bars.close, 40))"),
    "recursive": genome("return np.where(bars.close > ta.ema(bars.close, 30), 1.0, -1.0)").replace(
        "WARMUP = 50", "WARMUP = 400"
    ),
    "always": genome("return np.ones(len(bars.close))"),
    "raises when short": genome("""if len(bars.close) < 2999:
        return np.ones(2)
    return np.where(bars.close > bars.open, 1.0, 0.0)""").replace("WARMUP = 50", "WARMUP = 4000"),
}


def peeking(when: str) -> str:
    return genome(f"""n = len(bars.close)
    t = np.arange(n)
    ahead = np.minimum(t + 1, n - 1)
    known = np.where({when}, bars.close[ahead], bars.close)
    return np.where(known > bars.open, 1.0, 0.0)""")


@pytest.fixture(scope="module")
def long_market() -> Market:
    """3,000 daily bars of two symbols, twice as many as the probe market has."""
    bars, symbols = 3000, 2
    generator = np.random.default_rng(5)
    close = np.asfortranarray(
        100.0 * np.exp(np.cumsum(generator.normal(0, 0.01, (bars, symbols)), axis=0))
    )
    opened = np.asfortranarray(close * (1.0 + generator.normal(0, 0.003, close.shape)))
    high, low = np.maximum(opened, close) * 1.002, np.minimum(opened, close) * 0.998
    day = np.arange(bars)
    axis = TimeAxis(day, day, day, day.astype(np.int32), day, day)
    stale = np.zeros(close.shape, dtype=bool, order="F")
    volume = np.full_like(close, 1e6)
    return sealed(Market(("A", "B"), "1d", axis, opened, high, low, close, volume, stale))


@pytest.mark.parametrize("when", PEEKING)
async def test_a_genome_that_peeks_on_this_market_only_passes_the_probe_and_is_found_here(
    long_market: Market, when: str
) -> None:
    source = peeking(PEEKING[when])

    async with Pool(1) as pool:
        probed = await pool.probe(source)
        positions = await pool.positions(source, long_market, {})
        reasons = await pool.prove(source, long_market, {}, positions)

    assert probed.reasons == ()
    (reason,) = reasons
    assert reason.code == "lookahead_truncation"
    assert reason.message.startswith("look-ahead on the real market: the position at bar ")


async def test_honest_genomes_are_left_alone(long_market: Market) -> None:
    found = {}

    async with Pool(1) as pool:
        for name, source in HONEST.items():
            params = {"fast": 10, "slow": 40} if source is CROSS else {}
            positions = await pool.positions(source, long_market, params)
            found[name] = await pool.prove(source, long_market, params, positions)

    assert found == dict.fromkeys(HONEST, ())


async def test_it_is_proved_with_the_parameters_that_it_ran_with(long_market: Market) -> None:
    async with Pool(1) as pool:
        positions = await pool.positions(CROSS, long_market, {"fast": 10, "slow": 40})
        others = await pool.prove(CROSS, long_market, {"fast": 5, "slow": 40}, positions)

    assert [reason.code for reason in others] == ["lookahead_truncation"]


async def test_a_market_too_short_to_be_cut_shows_nothing(long_market: Market) -> None:
    source = genome("return np.where(bars.close > bars.open, 1.0, 0.0)")
    two = replace(long_market, axis=long_market.axis.part(0, 2), hash="")
    two = sealed(
        replace(
            two,
            **{
                name: np.asfortranarray(getattr(long_market, name)[:2])
                for name in ("open", "high", "low", "close", "volume", "stale")
            },
        )
    )

    async with Pool(1) as pool:
        positions = await pool.positions(source, two, {})
        assert await pool.prove(source, two, {}, positions) == ()


def test_cuts_follow_the_changes_over_the_whole_length(long_market: Market) -> None:
    positions = np.where(long_market.close > long_market.open, 1.0, 0.0)

    cuts = proof.cuts_of(long_market, positions)

    assert 6 <= len([cut for cut in cuts if cut > 375]) <= 8
    assert len(cuts) <= 20
    assert list(cuts) == sorted(set(cuts))
    assert cuts[0] < 100
    assert cuts[-1] > 2900
    assert all(0 < cut < 3000 for cut in cuts)


def test_without_a_change_fixed_cuts_are_left(long_market: Market) -> None:
    assert len(proof.cuts_of(long_market, np.ones(long_market.shape))) == 2


def test_answers_that_need_much_memory_are_spread_over_children(
    long_market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    cuts = (500, 1000, 1500, 2900)
    assert len(list(proof.batches(long_market, cuts))) == 1
    monkeypatch.setattr(proof, "_MOST_BYTES", 1600 * 2 * 8)

    batches = list(proof.batches(long_market, cuts))

    assert [[run.stop for run in batch] for batch in batches] == [[500, 1000], [1500], [2900]]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Reason("raised", 3, "it raised IndexError"), None),
        (Reason("contract", 0, "expected one number for each bar"), None),
        (Reason("timeout", 0, "it did not finish"), "timeout"),
        (np.ones((10, 2)), None),
        (np.ones((10, 2)) + 1e-10, None),
        (np.ones((10, 2)) + 1e-6, "lookahead_truncation"),
    ],
)
def test_an_exception_on_a_shortened_market_proves_nothing(answer: object, code: str) -> None:
    run = Run(0, 0, 10, 0, 2, 0, 0, 10)

    reason = proof.first_reason(np.ones((30, 2)), [run], [answer])  # type: ignore[list-item]

    assert (reason.code if reason else None) == code
