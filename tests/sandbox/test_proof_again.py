"""A proof on a real market runs the genome once more as it was, and hears how much care to take."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.domain.engine.causality import Causality, Occasion
from daemon.domain.engine.positions import changes_of
from daemon.domain.genome import gate
from daemon.domain.market.bars import Market
from daemon.domain.market.subset import held_to
from daemon.sandbox import proof
from daemon.sandbox.cuts import CARES, Care
from daemon.sandbox.pool import Pool
from tests.sandbox.genomes import CROSS, ROTATE, genome

pytestmark = pytest.mark.usefixtures("nothing_left")
DEFAULTS = {"fast": 10, "slow": 40}
LITTLE = 1e-12
"""Too little for a cut to show: only the run on the whole market is compared bit by bit."""


@pytest.fixture(scope="module")
def four(market: Market) -> Market:
    """Four symbols of the daily probe market."""
    return held_to(market, market.symbols[:4])


async def test_another_answer_on_any_of_four_symbols_is_found_when_it_runs_again(
    four: Market,
) -> None:
    codes = []

    async with Pool(1) as pool:
        again = (await pool.positions(CROSS, four, DEFAULTS)).dense()
        for symbol in range(4):
            before = again.copy(order="F")
            before[700:900, symbol] += LITTLE
            found = await pool.prove(CROSS, four, DEFAULTS, changes_of(before))
            codes.append([reason.code for reason in found.reasons])
        same = await pool.prove(CROSS, four, DEFAULTS, changes_of(again))

    assert codes == [["nondeterministic"]] * 4
    assert same == Causality()


@pytest.mark.parametrize(
    ("told", "care"),
    [
        ({}, CARES["graduation"]),
        *(({"occasion": occasion}, care) for occasion, care in CARES.items()),
    ],
)
async def test_a_pool_proves_with_the_care_of_the_stake(
    four: Market, told: dict[str, Occasion], care: Care, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Care] = []

    async def proved(case: proof.Case, run: proof.RunTask) -> Causality:
        heard.append(case.care)
        return Causality()

    monkeypatch.setattr(proof, "proved", proved)
    pool = Pool(1)
    try:
        held = changes_of(np.ones(four.shape, order="F"))
        await pool.prove(CROSS, four, DEFAULTS, held, **told)
    finally:
        await pool.close()

    assert heard == [care]


@pytest.mark.parametrize("cells", [1 << 16, 1 << 11])
@pytest.mark.parametrize("source", [CROSS, ROTATE])
async def test_an_honest_genome_is_left_alone_on_whichever_few_symbols_it_is_asked_about(
    four: Market, source: str, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "_CELLS", cells)
    params = gate.check(source).manifest.defaults()

    async with Pool(1) as pool:
        positions = await pool.positions(source, four, params)
        found = [
            await pool.prove(source, four, params, positions, seed, occasion="niche")
            for seed in range(4)
        ]

    assert {shown.reasons for shown in found} == {()}


@pytest.mark.parametrize(("place", "seen"), [((2, 2), True), ((1, 2), False)])
async def test_of_the_few_symbols_each_is_held_against_its_own_positions(
    four: Market, place: tuple[int, int], seen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "once_more", lambda *asked: place)

    async with Pool(1) as pool:
        before = (await pool.positions(CROSS, four, DEFAULTS)).dense().copy(order="F")
        before[700:900, 3] += LITTLE
        found = await pool.prove(CROSS, four, DEFAULTS, changes_of(before), occasion="niche")

    assert [reason.code for reason in found.reasons] == ["nondeterministic"] * seen


@pytest.mark.parametrize(
    ("body", "flags"), [("bars.close > 101.5", ("price_levels",)), ("bars.close > bars.open", ())]
)
async def test_what_made_the_difference_is_asked_of_the_same_few_symbols(
    four: Market, body: str, flags: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = genome(f"return np.where({body}, 1.0, 0.0)")
    monkeypatch.setattr(proof, "once_more", lambda *asked: (2, 2))

    async with Pool(1) as pool:
        positions = await pool.positions(source, four, {})
        found = await pool.prove(source, four, {}, positions, occasion="niche")

    assert found == Causality((), flags)
