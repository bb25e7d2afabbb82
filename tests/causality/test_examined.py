"""`genomes check --run` proves what would be proved before the archive takes a genome."""

from __future__ import annotations

from daemon.sandbox.examine import examined
from daemon.sandbox.pool import Pool
from tests.causality.corpus import BENIGN, CHEATS


async def test_a_genome_that_peeks_now_and_then_is_found_and_its_bar_is_named() -> None:
    async with Pool(1) as pool:
        found = await examined(pool, CHEATS["now_and_then"].encode())

    assert found.verdict == "lookahead"
    bar = int(found.reasons[0].message.partition("at bar ")[2].partition(" ")[0])
    assert bar % 40 == 0


async def test_price_levels_are_noted_and_no_reason_to_refuse() -> None:
    async with Pool(1) as pool:
        dollars = await examined(pool, BENIGN["dollar_threshold"].encode())
        plain = await examined(pool, BENIGN["ema_cross"].encode())

    assert (dollars.verdict, dollars.flags) == ("accepted", ("price_levels",))
    assert (plain.verdict, plain.flags) == ("accepted", ())


async def test_memorised_dates_are_refused() -> None:
    async with Pool(1) as pool:
        found = await examined(pool, CHEATS["memorised_dates"].encode())

    assert (found.verdict, [reason.code for reason in found.reasons]) == (
        "failed",
        ["memorised_dates"],
    )
