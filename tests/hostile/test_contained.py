"""Hostile genomes with gate and namespace off: each costs one answer, and nothing outside."""

from __future__ import annotations

import itertools

import numpy as np
import psutil
import pytest

from daemon.domain.engine.positions import Positions
from daemon.sandbox.layers import LANGUAGE
from daemon.sandbox.pool import Pool
from tests.hostile.canaries import Canaries
from tests.hostile.cases import GOOD, LIMITS, MARKET, Case, answer, listed, told

CASES = listed()
GROWN = 64 << 20
UNREPEATABLE = {"nondeterministic", "lookahead_future", "lookahead_truncation", "warmup_too_short"}


def family(case: Case) -> str:
    return case.name.split("/")[0]


async def good_answer(pool: Pool) -> np.ndarray:
    found = await answer(pool, GOOD, LIMITS, {})
    assert isinstance(found, Positions)
    return found.dense()


async def test_nothing_of_them_reaches_the_outside(canaries: Canaries, confined: None) -> None:
    truth = np.where(MARKET.close[:64, :2] > MARKET.open[:64, :2], 0.5, 0.0)
    async with Pool(1, off=LANGUAGE) as pool:
        assert (await good_answer(pool) == truth).all()
        before, size = canaries.seen(), psutil.Process().memory_info().rss
        for name, cases in itertools.groupby(CASES, family):
            for case in cases:
                limits = case.limits("bare")
                found = told(await answer(pool, case.source, limits, canaries.params))
                assert found == case.bare, case.name
                assert (await good_answer(pool) == truth).all(), case.name
            assert canaries.seen() == before, name
        grown = psutil.Process().memory_info().rss - size

    assert grown < GROWN


@pytest.mark.parametrize("name", ["wall_clock", "processor_clock"])
async def test_what_hangs_on_a_clock_is_found_by_asking_twice(name: str) -> None:
    case = next(case for case in CASES if case.name == f"secrets/{name}")
    async with Pool(1, off=LANGUAGE) as pool:
        found = await pool.probe(case.source)

    assert {reason.code for reason in found.reasons} <= UNREPEATABLE
    assert found.reasons
