"""The pool: right answers, limits kept, nothing left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from daemon.domain.market.bars import Actions, Market, sealed
from daemon.errors import GenomeRefused, Reason, TransientError, UsageError
from daemon.sandbox.layers import LANGUAGE
from daemon.sandbox.pool import Pool
from daemon.sandbox.task import Task, whole
from daemon.sandbox.wire import Run
from tests.sandbox.genomes import CROSS, GATED_CHEATS, ROTATE, genome

pytestmark = pytest.mark.usefixtures("nothing_left")
DEFAULTS = {"fast": 10, "slow": 40}


def expected(market: Market, fast: int, slow: int) -> np.ndarray:
    def mean(n: int) -> np.ndarray:
        window = np.lib.stride_tricks.sliding_window_view(market.close, n, axis=0)
        head = np.full((n - 1, market.shape[1]), np.nan)
        return np.vstack([head, window.mean(axis=-1)])

    return np.where(mean(fast) > mean(slow), 1.0, 0.0)


async def test_positions_are_those_of_the_genome(market: Market) -> None:
    async with Pool(1) as pool:
        positions = (await pool.positions(CROSS, market, DEFAULTS)).dense()

    assert positions.shape == market.shape
    assert positions.flags.f_contiguous
    differing = (positions != expected(market, 10, 40)).mean()
    assert differing < 0.002


async def test_a_rotating_genome_sees_all_symbols_at_once(market: Market) -> None:
    async with Pool(1) as pool:
        positions = await pool.positions(ROTATE, market, {})

    np.testing.assert_array_equal(
        positions.dense(), np.where(market.close > market.open, 0.125, 0.0)
    )


async def test_a_genome_sees_prices_on_the_share_basis_of_the_first_bar(market: Market) -> None:
    one = np.array([700])
    split = Actions(one, np.array([0]), np.zeros(1), np.array([2.0]), np.ones(1))
    halved = sealed(
        Market(
            market.symbols,
            "1d",
            market.axis,
            *(
                np.where(np.arange(1500)[:, None] >= 700, 0.5, 1.0) ** (np.arange(8) == 0) * prices
                for prices in (market.open, market.high, market.low, market.close)
            ),
            market.volume,
            market.stale,
            split,
        )
    )

    async with Pool(1) as pool:
        raw = await pool.positions(CROSS, halved, DEFAULTS)
        whole_shares = await pool.positions(CROSS, market, DEFAULTS)

    np.testing.assert_array_equal(raw.dense(), whole_shares.dense())


async def test_many_runs_of_one_task_are_views_of_one_market(market: Market) -> None:
    runs = (
        whole(market),
        Run(0, 0, 300, 0, 8, 0, 0, 300),
        Run(0, 100, 400, 2, 3, 1, 250, 300),
    )
    async with Pool(1) as pool:
        task = Task(CROSS, (market,), runs, (DEFAULTS, {"fast": 5, "slow": 20}))
        full, cut, part = await pool.run(task)

    np.testing.assert_array_equal(full[:300], cut)
    assert part.shape == (50, 3)
    assert (part != expected(market, 5, 20)[350:400, 2:5]).mean() < 0.01


async def test_a_sweep_answers_every_point_as_a_single_run_does(market: Market) -> None:
    points = [{"fast": fast, "slow": slow} for fast in range(5, 12) for slow in (30, 50)]

    async with Pool(2) as pool:
        swept = await pool.map_points(CROSS, market, points, lambda _, positions: positions)
        single = [await pool.positions(CROSS, market, point) for point in points]

    assert len(swept) == len(points)
    for found, positions in zip(swept, single, strict=True):
        np.testing.assert_array_equal(found.dense(), positions.dense())


async def test_a_sweep_goes_on_with_the_reason_of_the_point_that_fails(market: Market) -> None:
    text = CROSS.replace('p["slow"])', 'p["slow"]) * (1 / (p["fast"] - 7))')
    points = [{"fast": fast, "slow": 40} for fast in (5, 6, 7, 8)]

    async with Pool(2) as pool:
        found = await pool.map_points(text, market, points, lambda number, _: number)

    assert found == [0, 1, Reason("raised", 8, "it raised ZeroDivisionError"), 3]


async def test_a_sweep_can_be_left_early(market: Market) -> None:
    points = [{"fast": fast, "slow": 40} for fast in range(2, 38)]

    async with Pool(2) as pool:
        sweep = asyncio.create_task(pool.map_points(CROSS, market, points, lambda n, _: n))
        await asyncio.sleep(0.05)
        sweep.cancel()
        await asyncio.gather(sweep, return_exceptions=True)
        positions = await pool.positions(CROSS, market, DEFAULTS)

    assert positions.shape == market.shape


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("return bars.close / 0.0 * bars.stale", "not_finite"),
        ("return bars.close * 2.0", "out_of_range"),
        ("return np.zeros(3)", "contract"),
        ("return bars.close[5000]", "raised"),
    ],
)
async def test_a_wrong_answer_is_one_refusal(market: Market, body: str, code: str) -> None:
    async with Pool(1) as pool:
        with pytest.raises(GenomeRefused) as refused:
            await pool.positions(genome(body), market, {})
        good = await pool.positions(CROSS, market, DEFAULTS)

    assert refused.value.reasons[0].code == code
    assert good.shape == market.shape


async def test_weights_above_one_are_refused_for_rotate_only(market: Market) -> None:
    text = ROTATE.replace("/ 8.0", "/ 4.0 + 0.1")

    async with Pool(1) as pool:
        with pytest.raises(GenomeRefused) as refused:
            await pool.positions(text, market, {})

    assert refused.value.reasons[0].code == "gross_above_one"


async def test_two_hundred_runs_leave_no_process_and_no_descriptor(market: Market) -> None:
    async with Pool(2) as pool:
        await pool.positions(CROSS, market, DEFAULTS)
        before = len(os.listdir("/proc/self/fd"))

        async def some() -> None:
            for _ in range(100):
                await pool.positions(CROSS, market, DEFAULTS)

        await asyncio.gather(some(), some())

        zygotes = psutil.Process().children(recursive=True)
        assert len(os.listdir("/proc/self/fd")) <= before + 4
        assert len(zygotes) == 2
        assert all(zygote.status() != psutil.STATUS_ZOMBIE for zygote in zygotes)


async def test_a_killed_zygote_is_replaced_within_two_seconds(market: Market) -> None:
    async with Pool(1) as pool:
        (zygote,) = psutil.Process().children()
        zygote.kill()
        started = time.monotonic()

        positions = await pool.positions(CROSS, market, DEFAULTS)

    assert time.monotonic() - started < 2.0
    assert positions.shape == market.shape


async def test_a_stopped_zygote_is_replaced(market: Market) -> None:
    async with Pool(1) as pool:
        (zygote,) = psutil.Process().children()
        os.kill(zygote.pid, signal.SIGSTOP)
        started = time.monotonic()

        positions = await pool.positions(CROSS, market, DEFAULTS)

    assert time.monotonic() - started < 4.0
    assert positions.shape == market.shape


async def test_a_cancelled_run_frees_its_slot(market: Market) -> None:
    async with Pool(1) as pool:
        slow = "x = bars.close\n    for i in range(100000000):\n        x = x + 1.0\n    return x"
        task = asyncio.create_task(pool.positions(genome(slow), market, {}))
        await asyncio.sleep(0.3)
        task.cancel()
        started = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        await pool.positions(CROSS, market, DEFAULTS)

    assert time.monotonic() - started < 2.0


async def test_the_gate_is_switched_off_in_tests_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIGHTSHIFT_TEST", raising=False)

    with pytest.raises(UsageError):
        Pool(1, off=LANGUAGE)


async def test_a_text_that_the_gate_refuses_never_reaches_a_child(market: Market) -> None:
    async with Pool(1) as pool:
        with pytest.raises(GenomeRefused) as refused:
            await pool.positions("import os\n", market, {})
        task = Task("import os\n", (market,), (whole(market),) * 2, ({},))
        answers = await pool.run(task)
        forked = pool._slots[0]._zygote.forks

    assert {reason.code for reason in refused.value.reasons} == {"import", "no_entry", "no_idea"}
    assert answers == (refused.value.reasons[0],) * 2
    assert forked == 0


async def test_a_text_that_cannot_be_compiled_is_refused_by_its_probe() -> None:
    async with Pool(1) as pool:
        found = await pool.probe(genome("break"))

    assert [reason.code for reason in found.reasons] == ["syntax"]


async def test_the_pool_probes_genomes(market: Market) -> None:
    async with Pool(2) as pool:
        one, same, cheat = await asyncio.gather(
            pool.probe(CROSS),
            pool.probe(CROSS.replace("Hold while", "Stay in while")),
            pool.probe(genome(GATED_CHEATS["last close"])),
        )

    assert one.reasons == ()
    assert one.behaviour == same.behaviour != ""
    assert cheat.lookahead


async def test_every_cheat_that_passes_the_gate_is_flagged() -> None:
    async with Pool(2) as pool:
        found = await asyncio.gather(*(pool.probe(genome(body)) for body in GATED_CHEATS.values()))

    verdicts = dict(zip(GATED_CHEATS, found, strict=True))
    assert {name: probe for name, probe in verdicts.items() if not probe.lookahead} == {}


async def test_work_in_flight_ends_when_the_pool_closes(market: Market) -> None:
    pool = Pool(2)
    slow = "x = bars.close\n    for i in range(100000000):\n        x = x + 1.0\n    return x"
    tasks = [asyncio.create_task(pool.positions(genome(slow), market, {})) for _ in range(3)]
    await asyncio.sleep(0.8)

    started = time.monotonic()
    await pool.close()

    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert time.monotonic() - started < 3.0
    assert all(isinstance(error, TransientError) for error in found)


async def test_a_child_has_neither_numba_nor_the_engine(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTSHIFT_TEST", "1")
    heavy = ("numba", "pandas", "polars", "pyarrow", "scipy", "daemon.domain.engine.simulate")
    text = (
        "import sys\n\ndef rotate(market, params):\n"
        f"    there = [name for name in {heavy} if sys.modules.get(name) is not None]\n"
        "    return np.full(market.close.shape, 1.0 if there else 0.0)\n"
    )
    async with Pool(1, off=LANGUAGE) as pool:
        positions = await pool.positions(text, market, {})

    assert not positions.dense().any()


async def test_every_seed_genome_is_honest_and_behaves_like_no_other(repository: Path) -> None:
    seeds = sorted((repository / "genomes" / "seeds").glob("*.py"))

    async with Pool(2) as pool:
        found = await asyncio.gather(*(pool.probe(seed.read_text()) for seed in seeds))

    assert len(seeds) >= 12
    assert {seed.name: p.reasons for seed, p in zip(seeds, found, strict=True) if p.reasons} == {}
    assert len({p.behaviour for p in found}) == len(seeds)
